"""The batches of an epoch: drawn, gathered and recorded, so that a step only replays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from playground.data.batching import WithoutReplacement
from playground.data.prepared import PreparedData
from playground.engine.forward_plan import with_ones
from playground.engine.head import Head
from playground.engine.operations import Operation, fused
from playground.engine.plan import TrainingPlan
from playground.experiment.spec import TrainingSpec

Reals = NDArray[Any]

GATHERED_BATCHES = 2000
"""With more batches per epoch than this, each is gathered alone, to keep few tapes."""
GATHERED_BYTES = 2**20
"""Larger inputs are gathered batch by batch, too: it keeps a batch in the cache between its
gathering and its two products, spares a copy of the data, and no epoch begins with a pause."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of an epoch.

    Attributes
    ----------
    rows
        Its samples, in the order of the epoch.
    update_samples
        How many samples the update that it is part of averages its gradient over.
    opens, closes
        Whether it is the first and the last batch of that update.
    """

    rows: slice
    update_samples: int
    opens: bool
    closes: bool

    @property
    def size(self) -> int:
        """Number of samples."""
        return int(self.rows.stop - self.rows.start)

    @property
    def kind(self) -> tuple[int, int, bool, bool]:
        """What a tape depends on, but for the place of the rows."""
        return self.size, self.update_samples, self.opens, self.closes


def batches_of(count: int, size: int, per_update: int) -> tuple[Batch, ...]:
    """Cut an epoch into batches, and gather them into updates.

    Parameters
    ----------
    count
        Samples in an epoch.
    size
        Samples in a batch; the last one takes what is left.
    per_update
        Batches in an update; the last one takes what is left.
    """
    result = []
    in_update = size * per_update
    for start in range(0, count, size):
        opening = start // in_update * in_update
        closing = min(opening + in_update, count)
        stop = min(start + size, count)
        result.append(
            Batch(slice(start, stop), closing - opening, start == opening, stop == closing)
        )
    return tuple(result)


class EpochSamples:
    """The training samples and their order in the current epoch.

    Attributes
    ----------
    inputs : (n, d + 1)
        With a last column of ones, in the order of the data; for reading only.
    targets : (k, n)
        Feature-major, as a tape takes them.
    weights : (n,) or None
        Weight of each sample by its class; ``None`` if all count the same.
    order : (n,) int64
        Which samples the epoch takes, one after another.
    """

    def __init__(self, data: PreparedData, head: Head, dtype: np.dtype[Any]) -> None:
        self._head, self._labels, self._dtype = head, data.train_labels, dtype
        self.inputs = _shared_inputs(data, dtype)
        self.targets = head.targets(data.train_labels).T.astype(dtype, order="C")
        self.weights: Reals | None = None
        self.order = np.arange(len(self.inputs))

    def __len__(self) -> int:
        return len(self.inputs)

    def start(self, seed: int) -> None:
        """Go back to before the first epoch."""
        self.rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))

    def weigh(self, training: TrainingSpec) -> None:
        """Take the class weights of a training."""
        classes = self._head.task.class_count
        by_class = training.class_weights.weights(self._labels, classes)
        if by_class is None:
            self.weights = None
        else:
            self.weights = by_class[self._labels.astype(np.int64)].astype(self._dtype)

    def draw(self, training: TrainingSpec) -> None:
        """Begin another epoch."""
        self._draw(training, self.order, self.rng)

    def drawn(self, training: TrainingSpec) -> NDArray[np.int64]:
        """Return the order of the next epoch without beginning it."""
        rng = np.random.default_rng()
        rng.bit_generator.state = self.rng.bit_generator.state
        order = self.order.copy()
        self._draw(training, order, rng)
        return order

    def _draw(
        self, training: TrainingSpec, order: NDArray[np.int64], rng: np.random.Generator
    ) -> None:
        if training.batching.shuffles or not isinstance(training.sampling, WithoutReplacement):
            training.sampling.draw(order, rng)
        else:
            order[:] = np.arange(len(order))


_SHARED: WeakKeyDictionary[PreparedData, WeakValueDictionary[str, Reals]] = WeakKeyDictionary()


def _shared_inputs(data: PreparedData, dtype: np.dtype[Any]) -> Reals:
    """Return the training inputs with a column of ones, for reading only.

    All trainers of the same data share them for as long as one of them needs them: the inspector
    and a range test train copies of a network, and MNIST takes 190 MB.
    """
    made = _SHARED.setdefault(data, WeakValueDictionary())
    inputs = made.get(dtype.name)
    if inputs is None:
        inputs = with_ones(data.train_inputs, dtype)
        inputs.flags.writeable = False
        made[dtype.name] = inputs
    return inputs


class EpochTapes:
    """Every training step of an epoch, recorded, and the buffers that the tapes read.

    A small set is put in order at once when an epoch begins, and each tape reads its slice. The
    batches of a large one are gathered one by one into the same buffer, and share their tapes.

    Parameters
    ----------
    samples
        What the batches are taken from.
    training
        How to cut them.
    gathered : (p,)
        Where the gradient of an update is gathered over its batches.
    plan
        Makes the plan of a step, given the size of its batch and the number of samples that its
        update averages over.

    Attributes
    ----------
    batches
        In the order of the epoch.
    is_staged
        Whether batches are gathered one by one.
    inputs : (n, d + 1)
    targets : (k, n)
    weights : (n,) or None
        Buffers in the order of the epoch; of a single batch if they are staged.
    """

    def __init__(
        self,
        samples: EpochSamples,
        training: TrainingSpec,
        gathered: Reals,
        plan: Callable[[int, int], TrainingPlan],
    ) -> None:
        size = training.batch_for(len(samples))
        self.batches = batches_of(len(samples), size, training.accumulation)
        self._samples, self._gathered, self._plan = samples, gathered, plan
        self._plans: dict[tuple[int, int], TrainingPlan] = {}
        many, large = len(self.batches) > GATHERED_BATCHES, samples.inputs.nbytes > GATHERED_BYTES
        self.is_staged = (many or large) and len(self.batches) > 1
        rows = slice(0, size if self.is_staged else len(samples))
        self.inputs, self.targets = samples.inputs[rows].copy(), samples.targets[:, rows].copy()
        self.weights = samples.weights[rows].copy() if samples.weights is not None else None
        if self.is_staged:
            tapes: dict[tuple[int, int, bool, bool], Operation] = {}
            for batch in self.batches:
                if batch.kind not in tapes:
                    tapes[batch.kind] = self._record(batch, slice(0, batch.size))
            self._tapes = [tapes[batch.kind] for batch in self.batches]
        else:
            self._tapes = [self._record(batch, batch.rows) for batch in self.batches]
        self.gather()

    def __len__(self) -> int:
        return len(self.batches)

    @property
    def tape_count(self) -> int:
        """How many tapes there are."""
        return len({id(tape) for tape in self._tapes})

    def _record(self, batch: Batch, rows: slice) -> Operation:
        key = batch.size, batch.update_samples
        if key not in self._plans:
            self._plans[key] = self._plan(*key)
        weights = self.weights[rows] if self.weights is not None else None
        step = self._plans[key].record_step(
            self.inputs[rows],
            self.targets[:, rows].T,
            weights,
            self._gathered,
            batch.opens,
            batch.closes,
        )
        return fused(step)

    def gather(self) -> None:
        """Follow another order of the samples."""
        if not self.is_staged:
            self._take(self._samples.order)

    def _take(self, chosen: NDArray[np.int64]) -> None:
        """Copy samples to the start of the buffers."""
        samples, count = self._samples, len(chosen)
        # mode="clip" spares a bounds check that costs more than the copy.
        samples.inputs.take(chosen, 0, self.inputs[:count], "clip")
        samples.targets.take(chosen, 1, self.targets[:, :count], "clip")
        if samples.weights is not None and self.weights is not None:
            samples.weights.take(chosen, 0, self.weights[:count], "clip")

    def replay(self, start: int, count: int) -> None:
        """Make some steps of the epoch."""
        if not self.is_staged:
            for step in self._tapes[start : start + count]:
                step()
            return
        order, part = self._samples.order, slice(start, start + count)
        for batch, step in zip(self.batches[part], self._tapes[part], strict=True):
            self._take(order[batch.rows])
            step()

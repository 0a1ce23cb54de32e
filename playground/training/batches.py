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
from playground.engine.operations import Operation
from playground.engine.plan import TrainingPlan
from playground.experiment.spec import TrainingSpec

Reals = NDArray[Any]

STAGED_ABOVE = 2000
"""With more batches per epoch than this, batches are copied to one buffer, to keep few tapes."""


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
    """The training samples in the order of the current epoch.

    Attributes
    ----------
    inputs : (n, d + 1)
        With a last column of ones; overwritten by every epoch.
    targets : (n, k)
    weights : (n,) or None
        Weight of each sample by its class; ``None`` if all count the same.
    order : (n,) int64
        Which samples they are.
    """

    def __init__(self, data: PreparedData, head: Head, dtype: np.dtype[Any]) -> None:
        self._head, self._labels, self._dtype = head, data.train_labels, dtype
        self._source = _shared_inputs(data, dtype)
        self._source_targets = head.targets(data.train_labels).astype(dtype)
        self._source_weights: Reals | None = None
        self.inputs = self._source.copy()
        self.targets = self._source_targets.copy()
        self.weights: Reals | None = None
        self.order = np.arange(len(self._source))

    def __len__(self) -> int:
        return len(self._source)

    @property
    def source_weights(self) -> Reals | None:
        """The weights in the order of the data, (n,), or ``None``."""
        return self._source_weights

    def start(self, seed: int) -> None:
        """Go back to before the first epoch."""
        self.rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))

    def weigh(self, training: TrainingSpec) -> None:
        """Take the class weights of a training; the buffer of weights may be another one."""
        classes = self._head.task.class_count
        by_class = training.class_weights.weights(self._labels, classes)
        if by_class is None:
            self._source_weights = self.weights = None
            return
        self._source_weights = by_class[self._labels.astype(np.int64)].astype(self._dtype)
        self.weights = self._source_weights[self.order]

    def draw(self, training: TrainingSpec) -> None:
        """Begin another epoch."""
        self._draw(training, self.order, self.rng)
        self.gather()

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

    def arrange(self, order: NDArray[np.int64]) -> None:
        """Put the samples in an order that was drawn before."""
        # Within an epoch the order stays, and a large set takes its time.
        if not np.array_equal(order, self.order):
            self.order[:] = order
            self.gather()

    def gather(self) -> None:
        """Put the samples in order."""
        # mode="clip" spares a bounds check that costs more than the copy.
        np.take(self._source, self.order, 0, self.inputs, "clip")
        np.take(self._source_targets, self.order, 0, self.targets, "clip")
        if self.weights is not None and self._source_weights is not None:
            np.take(self._source_weights, self.order, 0, self.weights, "clip")


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
    """Every training step of an epoch, recorded.

    Parameters
    ----------
    samples
        Whose buffers the tapes read.
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
    """

    def __init__(
        self,
        samples: EpochSamples,
        training: TrainingSpec,
        gathered: Reals,
        plan: Callable[[int, int], TrainingPlan],
    ) -> None:
        count = len(samples)
        size = training.batch_for(count)
        self.batches = batches_of(count, size, training.accumulation)
        self._samples = samples
        self._plans: dict[tuple[int, int], TrainingPlan] = {}
        self._tapes: list[list[Operation]] = []
        self._staged: dict[tuple[int, int, bool, bool], list[Operation]] | None = None
        self._gathered, self._plan = gathered, plan
        inputs, targets, weights = samples.inputs, samples.targets, samples.weights
        if len(self.batches) <= STAGED_ABOVE:
            for batch in self.batches:
                rows = batch.rows
                part = weights[rows] if weights is not None else None
                self._tapes.append(self._record(batch, inputs[rows], targets[rows], part))
            return
        self._stage = inputs[:size].copy(), targets[:size].copy(), np.ones(size, inputs.dtype)
        self._staged = {}
        for batch in self.batches:
            if batch.kind not in self._staged:
                n = batch.size
                part = self._stage[2][:n] if weights is not None else None
                tape = self._record(batch, self._stage[0][:n], self._stage[1][:n], part)
                self._staged[batch.kind] = tape

    def __len__(self) -> int:
        return len(self.batches)

    @property
    def is_staged(self) -> bool:
        """Whether batches are copied before each step."""
        return self._staged is not None

    @property
    def tape_count(self) -> int:
        """How many tapes there are."""
        return len(self._tapes) if self._staged is None else len(self._staged)

    def _record(
        self, batch: Batch, inputs: Reals, targets: Reals, weights: Reals | None
    ) -> list[Operation]:
        key = batch.size, batch.update_samples
        if key not in self._plans:
            self._plans[key] = self._plan(*key)
        return self._plans[key].record_step(
            inputs, targets, weights, self._gathered, batch.opens, batch.closes
        )

    def replay(self, start: int, count: int) -> None:
        """Make some steps of the epoch."""
        if self._staged is None:
            for tape in self._tapes[start : start + count]:
                for operation in tape:
                    operation()
            return
        samples, (inputs, targets, weights) = self._samples, self._stage
        for batch in self.batches[start : start + count]:
            size = batch.size
            np.copyto(inputs[:size], samples.inputs[batch.rows])
            np.copyto(targets[:size], samples.targets[batch.rows])
            if samples.weights is not None:
                np.copyto(weights[:size], samples.weights[batch.rows])
            for operation in self._staged[batch.kind]:
                operation()

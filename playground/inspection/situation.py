"""Everything that one training step depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playground.engine.clipping import Clipping, NoClipping
from playground.engine.constraints import Constraint, NoConstraint
from playground.engine.network import Architecture, Parameters
from playground.engine.optimizers import SGD, Optimizer
from playground.engine.regularizers import NoRegularization, Regularizer
from playground.training.trainer import Trainer

Floats = NDArray[np.float64]


class NoSuchSample(ValueError):
    """There is no training sample of that number. The message says which there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """The network, the samples and the optimizer's memory before a training step.

    Attributes
    ----------
    architecture
        The network with its sizes.
    parameters
        In float64, not changed by anything here.
    inputs : (n, d)
    targets : (n, k)
    samples : (n,)
        Numbers of the training samples.
    regularizer, clipping, optimizer
        As chosen.
    memory
        What the optimizer remembers, by name, each (p,), in the scale of its textbook rule.
    steps
        Number of the update that is to come, from 1.
    learning_rate
        Of this step.
    masks
        The factors of each dropout, see :func:`draw_masks`; empty: nothing is dropped.
    weights : (n,) or None
        A factor for the loss of each sample, such as the weight of its class.
    update_samples
        How many samples the update averages its gradient over; ``None``: those of this batch.
    gathered : (p,) or None
        The gradient of earlier batches of the same update, to which that of this one is added.
    closes
        Whether the update follows; otherwise the gradient is kept for the batches to come.
    input_noise : (n, d) or None
        What is added to the inputs in this step.
    weight_noise : (p,) or None
        What is added to the weights while the gradient is worked out.
    constraint
        What holds of the weights after the update.
    is_batch
        Whether it is about a batch rather than one sample; a batch may have one sample too.
    """

    architecture: Architecture
    parameters: Parameters
    inputs: Floats
    targets: Floats
    samples: tuple[int, ...] = ()
    regularizer: Regularizer = field(default_factory=NoRegularization)
    clipping: Clipping = field(default_factory=NoClipping)
    optimizer: Optimizer = field(default_factory=SGD)
    memory: Mapping[str, Floats] = field(default_factory=dict)
    steps: int = 1
    learning_rate: float = 0.01
    masks: tuple[Floats | None, ...] = ()
    weights: Floats | None = None
    update_samples: int | None = None
    gathered: Floats | None = None
    closes: bool = True
    input_noise: Floats | None = None
    weight_noise: Floats | None = None
    constraint: Constraint = field(default_factory=NoConstraint)
    is_batch: bool = True

    @property
    def divisor(self) -> int:
        """The n of the mean."""
        return self.update_samples or len(self.inputs)

    @property
    def has_mean(self) -> bool:
        """Whether the loss is a mean or weighted, rather than that of the only sample."""
        return self.weights is not None or (self.is_batch and self.divisor > 1)

    @property
    def layer_names(self) -> tuple[str, ...]:
        """``layer 1``, ``batch norm 2``, …, ``output``."""
        return self.architecture.layer_names


def situation_of(trainer: Trainer, sample: int | None = None) -> Situation:
    """Return the situation of a trainer before its next step.

    Parameters
    ----------
    sample
        Number of the training sample to look at alone, or ``None`` for the batch that comes next.

    Raises
    ------
    NoSuchSample
        If there is no such sample.
    """
    count = len(trainer.data.train_inputs)
    if sample is not None and not 0 <= sample < count:
        raise NoSuchSample(f"sample {sample} does not exist; choose one from 0 to {count - 1}")
    chosen = trainer.next_batch() if sample is None else np.array([sample])
    training, architecture = trainer.spec.training, trainer.architecture
    by_class = trainer.sample_weights
    batch = trainer.upcoming_batch if sample is None else None
    gathers = batch is not None and not batch.opens
    input_noise, weight_noise = trainer.next_noise(len(chosen))
    state = trainer.optimizer_state
    here = trainer.parameters
    memory = {
        name: vector.astype(np.float64)
        for name, vector in training.optimizer.textbook(state).items()
    }
    return Situation(
        architecture=architecture,
        parameters=Parameters(
            architecture.layers,
            here.vector.astype(np.float64),
            here.statistics.astype(np.float64),
        ),
        inputs=trainer.data.train_inputs[chosen].astype(np.float64),
        targets=architecture.head.targets(trainer.data.train_labels[chosen]),
        samples=tuple(int(index) for index in chosen),
        regularizer=training.regularizer,
        clipping=training.clipping,
        optimizer=training.optimizer,
        memory=memory,
        steps=state.steps + 1,
        learning_rate=trainer.learning_rate,
        masks=trainer.next_masks(len(chosen)),
        weights=None if by_class is None else by_class[chosen].astype(np.float64),
        update_samples=None if batch is None else batch.update_samples,
        gathered=trainer.gradient.astype(np.float64) if gathers else None,
        closes=batch is None or batch.closes,
        input_noise=input_noise,
        weight_noise=weight_noise,
        constraint=training.constraint,
        is_batch=sample is None,
    )

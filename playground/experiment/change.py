"""What an edit means: which parts of a running training it touches, and what else must follow."""

from __future__ import annotations

from enum import IntEnum
from typing import get_args

import msgspec

from playground.engine.losses import AnyLoss
from playground.experiment.spec import ExperimentSpec
from playground.schema.describe import title_of


class Impact(IntEnum):
    """How much of a training an edit touches, from least to most."""

    NOTHING = 0
    """Only names and texts changed."""
    LIVE = 1
    """Training goes on with the new values from the next step."""
    NETWORK = 2
    """The network starts again from its initial weights; the data stays."""
    DATA = 3
    """The data is made again, and the network starts again from its initial weights."""


def impact(old: ExperimentSpec, new: ExperimentSpec) -> Impact:
    """Return what changing ``old`` into ``new`` touches. The one place that knows."""
    if old.data != new.data:
        return Impact.DATA
    before, after = old.training, new.training
    if old.network != new.network or before.loss != after.loss or before.dtype != after.dtype:
        return Impact.NETWORK
    return Impact.LIVE if before != after else Impact.NOTHING


def fitted(spec: ExperimentSpec) -> tuple[ExperimentSpec, tuple[str, ...]]:
    """Make what depends on data and optimizer follow them, as a person who chose them expects.

    Returns
    -------
    spec
        With a loss that fits the task, and a batch no larger than the training set; all of it, if
        the optimizer needs that.
    notes
        One sentence for each thing that was changed.
    """
    notes: list[str] = []
    training = spec.training
    task = spec.data.task.kind
    if task not in training.loss.tasks:
        loss = next(option for option in get_args(AnyLoss) if task in option.tasks)
        training = msgspec.structs.replace(training, loss=loss())
        notes.append(f"Loss is now {title_of(loss)}: the data asks for {task.value}.")
    available = spec.data.training_count
    if training.batch_size > available:
        training = msgspec.structs.replace(training, batch_size=available)
        notes.append(f"Batch size is now {available}: there are no more training points.")
    if training.optimizer.needs_full_batch and training.batch_size < available:
        training = msgspec.structs.replace(training, batch_size=available)
        name = title_of(type(training.optimizer))
        notes.append(f"Batch size is now {available}: {name} takes all training points each step.")
    if training == spec.training:
        return spec, ()
    return msgspec.structs.replace(spec, training=training), tuple(notes)

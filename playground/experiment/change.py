"""What an edit means: which parts of a running training it touches, and what else must follow."""

from __future__ import annotations

from enum import IntEnum
from typing import get_args

import msgspec

from playground.data.batching import FullBatch, MiniBatch, WithoutReplacement, WithReplacement
from playground.engine.class_weights import GivenClassWeights, NoClassWeights
from playground.engine.losses import AnyLoss
from playground.experiment.spec import ExperimentSpec
from playground.schema.describe import settled, title_of


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
    if settled(old.network) != settled(new.network) or before.preparation != after.preparation:
        return Impact.NETWORK
    if before.loss != after.loss or before.dtype != after.dtype:
        return Impact.NETWORK
    is_live = before != after or old.network != new.network
    return Impact.LIVE if is_live else Impact.NOTHING


def remarks(old: ExperimentSpec, new: ExperimentSpec) -> tuple[str, ...]:
    """Return a sentence for each thing about an edit that is right, but may not be expected."""
    told = list(_about_rate(old, new))
    follows = [
        title_of(type(option))
        for option in (new.training.schedule, new.training.stopping)
        if option.follows_loss and option not in (old.training.schedule, old.training.stopping)
    ]
    if follows and not new.data.validation_count:
        told.append(
            f"{follows[0]} watches the training loss: no samples are set apart for validation. "
            "The data panel can set some apart."
        )
    return tuple(told)


def _about_rate(old: ExperimentSpec, new: ExperimentSpec) -> tuple[str, ...]:
    optimizer, rate = new.training.optimizer, new.training.learning_rate
    usual = optimizer.usual_rate
    is_chosen = type(optimizer) is not type(old.training.optimizer)
    if usual is None or not is_chosen or usual / 10 < rate < usual * 10:
        return ()
    name = title_of(type(optimizer))
    return (f"{name} is made for a learning rate near {usual:g}; it is {rate:g} now.",)


def may_need_fitting(old: ExperimentSpec, new: ExperimentSpec) -> bool:
    """Return whether an edit chose something that other fields are expected to follow.

    A number that does not fit is not such a choice: who typed it is told.
    """
    before, after = old.training, new.training
    return (
        old.data != new.data
        or before.optimizer != after.optimizer
        or before.batching != after.batching
        or type(before.class_weights) is not type(after.class_weights)
    )


def fitted(spec: ExperimentSpec) -> tuple[ExperimentSpec, tuple[str, ...]]:
    """Make what depends on data and optimizer follow them, as a person who chose them expects.

    Returns
    -------
    spec
        With a loss and class weights that fit the task, and a batch no larger than the training
        set; all of it, if the optimizer needs that.
    notes
        One sentence for each thing that was changed.
    """
    notes: list[str] = []
    data = spec.data
    left = max(0.0, round(1 - data.training_share, 10))
    if data.validation_share > left:
        spec = msgspec.structs.replace(
            spec, data=msgspec.structs.replace(data, validation_share=left)
        )
        notes.append(f"Validation share is now {left:.4g}: training takes the rest.")
    training = spec.training
    task = spec.data.task.kind
    if task not in training.loss.tasks:
        loss = next(option for option in get_args(AnyLoss) if task in option.tasks)
        training = msgspec.structs.replace(training, loss=loss())
        notes.append(f"Loss is now {title_of(loss)}: the data asks for {task.value}.")
    available = spec.data.training_count
    if training.batch_size > available and isinstance(training.batching, MiniBatch):
        training = msgspec.structs.replace(training, batch_size=available)
        notes.append(f"Batch size is now {available}: there are no more training points.")
    if training.optimizer.needs_full_batch:
        name = title_of(type(training.optimizer))
        if training.batch_for(available) < available:
            training = msgspec.structs.replace(training, batching=FullBatch())
            notes.append(f"Each step now takes the full batch, as {name} needs.")
        if isinstance(training.sampling, WithReplacement):
            training = msgspec.structs.replace(training, sampling=WithoutReplacement())
            notes.append(f"Sampling is now without replacement, as {name} needs.")
    classes, weights = spec.data.task.class_count, training.class_weights
    if isinstance(weights, GivenClassWeights) and classes and len(weights.values) != classes:
        training = msgspec.structs.replace(
            training, class_weights=GivenClassWeights((1.0,) * classes)
        )
        notes.append(f"Class weights are now 1 each: there are {classes} classes.")
    elif not classes and not isinstance(weights, NoClassWeights):
        training = msgspec.structs.replace(training, class_weights=NoClassWeights())
        notes.append(f"Class weights are off: the data asks for {task.value}.")
    if training == spec.training:
        return spec, tuple(notes)
    return msgspec.structs.replace(spec, training=training), tuple(notes)

"""The state of a training as it comes out of a file: checked before anything is changed by it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData, prepare
from playground.experiment.spec import ExperimentSpec
from playground.training.history import CAPACITY
from playground.training.preparing import drawn_vector, is_prepared
from playground.training.trainer import Trainer

LARGEST_COUNT = 2**53
"""No step, epoch or interval is larger: up to here, every whole number is also a float."""
_MAY_BE_MISSING = ("initial", "data")
"""Parts that states had not always, and that states from elsewhere may lack."""
_COUNTS = frozenset({"step", "epoch", "position", "optimizer_steps"})


class UnfitState(Exception):
    """A state belongs to another experiment, or is damaged. The message names the part."""


def resumed(
    spec: ExperimentSpec, state: dict[str, Any], data: PreparedData | None = None
) -> Trainer:
    """Return a trainer that goes on from a state that may come from anywhere.

    Initial weights that were prepared are in the state, and are not prepared again.

    Raises
    ------
    DataError
        If the samples cannot be read.
    UnfitState
        Naming the part that does not fit.
    """
    data = data if data is not None else prepare(spec.data)
    trainer = Trainer(spec, data, kept_initial(spec, data, state))
    restore_checked(trainer, state)
    return trainer


def kept_initial(
    spec: ExperimentSpec, data: PreparedData, state: dict[str, Any] | None
) -> NDArray[Any] | None:
    """Return the initial parameters (p,) that were prepared and kept in a state, if they fit."""
    initial = (state or {}).get("initial") if is_prepared(spec) else None
    if not isinstance(initial, np.ndarray):
        return None
    drawn = drawn_vector(spec, data)
    fits = initial.shape == drawn.shape and initial.dtype == drawn.dtype
    return initial if fits and np.isfinite(initial).all() else None


def changed_data(trainer: Trainer, state: dict[str, Any]) -> str:
    """Return what to know if the files of the samples have changed since a state was taken."""
    digest = state.get("data", "")
    if not digest or digest == trainer.data.samples.digest:
        return ""
    return (
        "The files of the data are not those that this network was trained on: they have changed "
        "since it was saved. Its weights are as they were, but its scores are measured anew, and "
        "to train on is not to continue that training. Press Reset to learn from the new files."
    )


def restore_checked(trainer: Trainer, state: dict[str, Any]) -> None:
    """Continue from a state that may come from anywhere.

    The state must have the shape of the trainer's own: the same names, arrays of the same type and
    size, numbers where numbers belong. Should it not, the trainer is as it was.

    Parameters
    ----------
    trainer
        Its spec must equal that of the trainer that the state was taken from.
    state
        As :meth:`Trainer.state` gave it, perhaps by way of a file.

    Raises
    ------
    UnfitState
        Naming the part that does not fit.
    """
    own = trainer.state()
    state = {name: own[name] for name in _MAY_BE_MISSING if name in own} | state
    _compare(own, state, "")
    _check_values(trainer, state)
    try:
        trainer.restore(state)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError) as error:
        trainer.restore(own)
        raise UnfitState(
            f"the state of the training does not fit: {error}; it starts from the beginning"
        ) from error


def _compare(own: Any, given: Any, path: str) -> None:
    """Compare two trees of arrays and numbers by their shapes."""
    if isinstance(own, dict):
        if not isinstance(given, dict):
            raise _unfit(path, "is not a group of values")
        for name in own.keys() - given.keys():
            raise _unfit(_join(path, name), "is missing")
        for name in given.keys() - own.keys():
            raise _unfit(_join(path, name), "is unknown")
        for name, value in own.items():
            _compare(value, given[name], _join(path, name))
    elif isinstance(own, np.ndarray):
        if not isinstance(given, np.ndarray):
            raise _unfit(path, "is not an array")
        if given.dtype != own.dtype:
            raise _unfit(path, f"has numbers of type {given.dtype}, not {own.dtype}")
        # A history is as long as the run was.
        start = 1 if path == "history.rows" else 0
        if given.ndim != own.ndim or given.shape[start:] != own.shape[start:]:
            raise _unfit(path, f"has the shape {given.shape}, not {own.shape}")
    elif (
        isinstance(own, bool)
        or isinstance(given, bool)
        or isinstance(own, str | list | tuple | None)
    ):
        if type(own) is not type(given):
            raise _unfit(path, f"is {given!r:.40}, which is something else than expected")
    elif not isinstance(given, int if isinstance(own, int) else int | float):
        raise _unfit(path, f"is {given!r:.40}, not a number")


def _check_values(trainer: Trainer, state: dict[str, Any]) -> None:
    """Check what the shape of the state alone does not say."""
    for name in _COUNTS & state.keys():
        if not 0 <= state[name] <= LARGEST_COUNT:
            raise _unfit(name, f"is {state[name]}, outside of 0 … {LARGEST_COUNT}")
    if state["position"] >= trainer.batches_per_epoch:
        raise _unfit("position", f"is behind the last of {trainer.batches_per_epoch} batches")
    if not np.isfinite(state.get("initial", 0.0)).all():
        raise _unfit("initial", "has numbers that are not finite")
    order = state["order"]
    if len(order) and not 0 <= order.min() <= order.max() < len(order):
        raise _unfit("order", f"names samples outside of 0 … {len(order) - 1}")
    history = state["history"]
    if not 1 <= history["interval"] <= LARGEST_COUNT:
        raise _unfit("history.interval", f"is {history['interval']}, which is not possible")
    capacity = history["capacity"]
    if not (len(history["rows"]) <= capacity <= CAPACITY and capacity % 2 == 0):
        raise _unfit("history.capacity", f"is {capacity}, which is not possible")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)


def _unfit(path: str, what: str) -> UnfitState:
    return UnfitState(
        f"the state of the training does not fit: {path} {what}; it starts from the beginning"
    )

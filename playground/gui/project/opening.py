"""Opening an experiment as a step that can be undone, with the weights of both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtGui import QUndoCommand

from playground.experiment.spec import ExperimentSpec
from playground.gui.project.document import Document, DocumentTracker
from playground.gui.session import Session
from playground.training.messages import StateTaken

__all__ = ["OpenCommand", "step_of"]

_LARGEST_KEPT = 64_000_000
"""Bytes of weights and optimizer memory that a step keeps; of larger ones the initial weights."""
_LONGEST_WAIT = 1.0
"""Seconds; the worker copies the state within a millisecond, unless it is busy with its data."""


@dataclass(slots=True)
class _Side:
    """What is in the window before or after."""

    spec: ExperimentSpec
    document: Document
    state: dict[str, Any] | None = None
    is_awaited: bool = False
    """Whether the worker was asked for the state and has not answered yet."""
    hand_edits: int = 0
    """How often weights were set by hand since the document was opened or saved."""


def step_of(state: dict[str, Any] | None) -> int:
    """Return the training step of a state that may come from anywhere."""
    step = (state or {}).get("step")
    return step if isinstance(step, int) else 0


class OpenCommand(QUndoCommand):
    """Shows another experiment; undo brings back the one before, trained as it was.

    Parameters
    ----------
    label
        For the Edit menu: "Open Spirals".
    spec, state
        What is opened; without a state it starts from its initial weights.
    document
        What it is then to be called and compared with.
    """

    def __init__(
        self,
        session: Session,
        tracker: DocumentTracker,
        label: str,
        spec: ExperimentSpec,
        state: dict[str, Any] | None,
        document: Document,
    ) -> None:
        super().__init__(label)
        self._session, self._tracker = session, tracker
        self._before = _Side(session.spec, tracker.document)
        self._after = _Side(spec, document, state)

    def redo(self) -> None:
        self._go(self._before, self._after)

    def undo(self) -> None:
        self._go(self._after, self._before)

    def _go(self, leaving: _Side, arriving: _Side) -> None:
        if arriving.is_awaited:
            # Undo came faster than the worker: a moment, or the weights would be lost.
            self._session.wait_until(lambda: not arriving.is_awaited, _LONGEST_WAIT)
        count = self._session.hand_edits
        leaving.document = self._tracker.document
        leaving.hand_edits = count - leaving.document.hand_edits
        leaving.is_awaited = True
        self._session.take_state(partial(_keep, leaving))
        document = replace(arriving.document, hand_edits=count - arriving.hand_edits)
        self._session.load_anew(arriving.spec, arriving.state)
        self._tracker.become(document, step_of(arriving.state))


def _keep(side: _Side, taken: StateTaken) -> None:
    """Remember how far training had come on the side that is left."""
    side.is_awaited = False
    if taken.spec == side.spec and sum(_sizes(taken.state)) <= _LARGEST_KEPT:
        side.state = taken.state


def _sizes(tree: Any) -> Iterator[int]:
    if isinstance(tree, np.ndarray):
        yield tree.nbytes
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from _sizes(value)

"""The steps of the undo stack: an edit of the experiment, a weight set by hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from playground.experiment.spec import ExperimentSpec

__all__ = ["ParameterCommand", "SpecCommand"]


class SpecCommand(QUndoCommand):
    """One edit of the spec.

    Parameters
    ----------
    become
        Makes a checked spec the current one.
    old, new
        The spec before and after.
    label
        What the step did, for the Edit menu.
    merge_key
        Steps with the same key that follow each other are one; "" never merges.
    """

    def __init__(
        self,
        become: Callable[[ExperimentSpec], None],
        old: ExperimentSpec,
        new: ExperimentSpec,
        label: str,
        merge_key: str,
    ) -> None:
        super().__init__(label)
        self._become, self._old, self._new, self._merge_key = become, old, new, merge_key

    def redo(self) -> None:
        self._become(self._new)

    def undo(self) -> None:
        self._become(self._old)

    def id(self) -> int:
        return 1 if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, SpecCommand) or other._merge_key != self._merge_key:
            return False
        self._new = other._new
        if self._new == self._old:
            self.setObsolete(True)
        return True


class ParameterCommand(QUndoCommand):
    """One weight or bias set by hand.

    Parameters
    ----------
    put
        Sets the parameter of a layer, row and column.
    place
        Layer, row and column.
    old, new
        The value before and after.
    label
        What the step did, for the Edit menu.
    """

    def __init__(
        self,
        put: Callable[[int, int, int, float], None],
        place: tuple[int, int, int],
        old: float,
        new: float,
        label: str,
    ) -> None:
        super().__init__(label)
        self._put, self._place, self._old, self._new = put, place, old, new

    def redo(self) -> None:
        self._put(*self._place, self._new)

    def undo(self) -> None:
        self._put(*self._place, self._old)

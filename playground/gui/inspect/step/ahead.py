"""What can be made before somebody steps there, while no key is pressed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

from playground.gui.formula import typesetter
from playground.gui.inspect.step.looks import look_of
from playground.gui.inspect.step.matrix_paint import inks
from playground.gui.theme import theme
from playground.inspection.operation import Operation, Shade, Tape

__all__ = ["Ahead"]

REST_MILLISECONDS = 80
"""How long an operation is looked at before the next ones are thought of."""
FORMULAS = 12
"""Operations to come whose formulas are typeset; of those before, a quarter."""


class Ahead(QObject):
    """Works in small pieces that each leave a key press its frame.

    Parameters
    ----------
    make_room
        Does one piece of what the largest operation of a tape needs on the screen, and returns
        whether there is more.
    """

    def __init__(self, make_room: Callable[[Tape], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._make_room = make_room
        self._pieces: Iterator[None] = iter(())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be made."""
        return not self._timer.isActive()

    def look_around(self, tape: Tape, index: int) -> None:
        """Begin anew from the operation that is current now, once it has been looked at."""
        self._pieces = self._work(tape, index)
        self._timer.start(REST_MILLISECONDS)

    def stop(self) -> None:
        """Make nothing more."""
        self._timer.stop()

    def _go_on(self) -> None:
        if next(self._pieces, self) is not self:
            self._timer.start(0)

    def _work(self, tape: Tape, index: int) -> Iterator[None]:
        after = tape.operations[index + 1 : index + 1 + FORMULAS]
        before = tape.operations[max(0, index - FORMULAS // 4) : index]
        typesetter().prepare([operation.latex for operation in (*after, *reversed(before))])
        yield
        while self._make_room(tape):
            yield
        for shade in Shade:
            inks(theme().current, shade)
            yield
        for operation in (*after[:1], *before[-1:]):
            for _ in _look_at(operation):
                yield


def _look_at(operation: Operation) -> Iterator[None]:
    """Paint the heat maps of an operation, one at a time."""
    for matrix in (operation.result, *operation.operands, *operation.kept):
        look_of(matrix.values).heat_map(matrix.shade, theme().current)
        yield

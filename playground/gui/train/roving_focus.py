"""One tab stop for a group of buttons, and arrow keys between them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton

__all__ = ["RovingFocus"]


class RovingFocus(QObject):
    """Makes buttons one stop for the Tab key; arrows, Home and End move within the group.

    Enter presses a button, as Space does.

    Parameters
    ----------
    buttons
        In reading order.
    columns
        Number of columns of the grid that they form; 0 if they are a line that may wrap.
    """

    def __init__(
        self, buttons: Sequence[QAbstractButton], parent: QObject, columns: int = 0
    ) -> None:
        super().__init__(parent)
        self._buttons = list(buttons)
        self._columns = columns
        for button in self._buttons:
            button.installEventFilter(self)
        if self._buttons:
            self.set_stop(self._buttons[0])

    def set_stop(self, button: QAbstractButton) -> None:
        """Let the Tab key reach this button of the group."""
        for other in self._buttons:
            policy = Qt.FocusPolicy.StrongFocus if other is button else Qt.FocusPolicy.ClickFocus
            other.setFocusPolicy(policy)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move the focus with the arrow keys."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            index = next((i for i, b in enumerate(self._buttons) if b is watched), -1)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index >= 0:
                self._buttons[index].click()
                return True
            target = self._target(index, Qt.Key(event.key()))
            if index >= 0 and target is not None:
                button = self._buttons[target]
                button.setFocus(Qt.FocusReason.TabFocusReason)
                self.set_stop(button)
                return True
        elif event.type() == QEvent.Type.FocusIn and isinstance(watched, QAbstractButton):
            self.set_stop(watched)
        return False

    def _target(self, index: int, key: Qt.Key) -> int | None:
        last = len(self._buttons) - 1
        row = self._columns or 1
        moves = {
            Qt.Key.Key_Left: index - 1,
            Qt.Key.Key_Right: index + 1,
            Qt.Key.Key_Up: index - row,
            Qt.Key.Key_Down: index + row,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key not in moves:
            return None
        target = moves[key]
        # Past an edge the focus stays, and the key is still used up: it must not scroll.
        return target if 0 <= target <= last else index

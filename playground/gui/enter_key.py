"""What Enter does in a dialog in which no button is the one that it always presses."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPushButton

__all__ = ["press_focused"]


def press_focused(dialog: QDialog, event: QKeyEvent) -> bool:
    """Press the button that has the focus if the key is Enter; return whether it was.

    A default button would also be pressed by the Enter that ends typing a number.
    """
    focused = dialog.focusWidget()
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.isAutoRepeat():
        return False
    if not isinstance(focused, QPushButton):
        return False
    focused.click()
    return True

"""Let Space play, except on a control that was reached by keyboard, which it presses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QWidget

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class SpaceKey(QObject):
    """Watches all events of the application for focus and for Space."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._keyboard_focus = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusIn:
            if isinstance(event, QFocusEvent) and isinstance(watched, QWidget):
                self._keyboard_focus = event.reason() in _BY_KEYBOARD
        elif (
            kind == QEvent.Type.ShortcutOverride
            and self._keyboard_focus
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and isinstance(watched, QAbstractButton | QComboBox | QAbstractItemView)
        ):
            event.accept()
            return True
        return False

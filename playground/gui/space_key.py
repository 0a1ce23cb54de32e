"""Let Space play, except on a control that was reached by keyboard, which it presses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QWidget

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_TABS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class SpaceKey(QObject):
    """Watches the widget with the focus: why it got it, and whether Space is pressed there.

    Only that one, and the window: a filter for the whole application would be called some hundred
    times whenever the window is painted.

    Parameters
    ----------
    window
        It gets the Tab with which the focus comes where there was none.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # a window cannot be without one
        self._application = application
        self._reason = Qt.FocusReason.OtherFocusReason
        self._keyboard_focus = False
        window.installEventFilter(self)
        application.focusChanged.connect(self._follow)
        self._follow(None, application.focusWidget())

    def stop(self) -> None:
        """Watch nothing any more."""
        self._application.focusChanged.disconnect(self._follow)
        self._follow(self._application.focusWidget(), None)
        self._window.removeEventFilter(self)

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        """Watch the widget that has the focus now; the one before told why it lost it."""
        if before is not None and before is not self._window:
            before.removeEventFilter(self)
        self._keyboard_focus = self._reason in _BY_KEYBOARD
        self._reason = Qt.FocusReason.OtherFocusReason
        if now is not None and now is not self._window:
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            self._reason = event.reason()
        elif kind == QEvent.Type.KeyPress and watched is self._window:
            if isinstance(event, QKeyEvent) and event.key() in _TABS:
                self._reason = Qt.FocusReason.TabFocusReason
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

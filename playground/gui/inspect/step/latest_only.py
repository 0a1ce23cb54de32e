"""Showing the latest of what a held key runs through."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

__all__ = ["LatestOnly"]


class LatestOnly(QObject):
    """Shows a step at once; while a key is held, only where it has got to.

    A keyboard repeats a key some thirty times a second. A machine that cannot show that many would
    still be stepping long after the key was let go. So the steps that have come in meanwhile are
    made without being shown.

    Parameters
    ----------
    panel
        Its keys, or those of what is in it, may be held.
    is_ready
        Whether there is something to show.
    show
        Shows it.
    """

    def __init__(
        self, panel: QWidget, is_ready: Callable[[], bool], show: Callable[[], None]
    ) -> None:
        super().__init__(panel)
        self._is_ready, self._show = is_ready, show
        self._is_held = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        # After all keys that have been pressed by now.
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._catch_up)
        panel.installEventFilter(self)

    def ask(self) -> None:
        """Show what is current: now, or when the keys that wait are through."""
        if self._is_held:
            self._timer.start()
        else:
            self._timer.stop()
            self._show()

    def drop(self) -> None:
        """Show nothing later: it is shown already, or nobody looks."""
        self._timer.stop()

    def _catch_up(self) -> None:
        if self._is_ready():
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # It comes before the shortcut that makes the step, which does not know.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._is_held = event.isAutoRepeat()
        return False

"""A file that is dropped anywhere on the window is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

__all__ = ["FileDrop"]

_EVENTS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)


class FileDrop(QObject):
    """Takes files before a view under the mouse does: plots swallow them, and fields would take
    their names for text. Other drags go where they belong.

    Parameters
    ----------
    window
        Its platform window is made, if it is not yet.
    opened
        Called with the first file of a drop.
    """

    def __init__(self, window: QWidget, opened: Callable[[Path], object]) -> None:
        super().__init__(window)
        self._opened = opened
        window.winId()
        window.windowHandle().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a file; leave everything else."""
        if event.type() not in _EVENTS or not isinstance(event, QDropEvent):
            return False
        path = _file_in(event.mimeData())
        # A dialog waits for its own answer first.
        if path is None or QApplication.activeModalWidget() is not None:
            return False
        event.acceptProposedAction()
        if event.type() is QEvent.Type.Drop:
            self._opened(path)
        return True


def _file_in(dragged: QMimeData) -> Path | None:
    return next((Path(u.toLocalFile()) for u in dragged.urls() if u.isLocalFile()), None)

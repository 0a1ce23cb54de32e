"""Searches for garbage that pass over what stays."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

__all__ = ["SETTLED_MILLISECONDS", "spare_heap"]

SETTLED_MILLISECONDS = 2000
"""How long after a workspace has been opened its modules, views and fonts are all there."""


def spare_heap(window: MainWindow) -> None:
    """Leave what a start and the first look into the inspector make out of later searches.

    Python now and then looks through all objects for cycles that nobody needs. A hundred thousand
    of them are classes, functions and the outlines of letters, which stay until the end; with them
    a search keeps the window from painting for 60 to 80 ms, without them for a few.

    Only for the window that the application is opened with: what is made up to now is never given
    back, so that a test of many windows would keep them all.
    """

    def leave_out() -> None:
        # Of what was made just now, what is garbage already can still go.
        gc.collect(1)
        gc.freeze()

    QTimer.singleShot(SETTLED_MILLISECONDS, window, leave_out)
    window.workspaces.chosen.connect(
        lambda _: QTimer.singleShot(SETTLED_MILLISECONDS, window, leave_out),
        Qt.ConnectionType.SingleShotConnection,
    )

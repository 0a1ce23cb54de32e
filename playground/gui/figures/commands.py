"""What the File menu offers to take away: pictures, an animation, a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

__all__ = ["export_picture"]


def export_picture(window: MainWindow) -> None:
    """Open the dialog with every picture that the window shows now, itself included."""
    from playground.gui.figures.collection import figures_in, whole
    from playground.gui.figures.dialog import PictureDialog

    workspace = window.centralWidget()
    assert workspace is not None  # there is a menu, so the window is filled
    figures = figures_in(workspace)
    figures.append(whole(workspace, "Workspace"))
    figures.append(whole(window, "Whole window"))
    PictureDialog(figures, window).open()

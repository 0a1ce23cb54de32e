"""The foot of the window, while a tab of the inspector has something to say there."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QMainWindow, QWidget

__all__ = ["place_at_foot"]


def place_at_foot(panel: QWidget, line: QWidget, shown: bool) -> None:
    """Put the line of a tab at the foot of the window in place of that of training, or back."""
    window = panel.window()
    if not isinstance(window, QMainWindow):
        return
    bar = window.statusBar()
    training = bar.findChild(QLabel, "status")
    if training is not None:
        training.setVisible(not shown)
    if shown:
        bar.addWidget(line, 1)
        line.show()
    else:
        bar.removeWidget(line)

"""The row above a training step."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.gui.inspect.step.ladder import Ladder
from playground.gui.inspect.step.switches import Switches

__all__ = ["Controls"]

ROOMY = 1020
"""Width from which on the buttons say in words what they do, in device-independent pixels."""


class Controls(QWidget):
    """The row above: steps at the left, switches at the right."""

    def __init__(self, ladder: Ladder, switches: Switches) -> None:
        super().__init__()
        self._ladder = ladder
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(ladder)
        row.addWidget(switches, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the words on the buttons where the window is narrow."""
        self._ladder.set_compact(self.width() < ROOMY)
        super().resizeEvent(event)

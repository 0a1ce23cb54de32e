"""What the window shows for the first moment: its own outline, in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.gui.theme import theme

MENU, TRANSPORT, LEFT, RIGHT, STATUS = 30, 58, 250, 316, 26


class Skeleton(QWidget):
    """Paints where the parts of the workspace are about to appear."""

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colors.color("background"))
        top, bottom = MENU + TRANSPORT, self.height() - STATUS
        surface, line = colors.color("surface"), colors.color("separator")
        for part in (
            QRect(0, 0, self.width(), top),
            QRect(0, top, LEFT, bottom - top),
            QRect(self.width() - RIGHT, top, RIGHT, bottom - top),
            QRect(0, bottom, self.width(), STATUS),
        ):
            painter.fillRect(part, surface)
        painter.setPen(line)
        painter.drawLine(0, MENU, self.width(), MENU)
        painter.drawLine(0, top, self.width(), top)
        painter.drawLine(0, bottom, self.width(), bottom)
        painter.drawLine(LEFT, top, LEFT, bottom)
        painter.drawLine(self.width() - RIGHT, top, self.width() - RIGHT, bottom)
        painter.end()

"""Small windows that float above the others: rounded, with a fine outline."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from playground.gui.theme import theme

__all__ = ["CardWindow"]

RADIUS = 10
GAP = 6


class CardWindow(QFrame):
    """A window without a frame of the system, as a rounded card.

    Parameters
    ----------
    parent
        Window to which it belongs and with which it goes.
    flags
        Its kind: a tooltip or a popup.
    """

    def __init__(self, parent: QWidget, flags: Qt.WindowType) -> None:
        super().__init__(
            parent,
            flags | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint,
        )
        # X11 may lack a compositor, which alone makes corners see-through: there they are cut.
        self._is_cut = QGuiApplication.platformName() == "xcb"
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, not self._is_cut)
        theme().changed.connect(self.update)

    def outline(self) -> str:
        """Return the role of the outline's colour."""
        return "border"

    def place(self, anchor: QRect, beside: bool = False) -> None:
        """Move below an area of the screen, or to its right; to the other side without room."""
        screen = QGuiApplication.screenAt(anchor.center()) or QGuiApplication.primaryScreen()
        room, width, height = screen.availableGeometry(), self.width(), self.height()
        if beside:
            x, y = anchor.right() + GAP, anchor.top()
            if x + width > room.right():
                x = anchor.left() - width - GAP
        else:
            x, y = anchor.left(), anchor.bottom() + GAP
            if y + height > room.bottom():
                y = anchor.top() - height - GAP
        x = max(room.left() + 4, min(x, room.right() - width - 4))
        y = max(room.top() + 4, min(y, room.bottom() - height - 4))
        self.move(QPoint(x, y))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the corners where they would not be see-through."""
        if self._is_cut:
            path = QPainterPath()
            path.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
            self.setMask(path.toFillPolygon().toPolygon())
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._is_cut:
            painter.fillRect(self.rect(), theme().color(self.outline()))
        painter.setBrush(theme().color("surface_raised"))
        painter.setPen(QPen(theme().color(self.outline()), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.end()

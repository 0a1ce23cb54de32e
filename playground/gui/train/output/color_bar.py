"""What the colours of the surface mean: the scale of values, and the probe's place on it."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.palette import value_lut
from playground.gui.theme import monospace_font, theme
from playground.gui.train.output.number_text import MINUS

__all__ = ["ColorBar"]


class ColorBar(QWidget):
    """A bar from the most negative to the most positive colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marker: float | None = None
        self._ends = (f"{MINUS}1", "+1")
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colour scale from −1 to +1")
        theme().changed.connect(self._recolor)
        self._recolor()

    def set_marker(self, value: float | None) -> None:
        """Mark a value on the scale; ``None`` for none."""
        if value is not None:
            value = min(1.0, max(-1.0, value)) if math.isfinite(value) else None
        if value != self._marker:
            self._marker = value
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(288, 18)

    def _recolor(self) -> None:
        table = value_lut(theme().current)
        row = table.tobytes()
        self._image = QImage(row, 256, 1, 768, QImage.Format.Format_RGB888).copy()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ends, the bar and the mark."""
        colors = theme().current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(monospace_font(11))
        painter.setPen(QColor(colors.text_muted))
        metrics = painter.fontMetrics()
        low, high = (metrics.horizontalAdvance(text) for text in self._ends)
        whole = QRectF(self.rect())
        painter.drawText(whole, _LEFT, self._ends[0])
        painter.drawText(whole, _RIGHT, self._ends[1])
        left, width = low + 7.0, self.width() - low - high - 14.0
        bar = QRectF(left, self.height() / 2 - 3.5, width, 7)
        brush = QBrush(self._image)
        brush.setTransform(_scaled(left, width / 256))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRoundedRect(bar, 3.5, 3.5)
        if self._marker is not None:
            x = left + (self._marker + 1) / 2 * width
            painter.setPen(QPen(QColor(colors.surface), 1.2))
            painter.setBrush(QColor(colors.text))
            tip = QPointF(x, bar.center().y() + 1)
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-4.5, 7.5), tip + QPointF(4.5, 7.5)]))
        painter.end()


def _scaled(left: float, factor: float) -> QTransform:
    transform = QTransform()
    transform.translate(left, 0)
    transform.scale(factor, 64)
    return transform


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

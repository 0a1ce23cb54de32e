"""A sample in large, beside the panel, while the pointer is over its little picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from playground.gui.theme import text_font, theme
from playground.gui.train.output.probability_bars import paint_beliefs
from playground.gui.train.output.sample_images import SampleImages

__all__ = ["EnlargedSample"]

_SIDE = 160
_BARS_WIDTH = 190
_MARGIN = 14
_ROW = 17


class EnlargedSample(QWidget):
    """A window without a frame that takes neither focus nor clicks."""

    def __init__(self, parent: QWidget) -> None:
        flags = Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint
        super().__init__(parent, flags | Qt.WindowType.WindowTransparentForInput)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._images: SampleImages | None = None
        self._sample = 0
        self._title, self._note = "", ""
        self._names: tuple[str, ...] = ()
        self._certainty: NDArray[Any] = np.zeros(0)

    def show_sample(
        self,
        images: SampleImages,
        sample: int,
        title: str,
        note: str,
        names: tuple[str, ...],
        certainty: NDArray[Any],
    ) -> None:
        """Show a sample with the network's belief in each class, (classes,)."""
        self._images, self._sample = images, sample
        self._title, self._note = title, note
        self._names, self._certainty = names, certainty
        height = max(_SIDE, _ROW * len(names)) + 2 * _MARGIN + 44
        self.resize(QSize(_SIDE + _BARS_WIDTH + 3 * _MARGIN, height))
        self.update()

    def place_beside(self, widget: QWidget, tile: QRect) -> None:
        """Show it left of a widget, level with a tile of it, or right of it at the edge."""
        corner = widget.mapToGlobal(QPoint(0, tile.top()))
        room = widget.screen().availableGeometry()
        x = corner.x() - self.width() - 22
        if x < room.left():
            x = min(corner.x() + widget.width() + 22, room.right() - self.width())
        y = corner.y() + tile.height() // 2 - self.height() // 2
        self.move(x, max(room.top() + 4, min(y, room.bottom() - self.height() - 4)))
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint card, image, words and bars."""
        colors = theme().current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.setBrush(QColor(colors.surface_raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.setFont(text_font(14, bold=True))
        painter.setPen(QColor(colors.text))
        width = self.width() - 2 * _MARGIN
        painter.drawText(QRectF(_MARGIN, _MARGIN - 2, width, 20), _LEFT, self._title)
        painter.setFont(text_font(12))
        painter.setPen(QColor(colors.text_muted))
        painter.drawText(QRectF(_MARGIN, _MARGIN + 17, width, 18), _LEFT, self._note)
        top = _MARGIN + 44
        if self._images is not None:
            picture = self._images.picture(self._sample, _SIDE, self.devicePixelRatioF())
            painter.drawPixmap(_MARGIN, top, picture)
        area = QRectF(_SIDE + 2 * _MARGIN, top, _BARS_WIDTH, _ROW * len(self._names))
        true = self._images.label(self._sample) if self._images is not None else None
        paint_beliefs(painter, area, colors, self._names, self._certainty, true)
        painter.end()


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

"""The confusion matrix as a picture: in any size, theme and thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from playground.gui.palette import Colors, contrast, mix
from playground.gui.theme import monospace_font, text_font, theme

__all__ = ["LEFT", "TOP", "ConfusionPicture"]

Counts = NDArray[np.int64]
Cell = tuple[int, int]

LEFT, TOP = 30, 30
"""Room for the labels of rows and columns."""
_GAP = 1.5


class ConfusionPicture:
    """A heat map of counts: a row for each true class, a column for each answer.

    Parameters
    ----------
    names
        The classes.
    counts : (classes, classes) or None
        Row true, column predicted; ``None`` while nothing was measured.
    cell_size
        Width and height of a cell.
    """

    def __init__(self, names: tuple[str, ...], counts: Counts | None, cell_size: float) -> None:
        self._names, self._counts, self._cell_size = names, counts, cell_size

    def paint(self, painter: QPainter) -> None:
        """Paint labels and cells, without a ground, in the colours of the theme."""
        colors = theme().current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_labels(painter, colors)
        counts = self._counts
        totals = counts.sum(1) if counts is not None else None
        number_size = 11 if counts is None or counts.max(initial=0) < 1000 else 9
        painter.setFont(monospace_font(number_size if self._cell_size > 22 else 9))
        for true in range(len(self._names)):
            for predicted in range(len(self._names)):
                count = int(counts[true, predicted]) if counts is not None else 0
                total = int(totals[true]) if totals is not None else 0
                self._paint_cell(painter, colors, (true, predicted), count, total)

    def _paint_cell(
        self, painter: QPainter, colors: Colors, cell: Cell, count: int, total: int
    ) -> None:
        size = self._cell_size
        rect = QRectF(LEFT + cell[1] * size, TOP + cell[0] * size, size, size)
        rect.adjust(_GAP / 2, _GAP / 2, -_GAP / 2, -_GAP / 2)
        share = count / total if total else 0.0
        if cell[0] == cell[1]:
            ground = mix(colors.background, colors.value_positive, share)
        else:
            # Rare mistakes must be seen, too: the root lifts them.
            ground = mix(colors.background, colors.value_negative, min(1.0, share**0.5 * 1.15))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(rect, 3, 3)
        if count:
            ink = max(("#ffffff", "#14171c"), key=lambda each: contrast(each, ground))
            painter.setPen(QColor(ink))
            text = str(count) if count < 10_000 else f"{count / 1000:.0f}k"
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_labels(self, painter: QPainter, colors: Colors) -> None:
        size = self._cell_size
        painter.setPen(QColor(colors.text_muted))
        painter.setFont(text_font(10))
        width = size * len(self._names)
        painter.drawText(QRectF(LEFT, 0, width, 14), Qt.AlignmentFlag.AlignCenter, "predicted")
        painter.save()
        painter.translate(0, TOP + width)
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, width, 14), Qt.AlignmentFlag.AlignCenter, "true")
        painter.restore()
        painter.setFont(monospace_font(11))
        for index, name in enumerate(self._names):
            column = QRectF(LEFT + index * size, 14, size, TOP - 14)
            painter.drawText(column, Qt.AlignmentFlag.AlignCenter, name)
            row = QRectF(14, TOP + index * size, LEFT - 16, size)
            painter.drawText(row, Qt.AlignmentFlag.AlignCenter, name)

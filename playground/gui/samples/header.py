"""The headings of the table: aligned with their columns, and a sign at the one that sorts."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from playground.gui.samples.columns import Kind
from playground.gui.samples.model import SamplesModel
from playground.gui.theme import text_font, theme

__all__ = ["SamplesHeader"]

HEIGHT = 27
PADDING = 6
_SIGN = 8
"""Width of the sign, with the space before it."""
_CENTERED = (Kind.MARK, Kind.PICTURE)


class SamplesHeader(QHeaderView):
    """Headings that can be clicked to sort."""

    def __init__(self, model: SamplesModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._model = model
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setMinimumSectionSize(24)
        self.setAccessibleName("Columns")
        theme().changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        """Return the height of a line."""
        return QSize(super().sizeHint().width(), HEIGHT)

    def paintSection(self, painter: QPainter, area: QRect, section: int) -> None:
        """Paint one heading."""
        colors, column = theme().current, self._model.columns[section]
        is_sorted = section == self.sortIndicatorSection()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(area, QColor(colors.surface))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, QColor(colors.separator))
        painter.setFont(text_font(11, bold=is_sorted))
        painter.setPen(QColor(colors.text if is_sorted else colors.text_muted))
        inner = area.adjusted(PADDING, 0, -PADDING, -1)
        metrics = painter.fontMetrics()
        room = inner.width() - (_SIGN if is_sorted else 0)
        text = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, room)
        if column.kind is Kind.PICTURE and text != column.title:
            # What is below it says it.
            text = ""
        width = metrics.horizontalAdvance(text)
        if column.is_numeric:
            left = inner.right() + 1 - width
        elif column.kind in _CENTERED:
            left = inner.left() + (room - width) // 2
        else:
            left = inner.left()
        place = QRect(left, inner.top(), width + 1, inner.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if is_sorted:
            # Before numbers, which end where their heading ends; behind names.
            x = left - _SIGN + 1.5 if column.is_numeric else left + width + _SIGN - 5.5
            self._paint_sign(painter, x, area.center().y() + 0.5, colors.accent)
        painter.restore()

    def _paint_sign(self, painter: QPainter, x: float, y: float, ink: str) -> None:
        is_falling = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        tip = 2.0 if is_falling else -2.0
        pen = QPen(QColor(ink), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(
            QPolygonF(
                [QPointF(x - 2.6, y - tip / 2), QPointF(x, y + tip), QPointF(x + 2.6, y - tip / 2)]
            )
        )

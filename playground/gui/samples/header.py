"""The headings of the table: aligned with their columns, and a sign at the one that sorts."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from playground.gui.samples.columns import Column, Kind
from playground.gui.samples.model import SamplesModel
from playground.gui.theme import text_font, theme

__all__ = ["SamplesHeader"]

HEIGHT = 27
PADDING = 6
_SIGN = 8
"""Width of the sign, with the space before it."""
_WIDEN = 1.7
"""How much wider than usual columns become where there is room."""
_CENTERED = (Kind.MARK, Kind.PICTURE)


class SamplesHeader(QHeaderView):
    """Headings that can be clicked to sort, and dragged to make columns wider."""

    def __init__(self, model: SamplesModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._model = model
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setMinimumSectionSize(24)
        self.setAccessibleName("Columns")
        self._columns: tuple[Column, ...] = ()
        self._widths: list[int] = []
        self._by_hand: list[int] = []
        self._is_fitting = False
        self.sectionResized.connect(self._on_resized)
        theme().changed.connect(self.viewport().update)

    # --- widths ---

    def show_columns(self) -> None:
        """Take over the columns of the model; widths set by hand go with other columns."""
        # Qt forgets widths whenever the model is reset.
        self._widths = []
        if self._model.columns != self._columns:
            self._columns, self._by_hand = self._model.columns, []

    def fit(self, room: int) -> None:
        """Give the columns their widths, and a share of the room that is left."""
        columns = self._model.columns
        if not columns:
            return
        widths = self._by_hand or _fitted_widths(columns, room)
        if widths == self._widths:
            return
        self._widths, self._is_fitting = list(widths), True
        for number, width in enumerate(widths):
            self.resizeSection(number, width)
        self._is_fitting = False

    def _on_resized(self) -> None:
        if not self._is_fitting and self.count() == len(self._columns):
            self._by_hand = [self.sectionSize(number) for number in range(self.count())]

    # --- painting ---

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


def _fitted_widths(columns: tuple[Column, ...], room: int) -> list[int]:
    """Return a width for each column; in a narrow panel all is seen up to the loss."""
    share = min(max(room / sum(column.width for column in columns), 1.0), _WIDEN)
    widths = [int(column.width * share) for column in columns]
    place = next(n for n, column in enumerate(columns) if column.kind is Kind.LOSS)
    missing = sum(widths[: place + 1]) - room
    spare = [column.width - (column.least or column.width) for column in columns[:place]]
    if 0 < missing <= sum(spare):
        for number, most in enumerate(spare):
            taken = min(most, missing)
            widths[number] -= taken
            missing -= taken
    return widths

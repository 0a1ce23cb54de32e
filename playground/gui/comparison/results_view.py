"""The comparison as a table with a plot in it: a dot per fold, a mark at the mean, error bars.

The dots of all rows share one axis, which stands in the heading of their column.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from playground.gui.comparison.model import Column, ResultsModel
from playground.gui.figures.figure import Figure
from playground.gui.plots.ticks import Tick, linear_ticks
from playground.gui.theme import monospace_font, text_font, theme
from playground.training.cross_validation import Candidate, Measure

__all__ = ["ResultsView"]

ROW_HEIGHT = 38
HEADER_HEIGHT = 48
MARGIN = 16
"""Between the ends of the axis and those of its column."""
_TICK_EVERY = 46
"""Pixels between ticks, about."""
_DOT = 3.4
_WIDTHS = {
    Column.LAYERS: 148,
    Column.PARAMETERS: 82,
    Column.MEAN: 130,
    Column.OTHER: 94,
    Column.TRAIN: 80,
    Column.SECONDS: 64,
}


class ResultsView(QTableView):
    """Shows a :class:`ResultsModel`."""

    def __init__(self, model: ResultsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        # Its frame is that of the card it lies on.
        self.setProperty("matrix", True)
        self.setAccessibleName("Results of the comparison")
        self.setItemDelegate(_Cells(model, self))
        self.setHorizontalHeader(_Heading(model, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        for column in Column:
            if column is Column.DOTS:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(column, _WIDTHS[column])
        theme().changed.connect(self.viewport().update)

    def figure(self) -> Figure | None:
        """Return the table as a picture, without what is selected; ``None`` while it is empty."""
        rows = self.model().rowCount()
        if not rows:
            return None
        size = QSize(self.horizontalHeader().length(), HEADER_HEIGHT + rows * ROW_HEIGHT)
        return Figure("Comparison of architectures", size, self._paint_whole)

    def _paint_whole(self, painter: QPainter) -> None:
        header = self.horizontalHeader()
        for column in Column:
            left, width = header.sectionPosition(column), header.sectionSize(column)
            header.paintSection(painter, QRect(left, 0, width, HEADER_HEIGHT), column)
            for row in range(self.model().rowCount()):
                option = QStyleOptionViewItem()
                option.rect = QRect(left, HEADER_HEIGHT + row * ROW_HEIGHT, width, ROW_HEIGHT)
                index = self.model().index(row, column)
                self.itemDelegate().paint(painter, option, index)


class _Heading(QHeaderView):
    """Headings, and the axis of the dots in one of them."""

    def __init__(self, model: ResultsModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._results = model
        self.setSectionsClickable(False)
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        """Return room for a heading and the numbers of the axis."""
        return QSize(super().sizeHint().width(), HEADER_HEIGHT)

    def paintSection(self, painter: QPainter, area: QRect, section: int) -> None:
        """Paint one heading."""
        colors = theme().current
        painter.save()
        painter.setPen(QColor(colors.separator))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        text = str(self._results.headerData(section, Qt.Orientation.Horizontal))
        painter.setFont(text_font(11))
        painter.setPen(QColor(colors.text_muted))
        flags = Qt.AlignmentFlag.AlignTop
        if section == Column.DOTS:
            flags |= Qt.AlignmentFlag.AlignHCenter
        elif section == Column.LAYERS:
            flags |= Qt.AlignmentFlag.AlignLeft
        else:
            flags |= Qt.AlignmentFlag.AlignRight
        painter.drawText(area.adjusted(10, 8, -10, 0), flags, text)
        if section == Column.DOTS and self._results.best is not None:
            self._paint_axis(painter, area, colors.text_muted)
        painter.restore()

    def _paint_axis(self, painter: QPainter, area: QRect, ink: str) -> None:
        painter.setFont(monospace_font(10))
        metrics = QFontMetricsF(painter.font())
        axis = _Axis(self._results, area)
        for tick in axis.ticks:
            x = axis.place(tick.position)
            painter.setPen(QColor(ink))
            width = metrics.horizontalAdvance(tick.label)
            painter.drawText(QPointF(x - width / 2, area.bottom() - 9), tick.label)
            painter.drawLine(QPointF(x, area.bottom() - 4), QPointF(x, area.bottom()))


class _Axis:
    """Where values stand in the column of the dots."""

    def __init__(self, model: ResultsModel, area: QRect) -> None:
        self._low, self._high = model.interval
        self._left, self._width = area.left() + MARGIN, max(area.width() - 2 * MARGIN, 1)
        share = 100 if model.measure is Measure.ACCURACY else 1
        most = max(2, self._width // _TICK_EVERY)
        self.ticks = [
            Tick(tick.position / share, f"{tick.label} %" if share == 100 else tick.label)
            for tick in linear_ticks(self._low * share, self._high * share, most)
        ]

    def place(self, value: float) -> float:
        """Return the x of a value; what is beyond the axis stands at its end."""
        share = (value - self._low) / max(self._high - self._low, 1e-300)
        return self._left + min(max(share, 0.0), 1.0) * self._width


class _Cells(QStyledItemDelegate):
    """Paints the cells."""

    def __init__(self, model: ResultsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._results = model

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Let no cell look as if it alone had the keyboard: rows are what is chosen."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        area: QRect = option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colors, row, column = theme().current, index.row(), Column(index.column())
        candidate = self._results.candidate(row)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_selected:
            painter.fillRect(area, QColor(colors.accent_soft))
        if column is Column.DOTS:
            self._paint_dots(painter, area, candidate, row == self._results.best)
        else:
            font = index.data(Qt.ItemDataRole.FontRole)
            painter.setFont(font)
            painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
            text = str(index.data())
            inner = area.adjusted(10, 0, -10, 0)
            painter.drawText(inner, index.data(Qt.ItemDataRole.TextAlignmentRole), text)
            if column is Column.LAYERS:
                width = QFontMetricsF(font).horizontalAdvance(text)
                self._paint_chip(painter, inner, inner.left() + width + 8, row, candidate)
        painter.setPen(QColor(colors.separator))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.restore()

    def _paint_chip(
        self, painter: QPainter, area: QRect, left: float, row: int, candidate: Candidate
    ) -> None:
        """Paint a word about the row, if there is one and it has room."""
        colors, model = theme().current, self._results
        if candidate.diverged:
            word, ground, ink = "diverged", colors.danger_soft, colors.danger
        elif row == model.best:
            word, ground, ink = "best", colors.accent, colors.on_accent
        elif row == model.simplest:
            word, ground, ink = "as good", colors.good_soft, colors.good
        else:
            return
        painter.setFont(text_font(11))
        width = QFontMetricsF(painter.font()).horizontalAdvance(word) + 12
        if left + width > area.right():
            return
        chip = QRectF(left, area.center().y() - 8, width, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(chip, 8, 8)
        painter.setPen(QColor(ink))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_dots(
        self, painter: QPainter, area: QRect, candidate: Candidate, is_best: bool
    ) -> None:
        model, colors = self._results, theme().current
        middle = area.center().y() + 0.5
        values = candidate.values(model.measure)
        axis = _Axis(model, area)
        if model.best is not None:
            painter.setPen(QColor(colors.grid))
            for tick in axis.ticks:
                x = axis.place(tick.position)
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if not values:
            text = "diverged on every fold" if candidate.runs else "waiting"
            painter.setFont(text_font(11))
            painter.setPen(QColor(colors.danger if candidate.runs else colors.text_disabled))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
            return
        ink = QColor(colors.accent if is_best else colors.text)
        pale = QColor(ink)
        pale.setAlphaF(0.45)
        mean, deviation = candidate.mean(model.measure), candidate.deviation(model.measure)
        assert mean is not None
        if deviation is not None and math.isfinite(deviation):
            low, high = axis.place(mean - deviation), axis.place(mean + deviation)
            painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(low, middle), QPointF(high, middle))
            for x in (low, high):
                painter.drawLine(QPointF(x, middle - 4), QPointF(x, middle + 4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pale)
        for number, value in enumerate(values):
            # Above and below in turn, so that equal values can be told apart.
            offset = (-8, 8)[number % 2]
            painter.drawEllipse(QPointF(axis.place(value), middle + offset), _DOT, _DOT)
        painter.setBrush(ink)
        painter.setPen(QPen(QColor(colors.surface), 1.2))
        painter.drawEllipse(QPointF(axis.place(mean), middle), _DOT + 1.8, _DOT + 1.8)

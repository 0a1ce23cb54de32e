"""Curves in a frame with axes: the only module that touches pyqtgraph.

Only what is needed of the library is used, and nothing that costs time in every frame: no plot
item, no automatic ranges, no items that follow the pointer. The frame is painted once per range
into a picture; the curves lie above it in a transparent view.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped,unused-ignore]
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from playground.gui.plots.clipping import clipped
from playground.gui.plots.series import Floats, Interval
from playground.gui.plots.ticks import Tick, linear_ticks, log_ticks
from playground.gui.theme import text_font, theme

__all__ = ["Band", "Canvas", "Line", "Mark"]

LEFT = 42
"""Least width of the numbers beside the y axis."""
BOTTOM = 20
TOP = 5
RIGHT = 8


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A polyline in the unit of the axes.

    Attributes
    ----------
    x, y : (n,) float64
        Its points; NaN in ``y`` is a gap.
    color
        With its opacity.
    width
        In device-independent pixels.
    smooth_edges
        Whether it is antialiased: for short lines only, long raw ones get slow.
    """

    x: Floats
    y: Floats
    color: QColor
    width: float
    smooth_edges: bool


@dataclass(frozen=True, slots=True)
class Band:
    """An interval of the y axis in which curves should stay, in the unit of the axis."""

    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the x axis that is worth a look: a dashed upright line with a word at its top."""

    x: float
    label: str
    color_role: str


class _Curve(pg.PlotCurveItem):  # type: ignore[misc]
    """A curve that takes the whole view for its extent: measuring it costs more than that saves."""

    def boundingRect(self) -> QRectF:
        box = self.getViewBox()
        return QRectF() if box is None else QRectF(box.viewRect())


class Canvas(QWidget):
    """Draws lines in a frame with axes. What it shows, and when that changes, is decided outside.

    Mouse events pass through the view of the curves and reach this widget, then its parent.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.logarithmic = True
        self.x_logarithmic = False
        self.right_margin = 0
        self._left_margin = LEFT
        self.band: Band | None = None
        self.marks: tuple[Mark, ...] = ()
        self.message = ""
        self.x_unit = ""
        self.x_name = "epoch"
        self.x_interval: Interval = (0.0, 1.0)
        self.y_interval: Interval = (-2.0, 0.0)
        self._frame: QPixmap | None = None
        self._view: Any = pg.GraphicsView(self, background=None)
        self._view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # A cached background would be filled with the palette's colour and hide the frame.
        self._view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self._view.viewport().setAutoFillBackground(False)
        self._box: Any = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self._box.disableAutoRange()
        self._view.setCentralItem(self._box)
        self._lines: list[Line] = []
        self._curves: list[Any] = []
        self._pens: list[tuple[int, float]] = []

    # What is shown

    def set_ranges(self, x: Interval, y: Interval) -> None:
        """Show these intervals, in the unit of the axes."""
        if (x, y) == (self.x_interval, self.y_interval):
            return
        self.x_interval, self.y_interval = x, y
        self._box.setRange(xRange=x, yRange=y, padding=0.0, disableAutoRange=False)
        if self._make_room():
            self.layout_view()
        self.invalidate()

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        """Mark these places, in the unit of the axis."""
        if marks != self.marks:
            self.marks = marks
            self.invalidate()

    def set_lines(self, lines: list[Line]) -> None:
        """Draw these lines, the first lowest."""
        self._lines = lines
        ratio = self.devicePixelRatioF()
        while len(self._curves) < len(lines):
            curve = _Curve(skipFiniteCheck=True)
            self._box.addItem(curve, ignoreBounds=True)
            self._curves.append(curve)
            self._pens.append((0, 0.0))
        for index, curve in enumerate(self._curves):
            if index >= len(lines):
                if curve.isVisible():
                    curve.setVisible(False)
                continue
            line = lines[index]
            # A cosmetic pen counts pixels of the screen.
            pen = (line.color.rgba(), line.width * ratio)
            if pen != self._pens[index]:
                self._pens[index] = pen
                curve.setPen(_pen(line.color, line.width * ratio))
            curve.setData(
                line.x,
                line.y,
                connect="finite" if np.isnan(line.y).any() else "all",
                antialias=line.smooth_edges,
            )
            if not curve.isVisible():
                curve.setVisible(True)

    def invalidate(self) -> None:
        """Paint the frame anew: its colours, ranges, band or message have changed."""
        self._frame = None
        self.update()

    # Places

    @property
    def plot_rect(self) -> QRect:
        """Where the curves are, in this widget."""
        left = self._left_margin
        width = self.width() - left - RIGHT - self.right_margin
        return QRect(left, TOP, max(width, 20), max(self.height() - TOP - BOTTOM, 20))

    def place_of(self, x: float, y: float) -> QPointF:
        """Return the place in this widget of a point of the axes."""
        rect = QRectF(self.plot_rect)
        (x_low, x_high), (y_low, y_high) = self.x_interval, self.y_interval
        return QPointF(
            rect.left() + (x - x_low) / (x_high - x_low) * rect.width(),
            rect.bottom() - (y - y_low) / (y_high - y_low) * rect.height(),
        )

    def point_at(self, place: QPointF) -> tuple[float, float]:
        """Return the point of the axes at a place in this widget."""
        rect = QRectF(self.plot_rect)
        (x_low, x_high), (y_low, y_high) = self.x_interval, self.y_interval
        return (
            x_low + (place.x() - rect.left()) / rect.width() * (x_high - x_low),
            y_low + (rect.bottom() - place.y()) / rect.height() * (y_high - y_low),
        )

    def layout_view(self) -> None:
        """Put the view of the curves in its place, after a margin has changed."""
        self._view.setGeometry(self.plot_rect)
        self.invalidate()

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._make_room()
        self.layout_view()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._frame is None or self._frame.devicePixelRatio() != ratio:
            self._frame = QPixmap(self.size() * ratio)
            self._frame.setDevicePixelRatio(ratio)
            frame_painter = QPainter(self._frame)
            frame_painter.fillRect(self.rect(), theme().color("surface"))
            self._paint_frame(frame_painter)
            frame_painter.end()
        painter.drawPixmap(0, 0, self._frame)

    def paint_picture(self, painter: QPainter, lines: list[Line] | None = None) -> None:
        """Paint frame and curves as vectors, this widget's top left at the painter's origin.

        Parameters
        ----------
        lines
            What to draw instead of the lines that are shown: the same in other colours.
        """
        self._paint_frame(painter)
        rect = QRectF(self.plot_rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in self._lines if lines is None else lines:
            pen = QPen(line.color, line.width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            for part in clipped(line.x, line.y, self.x_interval, self.y_interval):
                places = part * (rect.width(), -rect.height()) + (rect.left(), rect.bottom())
                painter.drawPolyline([QPointF(x, y) for x, y in places.tolist()])

    def _make_room(self) -> bool:
        """Let the widest number of the y axis have its room; return whether that changed it."""
        metrics, (_, vertical) = QFontMetrics(text_font(11)), self._ticks()
        widest = max((metrics.horizontalAdvance(tick.label) for tick in vertical), default=0)
        before, self._left_margin = self._left_margin, max(LEFT, widest + 8)
        return self._left_margin != before

    def _ticks(self) -> tuple[list[Tick], list[Tick]]:
        rect = self.plot_rect
        x_ticks = log_ticks if self.x_logarithmic else linear_ticks
        horizontal = x_ticks(*self.x_interval, max(rect.width() // 60, 2))
        ticks = log_ticks if self.logarithmic else linear_ticks
        return horizontal, ticks(*self.y_interval, max(rect.height() // 26, 2))

    def _paint_frame(self, painter: QPainter) -> None:
        rect = self.plot_rect
        painter.setFont(text_font(11))
        if self.message:
            painter.setPen(theme().color("text_muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.message)
            return
        if self.band is not None:
            self._paint_band(painter, self.band)
        horizontal, vertical = self._ticks()
        metrics = painter.fontMetrics()
        grid, ink = theme().color("grid"), theme().color("text_muted")
        for tick in vertical:
            y = round(self.place_of(self.x_interval[0], tick.position).y())
            painter.setPen(grid)
            painter.drawLine(rect.left(), y, rect.right(), y)
            top = min(max(y - 8, 0), self.height() - BOTTOM - 12)
            painter.setPen(ink)
            painter.drawText(
                QRect(0, top, self._left_margin - 6, 16),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                tick.label,
            )
        painter.setPen(ink)
        right = rect.right() + 1
        for index, tick in enumerate(reversed(horizontal)):
            unit = self.x_unit if index == 0 else ""
            label = f"{tick.label} {unit}".strip()
            # The unit hangs on the last number, which stays centred under its place if it can.
            width = metrics.horizontalAdvance(label)
            number = metrics.horizontalAdvance(tick.label)
            left = round(self.place_of(tick.position, self.y_interval[0]).x() - number / 2)
            left = max(min(left, rect.right() + 1 - width), rect.left() - 4)
            if left + width <= right:
                painter.drawText(left, self.height() - 5, label)
                right = left - 10
        self._paint_marks(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        rect = QRectF(self.plot_rect)
        places = [(mark, round(self.place_of(mark.x, 0.0).x())) for mark in self.marks]
        places = [(mark, x) for mark, x in places if rect.left() <= x <= rect.right()]
        for mark, x in places:
            painter.setPen(QPen(theme().color(mark.color_role), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        metrics = painter.fontMetrics()
        for row, (mark, x) in enumerate(places):
            width = metrics.horizontalAdvance(mark.label)
            left = x + 5 if x + 5 + width <= rect.right() else x - 5 - width
            # One below the other, and above the lines of others, so that all can be read.
            box = QRectF(left, rect.top() + row * metrics.height(), width, metrics.height())
            painter.fillRect(box, theme().color("surface"))
            painter.setPen(theme().color(mark.color_role))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.label)

    def _paint_band(self, painter: QPainter, band: Band) -> None:
        rect = QRectF(self.plot_rect)
        top = max(self.place_of(0.0, band.high).y(), rect.top())
        bottom = min(self.place_of(0.0, band.low).y(), rect.bottom())
        if bottom <= top:
            return
        area = QRectF(rect.left(), top, rect.width(), bottom - top)
        painter.fillRect(area, theme().color("healthy_band"))
        if area.height() >= 18:
            painter.setPen(theme().color("good"))
            # At the lower left: curves of a training begin high and fall.
            painter.drawText(
                area.adjusted(6, 0, 0, -3),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom,
                band.label,
            )


def _pen(color: QColor, width: float) -> QPen:
    pen = QPen(color, width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    return pen

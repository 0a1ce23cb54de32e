"""Curves of a run as a picture: in any size, theme and thread, without a widget."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from playground.gui.plots.clipping import clipped
from playground.gui.plots.series import Floats, Interval, Series, Shape, shape_of
from playground.gui.plots.ticks import linear_ticks, log_ticks
from playground.gui.plots.viewport import Viewport
from playground.gui.theme import text_font, theme

__all__ = ["CurvePicture"]

_TITLE, _LEFT, _RIGHT, _BOTTOM = 24.0, 42.0, 8.0, 20.0
_RAW_OPACITY = 0.38


class CurvePicture:
    """A plot of curves over epochs, as the plots of the window, on a logarithmic axis.

    Parameters
    ----------
    title
        Stands above.
    series
        The curves; those without two values are left out.
    healthy
        (low, high) in which curves should stay; ``None`` for no such band.
    x
        What the x axis shows; ``None``: the whole run.
    y
        What the y axis shows, as powers of ten; ``None``: everything.
    """

    def __init__(
        self,
        title: str,
        series: Sequence[Series],
        healthy: tuple[float, float] | None = None,
        x: Interval | None = None,
        y: Interval | None = None,
    ) -> None:
        self._title, self._healthy = title, healthy
        self._series = [each for each in series if len(each.x) > 1 and each.has_values]
        self._shapes = [shape_of(each, True, True, None, 1200, True) for each in self._series]
        self.x, self.y = self._fitted()
        if x is not None:
            self.x = x
        if y is not None:
            self.y = y

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Paint into a rectangle, without a ground."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_heading(painter, area)
        frame = area.adjusted(_LEFT, _TITLE + 6, -_RIGHT, -_BOTTOM)
        painter.setFont(text_font(11))
        if not self._series:
            painter.setPen(theme().color("text_muted"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "No training yet")
            painter.restore()
            return
        self._paint_band(painter, frame)
        self._paint_axes(painter, area, frame)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for each, shape in zip(self._series, self._shapes, strict=True):
            if shape.raw is not None:
                pen = QPen(theme().color(each.color_role, _RAW_OPACITY), 0.8)
                self._paint_line(painter, frame, shape.raw, pen)
        for each, shape in zip(self._series, self._shapes, strict=True):
            pen = QPen(theme().color(each.color_role), 1.6)
            self._paint_line(painter, frame, shape.line, pen)
        painter.restore()

    def _fitted(self) -> tuple[Interval, Interval]:
        viewport = Viewport(logarithmic=True)
        if self._healthy is not None:
            low, high = (math.log10(value) for value in self._healthy)
            viewport.at_least = (low - 1.0, high + 1.0)
        if self._series:
            ends = min(s.x[0] for s in self._series), max(s.x[-1] for s in self._series)
            viewport.fit((float(ends[0]), float(ends[1])), _joined(self._shapes))
        return viewport.x, viewport.y

    def _paint_heading(self, painter: QPainter, area: QRectF) -> None:
        """Paint the title, and the names of the curves flush right."""
        line = QRectF(area.left(), area.top(), area.width(), _TITLE - 4)
        painter.setFont(text_font(13, bold=True))
        painter.setPen(theme().color("text"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._title)
        left = line.left() + QFontMetricsF(text_font(13, bold=True)).horizontalAdvance(self._title)
        font = text_font(11)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        names = [each.name for each in self._series]
        room = line.right() - _RIGHT - left - 12
        if sum(metrics.horizontalAdvance(name) + 23 for name in names) > room:
            names = [name.split()[-1][:3] for name in names]
        right = line.right() - _RIGHT
        for name, each in reversed(list(zip(names, self._series, strict=True))):
            width = metrics.horizontalAdvance(name)
            if right - width - 12 < left:
                break
            painter.setPen(theme().color("text_muted"))
            place = QRectF(right - width, line.top(), width + 1, line.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color(each.color_role))
            painter.drawEllipse(QPointF(right - width - 8.5, line.center().y()), 3.5, 3.5)
            right -= width + 23

    def _paint_band(self, painter: QPainter, frame: QRectF) -> None:
        if self._healthy is None:
            return
        low, high = (math.log10(value) for value in self._healthy)
        top, bottom = (
            max(self._y(high, frame), frame.top()),
            min(self._y(low, frame), frame.bottom()),
        )
        if bottom > top:
            band = QRectF(frame.left(), top, frame.width(), bottom - top)
            painter.fillRect(band, theme().color("healthy_band"))

    def _paint_axes(self, painter: QPainter, area: QRectF, frame: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        for tick in log_ticks(*self.y, max(int(frame.height() // 26), 2)):
            y = self._y(tick.position, frame)
            painter.setPen(QPen(theme().color("grid"), 1))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(theme().color("text_muted"))
            label = QRectF(area.left(), y - 8, _LEFT - 6, 16)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(label, flags, tick.label)
        painter.setPen(theme().color("text_muted"))
        right = frame.right() + 1
        ticks = linear_ticks(*self.x, max(int(frame.width() // 60), 2))
        for index, tick in enumerate(reversed(ticks)):
            label_text = f"{tick.label} epochs" if index == 0 else tick.label
            width = metrics.horizontalAdvance(label_text)
            left = self._x(tick.position, frame) - metrics.horizontalAdvance(tick.label) / 2
            left = max(min(left, frame.right() + 1 - width), frame.left() - 4)
            if left + width <= right:
                painter.drawText(QPointF(left, area.bottom() - 5), label_text)
                right = left - 10

    def _paint_line(
        self, painter: QPainter, frame: QRectF, line: tuple[Floats, Floats], pen: QPen
    ) -> None:
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for part in clipped(*line, self.x, self.y):
            places = part * (frame.width(), -frame.height()) + (frame.left(), frame.bottom())
            painter.drawPolyline([QPointF(x, y) for x, y in places.tolist()])

    def _x(self, value: float, frame: QRectF) -> float:
        low, high = self.x
        return frame.left() + (value - low) / (high - low) * frame.width()

    def _y(self, value: float, frame: QRectF) -> float:
        low, high = self.y
        return frame.bottom() - (value - low) / (high - low) * frame.height()


def _joined(shapes: Sequence[Shape]) -> Interval | None:
    intervals = [shape.y_interval for shape in shapes if shape.y_interval is not None]
    if not intervals:
        return None
    return min(low for low, _ in intervals), max(high for _, high in intervals)

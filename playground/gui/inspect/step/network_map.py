"""A small graph of the network with the current place lit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.figures.figure import Figure
from playground.gui.inspect.pictures import show_menu
from playground.gui.inspect.step.looks import cell_text
from playground.gui.inspect.step.map_state import UNITS_SHOWN, MapColumn, MapLinks, MapState
from playground.gui.inspect.step.matrix_paint import inks
from playground.gui.palette import Colors, gradient_lut, value_lut
from playground.gui.theme import monospace_font, text_font, theme
from playground.inspection.operation import Shade

__all__ = ["NetworkMap"]

SMALLEST_CAPTIONED = 11.0
"""Radius of a unit in pixels from which on the number of hidden units has room below."""
_MARGIN = 24.0
KEPT_PICTURES = 96
COLUMN_WIDTH = 84
"""Room for the units of a column and the number of the others, in device-independent pixels."""
MOST_LINKS = 18
"""Links drawn between two columns: the strongest. Thick smooth lines are slow to draw."""
WEAKEST = 0.04
"""Links weaker than this share of the strongest are as pale as the ground, and left out."""
_LARGEST, _SMALLEST = 21.0, 5.0


class NetworkMap(QWidget):
    """Draws units and weights: values on them forwards, gradients backwards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: MapState | None = None
        self._pictures: dict[tuple[Any, ...], tuple[NDArray[np.float64] | None, QPixmap]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(248)
        self.setAccessibleName("Where we are in the network")
        theme().changed.connect(self.update)

    def show_state(self, state: MapState, spoken: str) -> None:
        """Show another state, described in words for screen readers."""
        self._state = state
        self.setAccessibleDescription(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(272, 248)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw links, then units."""
        if self._state is None:
            return
        state, colors = self._state, theme().current
        painter = QPainter(self)
        for links in sorted(state.links, key=lambda each: each.is_lit):
            painter.drawPixmap(0, 0, self._links_picture(state, links, colors))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for source, target in state.skips:
            self._paint_skip(painter, state, source, target, colors)
        for index in range(len(state.columns)):
            left = round(self._place(state, index, 0).x() - COLUMN_WIDTH / 2)
            painter.drawPixmap(left, 0, self._column_picture(state, index, left, colors))
        painter.end()

    def figure(self) -> Figure | None:
        """Return the map as a picture."""
        state = self._state
        if state is None:
            return None

        def paint(painter: QPainter) -> None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for links in sorted(state.links, key=lambda each: each.is_lit):
                self._paint_links(painter, state, links, theme().current)
            self._paint_units(painter, state)

        return Figure("Place in the network", self.size(), paint)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture."""
        show_menu(self, event)

    def _paint_units(self, painter: QPainter, state: MapState) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme().current
        radius = self._radius(state)
        for source, target in state.skips:
            self._paint_skip(painter, state, source, target, colors)
        for index, column in enumerate(state.columns):
            self._paint_column(painter, state, index, column, radius, colors)

    def _radius(self, state: MapState) -> float:
        count = len(state.columns)
        tallest = max(min(column.units, UNITS_SHOWN) for column in state.columns)
        across = (self.width() - 2 * _MARGIN) / max(1, count - 1)
        down = self.height() / (tallest + 0.4)
        return max(_SMALLEST, min(_LARGEST, across * 0.36, down * 0.42))

    def _place(self, state: MapState, column: int, unit: int) -> QPointF:
        count = len(state.columns)
        shown = min(state.columns[column].units, UNITS_SHOWN)
        x = _MARGIN + column * (self.width() - 2 * _MARGIN) / max(1, count - 1)
        middle = self.height() / 2 - (6 if state.columns[column].units > UNITS_SHOWN else 0)
        gap = min(76.0, (self.height() - 26) / max(1, shown))
        return QPointF(x, middle + (unit - (shown - 1) / 2) * gap)

    def _links_picture(self, state: MapState, links: MapLinks, colors: Colors) -> QPixmap:
        """Return the links between two columns, drawn once for as long as they look the same."""
        units = tuple(column.units for column in state.columns)
        place = links.weights.__array_interface__["data"][0], links.weights.strides
        key = (units, links.source, links.is_gradient, links.is_lit, place, colors.name)

        def paint(painter: QPainter) -> None:
            self._paint_links(painter, state, links, colors)

        return self._picture(key, self.width(), paint, links.weights)

    def _column_picture(self, state: MapState, index: int, left: int, colors: Colors) -> QPixmap:
        """Return the units of a column, drawn once for as long as they look the same."""
        column, units = state.columns[index], tuple(column.units for column in state.columns)
        focus = state.focus[1] if state.focus is not None and state.focus[0] == index else None
        values = column.values
        place = None if values is None else (values.__array_interface__["data"][0], values.strides)
        key = (units, index, column.is_gradient, column.is_lit, focus, place, colors.name)

        def paint(painter: QPainter) -> None:
            painter.translate(-left, 0)
            self._paint_column(painter, state, index, column, self._radius(state), colors)

        return self._picture(key, COLUMN_WIDTH, paint, values)

    def _picture(
        self,
        key: tuple[Any, ...],
        width: int,
        paint: Callable[[QPainter], None],
        array: NDArray[np.float64] | None,
    ) -> QPixmap:
        """Return the picture of a key, painted if there is none.

        Parameters
        ----------
        array
            What is drawn. It is kept beside the picture, so that no other takes its place in
            memory, by which the key knows it.
        """
        kept = self._pictures.get(key)
        if kept is None:
            if len(self._pictures) >= KEPT_PICTURES:
                self._pictures.clear()
            ratio = self.devicePixelRatioF()
            picture = QPixmap(round(width * ratio), round(self.height() * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(painter)
            painter.end()
            kept = self._pictures[key] = (array, picture)
        return kept[1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw all links anew in another size."""
        self._pictures.clear()
        super().resizeEvent(event)

    def _paint_links(
        self, painter: QPainter, state: MapState, links: MapLinks, colors: Colors
    ) -> None:
        table = gradient_lut(colors) if links.is_gradient else value_lut(colors)
        weights = np.nan_to_num(links.weights[:UNITS_SHOWN, :UNITS_SHOWN])
        scale = max(float(np.abs(np.nan_to_num(links.weights)).max(initial=0.0)), 1e-300)
        sources = [self._place(state, links.source, unit) for unit in range(weights.shape[0])]
        targets = [self._place(state, links.target, unit) for unit in range(weights.shape[1])]
        sizes = np.abs(weights)
        least = max(WEAKEST * scale, float(np.sort(sizes, axis=None)[-MOST_LINKS:][0]))
        for source, target in np.argwhere(sizes >= least).tolist():
            share = float(weights[source, target]) / scale
            red, green, blue = table[int(share * 127.5 + 127.5)].tolist()
            ink = QColor(red, green, blue)
            ink.setAlphaF(1.0 if links.is_lit else 0.5)
            width = 0.8 + 3.4 * abs(share)
            painter.setPen(QPen(ink, width if width > 1.5 else 1))
            painter.drawLine(QLineF(sources[source], targets[target]))

    def _paint_skip(
        self, painter: QPainter, state: MapState, source: int, target: int, colors: Colors
    ) -> None:
        """Draw a skip connection as an arc over the columns between."""
        start, end = self._place(state, source, 0), self._place(state, target, 0)
        top = max(4.0, min(start.y(), end.y()) - 0.42 * abs(end.x() - start.x()) - 14)
        path = QPainterPath(start)
        path.cubicTo(QPointF(start.x(), top), QPointF(end.x(), top), end)
        lit = state.columns[target].is_lit
        tone = (
            colors.gradient_positive
            if state.columns[target].is_gradient
            else (colors.value_positive)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tone if lit else colors.border), 2.2 if lit else 1.6))
        painter.drawPath(path)

    def _paint_column(
        self,
        painter: QPainter,
        state: MapState,
        index: int,
        column: MapColumn,
        radius: float,
        colors: Colors,
    ) -> None:
        tone = colors.gradient_positive if column.is_gradient else colors.value_positive
        scale_inks = inks(colors, Shade.GRADIENT if column.is_gradient else Shade.VALUE)
        numbers: list[float] = []
        if column.values is not None:
            shown = column.values[:UNITS_SHOWN]
            numbers = shown.tolist()
            scale = max(float(np.abs(np.nan_to_num(column.values)).max(initial=0.0)), 1e-300)
            shares = np.clip(np.nan_to_num(shown / scale), -1, 1)
            steps = (shares * 127.5 + 127.5).astype(int).tolist()
        for unit in range(min(column.units, UNITS_SHOWN)):
            center = self._place(state, index, unit)
            ground, ink = QColor(colors.surface), QColor(colors.text_disabled)
            value: float | None = None
            if unit < len(numbers):
                value = numbers[unit]
                ground, ink = scale_inks[steps[unit]]
            edge, width = (tone, 3.0) if column.is_lit else (colors.border, 1.5)
            if state.focus == (index, unit):
                edge, width = colors.text, 3.0
            painter.setPen(QPen(QColor(edge), width))
            painter.setBrush(ground)
            painter.drawEllipse(center, radius, radius)
            if value is not None and radius >= 15 and len(text := cell_text(value, 2)) <= 7:
                painter.setPen(ink)
                size = 11 if len(text) <= 5 and radius >= 19 else 9 if len(text) <= 6 else 8
                painter.setFont(monospace_font(size))
                area = QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius)
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        # Where columns stand close together, the numbers would run into each other.
        if column.units > UNITS_SHOWN and radius >= SMALLEST_CAPTIONED:
            below = self._place(state, index, UNITS_SHOWN - 1)
            painter.setFont(text_font(10))
            painter.setPen(QColor(colors.text_muted))
            area = QRectF(below.x() - 40, below.y() + radius + 1, 80, 14)
            text = f"+ {column.units - UNITS_SHOWN}"
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

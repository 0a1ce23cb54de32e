"""Choosing the source of a skip connection by dragging it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from playground.gui.palette import Colors
from playground.gui.train.network.arc_painter import paint_dragged
from playground.gui.train.network.arcs import Arc
from playground.gui.train.network.geometry import Column

__all__ = ["SkipDrag"]


class SkipDrag:
    """A skip connection that the pointer holds.

    Attributes
    ----------
    arc
        As it was.
    has_moved
        Whether it is a drag, rather than a click so far.
    """

    def __init__(self, arc: Arc, point: QPointF) -> None:
        self.arc = arc
        self.has_moved = False
        self._start = self._point = point
        self._column = arc.source

    @property
    def reach(self) -> int:
        """How many layers would be bridged; below 1 there is no such connection."""
        return self.arc.layer - self._column

    def move_to(self, point: QPointF, columns: Sequence[Column]) -> None:
        """Follow the pointer; the nearest column is the source."""
        self._point = point
        way = (point - self._start).manhattanLength()
        self.has_moved = self.has_moved or way >= QApplication.startDragDistance()
        # Held somewhere along the arc, it moves as far as the pointer does.
        x = self.arc.start + point.x() - self._start.x()
        nearest = min(range(len(columns)), key=lambda index: abs(columns[index].center - x))
        self._column = nearest

    def paint(self, painter: QPainter, columns: Sequence[Column], colors: Colors) -> None:
        """Paint where it would come from."""
        if not self.has_moved:
            return
        column = columns[self._column] if self.reach >= 1 else None
        paint_dragged(painter, self.arc, column, self._point, colors)

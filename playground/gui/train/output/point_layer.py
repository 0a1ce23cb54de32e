"""The samples of a planar dataset, drawn once into see-through pictures."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from playground.data.prepared import PreparedData
from playground.gui.palette import Colors, value_lut
from playground.schema.task import TaskKind

__all__ = ["RING_DARK", "RING_LIGHT", "SETS", "PointLayer", "legend_picture"]

SETS = ("train", "validation", "test")
"""The sets of samples, in the order of menus and of drawing."""

RING_LIGHT = "#ffffff"
"""Outline of a training point, in both themes."""
RING_DARK = "#15181d"
"""Outline of a point that the network never learns from, in both themes."""
_OUTLINES = {"train": RING_LIGHT, "validation": RING_DARK, "test": RING_DARK}

_RADII = ((9, 6.0), (300, 3.6), (700, 3.1), (1500, 2.7), (math.inf, 2.2))
"""Up to how many points, and how large they are then, in device-independent pixels."""
_SHADES = 64
"""Colours of a regression's points."""


class PointLayer:
    """Draws points as stamps: a thousand take a third of a millisecond.

    A training point is a disc with a light outline, a test point one with a dark outline, and a
    validation point a diamond with a dark outline. All are filled with the colour of their class
    or value, so that a point on a wrong ground stands out.

    Parameters
    ----------
    data
        The samples and their split.
    """

    def __init__(self, data: PreparedData) -> None:
        samples = data.samples
        self._extent = samples.extent
        self._regression = samples.task.kind is TaskKind.REGRESSION
        self._points = samples.points
        if self._regression:
            shades = np.clip(samples.labels * 0.5 + 0.5, 0, 1) * (_SHADES - 1)
            self._shades = np.nan_to_num(shades).round().astype(int)
        else:
            self._shades = samples.labels.astype(int)
        split = data.split
        self._indices = {"train": split.train, "validation": split.validation, "test": split.test}
        count = len(samples.points)
        self.radius = next(radius for most, radius in _RADII if count <= most)

    def place(self, x1: float, x2: float, size: float) -> QPointF:
        """Return where a point of the plane is in a square of this size."""
        scale = size / 2 / self._extent
        return QPointF(size / 2 + x1 * scale, size / 2 - x2 * scale)

    def nearest(
        self, place: QPointF, size: float, shown: Collection[str], reach: float
    ) -> int | None:
        """Return the index of the sample next to a place in a square of this size.

        Parameters
        ----------
        shown
            Which of :data:`SETS` count.
        reach
            How far away it may be, in device-independent pixels.
        """
        found, least = None, reach
        scale = size / 2 / self._extent
        for _, indices in self._sets(shown):
            if not len(indices):
                continue
            points = self._points[indices]
            across = size / 2 + points[:, 0] * scale - place.x()
            down = size / 2 - points[:, 1] * scale - place.y()
            away = np.hypot(across, down)
            best = int(np.argmin(away))
            if away[best] <= least:
                found, least = int(indices[best]), float(away[best])
        return found

    def points_picture(
        self, size: int, ratio: float, colors: Colors, shown: Collection[str]
    ) -> QPixmap:
        """Return the points, see-through, (size, size) in device-independent pixels.

        Parameters
        ----------
        size
            Width and height.
        ratio
            Pixels of the screen per device-independent pixel.
        colors
            The theme.
        shown
            Which of :data:`SETS` to draw.
        """
        picture = _transparent(size, ratio)
        painter = QPainter(picture)
        for name, indices in self._sets(shown):
            self._stamp(painter, indices, self._stamps(name, colors, ratio), size)
        painter.end()
        return picture

    def mistakes_picture(
        self,
        size: int,
        ratio: float,
        wrong: NDArray[np.bool_],
        shown: Collection[str],
    ) -> QPixmap:
        """Return marks on misclassified points: a dot of the outline's colour in the middle.

        Parameters
        ----------
        size, ratio, shown
            As for :meth:`points_picture`.
        wrong : (n,) bool
            Whether each sample is misclassified.
        """
        picture = _transparent(size, ratio)
        painter = QPainter(picture)
        for name, indices in self._sets(shown):
            chosen = indices[wrong[indices]]
            mark = [self._mark(name, ratio)]
            self._stamp(painter, chosen, mark, size, np.zeros(len(chosen), int))
        painter.end()
        return picture

    def paint(
        self,
        painter: QPainter,
        size: float,
        colors: Colors,
        shown: Collection[str],
        wrong: NDArray[np.bool_] | None = None,
    ) -> None:
        """Paint points and marks as vectors, for pictures at any scale.

        Parameters
        ----------
        painter
            Its origin is the upper left corner of the square.
        size
            Width and height of the square.
        colors, shown
            As for :meth:`points_picture`.
        wrong : (n,) bool or None
            Which samples to mark as misclassified.
        """
        fills = self._fills(colors)
        for name, indices in self._sets(shown):
            outline = QPen(QColor(_OUTLINES[name]), 1.3)
            for index in indices.tolist():
                painter.setPen(outline)
                painter.setBrush(fills[self._shades[index]])
                x1, x2 = self._points[index].tolist()
                center = self.place(x1, x2, size)
                _draw_outline(painter, center, self.radius, name)
                if wrong is not None and wrong[index]:
                    paint_mark(painter, center, self.radius + 0.5, name)

    def _sets(self, shown: Collection[str]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        return ((n, i) for n, i in self._indices.items() if n in shown and len(i))

    def _stamp(
        self,
        painter: QPainter,
        indices: NDArray[np.int64],
        stamps: list[QPixmap],
        size: int,
        shades: NDArray[np.int64] | None = None,
    ) -> None:
        if not len(indices):
            return
        half = stamps[0].deviceIndependentSize().width() / 2
        scale = size / 2 / self._extent
        points = self._points[indices]
        x = (size / 2 - half + points[:, 0] * scale).tolist()
        y = (size / 2 - half - points[:, 1] * scale).tolist()
        which = (self._shades[indices] if shades is None else shades).tolist()
        draw = painter.drawPixmap
        for left, top, shade in zip(x, y, which, strict=True):
            draw(QPointF(left, top), stamps[shade])

    def _stamps(self, name: str, colors: Colors, ratio: float) -> list[QPixmap]:
        return [self._dot(fill, name, ratio) for fill in self._fills(colors)]

    def _fills(self, colors: Colors) -> list[QColor]:
        if self._regression:
            rows = value_lut(colors)[np.linspace(0, 255, _SHADES).astype(int)]
            return [QColor(*(int(part) for part in row)) for row in rows]
        return [QColor(colors.of_class(index)) for index in range(len(colors.classes))]

    def _dot(self, fill: QColor, name: str, ratio: float) -> QPixmap:
        side = 2 * self.radius * _REACH[name] + 3
        stamp = _transparent(side, ratio)
        painter = QPainter(stamp)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(fill)
        painter.setPen(QPen(QColor(_OUTLINES[name]), 1.3))
        _draw_outline(painter, QPointF(side / 2, side / 2), self.radius, name)
        painter.end()
        return stamp

    def _mark(self, name: str, ratio: float) -> QPixmap:
        radius = self.radius + 0.5
        side = 2 * radius * _REACH[name] + 4
        stamp = _transparent(side, ratio)
        painter = QPainter(stamp)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_mark(painter, QPointF(side / 2, side / 2), radius, name)
        painter.end()
        return stamp


_REACH = {"train": 1.0, "validation": 1.3, "test": 1.0}
"""How far a point reaches from its middle, in radii: a diamond of the area of the disc."""


def _draw_outline(painter: QPainter, center: QPointF, radius: float, name: str) -> None:
    """Draw a disc, or for a validation point a diamond."""
    if name != "validation":
        painter.drawEllipse(center, radius, radius)
        return
    reach = radius * _REACH[name]
    corners = ((0, -reach), (reach, 0), (0, reach), (-reach, 0))
    painter.drawPolygon(QPolygonF([center + QPointF(x, y) for x, y in corners]))


def paint_mark(painter: QPainter, center: QPointF, radius: float, name: str) -> None:
    """Mark a point of a set as misclassified: a wider outline, and a dot in its middle."""
    outline = QColor(_OUTLINES[name])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(outline, 1.6))
    _draw_outline(painter, center, radius, name)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(outline)
    painter.drawEllipse(center, radius * 0.36, radius * 0.36)


def legend_picture(colors: Colors, name: str, ratio: float, is_wrong: bool = False) -> QPixmap:
    """Return a point on its ground as the legend shows it, 16 × 16 device-independent pixels.

    Parameters
    ----------
    colors
        The theme.
    name
        One of :data:`SETS`.
    ratio
        Pixels of the screen per device-independent pixel.
    is_wrong
        Show a point on the ground of the other class, marked.
    """
    picture = _transparent(16, ratio)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.value_negative if is_wrong else colors.value_positive))
    painter.drawRoundedRect(QRectF(0, 0, 16, 16), 4, 4)
    painter.setBrush(QColor(colors.value_positive))
    painter.setPen(QPen(QColor(_OUTLINES[name]), 1.5))
    _draw_outline(painter, QPointF(8, 8), 4, name)
    if is_wrong:
        paint_mark(painter, QPointF(8, 8), 4.5, name)
    painter.end()
    return picture


def _transparent(size: float, ratio: float) -> QPixmap:
    side = max(1, round(size * ratio))
    picture = QPixmap(QSize(side, side))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture

"""The samples of a planar dataset, drawn once into see-through pictures."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from playground.data.prepared import PreparedData
from playground.gui.palette import Colors, value_lut
from playground.schema.task import TaskKind

__all__ = ["RING_DARK", "RING_LIGHT", "PointLayer", "legend_picture"]

RING_LIGHT = "#ffffff"
"""Outline of a training point, in both themes."""
RING_DARK = "#15181d"
"""Outline of a test point, in both themes."""

_RADII = ((9, 6.0), (300, 3.6), (700, 3.1), (1500, 2.7), (math.inf, 2.2))
"""Up to how many points, and how large they are then, in device-independent pixels."""
_SHADES = 64
"""Colours of a regression's points."""


class PointLayer:
    """Draws points as stamps: a thousand take a third of a millisecond.

    A training point has a light outline, a test point a dark one; both are filled with the
    colour of their class or value, so that a point on a wrong ground stands out.

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
        self._train, self._test = data.split.train, data.split.test
        count = len(samples.points)
        self.radius = next(radius for most, radius in _RADII if count <= most)

    def place(self, x1: float, x2: float, size: float) -> QPointF:
        """Return where a point of the plane is in a square of this size."""
        scale = size / 2 / self._extent
        return QPointF(size / 2 + x1 * scale, size / 2 - x2 * scale)

    def points_picture(
        self, size: int, ratio: float, colors: Colors, train: bool, test: bool
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
        train, test
            Which points to draw.
        """
        picture = _transparent(size, ratio)
        painter = QPainter(picture)
        for wanted, indices, outline in (
            (train, self._train, RING_LIGHT),
            (test, self._test, RING_DARK),
        ):
            if wanted:
                stamps = self._stamps(outline, colors, ratio)
                self._stamp(painter, indices, stamps, size)
        painter.end()
        return picture

    def mistakes_picture(
        self,
        size: int,
        ratio: float,
        wrong: NDArray[np.bool_],
        train: bool,
        test: bool,
    ) -> QPixmap:
        """Return marks on misclassified points: a dot of the outline's colour in the middle.

        Parameters
        ----------
        size, ratio, train, test
            As for :meth:`points_picture`.
        wrong : (n,) bool
            Whether each sample is misclassified.
        """
        picture = _transparent(size, ratio)
        painter = QPainter(picture)
        for wanted, indices, outline in (
            (train, self._train, RING_LIGHT),
            (test, self._test, RING_DARK),
        ):
            if wanted:
                chosen = indices[wrong[indices]]
                mark = [self._mark(outline, ratio)]
                self._stamp(painter, chosen, mark, size, np.zeros(len(chosen), int))
        painter.end()
        return picture

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

    def _stamps(self, outline: str, colors: Colors, ratio: float) -> list[QPixmap]:
        if self._regression:
            rows = value_lut(colors)[np.linspace(0, 255, _SHADES).astype(int)]
            fills = [QColor(*(int(part) for part in row)) for row in rows]
        else:
            fills = [QColor(colors.of_class(index)) for index in range(len(colors.classes))]
        return [self._dot(fill, QColor(outline), ratio) for fill in fills]

    def _dot(self, fill: QColor, outline: QColor, ratio: float) -> QPixmap:
        side = 2 * self.radius + 3
        stamp = _transparent(side, ratio)
        painter = QPainter(stamp)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(fill)
        painter.setPen(QPen(outline, 1.3))
        painter.drawEllipse(QPointF(side / 2, side / 2), self.radius, self.radius)
        painter.end()
        return stamp

    def _mark(self, outline: str, ratio: float) -> QPixmap:
        radius = self.radius + 0.5
        side = 2 * radius + 4
        stamp = _transparent(side, ratio)
        painter = QPainter(stamp)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_mark(painter, QPointF(side / 2, side / 2), radius, outline)
        painter.end()
        return stamp


def paint_mark(painter: QPainter, center: QPointF, radius: float, outline: str) -> None:
    """Mark a point as misclassified: a wider outline, and a dot in its middle."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(outline), 1.6))
    painter.drawEllipse(center, radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(outline))
    painter.drawEllipse(center, radius * 0.36, radius * 0.36)


def legend_picture(colors: Colors, outline: str, ratio: float, is_wrong: bool = False) -> QPixmap:
    """Return a point on its ground as the legend shows it, 16 × 16 device-independent pixels.

    Parameters
    ----------
    colors
        The theme.
    outline
        Colour of the point's outline.
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
    painter.setPen(QPen(QColor(outline), 1.5))
    painter.drawEllipse(QPointF(8, 8), 4, 4)
    if is_wrong:
        paint_mark(painter, QPointF(8, 8), 4.5, outline)
    painter.end()
    return picture


def _transparent(size: float, ratio: float) -> QPixmap:
    side = max(1, round(size * ratio))
    picture = QPixmap(QSize(side, side))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture

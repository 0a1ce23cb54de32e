"""The decision surface with its samples as a picture: in any size, theme and thread."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from playground.data.prepared import PreparedData
from playground.gui.figures.recolor import recolored, recolored_classes
from playground.gui.palette import Colors
from playground.gui.theme import theme
from playground.gui.train.network.thumbnails import enlarged
from playground.gui.train.output.point_layer import SETS, PointLayer
from playground.schema.task import TaskKind

__all__ = ["CORNER_RADIUS", "SurfacePicture", "paint_ground"]

Pixels = NDArray[np.uint8]

CORNER_RADIUS = 8.0


def paint_ground(
    painter: QPainter, side: float, image: QImage, is_crisp: bool, colors: Colors
) -> None:
    """Clip to a rounded square at the origin, and paint a surface into it."""
    square = QRectF(0, 0, side, side)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(square, CORNER_RADIUS, CORNER_RADIUS)
    painter.setClipPath(path)
    if image.isNull():
        painter.fillRect(square, QColor(colors.value_zero))
    else:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_crisp)
        painter.drawImage(square, image)


class SurfacePicture:
    """Surface and samples.

    Parameters
    ----------
    data
        The samples.
    pixels : (h, w, 4) uint8
        The surface as the worker paints it.
    wrong : (n,) bool or None
        Which samples are misclassified.
    painted_in
        The colours that the pixels were painted in.
    shown
        Which sets of samples are shown.
    is_crisp
        Whether the cells of the surface have hard edges.
    layer
        The samples as they are drawn, if already at hand.
    """

    def __init__(
        self,
        data: PreparedData,
        pixels: Pixels,
        wrong: NDArray[np.bool_] | None,
        painted_in: Colors,
        shown: Collection[str] = SETS,
        is_crisp: bool = False,
        layer: PointLayer | None = None,
    ) -> None:
        self._data, self._pixels, self._wrong = data, pixels, wrong
        self._painted_in, self._shown, self._is_crisp = painted_in, shown, is_crisp
        self._layer = layer or PointLayer(data)

    def paint(self, painter: QPainter, side: float) -> None:
        """Paint into a square at the origin, in the colours of the theme, samples as vectors."""
        colors = theme().current
        if self._data.task.kind is TaskKind.MULTICLASS:
            count = self._data.task.class_count
            pixels = recolored_classes(self._pixels, count, self._painted_in, colors)
        else:
            pixels = recolored(self._pixels, colors)
        pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
        if self._is_crisp:
            image = enlarged(image, side)
        painter.save()
        paint_ground(painter, side, image, self._is_crisp, colors)
        self._layer.paint(painter, side, colors, self._shown, self._wrong)
        painter.restore()

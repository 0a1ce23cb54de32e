"""Pictures of units: pixels from the worker, cut from one image per layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from playground.gui.palette import Colors
from playground.gui.train.network.geometry import Column

Pixels = NDArray[np.uint8]


def image_of(pixels: Pixels) -> QImage:
    """Return an opaque image of pixels (h, w, 4), in the format that is fastest to draw."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    wrapped = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBX8888)
    # Converting copies, so the array may go.
    return wrapped.convertToFormat(QImage.Format.Format_RGB32)


def ink_image(values: NDArray[Any], shape: tuple[int, int], colors: Colors) -> QImage:
    """Return values from 0 (paper) to 1 (ink), (h · w,), as an image in the theme's ink."""
    paper, ink = QColor(colors.field), QColor(colors.text)
    ends = np.array([[c.red(), c.green(), c.blue(), 255] for c in (paper, ink)], np.float64)
    share = np.clip(np.nan_to_num(np.asarray(values, np.float64)), 0, 1).reshape(*shape, 1)
    return image_of((ends[0] + share * (ends[1] - ends[0])).astype(np.uint8))


def enlarged(image: QImage, side: float) -> QImage:
    """Return an image of squares, at least ``side`` wide, that no viewer makes smooth."""
    factor = max(1, math.ceil(2 * side / max(image.width(), 1)))
    return image.scaled(image.size() * factor)


class LayerPictures:
    """The pictures of one layer's units.

    Attributes
    ----------
    units
        Which units have a picture, in the order of the atlas.
    maps : (n, h, w, 4) uint8 or None
        Their pixels.
    """

    def __init__(self) -> None:
        self.units: tuple[int, ...] = ()
        self.maps: Pixels | None = None
        self._places: dict[int, int] = {}
        self._atlas: QImage | None = None
        self._cell = (0, 0)

    def clear(self) -> None:
        """Forget all pictures."""
        self._atlas = self.maps = None
        self.units, self._places = (), {}

    def update(self, maps: Pixels, units: tuple[int, ...]) -> None:
        """Take new pictures (n, h, w, 4) of these units."""
        count, height, width = maps.shape[:3]
        if not count or not height or not width:
            return
        self.maps = maps
        self._atlas = image_of(maps.reshape(count * height, width, 4))
        self._cell = (width, height)
        if units != self.units:
            self.units = units
            self._places = {unit: place for place, unit in enumerate(units)}

    def draw(
        self, painter: QPainter, column: Column, empty: QColor, is_smooth: bool, ratio: float
    ) -> None:
        """Draw the units that a column shows; those without a picture in one colour."""
        width, height = self._cell
        # Enlarged weights stay squares; everything made smaller is averaged.
        smooth = is_smooth or width > column.size * ratio
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        size = column.size
        target, source = QRectF(0, 0, size, size), QRectF(0, 0, width, height)
        atlas, places = self._atlas, self._places
        for unit, left, top in zip(
            column.visible, column.lefts.tolist(), column.tops.tolist(), strict=True
        ):
            target.moveTo(left, top)
            place = places.get(unit)
            if atlas is None or place is None:
                painter.fillRect(target, empty)
                continue
            source.moveTo(0, place * height)
            painter.drawImage(target, atlas, source)

    def picture(self, unit: int) -> QImage | None:
        """Return the small picture of a unit, or ``None``."""
        place = self._places.get(unit)
        if self._atlas is None or place is None:
            return None
        width, height = self._cell
        return self._atlas.copy(0, place * height, width, height)


class Frames:
    """Rounded corners and a fine edge, painted over square pictures: cheaper than clipping."""

    def __init__(self) -> None:
        self._made: dict[tuple[float, float, str], QPixmap] = {}

    def of(self, size: float, ratio: float, colors: Colors) -> QPixmap:
        """Return the frame for pictures of this size."""
        key = (size, ratio, colors.name)
        if key not in self._made:
            self._made[key] = _frame(size, ratio, colors)
        return self._made[key]

    def draw(self, painter: QPainter, column: Column, ratio: float, colors: Colors) -> None:
        """Frame all units of a column."""
        frame = self.of(column.size, ratio, colors)
        for left, top in zip(column.lefts.tolist(), column.tops.tolist(), strict=True):
            painter.drawPixmap(QPointF(left - 1, top - 1), frame)


def radius_of(size: float) -> float:
    """Return the corner radius of a picture of this size."""
    return min(6.0, size / 6)


def _frame(size: float, ratio: float, colors: Colors) -> QPixmap:
    # One pixel larger on every side, so that no edge of the square shines through.
    side = round((size + 2) * ratio)
    pixmap = QPixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    square = QRectF(1, 1, size, size)
    painter.fillRect(square, QColor(colors.background))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.black)
    painter.drawRoundedRect(square, radius_of(size), radius_of(size))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    edge = QColor("#ffffff" if colors.is_dark else "#000000")
    edge.setAlphaF(0.12)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), radius_of(size), radius_of(size))
    painter.end()
    return pixmap

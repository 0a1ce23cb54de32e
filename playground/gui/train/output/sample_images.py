"""The samples of an image dataset as little pictures in the colours of the theme."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from playground.data.prepared import PreparedData
from playground.gui.palette import Colors, mix
from playground.gui.theme import theme

__all__ = ["SampleImages"]

_KEPT = 400
_PIXELATED_FROM = 3.0
"""Enlarged by this much or more, pixels keep their hard edges: they are what the network sees."""


@lru_cache(maxsize=4)
def _shades(colors: Colors) -> list[int]:
    """Return the colours from paper to ink as Qt wants them: mixed once for all samples."""
    ground = colors.background if colors.is_dark else colors.field
    return [QColor(mix(ground, colors.text, level / 255)).rgb() for level in range(256)]


class SampleImages:
    """Paints samples, ink in the colour of text on the ground of a field.

    Parameters
    ----------
    data
        Samples with an image shape.
    """

    def __init__(self, data: PreparedData) -> None:
        shape = data.samples.image_shape
        assert shape is not None  # only made for images
        self.data = data
        self._height, self._width = shape
        self._kept: OrderedDict[tuple[int, int, float, str], QPixmap] = OrderedDict()

    def label(self, sample: int) -> int:
        """Return the true class of a sample."""
        return int(self.data.samples.labels[sample])

    def picture(self, sample: int, side: int, ratio: float) -> QPixmap:
        """Return a sample as a square picture.

        Parameters
        ----------
        sample
            Index into the samples.
        side
            Width and height in device-independent pixels.
        ratio
            Pixels of the screen per such pixel.
        """
        key = (sample, side, ratio, theme().name)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        picture = self._drawn(sample, side, ratio)
        self._kept[key] = picture
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return picture

    def _drawn(self, sample: int, side: int, ratio: float) -> QPixmap:
        colors = theme().current
        ink = self.data.samples.points[sample].reshape(self._height, self._width)
        levels = np.ascontiguousarray(np.clip(ink * 255, 0, 255).astype(np.uint8))
        image = QImage(
            levels.data, self._width, self._height, self._width, QImage.Format.Format_Indexed8
        )
        image.setColorTable(_shades(colors))
        picture = QPixmap(round(side * ratio), round(side * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        zoom = side * ratio / max(self._width, self._height)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < _PIXELATED_FROM)
        scale = side / max(self._width, self._height)
        width, height = self._width * scale, self._height * scale
        target = QRectF((side - width) / 2, (side - height) / 2, width, height)
        # A copy in 32 bits: smooth scaling mixes colours, which a palette has not.
        painter.drawImage(target, image.convertToFormat(QImage.Format.Format_RGB32))
        painter.end()
        return picture

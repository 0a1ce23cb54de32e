"""A plot as a picture or as numbers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from io import StringIO

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from playground.gui.plots.series import Series

__all__ = ["csv_text", "image", "png_bytes", "svg_bytes"]

Paint = Callable[[QPainter], None]


def image(paint: Paint, size: QSize, scale: float = 2.0) -> QImage:
    """Return what is painted as an image.

    Parameters
    ----------
    paint
        Paints into a painter of the given size.
    size
        In device-independent pixels.
    scale
        Pixels of the image per such pixel.
    """
    result = QImage(size * scale, QImage.Format.Format_RGB32)
    result.setDevicePixelRatio(scale)
    painter = QPainter(result)
    paint(painter)
    painter.end()
    return result


def png_bytes(paint: Paint, size: QSize, scale: float = 2.0) -> bytes:
    """Return what is painted as a PNG file."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image(paint, size, scale))
    buffer.close()
    return bytes(content.data())


def svg_bytes(paint: Paint, size: QSize, title: str) -> bytes:
    """Return what is painted as an SVG file of vectors."""
    content = QByteArray()
    buffer = QBuffer(content)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    generator.setResolution(96)
    painter = QPainter(generator)
    paint(painter)
    painter.end()
    return bytes(content.data())


def csv_text(x_name: str, series: Sequence[Series]) -> str:
    """Return every value of every series as comma-separated values.

    Parameters
    ----------
    x_name
        Heading of the first column.
    series
        One column each. Where the x differ, a row has empty cells; so has a missing value.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([x_name, *(each.name for each in series)])
    if series:
        places = np.unique(np.concatenate([each.x for each in series]))
        table = np.full((len(places), len(series)), np.nan)
        for column, each in enumerate(series):
            table[np.searchsorted(places, each.x), column] = each.y
        for place, values in zip(places.tolist(), table.tolist(), strict=True):
            writer.writerow([repr(place), *("" if v != v else repr(v) for v in values)])
    return text.getvalue()

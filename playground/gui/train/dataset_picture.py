"""A small picture of what a dataset looks like, painted from its own samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from playground.data.dataset import Dataset, Samples
from playground.data.registry import miniature
from playground.gui.icons import icon
from playground.gui.palette import Colors, mix, value_lut
from playground.gui.theme import text_font
from playground.schema.describe import fields_of
from playground.schema.task import TaskKind

__all__ = ["PictureSource", "paint_picture", "picture_source", "value_color"]

_POINTS = 84
_REGRESSION_POINTS = 420
_SHOWN_DIGIT = 3


@dataclass(frozen=True, slots=True, eq=False)
class PictureSource:
    """What a picture is painted from.

    Attributes
    ----------
    samples
        A few samples, or ``None`` for a dataset that is read from files of the user.
    words
        What stands in place of samples.
    """

    samples: Samples | None
    words: str = ""


def picture_source(dataset: type[Dataset]) -> PictureSource:
    """Draw the few samples of a picture: always the same, of default seed and noise.

    Raises
    ------
    DataError
        If a bundled file cannot be read.
    """
    if any(field.name == "folder" for field in fields_of(dataset)):
        return PictureSource(None, "28×28")
    count = _REGRESSION_POINTS if dataset.task.kind is TaskKind.REGRESSION else _POINTS
    make: Any = dataset  # every concrete dataset has a default for each field
    return PictureSource(miniature(make(), count).samples())


def value_color(value: float, colors: Colors) -> QColor:
    """Return the colour of a value, -1 to 1, on the scale of values."""
    index = int(np.clip(np.nan_to_num(value) * 127.5 + 127.5, 0, 255))
    return QColor(*(int(part) for part in value_lut(colors)[index]))


def paint_picture(painter: QPainter, target: QRectF, source: PictureSource, colors: Colors) -> None:
    """Paint a picture into a rectangle, as large a square as fits, centred.

    Parameters
    ----------
    painter
        With antialiasing.
    target
        Where, in the painter's coordinates.
    source
        What.
    colors
        The theme.
    """
    side = min(target.width(), target.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(target.center())
    samples = source.samples
    if samples is None:
        _paint_words(painter, target, source.words, colors)
    elif samples.image_shape is not None:
        _paint_image(painter, square, samples, colors)
    else:
        _paint_points(painter, square, samples, colors)


def _paint_points(painter: QPainter, square: QRectF, samples: Samples, colors: Colors) -> None:
    regression = samples.task.kind is TaskKind.REGRESSION
    few = len(samples.points) < 10
    # Zoomed to what there is: a picture has no axes that a margin would stand for.
    extent = max(float(np.abs(samples.points).max(initial=0)), 0.5 * samples.extent) * 1.02
    if few:
        extent = samples.extent
    radius = square.width() * (0.085 if few else 0.032 if regression else 0.036)
    painter.setPen(Qt.PenStyle.NoPen)
    scale = (square.width() / 2 - radius) / extent
    center = square.center()
    if few:
        center -= QPointF(0.5 * scale, -0.5 * scale)  # the truth table is around (½, ½)
    brushes = [QBrush(QColor(colors.of_class(index))) for index in range(10)]
    for (x1, x2), label in zip(samples.points, samples.labels, strict=True):
        if regression:
            painter.setBrush(value_color(float(label), colors))
        else:
            painter.setBrush(brushes[int(label) % len(brushes)])
        painter.drawEllipse(center + QPointF(x1 * scale, -x2 * scale), radius, radius)


def _paint_image(painter: QPainter, square: QRectF, samples: Samples, colors: Colors) -> None:
    assert samples.image_shape is not None
    height, width = samples.image_shape
    same = samples.points[samples.labels == _SHOWN_DIGIT]
    # The one that is most like the others of its kind.
    ink = same[np.argmin(((same - same.mean(0)) ** 2).sum(1))].reshape(height, width)
    cell = min(square.width() / width, square.height() / height)
    left = square.center().x() - cell * width / 2
    top = square.center().y() - cell * height / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for row in range(height):
        for column in range(width):
            if ink[row, column] > 0.02:
                color = mix(colors.surface, colors.text_muted, float(ink[row, column]))
                place = QRectF(left + column * cell, top + row * cell, cell, cell)
                painter.fillRect(place, QColor(color))
    painter.restore()


def _paint_words(painter: QPainter, target: QRectF, words: str, colors: Colors) -> None:
    font = text_font(11)
    painter.setFont(font)
    painter.setPen(QColor(colors.text_muted))
    center = target.center()
    pixmap = icon("folder", role="text_muted")
    side = 18
    place = QRectF(center.x() - side / 2, center.y() - side - 1, side, side)
    pixmap.paint(painter, place.toRect())
    below = QRectF(target.left(), center.y() + 2, target.width(), 16)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, words)

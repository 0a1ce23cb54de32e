"""How the canvas is painted: links, pictures, dots, names and what is pointed at."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from playground.gui.palette import Colors, gradient_lut, mix, value_lut
from playground.gui.theme import text_font, theme
from playground.gui.train.network.arc_painter import paint_arcs
from playground.gui.train.network.geometry import Column, ColumnKind
from playground.gui.train.network.link_layer import Quantity
from playground.gui.train.network.naming import SkipAt, UnitAt, WeightAt
from playground.gui.train.network.thumbnails import enlarged, ink_image, radius_of

if TYPE_CHECKING:
    from playground.gui.train.network.drawn_network import DrawnNetwork
    from playground.gui.train.network.scene import NetworkScene

LABEL_ROOM = 54
"""Width for the name of an input or class beside its picture."""
_HINT = "No hidden layers: this network can only draw a straight boundary. Press + to add one."


def paint(canvas: DrawnNetwork, dirty: QRectF) -> None:
    """Paint the canvas."""
    colors = theme().current
    painter = QPainter(canvas)
    painter.fillRect(dirty, QColor(colors.background))
    selection, links = canvas.selection, canvas.links
    pointed = selection.pointed
    skip = pointed if isinstance(pointed, SkipAt) else None
    dimmed = pointed is not None and canvas.snapshot is not None and skip is None
    links.paint(painter, canvas.bands_in_sight, dimmed)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if isinstance(pointed, UnitAt):
        links.paint_unit(painter, pointed, colors)
    elif isinstance(pointed, WeightAt):
        assert canvas.names is not None
        if canvas.names.source_of(pointed) is None:
            links.paint_unit(painter, canvas.names.target_of(pointed), colors)
        else:
            links.paint_weight(painter, pointed, colors)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for index in canvas.columns_in_sight:
        paint_column(painter, canvas, index, colors)
    held = canvas.drag.arc if canvas.drag is not None and canvas.drag.has_moved else None
    arcs = [arc for arc in canvas.arcs if arc is not held]
    paint_arcs(painter, arcs, colors, skip.layer if skip else None)
    if canvas.drag is not None and canvas.layout_now is not None:
        canvas.drag.paint(painter, canvas.layout_now.columns, colors)
    _paint_rings(painter, canvas, colors)
    if canvas.layout_now is not None and len(canvas.layout_now.columns) == 2:
        _paint_hint(painter, canvas, colors)
    painter.end()


def bias_dot(column: Column, unit: int) -> QRectF:
    """Return where the bias of a unit is painted: at the lower left corner of its picture."""
    left, top, size, _ = column.box(unit)
    if column.columns > 1:
        # No room between the pictures of a grid.
        return QRectF(left, top + size - 5, 5, 5)
    side = 6.0 if size >= 24 else 4.0
    return QRectF(left - side - 2, top + size - side, side, side)


def has_dots(column: Column) -> bool:
    """Whether all biases are painted; among tiny pictures only that of the pointed unit is."""
    return column.kind is not ColumnKind.GATE and (column.columns == 1 or column.size >= 24)


def paint_column(
    painter: QPainter, canvas: DrawnNetwork | NetworkScene, index: int, colors: Colors
) -> None:
    """Paint the units of a layer with their biases and names; index 0 is the input."""
    assert canvas.layout_now is not None
    column = canvas.layout_now.columns[index]
    ratio = canvas.devicePixelRatioF()
    names = canvas.names
    assert names is not None
    if column.kind is ColumnKind.PICTURE:
        _paint_sample(painter, canvas, column, colors)
    elif column.kind is ColumnKind.GATE:
        _paint_gate(painter, canvas, column, names.rate(index - 1), colors)
        return
    else:
        pictures = canvas.pictures[index - 1] if index else canvas.input_pictures
        is_plane = names.image_shape is None
        pictures.draw(painter, column, QColor(colors.value_zero), is_plane, ratio)
    canvas.frames.draw(painter, column, ratio, colors)
    if index:
        _paint_biases(painter, canvas, column, index - 1, colors)
    if column.shown % column.columns:
        _paint_connectors(painter, column, colors)
    if index == 0 and column.kind is ColumnKind.SINGLE:
        labels = [names.input(unit) for unit in column.visible]
        _paint_labels(painter, column, labels, colors, at_left=True)
    if index == len(canvas.layout_now.columns) - 1 and names.output(0):
        if column.kind is ColumnKind.SINGLE:
            labels = [names.output(unit) for unit in column.visible]
            _paint_labels(painter, column, labels, colors, at_left=False)
    if column.more is not None:
        _paint_more(painter, column, colors)


def _paint_sample(
    painter: QPainter, canvas: DrawnNetwork | NetworkScene, column: Column, colors: Colors
) -> None:
    """Paint the image that goes in, and say which it is."""
    assert canvas.names is not None
    shape = canvas.names.image_shape
    target = QRectF(*column.box(0))
    painter.fillRect(target, QColor(colors.field))
    if canvas.sample is None or shape is None or len(canvas.sample[0]) != shape[0] * shape[1]:
        return
    values, caption = canvas.sample
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    image = ink_image(values, shape, colors)
    painter.drawImage(target, enlarged(image, column.size) if canvas.is_picture else image)
    painter.setFont(text_font(11))
    painter.setPen(QColor(colors.text_muted))
    below = QRectF(target.left() - 20, target.bottom() + 4, target.width() + 40, 18)
    painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, caption)


def _paint_gate(
    painter: QPainter,
    canvas: DrawnNetwork | NetworkScene,
    column: Column,
    rate: float,
    colors: Colors,
) -> None:
    """Paint a dot for each unit, filled as far as values pass it on average."""
    if canvas.is_picture:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for left, top in zip(column.lefts.tolist(), column.tops.tolist(), strict=True):
            _paint_dot(painter, QRectF(left, top, column.size, column.size), rate, colors)
        painter.restore()
        return
    dot = _dot(column.size, rate, canvas.devicePixelRatioF(), colors)
    for left, top in zip(column.lefts.tolist(), column.tops.tolist(), strict=True):
        painter.drawPixmap(QPointF(left - 1, top - 1), dot)


@lru_cache(maxsize=64)
def _dot(size: float, rate: float, ratio: float, colors: Colors) -> QPixmap:
    """Return a dot with a pixel of air around: copying it is faster than painting it."""
    side = math.ceil((size + 2) * ratio)
    pixmap = QPixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_dot(painter, QRectF(1, 1, size, size), rate, colors)
    painter.end()
    return pixmap


def _paint_dot(painter: QPainter, dot: QRectF, rate: float, colors: Colors) -> None:
    ink = QColor(mix(colors.background, colors.text_muted, 0.85))
    is_large = dot.width() >= 7
    painter.setBrush(QColor(colors.background) if is_large else ink)
    painter.setPen(QPen(ink, 1.2) if is_large else Qt.PenStyle.NoPen)
    painter.drawEllipse(dot)
    if is_large:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        # Sixteenths of a degree, from the top on.
        painter.drawPie(dot, 90 * 16, -round((1 - rate) * 360 * 16))


def _paint_biases(
    painter: QPainter,
    canvas: DrawnNetwork | NetworkScene,
    column: Column,
    layer: int,
    colors: Colors,
) -> None:
    matrix = canvas.links.drawn(layer)
    assert canvas.names is not None
    if matrix is None or canvas.names.bias_of(UnitAt(layer, 0)) is None:
        return
    biases = matrix[-1, column.first : column.first + column.shown]
    is_gradient = canvas.links.quantity is Quantity.GRADIENTS
    table = gradient_lut(colors) if is_gradient else value_lut(colors)
    inks = table[_positions(biases, canvas.links.quantity)].tolist()
    units: Iterable[int] = column.visible
    if not has_dots(column):
        pointed = canvas.selection.pointed
        target = pointed
        if isinstance(pointed, WeightAt):
            target = canvas.names.target_of(pointed)
        if not isinstance(target, UnitAt) or target.layer != layer:
            return
        units = (target.unit,) if column.is_shown(target.unit) else ()
    edge = QColor(mix(colors.background, colors.text_muted, 0.6))
    for unit in units:
        dot = bias_dot(column, unit).toRect()
        painter.fillRect(dot.adjusted(-1, -1, 1, 1), edge)
        painter.fillRect(dot, QColor(*inks[unit - column.first]))


def _paint_connectors(painter: QPainter, column: Column, colors: Colors) -> None:
    """Join the units of an unfinished last row to the edge, where their links start."""
    painter.setPen(QPen(QColor(mix(colors.background, colors.text_muted, 0.35)), 1))
    for place in range(column.shown - column.shown % column.columns, column.shown):
        y = float(column.levels[place])
        start = QPointF(float(column.lefts[column.shown - 1]) + column.size + 2, y)
        painter.drawLine(start, QPointF(column.right, y))


def _positions(values: NDArray[Any], quantity: Quantity) -> NDArray[np.uint8]:
    """Return places in a colour table: biases near ±1 in full colour, the rest by the largest."""
    values = np.nan_to_num(np.asarray(values, np.float64), nan=0.0, posinf=1e30, neginf=-1e30)
    least = 0.5 if quantity is Quantity.WEIGHTS else 1e-30
    scale = max(float(np.abs(values).max(initial=0.0)), least)
    return np.clip(values / scale * 127.5 + 127.5, 0, 255).astype(np.uint8)


def _paint_labels(
    painter: QPainter, column: Column, labels: list[str], colors: Colors, at_left: bool
) -> None:
    font = text_font(12 if column.size >= 24 else 11)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(colors.text))
    side = Qt.AlignmentFlag.AlignRight if at_left else Qt.AlignmentFlag.AlignLeft
    for label, top in zip(labels, column.tops.tolist(), strict=True):
        x = column.left - 8 - LABEL_ROOM if at_left else column.right + 8
        area = QRectF(x, top - 4, LABEL_ROOM, column.size + 8)
        text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, LABEL_ROOM)
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_more(painter: QPainter, column: Column, colors: Colors) -> None:
    assert column.more is not None
    before, after = column.first, column.units - column.first - column.shown
    text = f"+ {after} more" if after else "back to the first"
    if before and after:
        text = f"{before} before · {after} more"
    painter.setFont(text_font(11))
    painter.setPen(QColor(colors.accent))
    painter.drawText(QRectF(*column.more), Qt.AlignmentFlag.AlignCenter, text)


def _paint_rings(painter: QPainter, canvas: DrawnNetwork, colors: Colors) -> None:
    """Outline what is under the pointer, what is selected, and the ends of a pointed link."""
    selection = canvas.selection
    pointed = selection.pointed
    rings: list[tuple[UnitAt, float]] = []
    if isinstance(pointed, WeightAt):
        assert canvas.names is not None
        rings.append((canvas.names.target_of(pointed), 1.5))
        if source := canvas.names.source_of(pointed):
            rings.append((source, 1.5))
    elif isinstance(pointed, UnitAt):
        rings.append((pointed, 2.0))
    if selection.current is not None and canvas.hasFocus():
        rings.append((selection.current, 2.5))
    if not rings:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for at, width in rings:
        box = canvas.box_of(at)
        if box is None:
            continue
        gap = 3.0 if box.width() >= 24 else 1.5
        painter.setPen(QPen(QColor(colors.accent), width))
        radius = radius_of(box.width()) + gap
        painter.drawRoundedRect(box.adjusted(-gap, -gap, gap, gap), radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_hint(painter: QPainter, canvas: DrawnNetwork, colors: Colors) -> None:
    """Say what is missing, on a ground that covers the links behind."""
    assert canvas.layout_now is not None
    first, last = canvas.layout_now.columns
    width = min(250.0, last.left - first.right - 70)
    if width < 120:
        return
    font = text_font(13)
    painter.setFont(font)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    bounds = QFontMetricsF(font).boundingRect(QRectF(0, 0, width, 200), int(flags), _HINT)
    middle = QPointF((first.right + last.left) / 2, 20 + bounds.height() / 2)
    area = QRectF(0, 0, width, bounds.height())
    area.moveCenter(middle)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.border), 1))
    painter.setBrush(QColor(colors.surface))
    painter.drawRoundedRect(area.adjusted(-14, -10, 14, 10), 10, 10)
    painter.setPen(QColor(colors.text_muted))
    painter.drawText(area, int(flags), _HINT)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

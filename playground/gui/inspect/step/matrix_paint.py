"""How a matrix is painted: cells with numbers where they fit, a heat map where they do not."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion

from playground.gui.inspect.step.looks import cell_text, image_of
from playground.gui.inspect.step.matrix_model import MatrixModel, Verdict
from playground.gui.palette import Colors, contrast, gradient_lut, value_lut
from playground.gui.theme import theme
from playground.inspection.operation import Shade

if TYPE_CHECKING:
    from playground.gui.inspect.step.matrix_view import MatrixView

FADED = 0.5
"""How far cells that take no part recede behind the ground."""
_RADIUS = 4.0
_GAP = 1
_NO_EDGE = QPen(Qt.PenStyle.NoPen)


@lru_cache(maxsize=4)
def inks(colors: Colors, shade: Shade) -> tuple[tuple[QColor, QColor], ...]:
    """Return ground and ink of each of the 256 steps of a scale."""
    table = value_lut(colors) if shade is Shade.VALUE else gradient_lut(colors)
    pairs = []
    for red, green, blue in table.tolist():
        ground = f"#{red:02x}{green:02x}{blue:02x}"
        ink = max(("#ffffff", "#14171c"), key=lambda each: contrast(each, ground))
        pairs.append((QColor(ground), QColor(ink)))
    return tuple(pairs)


def heat_map(model: MatrixModel, shade: Shade, colors: Colors) -> QImage:
    """Return the matrix as an image, a pixel for each cell; hidden cells keep their secret."""
    if model.mask is None:
        return model.look.heat_map(shade, colors)
    pixels = model.look.pixels(shade, colors)
    hidden = model.mask.copy()
    for cell, answer in model.answers.items():
        hidden[cell] = answer.verdict is Verdict.WRONG
    pixels[hidden] = QColor(colors.field).rgb()
    return image_of(pixels)


def paint(view: MatrixView, painter: QPainter, dirty: QRect) -> None:
    """Paint the visible cells, what is lit, and the frames."""
    model = view.matrix_model
    if not model.values.size:
        return
    colors = theme().current
    if view.shows_numbers:
        _paint_cells(view, painter, dirty, colors)
    else:
        _paint_heat_map(view, painter)
    _paint_light(view, painter, colors)


def _paint_cells(view: MatrixView, painter: QPainter, dirty: QRect, colors: Colors) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    model, scale = view.matrix_model, inks(colors, view.shade)
    (top, left), (bottom, right) = view.cells_in(dirty)
    part = slice(top, bottom + 1), slice(left, right + 1)
    steps, numbers = model.look.steps[part].tolist(), model.values[part].tolist()
    corner = view.cell_rect(top, left)
    width, height = corner.width(), corner.height()
    center, decimals = Qt.AlignmentFlag.AlignCenter, model.decimals
    painter.setFont(view.number_font)
    for row, line in enumerate(numbers):
        y = corner.y() + row * height + _GAP
        for column, number in enumerate(line):
            x = corner.x() + column * width + _GAP
            rect = QRectF(x, y, width - 2 * _GAP, height - 2 * _GAP)
            ground, ink = scale[steps[row][column]]
            if not math.isfinite(number):
                ground, ink = QColor(colors.danger_soft), QColor(colors.danger)
            if model.mask is None:
                edge, text = _NO_EDGE, cell_text(number, decimals)
            else:
                cell = top + row, left + column
                ground, ink, edge = _marked(model, cell, ground, ink, colors)
                text = model.text(*cell)
            painter.setPen(edge)
            painter.setBrush(ground)
            painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
            painter.setPen(ink)
            painter.drawText(rect, center, text)


def _marked(
    model: MatrixModel, cell: tuple[int, int], ground: QColor, ink: QColor, colors: Colors
) -> tuple[QColor, QColor, QPen]:
    """Return ground, ink and edge of a cell where some are hidden or were answered."""
    answer = model.answers.get(cell)
    if model.is_masked(*cell):
        field, danger = QColor(colors.field), QColor(colors.danger)
        if answer is not None:
            return field, danger, QPen(danger, 1.5)
        return field, QColor(colors.text_muted), QPen(QColor(colors.border), 1)
    if answer is None:
        return ground, ink, _NO_EDGE
    if answer.verdict is Verdict.RIGHT:
        return ground, ink, QPen(QColor(colors.good_line), 2)
    return ground, ink, QPen(QColor(colors.warning_line), 2, Qt.PenStyle.DotLine)


def _paint_heat_map(view: MatrixView, painter: QPainter) -> None:
    image = view.heat_map
    whole = view.matrix_rect
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(whole, image)
    mask = view.matrix_model.mask
    if mask is not None:
        painter.setPen(QPen(theme().color("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(whole.adjusted(0, 0, -1, -1))


def _paint_light(view: MatrixView, painter: QPainter, colors: Colors) -> None:
    whole = view.matrix_rect.intersected(view.viewport().rect())
    lit = [rect for rect in map(view.lit_rect, view.lit) if rect is not None]
    text = QColor(colors.text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if lit:
        dim = QRegion(whole)
        for rect in lit:
            dim = dim.subtracted(QRegion(rect))
        veil = QColor(colors.surface)
        veil.setAlphaF(FADED)
        painter.setClipRegion(dim)
        painter.fillRect(whole, veil)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(text, 1.5))
        for rect in lit:
            _frame(painter, rect, view.shows_numbers)
    selected = view.selected
    if selected is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rect = view.cell_rect(*selected)
        if view.shows_numbers:
            painter.setPen(QPen(text, 2))
            _frame(painter, rect, True)
        else:
            grown = max(0, (7 - min(rect.width(), rect.height())) // 2)
            ring = rect.adjusted(-grown, -grown, grown, grown)
            painter.setPen(QPen(QColor(colors.surface), 3.5))
            painter.drawRect(ring)
            painter.setPen(QPen(text, 1.5))
            painter.drawRect(ring)
    if view.hasFocus() and view.selected is None:
        painter.setPen(QPen(QColor(colors.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(whole.adjusted(0, 0, -1, -1))


def _frame(painter: QPainter, rect: QRect, rounded: bool) -> None:
    area = QRectF(rect)
    if rounded:
        painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
    else:
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))

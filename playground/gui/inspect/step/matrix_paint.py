"""How a matrix is painted: cells with numbers where they fit, a heat map where they do not."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion

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


def positions(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return places in a colour table: zero in the middle, the largest number at its end."""
    scale = float(np.abs(values).max(initial=1e-300))
    if np.isfinite(scale):
        return np.asarray(values * (127.5 / scale) + 127.5).astype(np.uint8)
    finite = np.where(np.isfinite(values), values, 0.0)
    scale = float(np.abs(finite).max(initial=1e-300))
    shares = np.where(np.isinf(values), np.sign(values), finite / scale)
    return np.asarray(shares * 127.5 + 127.5).astype(np.uint8)


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


def heat_map(model: MatrixModel, steps: NDArray[np.uint8], shade: Shade, colors: Colors) -> QImage:
    """Return the matrix as an image, a pixel for each cell; hidden cells keep their secret.

    Parameters
    ----------
    steps
        Place of each cell in the colour table.
    """
    table = value_lut(colors) if shade is Shade.VALUE else gradient_lut(colors)
    rows, columns = model.values.shape
    pixels = np.full((rows, columns, 4), 255, np.uint8)
    # Blue, green, red: the order of bytes of Qt's 32-bit images.
    pixels[:, :, :3] = table[steps][:, :, ::-1]
    if not np.isfinite(model.values).all():
        danger = QColor(colors.danger)
        bad = (danger.blue(), danger.green(), danger.red())
        pixels[np.isnan(model.values), :3] = bad
    if model.mask is not None:
        ground = QColor(colors.field)
        hidden = model.mask.copy()
        for cell, answer in model.answers.items():
            hidden[cell] = answer.verdict is Verdict.WRONG
        pixels[hidden, :3] = (ground.blue(), ground.green(), ground.red())
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


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
    steps = view.steps
    first, last = view.cells_in(dirty)
    center = Qt.AlignmentFlag.AlignCenter
    field, muted, danger = QColor(colors.field), QColor(colors.text_muted), QColor(colors.danger)
    good, border = QColor(colors.good_line), QColor(colors.border)
    plain = QPen(Qt.PenStyle.NoPen)
    painter.setFont(view.number_font)
    has_marks = model.mask is not None
    for row in range(first[0], last[0] + 1):
        for column in range(first[1], last[1] + 1):
            rect = QRectF(view.cell_rect(row, column)).adjusted(_GAP, _GAP, -_GAP, -_GAP)
            ground, ink = scale[steps[row, column]]
            if not np.isfinite(model.values[row, column]):
                ground, ink = QColor(colors.danger_soft), danger
            pen = plain
            if has_marks:
                answer = model.answers.get((row, column))
                if model.is_masked(row, column):
                    wrong = answer is not None
                    ground, ink = field, danger if wrong else muted
                    pen = QPen(danger if wrong else border, 1.5 if wrong else 1)
                elif answer is not None and answer.verdict is Verdict.RIGHT:
                    pen = QPen(good, 2)
                elif answer is not None:
                    pen = QPen(QColor(colors.warning_line), 2, Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.setBrush(ground)
            painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
            painter.setPen(ink)
            painter.drawText(rect, center, model.text(row, column))


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

"""Paints the cells of the table: numbers, class marks, a bar for the loss, little images.

A refresh paints some hundred cells while a network trains, so that colours, fonts and widths of
words are looked up once and kept.
"""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from playground.data.dataset import Task
from playground.gui.palette import Colors, mix, value_lut
from playground.gui.samples.columns import Column, Kind
from playground.gui.samples.model import SamplesModel
from playground.gui.theme import monospace_font, text_font, theme
from playground.gui.train.output.sample_images import SampleImages

__all__ = ["IMAGE_SIDE", "SamplesDelegate", "row_ground"]

IMAGE_SIDE = 28
PADDING = 6
_DOT = 4.0
_TINT = 0.07
"""How much of the colour of its class a row has."""
_TINT_OF_VALUE = 0.34
"""How much of the colour of a value its own cell has."""
_BAR = 0.55
_NO_PEN = Qt.PenStyle.NoPen


class SamplesDelegate(QStyledItemDelegate):
    """Paints all cells itself: a row knows its class, and numbers stand in the mono face.

    Attributes
    ----------
    images
        Paints the samples, if they are images.
    """

    def __init__(self, model: SamplesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.images: SampleImages | None = None

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        model, colors = self._model, theme().current
        data = model.samples
        if data is None:
            return
        sample, column = model.sample(index.row()), model.columns[index.column()]
        area: QRect = option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        label = float(data.samples.labels[sample])
        painter.fillRect(area, row_ground(data.task, label, colors, is_selected))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        match column.kind:
            case Kind.PICTURE:
                self._paint_picture(painter, area, sample)
            case Kind.MARK:
                is_wrong = model.is_wrong(sample)
                ink = colors.danger if is_wrong else colors.text_disabled
                _write_words(painter, area, model.text(sample, column), ink, is_wrong, True)
            case Kind.TARGET | Kind.PREDICTED if data.task.class_count:
                self._paint_class(painter, area, sample, column, colors)
            case Kind.TARGET | Kind.PREDICTED:
                self._paint_value(painter, area, model.value(sample, column), colors)
                _write_number(painter, area, model.text(sample, column), colors.text)
            case Kind.LOSS:
                _paint_bar(painter, area, model.share_of_loss(sample), colors.text_muted)
                _write_number(painter, area, model.text(sample, column), colors.text)
            case Kind.CERTAINTY:
                share, predicted = model.value(sample, column), model.scores.predicted[sample]
                if math.isfinite(share) and math.isfinite(predicted):
                    _paint_bar(painter, area, share, colors.of_class(int(predicted)))
                _write_number(painter, area, model.text(sample, column), colors.text)
            case Kind.SET:
                _write_words(painter, area, model.text(sample, column), colors.text_muted)
            case Kind.NUMBER:
                _write_number(painter, area, model.text(sample, column), colors.text_muted)
            case _:
                _write_number(painter, area, model.text(sample, column), colors.text)

    def _paint_class(
        self, painter: QPainter, area: QRect, sample: int, column: Column, colors: Colors
    ) -> None:
        """Paint the name of a class behind a dot in its colour."""
        model = self._model
        label = model.value(sample, column)
        if math.isfinite(label):
            painter.setPen(_NO_PEN)
            painter.setBrush(_color(colors.of_class(int(label))))
            middle = QPointF(area.left() + PADDING + _DOT, area.center().y() + 0.5)
            painter.drawEllipse(middle, _DOT, _DOT)
        is_wrong = column.kind is Kind.PREDICTED and model.is_wrong(sample)
        ink = colors.danger if is_wrong else colors.text
        inner = area.adjusted(round(2 * _DOT) + 6, 0, 0, 0)
        _write_words(painter, inner, model.text(sample, column), ink, is_wrong)

    def _paint_value(self, painter: QPainter, area: QRect, value: float, colors: Colors) -> None:
        """Paint the ground of a value in the colour that stands for it."""
        if not math.isfinite(value):
            return
        row = value_lut(colors)[round((self._model.shade(value) * 0.5 + 0.5) * 255)]
        tint = QColor(*(int(part) for part in row))
        tint.setAlphaF(_TINT_OF_VALUE)
        painter.setPen(_NO_PEN)
        painter.setBrush(tint)
        painter.drawRoundedRect(QRectF(area).adjusted(3, 2, -3, -2), 4, 4)

    def _paint_picture(self, painter: QPainter, area: QRect, sample: int) -> None:
        if self.images is None:
            return
        ratio = painter.device().devicePixelRatioF()
        picture = self.images.picture(sample, IMAGE_SIDE, ratio)
        top = area.top() + (area.height() - IMAGE_SIDE) // 2
        painter.drawPixmap(area.left() + (area.width() - IMAGE_SIDE) // 2, top, picture)


def row_ground(task: Task, label: float, colors: Colors, is_selected: bool) -> QColor:
    """Return the ground of a row: a hint of the colour of its class."""
    ground = colors.accent_soft if is_selected else colors.surface
    if not task.class_count:
        return _color(ground)
    return _mixed(ground, colors.of_class(int(label)))


def _write_number(painter: QPainter, area: QRect, text: str, ink: str) -> None:
    """Write a number so that it ends at the right, whole: half of it would be another number."""
    font, character, baseline = _number_look()
    painter.setFont(font)
    painter.setPen(_color(ink))
    room = area.width() - PADDING - 1
    if len(text) * character > room:
        text = text[: max(1, int(room / character) - 1)] + "…"
    left = area.right() + 1 - PADDING - len(text) * character
    painter.drawText(QPointF(left, area.center().y() + baseline), text)


def _write_words(
    painter: QPainter,
    area: QRect,
    text: str,
    ink: str,
    is_bold: bool = False,
    is_centered: bool = False,
) -> None:
    """Write words from the left, or in the middle, shortened where they do not fit."""
    font, baseline = _word_look(is_bold)
    room = area.width() if is_centered else area.width() - 2 * PADDING
    text, width = _fitted(text, is_bold, room)
    painter.setFont(font)
    painter.setPen(_color(ink))
    left = area.left() + ((area.width() - width) / 2 if is_centered else PADDING)
    painter.drawText(QPointF(left, area.center().y() + baseline), text)


def _paint_bar(painter: QPainter, area: QRect, share: float, color: str) -> None:
    """Paint a bar below a number, as long as its share of the cell."""
    width = (area.width() - 2 * PADDING) * share
    if width <= 0:
        return
    painter.setPen(_NO_PEN)
    painter.setBrush(_pale(color))
    painter.drawRoundedRect(QRectF(area.left() + PADDING, area.bottom() - 3, width, 2), 1, 1)


@lru_cache(maxsize=128)
def _color(name: str) -> QColor:
    return QColor(name)


@lru_cache(maxsize=128)
def _pale(name: str) -> QColor:
    color = QColor(name)
    color.setAlphaF(_BAR)
    return color


@lru_cache(maxsize=128)
def _mixed(ground: str, color: str) -> QColor:
    return QColor(mix(ground, color, _TINT))


@lru_cache(maxsize=1)
def _number_look() -> tuple[QFont, float, float]:
    """Return font, width of a character, and how far its baseline is below the middle."""
    font = monospace_font(12)
    metrics = QFontMetricsF(font)
    return font, metrics.horizontalAdvance("0"), _baseline(metrics)


@lru_cache(maxsize=2)
def _word_look(is_bold: bool) -> tuple[QFont, float]:
    font = text_font(12, bold=is_bold)
    return font, _baseline(QFontMetricsF(font))


@lru_cache(maxsize=512)
def _fitted(text: str, is_bold: bool, room: int) -> tuple[str, float]:
    """Return words as far as they fit, and how wide they are."""
    metrics = QFontMetricsF(_word_look(is_bold)[0])
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    return text, metrics.horizontalAdvance(text)


def _baseline(metrics: QFontMetricsF) -> float:
    return round((metrics.ascent() - metrics.descent()) / 2)

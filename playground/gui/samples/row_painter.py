"""Paints the rows of the table: numbers, class marks, a bar for the loss, little images.

Column by column, rather than cell by cell with a delegate. The worker trains while a refresh paints
some hundred cells, and each call into Qt may have to wait for it: so there are few, one or two for
a cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from playground.data.dataset import Task
from playground.gui.palette import Colors, mix, value_lut
from playground.gui.samples.columns import Column, Kind
from playground.gui.samples.model import SamplesModel
from playground.gui.theme import monospace_font, text_font, theme
from playground.gui.train.output.sample_images import SampleImages

__all__ = ["IMAGE_SIDE", "Place", "RowPainter", "Stripe"]

IMAGE_SIDE = 28
PADDING = 6
_DOT = 4.0
_TINT = 0.07
"""How much of the colour of its class a row has."""
_TINT_OF_VALUE = 0.34
"""How much of the colour of a value its own cell has."""
_BAR = 0.55
_NO_PEN = Qt.PenStyle.NoPen


class Stripe(NamedTuple):
    """A row that is painted: its sample, its upper edge, and whether it is selected."""

    sample: int
    top: int
    is_selected: bool


class Place(NamedTuple):
    """A column that is painted, and where it stands."""

    column: Column
    left: int
    width: int


class RowPainter:
    """Paints what a model says.

    Attributes
    ----------
    images
        Paints the samples, if they are images.
    """

    def __init__(self, model: SamplesModel) -> None:
        self._model = model
        self.images: SampleImages | None = None

    def paint(
        self, painter: QPainter, stripes: Sequence[Stripe], places: Sequence[Place], height: int
    ) -> None:
        """Paint some rows, of this height, as far as these columns reach."""
        data, colors = self._model.samples, theme().current
        if data is None or not stripes or not places:
            return
        left = places[0].left
        width = places[-1].left + places[-1].width - left
        labels = data.samples.labels
        for stripe in stripes:
            ground = _ground(data.task, float(labels[stripe.sample]), colors, stripe.is_selected)
            painter.fillRect(left, stripe.top, width, height, ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in places:
            match place.column.kind:
                case Kind.PICTURE:
                    self._paint_pictures(painter, stripes, place, height)
                case Kind.MARK:
                    self._paint_marks(painter, stripes, place, height, colors)
                case Kind.TARGET | Kind.PREDICTED if data.task.class_count:
                    self._paint_classes(painter, stripes, place, height, colors)
                case Kind.SET:
                    _use_words(painter, colors.text_muted)
                    self._write_words(painter, stripes, place, height)
                case _:
                    self._paint_numbers(painter, stripes, place, height, colors)

    # --- one column each ---

    def _paint_numbers(
        self,
        painter: QPainter,
        stripes: Sequence[Stripe],
        place: Place,
        height: int,
        colors: Colors,
    ) -> None:
        model, column = self._model, place.column
        bottom, left, room = height - 4, place.left + PADDING, place.width - 2 * PADDING
        if column.kind is Kind.LOSS:
            bar = _pale(colors.text_muted)
            for stripe in stripes:
                share = model.share_of_loss(stripe.sample)
                painter.fillRect(left, stripe.top + bottom, round(room * share), 2, bar)
        elif column.kind is Kind.CERTAINTY:
            for stripe in stripes:
                share = model.value(stripe.sample, column)
                predicted = float(model.scores.predicted[stripe.sample])
                if math.isfinite(share) and math.isfinite(predicted):
                    bar = _pale(colors.of_class(int(predicted)))
                    painter.fillRect(left, stripe.top + bottom, round(room * share), 2, bar)
        elif column.kind in (Kind.TARGET, Kind.PREDICTED):
            painter.setPen(_NO_PEN)
            for stripe in stripes:
                value = model.value(stripe.sample, column)
                if math.isfinite(value):
                    painter.setBrush(_shade(colors, round(model.shade(value) * 127.5 + 127.5)))
                    area = QRectF(place.left + 3, stripe.top + 2, place.width - 6, height - 4)
                    painter.drawRoundedRect(area, 4, 4)
        is_name = column.kind is Kind.NUMBER
        font, character, baseline = _number_look()
        painter.setFont(font)
        painter.setPen(_color(colors.text_muted if is_name else colors.text))
        right, down = place.left + place.width - PADDING, height / 2 + baseline
        # A number may begin at the edge of its cell: half of it would be another number.
        most = int((place.width - PADDING - 1) / character)
        for stripe in stripes:
            text = model.text(stripe.sample, column)
            if len(text) > most:
                text = text[: max(0, most - 1)] + "…"
            at = round(right - len(text) * character)
            painter.drawText(at, round(stripe.top + down), text)

    def _paint_classes(
        self,
        painter: QPainter,
        stripes: Sequence[Stripe],
        place: Place,
        height: int,
        colors: Colors,
    ) -> None:
        """Paint the names of classes, each behind a dot in its colour."""
        model, column = self._model, place.column
        painter.setPen(_NO_PEN)
        middle = place.left + PADDING + _DOT
        for stripe in stripes:
            label = model.value(stripe.sample, column)
            if math.isfinite(label):
                painter.setBrush(_color(colors.of_class(int(label))))
                painter.drawEllipse(QPointF(middle, stripe.top + height / 2), _DOT, _DOT)
        indent = round(2 * _DOT) + 6
        inner = Place(column, place.left + indent, place.width - indent)
        wrong: list[Stripe] = []
        if column.kind is Kind.PREDICTED:
            wrong = [stripe for stripe in stripes if model.is_wrong(stripe.sample)]
        right = [stripe for stripe in stripes if stripe not in wrong] if wrong else stripes
        _use_words(painter, colors.text)
        self._write_words(painter, right, inner, height)
        _use_words(painter, colors.danger, is_bold=True)
        self._write_words(painter, wrong, inner, height, is_bold=True)

    def _paint_marks(
        self,
        painter: QPainter,
        stripes: Sequence[Stripe],
        place: Place,
        height: int,
        colors: Colors,
    ) -> None:
        for is_wrong in (False, True):
            _use_words(painter, colors.danger if is_wrong else colors.text_disabled, is_wrong)
            baseline = _word_look(is_wrong)[1]
            for stripe in stripes:
                if self._model.is_wrong(stripe.sample) is is_wrong:
                    text = self._model.text(stripe.sample, place.column)
                    _, width = _fitted(text, is_wrong, place.width)
                    at = round(place.left + (place.width - width) / 2)
                    painter.drawText(at, round(stripe.top + height / 2 + baseline), text)

    def _paint_pictures(
        self, painter: QPainter, stripes: Sequence[Stripe], place: Place, height: int
    ) -> None:
        if self.images is None:
            return
        ratio = painter.device().devicePixelRatioF()
        left = place.left + (place.width - IMAGE_SIDE) // 2
        for stripe in stripes:
            picture = self.images.picture(stripe.sample, IMAGE_SIDE, ratio)
            painter.drawPixmap(left, stripe.top + (height - IMAGE_SIDE) // 2, picture)

    def _write_words(
        self,
        painter: QPainter,
        stripes: Sequence[Stripe],
        place: Place,
        height: int,
        is_bold: bool = False,
    ) -> None:
        """Write words from the left, shortened where they do not fit."""
        left, room = place.left + PADDING, place.width - PADDING - 2
        down = height / 2 + _word_look(is_bold)[1]
        for stripe in stripes:
            text, _ = _fitted(self._model.text(stripe.sample, place.column), is_bold, room)
            painter.drawText(left, round(stripe.top + down), text)


def _ground(task: Task, label: float, colors: Colors, is_selected: bool) -> QColor:
    """Return the ground of a row: a hint of the colour of its class."""
    ground = colors.accent_soft if is_selected else colors.surface
    if not task.class_count:
        return _color(ground)
    return _mixed(ground, colors.of_class(int(label)))


def _use_words(painter: QPainter, ink: str, is_bold: bool = False) -> None:
    painter.setFont(_word_look(is_bold)[0])
    painter.setPen(_color(ink))


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


@lru_cache(maxsize=512)
def _shade(colors: Colors, level: int) -> QColor:
    """Return the ground of a value, by its place on the scale of values."""
    color = QColor(*(int(part) for part in value_lut(colors)[level]))
    color.setAlphaF(_TINT_OF_VALUE)
    return color


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

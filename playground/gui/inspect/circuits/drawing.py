"""How numbers and gates of a circuit are painted: the graph and the caption look the same."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from playground.gui.palette import Colors, contrast, gradient_lut, value_lut
from playground.gui.theme import monospace_font, text_font, theme

CHIP_HEIGHT = 19.0
NUMBER_SIZE = 12
UNDEFINED = "undef."
MASKED = "?"


@lru_cache(maxsize=512)
def _cell(colors: Colors, share: int, is_gradient: bool) -> tuple[str, str]:
    """Return ground and ink for a share from 0 to 255 of the scale."""
    table = gradient_lut(colors) if is_gradient else value_lut(colors)
    ground = "#{:02x}{:02x}{:02x}".format(*(int(part) for part in table[share]))
    ink = max(("#ffffff", "#14171c"), key=lambda each: contrast(each, ground))
    return ground, ink


def shade(value: float, scale: float, is_gradient: bool) -> tuple[QColor, QColor]:
    """Return ground and ink of a number on a scale from −scale to scale."""
    share = value / scale if scale > 0 else 0.0
    # The ends of the scale are too strong to read numbers on.
    index = round(127.5 + 127.5 * 0.72 * min(max(share, -1.0), 1.0))
    ground, ink = _cell(theme().current, index, is_gradient)
    return QColor(ground), QColor(ink)


def chip_width(text: str, least: float = 40.0) -> float:
    """Return how wide a number is with its ground."""
    return max(least, QFontMetricsF(monospace_font(NUMBER_SIZE)).horizontalAdvance(text) + 10)


def draw_chip(
    painter: QPainter,
    rect: QRectF,
    text: str,
    ground: QColor,
    ink: QColor,
    outline: QColor | None = None,
) -> None:
    """Draw a number on its coloured ground."""
    painter.setPen(QPen(outline, 1.4) if outline is not None else Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(ink)
    painter.setFont(monospace_font(NUMBER_SIZE, bold=outline is not None))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)


def draw_number(
    painter: QPainter, rect: QRectF, text: str, value: float | None, scale: float, gradient: bool
) -> None:
    """Draw a value or gradient in its colours; what is undefined or masked, in words."""
    if text == MASKED:
        accent = theme().color("accent")
        draw_chip(painter, rect, text, theme().color("accent_soft"), theme().color("text"), accent)
    elif value is None:
        draw_chip(painter, rect, text, theme().color("danger_soft"), theme().color("danger"))
    else:
        ground, ink = shade(value, scale, gradient)
        draw_chip(painter, rect, text, ground, ink)


def draw_small(
    painter: QPainter, rect: QRectF, text: str, role: str = "text_muted", bold: bool = False
) -> None:
    """Draw a small word in the middle of a rectangle."""
    painter.setFont(text_font(11, bold))
    painter.setPen(theme().color(role))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), text)

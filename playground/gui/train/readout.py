"""Numbers that change many times a second without moving anything around them."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.theme import monospace_font, text_font, theme

__all__ = [
    "NOTHING",
    "Readout",
    "count_text",
    "epoch_text",
    "loss_role",
    "loss_text",
    "rate_text",
    "share_text",
]

NOTHING = "–"
"""Shown where a value has no meaning."""

_SIZE, _COMPACT_SIZE = 15, 14
_CAPTION_SIZE = 11


class Readout(QWidget):
    """A small caption over a number of fixed width. Paints itself again only when it differs.

    Parameters
    ----------
    caption
        Name of the number.
    characters
        How many characters have room at full size; longer texts are drawn smaller.
    """

    def __init__(self, caption: str, characters: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self._parts: tuple[tuple[str, str], ...] = ()
        self._characters = characters
        self._pixels = 0
        self.set_compact(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(caption)
        theme().changed.connect(self.update)

    def text(self) -> str:
        """Return what is shown."""
        return " ".join(text for text, _ in self._parts)

    def roles(self) -> tuple[str, ...]:
        """Return the colours of the parts, as roles of the theme."""
        return tuple(role for _, role in self._parts)

    def show_text(self, text: str, role: str = "text") -> None:
        """Show a text in the colour of a role."""
        self.show_parts((text, role))

    def show_parts(self, *parts: tuple[str, str]) -> None:
        """Show texts side by side, each with the role of its colour."""
        if parts != self._parts:
            self._parts = parts
            self.setAccessibleName(f"{self._caption} {self.text()}")
            self.update()

    def set_characters(self, characters: int) -> None:
        """Make room for so many characters at full size."""
        if characters != self._characters:
            self._characters = characters
            self._fit()

    def set_compact(self, is_compact: bool) -> None:
        """Take a little less room, or as much as usual."""
        pixels = _COMPACT_SIZE if is_compact else _SIZE
        if pixels != self._pixels:
            self._pixels = pixels
            self._fit()

    def _fit(self) -> None:
        pixels = self._pixels
        self._font = monospace_font(pixels, bold=True)
        number = QFontMetrics(self._font).horizontalAdvance("0" * self._characters)
        name = QFontMetrics(text_font(_CAPTION_SIZE)).horizontalAdvance(self._caption)
        self._size = QSize(max(number, name) + 2, 38)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the fixed size."""
        return self._size

    def minimumSizeHint(self) -> QSize:
        """Return the fixed size."""
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw caption and number."""
        painter = QPainter(self)
        painter.setFont(text_font(_CAPTION_SIZE))
        painter.setPen(theme().color("text_muted"))
        baseline = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 0, self.width(), 16), int(baseline), self._caption)
        font, metrics = self._font, QFontMetrics(self._font)
        needed = metrics.horizontalAdvance(self.text())
        if needed > self.width():
            font = monospace_font(max(8, self._pixels * self.width() // needed), bold=True)
            metrics = QFontMetrics(font)
        painter.setFont(font)
        x = 0
        for text, role in self._parts:
            painter.setPen(theme().color(role))
            painter.drawText(QRect(x, 17, self.width() - x + 2, 20), int(baseline), text)
            x += metrics.horizontalAdvance(text + " ")
        painter.end()


def loss_text(value: float | None) -> str:
    """Return a loss in about six characters: ``0.0113``, ``12.345``, ``1.2e-5``, ``NaN``, ``∞``."""
    if value is None:
        return NOTHING
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    size = abs(value)
    if size and not 1e-3 <= size < 1e5:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    digits = 4 if size < 10 else 3 if size < 100 else 2 if size < 1000 else 1
    return f"{value:.{digits}f}"


def loss_role(value: float | None, ordinary: str) -> str:
    """Return the role of a loss's colour: red where it is not finite."""
    return "danger" if value is not None and not math.isfinite(value) else ordinary


def share_text(value: float | None) -> str:
    """Return a share from 0 to 1 as a percentage of four characters: ``98.2``, `` 100``."""
    if value is None or math.isnan(value):
        return f"{NOTHING:>4}"
    return " 100" if value >= 0.9995 else f"{100 * value:4.1f}"


def rate_text(value: float | None) -> str:
    """Return a number of steps per second: ``812``, ``21.4 k``, ``1.20 M``."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if value < 9.95:
        return f"{value:.1f}"
    if value < 999.5:
        return f"{value:.0f}"
    if value < 99_950:
        return f"{value / 1e3:.1f} k"
    if value < 999_500:
        return f"{value / 1e3:.0f} k"
    return f"{value / 1e6:.2f} M"


def epoch_text(value: int) -> str:
    """Return a number of epochs with leading zeros: ``000,900``."""
    return f"{value:07,}"


def count_text(value: int) -> str:
    """Return a number with separators: ``5,400``."""
    return f"{value:,}"

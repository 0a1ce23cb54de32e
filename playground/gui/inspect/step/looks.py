"""What a table of numbers looks like, worked out once for all boxes that show it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from playground.engine.arithmetic import MINUS, number_text
from playground.gui.palette import Colors, gradient_lut, value_lut
from playground.inspection.operation import Shade

__all__ = ["Look", "cell_text", "forget_looks", "image_of", "look_of", "positions"]

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint32]

FIGURE_SPACE = "\u2007"
"""As wide as a figure: stands where a sign would."""
MEASURED = 200
"""Of a matrix with more cells the longest number is not looked for."""
MOST_KEPT = 64
_looks: dict[tuple[object, ...], Look] = {}


def cell_text(value: float, decimals: int) -> str:
    """Write a number for a cell: always with a sign, so that columns stand in line."""
    if math.isnan(value):
        return "NaN"
    size = abs(value)
    if value != 0 and not 0.5 * 10.0 ** (1 - decimals) <= size < 1e5 and math.isfinite(value):
        mantissa, _, exponent = f"{value:+.{max(1, decimals - 2)}e}".partition("e")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    text = number_text(value, decimals)
    if text.startswith(MINUS):
        return text
    return f"+{text}" if text.strip("0.") else f"{FIGURE_SPACE}{text}"


class Look:
    """Length of the numbers, places on the scale of colours, and the heat map of a table.

    Parameters
    ----------
    values : (rows, columns)
        They never change: a step is recorded into arrays of its own.
    """

    def __init__(self, values: Floats) -> None:
        self.values = values
        self._steps: NDArray[np.uint8] | None = None
        self._characters: dict[int, int] = {}
        self._heat_maps: dict[tuple[Shade, str], QImage] = {}

    @property
    def steps(self) -> NDArray[np.uint8]:
        """Place of each cell in the colour table."""
        if self._steps is None:
            self._steps = positions(self.values)
        return self._steps

    def characters(self, decimals: int) -> int:
        """Return how many characters the longest number has, roughly so for a large matrix."""
        longest = self._characters.get(decimals)
        if longest is None:
            if self.values.size <= MEASURED:
                texts = (cell_text(value, decimals) for value in self.values.ravel().tolist())
                longest = max([decimals + 3, *map(len, texts)])
            else:
                longest = decimals + 5
            self._characters[decimals] = longest
        return longest

    def heat_map(self, shade: Shade, colors: Colors) -> QImage:
        """Return the table as an image, a pixel for each cell."""
        key = shade, colors.name
        image = self._heat_maps.get(key)
        if image is None:
            image = self._heat_maps[key] = image_of(self.pixels(shade, colors))
        return image

    def pixels(self, shade: Shade, colors: Colors) -> Pixels:
        """Return the colours of the cells (rows, columns), as Qt's 32-bit images have them."""
        pixels = np.take(_colors_of(shade, colors), self.steps)
        missing = np.isnan(self.values.max(initial=0.0))
        if missing:
            pixels[np.isnan(self.values)] = QColor(colors.danger).rgb()
        return pixels


def look_of(values: Floats) -> Look:
    """Return the look of a table; the same one for as long as it is likely to be shown again."""
    # The array is kept with its look, so that no other can take its place in memory.
    key = values.__array_interface__["data"][0], values.shape, values.strides
    look = _looks.pop(key, None) or Look(values)
    _looks[key] = look
    if len(_looks) > MOST_KEPT:
        del _looks[next(iter(_looks))]
    return look


def forget_looks() -> None:
    """Let go of all tables, since another step will be shown."""
    _looks.clear()


def image_of(pixels: Pixels) -> QImage:
    """Return an image of colours (rows, columns)."""
    rows, columns = pixels.shape
    wrapped = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    # The array may go.
    return wrapped.copy()


def positions(values: Floats) -> NDArray[np.uint8]:
    """Return places in a colour table: zero in the middle, the largest number at its end."""
    scale = max(float(values.max(initial=1e-300)), -float(values.min(initial=-1e-300)))
    if np.isfinite(scale):
        shares = values * (127.5 / scale)
        shares += 127.5
        return shares.astype(np.uint8)
    finite = np.where(np.isfinite(values), values, 0.0)
    scale = float(np.abs(finite).max(initial=1e-300))
    shares = np.where(np.isinf(values), np.sign(values), finite / scale)
    return np.asarray(shares * 127.5 + 127.5).astype(np.uint8)


@lru_cache(maxsize=8)
def _colors_of(shade: Shade, colors: Colors) -> Pixels:
    """Return a scale of colours as one number each, 0xffRRGGBB."""
    table = (value_lut(colors) if shade is Shade.VALUE else gradient_lut(colors)).astype(np.uint32)
    return np.asarray(0xFF000000 | table[:, 0] << 16 | table[:, 1] << 8 | table[:, 2], np.uint32)

"""Painted values in the colours of another theme."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from playground.gui.palette import DARK, LIGHT, Colors, value_lut

__all__ = ["recolored", "recolored_classes"]

Pixels = NDArray[np.uint8]


def recolored(pixels: Pixels, colors: Colors) -> Pixels:
    """Return pixels (..., 4) of the scale of values in the colours of another theme, exactly.

    Each colour of a scale stands for one value, so that the way back is a look-up. Pixels whose
    colour is on no scale, or that have these colours already, stay as they are.
    """
    wanted = value_lut(colors)
    codes = _codes(pixels[..., :3])
    for before in (LIGHT, DARK):
        scale = _codes(value_lut(before))
        order = np.argsort(scale, kind="stable")
        places = order[np.searchsorted(scale, codes, sorter=order).clip(0, 255)]
        if np.array_equal(scale[places], codes):
            result = pixels.copy()
            result[..., :3] = wanted[places]
            return result
    return pixels


def recolored_classes(pixels: Pixels, class_count: int, before: Colors, colors: Colors) -> Pixels:
    """Return pixels (h, w, 4) that fade from classes to the neutral ground, on another ground.

    A pixel is the ground, and over it a mixture of the classes with some strength. The strength is
    taken from the nearest single class.
    """
    if before.value_zero == colors.value_zero:
        return pixels
    old, new = _rgb(before.value_zero), _rgb(colors.value_zero)
    seen = pixels[..., :3].astype(np.float32) - old
    best, strength = np.full(pixels.shape[:2], np.inf, np.float32), np.zeros(pixels.shape[:2])
    for index in range(class_count):
        way = _rgb(before.of_class(index)) - old
        share = np.clip(seen @ way / (way @ way), 0.0, 1.0)
        error = np.square(seen - share[..., None] * way).sum(-1)
        closer = error < best
        best, strength = np.where(closer, error, best), np.where(closer, share, strength)
    result = pixels.copy()
    moved = pixels[..., :3] + (1.0 - strength[..., None]) * (new - old)
    result[..., :3] = np.clip(np.rint(moved), 0, 255).astype(np.uint8)
    return result


def _codes(colors: Pixels) -> NDArray[np.int64]:
    wide = colors.astype(np.int64)
    return wide[..., 0] * 65536 + wide[..., 1] * 256 + wide[..., 2]


def _rgb(color: str) -> NDArray[np.float32]:
    parts = QColor(color)
    return np.array([parts.red(), parts.green(), parts.blue()], np.float32)

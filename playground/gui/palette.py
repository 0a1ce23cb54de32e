"""The colours of the application, and what is computed from them.

This module needs NumPy alone, so that the worker can paint decision surfaces without Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["DARK", "LIGHT", "Colors", "contrast", "gradient_lut", "mix", "value_lut"]

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

# Chosen so that any two stay apart for normal, protanopic and deuteranopic eyes, on both
# backgrounds (tests/gui/test_theme.py measures it).
_LAYERS = (
    "#1b9e77",
    "#7570b3",
    "#d95f02",
    "#8fa8f0",
    "#b3202c",
    "#722be3",
    "#dd9a24",
    "#2f6665",
)
_CLASSES = (
    "#f59322",
    "#0877bd",
    "#1b9e77",
    "#4a25e8",
    "#f0b0af",
    "#866514",
    "#7e9cf0",
    "#d6cf2f",
    "#6f3a2e",
    "#47477c",
)


@dataclass(frozen=True, slots=True)
class Colors:
    """Every colour of one theme, as ``#rrggbb``.

    Attributes
    ----------
    name
        ``light`` or ``dark``.
    background, surface, surface_raised, field
        The canvas; panels, bars and cards; menus and tooltips; inputs and quiet blocks.
    hover, pressed
        Background of a control under the pointer, and while it is pressed.
    border, separator, grid
        Outline of controls and cards; lines between panels; lines behind curves.
    text, text_muted, text_disabled
        Ink. The first two are readable (4.5 : 1) on each of the four backgrounds.
    accent, accent_hover, accent_soft, on_accent
        The colour of what is active, the same under the pointer, its pale ground, and text on it.
    good, warning, danger
        Verdicts, readable as text; with ``_soft`` the pale ground of a chip or card, with
        ``_line`` a stripe or mark, brighter than text may be.
    healthy_band
        Ground of the interval in which a curve should stay.
    value_negative, value_zero, value_positive
        Ends and middle of the scale of values: weights, activations, predictions.
    gradient_negative, gradient_zero, gradient_positive
        Ends and middle of the scale of gradients, so that nobody mistakes one for the other.
    curve_train, curve_validation, curve_test
        Curves measured on training, on validation and on test samples.
    layers
        A cycle for curves and bars of layers.
    classes
        Ten colours for classes; the first two are the ends of the scale of values.
    """

    name: str
    background: str
    surface: str
    surface_raised: str
    field: str
    hover: str
    pressed: str
    border: str
    separator: str
    grid: str
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    good: str
    good_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    good_line: str
    warning_line: str
    danger_line: str
    healthy_band: str
    value_negative: str
    value_zero: str
    value_positive: str
    gradient_negative: str
    gradient_zero: str
    gradient_positive: str
    curve_train: str
    curve_validation: str
    curve_test: str
    layers: tuple[str, ...] = _LAYERS
    classes: tuple[str, ...] = _CLASSES

    @property
    def is_dark(self) -> bool:
        """Whether light text stands on a dark ground."""
        return self.name == "dark"

    def layer(self, index: int) -> str:
        """Return the colour of the layer with this index, counted from 0; the cycle repeats."""
        return self.layers[index % len(self.layers)]

    def of_class(self, index: int) -> str:
        """Return the colour of the class with this index, counted from 0; the cycle repeats."""
        return self.classes[index % len(self.classes)]

    def role(self, name: str) -> str:
        """Return a colour by name: a field such as ``accent``, or ``layer:2`` or ``class:0``.

        Raises
        ------
        ValueError
            If there is no such colour.
        """
        family, _, index = name.partition(":")
        if family == "layer" and index.isdecimal():
            return self.layer(int(index))
        if family == "class" and index.isdecimal():
            return self.of_class(int(index))
        color = getattr(self, name, None)
        if isinstance(color, str) and color.startswith("#"):
            return color
        raise ValueError(f"no colour {name!r}; use a field of Colors, 'layer:0' or 'class:0'")


LIGHT = Colors(
    name="light",
    background="#f6f7f9",
    surface="#ffffff",
    surface_raised="#ffffff",
    field="#f3f4f7",
    hover="#eef0f4",
    pressed="#e3e6ec",
    border="#cfd5dd",
    separator="#e3e6eb",
    grid="#e6e9ee",
    text="#1d2129",
    text_muted="#626976",
    text_disabled="#a3aab6",
    accent="#7c3aed",
    accent_hover="#6d28d9",
    accent_soft="#efe8ff",
    on_accent="#ffffff",
    good="#0f7a59",
    good_soft="#e3f3ee",
    warning="#945600",
    warning_soft="#fdf1dc",
    danger="#c1293c",
    danger_soft="#fdeaec",
    good_line="#1b9e77",
    warning_line="#e0a012",
    danger_line="#d8394c",
    healthy_band="#e3f3ee",
    value_negative="#f59322",
    value_zero="#e8eaeb",
    value_positive="#0877bd",
    gradient_negative="#1b9e77",
    gradient_zero="#eceaee",
    gradient_positive="#8e44ad",
    curve_train="#1d2129",
    curve_validation="#0b8aa6",
    curve_test="#7c3aed",
)
"""Dark ink on white."""

DARK = Colors(
    name="dark",
    background="#15181d",
    surface="#1c2027",
    surface_raised="#242932",
    field="#15181d",
    hover="#272c35",
    pressed="#303642",
    border="#3a414d",
    separator="#2a2f38",
    grid="#2a2f38",
    text="#e7eaf0",
    text_muted="#99a1af",
    text_disabled="#5c6471",
    accent="#a78bfa",
    accent_hover="#b9a3fc",
    accent_soft="#2c2547",
    on_accent="#191233",
    good="#3fc596",
    good_soft="#1b2f30",
    warning="#f0b03c",
    warning_soft="#332a1a",
    danger="#ff8089",
    danger_soft="#3a2228",
    good_line="#22ab83",
    warning_line="#e0a526",
    danger_line="#f0616d",
    healthy_band="#1b2f30",
    value_negative="#f59322",
    value_zero="#252a32",
    value_positive="#0877bd",
    gradient_negative="#1fae83",
    gradient_zero="#27272f",
    gradient_positive="#a45bd6",
    curve_train="#ffffff",
    curve_validation="#4cc9e0",
    curve_test="#a78bfa",
)
"""Light ink on a blue-grey night."""


def _linear(color: str) -> Floats:
    """Return the linear light (3,) in [0, 1] of ``#rrggbb``."""
    encoded = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255.0
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours by WCAG 2.1: 1 (equal) to 21 (black on white)."""
    darker, lighter = sorted(float(_linear(c) @ (0.2126, 0.7152, 0.0722)) for c in (first, second))
    return (lighter + 0.05) / (darker + 0.05)


def mix(first: str, second: str, share: float) -> str:
    """Return the colour a ``share`` in [0, 1] of the way from the first colour to the second."""
    pairs = [(int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


# OKLab, in which equal steps look equal: https://bottosson.github.io/posts/oklab/
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_CONES = np.linalg.inv(_TO_CONES)
_FROM_LAB = np.linalg.inv(_TO_LAB)


def _diverging(negative: str, zero: str, positive: str) -> Bytes:
    """Return 256 colours (256, 3) from one end over the middle to the other, evenly in OKLab."""
    ends = np.array([_TO_LAB @ np.cbrt(_TO_CONES @ _linear(c)) for c in (negative, zero, positive)])
    position = np.linspace(-1.0, 1.0, 256)
    lab = np.stack([np.interp(position, (-1.0, 0.0, 1.0), ends[:, axis]) for axis in range(3)], 1)
    light = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T, 0.0, 1.0)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    table: Bytes = np.rint(encoded * 255.0).astype(np.uint8)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=8)
def value_lut(colors: Colors) -> Bytes:
    """Return the scale of values as a look-up table (256, 3), red, green and blue; read-only.

    Row 0 is the most negative value, rows 127 and 128 straddle zero, row 255 is the most positive.
    """
    return _diverging(colors.value_negative, colors.value_zero, colors.value_positive)


@lru_cache(maxsize=8)
def gradient_lut(colors: Colors) -> Bytes:
    """Return the scale of gradients as a look-up table (256, 3), as :func:`value_lut`."""
    return _diverging(colors.gradient_negative, colors.gradient_zero, colors.gradient_positive)

"""What the card beside a unit or a skip connection says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from playground.engine.activations import Identity
from playground.engine.layers import Dense
from playground.gui.palette import Colors, value_lut
from playground.gui.train.network.naming import Names, UnitAt, WeightAt
from playground.gui.train.network.thumbnails import image_of
from playground.schema.describe import title_of

__all__ = ["number", "skip_picture", "skip_rows", "unit_rows"]

Rows = list[tuple[str, str]]
_MOST_CELLS = 256
"""A matrix that is larger is shown in part."""


def number(value: float, exponent: bool = False) -> str:
    """Return a number of fixed width, with its sign."""
    if not np.isfinite(value):
        return f"{value:>+10}"
    large = abs(value) >= 1e4
    text = f"{value:+.2e}" if exponent or large else f"{value:+.4f}"
    return f"{text.replace('-', '−'):>10}"


def unit_rows(
    names: Names, at: UnitAt, value_of: Callable[[WeightAt], tuple[float, float] | None]
) -> tuple[Rows, str, str]:
    """Return what there is to say about a unit: rows, a formula, and what keys do."""
    rows: Rows = []
    if at.layer < 0:
        return rows, "", ""
    shape = names.architecture.layers[at.layer]
    layer, activation = shape.layer, shape.activation
    rate = names.rate(at.layer)
    if rate:
        rows = [("silenced", f"{rate:.0%} of steps"), ("else scaled by", f"{1 / (1 - rate):.2f}")]
        return rows, layer.formula, ""
    has_activation = isinstance(layer, Dense) or not isinstance(activation, Identity)
    if has_activation:
        rows.append(("activation", title_of(type(activation))))
    hints = []
    for place, key in (
        (names.scale_of(at), ""),
        (names.bias_of(at), "Enter"),
        (names.slope_of(at), "S"),
    ):
        values = value_of(place) if place is not None else None
        if place is None or values is None:
            continue
        word = names.word_of(place)
        greek = {"scale": "scale γ", "shift": "shift β"}.get(word, word)
        rows.append((greek, number(values[0])))
        if key:
            hints.append(f"{key} edits the {word}")
    if shape.source is not None:
        rows.append(("adds", names.skip(at.layer)))
    elif isinstance(layer, Dense):
        rows.append(("inputs", str(shape.inputs)))
    formula = activation.formula if isinstance(layer, Dense) else layer.formula
    hint = f"Click, then: {', '.join(hints)}" if names.slope_of(at) else ""
    return rows, formula, hint


def skip_rows(names: Names, layer: int, what: str) -> Rows:
    """Return what there is to say about a skip connection."""
    shape = names.architecture.layers[layer]
    assert shape.source is not None
    bridged = layer - shape.source
    rows = [("adds", what.removeprefix("adds the ")), ("bridges", _count(bridged, "layer"))]
    if shape.rows:
        rows.append(("projected", f"{shape.rows} × {shape.pre_outputs} weights"))
    else:
        rows.append(("shortcut", "identity"))
    return rows


def skip_picture(matrix: NDArray[Any] | None, colors: Colors) -> QImage | None:
    """Return a projection (source, outputs) as squares, or ``None`` where there is none."""
    if matrix is None or not matrix.size:
        return None
    shown = np.nan_to_num(matrix[:_MOST_CELLS, :_MOST_CELLS], posinf=0.0, neginf=0.0)
    scale = max(float(np.abs(shown).max()), 1e-6)
    places = np.clip(shown / scale * 127.5 + 127.5, 0, 255).astype(np.uint8)
    pixels = np.full((*shown.shape, 4), 255, np.uint8)
    pixels[:, :, :3] = value_lut(colors)[places]
    return image_of(pixels)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"

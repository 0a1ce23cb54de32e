"""What is told about the place under the pointer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from playground.gui.plots.canvas import Canvas
from playground.gui.plots.series import Series
from playground.gui.plots.ticks import readable

__all__ = ["Readout", "Row", "readout_at"]


@dataclass(frozen=True, slots=True)
class Row:
    """The value of one curve under the pointer.

    Attributes
    ----------
    name, color_role
        As in the legend.
    text
        The value, as text.
    place
        Where its mark is drawn; ``None`` for no mark.
    """

    name: str
    color_role: str
    text: str
    place: QPointF | None


@dataclass(frozen=True, slots=True)
class Readout:
    """What is told about the place under the pointer."""

    x: float
    title: str
    rows: tuple[Row, ...]


def axis_height(value: float, logarithmic: bool) -> float:
    """Return a value in the unit of the y axis; NaN if it has no place there."""
    if not logarithmic:
        return value
    return math.log10(value) if value > 0.0 else math.nan


def readout_at(place: QPointF, canvas: Canvas, series: Sequence[Series]) -> Readout | None:
    """Return what is told of a place in the canvas: the nearest value of every curve.

    ``None`` outside the frame.
    """
    if not series or not QRectF(canvas.plot_rect).contains(place):
        return None
    wanted = canvas.point_at(place)[0]
    rows, nearest = [], wanted
    for each in series:
        index = int(np.searchsorted(each.x, wanted))
        before = each.x[max(index - 1, 0)]
        if index == len(each.x) or wanted - before < each.x[index] - wanted:
            index = max(index - 1, 0)
        nearest, value = float(each.x[index]), float(each.y[index])
        height = axis_height(value, canvas.logarithmic)
        mark = canvas.place_of(nearest, height) if math.isfinite(height) else None
        rows.append(Row(each.name, each.color_role, readable(value), mark))
    x = canvas.place_of(nearest, 0.0).x()
    return Readout(x=x, title=f"{canvas.x_name} {_x_text(nearest, canvas)}", rows=tuple(rows))


def _x_text(x: float, canvas: Canvas) -> str:
    if canvas.x_logarithmic:
        return f"{10.0**x:.2g}"
    return f"{x:,.0f}" if x == int(x) else f"{x:,.2f}"

"""What stands in the frame of a plot: lines, bars of the newest values, a band to stay in."""

from __future__ import annotations

import math
from collections.abc import Sequence

from playground.gui.plots.bar_now import Bar
from playground.gui.plots.canvas import Band, Line
from playground.gui.plots.readout import axis_height
from playground.gui.plots.series import Interval, Series, Shape
from playground.gui.theme import theme

__all__ = ["bars_of", "healthy_band", "lines_of"]

RAW_OPACITY = 0.38


def lines_of(series: Sequence[Series], shapes: Sequence[Shape]) -> list[Line]:
    """Return what is drawn of curves: first all raw ones, then the lines above them."""
    raw, lines = [], []
    for each, shape in zip(series, shapes, strict=True):
        if shape.raw is not None:
            pale = theme().color(each.color_role, RAW_OPACITY)
            raw.append(Line(*shape.raw, color=pale, width=1.0, smooth_edges=False))
        color = theme().color(each.color_role)
        lines.append(Line(*shape.line, color=color, width=1.6, smooth_edges=True))
    return raw + lines


def bars_of(series: Sequence[Series], logarithmic: bool) -> tuple[Bar, ...]:
    """Return a bar for the newest value of each curve."""
    newest = [(each, float(each.y[-1])) for each in series]
    return tuple(
        Bar(each.name, each.color_role, value, axis_height(value, logarithmic))
        for each, value in newest
    )


def healthy_band(healthy: Interval, logarithmic: bool) -> tuple[Band, Interval]:
    """Return the band in which curves should stay, and what the y axis shows at least."""
    low, high = healthy
    label = f"healthy {low:.0e} … {high:.0e}".replace("e-0", "e-")
    if not logarithmic:
        return Band(low, high, label), (0.0, high * 1.5)
    low, high = math.log10(low), math.log10(high)
    return Band(low, high, label), (low - 1.0, high + 1.0)

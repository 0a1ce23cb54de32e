"""What a plot is given, and what is drawn of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.gui.plots.decimation import decimate, smooth, thin

__all__ = ["Interval", "Series", "Shape", "shape_of"]

Floats = NDArray[np.float64]
Interval = tuple[float, float]

LARGEST = 1e150
"""Beyond it a value is drawn as a gap: arithmetic with it would overflow."""

SMOOTHING_SHARE = 1 / 100
"""Share of a curve over which it is smoothed: a few pixels, whatever its length."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One curve.

    Attributes
    ----------
    name
        What the legend and the readout call it.
    color_role
        Its colour, see :meth:`playground.gui.palette.Colors.role`.
    x, y : (n,) float64
        The curve, ``x`` ascending; NaN in ``y`` where there is no value.
    raw
        Whether the values are noisy: then they are drawn pale under their smooth mean.
    """

    name: str
    color_role: str
    x: Floats
    y: Floats
    raw: bool = True

    @property
    def has_values(self) -> bool:
        """Whether there is anything to see."""
        return bool(np.isfinite(self.y).any())


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A series as it is drawn: in the unit of the axes, and no longer than the screen needs.

    Attributes
    ----------
    line
        (x, y) of the curve, or of its smooth mean.
    raw
        (x, y) of the values under it, or ``None``.
    y_interval
        Lowest and highest y of the whole series, whatever part is drawn; ``None`` if it is empty.
        Of a noisy series the rarest half per cent at either end does not count.
    """

    line: tuple[Floats, Floats]
    raw: tuple[Floats, Floats] | None
    y_interval: Interval | None


def _in_axis_unit(y: Floats, logarithmic: bool) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        values: Floats = np.log10(y) if logarithmic else y
        drawable = np.abs(values) < LARGEST
    return values if drawable.all() else np.where(drawable, values, np.nan)


def _without_ends(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the curve from its first to its last value: drawing gaps takes longer."""
    if not len(y) or not (np.isnan(y[0]) or np.isnan(y[-1])):
        return x, y
    known = np.flatnonzero(~np.isnan(y))
    part = slice(known[0], known[-1] + 1) if len(known) else slice(0)
    return x[part], y[part]


def _window(count: int) -> float:
    """Return how far to smooth, in steps of a fifth so that tables are not made in each frame."""
    share = SMOOTHING_SHARE * count
    return 0.0 if share <= 1.0 else 1.2 ** round(math.log(share, 1.2))


def _extent(y: Floats, trimmed: bool) -> Interval | None:
    known = y[np.isfinite(y)]
    if not len(known):
        return None
    if trimmed and len(known) > 200:
        rare = len(known) // 200
        known = np.partition(known, (rare, len(known) - 1 - rare))
        return float(known[rare]), float(known[len(known) - 1 - rare])
    return float(known.min()), float(known.max())


def shape_of(
    series: Series,
    logarithmic: bool,
    smoothing: bool,
    shown: Interval | None,
    points: int,
    measure: bool,
) -> Shape:
    """Return what has to be drawn of a series.

    On a logarithmic axis the mean is that of the logarithms: it runs through the middle of the
    noise that one sees, not along its peaks.

    Parameters
    ----------
    series
        The series.
    logarithmic
        Whether the y axis is logarithmic. Values that are not positive become gaps.
    smoothing
        Whether noisy series get a smooth mean.
    shown
        The part of the x axis that is seen; ``None`` for all of it.
    points
        How many points the screen can show.
    measure
        Whether ``y_interval`` is wanted.
    """
    x, y = _without_ends(series.x, _in_axis_unit(series.y, logarithmic))
    window = _window(len(y))
    is_smoothed = series.raw and smoothing and window > 1.0
    mean = smooth(y, window) if is_smoothed else y
    interval = None
    if measure:
        interval = _extent(y, is_smoothed)
        means = _extent(mean, False) if is_smoothed else None
        if interval is not None and means is not None:
            interval = min(interval[0], means[0]), max(interval[1], means[1])
    if shown is not None:
        first = max(int(np.searchsorted(x, shown[0])) - 1, 0)
        last = int(np.searchsorted(x, shown[1], "right")) + 1
        x, y, mean = x[first:last], y[first:last], mean[first:last]
    if not is_smoothed:
        return Shape(decimate(x, y, points), None, interval)
    # A smooth line needs few points, and an antialiased one costs by the point.
    return Shape(thin(x, mean, max(points // 4, 100)), decimate(x, y, points), interval)

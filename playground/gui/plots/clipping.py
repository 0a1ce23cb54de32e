"""Cut a curve at the edges of its frame, for files whose format cannot."""

from __future__ import annotations

import numpy as np

from playground.gui.plots.series import Floats, Interval

__all__ = ["clipped"]


def clipped(x: Floats, y: Floats, x_interval: Interval, y_interval: Interval) -> list[Floats]:
    """Return the parts of a polyline inside a rectangle, by the method of Liang and Barsky (1984).

    Parameters
    ----------
    x, y : (n,) float64
        The polyline; NaN is a gap.
    x_interval, y_interval
        The rectangle, each interval not empty.

    Returns
    -------
    list of ndarray
        Each part as (points, 2), in shares of the rectangle: (0, 0) lower left, (1, 1) upper
        right.
    """
    lows = np.array([x_interval[0], y_interval[0]])
    highs = np.array([x_interval[1], y_interval[1]])
    points: Floats = (np.stack([x, y], axis=1) - lows) / (highs - lows)
    if len(points) < 2:
        return []
    start, step = points[:-1], np.diff(points, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Shares of the segment at which it enters and leaves the slab between two edges.
        crossings = np.stack([-start / step, (1.0 - start) / step])
    still = step == 0.0
    inside = (start >= 0.0) & (start <= 1.0)
    enters = np.where(still, np.where(inside, 0.0, np.inf), crossings.min(axis=0)).max(axis=1)
    leaves = np.where(still, 1.0, crossings.max(axis=0)).min(axis=1)
    enters, leaves = np.maximum(enters, 0.0), np.minimum(leaves, 1.0)
    kept = np.flatnonzero(enters <= leaves)  # false where a coordinate is NaN
    if not len(kept):
        return []
    first = start[kept] + enters[kept, None] * step[kept]
    last = start[kept] + leaves[kept, None] * step[kept]
    joined = (np.diff(kept) == 1) & (leaves[kept[:-1]] == 1.0) & (enters[kept[1:]] == 0.0)
    parts = np.split(np.arange(len(kept)), np.flatnonzero(~joined) + 1)
    return [np.concatenate([first[part[:1]], last[part]]) for part in parts]

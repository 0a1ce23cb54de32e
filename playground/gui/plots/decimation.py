"""Fewer points with the same shape, and a smooth curve that neither lags nor starts wrong."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["decimate", "smooth", "thin"]

Floats = NDArray[np.float64]


def decimate(x: Floats, y: Floats, points: int = 1000) -> tuple[Floats, Floats]:
    """Return a curve of about as many points whose picture is the same.

    The curve is cut into stretches of equal length, and the lowest and the highest point of each
    is kept, in their order: no peak is lost. The first and the last point are kept as well. A
    stretch without any number stays a gap.

    Parameters
    ----------
    x, y
        The curve, each (n,). ``y`` may hold NaN where there is no value.
    points
        How many points are wanted, at least 8. The result has at most this many.

    Returns
    -------
    tuple of ndarray
        ``x`` and ``y`` of the points kept; the arguments themselves if they are few enough.
    """
    count = len(y)
    if count <= points:
        return x, y
    inner = count - 2
    # One stretch is kept free for the shorter rest at the end.
    length = -(-inner // ((points - 2) // 2 - 1))
    whole = inner // length
    pairs = _extremes(y[1 : 1 + whole * length].reshape(whole, length))
    pairs += np.arange(1, 1 + whole * length, length)[:, None]
    kept = [np.zeros(1, np.intp), pairs.ravel()]
    if whole * length < inner:
        start = 1 + whole * length
        kept.append(_extremes(y[None, start : count - 1]).ravel() + start)
    kept.append(np.array([count - 1]))
    index = np.concatenate(kept)
    index = index[np.append(True, index[1:] != index[:-1])]
    return x[index], y[index]


def _extremes(stretches: Floats) -> NDArray[np.intp]:
    """Return the places (n, 2) of the lowest and the highest number of each row, in order."""
    gaps = np.isnan(stretches)
    if gaps.any():
        lowest = np.where(gaps, np.inf, stretches).argmin(1)
        highest = np.where(gaps, -np.inf, stretches).argmax(1)
    else:
        lowest, highest = stretches.argmin(1), stretches.argmax(1)
    pairs = np.empty((len(stretches), 2), np.intp)
    np.minimum(lowest, highest, out=pairs[:, 0])
    np.maximum(lowest, highest, out=pairs[:, 1])
    return pairs


def thin(x: Floats, y: Floats, points: int) -> tuple[Floats, Floats]:
    """Return every k-th point and the last one: enough for a curve that was smoothed.

    Parameters
    ----------
    x, y
        The curve, each (n,).
    points
        How many points are wanted.
    """
    step = -(-len(y) // points)
    if step <= 1:
        return x, y
    index = np.append(np.arange(0, len(y) - 1, step), len(y) - 1)
    return x[index], y[index]


def smooth(y: Floats, window: float) -> Floats:
    """Return the debiased exponential mean of a curve, looking both ways.

    Each value is the mean of all values, with weights that fall by ``1 − 1/window`` with every
    step of distance, before and after: unlike a mean of the past alone, it does not lag. The
    weights are normalized, so that the ends are not pulled to zero: the correction of the moments
    in Kingma & Ba (2015), https://arxiv.org/abs/1412.6980.

    Parameters
    ----------
    y : (n,) float64
        Values. Those that are not finite have no weight.
    window
        How many values to either side count, about; 1 or less leaves the curve as it is.

    Returns
    -------
    ndarray
        (n,); NaN where ``y`` is not finite.
    """
    if window <= 1.0 or len(y) == 0:
        return y
    decay = 1.0 - 1.0 / window
    known = np.isfinite(y)
    if known.all():
        falling = _falling(decay)[: len(y)]
        # Beyond the table the weights that are left out do not count any more.
        before = np.full(len(y), float(window))
        before[: len(falling)] -= window * decay * falling
        means: Floats = _both_ways(y, decay) / (before + before[::-1] - 1.0)
        return means
    sums = _both_ways(np.where(known, y, 0.0), decay)
    weights = _both_ways(known.astype(np.float64), decay)
    result = np.full(len(y), np.nan)
    result[known] = sums[known] / weights[known]
    return result


@lru_cache(maxsize=16)
def _falling(decay: float) -> Floats:
    """Return the powers of ``decay`` from 0 on, until they are negligible."""
    table: Floats = decay ** np.arange(max(1, int(-100.0 / np.log10(decay))), dtype=np.float64)
    table.setflags(write=False)
    return table


def _both_ways(values: Floats, decay: float) -> Floats:
    """Return for each place the sum of all values, each times ``decay`` per step of distance."""
    with np.errstate(over="ignore", invalid="ignore"):
        total: Floats = _sums(values, decay) + _sums(values[::-1], decay)[::-1] - values
    return total


def _sums(values: Floats, decay: float) -> Floats:
    """Return for each place the sum of the values up to it, each times ``decay`` per step."""
    falling = _falling(decay)
    block = len(falling)
    # Dividing by decayᵗ turns the recursion into a running sum; in blocks, so that it stays finite.
    if len(values) <= block:
        fall = falling[: len(values)]
        running: Floats = (values / fall).cumsum() * fall
        return running
    result = np.empty(len(values))
    total = 0.0
    for start in range(0, len(values), block):
        part = values[start : start + block]
        fall = falling[: len(part)]
        sums = ((part / fall).cumsum() + total * decay) * fall
        result[start : start + block] = sums
        total = float(sums[-1])
    return result

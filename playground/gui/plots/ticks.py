"""Where an axis is labelled, and how its numbers are written."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["Tick", "linear_ticks", "log_ticks", "nice_interval", "readable"]


class Tick(NamedTuple):
    """A labelled place on an axis.

    Attributes
    ----------
    position
        In the unit in which the axis is drawn: on a logarithmic axis, log₁₀ of the value.
    label
        What is written there.
    """

    position: float
    label: str


def readable(value: float) -> str:
    """Return a number in at most 9 characters, to be set flush right in a monospace font."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.4f}"
    return f"{value:.2e}"


def _step(span: float, most: int) -> float:
    """Return the smallest of 1, 2, 5, 10, … (times a power of ten) that cuts into ``most``."""
    rough = span / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next((f * power for f in (1.0, 2.0, 5.0) if f * power >= rough * 0.999), 10.0 * power)


def _decimal(value: float, digits: int) -> str:
    if abs(value) >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value:,.{digits}f}"


def linear_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Return the ticks of a linear axis at round numbers.

    Parameters
    ----------
    low, high
        What the axis shows.
    most
        About how many ticks have room.
    """
    if not high > low:
        return []
    step = _step(high - low, most)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    if max(abs(low), abs(high)) < 1e-3 or max(abs(low), abs(high)) >= 1e9:
        return [Tick(k * step, f"{k * step:.3g}") for k in range(first, last + 1)]
    return [Tick(k * step, _decimal(k * step + 0.0, digits)) for k in range(first, last + 1)]


def _multiple(factor: int, exponent: int, plain: bool) -> str:
    """Return ``factor`` times a power of ten, as 0.02 (plain) or 2e-2."""
    if plain or exponent == 0:
        return f"{factor * 10.0**exponent:g}"
    return f"{factor}e{exponent}"


def log_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Return the ticks of a logarithmic axis: decades, parts of one, or every few.

    Parameters
    ----------
    low, high
        What the axis shows, as log₁₀ of the values.
    most
        About how many ticks have room.
    """
    if not high > low:
        return []
    decades = range(math.floor(low), math.ceil(high) + 1)
    # 1e-4 beside 0.01 would be two ways to write numbers on one axis.
    plain = low >= -3.001 and high <= 4.001
    for factors in ((1, 2, 3, 4, 6, 8), (1, 2, 5), (1, 3)):
        inside = [
            (exponent + math.log10(factor), exponent, factor)
            for exponent in decades
            for factor in factors
            if low - 1e-9 <= exponent + math.log10(factor) <= high + 1e-9
        ]
        if 2 <= len(inside) <= most:
            return [Tick(at, _multiple(factor, k, plain)) for at, k, factor in inside]
    inside_decades = [k for k in decades if low - 1e-9 <= k <= high + 1e-9]
    if len(inside_decades) >= 2:
        every = -(-len(inside_decades) // max(most, 2))
        return [Tick(float(k), _multiple(1, k, plain)) for k in inside_decades if k % every == 0]
    return [
        Tick(math.log10(tick.position), tick.label)
        for tick in linear_ticks(10.0**low, 10.0**high, max(most, 2))
        if tick.position > 0
    ]


def nice_interval(low: float, high: float, logarithmic: bool) -> tuple[float, float]:
    """Return a slightly larger interval with round ends, which stays when the data move a little.

    Parameters
    ----------
    low, high
        What has to be shown; on a logarithmic axis, log₁₀ of it.
    logarithmic
        Whether the axis is logarithmic.
    """
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-9):
        margin = 0.5 if logarithmic else max(abs(low) * 0.1, 1e-6)
        low, high = low - margin, high + margin
    grain = _step(high - low, 20)
    return math.floor(low / grain - 0.25) * grain, math.ceil(high / grain + 0.25) * grain

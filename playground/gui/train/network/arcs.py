"""Where skip connections run: arcs above the columns, from a source to a sum. Plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.engine.network import Architecture
from playground.gui.train.network.geometry import TOP, Column, Layout

__all__ = ["Arc", "arcs_of", "head_of", "lanes"]

LANE = 21.0
"""Height of a lane: an arc and what is written on it."""
_MOST_HEAD = 88.0
_ASIDE = 8.0
"""Arcs leave a little to the right of the middle of a column, and arrive to its left."""
SUM_RADIUS = 7.0
HANDLE_RADIUS = 4.5
_REACH = 6.0


@dataclass(frozen=True, slots=True)
class Arc:
    """One skip connection on the canvas.

    Attributes
    ----------
    layer
        That of the sum where it ends.
    source
        Column that it comes from, 0 for the input.
    start, end
        Where it leaves and arrives, from the left.
    foot, head
        Heights of its two ends.
    level
        Height at which it runs.
    text
        What is written on it, or "" where there is no room.
    is_projected
        Whether the values go through a matrix.
    """

    layer: int
    source: int
    start: float
    end: float
    foot: float
    head: float
    level: float
    text: str
    is_projected: bool

    def is_at(self, x: float, y: float) -> bool:
        """Return whether a point lies on the arc."""
        if self.is_on_handle(x, y):
            return True
        left, right = self.start - _REACH, self.end + _REACH
        if abs(y - self.level) <= _REACH:
            return left <= x <= right
        is_between = y > self.level
        return is_between and (
            (abs(x - self.start) <= _REACH and y <= self.foot)
            or (abs(x - self.end) <= _REACH and y <= self.head + 2 * SUM_RADIUS)
        )

    def is_on_handle(self, x: float, y: float) -> bool:
        """Return whether a point lies on what the source is dragged by."""
        return (x - self.start) ** 2 + (y - self.foot) ** 2 <= (HANDLE_RADIUS + 5) ** 2


def lanes(spans: Sequence[tuple[int, int]]) -> list[int]:
    """Give each span of columns a lane, 0 next to the units, so that none cross.

    Short ones go below long ones; those that merely touch share a lane.
    """
    taken: list[list[tuple[int, int]]] = []
    result = [0] * len(spans)
    for place in sorted(range(len(spans)), key=lambda p: (spans[p][1] - spans[p][0], p)):
        first, last = spans[place]
        # Above all that it spans, so that its ends cross nothing.
        below = [
            lane
            for lane, others in enumerate(taken)
            if any(a < last and first < b for a, b in others)
        ]
        lane = max(below, default=-1) + 1
        while len(taken) <= lane:
            taken.append([])
        taken[lane].append((first, last))
        result[place] = lane
    return result


def head_of(architecture: Architecture, height: float) -> float:
    """Return the height above the units that arcs need on a canvas of some height."""
    spans = _spans(architecture)
    if not spans:
        return 0.0
    return min((max(lanes(spans)) + 1) * LANE + 2 * SUM_RADIUS, _MOST_HEAD, height * 0.3)


def arcs_of(architecture: Architecture, layout: Layout, head: float) -> tuple[Arc, ...]:
    """Return the arcs of all skip connections.

    Parameters
    ----------
    head
        As :func:`head_of` gave it for this layout.
    """
    spans = _spans(architecture)
    if not spans:
        return ()
    places = lanes(spans)
    count = max(places) + 1
    lane_height = min(LANE, (head - 2 * SUM_RADIUS) / count)
    result = []
    for (first, last), lane in zip(spans, places, strict=True):
        shape = architecture.layers[last - 1]
        source, target = layout.columns[first], layout.columns[last]
        is_projected = shape.rows > 0
        text = "identity"
        if is_projected:
            text = f"projected {shape.source_width} → {shape.outputs}"
        result.append(
            Arc(
                last - 1,
                first,
                source.center + _ASIDE,
                target.center - _ASIDE,
                _top(source) - 5,
                _top(target) - 2 * SUM_RADIUS - 5,
                TOP - 4 + (count - lane - 0.5) * lane_height,
                text if lane_height > 14 else "",
                is_projected,
            )
        )
    return tuple(result)


def _spans(architecture: Architecture) -> list[tuple[int, int]]:
    """Return the columns that each skip connection leaves and reaches."""
    return [
        (shape.source, index + 1)
        for index, shape in enumerate(architecture.layers)
        if shape.source is not None
    ]


def _top(column: Column) -> float:
    return float(column.tops.min())

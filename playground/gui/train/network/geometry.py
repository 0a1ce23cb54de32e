"""Where everything of the network stands on the canvas. Plain numbers, no Qt.

All lengths are in device-independent pixels, y grows downwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CARD_WIDTH = 134
CARD_GAP = 44
"""Least room between two cards: a round button stands in it."""
SIDE_MARGIN = 18
WIDEST_PITCH = 320
"""On a very wide canvas the columns stay this close together, in its middle."""

UNIT = 36
"""Width and height of a unit's picture where there is room; on a tall canvas they grow."""
LARGEST_UNIT = 56
SMALLEST_UNIT = 16
"""A single column of units smaller than this becomes a grid."""
SMALLEST_GRID_UNIT = 18
GRID_GAP = 3
WIDEST_GRID = 168
LINK_ROOM = 78
"""Least width that stays free between two grids, for their links."""
PICTURE = 112
"""Width and height of the one picture that stands for all pixels of an image."""
MORE_HEIGHT = 24
_TOP, _BOTTOM = 14, 12


class ColumnKind(Enum):
    """How the units of a layer are arranged."""

    SINGLE = "one below the other"
    GRID = "in rows and columns"
    PICTURE = "all together one picture"


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What a column has to hold.

    Attributes
    ----------
    units
        Number of units.
    is_picture
        Whether the units are the pixels of an image.
    first
        The first unit to be shown, where not all fit.
    """

    units: int
    is_picture: bool = False
    first: int = 0


@dataclass(frozen=True, eq=False)
class Column:
    """One layer on the canvas.

    Attributes
    ----------
    kind, units
        Arrangement and number of units, shown or not.
    center
        Middle of the column.
    first, shown
        First unit shown, and how many are.
    rows, columns
        Shape of the grid; ``columns`` is 1 for a single column.
    size
        Width and height of a unit's picture.
    lefts, tops : (shown,)
        Upper left corners of the pictures.
    levels : (shown,)
        Height at which a unit's links end.
    left, right
        Where links end and start.
    more
        (left, top, width, height) of the text that says how many units are not shown, or ``None``.
    """

    kind: ColumnKind
    units: int
    center: float
    first: int
    shown: int
    rows: int
    columns: int
    size: float
    lefts: Floats
    tops: Floats
    levels: Floats
    left: float
    right: float
    more: tuple[float, float, float, float] | None = None

    @property
    def visible(self) -> tuple[int, ...]:
        """Indices of the units that are shown."""
        return tuple(range(self.first, self.first + self.shown))

    @property
    def hidden(self) -> int:
        """How many units are not shown."""
        return 0 if self.kind is ColumnKind.PICTURE else self.units - self.shown

    def is_shown(self, unit: int) -> bool:
        """Whether the unit can be seen."""
        return self.first <= unit < self.first + self.shown

    def box(self, unit: int) -> tuple[float, float, float, float]:
        """Return (left, top, width, height) of a unit that is shown."""
        place = unit - self.first
        return float(self.lefts[place]), float(self.tops[place]), self.size, self.size

    def unit_at(self, x: float, y: float, tolerance: float = 1.0) -> int | None:
        """Return the unit at a point, or ``None``."""
        inside = (
            (x >= self.lefts - tolerance)
            & (x <= self.lefts + self.size + tolerance)
            & (y >= self.tops - tolerance)
            & (y <= self.tops + self.size + tolerance)
        )
        found = np.flatnonzero(inside)
        return self.first + int(found[0]) if len(found) else None


@dataclass(frozen=True, eq=False)
class Layout:
    """Everything on the canvas.

    Attributes
    ----------
    width, height
        Size of the canvas. It may be wider than the window.
    columns
        Input, hidden layers, output.
    pitch
        Distance between the middles of neighbouring columns.
    """

    width: float
    height: float
    columns: tuple[Column, ...]
    pitch: float


def least_width(column_count: int) -> int:
    """Return the width below which the canvas scrolls."""
    return 2 * SIDE_MARGIN + column_count * CARD_WIDTH + (column_count - 1) * CARD_GAP


def centers(column_count: int, width: float) -> Floats:
    """Return the middles of the columns, evenly spread over the width."""
    edge = SIDE_MARGIN + CARD_WIDTH / 2
    pitch = min(WIDEST_PITCH, (width - 2 * edge) / (column_count - 1))
    start = (width - pitch * (column_count - 1)) / 2
    return np.asarray(np.rint(start + pitch * np.arange(column_count)))


def lay_out(plans: Sequence[ColumnPlan], width: float, height: float) -> Layout:
    """Find a place for every unit.

    Parameters
    ----------
    plans
        At least two columns: input and output.
    width, height
        Room for the units; a width below :func:`least_width` is raised to it.
    """
    width = max(width, least_width(len(plans)))
    middles = centers(len(plans), width)
    pitch = float(middles[1] - middles[0])
    room = max(height - _TOP - _BOTTOM, SMALLEST_UNIT)
    columns = tuple(
        _column(plan, float(middle), room, pitch)
        for plan, middle in zip(plans, middles, strict=True)
    )
    return Layout(width, height, columns, pitch)


def _column(plan: ColumnPlan, center: float, room: float, pitch: float) -> Column:
    if plan.is_picture:
        side = float(min(PICTURE, room))
        return _placed(plan, center, room, ColumnKind.PICTURE, 1, 1, side, 0.0)
    pitch_of_units = room / plan.units
    if pitch_of_units >= SMALLEST_UNIT * 1.25:
        largest = min(LARGEST_UNIT, max(UNIT, room * 0.088))
        size = math.floor(min(largest, pitch_of_units / 1.25))
        gap = min(size * 0.28, pitch_of_units - size)
        return _placed(plan, center, room, ColumnKind.SINGLE, plan.units, 1, size, gap)
    grid_width = max(CARD_WIDTH - 8, min(WIDEST_GRID, pitch - LINK_ROOM))
    columns, size = _largest_grid(plan.units, grid_width, room)
    if size >= SMALLEST_GRID_UNIT:
        rows = math.ceil(plan.units / columns)
        return _placed(plan, center, room, ColumnKind.GRID, rows, columns, size, GRID_GAP)
    cell = SMALLEST_GRID_UNIT + GRID_GAP
    columns = int((grid_width + GRID_GAP) // cell)
    rows = max(1, int((room - MORE_HEIGHT + GRID_GAP) // cell))
    return _placed(plan, center, room, ColumnKind.GRID, rows, columns, SMALLEST_GRID_UNIT, GRID_GAP)


def _largest_grid(units: int, width: float, height: float) -> tuple[int, int]:
    """Return the number of columns with which the pictures become largest, and their size."""
    best, best_score = (1, 0), 0.0
    for columns in range(2, min(units, int(width // SMALLEST_GRID_UNIT)) + 1):
        rows = math.ceil(units / columns)
        size = math.floor(
            min(UNIT, (width + GRID_GAP) / columns, (height + GRID_GAP) / rows) - GRID_GAP
        )
        # A last row with gaps looks unfinished; a slightly smaller full one is better.
        score = size * (1.0 if units % columns == 0 else 0.85)
        if score > best_score:
            best, best_score = (columns, size), score
    return best


def _placed(
    plan: ColumnPlan,
    center: float,
    room: float,
    kind: ColumnKind,
    rows: int,
    columns: int,
    size: float,
    gap: float,
) -> Column:
    capacity = rows * columns
    total = 1 if kind is ColumnKind.PICTURE else plan.units
    first = _first(plan.first, total, rows, columns)
    shown = min(capacity, total - first)
    overflow = total > capacity
    used_rows = rows if overflow else math.ceil(shown / columns)
    block_height = used_rows * (size + gap) - gap
    block_width = columns * (size + gap) - gap if columns > 1 else size
    top = _TOP + max(0.0, (room - block_height - (MORE_HEIGHT if overflow else 0)) / 2)
    left = center - block_width / 2
    places = np.arange(shown)
    row, column = places // columns, places % columns
    lefts = np.rint(left + column * (size + gap))
    tops = np.rint(top + row * (size + gap))
    levels = tops + size / 2
    if columns > 1:
        # Units of one row share its height, so their links are drawn slightly apart.
        levels = levels + (column - (columns - 1) / 2) / columns * size * 0.8
    more = None
    if overflow:
        below = float(top + block_height + 3)
        more = (center - CARD_WIDTH / 2, below, float(CARD_WIDTH), float(MORE_HEIGHT - 3))
    return Column(
        kind, plan.units, center, first, shown, rows, columns, size,
        lefts, tops, levels, float(np.rint(left)), float(np.rint(left + block_width)), more,
    )  # fmt: skip


def _first(wanted: int, total: int, rows: int, columns: int) -> int:
    """Return the first unit shown: the start of a row, such that no row stays empty."""
    last_row = max(0, math.ceil(total / columns) - rows)
    return min(max(0, wanted // columns), last_row) * columns

"""Where everything of the network stands on the canvas. Plain numbers, no Qt.

All lengths are in device-independent pixels, y grows downwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CARD_WIDTH = 134
NARROW_CARD = 126
"""Width of the card of a layer that has one link to each unit."""
SLIM_CARD = 92
"""Width of the card of a layer that its units merely pass, or do not."""
CARD_GAP = 38
"""Least room between two cards: a round button stands in it."""
STRAIGHT_GAP = 32
"""The same where all links lead straight on."""
SIDE_MARGIN = 16
WIDEST_GAP = 186
"""On a very wide canvas the cards stay this close together, in its middle."""
STRAIGHT_SHARE = 0.3
"""How much of the room to spare links take that lead straight on, compared with others."""

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
LARGEST_DOT, SMALLEST_DOT = 11, 3
"""Diameter of what stands for a unit that values pass, or do not."""
TOP = 14
_BOTTOM = 12


class ColumnKind(Enum):
    """How the units of a layer are arranged."""

    SINGLE = "one below the other"
    GRID = "in rows and columns"
    PICTURE = "all together one picture"
    GATE = "as dots, one below the other"


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
    card_width
        Width of the card above.
    is_straight
        Whether there is one link to each unit, from the same unit of the column before. Such
        columns are arranged like the one before, where that shows as many units.
    is_gate
        Whether values pass a unit, or do not: then it is a mere dot.
    """

    units: int
    is_picture: bool = False
    first: int = 0
    card_width: int = CARD_WIDTH
    is_straight: bool = False
    is_gate: bool = False

    def follows(self, before: ColumnPlan) -> bool:
        """Whether the units stand where those of the column before stand."""
        return self.is_straight and not before.is_picture and self.units == before.units


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
    slots
        Room of each column, from the middle of one gap to the middle of the next.
    """

    width: float
    height: float
    columns: tuple[Column, ...]
    slots: tuple[float, ...]


def least_width(plans: Sequence[ColumnPlan]) -> int:
    """Return the width below which the canvas scrolls."""
    cards = sum(plan.card_width for plan in plans)
    return int(2 * SIDE_MARGIN + cards + _least_gaps(plans).sum())


def centers(plans: Sequence[ColumnPlan], width: float) -> Floats:
    """Return the middles of the columns, spread over the width."""
    middles, _ = _spread(plans, width)
    return middles


def _least_gaps(plans: Sequence[ColumnPlan]) -> Floats:
    return np.array([STRAIGHT_GAP if plan.is_straight else CARD_GAP for plan in plans[1:]], float)


def _spread(plans: Sequence[ColumnPlan], width: float) -> tuple[Floats, Floats]:
    """Return the middles and slots of the columns."""
    cards = np.array([plan.card_width for plan in plans], float)
    gaps = _least_gaps(plans)
    appetite = np.array([STRAIGHT_SHARE if plan.is_straight else 1.0 for plan in plans[1:]])
    wanted = appetite * (WIDEST_GAP - CARD_GAP)
    gaps = gaps + wanted * min(1.0, max(0.0, width - least_width(plans)) / wanted.sum())
    start = (width - cards.sum() - gaps.sum()) / 2
    lefts = start + np.concatenate([[0.0], np.cumsum(cards[:-1] + gaps)])
    around = np.concatenate([gaps[:1], gaps, gaps[-1:]])
    slots = cards + (around[:-1] + around[1:]) / 2
    return np.asarray(np.rint(lefts + cards / 2)), slots


def lay_out(plans: Sequence[ColumnPlan], width: float, height: float, head: float = 0.0) -> Layout:
    """Find a place for every unit.

    Parameters
    ----------
    plans
        At least two columns: input and output.
    width, height
        Room for the units; a width below :func:`least_width` is raised to it.
    head
        Height above the units that stays free.
    """
    width = max(width, least_width(plans))
    middles, slots = _spread(plans, width)
    room = max(height - TOP - _BOTTOM - head, SMALLEST_UNIT)
    columns: list[Column] = []
    for index, plan in enumerate(plans):
        center, slot = float(middles[index]), float(slots[index])
        if index and plan.follows(plans[index - 1]):
            column = _beside(plan, plans, columns, center, room, slot, TOP + head)
        elif plan.is_gate:
            column = _gate(plan, center, room, TOP + head)
        else:
            column = _column(plan, center, room, slot, TOP + head)
        columns.append(column)
    return Layout(width, height, tuple(columns), tuple(slots.tolist()))


def _beside(
    plan: ColumnPlan,
    plans: Sequence[ColumnPlan],
    columns: Sequence[Column],
    center: float,
    room: float,
    slot: float,
    top: float,
) -> Column:
    """Arrange units like those of the column before, so that the links between are level."""
    before = columns[-1]
    if plan.is_gate:
        return _dots(plan.units, before.first, before.levels, center)
    back = len(columns) - 1
    while back and plans[back].is_gate and plans[back].follows(plans[back - 1]):
        back -= 1
    before = columns[back]
    if before.kind is ColumnKind.GATE:
        return _column(plan, center, room, slot, top)
    shift = center - before.center
    more = before.more
    if more is not None:
        more = (more[0] + shift, *more[1:])
    return replace(
        before,
        center=center,
        lefts=np.rint(before.lefts + shift),
        left=float(np.rint(before.left + shift)),
        right=float(np.rint(before.right + shift)),
        more=more,
    )


def _gate(plan: ColumnPlan, center: float, room: float, top: float) -> Column:
    """Arrange dots evenly, as many as there is room for."""
    shown = min(plan.units, int(room // (SMALLEST_DOT + 1)))
    first = _first(plan.first, plan.units, shown, 1)
    distance = min(room / shown, UNIT * 1.28)
    levels = np.asarray(top + room / 2 + (np.arange(shown) - (shown - 1) / 2.0) * distance, float)
    return _dots(plan.units, first, levels, center)


def _dots(units: int, first: int, levels: Floats, center: float) -> Column:
    shown = len(levels)
    closest = float(np.diff(np.sort(levels)).min()) if shown > 1 else LARGEST_DOT
    size = float(np.clip(math.floor(closest * 0.75), SMALLEST_DOT, LARGEST_DOT))
    lefts = np.full(shown, center - size / 2)
    return Column(
        ColumnKind.GATE, units, center, first, shown, shown, 1, size,
        lefts, levels - size / 2, levels, center - size / 2, center + size / 2,
    )  # fmt: skip


def _column(plan: ColumnPlan, center: float, room: float, slot: float, top: float) -> Column:
    if plan.is_picture:
        side = float(min(PICTURE, room))
        return _placed(plan, center, room, top, ColumnKind.PICTURE, 1, 1, side, 0.0)
    pitch_of_units = room / plan.units
    if pitch_of_units >= SMALLEST_UNIT * 1.25:
        largest = min(LARGEST_UNIT, max(UNIT, room * 0.088))
        size = math.floor(min(largest, pitch_of_units / 1.25))
        gap = min(size * 0.28, pitch_of_units - size)
        return _placed(plan, center, room, top, ColumnKind.SINGLE, plan.units, 1, size, gap)
    grid_width = max(CARD_WIDTH - 8, min(WIDEST_GRID, slot - LINK_ROOM))
    columns, size = _largest_grid(plan.units, grid_width, room)
    if size >= SMALLEST_GRID_UNIT:
        rows = math.ceil(plan.units / columns)
        return _placed(plan, center, room, top, ColumnKind.GRID, rows, columns, size, GRID_GAP)
    cell = SMALLEST_GRID_UNIT + GRID_GAP
    columns = int((grid_width + GRID_GAP) // cell)
    rows = max(1, int((room - MORE_HEIGHT + GRID_GAP) // cell))
    return _placed(
        plan, center, room, top, ColumnKind.GRID, rows, columns, SMALLEST_GRID_UNIT, GRID_GAP
    )


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
    floor: float,
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
    top = floor + max(0.0, (room - block_height - (MORE_HEIGHT if overflow else 0)) / 2)
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

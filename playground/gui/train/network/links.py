"""The links between two neighbouring columns: which are drawn, where, and how strong.

All links of a band leave at one x and arrive at another, so that their curves differ only by the
two heights: y(t) = y₀ + (y₁ - y₀) s(t). Their geometry is one array operation, done only when the
layout or the choice of links changes.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.layers import Dense
from playground.engine.network import LayerShape
from playground.gui.train.network.geometry import Column, ColumnKind

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Reals = NDArray[Any]

LINK_LIMIT = 300
"""At most this many links of a band are drawn: the strongest."""
STRENGTHS = 14
"""Width and colour come in so many steps: fewer pens, and small changes need no new drawing."""
SEGMENTS = 20
"""Straight pieces of which a curve is made."""
_OVERLAP = 0.4
"""Pixels by which straight pieces reach into each other, to close the wedges between them."""
_UNDERLAP = 2.0
_REACH = 5.0
"""Distance in pixels within which the pointer finds a link."""

# x and y shares along a Bézier curve with level ends and its handles in the middle.
_T = np.linspace(0.0, 1.0, SEGMENTS + 1)
_ALONG = 1.5 * _T * (1 - _T) + _T**3
_ACROSS = 3 * _T**2 - 2 * _T**3


class LinkKind(Enum):
    """What the links into a layer are."""

    FULL = "a weight from each unit to each"
    SCALE = "a factor from each unit to the same one"
    PLAIN = "nothing but the way of the values"


def kind_of(shape: LayerShape) -> LinkKind:
    """Return what the links into a layer are."""
    if isinstance(shape.layer, Dense):
        return LinkKind.FULL
    return LinkKind.SCALE if shape.layer.row_names(shape.rows) else LinkKind.PLAIN


class LinkBand:
    """The links from one column to the next.

    Parameters
    ----------
    source, target
        The two columns.
    kind
        What the links are.

    Attributes
    ----------
    rows, columns : (m,)
        Source and target unit of each link that is drawn. From a picture of pixels there is one
        link to each unit, and ``rows`` is 0.
    strengths : (m,) int8
        -STRENGTHS to STRENGTHS, as drawn; never 0.
    segments : (m, SEGMENTS, 4)
        Straight pieces x₁, y₁, x₂, y₂.
    is_summary
        Whether a link stands for all weights of a unit, so that it has no sign.
    """

    def __init__(self, source: Column, target: Column, kind: LinkKind = LinkKind.FULL) -> None:
        self.source, self.target, self.kind = source, target, kind
        self.is_summary = source.kind is ColumnKind.PICTURE
        self.left, self.right = source.right, target.left
        first = np.arange(1) if self.is_summary else np.arange(source.shown) + source.first
        second = np.arange(target.shown) + target.first
        if self.is_straight and not self.is_summary:
            # Several pieces of one unit lie a multiple of the number of units apart.
            ends = first % target.units
            is_there = (ends >= target.first) & (ends < target.first + target.shown)
            first, second = first[is_there], ends[is_there]
            self._all_rows, self._all_columns = first.astype(np.int64), second.astype(np.int64)
        else:
            self._all_rows = np.repeat(first, len(second)).astype(np.int64)
            self._all_columns = np.tile(second, len(first)).astype(np.int64)
        self.possible = len(self._all_rows)
        self.widest = self._widest()
        self._x = self.left + (self.right - self.left) * _ALONG
        drawn = self.possible if self.is_straight else min(self.possible, LINK_LIMIT)
        self._choose(np.arange(drawn))
        self.strengths = np.ones(len(self.rows), np.int8)
        self._top = self._bottom = 0.0

    @property
    def is_straight(self) -> bool:
        """Whether there is one link to each unit."""
        return self.kind is not LinkKind.FULL

    @property
    def is_neutral(self) -> bool:
        """Whether links have no sign, and so no colour of their own."""
        return self.is_summary or self.kind is LinkKind.PLAIN

    @property
    def is_partial(self) -> bool:
        """Whether there are more links between the units shown than are drawn."""
        return self.possible > LINK_LIMIT and not self.is_straight

    def choose(self, matrix: Reals) -> bool:
        """Pick the strongest links; return whether others are drawn than before.

        Parameters
        ----------
        matrix : (inputs + 1, outputs)
            What the links show.
        """
        if not self.is_partial or self.is_summary:
            return False
        sizes = np.abs(_finite(matrix.ravel().take(self._flat(matrix, None))))
        chosen = np.sort(np.argpartition(sizes, -LINK_LIMIT)[-LINK_LIMIT:])
        if np.array_equal(chosen, self._chosen):
            return False
        self._choose(chosen)
        return True

    def values(self, matrix: Reals) -> Reals:
        """Return what the drawn links show, (m,); for a summary the root of the sum of squares.

        Parameters
        ----------
        matrix
            Of a dense layer (inputs + 1, outputs), of a norm (2, inputs); of others it is not read.
        """
        if self.kind is LinkKind.PLAIN:
            return np.ones(len(self.rows))
        if self.kind is LinkKind.SCALE:
            scales = np.asarray(matrix[0][self.columns if self.is_summary else self.rows])
            return np.abs(scales) if self.is_summary else scales
        if self.is_summary:
            weights = matrix[:-1, self.target.first : self.target.first + self.target.shown]
            return np.asarray(np.sqrt(np.einsum("ij,ij->j", weights, weights)))
        return np.asarray(matrix.ravel().take(self._flat(matrix, self._chosen)))

    def graded(self, values: Reals) -> NDArray[np.int8]:
        """Return the strength of each drawn link relative to the strongest, (m,)."""
        values = _finite(values)
        sizes = np.abs(values)
        self._top = float(sizes.max(initial=0.0))
        # The strongest of thousands are all about as strong: show the differences among them.
        self._bottom = 0.8 * float(sizes.min(initial=self._top)) if self.is_partial else 0.0
        return self._steps(values)

    def graded_one(self, value: float) -> int:
        """Return the strength of one more link, relative to the strongest drawn."""
        return int(self._steps(_finite(np.array([value])))[0])

    def of_one(self, unit: int, is_source: bool, matrix: Reals) -> tuple[Floats, NDArray[np.int8]]:
        """Return pieces (k, SEGMENTS, 4) and strengths (k,) of a unit's links.

        Also of those too weak to be drawn otherwise; to all units that are shown.

        Parameters
        ----------
        unit
            A unit of the source or of the target column.
        """
        own, other = (self.source, self.target) if is_source else (self.target, self.source)
        if not own.is_shown(unit):
            return np.empty((0, SEGMENTS, 4)), np.empty(0, np.int8)
        if self.is_straight:
            places = np.flatnonzero((self.rows if is_source else self.columns) == unit)
            return self.segments[places], self.strengths[places]
        ends = slice(other.first, other.first + other.shown)
        values = matrix[unit, ends] if is_source else matrix[ends, unit]
        here = np.full(other.shown, own.levels[unit - own.first])
        start, end = (here, other.levels) if is_source else (other.levels, here)
        return self._pieces(start, end), self._steps(_finite(values))

    def nearest(self, x: float, y: float) -> int | None:
        """Return the place in ``rows`` of the link at a point, or ``None``."""
        if not self.left + 1 < x < self.right - 1 or not len(self.rows) or self.is_summary:
            return None
        share = float(np.interp(x, self._x, _ACROSS))
        ahead = float(np.interp(x + 1, self._x, _ACROSS))
        rise = self._to - self._from
        slope = rise * (ahead - share)
        distance = np.abs(self._from + rise * share - y) / np.sqrt(1 + slope * slope)
        distance = distance - self.width_of(np.abs(self.strengths)) / 2
        best = float(distance.min())
        if best > _REACH:
            return None
        # Of links that lie under the pointer together, the strongest was drawn on top.
        near = np.flatnonzero(distance <= max(best, 0.0) + 0.5)
        return int(near[np.argmax(np.abs(self.strengths[near]))])

    def of_unit(self, target: int | None) -> Indices:
        """Return the places in ``rows`` of the links into a unit, or of all."""
        if target is None:
            return np.arange(len(self.rows))
        return np.flatnonzero(self.columns == target)

    def single(self, row: int, column: int) -> Floats | None:
        """Return the pieces (SEGMENTS, 4) of any link between units that are shown."""
        if self.is_summary or not (self.source.is_shown(row) and self.target.is_shown(column)):
            return None
        start = self.source.levels[row - self.source.first]
        end = self.target.levels[column - self.target.first]
        return np.asarray(self._pieces(np.array([start]), np.array([end]))[0])

    def width_of(self, strength: Reals) -> Floats:
        """Return the width of links of a strength from 1 to STRENGTHS."""
        share = np.asarray(strength, np.float64) / STRENGTHS
        return np.asarray(0.7 + (self.widest - 0.7) * share**1.25)

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """Heights (m,) at which the drawn links leave and arrive."""
        return self._from, self._to

    def _widest(self) -> float:
        if self.is_summary:
            return 1.8 if self.possible <= 48 else 1.0
        if self.kind is LinkKind.PLAIN:
            return 1.4
        size = min(self.source.size, self.target.size)
        drawn = min(self.possible, LINK_LIMIT)
        crowding = min(1.0, math.sqrt(90 / max(drawn, 1)))
        widest = 3.4 if self.kind is LinkKind.SCALE else 5.6
        return max(2.2, min(widest, size * 0.16) * crowding)

    def _steps(self, values: Reals) -> NDArray[np.int8]:
        if self._top <= 0:
            return np.ones(len(values), np.int8)
        # Not multiplied by STRENGTHS / top, which overflows for a denormal top.
        share = (np.abs(values) - self._bottom) / (self._top - self._bottom)
        steps = np.clip(np.ceil(share * STRENGTHS), 1, STRENGTHS)
        return np.where(values < 0, -steps, steps).astype(np.int8)

    def _flat(self, matrix: Reals, chosen: Indices | None) -> Indices:
        rows, columns = self._all_rows, self._all_columns
        if chosen is not None:
            rows, columns = rows[chosen], columns[chosen]
        return np.asarray(rows * matrix.shape[1] + columns)

    def _choose(self, chosen: Indices) -> None:
        self._chosen = chosen
        self.rows, self.columns = self._all_rows[chosen], self._all_columns[chosen]
        places = self.columns - self.target.first
        self._to = self.target.levels[places]
        if self.is_summary:
            # Fan out from the edge of the picture rather than from one point.
            height = self.source.size * 0.7
            middle = float(self.source.levels[0])
            share = (places + 0.5) / max(len(places), 1) - 0.5
            self._from = middle + share * height
        else:
            self._from = self.source.levels[self.rows - self.source.first]
        self.segments = self._pieces(self._from, self._to)

    def _pieces(self, start: Floats, end: Floats) -> Floats:
        heights = start[:, None] + (end - start)[:, None] * _ACROSS
        pieces = np.empty((len(start), SEGMENTS, 4))
        pieces[:, :, 0], pieces[:, :, 2] = self._x[:-1], self._x[1:]
        pieces[:, :, 1], pieces[:, :, 3] = heights[:, :-1], heights[:, 1:]
        direction = pieces[:, :, 2:] - pieces[:, :, :2]
        direction *= _OVERLAP / np.linalg.norm(direction, axis=2, keepdims=True)
        pieces[:, :, :2] -= direction
        pieces[:, :, 2:] += direction
        # The ends go on below the pictures, so that no gap shows.
        pieces[:, 0, 0] -= _UNDERLAP
        pieces[:, -1, 2] += _UNDERLAP
        return pieces


def _finite(values: Reals) -> Reals:
    """Replace what is not a number, or infinite, by 0: it cannot be compared with the rest."""
    return np.asarray(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0))

"""What is at a point of the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from playground.gui.train.network.arcs import Arc
from playground.gui.train.network.canvas_painter import bias_dot
from playground.gui.train.network.geometry import Layout
from playground.gui.train.network.links import LinkKind
from playground.gui.train.network.naming import UnitAt, WeightAt
from playground.gui.train.network.selection import LINKS_IN_TURN

if TYPE_CHECKING:
    from playground.gui.train.network.canvas import NetworkCanvas

DOT_REACH = 9.0


def unit_or_weight(canvas: NetworkCanvas, point: QPointF) -> tuple[UnitAt | None, WeightAt | None]:
    """Return the unit, or the weight or bias, at a point."""
    if canvas.layout_now is None or canvas.names is None:
        return None, None
    x, y = point.x(), point.y()
    for index, column in enumerate(canvas.layout_now.columns):
        if not column.left - DOT_REACH - 2 <= x <= column.right + 5:
            continue
        # The dot of a bias may stand a little to the left of its unit.
        near = column.unit_at(x, y, 1.5), column.unit_at(x + DOT_REACH, y, 1.5)
        for unit in near if index else ():
            if unit is None:
                continue
            at = UnitAt(index - 1, unit)
            dot = bias_dot(column, unit).adjusted(-2, -2, 2, 2)
            bias = canvas.names.bias_of(at)
            if bias is not None and dot.contains(point):
                return at, bias
        if near[0] is not None:
            return UnitAt(index - 1, near[0]), None
    return None, canvas.links.weight_at(x, y)


def arc_at(arcs: Sequence[Arc], point: QPointF) -> Arc | None:
    """Return the skip connection at a point, the innermost of several."""
    found = [arc for arc in arcs if arc.is_at(point.x(), point.y())]
    return min(found, key=lambda arc: arc.end - arc.start, default=None)


def more_at(layout: Layout | None, point: QPointF) -> int | None:
    """Return the layer whose "more" is at a point, or ``None``."""
    for index, column in enumerate(layout.columns if layout is not None else ()):
        if column.more is not None and QRectF(*column.more).contains(point):
            return index - 1
    return None


def overfull_at(layout: Layout | None, point: QPointF) -> int | None:
    """Return the layer at a point that shows only some of its units, or ``None``."""
    for index, column in enumerate(layout.columns if layout is not None else ()):
        if column.more is not None and column.left - 8 <= point.x() <= column.right + 8:
            return index - 1
    return None


def incoming(canvas: NetworkCanvas, at: UnitAt) -> list[WeightAt]:
    """Return the links into a unit that the keyboard goes through: the strongest, in order."""
    if at.layer < 0:
        return []
    band = canvas.links.bands[at.layer]
    if band.kind is LinkKind.FULL:
        rows = list(range(canvas.column_of(at.layer - 1).units))
    else:
        rows = [int(row) for row in band.rows[band.of_unit(at.unit)]]
    matrix = canvas.links.drawn(at.layer)
    if len(rows) > LINKS_IN_TURN and matrix is not None:
        sizes = np.abs(np.nan_to_num(matrix[:-1, at.unit]))
        rows = np.sort(np.argsort(sizes)[-LINKS_IN_TURN:]).tolist()
    links = (canvas.links.weight_of(at.layer, row, at.unit) for row in rows)
    return [link for link in links if link is not None]

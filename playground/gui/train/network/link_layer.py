"""All links of the network, kept as one image per band and redrawn only when they look different.

Thumbnails move at the rate of the snapshots; links, of which there are many more, are drawn at a
lower one and within a budget of time, band after band.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from playground.engine.network import LayerShape
from playground.gui.palette import Colors
from playground.gui.train.network.geometry import Layout
from playground.gui.train.network.link_painter import (
    BandImage,
    LinkPens,
    draw_links,
    draw_pieces,
)
from playground.gui.train.network.links import LinkBand, LinkKind, kind_of
from playground.gui.train.network.naming import UnitAt, WeightAt
from playground.training.snapshot import Snapshot

Reals = NDArray[Any]

REDRAW_SECONDS = 0.07
"""A band is drawn anew at most this often while training runs."""
CHOICE_SECONDS = 0.5
"""How often the strongest links of wide layers are looked for again."""
BUDGET_SECONDS = 0.0025
"""Drawing links stops after this much time in one frame; the rest waits for the next."""
_DIMMED = 0.22


class Quantity(Enum):
    """What links can show."""

    WEIGHTS = "weights"
    GRADIENTS = "gradients"
    UPDATES = "updates"


class LinkLayer:
    """Draws the links between all columns.

    Attributes
    ----------
    bands
        One per layer: the links into it.
    """

    def __init__(self) -> None:
        self.bands: list[LinkBand] = []
        self.quantity = Quantity.WEIGHTS
        self._images: list[BandImage] = []
        self._drawn_at: list[float] = []
        self._chosen_at: list[float] = []
        self._next = 0
        self._pens: dict[tuple[str, bool], LinkPens] = {}
        self._shapes: tuple[LayerShape, ...] = ()
        self._snapshot: Snapshot | None = None
        self._before: tuple[Reals, ...] | None = None

    # --- what is shown ---

    def lay_out(self, layout: Layout, ratio: float, shapes: tuple[LayerShape, ...]) -> None:
        """Take a new layout; strengths follow with the next :meth:`refresh`."""
        self._shapes = shapes
        self.bands = [
            LinkBand(source, target, kind_of(shape))
            for (source, target), shape in zip(pairwise(layout.columns), shapes, strict=True)
        ]
        self._images = [BandImage(band, layout.height, ratio) for band in self.bands]
        self._drawn_at = [0.0] * len(self.bands)
        self._chosen_at = [0.0] * len(self.bands)
        self._next = 0

    def take(self, snapshot: Snapshot) -> None:
        """Take new matrices, whose shapes fit the layout."""
        last = self._snapshot
        if last is None or not _same_shapes(last.matrices, snapshot.matrices):
            self._before = None
        elif last.step != snapshot.step:
            self._before = last.matrices
        self._snapshot = snapshot

    def copied(self) -> LinkLayer:
        """Return the same values without a layout, for a picture."""
        copy = LinkLayer()
        copy.quantity = self.quantity
        copy._snapshot, copy._before = self._snapshot, self._before
        return copy

    def forget(self) -> None:
        """Forget all values: another network is about to come."""
        self._snapshot = self._before = None

    def show(self, quantity: Quantity) -> None:
        """Show another quantity."""
        self.quantity = quantity
        self._chosen_at = [0.0] * len(self.bands)
        self.restyle()

    def restyle(self) -> None:
        """Draw everything anew: the theme or the quantity changed."""
        for image in self._images:
            image.is_stale = True
        self._drawn_at = [0.0] * len(self.bands)

    def matrix(self, layer: int) -> Reals | None:
        """Return the parameters of a layer, or what else is to be shown of them, or ``None``."""
        if self._snapshot is None:
            return None
        match self.quantity:
            case Quantity.WEIGHTS:
                return self._snapshot.matrices[layer]
            case Quantity.GRADIENTS:
                return self._snapshot.gradient_matrices[layer]
            case Quantity.UPDATES:
                now = self._snapshot.matrices[layer]
                if self._before is None:
                    return np.zeros_like(now)
                with np.errstate(all="ignore"):
                    return np.asarray(now - self._before[layer])

    def drawn(self, layer: int) -> Reals | None:
        """Return the same with one column for each unit, or ``None``.

        Of several pieces of a unit, the strongest is taken at each place.
        """
        matrix = self.matrix(layer)
        if matrix is None or layer >= len(self._shapes):
            return None
        shape = self._shapes[layer]
        if shape.pre_outputs == shape.outputs or kind_of(shape) is not LinkKind.FULL:
            return matrix
        pieces = matrix.reshape(len(matrix), -1, shape.outputs)
        return np.asarray(np.take_along_axis(pieces, _strongest(pieces)[:, None], 1)[:, 0])

    def refresh(self, visible: Sequence[int]) -> None:
        """Grade the links of the visible bands; what looks different has to be drawn anew."""
        now = time.perf_counter()
        for layer in visible:
            matrix = self.drawn(layer)
            if matrix is None:
                continue
            band = self.bands[layer]
            if band.is_partial and now - self._chosen_at[layer] > CHOICE_SECONDS:
                self._chosen_at[layer] = now
                if band.choose(matrix):
                    self._images[layer].is_stale = True
            strengths = band.graded(band.values(matrix))
            if not np.array_equal(strengths, band.strengths):
                band.strengths = strengths
                self._images[layer].is_stale = True

    # --- drawing ---

    def pens(self, colors: Colors) -> LinkPens:
        """Return the pens for the quantity that is shown."""
        key = (colors.name, self.quantity is Quantity.GRADIENTS)
        if key not in self._pens:
            self._pens[key] = LinkPens(colors, key[1])
        return self._pens[key]

    def redraw(self, visible: Sequence[int], colors: Colors, in_a_hurry: bool) -> bool:
        """Draw stale bands; return whether some had to wait.

        Parameters
        ----------
        visible
            The bands within sight.
        in_a_hurry
            Whether training runs, so that rate and time are limited.
        """
        start = time.perf_counter()
        pens = self.pens(colors)
        stale = [layer for layer in visible if self._images[layer].is_stale]
        # Start behind the band drawn last, so that none is always the one that waits.
        stale.sort(key=lambda layer: (layer < self._next, layer))
        waiting = False
        for layer in stale:
            now = time.perf_counter()
            if in_a_hurry and (
                now - self._drawn_at[layer] < REDRAW_SECONDS or now - start > BUDGET_SECONDS
            ):
                waiting = True
                continue
            self._images[layer].draw(pens)
            self._drawn_at[layer] = now
            self._next = layer + 1
        return waiting

    def paint(self, painter: QPainter, visible: Sequence[int], dimmed: bool) -> None:
        """Copy the bands to the canvas."""
        painter.setOpacity(_DIMMED if dimmed else 1.0)
        for layer in visible:
            image = self._images[layer]
            painter.drawImage(QPointF(image.x, 0), image.image)
        painter.setOpacity(1.0)

    def paint_unit(self, painter: QPainter, at: UnitAt, colors: Colors) -> None:
        """Draw the links into and out of a unit, to all units that are shown."""
        pens = self.pens(colors)
        for layer, is_source in ((at.layer, False), (at.layer + 1, True)):
            if 0 <= layer < len(self.bands):
                band = self.bands[layer]
                matrix = self.drawn(layer)
                if matrix is None:
                    continue
                if band.is_summary:
                    unit = None if is_source else at.unit
                    draw_links(painter, band, pens, band.of_unit(unit))
                    continue
                pieces, strengths = band.of_one(at.unit, is_source, matrix)
                order = np.argsort(np.abs(strengths.astype(np.int16)), kind="stable")
                for place in order.tolist():
                    painter.setPen(pens.strong(band, int(strengths[place])))
                    draw_pieces(painter, pieces[place])

    def paint_weight(self, painter: QPainter, at: WeightAt, colors: Colors) -> None:
        """Draw one link so that it stands out."""
        band = self.bands[at.layer]
        matrix = self.matrix(at.layer)
        pieces = band.single(*self._ends(at))
        if pieces is None or matrix is None:
            return
        strength = int(band.graded_one(float(matrix[at.row, at.column])))
        pen = self.pens(colors).strong(band, strength)
        pen.setWidthF(max(pen.widthF(), 3.0))
        painter.setPen(pen)
        draw_pieces(painter, pieces)

    # --- the pointer ---

    def weight_at(self, x: float, y: float) -> WeightAt | None:
        """Return the weight whose link is at a point, or ``None``."""
        for layer, band in enumerate(self.bands):
            if band.left < x < band.right:
                place = band.nearest(x, y)
                if place is not None:
                    return self.weight_of(layer, int(band.rows[place]), int(band.columns[place]))
        return None

    def middle_of(self, at: WeightAt) -> QRectF | None:
        """Return a small box in the middle of a link, or ``None`` if it is out of sight."""
        pieces = self.bands[at.layer].single(*self._ends(at))
        if pieces is None:
            return None
        x, y = pieces[len(pieces) // 2, :2].tolist()
        return QRectF(x - 3, y - 3, 6, 6)

    def weight_of(self, layer: int, row: int, column: int) -> WeightAt | None:
        """Return the weight that a link between two units stands for, if there is one."""
        shape = self._shapes[layer]
        match self.bands[layer].kind:
            case LinkKind.PLAIN:
                return None
            case LinkKind.SCALE:
                return WeightAt(layer, 0, row)
            case LinkKind.FULL:
                matrix = self.matrix(layer)
                if shape.pre_outputs == shape.outputs or matrix is None:
                    return WeightAt(layer, row, column)
                pieces = matrix[row].reshape(1, -1, shape.outputs)
                piece = int(_strongest(pieces)[0, column])
                return WeightAt(layer, row, piece * shape.outputs + column)

    def _ends(self, at: WeightAt) -> tuple[int, int]:
        """Return the units between which a weight stands."""
        shape = self._shapes[at.layer]
        row = at.row if self.bands[at.layer].kind is LinkKind.FULL else at.column
        return row, at.column % shape.outputs


def _strongest(pieces: Reals) -> NDArray[np.int64]:
    """Return (rows, units): which of the pieces (rows, pieces, units) is largest in size."""
    return np.asarray(np.abs(np.nan_to_num(pieces)).argmax(1))


def _same_shapes(first: Sequence[Reals], second: Sequence[Reals]) -> bool:
    return [m.shape for m in first] == [m.shape for m in second]

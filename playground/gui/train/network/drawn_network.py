"""The network as it stands on the canvas: units, links and arcs, kept up to date and drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from playground.gui.figures.figure import Figure
from playground.gui.theme import theme
from playground.gui.train.network import canvas_painter
from playground.gui.train.network.arcs import Arc, arcs_of, head_of
from playground.gui.train.network.geometry import (
    Column,
    ColumnKind,
    ColumnPlan,
    Layout,
    lay_out,
    least_width,
)
from playground.gui.train.network.link_layer import LinkLayer, Quantity
from playground.gui.train.network.naming import Names, SkipAt, Spot, UnitAt, WeightAt
from playground.gui.train.network.plans import plans_of
from playground.gui.train.network.selection import Selection
from playground.gui.train.network.skip_drag import SkipDrag
from playground.gui.train.network.thumbnails import Frames, LayerPictures
from playground.training.snapshot import Snapshot

_REST_MILLISECONDS = 80


class DrawnNetwork(QWidget):
    """Lays the network out, takes new values, and draws what can be seen of it.

    Signals
    -------
    pointed_changed()
        Another unit or link is pointed at or selected.
    laid_out()
        Columns moved, or other units are visible.
    """

    pointed_changed = Signal()
    laid_out = Signal()

    is_picture = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Network")
        self.links = LinkLayer()
        self.frames = Frames()
        self.pictures: list[LayerPictures] = []
        self.input_pictures = LayerPictures()
        self.selection = Selection()
        self.names: Names | None = None
        self.layout_now: Layout | None = None
        self.snapshot: Snapshot | None = None
        self.sample: tuple[NDArray[np.float64], str] | None = None
        self.arcs: tuple[Arc, ...] = ()
        self.drag: SkipDrag | None = None
        self._plans: list[ColumnPlan] = []
        self._sight = (0.0, 1e9)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self.update)
        theme().changed.connect(self._on_theme)

    # --- what is shown ---

    def show_names(self, names: Names) -> None:
        """Take the sizes of all layers; what still fits is kept."""
        layers, before = names.architecture.layers, self.names
        plans = plans_of(names, [plan.first for plan in self._plans])
        self.names = names
        self.drag = None
        if plans == self._plans and before is not None:
            if [s.source for s in before.architecture.layers] != [s.source for s in layers]:
                self._lay_out()
                self.pointed_changed.emit()
            self.update()
            return
        count = len(layers)
        self.pictures = [*self.pictures[:count], *(LayerPictures() for _ in range(count))][:count]
        self._plans = plans
        self.links.forget()
        self.snapshot = None
        self.selection.keep_within([plan.units for plan in plans])
        self.updateGeometry()
        self._lay_out()
        self.pointed_changed.emit()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take new values, if they are of the network that is shown."""
        if not self._fits(snapshot):
            return
        self.snapshot = snapshot
        self.links.take(snapshot)
        visible = snapshot.view.visible_units
        for pictures, maps, units, plan in zip(
            self.pictures, snapshot.unit_maps, visible, self._plans[1:], strict=False
        ):
            # The worker leaves out units that do not exist.
            pictures.update(maps, tuple(u for u in units if u < plan.units))
        if snapshot.input_maps is not None:
            count = len(snapshot.input_maps)
            self.input_pictures.update(snapshot.input_maps, tuple(range(count)))
        self.links.refresh(self.bands_in_sight)
        self.update()

    def show_sample(self, values: NDArray[np.float64] | None, caption: str) -> None:
        """Show an image (h · w,) as the input, or none."""
        self.sample = None if values is None else (values, caption)
        self.update()

    def forget_pictures(self) -> None:
        """Forget all pictures of units: they belong to other data."""
        self.input_pictures.clear()
        for pictures in self.pictures:
            pictures.clear()
        self.update()

    def show_quantity(self, quantity: Quantity) -> None:
        """Let links and dots show another quantity."""
        self.links.show(quantity)
        self.links.refresh(self.bands_in_sight)
        self.update()

    def set_sight(self, left: float, right: float) -> None:
        """Say which part of the canvas can be seen; the rest is not kept up to date."""
        if (left, right) != self._sight:
            self._sight = (left, right)
            self.links.refresh(self.bands_in_sight)
            self.laid_out.emit()

    @property
    def columns_in_sight(self) -> list[int]:
        """Indices of the columns that can be seen, 0 for the input."""
        if self.layout_now is None:
            return []
        left, right = self._sight
        columns = self.layout_now.columns
        return [i for i, c in enumerate(columns) if c.right + 50 > left and c.left - 60 < right]

    @property
    def bands_in_sight(self) -> list[int]:
        """Indices of the bands of links that can be seen."""
        left, right = self._sight
        return [i for i, b in enumerate(self.links.bands) if b.right > left and b.left < right]

    @property
    def is_partial(self) -> bool:
        """Whether some band within sight leaves out weak links."""
        return any(self.links.bands[i].is_partial for i in self.bands_in_sight)

    def column_of(self, layer: int) -> Column:
        """Return the column of a layer, -1 for the input."""
        assert self.layout_now is not None
        return self.layout_now.columns[layer + 1]

    def box_of(self, at: Spot) -> QRectF | None:
        """Return where a unit, link or bias is, or ``None`` if it is out of sight."""
        if self.layout_now is None or self.names is None:
            return None
        if isinstance(at, SkipAt):
            arc = next((arc for arc in self.arcs if arc.layer == at.layer), None)
            return QRectF((arc.start + arc.end) / 2, arc.level, 2, 2) if arc else None
        if isinstance(at, WeightAt) and self.names.source_of(at) is not None:
            return self.links.middle_of(at)
        unit = at if isinstance(at, UnitAt) else self.names.target_of(at)
        column = self.column_of(unit.layer)
        if column.kind is not ColumnKind.PICTURE and not column.is_shown(unit.unit):
            return None
        return QRectF(*column.box(0 if column.kind is ColumnKind.PICTURE else unit.unit))

    def value_of(self, at: WeightAt) -> tuple[float, float] | None:
        """Return value and gradient of a weight or bias, or ``None`` if they are not known."""
        if self.snapshot is None:
            return None
        values, gradients = self.snapshot.matrices, self.snapshot.gradient_matrices
        row = at.row
        if row >= len(values[at.layer]):
            row -= len(values[at.layer])
            values, gradients = self.snapshot.slopes, self.snapshot.gradient_slopes
        place = row, at.column
        return float(values[at.layer][place]), float(gradients[at.layer][place])

    def figure(self) -> Figure | None:
        """Return the network as a picture."""
        if self.layout_now is None or self.names is None:
            return None
        from playground.gui.train.network.scene import CAPTIONS_HEIGHT, NetworkScene

        # Also those out of sight, which nobody needed until now.
        self.links.refresh(range(len(self.links.bands)))
        pictures = (self.input_pictures, *self.pictures)
        size = QSize(self.width(), self.height() + CAPTIONS_HEIGHT)
        maps = [(each.maps, each.units) for each in pictures]
        links = self.links.copied()
        scene = NetworkScene(self.names, self._plans, size, links, maps, self.sample)
        return Figure("Network", size, scene.paint, "background", within=scene.paint_units)

    def least_width(self) -> int:
        """Return the width below which cards would overlap."""
        return least_width(self._plans or [ColumnPlan(1), ColumnPlan(1)])

    def sizeHint(self) -> QSize:
        """Return the least size at which everything is legible."""
        return QSize(self.least_width(), 240)

    # --- events ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find a new place for everything."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw everything from what is kept."""
        if self.layout_now is None:
            return
        hurry = self.snapshot is not None and self.snapshot.running
        if self.links.redraw(self.bands_in_sight, theme().current, hurry):
            self._rest.start()
        canvas_painter.paint(self, QRectF(event.rect()))

    def event(self, event: QEvent) -> bool:
        """Draw anew where a pixel of the screen has another size."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)

    # --- inner workings ---

    def _fits(self, snapshot: Snapshot) -> bool:
        if self.names is None:
            return False
        layers = self.names.architecture.layers
        expected = [(s.rows, s.pre_outputs, s.activation.parameter_rows) for s in layers]
        found = zip(snapshot.matrices, snapshot.slopes, strict=True)
        return [(*matrix.shape, len(slopes)) for matrix, slopes in found] == expected

    def _lay_out(self) -> None:
        names = self.names
        if names is None or self.width() < 10 or self.height() < 10:
            return
        head = head_of(names.architecture, self.height())
        self.layout_now = lay_out(self._plans, self.width(), self.height(), head)
        self.arcs = arcs_of(names.architecture, self.layout_now, head)
        self.links.lay_out(self.layout_now, self.devicePixelRatioF(), names.architecture.layers)
        self.links.refresh(self.bands_in_sight)
        self.update()
        self.laid_out.emit()

    def _on_theme(self) -> None:
        self.links.restyle()
        self.update()

"""The canvas: units and links, and what the pointer and the keys do to them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from playground.gui.figures.figure import Figure
from playground.gui.figures.menu import copy_picture
from playground.gui.inspect_requests import ask_to_inspect
from playground.gui.theme import theme
from playground.gui.train.network import canvas_painter, hits
from playground.gui.train.network.arcs import Arc, arcs_of, head_of
from playground.gui.train.network.canvas_menu import inspectable, open_canvas_menu
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
from playground.gui.train.network.plans import plans_of, root_of
from playground.gui.train.network.selection import Selection
from playground.gui.train.network.skip_drag import SkipDrag
from playground.gui.train.network.thumbnails import Frames, LayerPictures
from playground.training.snapshot import Snapshot

Reals = NDArray[Any]

_REST_MILLISECONDS = 80


class NetworkCanvas(QWidget):
    """Draws the network, and finds out what is pointed at.

    Signals
    -------
    pointed_changed()
        Another unit or link is pointed at or selected.
    edit_requested(WeightAt)
        A weight or bias is to be edited.
    laid_out()
        Columns moved, or other units are visible.
    skip_moved(int, int)
        The skip connection of a layer was dragged: so many layers are to be bridged. A number
        below 1 cannot be.
    skip_opened(int)
        The settings of the skip connection of a layer are wanted.
    """

    pointed_changed = Signal()
    edit_requested = Signal(object)
    laid_out = Signal()
    skip_moved = Signal(int, int)
    skip_opened = Signal(int)

    is_picture = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to inspect what is pointed at, and to copy or save the picture."""
        open_canvas_menu(self, event.globalPos())

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
        """Keep the letters and arrows that mean something here from menus and scroll areas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not event.modifiers() and event.key() in self.selection.KEYS:
                event.accept()
                return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between units and links; Enter edits."""
        if self.layout_now is None or self.names is None:
            return
        if event.matches(QKeySequence.StandardKey.Copy):
            if figure := self.figure():
                copy_picture(figure)
            return
        place, _ = inspectable(self)
        if event.key() == Qt.Key.Key_I and not event.modifiers() and place is not None:
            ask_to_inspect(self, place)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if target := self.selection.to_edit(self.names):
                self.edit_requested.emit(target)
                return
        if event.key() == Qt.Key.Key_S and not event.modifiers() and self.selection.current:
            if slope := self.names.slope_of(self.selection.current):
                self.edit_requested.emit(slope)
            return
        if event.key() == Qt.Key.Key_Escape and self.drag is not None:
            self.drag = None
            self.update()
            return
        if not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier and self.selection.press(
            Qt.Key(event.key()), self.layout_now.columns, partial(hits.incoming, self)
        ):
            self._reveal()
            self._pointed()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Start at the first unit, so that there is something to see for the keyboard."""
        super().focusInEvent(event)
        by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        if by_keyboard and self.layout_now is not None:
            self.selection.enter(self.layout_now.columns)
            self._pointed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget what the keyboard had selected, unless its editor opened."""
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.OtherFocusReason,
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.selection.leave()
        self._pointed()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Find out what is under the pointer, or drag the source of a skip connection."""
        point = event.position()
        if self.drag is not None and self.layout_now is not None:
            self.drag.move_to(point, self.layout_now.columns)
            self.update()
            return
        unit, weight = hits.unit_or_weight(self, point)
        arc = None if unit is not None else hits.arc_at(self.arcs, point)
        hand = (
            weight is not None
            or arc is not None
            or hits.more_at(self.layout_now, point) is not None
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
        skip = SkipAt(arc.layer) if arc is not None else None
        if self.selection.hover(unit, None if skip is not None else weight, skip):
            self._pointed()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        super().leaveEvent(event)
        if self.selection.hover(None, None):
            self._pointed()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a unit; edit a link or bias; show more units."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        more = hits.more_at(self.layout_now, event.position())
        if more is not None:
            column = self.column_of(more)
            self._show_from(more, column.first + column.shown)
            return
        unit, weight = hits.unit_or_weight(self, event.position())
        arc = None if unit is not None else hits.arc_at(self.arcs, event.position())
        if arc is not None:
            self.drag = SkipDrag(arc, event.position())
            if self.selection.hover(None, None):
                self._pointed()
            return
        if weight is not None:
            self.edit_requested.emit(weight)
            return
        self.selection.select(unit)
        self._pointed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of a skip connection: move it, or open its settings where it was not moved."""
        super().mouseReleaseEvent(event)
        drag, self.drag = self.drag, None
        if drag is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.update()
        if not drag.has_moved:
            self.skip_opened.emit(drag.arc.layer)
        elif drag.reach != drag.arc.layer - drag.arc.source:
            self.skip_moved.emit(drag.arc.layer, drag.reach)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the units of a column that does not show all; otherwise leave it to the area."""
        turn = event.angleDelta().y()
        layer = hits.overfull_at(self.layout_now, event.position())
        if layer is None or not turn:
            super().wheelEvent(event)
            return
        column = self.column_of(layer)
        rows = 2 if turn < 0 else -2
        self._show_from(layer, column.first + rows * column.columns, wraps=False)
        event.accept()

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

    def _show_from(self, layer: int, first: int, wraps: bool = True) -> None:
        layer = root_of(self._plans, layer + 1) - 1
        plan = self._plans[layer + 1]
        if first >= plan.units:
            if not wraps:
                return
            first = 0
        first = max(0, first)
        self._plans[layer + 1] = replace(plan, first=first)
        self._lay_out()
        if self.selection.hover(None, None):
            self._pointed()

    def _reveal(self) -> None:
        """Scroll a column so that the selected unit can be seen."""
        at = self.selection.current
        if at is None:
            return
        column = self.column_of(root_of(self._plans, at.layer + 1) - 1)
        if column.more is not None and not column.is_shown(at.unit):
            behind = at.unit >= column.first + column.shown
            rows_back = column.rows - 1 if behind else 0
            self._show_from(at.layer, at.unit - rows_back * column.columns, wraps=False)

    def _pointed(self) -> None:
        at = self.selection.pointed
        if self.names is not None and at is not None:
            self.setAccessibleDescription(self.names.spot(at))
            if QAccessible.isActive():
                change = QAccessible.Event.DescriptionChanged
                QAccessible.updateAccessibility(QAccessibleEvent(self, change))
        self.update()
        self.pointed_changed.emit()

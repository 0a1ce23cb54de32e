"""The canvas: what the pointer and the keys do to the units and links that are drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from playground.gui.figures.menu import copy_picture
from playground.gui.inspect_requests import ask_to_inspect
from playground.gui.train.network import hits
from playground.gui.train.network.canvas_menu import inspectable, open_canvas_menu
from playground.gui.train.network.drawn_network import DrawnNetwork
from playground.gui.train.network.naming import SkipAt
from playground.gui.train.network.plans import root_of
from playground.gui.train.network.skip_drag import SkipDrag


class NetworkCanvas(DrawnNetwork):
    """Finds out what is pointed at in the network, and what is to be done with it.

    Signals
    -------
    edit_requested(WeightAt)
        A weight or bias is to be edited.
    skip_moved(int, int)
        The skip connection of a layer was dragged: so many layers are to be bridged. A number
        below 1 cannot be.
    skip_opened(int)
        The settings of the skip connection of a layer are wanted.
    """

    edit_requested = Signal(object)
    skip_moved = Signal(int, int)
    skip_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to inspect what is pointed at, and to copy or save the picture."""
        open_canvas_menu(self, event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Keep the letters and arrows that mean something here from menus and scroll areas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not event.modifiers() and event.key() in self.selection.KEYS:
                event.accept()
                return True
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

"""The card of a hidden layer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from playground.engine.layers import MAXIMUM_UNITS, AnyLayer, Dense
from playground.gui.editors.number import NumberInput
from playground.gui.editors.number_rule import NumberRule
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import monospace_font
from playground.gui.train.network.cards import (
    ActivationCombo,
    Card,
    SmallText,
    flat_button,
    heading,
)
from playground.schema.describe import field_of, title_of

_FLAT_BOX = """
QLineEdit { background: transparent; border: 1px solid transparent; border-radius: 5px;
    padding: 0px 0px 0px 2px; min-height: 17px; }
QLineEdit:hover { border-color: palette(mid); }
QLineEdit:focus { border-color: palette(highlight); background: palette(base); }
QLineEdit[invalid="true"] { border-color: #d64550; }
"""
_KEYS = (
    "Delete removes the layer, Alt+← and Alt+→ move it, Ctrl+D duplicates it, + and − change "
    "its width."
)


class WidthBox(QLineEdit):
    """The number of units, typed or stepped with arrows, page keys and the wheel."""

    def __init__(self) -> None:
        super().__init__()
        self.input = NumberInput(NumberRule(field_of(Dense, "units")), self, self)
        self.setFont(monospace_font(13, bold=True))
        self.setStyleSheet(_FLAT_BOX)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0000") + 7)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrows and, in tens, with the page keys."""
        steps: dict[Any, int] = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 10,
            Qt.Key.Key_PageDown: -10,
        }
        if event.key() in steps and not event.modifiers():
            self.input.step(steps[event.key()])
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step once per notch of the wheel."""
        turn = event.angleDelta().y()
        if turn:
            self.input.step(1 if turn > 0 else -1)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all, so that typing replaces."""
        super().focusInEvent(event)
        if not self.input.problem:
            QTimer.singleShot(0, self, self.selectAll)


class LayerCard(Card):
    """Edits one hidden layer.

    Signals
    -------
    units_edited(object)
        New width, a whole number.
    activation_chosen(object)
        Tag of another activation.
    command(str)
        ``remove``, ``duplicate``, ``move_left``, ``move_right``, ``menu``, ``previous``, ``next``.
    """

    units_edited = Signal(object)
    activation_chosen = Signal(object)
    command = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.layer: AnyLayer = Dense()
        self.place = -1
        self.units = WidthBox()
        self.units.input.committed.connect(self.units_edited)
        self.fewer, self.more = flat_button("minus", 18), flat_button("plus", 18)
        for button, step in ((self.fewer, -1), (self.more, 1)):
            # The keys + and - and the arrows in the box do the same: no stops of their own.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, step=step: self._step(step))
        self.activation = ActivationCombo()
        self.activation.chosen.connect(self.activation_chosen)
        self.menu = flat_button("more")
        self.menu.clicked.connect(lambda: self.command.emit("menu"))
        self._initializer = SmallText()
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(heading(Dense.title))
        top.addSpacing(1)
        top.addWidget(self.units)
        top.addStretch(1)
        top.addWidget(self.fewer)
        top.addWidget(self.more)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self.activation, 1)
        middle.addWidget(self.menu)
        self.lines.addLayout(top)
        self.lines.addLayout(middle)
        self.lines.addWidget(self._initializer)

    def show_layer(self, layer: AnyLayer, place: int) -> None:
        """Show a layer; touches only what differs, and emits nothing."""
        if place != self.place:
            self._show_place(place)
        self.layer = layer
        self.units.input.show_value(layer.units)
        self.fewer.setEnabled(layer.units > 1)
        self.more.setEnabled(layer.units < MAXIMUM_UNITS)
        self.activation.show_activation(layer.activation)
        self._initializer.show_text(title_of(type(layer.initializer)))

    def _show_place(self, place: int) -> None:
        self.place = place
        name = f"Layer {place + 1}"
        self.setAccessibleName(name)
        set_tip(
            self,
            name,
            f"A fully connected layer: every unit sees every output of the layer before. {_KEYS}",
            formula=Dense.formula,
        )
        self.units.setAccessibleName(f"Units of layer {place + 1}")
        set_tip(self.units, "Width", f"Number of units, 1 to {MAXIMUM_UNITS}. Type it, or scroll.")
        self.activation.setAccessibleName(f"Activation of layer {place + 1}")
        for button, text in ((self.fewer, "One unit less"), (self.more, "One unit more")):
            button.setAccessibleName(f"{text} in layer {place + 1}")
            set_tip(button, text, shortcut="−" if button is self.fewer else "+")
        self.menu.setAccessibleName(f"Settings of layer {place + 1}")
        set_tip(
            self.menu,
            "Settings of the layer",
            "Initial weights and bias; move, duplicate, remove.",
        )

    def event(self, event: QEvent) -> bool:
        """Keep the card's keys from menus that know the same ones."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._command_of(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove, move, duplicate, widen; arrows go to the neighbouring cards."""
        command = self._command_of(event)
        if command is None:
            super().keyPressEvent(event)
        elif command == "wider":
            self._step(1)
        elif command == "narrower":
            self._step(-1)
        else:
            self.command.emit(command)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the card."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def _command_of(self, event: QKeyEvent) -> str | None:
        modifiers = event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        plain: dict[Any, str] = {
            Qt.Key.Key_Delete: "remove",
            Qt.Key.Key_Backspace: "remove",
            Qt.Key.Key_Plus: "wider",
            Qt.Key.Key_Equal: "wider",
            Qt.Key.Key_Minus: "narrower",
            Qt.Key.Key_Left: "previous",
            Qt.Key.Key_Right: "next",
            Qt.Key.Key_Return: "menu",
            Qt.Key.Key_Enter: "menu",
        }
        with_alt: dict[Any, str] = {
            Qt.Key.Key_Left: "move_left",
            Qt.Key.Key_Right: "move_right",
        }
        key = event.key()
        if modifiers == Qt.KeyboardModifier.NoModifier:
            return plain.get(key)
        if modifiers == Qt.KeyboardModifier.AltModifier:
            return with_alt.get(key)
        if modifiers == Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_D:
            return "duplicate"
        return None

    def _step(self, step: int) -> None:
        units = min(MAXIMUM_UNITS, max(1, self.layer.units + step))
        if units != self.layer.units:
            self.units_edited.emit(units)

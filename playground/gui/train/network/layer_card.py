"""What the cards of all hidden layers have in common, and the card of a dense one."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from playground.engine.layers import MAXIMUM_UNITS, AnyLayer, Dense, Layer
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
from playground.gui.train.network.geometry import CARD_WIDTH
from playground.gui.train.network.naming import Names
from playground.schema.describe import field_of, fields_of, summary_of, title_of

_FLAT_BOX = """
QLineEdit { background: transparent; border: 1px solid transparent; border-radius: 5px;
    padding: 0px 0px 0px 2px; min-height: 17px; }
QLineEdit:hover { border-color: palette(mid); }
QLineEdit:focus { border-color: palette(highlight); background: palette(base); }
QLineEdit[invalid="true"] { border-color: #d64550; }
"""
_KEYS = "Delete removes the layer, Alt+← and Alt+→ move it, Ctrl+D duplicates it, {}"


class NumberBox(QLineEdit):
    """A number on a card, typed or stepped with arrows, page keys and the wheel.

    Parameters
    ----------
    layer, name
        The field that it edits.
    digits
        So many digits fit.
    """

    def __init__(self, layer: type[Layer], name: str, digits: int) -> None:
        super().__init__()
        self.input = NumberInput(NumberRule(field_of(layer, name)), self, self)
        self.setFont(monospace_font(13, bold=True))
        self.setStyleSheet(_FLAT_BOX)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0" * digits) + 7)

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
    """Edits one hidden layer. Each kind of layer has a card of its own.

    Attributes
    ----------
    stops
        What Tab goes through, the card itself first.
    snowflake
        Shown while the layer is frozen; a click thaws it.

    Signals
    -------
    edited(str, object)
        Path of a field below the layer, and its new value.
    command(str)
        ``remove``, ``duplicate``, ``move_left``, ``move_right``, ``menu``, ``previous``, ``next``,
        or ``choose``: the menu of everything that can be done.
    """

    edited = Signal(str, object)
    command = Signal(str)

    def __init__(self, kind: type[Layer], width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, width)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.kind = kind
        self.layer: Any = kind()
        self.place = -1
        self.stops: list[QWidget] = [self]
        self.menu = flat_button("more")
        self.menu.clicked.connect(lambda: self.command.emit("menu"))
        self.snowflake = flat_button("snowflake", 16, "accent")
        self.snowflake.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.snowflake.clicked.connect(self._flip_frozen)
        self.snowflake.setAccessibleName("Let the layer learn again")
        set_tip(
            self.snowflake,
            "Frozen",
            "Training leaves what this layer has learned as it is. A click lets it learn again.",
            shortcut="F",
        )
        self.snowflake.hide()

    def show_layer(self, layer: AnyLayer, place: int, names: Names) -> None:
        """Show a layer; touches only what differs, and emits nothing."""
        name = names.layer(place)
        self.layer = layer
        if place != self.place or self.accessibleName() != name:
            self.place = place
            self._show_name(name[:1].upper() + name[1:])
        self.snowflake.setVisible(layer.frozen)

    def _show_name(self, name: str) -> None:
        self.setAccessibleName(name)
        text = f"{summary_of(self.kind)} {_KEYS.format(self._more_keys())}"
        set_tip(self, name, text, formula=self.kind.formula)
        self.menu.setAccessibleName(f"Settings of {name[:1].lower()}{name[1:]}")
        set_tip(self.menu, "Settings of the layer", self._menu_text(), shortcut="Enter")

    def _menu_text(self) -> str:
        return "All fields of the layer; freeze, move, duplicate, remove."

    def _more_keys(self) -> str:
        return "F freezes it." if self._can_freeze else "right-click for more."

    @property
    def _can_freeze(self) -> bool:
        return any(field.name == "frozen" for field in fields_of(self.kind))

    def _flip_frozen(self) -> None:
        if self._can_freeze:
            self.edited.emit("frozen", not self.layer.frozen)

    def event(self, event: QEvent) -> bool:
        """Keep the card's keys from menus that know the same ones."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._command_of(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove, move, duplicate, widen, freeze; arrows go to the neighbouring cards."""
        command = self._command_of(event)
        if command is None:
            super().keyPressEvent(event)
        elif command in ("wider", "narrower"):
            self.step(1 if command == "wider" else -1)
        elif command == "freeze":
            self._flip_frozen()
        else:
            self.command.emit(command)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the card."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer everything that can be done with the layer."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.command.emit("choose")
        event.accept()

    def step(self, step: int) -> None:
        """Change the number that the card is about."""

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
            Qt.Key.Key_F: "freeze",
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


class DenseCard(LayerCard):
    """Width, activation and initial weights of a dense layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Dense, CARD_WIDTH, parent)
        self.units = NumberBox(Dense, "units", 4)
        self.units.input.committed.connect(partial(self.edited.emit, "units"))
        self.fewer, self.more = stepping_buttons(self)
        self.activation = ActivationCombo()
        self.activation.chosen.connect(partial(self.edited.emit, "activation.kind"))
        self._initializer = SmallText()
        self.stops += [self.units, self.activation, self.menu]
        top = line_of(heading(Dense.title))
        top.addSpacing(1)
        top.addWidget(self.units)
        top.addStretch(1)
        top.addWidget(self.fewer)
        top.addWidget(self.more)
        self.lines.addLayout(top)
        self.lines.addLayout(line_of(self.activation, self.menu, stretched=self.activation))
        self.lines.addLayout(
            line_of(self._initializer, self.snowflake, stretched=self._initializer)
        )

    def show_layer(self, layer: AnyLayer, place: int, names: Names) -> None:
        """Show a dense layer."""
        super().show_layer(layer, place, names)
        assert isinstance(layer, Dense)
        self.units.input.show_value(layer.units)
        self.fewer.setEnabled(layer.units > 1)
        self.more.setEnabled(layer.units < MAXIMUM_UNITS)
        self.activation.show_activation(layer.activation)
        about = title_of(type(layer.initializer))
        if layer.regularizer is not None:
            about = f"{about} · own {title_of(type(layer.regularizer))}"
        self._initializer.show_text(about)

    def _show_name(self, name: str) -> None:
        super()._show_name(name)
        lower = name[:1].lower() + name[1:]
        self.units.setAccessibleName(f"Units of {lower}")
        set_tip(self.units, "Width", f"Number of units, 1 to {MAXIMUM_UNITS}. Type it, or scroll.")
        self.activation.setAccessibleName(f"Activation of {lower}")
        for button, text in ((self.fewer, "One unit less"), (self.more, "One unit more")):
            button.setAccessibleName(f"{text} in {lower}")
            set_tip(button, text, shortcut="−" if button is self.fewer else "+")

    def _menu_text(self) -> str:
        return "Initial weights and bias, own regularization; freeze, move, duplicate, remove."

    def _more_keys(self) -> str:
        return "+ and − change its width, F freezes it."

    def step(self, step: int) -> None:
        """Change the width by one."""
        units = min(MAXIMUM_UNITS, max(1, self.layer.units + step))
        if units != self.layer.units:
            self.edited.emit("units", units)


def stepping_buttons(card: LayerCard) -> tuple[QToolButton, QToolButton]:
    """Return buttons that do what the keys − and + do."""
    pair = flat_button("minus", 18), flat_button("plus", 18)
    for button, step in zip(pair, (-1, 1), strict=True):
        # The keys + and - and the arrows in the box do the same: no stops of their own.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoRepeat(True)
        button.clicked.connect(lambda _=False, step=step: card.step(step))
    return pair


def line_of(*widgets: QWidget, stretched: QWidget | None = None) -> QHBoxLayout:
    """Return widgets in a line without gaps."""
    line = QHBoxLayout()
    line.setSpacing(0)
    line.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        line.addWidget(widget, 1 if widget is stretched else 0)
    return line

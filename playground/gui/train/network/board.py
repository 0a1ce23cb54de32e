"""The cards above the canvas, and every edit of the network's structure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from playground.engine.layers import AnyLayer, Dense
from playground.engine.network import NetworkSpec
from playground.experiment.spec import ExperimentSpec
from playground.gui.train.network.canvas import NetworkCanvas
from playground.gui.train.network.cards import (
    BUTTON_SIZE,
    CARD_HEIGHT,
    InputCard,
    InsertButton,
    OutputCard,
)
from playground.gui.train.network.geometry import centers
from playground.gui.train.network.kind_cards import card_for
from playground.gui.train.network.layer_card import LayerCard
from playground.gui.train.network.matching import matched
from playground.gui.train.network.menus import BoardMenus
from playground.gui.train.network.naming import Names
from playground.gui.train.network.plans import plans_of
from playground.gui.train.network.structure import (
    MAXIMUM_LAYERS,
    Change,
    Impossible,
    duplicated,
    inserted,
    moved,
    removed,
)
from playground.schema.describe import title_of

TOP = 12
CARDS_HEIGHT = TOP + CARD_HEIGHT + 6
_WORDS = {
    "units": "width",
    "activation": "activation",
    "initializer": "initial weights",
    "initial_bias": "initial bias",
    "regularizer": "regularization",
    "reach": "layers bridged",
}


class Board(QWidget):
    """Cards in a row, and the canvas below them. It may be wider than the window.

    Signals
    -------
    edited, proposed
        As those of :class:`~playground.gui.train.network.view.NetworkView`.
    noted(str, str)
        Level and text of what an edit brought with it, or why it cannot be.
    card_focused(QRect)
        The card in this area got the keyboard.
    """

    edited = Signal(str, object, str, str)
    proposed = Signal(object, str, str)
    noted = Signal(str, str)
    card_focused = Signal(QRect)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("canvas", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.canvas = NetworkCanvas(self)
        self.input_card = InputCard(self)
        self.output_card = OutputCard(self)
        self.cards: list[LayerCard] = []
        self.insert_buttons: list[InsertButton] = []
        self._spec: ExperimentSpec | None = None
        self._expected: tuple[tuple[AnyLayer, ...], list[int | None], int | None] | None = None
        self._names: Names | None = None
        self.menus = BoardMenus(self)
        self.menus.edited.connect(self._edit_layer)
        self.menus.command.connect(self._on_menu_command)
        self.menus.insertion.connect(self.insert)
        self.canvas.skip_moved.connect(self._on_skip_moved)
        self.canvas.skip_opened.connect(lambda layer: self.menus.open_layer(self.cards[layer]))
        output = self.output_card
        output.activation_chosen.connect(self._choose_output_activation)
        output.menu_requested.connect(lambda: self.menus.open_output(self.output_card))
        output.thawed.connect(lambda: self._edit_layer(len(self.cards), "frozen", False))
        for widget in (output.activation, output.menu):
            widget.installEventFilter(self)

    # --- what is shown ---

    def show_spec(self, spec: ExperimentSpec, names: Names) -> None:
        """Show an edited experiment; touches only what differs, and emits nothing."""
        before = self._spec.network.layers if self._spec is not None else ()
        self._spec, self._names = spec, names
        layers = spec.network.layers
        if before != layers or len(self.insert_buttons) != len(layers) + 1:
            self._rearrange(before, layers)
        for place, (card, layer) in enumerate(zip(self.cards, layers, strict=True)):
            card.show_layer(layer, place, names)
        inputs = spec.data.input_names
        self.input_card.show_inputs(inputs, names.image_shape)
        loss = spec.training.loss
        automatic = loss.output_activation(spec.data.task)
        units = names.architecture.layers[-1].outputs
        self.output_card.show_output(spec.network.output, units, automatic, title_of(type(loss)))
        self.canvas.show_names(names)
        self.setMinimumWidth(self.canvas.least_width())
        self._place()
        self.menus.show_network(spec.network, names)

    def sizeHint(self) -> QSize:
        """Return the least comfortable size."""
        return QSize(self.canvas.least_width(), CARDS_HEIGHT + 260)

    # --- events ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find a new place for everything."""
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring a card into sight when the keyboard comes to it."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            widget: QWidget | None = watched
            while widget is not None and widget.parentWidget() is not self:
                widget = widget.parentWidget()
            if widget is not None:
                self.card_focused.emit(widget.geometry())
        return super().eventFilter(watched, event)

    # --- cards ---

    def _rearrange(self, before: tuple[AnyLayer, ...], after: tuple[AnyLayer, ...]) -> None:
        """Give every layer a card, keeping those that there are where they are still meant."""
        expected, self._expected = self._expected, None
        focus: int | None = None
        if expected is not None and expected[0] == after:
            sources, focus = expected[1], expected[2]
        else:
            sources = matched(before, after)
        old = self.cards
        keyboard = QApplication.focusWidget()
        focused = None
        if keyboard is not None:
            focused = next((c for c in old if c is keyboard or c.isAncestorOf(keyboard)), None)
        self.cards = [
            old[source]
            if source is not None and old[source].kind is type(layer)
            else self._new_card(layer)
            for source, layer in zip(sources, after, strict=True)
        ]
        gone = [card for card in old if card not in self.cards]
        if focus is None and focused in gone and focused is not None and self.cards:
            focus = min(old.index(focused), len(self.cards) - 1)
        has_lost_focus = focused in gone
        while len(self.insert_buttons) < len(after) + 1:
            self.insert_buttons.append(self._new_insert_button(len(self.insert_buttons)))
        for button in self.insert_buttons[len(after) + 1 :]:
            _discard(button)
        del self.insert_buttons[len(after) + 1 :]
        self._name_insert_buttons(len(after))
        self._set_tab_order()
        if focus is not None:
            self.cards[focus].setFocus(Qt.FocusReason.OtherFocusReason)
        elif has_lost_focus:
            self.insert_buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
        for card in gone:
            _discard(card)

    def _new_card(self, layer: AnyLayer) -> LayerCard:
        card = card_for(layer, self)
        card.edited.connect(partial(self._on_card_edited, card))
        card.command.connect(partial(self._on_command, card))
        for widget in card.stops:
            widget.installEventFilter(self)
        card.show()
        return card

    def _new_insert_button(self, place: int) -> InsertButton:
        button = InsertButton(self)
        button.clicked.connect(lambda: self.menus.open_insert(place, button))
        button.installEventFilter(self)
        button.show()
        return button

    def _name_insert_buttons(self, count: int) -> None:
        for place, button in enumerate(self.insert_buttons):
            is_full = count >= MAXIMUM_LAYERS
            if count == 0:
                name = "Between input and output."
            elif place == count:
                name = "Before the output."
            else:
                name = f"Before {self._name(place)}."
            why = "Choose its kind: a letter does it at once."
            if is_full:
                why = f"There are {MAXIMUM_LAYERS} already."
            button.show_place(name, not is_full, why)

    def _set_tab_order(self) -> None:
        # New widgets come last in the whole window: bring them to the canvas, then it behind them.
        stops: list[QWidget] = [self.canvas]
        for place, button in enumerate(self.insert_buttons):
            stops.append(button)
            if place < len(self.cards):
                stops += self.cards[place].stops
        stops += [self.output_card.activation, self.output_card.menu, self.canvas]
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)

    def _place(self) -> None:
        """Put cards above their columns, buttons between them, the canvas below."""
        if self._names is None:
            return
        cards = [self.input_card, *self.cards, self.output_card]
        plans = plans_of(self._names)
        middles = centers(plans, max(self.width(), self.canvas.least_width()))
        for middle, card in zip(middles.tolist(), cards, strict=True):
            _move(card, int(middle) - card.width() // 2, TOP)
        y = TOP + (CARD_HEIGHT - BUTTON_SIZE) // 2
        for place, button in enumerate(self.insert_buttons):
            left, right = cards[place].geometry(), cards[place + 1].geometry()
            _move(button, (left.right() + right.left() + 1 - BUTTON_SIZE) // 2, y)
        area = QRect(0, CARDS_HEIGHT, self.width(), max(0, self.height() - CARDS_HEIGHT))
        if self.canvas.geometry() != area:
            self.canvas.setGeometry(area)

    # --- edits ---

    @property
    def _network(self) -> NetworkSpec:
        assert self._spec is not None
        return self._spec.network

    def _edit_layer(self, place: int, path: str, value: Any) -> None:
        """Set a field of a hidden layer, or of the output layer behind them."""
        assert self._names is not None
        is_output = place == len(self.cards)
        name = "the output layer" if is_output else self._names.layer(place)
        base = "network.output" if is_output else f"network.layers.{place}"
        label = f"Set {_word(path)} of {name}"
        if path == "frozen":
            label = f"{'Freeze' if value else 'Let learn'} {name}"
        self.edited.emit(f"{base}.{path}", value, label, _merge_key(f"{base}.{path}", value))

    def _choose_output_activation(self, tag: Any) -> None:
        label = "Set activation of the output layer"
        if tag is None:
            self.edited.emit("network.output.activation", None, label, "")
        else:
            self.edited.emit("network.output.activation.kind", tag, label, "")

    def _on_card_edited(self, card: LayerCard, path: str, value: Any) -> None:
        self._edit_layer(card.place, path, value)

    def _on_menu_command(self, place: int, command: str) -> None:
        if 0 <= place < len(self.cards):
            self._on_command(self.cards[place], command)

    def _on_command(self, card: LayerCard, command: str) -> None:
        place, count = card.place, len(self.cards)
        match command:
            case "remove":
                self.remove(place)
            case "duplicate":
                self._duplicate(place)
            case "move_left" if place > 0:
                self._move(place, place - 1)
            case "move_right" if place < count - 1:
                self._move(place, place + 1)
            case "previous" if place > 0:
                self.cards[place - 1].setFocus(Qt.FocusReason.TabFocusReason)
            case "next" if place < count - 1:
                self.cards[place + 1].setFocus(Qt.FocusReason.TabFocusReason)
            case "menu":
                self.menus.open_layer(card)
            case "choose":
                self.menus.open_choice(card)
            case _:
                pass

    def insert(self, place: int, kind: type[AnyLayer]) -> None:
        """Insert a layer of a kind before the hidden one at a place."""
        word = "layer" if kind is Dense else title_of(kind).lower()
        self._change(f"Insert {word}", inserted, place, kind)

    def _duplicate(self, place: int) -> None:
        self._change(f"Duplicate {self._name(place)}", duplicated, place)

    def remove(self, place: int) -> None:
        """Remove a hidden layer."""
        self._change(f"Remove {self._name(place)}", removed, place)

    def _move(self, place: int, target: int) -> None:
        self._change(f"Move {self._name(place)}", moved, place, target)

    def _name(self, place: int) -> str:
        assert self._names is not None
        return self._names.layer(place)

    def _change(self, label: str, edit: Callable[..., Change], place: int, *more: Any) -> None:
        """Propose an edit of the structure, and tell what had to follow, or why it cannot be."""
        assert self._spec is not None
        inputs = len(self._spec.data.input_names)
        try:
            change = edit(self._network, place, *more, input_count=inputs)
        except Impossible as reason:
            self.noted.emit("warning", str(reason))
            return
        target = change.place
        if change.network == self._network:
            # Twins that change places are not an edit; the keyboard moves all the same.
            if target is not None:
                self.cards[target].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if target is None and change.order:
            target = min(place, len(change.order) - 1)
        focus = target
        if edit is moved and self.menus.is_layer_open and target is not None:
            self.menus.place, focus = target, None
        self._expected = (change.network.layers, list(change.order), focus)
        network = msgspec.structs.replace(self._spec, network=change.network)
        self.proposed.emit(network, label, "")
        self._expected = None
        if change.notes and self._network == change.network:
            self.noted.emit("info", " ".join(change.notes))

    def _on_skip_moved(self, layer: int, reach: int) -> None:
        if reach < 1:
            self.noted.emit("warning", "A skip connection comes from a layer before its sum.")
        else:
            self._edit_layer(layer, "reach", reach)


def _word(path: str) -> str:
    """Return what a field is called in the Undo menu."""
    name = path.split(".")[0]
    return _WORDS.get(name, name.replace("_", " "))


def _merge_key(path: str, value: Any) -> str:
    """Steps of one number are one entry of the Undo menu; choices are one each."""
    return path if isinstance(value, int | float) else ""


def _move(widget: QWidget, x: int, y: int) -> None:
    if widget.pos() != QPoint(x, y):
        widget.move(x, y)


def _discard(widget: QWidget) -> None:
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()

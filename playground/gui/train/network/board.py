"""The cards above the canvas, and every edit of the network's structure."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from playground.engine.layers import AnyLayer, Dense, Output
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
from playground.gui.train.network.geometry import CARD_WIDTH, centers
from playground.gui.train.network.layer_card import LayerCard
from playground.gui.train.network.layer_menu import LayerMenu
from playground.gui.train.network.matching import matched
from playground.gui.train.network.naming import Names
from playground.gui.train.network.structure import (
    MAXIMUM_LAYERS,
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
}


class Board(QWidget):
    """Cards in a row, and the canvas below them. It may be wider than the window.

    Signals
    -------
    edited, proposed
        As those of :class:`~playground.gui.train.network.view.NetworkView`.
    card_focused(QRect)
        The card in this area got the keyboard.
    """

    edited = Signal(str, object, str, str)
    proposed = Signal(object, str, str)
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
        self._layer_menu: LayerMenu | None = None
        self._output_menu: LayerMenu | None = None
        self._menu_place = -1
        output = self.output_card
        output.activation_chosen.connect(self._choose_output_activation)
        output.menu_requested.connect(self._open_output_menu)
        for widget in (output.activation, output.menu):
            widget.installEventFilter(self)

    # --- what is shown ---

    def show_spec(self, spec: ExperimentSpec, names: Names) -> None:
        """Show an edited experiment; touches only what differs, and emits nothing."""
        before = self._spec.network.layers if self._spec is not None else ()
        self._spec = spec
        layers = spec.network.layers
        if before != layers or len(self.insert_buttons) != len(layers) + 1:
            self._rearrange(before, layers)
        for place, (card, layer) in enumerate(zip(self.cards, layers, strict=True)):
            card.show_layer(layer, place)
        inputs = spec.data.input_names
        self.input_card.show_inputs(inputs, names.image_shape)
        loss = spec.training.loss
        automatic = loss.output_activation(spec.data.task)
        units = names.architecture.layers[-1].outputs
        self.output_card.show_output(spec.network.output, units, automatic, title_of(type(loss)))
        self.canvas.show_names(names)
        self.setMinimumWidth(self.canvas.least_width())
        self._place()
        self._update_menus()

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
        self.cards = [old[s] if s is not None else self._new_card() for s in sources]
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

    def _new_card(self) -> LayerCard:
        card = LayerCard(self)
        card.units_edited.connect(partial(self._set_units, card))
        card.activation_chosen.connect(partial(self._choose_activation, card))
        card.command.connect(partial(self._on_command, card))
        for widget in (card, card.units, card.activation, card.menu):
            widget.installEventFilter(self)
        card.show()
        return card

    def _new_insert_button(self, place: int) -> InsertButton:
        button = InsertButton(self)
        button.clicked.connect(lambda: self._insert(place))
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
                name = f"Before layer {place + 1}."
            why = f"There are {MAXIMUM_LAYERS} already." if is_full else "It copies its neighbour."
            button.show_place(name, not is_full, why)

    def _set_tab_order(self) -> None:
        # New widgets come last in the whole window: bring them to the canvas, then it behind them.
        stops: list[QWidget] = [self.canvas]
        for place, button in enumerate(self.insert_buttons):
            stops.append(button)
            if place < len(self.cards):
                card = self.cards[place]
                stops += [card, card.units, card.activation, card.menu]
        stops += [self.output_card.activation, self.output_card.menu, self.canvas]
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)

    def _place(self) -> None:
        """Put cards above their columns, buttons between them, the canvas below."""
        count = len(self.cards) + 2
        middles = centers(count, max(self.width(), self.canvas.least_width()))
        for middle, card in zip(
            middles.tolist(), [self.input_card, *self.cards, self.output_card], strict=True
        ):
            _move(card, int(middle) - CARD_WIDTH // 2, TOP)
        y = TOP + (CARD_HEIGHT - BUTTON_SIZE) // 2
        for place, button in enumerate(self.insert_buttons):
            between = (middles[place] + middles[place + 1]) / 2
            _move(button, round(between - BUTTON_SIZE / 2), y)
        area = QRect(0, CARDS_HEIGHT, self.width(), max(0, self.height() - CARDS_HEIGHT))
        if self.canvas.geometry() != area:
            self.canvas.setGeometry(area)

    # --- edits ---

    @property
    def _network(self) -> NetworkSpec:
        assert self._spec is not None
        return self._spec.network

    def _set_units(self, card: LayerCard, units: int) -> None:
        path = f"network.layers.{card.place}.units"
        self.edited.emit(path, units, f"Set width of layer {card.place + 1}", path)

    def _choose_activation(self, card: LayerCard, tag: Any) -> None:
        label = f"Set activation of layer {card.place + 1}"
        self.edited.emit(f"network.layers.{card.place}.activation.kind", tag, label, "")

    def _choose_output_activation(self, tag: Any) -> None:
        label = "Set activation of the output layer"
        if tag is None:
            self.edited.emit("network.output.activation", None, label, "")
        else:
            self.edited.emit("network.output.activation.kind", tag, label, "")

    def _on_command(self, card: LayerCard, command: str) -> None:
        place, count = card.place, len(self.cards)
        match command:
            case "remove":
                self._remove(place)
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
                self._open_layer_menu(card)
            case _:
                pass

    def _insert(self, place: int) -> None:
        if len(self.cards) >= MAXIMUM_LAYERS:
            return
        order: list[int | None] = list(range(len(self.cards)))
        order.insert(place, None)
        self._propose(inserted(self._network, place), order, place, "Insert layer")

    def _duplicate(self, place: int) -> None:
        if len(self.cards) >= MAXIMUM_LAYERS:
            return
        order: list[int | None] = list(range(len(self.cards)))
        order.insert(place + 1, None)
        label = f"Duplicate layer {place + 1}"
        self._propose(duplicated(self._network, place), order, place + 1, label)

    def _remove(self, place: int) -> None:
        order: list[int | None] = [i for i in range(len(self.cards)) if i != place]
        focus = min(place, len(order) - 1) if order else None
        self._propose(removed(self._network, place), order, focus, f"Remove layer {place + 1}")

    def _move(self, place: int, target: int) -> None:
        order: list[int | None] = list(range(len(self.cards)))
        order.insert(target, order.pop(place))
        network = moved(self._network, place, target)
        if network == self._network:
            # Twins that change places are not an edit; the keyboard moves all the same.
            self.cards[target].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        focus = None if self._is_menu_open else target
        self._menu_place = target
        self._propose(network, order, focus, f"Move layer {place + 1}")

    def _propose(
        self, network: NetworkSpec, order: list[int | None], focus: int | None, label: str
    ) -> None:
        assert self._spec is not None
        self._expected = (network.layers, order, focus)
        self.proposed.emit(msgspec.structs.replace(self._spec, network=network), label, "")
        self._expected = None

    # --- menus ---

    @property
    def _is_menu_open(self) -> bool:
        return self._layer_menu is not None and self._layer_menu.isVisible()

    def _open_layer_menu(self, card: LayerCard) -> None:
        if self._layer_menu is None:
            self._layer_menu = LayerMenu(Dense, self)
            self._layer_menu.add_commands()
            self._layer_menu.edited.connect(self._on_menu_edited)
            self._layer_menu.command.connect(self._on_menu_command)
        self._menu_place = card.place
        self._fill_layer_menu()
        self._layer_menu.open_below(card)

    def _open_output_menu(self) -> None:
        if self._output_menu is None:
            self._output_menu = LayerMenu(Output, self)
            self._output_menu.edited.connect(self._on_output_edited)
        self._output_menu.show_layer("Output layer", self._network.output)
        self._output_menu.open_below(self.output_card)

    def _fill_layer_menu(self) -> None:
        assert self._layer_menu is not None
        place, layers = self._menu_place, self._network.layers
        self._layer_menu.show_layer(f"Layer {place + 1}", layers[place], place, len(layers))

    def _update_menus(self) -> None:
        if self._is_menu_open and self._layer_menu is not None:
            if self._menu_place < len(self.cards):
                self._fill_layer_menu()
            else:
                self._layer_menu.close()
        if self._output_menu is not None and self._output_menu.isVisible():
            self._output_menu.show_layer("Output layer", self._network.output)

    def _on_menu_command(self, command: str) -> None:
        if 0 <= self._menu_place < len(self.cards):
            self._on_command(self.cards[self._menu_place], command)

    def _on_menu_edited(self, path: str, value: Any) -> None:
        place = self._menu_place
        whole = f"network.layers.{place}.{path}"
        label = f"Set {_word(path)} of layer {place + 1}"
        self.edited.emit(whole, value, label, _merge_key(whole, value))

    def _on_output_edited(self, path: str, value: Any) -> None:
        whole = f"network.output.{path}"
        label = f"Set {_word(path)} of the output layer"
        self.edited.emit(whole, value, label, _merge_key(whole, value))


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

"""The panels and menus of the cards: settings, context menu, what to insert."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from playground.engine.layers import Output
from playground.engine.network import NetworkSpec
from playground.gui.train.network.card_menu import fill_card_menu
from playground.gui.train.network.insert_menu import KINDS, InsertMenu
from playground.gui.train.network.layer_card import LayerCard
from playground.gui.train.network.layer_menu import LayerMenu
from playground.gui.train.network.naming import Names
from playground.gui.train.network.structure import why_not

__all__ = ["BoardMenus"]


class BoardMenus(QObject):
    """Opens menus when they are first asked for, and keeps them true while they are open.

    Attributes
    ----------
    place
        The layer that the open panel is about.

    Signals
    -------
    edited(int, str, object)
        Layer (that behind the last hidden one is the output), path of a field below it, new value.
    command(int, str)
        Layer, and a command as a card gives it.
    insertion(int, object)
        Place, and the class of the layer to put in there.
    """

    edited = Signal(int, str, object)
    command = Signal(int, str)
    insertion = Signal(int, object)

    def __init__(self, board: QWidget) -> None:
        super().__init__(board)
        self._board = board
        self.layer: LayerMenu | None = None
        self.output: LayerMenu | None = None
        self.insert: InsertMenu | None = None
        self.place = -1
        self._network = NetworkSpec()
        self._names: Names | None = None

    @property
    def is_layer_open(self) -> bool:
        """Whether the settings of a hidden layer are shown."""
        return self.layer is not None and self.layer.isVisible()

    def show_network(self, network: NetworkSpec, names: Names) -> None:
        """Take another description; what is open follows."""
        self._network, self._names = network, names
        if self.is_layer_open and self.layer is not None:
            if self.place < len(network.layers):
                self._fill_layer()
            else:
                self.layer.close()
        if self.output is not None and self.output.isVisible():
            self.output.show_layer("Output layer", network.output)

    def open_layer(self, card: LayerCard) -> None:
        """Open the settings of a layer below its card."""
        if self.layer is None:
            self.layer = LayerMenu(self._board)
            self.layer.add_commands()
            self.layer.edited.connect(self._on_edited)
            self.layer.command.connect(lambda command: self.command.emit(self.place, command))
        self.place = card.place
        self._fill_layer()
        self.layer.open_below(card)

    def open_output(self, card: QWidget) -> None:
        """Open the settings of the output layer below its card."""
        if self.output is None:
            self.output = LayerMenu(self._board)
            self.output.edited.connect(self._on_output_edited)
        assert isinstance(self._network.output, Output)
        self.output.show_layer("Output layer", self._network.output)
        self.output.open_below(card)

    def open_insert(self, place: int, button: QWidget) -> None:
        """Offer every kind of layer below a button."""
        if self.insert is None:
            self.insert = InsertMenu(self._board)
            self.insert.chosen.connect(self.insertion)
        reasons = [why_not(self._network, place, kind) for kind in KINDS]
        area = QRect(button.mapToGlobal(QPoint(0, 0)), button.size())
        self.insert.open_at(place, reasons, area)

    def open_choice(self, card: LayerCard) -> None:
        """Open the context menu of a card, at the pointer if that is over it."""
        menu = QMenu(self._board)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place = card.place
        fill_card_menu(
            menu,
            self._network,
            place,
            lambda command: self.command.emit(place, command),
            lambda path, value: self.edited.emit(place, path, value),
            self.insertion.emit,
        )
        pointer = QCursor.pos()
        inside = card.rect().contains(card.mapFromGlobal(pointer))
        menu.popup(pointer if inside else card.mapToGlobal(card.rect().bottomLeft()))

    def _fill_layer(self) -> None:
        assert self.layer is not None
        assert self._names is not None
        layers = self._network.layers
        name = self._names.layer(self.place)
        title = name[:1].upper() + name[1:]
        self.layer.show_layer(title, layers[self.place], self.place, len(layers))

    def _on_edited(self, path: str, value: Any) -> None:
        self.edited.emit(self.place, path, value)

    def _on_output_edited(self, path: str, value: Any) -> None:
        self.edited.emit(len(self._network.layers), path, value)

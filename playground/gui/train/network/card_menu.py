"""The context menu of a layer: everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from playground.engine.layers import AnyLayer
from playground.engine.network import NetworkSpec
from playground.engine.regularizers import AnyRegularizer
from playground.gui.icons import icon
from playground.gui.train.network.kind_cards import kind_icon_name
from playground.gui.train.network.structure import why_not
from playground.schema.describe import field_of, fields_of, summary_of, tag_of, title_of

__all__ = ["fill_card_menu", "fill_insertion"]

Act = Callable[[str], object]
Edit = Callable[[str, Any], object]
Insert = Callable[[int, type[AnyLayer]], object]


def fill_card_menu(
    menu: QMenu, network: NetworkSpec, place: int, act: Act, edit: Edit, insert: Insert
) -> None:
    """Fill a menu with everything that can be done with a layer.

    Parameters
    ----------
    act
        Called with a command, as a card gives it.
    edit
        Called with the path of a field below the layer, and its value.
    insert
        Called with a place and a kind of layer.
    """
    layer = network.layers[place]
    names = {field.name for field in fields_of(type(layer))}
    menu.setToolTipsVisible(True)
    _add(menu, "&Settings…", lambda: act("menu"), "Return")
    menu.addSeparator()
    if "frozen" in names:
        freeze = _add(menu, "&Frozen", lambda: edit("frozen", not layer.frozen), "F")
        freeze.setCheckable(True)
        freeze.setChecked(layer.frozen)
        freeze.setIcon(icon("snowflake"))
        freeze.setToolTip(field_of(type(layer), "frozen").shown.help)
    if "regularizer" in names:
        _regularizers(menu.addMenu("Own &regularization"), layer, edit)
    menu.addSeparator()
    for title, where in (("Insert &before", place), ("Insert be&hind", place + 1)):
        fill_insertion(menu.addMenu(title), network, where, insert)
    menu.addSeparator()
    _add(menu, "&Duplicate", lambda: act("duplicate"), "Ctrl+D", "copy")
    left = _add(menu, "Move &left", lambda: act("move_left"), "Alt+Left", "arrow-left")
    right = _add(menu, "Move ri&ght", lambda: act("move_right"), "Alt+Right", "arrow-right")
    left.setEnabled(place > 0)
    right.setEnabled(place < len(network.layers) - 1)
    menu.addSeparator()
    _add(menu, "Re&move", lambda: act("remove"), "Del", "trash")


def fill_insertion(menu: QMenu, network: NetworkSpec, place: int, insert: Insert) -> None:
    """Offer every kind of layer for a place."""
    menu.setToolTipsVisible(True)
    for kind in get_args(AnyLayer):
        action = QAction(title_of(kind), menu)
        reason = why_not(network, place, kind)
        action.setIcon(icon(kind_icon_name(kind)))
        action.setEnabled(not reason)
        action.setToolTip(reason or summary_of(kind))
        action.triggered.connect(lambda _=False, kind=kind: insert(place, kind))
        menu.addAction(action)


def _regularizers(menu: QMenu, layer: Any, edit: Edit) -> None:
    menu.setToolTipsVisible(True)
    group = QActionGroup(menu)
    chosen = layer.regularizer
    for kind in (None, *get_args(AnyRegularizer)):
        text = "As the network" if kind is None else title_of(kind)
        action = QAction(text, menu)
        action.setCheckable(True)
        action.setChecked(type(chosen) is kind if kind is not None else chosen is None)
        action.setToolTip(
            "The penalty of the whole network counts here, too."
            if kind is None
            else summary_of(kind)
        )
        tag = None if kind is None else tag_of(kind)
        path = "regularizer" if kind is None else "regularizer.kind"
        action.triggered.connect(lambda _=False, path=path, tag=tag: edit(path, tag))
        group.addAction(action)
        menu.addAction(action)


def _add(
    menu: QMenu, text: str, carry_out: Callable[[], object], keys: str, drawing: str = ""
) -> QAction:
    # The keys are those of the card: as a shortcut they would be ambiguous.
    action = QAction(f"{text}\t{keys}", menu)
    if drawing:
        action.setIcon(icon(drawing))
    action.triggered.connect(lambda _=False: carry_out())
    menu.addAction(action)
    return action

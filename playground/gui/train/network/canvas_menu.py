"""The context menu of the canvas: inspect, copy, save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from playground.gui.figures.menu import figure_menu
from playground.gui.inspect_requests import UnitPlace, WeightPlace, offer_inspection
from playground.gui.train.network.naming import SkipAt, WeightAt

if TYPE_CHECKING:
    from playground.gui.train.network.canvas import NetworkCanvas


def open_canvas_menu(canvas: NetworkCanvas, point: QPoint) -> None:
    """Offer to inspect what is pointed at, and to copy or save the picture."""
    figure = canvas.figure()
    if figure is None:
        return
    menu = figure_menu(canvas, figure)
    place, name = inspectable(canvas)
    if place is not None:
        offer_inspection(menu, canvas, place, f"Inspect the gradient of {name}\tI")
    menu.popup(point)


def inspectable(canvas: NetworkCanvas) -> tuple[UnitPlace | WeightPlace | None, str]:
    """Return what is pointed at, for the inspector, and its name."""
    pointed = canvas.selection.pointed
    if canvas.names is None or pointed is None or isinstance(pointed, SkipAt):
        return None, ""
    if isinstance(pointed, WeightAt):
        if canvas.names.word_of(pointed) == "slope":
            unit = canvas.names.target_of(pointed)
            return UnitPlace(unit.layer, unit.unit), canvas.names.unit(unit)
        place = WeightPlace(pointed.layer, pointed.row, pointed.column)
        return place, canvas.names.weight(pointed)
    return UnitPlace(pointed.layer, pointed.unit), canvas.names.unit(pointed)

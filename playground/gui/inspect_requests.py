"""From anything on the screen to its place in the inspector.

A view does not know who inspects: it asks its parents, one after another, until one of them does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

__all__ = ["Place", "SamplePlace", "UnitPlace", "WeightPlace", "ask_to_inspect", "offer_inspection"]


@dataclass(frozen=True, slots=True)
class SamplePlace:
    """A sample, by its index into all samples of the data."""

    sample: int


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit; layer -1 is the input."""

    layer: int
    unit: int


@dataclass(frozen=True, slots=True)
class WeightPlace:
    """A weight or bias, by its place in the matrix of its layer."""

    layer: int
    row: int
    column: int


Place = SamplePlace | UnitPlace | WeightPlace


@runtime_checkable
class Inspects(Protocol):
    """Who can show a place in the inspector."""

    def inspect_place(self, place: Place) -> None:
        """Show it."""


def ask_to_inspect(widget: QWidget, place: Place) -> bool:
    """Show a place in the inspector; return whether there is one around the widget."""
    parent: QWidget | None = widget
    while parent is not None:
        if isinstance(parent, Inspects):
            parent.inspect_place(place)
            return True
        parent = parent.parentWidget()
    return False


def offer_inspection(menu: QMenu, widget: QWidget, place: Place, text: str) -> QAction:
    """Put an entry that shows a place in the inspector on top of a menu."""
    action = QAction(text, menu)
    action.triggered.connect(lambda: ask_to_inspect(widget, place))
    entries = menu.actions()
    menu.insertAction(entries[0] if entries else None, action)  # type: ignore[arg-type]
    if entries:
        menu.insertSeparator(entries[0])
    return action

"""What is pointed at, and what the keyboard has selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt

from playground.gui.train.network.geometry import Column, ColumnKind
from playground.gui.train.network.naming import Names, SkipAt, Spot, UnitAt, WeightAt

LINKS_IN_TURN = 64
"""The L key goes through at most so many incoming links of a unit: the strongest."""


class Selection:
    """One thing under the pointer, and one selected by click or keyboard.

    Attributes
    ----------
    hovered, hovered_weight, hovered_skip
        Under the pointer.
    current, current_weight
        The selected unit, and the one of its incoming links that is selected.
    edited
        The weight or bias whose editor is open.
    """

    KEYS: ClassVar[frozenset[int]] = frozenset(
        {
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
            Qt.Key.Key_L,
            Qt.Key.Key_S,
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Escape,
        }
    )

    def __init__(self) -> None:
        self.hovered: UnitAt | None = None
        self.hovered_weight: WeightAt | None = None
        self.hovered_skip: SkipAt | None = None
        self.current: UnitAt | None = None
        self.current_weight: WeightAt | None = None
        self.edited: WeightAt | None = None

    @property
    def pointed(self) -> Spot | None:
        """What everything is about now: the pointer goes before the keyboard."""
        under_pointer = self.hovered_skip or self.hovered_weight or self.hovered
        return self.edited or under_pointer or self.current_weight or self.current

    def hover(
        self, unit: UnitAt | None, weight: WeightAt | None, skip: SkipAt | None = None
    ) -> bool:
        """Take what is under the pointer; return whether it is something else than before."""
        if (unit, weight, skip) == (self.hovered, self.hovered_weight, self.hovered_skip):
            return False
        self.hovered, self.hovered_weight, self.hovered_skip = unit, weight, skip
        return True

    def select(self, unit: UnitAt | None) -> None:
        """Select a unit, or nothing."""
        self.current, self.current_weight = unit, None

    def enter(self, columns: Sequence[Column]) -> None:
        """Select the first visible unit behind the input, if nothing is selected."""
        if self.current is None:
            self.current = UnitAt(0, columns[1].first)

    def leave(self) -> None:
        """Select nothing."""
        self.select(None)

    def keep_within(self, widths: Sequence[int]) -> None:
        """Forget what does not exist any more, for layers of these widths from the input on."""
        self.hovered = self.hovered_weight = self.current_weight = self.edited = None
        self.hovered_skip = None
        at = self.current
        if at is not None and (at.layer + 1 >= len(widths) or at.unit >= widths[at.layer + 1]):
            self.current = None

    def to_edit(self, names: Names) -> WeightAt | None:
        """Return what Enter edits: the selected link, or the bias of the selected unit."""
        if self.current_weight is not None:
            return self.current_weight
        if self.current is None or self.current.layer < 0:
            return None
        return names.bias_of(self.current)

    def press(
        self,
        key: Qt.Key,
        columns: Sequence[Column],
        incoming: Callable[[UnitAt], Sequence[WeightAt]],
    ) -> bool:
        """Follow a key; return whether it meant something.

        Parameters
        ----------
        incoming
            Gives the links into a unit that the L key goes through.
        """
        if key == Qt.Key.Key_Escape:
            had = self.current_weight is not None or self.current is not None
            if self.current_weight is not None:
                self.current_weight = None
            else:
                self.current = None
            return had
        if key not in self.KEYS or key == Qt.Key.Key_S:
            return False
        if self.current is None:
            self.enter(columns)
            return True
        if key == Qt.Key.Key_L:
            return self._next_link(incoming(self.current))
        self.current = self._moved(key, columns)
        self.current_weight = None
        return True

    def _moved(self, key: Qt.Key, columns: Sequence[Column]) -> UnitAt:
        at = self.current
        assert at is not None
        column = columns[at.layer + 1]
        last = 0 if column.kind is ColumnKind.PICTURE else column.units - 1
        place = at.unit % column.columns
        match key:
            case Qt.Key.Key_Up:
                return UnitAt(at.layer, max(0, at.unit - column.columns))
            case Qt.Key.Key_Down:
                return UnitAt(at.layer, min(last, at.unit + column.columns))
            case Qt.Key.Key_Home:
                return UnitAt(at.layer, 0)
            case Qt.Key.Key_End:
                return UnitAt(at.layer, last)
            case Qt.Key.Key_Left if column.columns > 1 and place > 0:
                return UnitAt(at.layer, at.unit - 1)
            case Qt.Key.Key_Right if column.columns > 1 and (
                place < column.columns - 1 and at.unit < last
            ):
                return UnitAt(at.layer, at.unit + 1)
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                return self._sideways(at, -1 if key == Qt.Key.Key_Left else 1, columns)
            case _:
                return at

    @staticmethod
    def _sideways(at: UnitAt, step: int, columns: Sequence[Column]) -> UnitAt:
        """Return the unit at about the same height in the next column."""
        index = at.layer + 1 + step
        if not 0 <= index < len(columns):
            return at
        here, there = columns[at.layer + 1], columns[index]
        if there.kind is ColumnKind.PICTURE:
            return UnitAt(index - 1, 0)
        place = at.unit - here.first if here.kind is not ColumnKind.PICTURE else 0
        level = here.levels[min(max(place, 0), here.shown - 1)]
        distance = np.abs(there.tops + there.size / 2 - level)
        near = np.flatnonzero(distance <= distance.min() + 0.5)
        # Enter a grid at the side that one comes from.
        chosen = near[0] if step > 0 else near[-1]
        return UnitAt(index - 1, there.first + int(chosen))

    def _next_link(self, links: Sequence[WeightAt]) -> bool:
        if not links:
            return False
        before = self.current_weight
        following = links.index(before) + 1 if before in links else 0
        self.current_weight = links[following % len(links)]
        return True

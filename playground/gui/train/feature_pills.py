"""Choices as rounded toggles: several at once (input features), or one of a few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QToolButton, QWidget

from playground.gui.teaching_tip import set_tip
from playground.gui.train.flow_layout import FlowLayout
from playground.gui.train.roving_focus import RovingFocus

__all__ = ["PillGroup"]

_TIGHT = 'QToolButton[pill="true"] { padding-left: 2px; padding-right: 2px }'
_ONE_LINE = 4
"""Up to this many exclusive choices share one line."""


class PillGroup(QWidget):
    """A line of pills that wraps.

    Parameters
    ----------
    choices
        The values, in menu order.
    labels
        What each pill says; values that are missing are shown as they are.
    helps
        One sentence for each, for a tooltip.
    exclusive
        Exactly one is on. Otherwise any number is, but at least one.
    wraps
        Few words that are too long to share one line of a narrow panel equally.

    Signals
    -------
    edited(object)
        The chosen value, or the tuple of chosen values in menu order.
    refused()
        The last pill that was on was to be switched off.
    """

    edited = Signal(object)
    refused = Signal()

    def __init__(
        self,
        choices: Sequence[Any],
        labels: Mapping[Any, str],
        helps: Mapping[Any, str],
        exclusive: bool = False,
        parent: QWidget | None = None,
        wraps: bool = False,
    ) -> None:
        super().__init__(parent)
        self._exclusive = exclusive
        self._pills: dict[Any, QToolButton] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        layout: QLayout
        if not exclusive or wraps or len(choices) > _ONE_LINE:
            layout = FlowLayout(self, gap=4 if wraps else 6)
            if wraps:
                self.setStyleSheet(_TIGHT)
        else:
            layout = QHBoxLayout(self)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(6)
            # Few short words share the line equally.
            self.setStyleSheet(_TIGHT)
        for choice in choices:
            pill = QToolButton()
            pill.setProperty("pill", True)
            pill.setCheckable(True)
            pill.setText(labels.get(choice, str(choice)))
            pill.setAccessibleName(pill.text())
            if exclusive and not wraps:
                pill.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            pill.setCursor(Qt.CursorShape.PointingHandCursor)
            if choice in helps:
                set_tip(pill, pill.text(), helps[choice])
            pill.clicked.connect(self._clicked)
            layout.addWidget(pill)
            self._pills[choice] = pill
        self._focus = RovingFocus(list(self._pills.values()), self)

    @property
    def pills(self) -> dict[Any, QToolButton]:
        """The button of each value."""
        return self._pills

    @property
    def chosen(self) -> tuple[Any, ...]:
        """The values that are on, in menu order."""
        return tuple(choice for choice, pill in self._pills.items() if pill.isChecked())

    def show_chosen(self, chosen: Sequence[Any]) -> None:
        """Show which values are on; emits nothing."""
        for choice, pill in self._pills.items():
            pill.setChecked(choice in chosen)

    def _clicked(self) -> None:
        clicked = next(choice for choice, pill in self._pills.items() if pill is self.sender())
        if self._exclusive:
            was_on = not self._pills[clicked].isChecked()
            self.show_chosen((clicked,))
            if not was_on:
                self.edited.emit(clicked)
        elif not self.chosen:
            self._pills[clicked].setChecked(True)
            self.refused.emit()
        else:
            self.edited.emit(self.chosen)

"""The line below the network: what the links show, and what is left out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from playground.gui.teaching_tip import set_tip
from playground.gui.theme import text_font
from playground.gui.train.network.cards import SmallText
from playground.gui.train.network.link_layer import Quantity

HEIGHT = 30
_ABOUT = {
    Quantity.WEIGHTS: "Width and colour of a link follow its weight: orange below 0, blue above.",
    Quantity.GRADIENTS: "Width and colour of a link follow its gradient at the last batch: green "
    "below 0, purple above.",
    Quantity.UPDATES: "Width and colour of a link follow how its weight changed since the last "
    "frame: orange downwards, blue upwards.",
}
_LOOK = """
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px;
    padding: 1px 3px; }
QToolButton:hover { background: transparent; }
QToolButton:checked { background: transparent; border-color: transparent;
    color: palette(highlight); }
QToolButton:!checked { color: palette(placeholder-text); }
QToolButton:focus { border-color: palette(highlight); }
"""


class Footer(QWidget):
    """Chooses what the links show.

    Signals
    -------
    chosen(Quantity)
        Another quantity was chosen.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.buttons: dict[Quantity, QToolButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 4)
        row.setSpacing(4)
        row.addWidget(self._muted("show"))
        for place, quantity in enumerate(Quantity):
            if place:
                bar = QFrame()
                bar.setProperty("separator", "vertical")
                bar.setFixedHeight(12)
                row.addWidget(bar)
            button = QToolButton()
            button.setText(quantity.value)
            button.setFont(text_font(12))
            button.setCheckable(True)
            button.setStyleSheet(_LOOK)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setAccessibleName(f"Show {quantity.value}")
            set_tip(button, f"Show {quantity.value}", _ABOUT[quantity])
            self._group.addButton(button)
            self.buttons[quantity] = button
            button.toggled.connect(
                lambda on, quantity=quantity: self._on_toggled(quantity) if on else None
            )
            row.addWidget(button)
        row.addSpacing(16)
        self._note = SmallText()
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._note, 1)
        self.buttons[Quantity.WEIGHTS].setChecked(True)

    @property
    def note(self) -> str:
        """What is said about the picture."""
        return self._note.whole_text

    def show_note(self, text: str) -> None:
        """Say something about the picture, or nothing."""
        self._note.show_text(text)

    def _on_toggled(self, quantity: Quantity) -> None:
        for each, button in self.buttons.items():
            font = QFont(button.font())
            font.setBold(each is quantity)
            button.setFont(font)
        self.chosen.emit(quantity)

    def _muted(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setFont(text_font(12))
        label.setProperty("role", "muted")
        return label

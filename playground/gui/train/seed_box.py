"""The seed of the data: typed, or drawn anew."""

from __future__ import annotations

from PySide6.QtCore import QRandomGenerator, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from playground.gui.icons import icon
from playground.gui.teaching_tip import set_tip, show_problem
from playground.gui.theme import monospace_font
from playground.schema.describe import Field

__all__ = ["SeedBox"]

_DRAWN_BELOW = 10_000
"""Drawn seeds are short enough to be read out in a classroom."""


class SeedBox(QLineEdit):
    """Edits a seed.

    Parameters
    ----------
    field
        The WHOLE field.

    Signals
    -------
    value_edited(int, bool)
        The new seed, and whether it was drawn.
    """

    value_edited = Signal(object, bool)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = 0
        self._field = field
        self.setFont(monospace_font(13))
        self.setAccessibleName(field.shown.label)
        set_tip(self, field.shown.label, field.shown.help)
        self._draw = QToolButton(self)
        self._draw.setIcon(icon("shuffle", role="text_muted"))
        self._draw.setIconSize(QSize(16, 16))
        self._draw.setFixedSize(26, 24)
        self._draw.setCursor(Qt.CursorShape.PointingHandCursor)
        self._draw.setAccessibleName("Draw a new seed")
        set_tip(self._draw, "Draw a new seed", "Other samples of the same kind.")
        self._draw.clicked.connect(self._draw_seed)
        self.setTextMargins(0, 0, 28, 0)
        self.setFixedHeight(30)
        self.editingFinished.connect(self._typed)

    @property
    def draw_button(self) -> QToolButton:
        """The button that draws a new seed."""
        return self._draw

    def set_value(self, value: int) -> None:
        """Show a seed; emits nothing."""
        self._value = value
        if self.text() != str(value) and not (self.hasFocus() and self.isModified()):
            self.setText(str(value))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the right end."""
        super().resizeEvent(event)
        self._draw.move(self.width() - self._draw.width() - 3, 3)

    def _draw_seed(self) -> None:
        seed = self._value
        while seed == self._value:
            seed = QRandomGenerator.global_().bounded(_DRAWN_BELOW)
        self.setModified(False)
        self.value_edited.emit(seed, True)

    def _typed(self) -> None:
        if not self.isModified():
            return
        self.setModified(False)
        text = self.text().strip().replace(",", "")
        if not text.isdecimal():
            show_problem(
                self,
                f"{self.text()!r} is not a seed",
                f"Type a whole number: {self._field.bounds}.",
            )
            self.setText(str(self._value))
        elif int(text) != self._value:
            self.value_edited.emit(int(text), False)

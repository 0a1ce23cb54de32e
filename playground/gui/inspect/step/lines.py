"""Lines of text below an equation: the sum behind a cell, and what the numerical check says."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from playground.engine.arithmetic import number_text
from playground.gui.inspect.step.tape_chip import Mark
from playground.gui.inspect.step.wrapped_label import WrappedLabel
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import monospace_font, text_font, theme
from playground.inspection.spelling import Spelling

__all__ = ["CheckLine", "SumLine"]


class SumLine(WrappedLabel):
    """The calculation of one cell, spelled out with numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setContentsMargins(12, 8, 12, 8)
        self._plain = ""
        self.set_type_size(13)
        theme().changed.connect(self.update)

    @property
    def plain(self) -> str:
        """The same without marks, as one line."""
        return self._plain

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the letters."""
        self.setFont(monospace_font(pixels))

    def show_spelling(self, spelling: Spelling, decimals: int) -> None:
        """Show the calculation of a cell."""
        calculation = spelling.calculation(decimals)
        result = number_text(spelling.value, decimals)
        parts = [spelling.cell, spelling.rule, calculation]
        middle = [part for part in dict.fromkeys(parts) if part and part != result]
        self._plain = " = ".join([*middle, result])
        self.setAccessibleName(self._plain)
        marked = " = ".join(escape(part) for part in middle)
        self.setText(f"{marked} = <b>{escape(result)}</b>")

    def show_text(self, text: str) -> None:
        """Show a sentence instead."""
        self._plain = text
        self.setAccessibleName(text)
        self.setText(escape(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground below the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("field"))
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.end()
        super().paintEvent(event)


_CHIPS = {
    Mark.GOOD: ("good", "✓ gradient check"),
    Mark.KINKS: ("good", "≈ gradient check"),
    Mark.CROSSED: ("warning", "∧ gradient check"),
    Mark.UNEASY: ("warning", "! gradient check"),
    Mark.WRONG: ("danger", "✗ gradient check"),
}


class CheckLine(QWidget):
    """What central differences say about the gradient that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chip = QLabel()
        self._chip.setFixedHeight(20)
        self._chip.setContentsMargins(7, 0, 7, 0)
        self._text = WrappedLabel()
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        set_tip(
            self,
            "Gradient check",
            "Every number nudged up and down by h, and the loss worked out again: "
            "(C(θ + h) − C(θ − h)) / 2h, in float64. cs231n calls a relative error above 1e-2 "
            "wrong, above 1e-4 uneasy, below that fine with kinks, and up to 1e-7 happy.",
            shortcut="C checks all",
        )

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the letters."""
        self._text.setFont(text_font(pixels))

    @property
    def text(self) -> str:
        """What is said."""
        return self._text.text()

    def show_mark(self, mark: Mark, text: str) -> None:
        """Show a verdict with its figures."""
        self._put(*_CHIPS[mark], text)

    def show_waiting(self) -> None:
        """Say that the check is being worked out."""
        self._put("muted", "… gradient check", "working it out by central differences")

    def _put(self, look: str, chip: str, text: str) -> None:
        self._chip.setText(chip)
        if self._chip.property("chip") != look:
            self._chip.setProperty("chip", look)
            self._chip.style().unpolish(self._chip)
            self._chip.style().polish(self._chip)
        self._chip.setMinimumWidth(self._chip.sizeHint().width())
        self._text.setText(text)
        self.setAccessibleName(f"{chip[2:]}: {text}")

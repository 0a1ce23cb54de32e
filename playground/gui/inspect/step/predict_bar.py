"""Predict and check: hints, what is wrong with an answer, and the score of the session."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.teaching_tip import set_tip
from playground.gui.theme import monospace_font, text_font

__all__ = ["PredictBar"]


class PredictBar(QFrame):
    """What helps while cells are masked.

    Signals
    -------
    hint_requested()
        The next hint: rule, shapes, one term, answer.
    answer_typed(str)
        A whole matrix was typed into the line.
    rest_requested()
        What is still hidden shall be shown.
    """

    hint_requested = Signal()
    answer_typed = Signal(str)
    rest_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("notice", "muted")
        self.setAccessibleName("Predict and check")
        self._verdict = QLabel()
        self._verdict.setFixedHeight(20)
        self._verdict.setContentsMargins(7, 0, 7, 0)
        self._message = QLabel()
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._line = _WholeAnswer()
        self._line.setPlaceholderText("…or the whole matrix here: 0.23 −0.01; 0.45 0.12")
        self._line.setFont(monospace_font(12))
        self._line.setAccessibleName("The whole matrix, rows separated by semicolons")
        self._line.returnPressed.connect(self._send)
        self._hint = QPushButton("Hint")
        self._hint.clicked.connect(self.hint_requested)
        set_tip(
            self._hint,
            "Hint",
            "First the rule, then the shapes, then one term, and at last the answer.",
            shortcut="H",
        )
        self._rest = QPushButton("Show the rest")
        self._rest.clicked.connect(self.rest_requested)
        set_tip(self._rest, "Show the rest", "Shows every cell of this matrix that is hidden.")
        self._score = QLabel()
        self._score.setFont(monospace_font(12, bold=True))
        set_tip(
            self._score, "Score", "Right answers of those you tried. What you never tried counts "
            "neither way.",
        )  # fmt: skip
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._verdict, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._message, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(10)
        bottom.addWidget(self._line, 1)
        bottom.addWidget(self._hint)
        bottom.addWidget(self._rest)
        bottom.addWidget(self._score)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(bottom)

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the letters."""
        self._message.setFont(text_font(pixels + 1))
        self._line.setFont(monospace_font(pixels))
        self._score.setFont(monospace_font(pixels, bold=True))

    @property
    def message(self) -> str:
        """What is said."""
        return self._message.text()

    @property
    def score(self) -> str:
        """The score as it is shown."""
        return self._score.text()

    def say(self, look: str, title: str, message: str) -> None:
        """Say something; ``look`` is good, warning, danger or muted."""
        self._verdict.setText(title)
        self._verdict.setVisible(bool(title))
        if self._verdict.property("chip") != look:
            self._verdict.setProperty("chip", look)
            self._verdict.style().unpolish(self._verdict)
            self._verdict.style().polish(self._verdict)
        if self.property("notice") != look:
            self.setProperty("notice", look)
            self.style().unpolish(self)
            self.style().polish(self)
        self._message.setText(message)
        self.setAccessibleDescription(f"{title}. {message}" if title else message)

    def show_score(self, text: str) -> None:
        """Show the score of the session."""
        self._score.setText(text)
        self._score.setAccessibleName(f"Score: {text}")

    def show_open(self, is_open: bool) -> None:
        """Offer answers and hints, or only say what was reached."""
        self._line.setVisible(is_open)
        self._hint.setVisible(is_open)
        self._rest.setVisible(is_open)

    def _send(self) -> None:
        if self._line.text().strip():
            self.answer_typed.emit(self._line.text())

    def clear_line(self) -> None:
        """Empty the line for a whole matrix."""
        self._line.clear()


class _WholeAnswer(QLineEdit):
    """A line that gives the keys back to the steps with Escape."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
            parent = self.parentWidget()
            if parent is not None:
                parent.setFocus(Qt.FocusReason.OtherFocusReason)
            event.ignore()
        else:
            super().keyPressEvent(event)

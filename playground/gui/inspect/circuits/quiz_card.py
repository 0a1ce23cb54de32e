"""Predict and check: the gradient on the wire at work is asked for before it is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.inspect.circuits.model import CircuitModel
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import monospace_font
from playground.inspection.circuit.parser import ExpressionError
from playground.inspection.circuit.predict import hints, typed_number
from playground.inspection.circuit.tape import Phase

WIDTH = 320


class QuizCard(QFrame):
    """Asks, judges, helps and keeps the score."""

    def __init__(self, model: CircuitModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._asked: tuple[int, int] | None = None
        self._hints_given = 0
        self.setProperty("card", True)
        self.setFixedWidth(WIDTH)
        self._question = QLabel()
        self._question.setProperty("role", "heading")
        self._answer = QLineEdit()
        self._answer.setAccessibleName("Your answer")
        self._answer.setFont(monospace_font(14))
        self._answer.setPlaceholderText("−0.39 or 1/3")
        self._answer.returnPressed.connect(self._check)
        set_tip(
            self._answer,
            "Your answer",
            "Significant figures as many as are shown suffice. Fractions and products may be "
            "typed: -4 * 0.2.",
        )
        self._check_button = QPushButton("Check")
        self._check_button.setProperty("primary", True)
        self._check_button.clicked.connect(self._check)
        self._hint = QPushButton("Hint")
        self._hint.clicked.connect(self._give_hint)
        set_tip(self._hint, "Hint", "The rule, then this gate, then its numbers, then the answer.")
        self._message = QLabel()
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._score = QLabel()
        self._score.setProperty("role", "caption")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._answer, 1)
        row.addWidget(self._check_button)
        row.addWidget(self._hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(6)
        column.addWidget(self._question)
        column.addLayout(row)
        column.addWidget(self._message, 1)
        column.addWidget(self._score)
        model.moved.connect(self._show)
        self._show()

    @property
    def message(self) -> str:
        """What was said last."""
        return self._message.text()

    def focus_answer(self) -> None:
        """Give the keyboard to the answer."""
        self._answer.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show(self) -> None:
        model = self._model
        self.setVisible(model.predicts)
        wire = model.question
        asked = None if wire is None else (model.now, wire.index)
        self._score.setText(model.score.text)
        if asked != self._asked:
            self._asked, self._hints_given = asked, 0
            self._answer.clear()
            if wire is not None:
                self._say("")
        is_asking = wire is not None
        for widget in (self._answer, self._check_button, self._hint):
            widget.setEnabled(is_asking)
        if wire is not None:
            self._question.setText(f"∂{model.circuit.result}/∂{model.circuit.wire_name(wire)} = ?")
        elif model.step.phase is Phase.BACKWARD:
            self._question.setText("All known here")
        else:
            self._question.setText("Predict and check")
            self._say("Step to the way back: its gradients are asked for, one wire at a time.")

    def _check(self) -> None:
        try:
            typed = typed_number(self._answer.text())
        except ExpressionError as error:
            problem = f"{error.problem[:1].upper()}{error.problem[1:]}"
            self._say(f"{problem}; {error.remedy}.", wrong=True)
            return
        judgement = self._model.answer(typed)
        if judgement is None:
            return
        if judgement.is_right:
            is_last = self._model.question is None
            self._say("Right. Press → to go on." if is_last else "Right. And the next?")
            return
        self._say(judgement.message, wrong=True)
        self._answer.selectAll()

    def _give_hint(self) -> None:
        wire = self._model.question
        if wire is None:
            return
        steps = hints(self._model.numbers, wire)
        self._hints_given += 1
        self._say(steps[min(self._hints_given, len(steps)) - 1])
        if self._hints_given >= len(steps):
            text = steps[-1]
            self._model.give_up()
            self._say(text)

    def _say(self, text: str, wrong: bool = False) -> None:
        self._message.setText(text)
        self._message.setProperty("role", "error" if wrong else "muted")
        self._message.style().unpolish(self._message)
        self._message.style().polish(self._message)
        self._message.setAccessibleName(text or "No message")

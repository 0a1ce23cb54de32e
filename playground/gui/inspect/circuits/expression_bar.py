"""Where the expression is typed and its inputs are set."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from playground.gui.inspect.circuits.model import CircuitModel
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import monospace_font
from playground.gui.train.flow_layout import FlowLayout
from playground.inspection.circuit.parser import ExpressionError, parse
from playground.inspection.circuit.presets import LARGEST_VALUE

SCRUB_PIXELS = 4
"""How far to drag on a name for one step of its value."""


class ValueBox(QDoubleSpinBox):
    """A number of any size: typed, stepped by 0.1 (with Ctrl by 1), or dragged at its name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(12)
        self.setRange(-LARGEST_VALUE, LARGEST_VALUE)
        self.setSingleStep(0.1)
        self.setKeyboardTracking(False)
        self.setFixedWidth(92)
        self.setFont(monospace_font(13))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToPreviousValue)
        self.setAccessibleName(f"Value of {name}")
        set_tip(
            self,
            name,
            "Type a number, step it with ↑ and ↓, or drag at its name.",
            shortcut="↑ ↓",
        )

    def textFromValue(self, value: float) -> str:
        """Return a number without needless zeros."""
        return f"{value:.6g}".replace("-", "−")

    def valueFromText(self, text: str) -> float:
        """Return the number that was typed; the one before, if it is none."""
        number = _number(text)
        return number if number is not None else self.value()

    def validate(self, text: str, position: int) -> Any:
        """Let anything be typed; what is no number is put back at the end."""
        is_number = _number(text) is not None
        state = QValidator.State.Acceptable if is_number else QValidator.State.Intermediate
        return state, text, position

    def stepBy(self, steps: int) -> None:
        """Step, without a trail of digits from binary fractions."""
        self.setValue(round(self.value() + steps * self.singleStep(), 6))


def _number(text: str) -> float | None:
    plain = text.strip().replace("−", "-").replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= LARGEST_VALUE else None


class _Name(QLabel):
    """The name of an input; dragging it sideways changes the value."""

    def __init__(self, name: str, box: ValueBox) -> None:
        super().__init__(name)
        self._box = box
        self._last: QPoint | None = None
        self.setFont(monospace_font(14, bold=True))
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setBuddy(box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag."""
        self._last = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Step once every few pixels."""
        if self._last is None:
            return
        now = event.globalPosition().toPoint()
        steps = int((now.x() - self._last.x()) / SCRUB_PIXELS)
        if steps:
            self._box.stepBy(steps)
            self._last = QPoint(self._last.x() + steps * SCRUB_PIXELS, now.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End dragging."""
        self._last = None


class ExpressionBar(QWidget):
    """The expression, what is wrong with it while it is typed, and the values of its inputs.

    Signals
    -------
    left()
        Enter or Escape was pressed: the keyboard belongs to the circuit again.
    """

    left = Signal()

    def __init__(self, model: CircuitModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._boxes: dict[str, ValueBox] = {}
        self.setProperty("panel", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._line = QLineEdit()
        self._line.setAccessibleName("Expression")
        self._line.setPlaceholderText("f = (x + y) * z")
        self._line.setMaxLength(20_000)
        self._line.setMinimumHeight(34)
        self._line.setFont(monospace_font(16))
        self._line.setStyleSheet('font-family: "JetBrains Mono"; font-size: 16px;')
        set_tip(
            self._line,
            "Expression",
            "Numbers, inputs of any name, + − * / ^ and exp, log, sqrt, sin, cos, tanh, sigmoid, "
            "relu, abs, max, min. What stands before = is the name of the result.",
            shortcut="E",
        )
        self._line.textEdited.connect(self._on_typed)
        self._line.returnPressed.connect(self._take)
        self._line.editingFinished.connect(self._on_finished)
        self._line.installEventFilter(self)
        self._problem = QLabel()
        self._problem.setProperty("role", "caption")
        self._problem.setAccessibleName("What is wrong with the expression")
        self._place = QWidget()
        self._flow = FlowLayout(self._place)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(4)
        column.addWidget(self._line)
        column.addWidget(self._problem)
        column.addWidget(self._place)
        model.changed.connect(self._show)
        self._show()

    @property
    def problem(self) -> str:
        """What is wrong with the text that is typed, or ""."""
        return self._problem.text() if self._line.property("invalid") else ""

    def focus_expression(self) -> None:
        """Give the keyboard to the expression."""
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def _show(self) -> None:
        model = self._model
        if self._line.text() != model.file.expression:
            self._line.setText(model.file.expression)
            self._line.setCursorPosition(0)
        self._tell(None)
        if tuple(self._boxes) != model.circuit.variables:
            self._make_boxes()
        for name, box in self._boxes.items():
            if box.value() != model.values[name]:
                with QSignalBlocker(box):
                    box.setValue(model.values[name])

    def _make_boxes(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._boxes = {}
        for name in self._model.circuit.variables:
            box = ValueBox(name)
            box.valueChanged.connect(lambda value, name=name: self._model.set_value(name, value))
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 8, 0)
            row.setSpacing(6)
            row.addWidget(_Name(name, box))
            row.addWidget(box)
            self._boxes[name] = box
            self._flow.addWidget(pair)
        self._place.setVisible(bool(self._boxes))

    def _on_typed(self, text: str) -> None:
        try:
            parse(text)
        except ExpressionError as error:
            self._tell(error)
        else:
            self._tell(None, "Press Enter to draw it." if text != self._drawn else "")

    @property
    def _drawn(self) -> str:
        return self._model.file.expression

    def _take(self) -> None:
        try:
            self._model.set_expression(self._line.text())
        except ExpressionError as error:
            self._tell(error)
            self._line.setCursorPosition(error.position)
            return
        self.left.emit()

    def _on_finished(self) -> None:
        # Leaving the field takes what is right, and leaves to be seen what is wrong.
        try:
            self._model.set_expression(self._line.text())
        except ExpressionError as error:
            self._tell(error)

    def _tell(self, error: ExpressionError | None, words: str = "") -> None:
        is_wrong = error is not None
        if bool(self._line.property("invalid")) != is_wrong:
            self._line.setProperty("invalid", is_wrong)
            self._line.style().unpolish(self._line)
            self._line.style().polish(self._line)
            self._problem.setProperty("role", "error" if is_wrong else "caption")
            self._problem.style().unpolish(self._problem)
            self._problem.style().polish(self._problem)
        text = str(error) if error is not None else words
        self._problem.setText(text[:1].upper() + text[1:] if text else _HOW_TO)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Escape give up what was typed."""
        if (
            watched is self._line
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self._line.setText(self._drawn)
            self._tell(None)
            self.left.emit()
            return True
        return False


_HOW_TO = "Type an expression and press Enter. Values stand above the wires, gradients below them."

"""Editors of numbers: typed, stepped, slid or picked from suggestions."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from playground.gui.editors.base import BOX_WIDTH, FieldEditor, field_label
from playground.gui.editors.number_rule import NumberRule
from playground.gui.teaching_tip import hide_tip, show_problem
from playground.gui.theme import monospace_font
from playground.schema.describe import Field

_FINEST = 400
"""Most positions of a slider."""


class NumberInput(QObject):
    """What is typed into a box: read when it is finished, marked at once where it is wrong.

    Attributes
    ----------
    value
        The last valid number.
    is_continuous
        Whether the last number came from a step or a slider, which many others may follow.

    Signals
    -------
    committed(object)
        A person has finished another valid number.
    """

    committed = Signal(object)

    def __init__(self, rule: NumberRule, line: QLineEdit, host: QWidget) -> None:
        super().__init__(host)
        self.rule = rule
        self.value: float | int | None = None
        self.is_continuous = False
        self._line = line
        self._problem = ""
        # Not QLineEdit.isModified(), which a spin box resets when Enter is pressed.
        self._is_typed = False
        # Of the box, not of the line: the style sheet takes a font from the line again.
        host.setFont(monospace_font(13))
        if rule.field.optional:
            line.setPlaceholderText("Automatic")
        line.textEdited.connect(self._on_typed)
        line.editingFinished.connect(self.finish)
        if isinstance(host, QAbstractSpinBox):
            host.editingFinished.connect(self.finish)
        host.installEventFilter(self)
        line.installEventFilter(self)

    @property
    def host(self) -> QWidget:
        """The box around the text."""
        host = self.parent()
        assert isinstance(host, QWidget)
        return host

    @property
    def problem(self) -> str:
        """What is wrong with the text, or ""."""
        return self._problem

    def show_value(self, value: float | int | None) -> None:
        """Show a number; text that is being typed stays while the number is the same."""
        if value == self.value and self._is_typed:
            return
        self.value = value
        self.write(self.rule.text(value))

    def write(self, text: str) -> None:
        """Replace the text by one that is known to be right."""
        self._set_problem("")
        if self._line.text() != text:
            self._line.setText(text)
            self._line.setCursorPosition(0)
        self._is_typed = False

    def finish(self) -> None:
        """Take what was typed, or say what is wrong with it."""
        # A box that is closed with its window loses the focus when it is half gone.
        if not self._is_typed or not isValid(self._line):
            return
        try:
            value = self.rule.parsed(self._line.text())
        except ValueError as error:
            self._set_problem(str(error), is_told=self.host.hasFocus() or self._line.hasFocus())
            return
        self.take(value)

    def take(self, value: float | int | None, continuous: bool = False) -> None:
        """Take a number from the person; ``continuous`` where it is one of a series of steps."""
        self.is_continuous = continuous
        self.write(self.rule.text(value))
        if value != self.value:
            self.value = value
            self.committed.emit(value)

    def step(self, steps: int) -> None:
        """Go some steps up or down from what is typed, or from the last number."""
        try:
            start = self.rule.parsed(self._line.text())
        except ValueError:
            start = self.value
        self.take(self.rule.stepped(start if start is not None else 0, steps), continuous=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._is_typed
        ):
            self.write(self.rule.text(self.value))
            return True
        return False

    def _on_typed(self, text: str) -> None:
        self._is_typed = True
        try:
            self.rule.parsed(text)
        except ValueError as error:
            self._set_problem(str(error))
        else:
            self._set_problem("")

    def _set_problem(self, problem: str, is_told: bool = True) -> None:
        host, before = self.host, self._problem
        self._problem = problem
        if bool(problem) != bool(before):
            host.setProperty("invalid", bool(problem))
            host.style().unpolish(host)
            host.style().polish(host)
        if problem and is_told:
            show_problem(host, self.rule.field.shown.label, problem)
        elif before and not problem:
            hide_tip(host)


class NumberBox(QAbstractSpinBox):
    """A spin box for any number that a field declares, in steps or in factors."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.input = NumberInput(NumberRule(field), self.lineEdit(), self)

    def validate(self, text: str, position: int) -> Any:
        """Let any text be typed: it is judged when it is finished."""
        return QValidator.State.Acceptable, text, position

    def stepBy(self, steps: int) -> None:
        """Go some steps up or down."""
        self.input.step(steps)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Return in which directions there is another value."""
        value, rule = self.input.value, self.input.rule
        enabled = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self.isReadOnly():
            return enabled
        if value is None or rule.stepped(value, 1) != value:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if value is None or rule.stepped(value, -1) != value:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return enabled

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless this box was chosen."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all, so that typing replaces."""
        super().focusInEvent(event)
        if not self.input.problem:
            self.lineEdit().selectAll()


class NumberCombo(QComboBox):
    """A box for a number with a drop-down list of usual values; any other can be typed.

    Parameters
    ----------
    rule
        How to read and write numbers, if not in the usual way.
    """

    def __init__(
        self, field: Field, parent: QWidget | None = None, rule: NumberRule | None = None
    ) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMaxVisibleItems(20)
        line = self.lineEdit()
        assert line is not None  # the box is editable
        rule = rule or NumberRule(field)
        self._entries: tuple[float | int | None, ...] = (*rule.suggestions, *rule.extras)
        with QSignalBlocker(self):
            self.addItems([rule.text(value) for value in self._entries])
        self.input = NumberInput(rule, line, self)
        self.activated.connect(self._on_activated)

    def show_value(self, value: float | int | None) -> None:
        """Show a number; emits nothing."""
        with QSignalBlocker(self):
            if value != self.input.value:
                self.setCurrentIndex(self._entries.index(value) if value in self._entries else -1)
                # Changing the index has written the entry's text.
                self.input.write(self.input.rule.text(value))
            self.input.show_value(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrows up and down; Alt and arrow down opens the list."""
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if steps is not None and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.input.step(steps)
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless this box was chosen."""
        if not self.hasFocus():
            event.ignore()
        elif event.angleDelta().y():
            self.input.step(1 if event.angleDelta().y() > 0 else -1)

    def _on_activated(self, index: int) -> None:
        self.input.take(self._entries[index])


class _Slider(QSlider):
    """A slider that leaves the mouse wheel to the panel unless it has the focus."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the wheel for the panel, unless this slider was chosen."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberEditor(FieldEditor):
    """Edits a number in a box, with a slider where the field declares where it should move.

    Parameters
    ----------
    labelled
        Whether to show the field's label, too.
    """

    def __init__(self, field: Field, parent: QWidget | None = None, labelled: bool = False) -> None:
        super().__init__(field, parent)
        self._rule = NumberRule(field)
        if field.shown.suggestions and not field.shown.soft_range:
            self.box: NumberBox | NumberCombo = NumberCombo(field)
        else:
            self.box = NumberBox(field)
        self.box.input.committed.connect(self._on_committed)
        self._span = _slider_span(field)
        self._slider: _Slider | None = None
        self.setFocusProxy(self.box)
        self._describe(self.box)
        if self._span is not None:
            self._slider = self._make_slider()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(row)
        if labelled:
            row.addWidget(field_label(field, self.box), 1)
            if self._slider is not None:
                column.addWidget(self._slider)
        elif self._slider is not None:
            row.addWidget(self._slider, 1)
        if labelled or self._slider is not None:
            self.box.setFixedWidth(BOX_WIDTH)
        row.addWidget(self.box)

    def show_value(self, value: Any) -> None:
        """Show a number; emits nothing."""
        self._value = value
        if isinstance(self.box, NumberCombo):
            self.box.show_value(value)
        else:
            self.box.input.show_value(value)
        self._move_slider()

    def _on_committed(self, value: Any) -> None:
        self.is_continuous = self.box.input.is_continuous
        self._move_slider(value)
        self._tell(value)

    def _make_slider(self) -> _Slider:
        slider = _Slider()
        slider.setRange(0, self._positions())
        slider.setPageStep(max(1, self._positions() // 10))
        slider.valueChanged.connect(self._on_slid)
        self._describe(slider)
        return slider

    def _positions(self) -> int:
        assert self._span is not None
        low, high = self._span
        if self.field.shown.logarithmic:
            return 100
        return max(1, min(_FINEST, round((high - low) / self._rule.step)))

    def _on_slid(self, position: int) -> None:
        assert self._span is not None
        low, high = self._span
        share = position / self._positions()
        if self.field.shown.logarithmic:
            value = float(f"{low * (high / low) ** share:.2g}")
        else:
            step = self._rule.step
            value = round(round((low + share * (high - low)) / step) * step, 12)
            value = min(max(value, low), high)
        number: float | int = int(value) if self._rule.whole else value
        if self._rule.allows(number):
            self.box.input.take(number, continuous=True)

    def _move_slider(self, value: Any = None) -> None:
        if self._slider is None or self._span is None:
            return
        shown = self._value if value is None else value
        low, high = self._span
        if shown is None:
            return
        inside = min(max(shown, low), high)
        if self.field.shown.logarithmic:
            share = math.log(inside / low) / math.log(high / low)
        else:
            share = (inside - low) / (high - low)
        with QSignalBlocker(self._slider):
            if not self._slider.isSliderDown():
                self._slider.setValue(round(share * self._positions()))


def _slider_span(field: Field) -> tuple[float, float] | None:
    """Return where a slider moves, or ``None`` if the field asks for none."""
    if field.optional:
        return None
    if field.shown.soft_range is not None:
        return field.shown.soft_range
    low, high = field.ge, field.le
    if field.shown.step and low is not None and not field.shown.suggestions:
        if high is None and field.lt is not None:
            high = field.lt - field.shown.step
        if high is not None and 2 <= (high - low) / field.shown.step <= 1000:
            return low, high
    return None

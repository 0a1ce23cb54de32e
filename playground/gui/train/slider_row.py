"""A number with its name, a thin slider, and its value to be typed over."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSlider, QStyle, QWidget

from playground.gui.theme import monospace_font
from playground.schema.describe import Field, FieldKind

__all__ = ["SliderRow"]

_POSITIONS = 200
"""About how many positions a slider has where the field declares no step."""

_HALF_HANDLE = 8

_FLAT = """
QLineEdit { background: transparent; border-color: transparent; padding: 0px; }
QLineEdit:hover { border-color: palette(mid); }
QLineEdit:focus { background: palette(base); border-color: palette(highlight); }
"""


class DirectSlider(QSlider):
    """A horizontal slider whose handle jumps to the pointer and can be dragged from there."""

    focused = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the handle under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setSliderPosition(self._value_under(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the handle."""
        if self.isSliderDown():
            self.setSliderPosition(self._value_under(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the handle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def _value_under(self, event: QMouseEvent) -> int:
        place = round(event.position().x()) - _HALF_HANDLE
        span = max(1, self.width() - 2 * _HALF_HANDLE)
        return QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), place, span)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the wheel for the panel, unless this slider was chosen."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say so: what follows is another gesture."""
        self.focused.emit()
        super().focusInEvent(event)


class SliderRow(QWidget):
    """Edits one number of a schema.

    The slider moves within the field's soft range; typing reaches all of its bounds.

    Parameters
    ----------
    field
        A REAL or WHOLE field.
    as_percent
        Show a share between 0 and 1 in percent.

    Signals
    -------
    value_edited(object, str)
        The new value, and a key that stays the same during one gesture, "" for a typed value.
    """

    value_edited = Signal(object, str)

    def __init__(
        self, field: Field, as_percent: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.field = field
        self._percent = as_percent
        self._value: float = 0.0
        self._gesture = 0
        self._ceiling = math.inf
        shown = field.shown
        self._label = QLabel(shown.label)
        self._edit = QLineEdit()
        self._edit.setFont(monospace_font(13, bold=True))
        self._edit.setStyleSheet(_FLAT)
        self._edit.setTextMargins(0, 0, -2, 0)
        self._edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._edit.setFixedWidth(self._edit.fontMetrics().horizontalAdvance("0" * 10))
        self._edit.setAccessibleName(f"{shown.label}, value")
        self._edit.setAccessibleDescription(shown.help)
        self._edit.editingFinished.connect(self._typed)
        self._slider = DirectSlider()
        self._slider.setAccessibleName(shown.label)
        self._slider.setAccessibleDescription(shown.help)
        self._slider.valueChanged.connect(self._moved)
        self._slider.sliderPressed.connect(self._begin_gesture)
        self._slider.focused.connect(self._begin_gesture)
        self._label.setBuddy(self._slider)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(6)
        layout.setVerticalSpacing(0)
        layout.addWidget(self._label, 0, 0)
        layout.addWidget(self._edit, 0, 1, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self._slider, 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        self.setTabOrder(self._slider, self._edit)
        self._fit_range()

    @property
    def slider(self) -> QSlider:
        """The slider, for tests and focus."""
        return self._slider

    @property
    def value_field(self) -> QLineEdit:
        """Where the value is typed."""
        return self._edit

    def set_value(self, value: float) -> None:
        """Show a value; emits nothing."""
        self._value = value
        with QSignalBlocker(self._slider):
            self._slider.setValue(self._position_of(value))
        text = self._text_of(value)
        if self._edit.text() != text and not (self._edit.hasFocus() and self._edit.isModified()):
            self._edit.setText(text)

    def set_ceiling(self, ceiling: float) -> None:
        """Let the slider end at this value, where less is available than the field allows."""
        if ceiling != self._ceiling:
            self._ceiling = ceiling
            self._fit_range()
            self.set_value(self._value)

    def _fit_range(self) -> None:
        field = self.field
        soft = field.shown.soft_range
        low = soft[0] if soft else field.ge if field.ge is not None else field.gt
        high = soft[1] if soft else field.le if field.le is not None else field.lt
        assert low is not None, f"{field.name} needs a lower bound or a soft range"
        assert high is not None, f"{field.name} needs an upper bound or a soft range"
        self._high = min(float(high), self._ceiling)
        if self._high <= low:
            low = field.ge if field.ge is not None else self._high
        self._low = min(float(low), self._high)
        self._step = field.shown.step or _nice((self._high - self._low) / _POSITIONS)
        if field.kind is FieldKind.WHOLE:
            self._step = max(1.0, self._step)
        count = max(1, math.ceil((self._high - self._low) / self._step - 1e-9))
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, count)
            self._slider.setPageStep(max(1, count // 10))

    def _position_of(self, value: float) -> int:
        if value >= self._high:
            return self._slider.maximum()
        return round((value - self._low) / self._step)

    def _value_at(self, position: int) -> float:
        if position >= self._slider.maximum():
            value = self._high
        else:
            value = round(self._low + position * self._step, 10)
        return int(value) if self.field.kind is FieldKind.WHOLE else value

    def _text_of(self, value: float) -> str:
        if self._percent:
            return f"{value * 100:.4g} %"
        if self.field.kind is FieldKind.WHOLE:
            text = f"{value:,.0f}"
        else:
            step = self.field.shown.step or 0.01
            text = f"{value:.{max(0, math.ceil(-math.log10(step) - 1e-9))}f}"
            # What was typed finer than the step is shown as it is.
            if abs(float(text) - value) > 1e-9:
                text = f"{value:.6g}"
        return f"{text} {self.field.shown.unit}" if self.field.shown.unit else text

    def _begin_gesture(self) -> None:
        self._gesture += 1

    def _moved(self, position: int) -> None:
        self._value = self._value_at(position)
        self._edit.setModified(False)
        self._edit.setText(self._text_of(self._value))
        self.value_edited.emit(self._value, f"{self.field.name} {self._gesture}")

    def _typed(self) -> None:
        if not self._edit.isModified():
            return
        self._edit.setModified(False)
        value = self._parsed(self._edit.text())
        if value is None or value == self._value:
            self._edit.setText(self._text_of(self._value))
            return
        # A value out of bounds is refused, with the reason, by whoever listens; it then shows
        # the old value here again.
        self.set_value(value)
        self.value_edited.emit(value, "")

    def _parsed(self, text: str) -> float | None:
        """Return the number typed, or ``None``."""
        plain = text.replace(" ", "").removesuffix("%")
        plain = plain.removesuffix(self.field.shown.unit).replace("−", "-")
        # A comma groups the digits of a whole number, and is a decimal comma elsewhere.
        plain = plain.replace(",", "" if self.field.kind is FieldKind.WHOLE else ".")
        try:
            number = float(plain)
        except ValueError:
            return None
        if not math.isfinite(number):
            return None
        if self._percent:
            number /= 100
        return round(number) if self.field.kind is FieldKind.WHOLE else number


def _nice(step: float) -> float:
    """Return 1, 2 or 5 times a power of ten, at least ``step``."""
    if step <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * 0.98)

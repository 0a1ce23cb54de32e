"""What every editor of a field has in common, and the small widgets that several share."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from playground.gui.teaching_tip import Tip, set_item_tip, set_tip
from playground.schema.describe import Field

BOX_WIDTH = 92
"""Width of a box for a number, so that boxes stand in line."""


class FieldEditor(QWidget):
    """Edits one field of a struct.

    Attributes
    ----------
    is_continuous
        Whether the last edit was one of a series (steps, a slider), to be undone as one.

    Signals
    -------
    edited(object)
        A person has given the field another, valid value. Never sent by :meth:`show_value`.
    part_edited(str, object)
        The same with the dotted path below the field, "" for the field itself: what changed
        within a nested option, and its value.
    """

    edited = Signal(object)
    part_edited = Signal(str, object)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.setObjectName(field.name)
        self._value: Any = None
        self.is_continuous = False

    def show_value(self, value: Any) -> None:
        """Show a value without emitting a signal."""
        raise NotImplementedError

    def value(self) -> Any:
        """Return the last valid value."""
        return self._value

    def _tell(self, value: Any) -> None:
        """Take a new value from the person, and say so if it differs."""
        if value != self._value or type(value) is not type(self._value):
            self._value = value
            self.edited.emit(value)
            self.part_edited.emit("", value)

    def _describe(self, *widgets: QWidget) -> None:
        """Give widgets the name, the tip and the allowed range of the field."""
        for widget in widgets:
            widget.setAccessibleName(self.field.shown.label)
            set_tip(widget, self.field.shown.label, help_of(self.field))


def help_of(field: Field) -> str:
    """Return the help of a field with its allowed range."""
    allowed = allowed_range(field)
    return " ".join(part for part in (field.shown.help, f"{allowed}." if allowed else "") if part)


def allowed_range(field: Field) -> str:
    """Return the bounds of a number in words, such as ``From 0 to 50 %``, or ""."""
    unit = f" {field.shown.unit}" if field.shown.unit else ""
    if field.ge is not None and field.le is not None:
        return f"From {number_text(field.ge)} to {number_text(field.le)}{unit}"
    parts = [
        f"{words} {number_text(bound)}"
        for words, bound in (
            ("at least", field.ge),
            ("more than", field.gt),
            ("at most", field.le),
            ("less than", field.lt),
        )
        if bound is not None
    ]
    text = " and ".join(parts)
    return text[:1].upper() + text[1:] + unit if text else ""


def number_text(value: float) -> str:
    """Return a number as a person would write it: ``0.03``, ``1e-8``, ``500``."""
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e7):
        return str(int(value))
    text = f"{value:.10g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa}e{int(exponent)}"
    return text


def field_label(field: Field, buddy: QWidget) -> QLabel:
    """Return the label of a field."""
    label = QLabel(field.shown.label)
    label.setProperty("role", "muted")
    label.setBuddy(buddy)
    set_tip(label, field.shown.label, help_of(field))
    return label


def labelled_row(field: Field, widget: QWidget, labelled: bool) -> QVBoxLayout:
    """Return a widget with the field's label above it, if wanted."""
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(3)
    if labelled:
        column.addWidget(field_label(field, widget))
    column.addWidget(widget)
    return column


class TagCombo(QComboBox):
    """A drop-down list whose entries are known by a key (a tag or a value), never by an index.

    The mouse wheel scrolls the panel unless the box has the focus.

    Signals
    -------
    chosen(object)
        The key of the entry that a person chose, if it is another one.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[Any] = []
        self._current: Any = None
        self._summary = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(20)
        self.activated.connect(self._on_activated)

    def add(self, key: Any, title: str, tip: Tip | None = None) -> None:
        """Append an entry."""
        self._keys.append(key)
        self.blockSignals(True)
        self.addItem(title)
        self.blockSignals(False)
        if len(self._keys) == 1:
            self._current = key
        if tip is not None:
            set_item_tip(self, len(self._keys) - 1, tip)

    def keys(self) -> tuple[Any, ...]:
        """Return the keys of all entries, in order."""
        return tuple(self._keys)

    def select(self, key: Any) -> None:
        """Show the entry of a key; emits nothing."""
        self._current = key
        self.setCurrentIndex(self._keys.index(key))

    def key(self) -> Any:
        """Return the key of the entry that is shown."""
        return self._current

    def set_available(self, key: Any, available: bool, tip: Tip | None = None) -> None:
        """Grey an entry out, or bring it back; its tip may say why."""
        index = self._keys.index(key)
        model: Any = self.model()
        item = model.item(index)
        if item.isEnabled() != available:
            item.setEnabled(available)
        if tip is not None:
            set_item_tip(self, index, tip)

    def set_summary(self, summary: str) -> None:
        """Show a text instead of the chosen entry's title, "" for the title, cut to fit."""
        if summary != self._summary:
            self._summary = summary
            self.update()

    def shown_text(self) -> str:
        """Return what the closed box says."""
        return self._summary or self.currentText()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, its text cut with an ellipsis where there is no room."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        style, control = self.style(), QStyle.ComplexControl.CC_ComboBox
        room = style.subControlRect(control, option, QStyle.SubControl.SC_ComboBoxEditField, self)
        text = self.fontMetrics().elidedText(
            self.shown_text(), Qt.TextElideMode.ElideRight, room.width() - 3
        )
        option.currentText = text
        painter.drawComplexControl(control, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def showPopup(self) -> None:
        """Open the list, wide enough for its longest entry."""
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(self.itemText(i)) for i in range(self.count()))
        self.view().setMinimumWidth(max(self.width(), widest + 34))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless this box was chosen."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _on_activated(self, index: int) -> None:
        key = self._keys[index]
        if key != self._current or type(key) is not type(self._current):
            self._current = key
            self.chosen.emit(key)

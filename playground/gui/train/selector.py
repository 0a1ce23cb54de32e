"""A selector of the transport: a small caption, a drop-down list, and a gear for what is inside."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from playground.gui.editors.base import TagCombo, help_of, number_text
from playground.gui.editors.number import NumberCombo
from playground.gui.editors.number_rule import NumberRule
from playground.gui.editors.popover import OptionPopover
from playground.gui.icons import icon
from playground.gui.parameter_form import switched
from playground.gui.teaching_tip import Tip, apply_tip, option_tip, set_tip
from playground.schema.describe import Field, FieldKind, fields_of, tag_of, title_of
from playground.schema.parameter import Option

__all__ = ["NumberSelector", "OptionSelector"]

HEIGHT = 26
GEAR_WIDTH = 22


def _captioned(selector: QWidget, caption: str, content: QWidget | QHBoxLayout) -> QLabel:
    """Lay out a selector: a small caption, which is returned, above its content."""
    label = QLabel(caption)
    label.setProperty("role", "caption")
    label.setFixedHeight(15)
    column = QVBoxLayout(selector)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(label)
    if isinstance(content, QWidget):
        label.setBuddy(content)
        column.addWidget(content)
    else:
        column.addLayout(content)
    return label


class _Selector(QWidget):
    """Takes the width that there is, between two bounds."""

    _least = 0
    _can_spare = 0

    def set_widths(self, least: int, most: int) -> None:
        """Set the bounds of the width, in device-independent pixels."""
        self._least = least
        self.setMinimumWidth(least - self._can_spare)
        self.setMaximumWidth(most)

    def sizeHint(self) -> QSize:
        """Return the largest width."""
        return QSize(self.maximumWidth(), super().sizeHint().height())


class NumberSelector(_Selector):
    """A number that can be typed, stepped with the arrow keys, or picked from a list.

    Parameters
    ----------
    field
        A field that holds a number.
    caption
        What is written above.
    helper
        Icon of a small button beside the list that helps to find a number; "" for none.
    rule
        How to read and write numbers, if not in the usual way.

    Signals
    -------
    edited(object, bool)
        The new number, and whether it is one of a series of steps.
    helper_clicked()
        Help is wanted.
    """

    edited = Signal(object, bool)
    helper_clicked = Signal()

    def __init__(
        self, field: Field, caption: str, helper: str = "", rule: NumberRule | None = None
    ) -> None:
        super().__init__()
        self._field, self.caption = field, caption
        self.box = NumberCombo(field, rule=rule)
        self.box.setObjectName(field.name)
        self.box.setFixedHeight(HEIGHT)
        self.box.setMinimumContentsLength(2)
        self.box.setAccessibleName(field.shown.label)
        self.show_remark("")
        self.box.input.committed.connect(
            lambda value: self.edited.emit(value, self.box.input.is_continuous)
        )
        self.helper: QToolButton | None = None
        content: QWidget | QHBoxLayout = self.box
        if helper:
            self.helper = _Gear(helper)
            self.helper.setObjectName(f"{field.name}_helper")
            self.helper.clicked.connect(self.helper_clicked)
            content = QHBoxLayout()
            content.setSpacing(1)
            content.addWidget(self.box, 1)
            content.addWidget(self.helper)
        self._label = _captioned(self, caption, content)
        # A caption that changes while training runs must not move what is beside it.
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_value(self, value: float) -> None:
        """Show a number; emits nothing."""
        self.box.show_value(value)

    def show_helper(self, visible: bool) -> None:
        """Show the button, or leave its room to others."""
        if self.helper is not None and self.helper.isVisibleTo(self) != visible:
            self.helper.setVisible(visible)
            change = self.helper.width() + 1 if visible else -self.helper.width() - 1
            self.set_widths(self._least + change, self.maximumWidth() + change)

    def show_caption(self, caption: str | None) -> None:
        """Show another caption, ``None`` for the usual one; paints nothing if it is the same."""
        self._label.setText(self.caption if caption is None else caption)

    def show_remark(self, remark: str, formula: str = "") -> None:
        """Add a sentence and a formula to the tip."""
        text = " ".join(filter(None, (help_of(self._field), remark)))
        set_tip(self.box, self._field.shown.label, text, formula)


class OptionSelector(_Selector):
    """A choice between options; a gear opens the hyperparameters of the chosen one.

    Parameters
    ----------
    field
        A field that holds an option.
    caption
        What is written above.
    summarize
        Whether the closed list shows the numbers of the option, too: ``L2 · 0.001``.

    Signals
    -------
    edited(str, object, bool)
        "" and another option, or the name of a hyperparameter and its new value; and whether it
        is one of a series of steps.
    """

    edited = Signal(str, object, bool)

    def __init__(self, field: Field, caption: str, summarize: bool = False) -> None:
        super().__init__()
        self._field, self._summarize = field, summarize
        self._options = {tag_of(option): option for option in field.options}
        self._value: Any = None
        self._popover: OptionPopover | None = None
        self._unavailable: dict[str, str] = {}
        self.combo = TagCombo()
        self.combo.setObjectName(field.name)
        self.combo.setFixedHeight(HEIGHT)
        self.combo.setMinimumContentsLength(2)
        self.combo.setAccessibleName(field.shown.label)
        for tag, option in self._options.items():
            self.combo.add(tag, title_of(option), self._tip(option))
        self.combo.chosen.connect(self._on_chosen)
        self.gear = _Gear()
        self.gear.setObjectName(f"{field.name}_settings")
        self.gear.clicked.connect(self.open_popover)
        row = QHBoxLayout()
        row.setSpacing(1)
        row.addWidget(self.combo, 1)
        row.addWidget(self.gear)
        _captioned(self, caption, row)

    @property
    def popover(self) -> OptionPopover | None:
        """The card with the hyperparameters, once it was opened."""
        return self._popover

    def show_value(self, value: Option) -> None:
        """Show an option; emits nothing."""
        if value == self._value and type(value) is type(self._value):
            self.combo.select(tag_of(value))
            return
        self._value = value
        self.combo.select(tag_of(value))
        kind = self._options[tag_of(value)]
        title, fields = title_of(kind), fields_of(kind)
        numbers = [
            number_text(getattr(value, field.name))
            for field in fields
            if field.kind in (FieldKind.REAL, FieldKind.WHOLE)
        ]
        if self._summarize and numbers:
            self.combo.set_summary(f"{title} · {' / '.join(numbers)}")
        else:
            self.combo.set_summary("")
        tip = option_tip(value)
        heading = f"{self._field.shown.label}: {tip.title}"
        apply_tip(self.combo, Tip(heading, tip.text, tip.formula, tip.derivative, tip.curve))
        self.gear.setVisible(bool(fields))
        self._can_spare = 0 if fields else GEAR_WIDTH
        self.setMinimumWidth(self._least - self._can_spare)
        set_tip(self.gear, f"{title}: settings", "The hyperparameters of the chosen option.")
        if self._popover is not None:
            if fields:
                self._popover.show_value(value)
            else:
                self._popover.hide()

    def show_availability(self, reasons: dict[str, str]) -> None:
        """Grey out the options whose tags are given, each with the reason why."""
        if reasons == self._unavailable:
            return
        self._unavailable = dict(reasons)
        for tag, option in self._options.items():
            self.combo.set_available(tag, tag not in reasons, self._tip(option))

    def open_popover(self) -> None:
        """Show the hyperparameters of the chosen option."""
        if self._value is None or self.gear.isHidden():
            return
        if self._popover is None:
            self._popover = OptionPopover(self)
            self._popover.edited.connect(self._on_part_edited)
        self._popover.show_value(self._value)
        self._popover.open_below(self.combo)

    def _tip(self, option: type[Any]) -> Tip:
        tip = option_tip(option)
        reason = self._unavailable.get(tag_of(option), "")
        return Tip(tip.title, reason or tip.text, tip.formula, tip.derivative, tip.curve)

    def _on_chosen(self, tag: str) -> None:
        self.edited.emit("", switched(self._options[tag], self._value), False)

    def _on_part_edited(self, path: str, value: Any) -> None:
        assert self._popover is not None
        form = self._popover.form
        self.edited.emit(path, value, form is not None and form.is_continuous)


class _Gear(QToolButton):
    """A small button beside a list; Enter opens it as Space does."""

    def __init__(self, drawing: str = "settings") -> None:
        super().__init__()
        self.setIcon(icon(drawing, "text_muted"))
        self.setIconSize(QSize(15, 15))
        self.setFixedSize(GEAR_WIDTH, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Treat Enter as Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

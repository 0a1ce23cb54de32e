"""Editors of flags, texts and choices between plain values."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.data.features import FEATURES
from playground.gui.editors.base import (
    FieldEditor,
    TagCombo,
    field_label,
    labelled_row,
)
from playground.gui.icons import icon
from playground.gui.teaching_tip import Tip, set_tip
from playground.gui.theme import monospace_font
from playground.gui.train.flow_layout import FlowLayout
from playground.schema.describe import Field

AUTOMATIC = "Automatic"
"""What an optional field shows when it is left to the application."""

_SEGMENTS = 3
"""Most choices that stand side by side; more go into a drop-down list."""
_FOLDERS = ("folder",)
"""Names of text fields that hold the path of a folder."""


def choice_title(choice: Any) -> str:
    """Return a literal value as a person reads it, such as ``x₁²`` for ``x1_squared``."""
    feature = FEATURES.get(choice)
    if feature is not None:
        return feature.label
    return str(choice).replace("_", " ")


class FlagEditor(FieldEditor):
    """Edits yes or no."""

    def __init__(self, field: Field, parent: QWidget | None = None, labelled: bool = False) -> None:
        super().__init__(field, parent)
        self._box = QCheckBox(field.shown.label if labelled else "")
        self._box.clicked.connect(self._tell)
        self.setFocusProxy(self._box)
        self._describe(self._box)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._box)

    def show_value(self, value: Any) -> None:
        """Show yes or no; emits nothing."""
        self._value = value
        self._box.setChecked(bool(value))


class TextEditor(FieldEditor):
    """Edits a text; the path of a folder can also be looked for."""

    def __init__(self, field: Field, parent: QWidget | None = None, labelled: bool = False) -> None:
        super().__init__(field, parent)
        self._line = QLineEdit()
        self._line.setPlaceholderText(AUTOMATIC if field.optional else "")
        self._line.editingFinished.connect(self._on_finished)
        self.setFocusProxy(self._line)
        self._describe(self._line)
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._line, 1)
        if field.name in _FOLDERS:
            browse = QToolButton()
            browse.setIcon(icon("folder"))
            browse.clicked.connect(self._browse)
            set_tip(browse, "Choose a folder", field.shown.help)
            row.addWidget(browse)
        self.setLayout(labelled_row(field, box, labelled))

    def show_value(self, value: Any) -> None:
        """Show a text; what is being typed stays while the text is the same."""
        if value == self._value and self._line.isModified():
            return
        self._value = value
        if self._line.text() != (value or ""):
            self._line.setText(value or "")
            self._line.setCursorPosition(0)
        self._line.setModified(False)

    def _on_finished(self) -> None:
        if self._line.isModified():
            self._line.setModified(False)
            text = self._line.text()
            self._tell(None if not text and self.field.optional else text)

    def _browse(self) -> None:
        title = self.field.shown.label
        chosen = QFileDialog.getExistingDirectory(self, title, self._line.text())
        if chosen:
            self._line.setText(chosen)
            self._line.setModified(False)
            self._tell(chosen)


class NumbersEditor(FieldEditor):
    """Edits a list of numbers, typed in one line with commas or spaces between them."""

    def __init__(self, field: Field, parent: QWidget | None = None, labelled: bool = False) -> None:
        super().__init__(field, parent)
        self._line = QLineEdit()
        self._line.setFont(monospace_font(13))
        self._line.editingFinished.connect(self._on_finished)
        self.setFocusProxy(self._line)
        self._describe(self._line)
        self.setLayout(labelled_row(field, self._line, labelled))

    def show_value(self, value: Any) -> None:
        """Show numbers; what is being typed stays while they are the same."""
        if value == self._value and self._line.isModified():
            return
        self._value = value
        text = ", ".join(f"{number:g}" for number in value)
        if self._line.text() != text:
            self._line.setText(text)
            self._line.setCursorPosition(0)
        self._line.setModified(False)

    def _on_finished(self) -> None:
        if not self._line.isModified():
            return
        self._line.setModified(False)
        try:
            numbers = tuple(float(w) for w in self._line.text().replace(",", " ").split())
        except ValueError:
            # Not numbers: back to what was there.
            numbers = self._value
        before = self._value
        self.show_value(numbers)
        if numbers != before:
            self._value = before
            self._tell(numbers)


class ChoiceEditor(FieldEditor):
    """Edits one of several plain values: side by side if few, else in a drop-down list."""

    def __init__(
        self,
        field: Field,
        parent: QWidget | None = None,
        labelled: bool = False,
        titles: dict[Any, str] | None = None,
    ) -> None:
        super().__init__(field, parent)
        entries: dict[Any, str] = {None: AUTOMATIC} if field.optional else {}
        entries |= titles if titles is not None else {c: choice_title(c) for c in field.choices}
        # In a column of 230 pixels; the room beside a word is that of four letters.
        short = sum(len(title) + 4 for title in entries.values()) <= 28
        self._buttons: dict[Any, QToolButton] = {}
        self._combo: TagCombo | None = None
        if len(entries) <= _SEGMENTS and short:
            control: QWidget = self._segments(entries)
        else:
            self._combo = TagCombo()
            for key, title in entries.items():
                self._combo.add(key, title)
            self._combo.chosen.connect(self._tell)
            control = self._combo
            self.setFocusProxy(control)
        self._describe(control)
        control.setEnabled(len(entries) > 1)
        self.setLayout(labelled_row(field, control, labelled))

    def show_value(self, value: Any) -> None:
        """Show a choice; emits nothing."""
        self._value = value
        if self._combo is not None:
            self._combo.select(value)
        else:
            self._buttons[value].setChecked(True)

    def _segments(self, entries: dict[Any, str]) -> QWidget:
        frame = QFrame()
        frame.setProperty("segmented", True)
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        group = QButtonGroup(frame)
        for key, title in entries.items():
            button = QToolButton()
            button.setText(title)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setAccessibleName(f"{self.field.shown.label}: {title}")
            button.clicked.connect(lambda _=False, key=key: self._tell(key))
            group.addButton(button)
            row.addWidget(button)
            self._buttons[key] = button
        return frame


class ChoicesEditor(FieldEditor):
    """Edits several of some plain values, each a pill that is on or off."""

    def __init__(self, field: Field, parent: QWidget | None = None, labelled: bool = False) -> None:
        super().__init__(field, parent)
        self._pills: dict[Any, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        flow = FlowLayout()
        for choice in field.choices:
            pill = QToolButton()
            pill.setText(choice_title(choice))
            pill.setCheckable(True)
            pill.setProperty("pill", True)
            pill.clicked.connect(self._on_clicked)
            feature = FEATURES.get(choice)
            set_tip(pill, choice_title(choice), feature.help if feature else field.shown.help)
            flow.addWidget(pill)
            self._pills[choice] = pill
        if self._pills:
            self.setFocusProxy(next(iter(self._pills.values())))
        if labelled:
            column.addWidget(field_label(field, next(iter(self._pills.values()))))
        column.addLayout(flow)

    def show_value(self, value: Any) -> None:
        """Show which are on; emits nothing."""
        self._value = tuple(value)
        for choice, pill in self._pills.items():
            pill.setChecked(choice in value)

    def _on_clicked(self) -> None:
        self._tell(tuple(c for c, pill in self._pills.items() if pill.isChecked()))


def automatic_tip(field: Field) -> Tip:
    """Return what there is to say about leaving a field to the application."""
    return Tip(AUTOMATIC, field.shown.help)

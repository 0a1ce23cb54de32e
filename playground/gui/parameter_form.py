"""Forms made from what structs declare about their fields, never by hand.

``editor_for(field)`` gives the editor of one field, :class:`ParameterForm` those of a struct. They
show a value with ``show_value`` and say with a signal what a person changed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.editors.base import FieldEditor, TagCombo, labelled_row
from playground.gui.editors.number import NumberEditor
from playground.gui.editors.plain import (
    AUTOMATIC,
    ChoiceEditor,
    ChoicesEditor,
    FlagEditor,
    NumbersEditor,
    TextEditor,
    automatic_tip,
)
from playground.gui.icons import icon
from playground.gui.teaching_tip import option_tip, set_option_tip, set_tip
from playground.schema.describe import Field, FieldKind, fields_of, summary_of, tag_of, title_of
from playground.schema.parameter import Option, Presentation

__all__ = ["FieldEditor", "ParameterForm", "editor_for", "joined", "switched"]

INDENT = 10


def editor_for(field: Field, parent: QWidget | None = None, labelled: bool = False) -> FieldEditor:
    """Return an editor for a field.

    Parameters
    ----------
    field
        As :mod:`playground.schema.describe` reads it.
    labelled
        Whether the editor shows the field's label, too.
    """
    match field.kind:
        case FieldKind.REAL | FieldKind.WHOLE:
            return NumberEditor(field, parent, labelled)
        case FieldKind.FLAG if field.optional:
            return ChoiceEditor(field, parent, labelled, {True: "Yes", False: "No"})
        case FieldKind.FLAG:
            return FlagEditor(field, parent, labelled)
        case FieldKind.TEXT:
            return TextEditor(field, parent, labelled)
        case FieldKind.REALS:
            return NumbersEditor(field, parent, labelled)
        case FieldKind.CHOICE:
            return ChoiceEditor(field, parent, labelled)
        case FieldKind.CHOICES:
            return ChoicesEditor(field, parent, labelled)
        case FieldKind.OPTION:
            return OptionEditor(field, parent, labelled)
        case FieldKind.OPTIONS:
            return OptionsEditor(field, parent, labelled)
        case FieldKind.GROUP:
            return GroupEditor(field, parent, labelled)


def joined(*parts: str) -> str:
    """Return one dotted path from its parts, leaving out empty ones."""
    return ".".join(part for part in parts if part)


def switched(option: type[msgspec.Struct], before: Any) -> Any:
    """Return another option that keeps the fields of the same name."""
    kept = {
        field.name: getattr(before, field.name)
        for field in fields_of(option)
        if hasattr(before, field.name)
    }
    try:
        # A field of the same name may have other bounds.
        return msgspec.convert(msgspec.to_builtins(option(**kept)), option)
    except msgspec.ValidationError:
        return option()


class ParameterForm(QWidget):
    """A form for the fields of a struct, or for one of several options and its fields.

    Parameters
    ----------
    declared
        A struct, or a tuple of option classes to choose from.

    Signals
    -------
    edited(str, object)
        Dotted path below the struct, and the new value. For a tuple of options the path is ""
        when another option was chosen.
    """

    edited = Signal(str, object)

    def __init__(
        self,
        declared: type[msgspec.Struct] | tuple[type[msgspec.Struct], ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._editors: dict[str, FieldEditor] = {}
        self._struct: Any = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        fields = (_choice_of(declared),) if isinstance(declared, tuple) else fields_of(declared)
        for field in fields:
            editor = editor_for(field, labelled=bool(field.name))
            editor.part_edited.connect(partial(self._on_edited, field.name))
            if field.shown.group:
                column.addWidget(_heading(field.shown.group, is_first=not self._editors))
            column.addWidget(editor)
            self._editors[field.name] = editor
        self._has_value = False
        self._is_continuous = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to edit."""
        return not self._editors

    def editor(self, name: str) -> FieldEditor:
        """Return the editor of a field; "" for the choice between options."""
        return self._editors[name]

    def show_value(self, struct: Any) -> None:
        """Show the fields of a struct; emits nothing."""
        if self._has_value and struct == self._struct and not self._editors:
            return
        self._struct, self._has_value = struct, True
        for name, editor in self._editors.items():
            editor.show_value(getattr(struct, name) if name else struct)

    def value(self) -> Any:
        """Return the struct with what was edited."""
        return self._struct

    @property
    def is_continuous(self) -> bool:
        """Whether the last edit was one of a series (steps, a slider), to be undone as one."""
        return self._is_continuous

    def focus_first(self) -> None:
        """Give the keyboard to the first editor."""
        for editor in self._editors.values():
            (editor.focusProxy() or editor).setFocus()
            return

    def _on_edited(self, name: str, path: str, value: Any) -> None:
        edited = self._editors[name].value()
        self._struct = msgspec.structs.replace(self._struct, **{name: edited}) if name else edited
        self._is_continuous = self._editors[name].is_continuous
        self.edited.emit(joined(name, path), value)


def _choice_of(options: tuple[type[msgspec.Struct], ...]) -> Field:
    """Return a field without a name that holds one of the options."""
    shown = Presentation("Kind")
    return Field("", FieldKind.OPTION, options[0], shown, options=options)


class OptionEditor(FieldEditor):
    """Edits which option is chosen, and below it the fields of that option."""

    def __init__(self, field: Field, parent: QWidget | None = None, labelled: bool = False) -> None:
        super().__init__(field, parent)
        self._options = {tag_of(option): option for option in field.options}
        self._form: ParameterForm | None = None
        self._nest: QWidget | None = None
        self.combo = TagCombo()
        if field.optional:
            self.combo.add(None, AUTOMATIC, automatic_tip(field))
        for tag, option in self._options.items():
            assert issubclass(option, Option)
            self.combo.add(tag, title_of(option), option_tip(option))
        self.combo.chosen.connect(self._on_chosen)
        self.combo.setAccessibleName(field.shown.label)
        self.setFocusProxy(self.combo)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(7)
        self._column.addLayout(labelled_row(field, self.combo, labelled))

    @property
    def form(self) -> ParameterForm | None:
        """The form of the chosen option, or ``None`` if it has no fields."""
        return self._form

    def show_value(self, value: Any) -> None:
        """Show an option and its fields; emits nothing."""
        another = type(value) is not type(self._value)
        self._value = value
        self.combo.select(None if value is None else tag_of(value))
        if another:
            self._rebuild()
        elif self._form is not None:
            self._form.show_value(value)
        if value is None:
            set_tip(self.combo, AUTOMATIC, self.field.shown.help)
        else:
            set_option_tip(self.combo, value)

    def _on_chosen(self, tag: Any) -> None:
        value = None if tag is None else switched(self._options[tag], self._value)
        before = self._value
        self.show_value(value)
        self._value, self.is_continuous = before, False
        self._tell(value)

    def _rebuild(self) -> None:
        if self._nest is not None:
            self._column.removeWidget(self._nest)
            self._nest.hide()
            self._nest.deleteLater()
        self._nest = self._form = None
        if self._value is None:
            return
        form = ParameterForm(type(self._value))
        if form.is_empty:
            form.deleteLater()
            return
        self._form = form
        self._form.show_value(self._value)
        self._form.edited.connect(self._on_part_edited)
        self._nest = _indented(self._form)
        self._column.addWidget(self._nest)

    def _on_part_edited(self, path: str, value: Any) -> None:
        assert self._form is not None
        self.is_continuous = self._form.is_continuous
        self._value = self._form.value()
        self.edited.emit(self._value)
        self.part_edited.emit(path, value)


class GroupEditor(FieldEditor):
    """Edits a nested struct: a heading, and its fields below."""

    def __init__(self, field: Field, parent: QWidget | None = None, labelled: bool = False) -> None:
        super().__init__(field, parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        if labelled:
            heading = QLabel(field.shown.label)
            heading.setProperty("role", "heading")
            column.addWidget(heading)
        self._form = ParameterForm(field.options[0])
        self._form.edited.connect(self._on_part_edited)
        column.addWidget(self._form)

    def show_value(self, value: Any) -> None:
        """Show the fields of a struct; emits nothing."""
        self._value = value
        self._form.show_value(value)

    def _on_part_edited(self, path: str, value: Any) -> None:
        self.is_continuous = self._form.is_continuous
        self._value = self._form.value()
        self.edited.emit(self._value)
        self.part_edited.emit(path, value)


class OptionsEditor(FieldEditor):
    """Edits a sequence of options, each with a form; more can be added and any removed."""

    def __init__(self, field: Field, parent: QWidget | None = None, labelled: bool = False) -> None:
        super().__init__(field, parent)
        self._forms: list[ParameterForm] = []
        self._items: list[QWidget] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        head = QHBoxLayout()
        if labelled:
            heading = QLabel(field.shown.label)
            heading.setProperty("role", "heading")
            head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(self._adder())
        column.addLayout(head)
        self._column = QVBoxLayout()
        self._column.setSpacing(9)
        column.addLayout(self._column)

    def show_value(self, value: Any) -> None:
        """Show the options in order; emits nothing."""
        before = tuple(type(item) for item in self._value or ())
        self._value = tuple(value)
        if before != tuple(type(item) for item in self._value):
            self._rebuild()
        for form, item in zip(self._forms, self._value, strict=True):
            form.show_value(item)

    def _adder(self) -> QToolButton:
        """Return the button that adds an option, with a menu where there are several."""
        field, add = self.field, QToolButton()
        add.setIcon(icon("plus"))
        if len(field.options) == 1:
            add.clicked.connect(lambda: self._add(field.options[0]))
            set_tip(add, f"Add {title_of(field.options[0])}", field.shown.help)
            return add
        menu = QMenu(add)
        menu.setToolTipsVisible(True)
        for option in field.options:
            action = menu.addAction(title_of(option))
            action.setToolTip(summary_of(option))
            action.triggered.connect(partial(self._add, option))
        add.setMenu(menu)
        add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_tip(add, f"Add to {field.shown.label.lower()}", field.shown.help)
        return add

    def _rebuild(self) -> None:
        for item in self._items:
            self._column.removeWidget(item)
            item.hide()
            item.deleteLater()
        self._forms, self._items = [], []
        for index, option in enumerate(self._value):
            item, column = QWidget(), QVBoxLayout()
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            item.setLayout(column)
            head = QHBoxLayout()
            head.addWidget(QLabel(f"{index + 1} · {title_of(type(option))}"))
            head.addStretch(1)
            remove = QToolButton()
            remove.setIcon(icon("close"))
            remove.clicked.connect(partial(self._remove, index))
            set_tip(remove, f"Remove {title_of(type(option))} {index + 1}", "")
            head.addWidget(remove)
            column.addLayout(head)
            form = ParameterForm(type(option))
            form.edited.connect(partial(self._on_part_edited, index))
            column.addWidget(_indented(form))
            self._column.addWidget(item)
            self._forms.append(form)
            self._items.append(item)

    def _add(self, option: type[msgspec.Struct], _checked: bool = False) -> None:
        self._change((*self._value, option()))

    def _remove(self, index: int) -> None:
        self._change(tuple(item for at, item in enumerate(self._value) if at != index))

    def _change(self, value: tuple[Any, ...]) -> None:
        before = self._value
        self.show_value(value)
        self._value, self.is_continuous = before, False
        self._tell(value)

    def _on_part_edited(self, index: int, path: str, value: Any) -> None:
        self.is_continuous = self._forms[index].is_continuous
        self._value = tuple(form.value() for form in self._forms)
        self.edited.emit(self._value)
        self.part_edited.emit(joined(str(index), path), value)


def _heading(text: str, is_first: bool) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    label.setContentsMargins(0, 0 if is_first else 10, 0, 0)
    return label


def _indented(form: QWidget) -> QWidget:
    """Return a form set in a little, with a line at its left: it belongs to what is above."""
    nest = QWidget()
    row = QHBoxLayout(nest)
    row.setContentsMargins(2, 0, 0, 0)
    row.setSpacing(INDENT - 3)
    line = QLabel()
    line.setProperty("separator", "vertical")
    line.setFixedWidth(1)
    row.addWidget(line)
    row.addWidget(form, 1)
    return nest

"""The left panel: what there is to learn."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.data.dataset import Dataset
from playground.data.features import FEATURES
from playground.data.mnist_folder import FolderReport
from playground.experiment.spec import ExperimentSpec
from playground.gui.editors.plain import NumbersEditor, choice_title
from playground.gui.teaching_tip import set_tip
from playground.gui.train.carry_over import carried_over
from playground.gui.train.feature_pills import PillGroup
from playground.gui.train.folder_box import FolderBox
from playground.gui.train.gallery import DatasetGallery
from playground.gui.train.panel_scroll import MARGIN, PanelScroll
from playground.gui.train.seed_box import SeedBox
from playground.gui.train.slider_row import SliderRow
from playground.schema.describe import Field, FieldKind, fields_of, summary_of, tag_of, title_of
from playground.schema.parameter import Option

__all__ = ["DataPanel", "split_notice"]

_SHARES = {"training_share": "validation_share", "validation_share": "training_share"}
"""Each share, and the one that gives way to it."""
_FEW = 10
"""With fewer training points than this, a warning is in place."""


class DataPanel(QWidget):
    """Chooses the dataset and edits its fields.

    Everything below the gallery is made from the fields that the dataset class declares.

    Signals
    -------
    edited(str, object, str, str)
        Path in the spec, new value, label for Undo, merge key.
    proposed(object, str, str)
        A whole new spec, label for Undo, merge key.
    """

    edited = Signal(str, object, str, str)
    proposed = Signal(object, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.setAccessibleName("Data")
        self.setMinimumWidth(230)
        self._spec: ExperimentSpec | None = None
        self._recent: dict[type[Dataset], Dataset] = {}
        self._editors: dict[str, QWidget] = {}

        heading = QLabel("Data")
        heading.setProperty("role", "heading")
        self.gallery = DatasetGallery()
        self.gallery.chosen.connect(self._choose)
        self._form = QVBoxLayout()
        self._form.setSpacing(8)
        self._notice = QFrame()
        self._notice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._notice_text = QLabel()
        self._notice_text.setWordWrap(True)
        inner = QVBoxLayout(self._notice)
        inner.setContentsMargins(10, 8, 8, 8)
        inner.addWidget(self._notice_text)

        scroll = PanelScroll()
        scroll.column.setSpacing(10)
        scroll.column.addWidget(self.gallery)
        scroll.column.addWidget(self._notice)
        scroll.column.addLayout(self._form)
        scroll.column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(8)
        heading.setContentsMargins(MARGIN, 0, MARGIN, 0)
        layout.addWidget(heading)
        layout.addWidget(scroll, 1)
        self._notice.hide()

    @property
    def notice(self) -> str:
        """What the notice says; "" if there is none."""
        return "" if self._notice.isHidden() else self._notice_text.text()

    def editor(self, name: str) -> QWidget:
        """Return the editor of a field of the dataset in use.

        Raises
        ------
        KeyError
            If the dataset has no such field.
        """
        return self._editors[name]

    # --- what the session says ---

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Show the data of a spec."""
        before, self._spec = self._spec, spec
        data = spec.data
        self._recent[type(data)] = data
        if before is None or type(before.data) is not type(data):
            self._build_form(type(data))
            self.gallery.show_chosen(type(data))
        for name, editor in self._editors.items():
            value = getattr(data, name)
            if isinstance(editor, PillGroup):
                value = tag_of(value) if isinstance(value, Option) else value
                editor.show_chosen(value if isinstance(value, tuple) else (value,))
            elif isinstance(editor, SliderRow | SeedBox | FolderBox):
                editor.set_value(value)
            elif isinstance(editor, NumbersEditor):
                editor.show_value(value)
        self._show_notice()

    # --- the form ---

    def _build_form(self, dataset: type[Dataset]) -> None:
        while (item := self._form.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                # Hidden at once: it goes away for good only when the event loop turns.
                widget.hide()
                widget.deleteLater()
        self._editors = {}
        fields = fields_of(dataset)
        for field in sorted(fields, key=lambda field: field.name == "seed"):
            self._add_field(field)

    def _add_field(self, field: Field) -> None:
        editor: QWidget
        heading = ""
        if field.name == "seed":
            editor, heading = SeedBox(field), field.shown.label
            editor.value_edited.connect(self._seed_edited)
        elif field.kind in (FieldKind.REAL, FieldKind.WHOLE):
            editor = SliderRow(field, as_percent=field.name in _SHARES)
            editor.value_edited.connect(
                lambda value, key, field=field: self._emit(field, value, key)
            )
            set_tip(editor, field.shown.label, field.shown.help)
        elif field.kind is FieldKind.CHOICES:
            editor, heading = self._features(field), field.shown.label
        elif field.kind is FieldKind.CHOICE:
            labels = {choice: _choice_label(choice) for choice in field.choices}
            pills = PillGroup(field.choices, labels, {}, exclusive=True)
            pills.edited.connect(lambda value, field=field: self._emit(field, value, ""))
            editor, heading = pills, field.shown.label
        elif field.kind is FieldKind.OPTION:
            editor, heading = self._options(field), field.shown.label
        elif field.kind is FieldKind.REALS:
            numbers = NumbersEditor(field)
            numbers.edited.connect(lambda value, field=field: self._emit(field, value, ""))
            editor, heading = numbers, field.shown.label
        elif field.kind is FieldKind.TEXT:
            folder = FolderBox(field)
            folder.folder_accepted.connect(self._folder_accepted)
            folder.report_ready.connect(self._folder_reported)
            editor, heading = folder, field.shown.label
        else:
            raise TypeError(f"the data panel has no editor for {field.name} ({field.kind.value})")
        if heading:
            label = QLabel(heading)
            label.setProperty("role", "heading")
            set_tip(label, heading, field.shown.help)
            self._form.addWidget(label)
        self._form.addWidget(editor)
        self._editors[field.name] = editor

    def _features(self, field: Field) -> PillGroup:
        labels = {name: feature.label for name, feature in FEATURES.items()}
        helps = {name: feature.help for name, feature in FEATURES.items()}
        pills = PillGroup(field.choices, labels, helps)
        pills.setAccessibleName(field.shown.label)
        pills.edited.connect(lambda value: self._features_edited(field, value))
        pills.refused.connect(self._feature_refused)
        return pills

    def _options(self, field: Field) -> PillGroup:
        """Return a pill for each option; they have no fields of their own."""
        labels = {tag_of(option): title_of(option) for option in field.options}
        pills = PillGroup(tuple(labels), labels, {}, exclusive=True, wraps=True)
        for option in field.options:
            pill = pills.pills[tag_of(option)]
            set_tip(pill, title_of(option), summary_of(option), getattr(option, "formula", ""))
        pills.edited.connect(lambda tag: self._emit(field, tag, ""))
        return pills

    def _features_edited(self, field: Field, names: tuple[str, ...]) -> None:
        self._show_notice()
        self._emit(field, names, "")

    def _feature_refused(self) -> None:
        self._say(
            "warning",
            "One input feature stays on: without an input there is nothing to "
            "learn from. Switch another one on first.",
        )

    def _emit(self, field: Field, value: Any, key: str) -> None:
        label = f"Set {field.shown.label[:1].lower()}{field.shown.label[1:]}"
        merge = f"data.{key}" if key else ""
        if field.name in _SHARES and self._spec is not None:
            other = _SHARES[field.name]
            left = round(1 - value, 10)
            if getattr(self._spec.data, other) > left >= 0:
                # One share gives way to the other, as the parts of a whole do.
                changes = {field.name: value, other: left}
                data = msgspec.structs.replace(self._spec.data, **changes)
                self.proposed.emit(msgspec.structs.replace(self._spec, data=data), label, merge)
                return
        self.edited.emit(f"data.{field.name}", value, label, merge)

    def _seed_edited(self, seed: int, drawn: bool) -> None:
        label = "Draw a new data seed" if drawn else "Set data seed"
        self.edited.emit("data.seed", seed, label, "")

    # --- choosing data ---

    def _choose(self, dataset: type[Dataset]) -> None:
        if self._spec is None:
            return
        chosen = carried_over(self._spec.data, dataset, self._recent.get(dataset))
        spec = msgspec.structs.replace(self._spec, data=chosen)
        self.proposed.emit(spec, f"Choose {title_of(dataset)}", "")

    def _folder_accepted(self, folder: str, report: FolderReport) -> None:
        if self._spec is None:
            return
        changes: dict[str, Any] = {"folder": folder}
        points = getattr(self._spec.data, "points", None)
        if points is not None and points > report.images:
            changes["points"] = report.images
        data = msgspec.structs.replace(self._spec.data, **changes)
        self.proposed.emit(
            msgspec.structs.replace(self._spec, data=data), "Choose the data folder", ""
        )

    def _folder_reported(self, report: FolderReport) -> None:
        points = self._editors.get("points")
        if isinstance(points, SliderRow) and report.pairs:
            points.set_ceiling(report.images)

    # --- the notice ---

    def _show_notice(self) -> None:
        text = split_notice(self._spec.data) if self._spec is not None else ""
        if text:
            self._say("warning", text)
        else:
            self._notice.hide()

    def _say(self, level: str, text: str) -> None:
        if self._notice.property("notice") != level:
            self._notice.setProperty("notice", level)
            self._notice.style().polish(self._notice)
        # A path may break after any of its folders.
        self._notice_text.setText(text.replace("/", "/\u200b"))
        self._notice.show()


def split_notice(data: Dataset) -> str:
    """Return a warning about a training or test set that says little, or ""."""
    train = data.training_count
    test, validation = data.test_count, data.validation_count
    if train < _FEW and "points" in data.__struct_fields__:
        points = "training point" if train == 1 else "training points"
        testing = "none" if test == 0 else str(test)
        return f"{train} {points} and {testing} for testing: add points."
    if test == 0 and validation:
        return "No points for testing: lower the training or the validation share."
    if test == 0 and data.training_share < 1:
        return "No points for testing: add points or lower the training share."
    if test == 0 and "points" in data.__struct_fields__:
        return "Everything is for training. Lower the training share to test what was learned."
    return ""


def _choice_label(choice: object) -> str:
    """Return what a pill says: short names, such as those of logic gates, in capitals."""
    text = str(choice)
    return text.upper() if len(text) <= 4 else choice_title(choice)

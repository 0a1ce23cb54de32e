"""Forms made from what options declare."""

from __future__ import annotations

import typing
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMenu,
    QSlider,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from playground.data.batching import AnyBatching, AnySampling
from playground.data.registry import DATASETS, Mnist, Spirals
from playground.data.scaling import AnyScaling
from playground.engine.activations import ELU, AnyActivation, LeakyReLU, Tanh
from playground.engine.class_weights import AnyClassWeights, GivenClassWeights
from playground.engine.clipping import AnyClipping
from playground.engine.initializers import AnyInitializer
from playground.engine.layers import Dense, Output
from playground.engine.losses import AnyLoss
from playground.engine.optimizers import Adam, AnyOptimizer, RMSProp
from playground.engine.regularizers import AnyRegularizer
from playground.engine.schedules import AnySchedule
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.gui.editors.base import TagCombo, allowed_range, number_text
from playground.gui.editors.number import NumberEditor
from playground.gui.editors.number_rule import NumberRule
from playground.gui.parameter_form import OptionEditor, ParameterForm, editor_for, switched
from playground.gui.theme import load_fonts, theme
from playground.gui.tip_card import TipCard
from playground.schema.describe import Field, FieldKind, field_of, tag_of
from playground.schema.parameter import Presentation, real, shown
from playground.schema.validation import replaced

UNIONS = (
    AnyActivation,
    AnyLoss,
    AnyOptimizer,
    AnySchedule,
    AnyRegularizer,
    AnyClipping,
    AnyClassWeights,
    AnyBatching,
    AnySampling,
    AnyScaling,
    AnyInitializer,
)
OPTIONS: tuple[type[Any], ...] = (
    *(option for union in UNIONS for option in typing.get_args(union)),
    *DATASETS,
    Dense,
)
STRUCTS: tuple[type[Any], ...] = (*OPTIONS, Output, TrainingSpec, ExperimentSpec)


@pytest.fixture(scope="module", autouse=True)
def _dressed(qapp: QApplication) -> None:
    """Let forms have the sizes that they have in the window."""
    load_fonts(qapp)
    theme().apply(qapp, "light")


class Edits(list[tuple[str, Any]]):
    """What a form has emitted."""

    def __call__(self, path: str, value: Any) -> None:
        self.append((path, value))


def shown_form(qtbot: QtBot, struct: Any, width: int = 230) -> tuple[ParameterForm, Edits]:
    """Return a visible form that shows a struct, and the list of its edits."""
    form = ParameterForm(type(struct))
    return prepared(qtbot, form, struct, width)


def prepared(
    qtbot: QtBot, form: ParameterForm, struct: Any, width: int = 230
) -> tuple[ParameterForm, Edits]:
    qtbot.addWidget(form)
    edits = Edits()
    form.edited.connect(edits)
    form.show_value(struct)
    form.resize(width, form.sizeHint().height())
    if form.is_empty:
        form.show()
    else:
        with qtbot.waitActive(form):
            form.show()
    return form, edits


def line_of(form: ParameterForm, name: str) -> Any:
    """Return the text line in which a number is typed."""
    editor = form.editor(name)
    assert isinstance(editor, NumberEditor)
    return editor.box.lineEdit()


def retype(qtbot: QtBot, line: Any, text: str) -> None:
    """Replace the text of a line as a person does."""
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)


# --- every option ---


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_that_every_option_has_a_form_that_shows_it_without_a_signal(
    qtbot: QtBot, struct: type[Any]
) -> None:
    form, edits = shown_form(qtbot, struct())
    assert form.value() == struct()
    form.show_value(struct())
    assert not edits
    assert form.minimumSizeHint().width() <= 230


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_that_the_path_of_every_number_leads_to_it(qtbot: QtBot, struct: type[Any]) -> None:
    form, edits = shown_form(qtbot, struct())
    for editor in form.findChildren(NumberEditor):
        before = form.value()
        edits.clear()
        editor.box.input.step(1 if editor.value() == editor.field.ge else -1)
        ((path, value),) = edits
        assert replaced(before, path, value) == form.value()
        assert form.is_continuous


@pytest.mark.parametrize("union", [*UNIONS, typing.Union[DATASETS]], ids=str)  # noqa: UP007
def test_that_every_option_can_be_chosen_from_a_list(qtbot: QtBot, union: Any) -> None:
    options = typing.get_args(union)
    form, edits = prepared(qtbot, ParameterForm(options), options[0]())
    editor = form.editor("")
    assert isinstance(editor, OptionEditor)
    assert editor.combo.keys() == tuple(tag_of(option) for option in options)
    for option in options[1:]:
        qtbot.keyClick(editor.combo, Qt.Key.Key_Down)
        path, value = edits[-1]
        assert path == ""
        assert type(value) is option
        assert type(form.value()) is option


def test_that_another_option_keeps_the_fields_of_the_same_name() -> None:
    assert switched(Adam, RMSProp(decay=0.5, epsilon=1e-4)) == Adam(epsilon=1e-4)
    assert switched(LeakyReLU, Tanh()) == LeakyReLU()
    assert switched(RMSProp, None) == RMSProp()


# --- numbers ---


def test_that_a_typed_number_counts_when_it_is_finished(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, TrainingSpec())
    line = line_of(form, "learning_rate")
    retype(qtbot, line, "0.25")
    assert not edits
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert edits == [("learning_rate", 0.25)]
    assert not form.is_continuous
    assert form.value() == TrainingSpec(learning_rate=0.25)


@pytest.mark.parametrize("text", ["abc", "1e99", "-1", "nan", "inf", ""])
def test_that_invalid_text_stays_and_says_what_is_allowed(qtbot: QtBot, text: str) -> None:
    form, edits = shown_form(qtbot, TrainingSpec())
    line = line_of(form, "learning_rate")
    retype(qtbot, line, text)
    if not text:
        qtbot.keyClick(line, Qt.Key.Key_Delete)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    editor = form.editor("learning_rate")
    assert isinstance(editor, NumberEditor)
    assert not edits
    assert line.text() == text
    assert editor.box.property("invalid") is True
    assert "From 0 to 1e12" in editor.box.input.problem
    (card,) = form.findChildren(TipCard)
    assert card.isVisible()
    assert card.tip is not None
    assert "From 0 to 1e12" in card.tip.text
    form.show_value(TrainingSpec())
    assert line.text() == text, "text that is being corrected is not taken away"
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "0.03"
    assert editor.box.property("invalid") is False


def test_that_a_refused_edit_snaps_back(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, TrainingSpec(batch_size=10))
    line = line_of(form, "batch_size")
    retype(qtbot, line, "999")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert edits == [("batch_size", 999)]
    form.show_value(TrainingSpec(batch_size=10))
    assert line.text() == "10"
    assert len(edits) == 1


def test_that_arrow_keys_step_a_learning_rate_through_its_suggestions(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, TrainingSpec())
    editor = form.editor("learning_rate")
    assert isinstance(editor, NumberEditor)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(editor.box, key)
    assert [value for _, value in edits] == [0.1, 0.3, 0.1]


def test_that_a_logarithmic_number_steps_in_round_factors() -> None:
    rule = NumberRule(field_of(Adam, "epsilon"))
    assert rule.stepped(1e-8, 1) == 2e-8
    assert rule.stepped(1e-8, -1) == 5e-9
    assert rule.stepped(1.0, 1) == 1.0, "never beyond the bounds"


def test_that_a_slider_edits_continuously(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, Spirals())
    slider = form.editor("noise").findChild(QSlider)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert edits == [("noise", 1.0), ("noise", 2.0)]
    assert form.is_continuous
    assert line_of(form, "noise").text() == "2 %"


def test_that_units_and_decimal_commas_are_understood() -> None:
    noise = NumberRule(field_of(Spirals, "noise"))
    assert noise.text(12.5) == "12.5 %"
    assert noise.parsed("12,5 %") == 12.5
    points = NumberRule(field_of(Spirals, "points"))
    assert points.parsed("1 000") == 1000
    assert points.parsed("1e3") == 1000
    with pytest.raises(ValueError, match=r"Type a whole number\. From 1 to 10000"):
        points.parsed("2.5")
    seed = NumberRule(field_of(Spirals, "seed"))
    assert seed.parsed("4294967295") == 2**32 - 1


def test_that_an_optional_number_may_be_empty(qtbot: QtBot) -> None:
    meta = real("Clip", gt=0, lt=5)
    assert meta.extra is not None
    field = Field("clip", FieldKind.REAL, None, meta.extra["shown"], gt=0.0, lt=5.0, optional=True)
    assert allowed_range(field) == "More than 0 and less than 5"
    editor = editor_for(field)
    qtbot.addWidget(editor)
    editor.show_value(2.0)
    assert isinstance(editor, NumberEditor)
    line = editor.box.lineEdit()
    retype(qtbot, line, " ")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert editor.value() is None
    assert line.placeholderText() == "Automatic"


def test_that_numbers_are_written_as_a_person_would() -> None:
    written = [number_text(v) for v in (0.03, 1e-8, 500.0, 3, 1e12, 0.1 + 0.2, -0.5)]
    assert written == ["0.03", "1e-8", "500", "3", "1e12", "0.3", "-0.5"]


# --- options within options ---


def test_that_a_field_of_a_nested_option_has_a_dotted_path(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, Dense(activation=ELU()))
    nested = form.editor("activation")
    assert isinstance(nested, OptionEditor)
    assert nested.form is not None
    line = line_of(nested.form, "alpha")
    retype(qtbot, line, "0.5")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert edits == [("activation.alpha", 0.5)]
    assert form.value() == Dense(activation=ELU(alpha=0.5))


def test_that_choosing_an_option_shows_its_fields(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, Dense(activation=Tanh()))
    nested = form.editor("activation")
    assert isinstance(nested, OptionEditor)
    assert nested.form is None
    nested.combo.setFocus()
    qtbot.keyClicks(nested.combo, "el")
    assert edits == [("activation", ELU())]
    assert nested.form is not None


def test_that_automatic_can_be_chosen_and_left(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, Output())
    editor = form.editor("activation")
    assert isinstance(editor, OptionEditor)
    assert editor.combo.shown_text() == "Automatic"
    first = typing.get_args(AnyActivation)[0]
    qtbot.keyClick(editor.combo, Qt.Key.Key_Down)
    qtbot.keyClick(editor.combo, Qt.Key.Key_Up)
    assert edits == [("activation", first()), ("activation", None)]


def test_that_layers_of_an_experiment_can_be_added_edited_and_removed(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, ExperimentSpec())
    adding, *removing = [
        button
        for button in form.findChildren(QToolButton)
        if button.accessibleName().startswith(("Add", "Remove"))
    ]
    assert len(removing) == 2
    menu = adding.menu()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "Layer norm").trigger()
    path, value = edits[-1]
    assert (path, len(value)) == ("network.layers", 3)
    assert len(form.value().network.layers) == 3
    assert replaced(ExperimentSpec(), path, value) == form.value()


# --- choices, flags, texts ---


def test_that_pills_switch_features_and_keep_their_order(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, Spirals())
    pills = {pill.text(): pill for pill in form.findChildren(QToolButton) if pill.isCheckable()}
    qtbot.mouseClick(pills["sin x₁"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(pills["x₁²"], Qt.MouseButton.LeftButton)
    assert edits[-1] == ("features", ("x1", "x2", "x1_squared", "sin_x1"))
    pills["x₂"].setFocus()
    qtbot.keyClick(pills["x₂"], Qt.Key.Key_Space)
    assert edits[-1] == ("features", ("x1", "x1_squared", "sin_x1"))


def test_that_few_choices_stand_side_by_side(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, TrainingSpec())
    buttons = {b.text(): b for b in form.editor("dtype").findChildren(QToolButton)}
    qtbot.mouseClick(buttons["float64"], Qt.MouseButton.LeftButton)
    assert edits == [("dtype", "float64")]
    qtbot.mouseClick(buttons["float64"], Qt.MouseButton.LeftButton)
    assert len(edits) == 1


def test_that_flags_and_optional_flags_can_be_edited(qtbot: QtBot) -> None:
    flag = editor_for(Field("mix", FieldKind.FLAG, False, Presentation("Mix")), labelled=True)
    qtbot.addWidget(flag)
    flag.show_value(False)
    with qtbot.waitSignal(flag.edited) as emitted:
        flag.findChild(QCheckBox).click()
    assert emitted.args == [True]
    field = Field("mix", FieldKind.FLAG, None, Presentation("Mix"), optional=True)
    optional = editor_for(field)
    qtbot.addWidget(optional)
    optional.show_value(None)
    buttons = {b.text(): b for b in optional.findChildren(QToolButton)}
    assert list(buttons) == ["Automatic", "Yes", "No"]
    with qtbot.waitSignal(optional.edited) as emitted:
        buttons["No"].click()
    assert emitted.args == [False]


def test_that_a_list_of_numbers_is_typed_in_one_line(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, GivenClassWeights((1.0, 5.0)))
    line = form.findChild(QLineEdit)
    assert line is not None
    assert line.text() == "1, 5"
    line.selectAll()
    qtbot.keyClicks(line, "1 0.5,2e1")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert edits == [("values", (1.0, 0.5, 20.0))]
    form.show_value(GivenClassWeights((1.0, 0.5, 20.0)))
    line.selectAll()
    qtbot.keyClicks(line, "one, two")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert len(edits) == 1
    assert line.text() == "1, 0.5, 20"
    line.selectAll()
    qtbot.keyClicks(line, "3")
    form.show_value(GivenClassWeights((1.0, 0.5, 20.0)))
    assert line.text() == "3", "what is being typed stays"


def test_that_the_path_of_a_folder_can_be_typed(qtbot: QtBot) -> None:
    form, edits = shown_form(qtbot, Mnist())
    line = form.editor("folder").focusProxy()
    assert line is not None
    line.setFocus()
    qtbot.keyClicks(line, "/data")
    assert not edits
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert edits == [("folder", "/data")]


def test_that_every_editor_has_a_name_for_screen_readers(qtbot: QtBot) -> None:
    form, _ = shown_form(qtbot, TrainingSpec())
    for name in ("learning_rate", "batch_size", "optimizer"):
        proxy = form.editor(name).focusProxy()
        assert proxy is not None
        assert proxy.accessibleName() == field_of(TrainingSpec, name).shown.label
        assert proxy.accessibleDescription()


def test_that_any_struct_can_have_a_form(qtbot: QtBot) -> None:
    class Custom(msgspec.Struct, frozen=True):
        """Something that a later version may add."""

        level: typing.Annotated[
            typing.Literal["none", "a little", "much", "everything"], shown("Level")
        ] = "none"

    # Annotations are texts here; the reader of declarations looks names up in the module.
    globals()["Custom"] = Custom
    form, edits = shown_form(qtbot, Custom())
    combo = form.findChild(TagCombo)
    qtbot.keyClick(combo, Qt.Key.Key_End)
    assert edits == [("level", "everything")]


def test_that_a_long_form_has_headings_where_the_fields_declare_them(qtbot: QtBot) -> None:
    form = ParameterForm(TrainingSpec)
    qtbot.addWidget(form)
    headings = [
        label.text() for label in form.findChildren(QLabel) if label.property("role") == "heading"
    ]
    assert headings == ["Goal", "Steps", "Samples", "Against overfitting", "Beginning and end"]

"""The table of samples: what it says, how it is sorted and filtered, and where its rows lead."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeySequence, QShortcut
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.data.dataset import Split
from playground.data.digits import Digits
from playground.data.points import OwnPoints
from playground.data.prepared import PreparedData
from playground.data.registry import Bumps, Circles, Spirals3
from playground.data.scaling import Standardise
from playground.experiment.change import fitted
from playground.experiment.spec import ExperimentSpec
from playground.gui.inspect_requests import Place, SamplePlace
from playground.gui.preferences import Preferences
from playground.gui.samples import view as view_module
from playground.gui.samples.columns import Column, Kind, number_format, written
from playground.gui.samples.copying import MOST_COPIED
from playground.gui.samples.view import SamplesView
from playground.gui.teaching_tip import tip_of
from playground.gui.theme import load_fonts, theme
from playground.training.trainer import Trainer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton
KEY = Qt.Key


class Inspecting(QWidget):
    """Stands for the workspaces around the table."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []

    def inspect_place(self, place: Place) -> None:
        self.places.append(place)


class Stage:
    """A table in a window, and a trainer that feeds it without a thread."""

    def __init__(self, data: Any, steps: int, preferences: Preferences | None = None) -> None:
        self.window = Inspecting()
        self.window.resize(760, 500)
        self.view = SamplesView(preferences)
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.view)
        self.load(data, steps)

    def load(self, data: Any, steps: int = 0) -> None:
        spec, _ = fitted(ExperimentSpec(data=data))
        self.trainer = Trainer(spec)
        self.trainer.advance(steps)
        self.view.show_data(self.trainer.data, self.trainer.architecture)

    def show(self, is_training: bool = False) -> None:
        self.view.show_network(self.trainer.parameters.copy(), is_training)
        QApplication.processEvents()

    def train(self, steps: int = 20) -> None:
        """Train on, and show it as a frame some time after the last one would."""
        self.trainer.advance(steps)
        self.view.scorer._next_look = 0
        self.show(is_training=True)

    def column(self, key: str) -> Column:
        return next(column for column in self.view.model.columns if column.key == key)

    def click_heading(self, qtbot: QtBot, key: str) -> None:
        header = self.view.table.horizontalHeader()
        place = self.view.model.columns.index(self.column(key))
        x = header.sectionViewportPosition(place) + header.sectionSize(place) // 2
        qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(x, header.height() // 2))

    def shown(self, key: str) -> np.ndarray[Any, Any]:
        """Return the numbers of a column from top to bottom."""
        model, column = self.view.model, self.column(key)
        return np.array([model.value(int(sample), column) for sample in model.rows])

    def text(self, row: int, key: str) -> str:
        place = self.view.model.columns.index(self.column(key))
        return str(self.view.model.index(row, place).data())


MakeStage = Callable[..., Stage]


@pytest.fixture
def make_stage(qtbot: QtBot, qapp: QApplication) -> Iterator[MakeStage]:
    load_fonts(qapp)
    theme().apply(qapp, "light")
    stages: list[Stage] = []

    def make(data: Any, steps: int = 60, preferences: Preferences | None = None) -> Stage:
        stage = Stage(data, steps, preferences)
        stages.append(stage)
        qtbot.addWidget(stage.window)
        stage.window.show()
        qtbot.waitExposed(stage.window)
        # Rows are held under the pointer, which lies where an earlier test has left it.
        qtbot.mouseMove(stage.window, QPoint(1, 1))
        stage.show()
        return stage

    yield make
    for stage in stages:
        stage.window.hide()


# --- what it says ---


def test_that_a_row_says_what_the_sample_is_and_what_the_network_says(
    make_stage: MakeStage,
) -> None:
    stage = make_stage(Circles(points=60, validation_share=0.1))
    model, samples = stage.view.model, stage.trainer.data.samples
    keys = [column.key for column in model.columns]
    assert keys == [
        "number", "mark", "target", "predicted", "loss", "certainty", "set", "input x₁", "input x₂",
    ]  # fmt: skip
    assert model.rowCount() == 60
    scores = model.scores
    for row in range(60):
        assert stage.text(row, "number") == str(row)
        name = samples.task.class_names[int(samples.labels[row])]
        assert stage.text(row, "target") == name
        is_right = scores.predicted[row] == samples.labels[row]
        assert stage.text(row, "mark") == ("✓" if is_right else "✗")
        assert (stage.text(row, "predicted") == name) == is_right
        assert float(stage.text(row, "loss")) == pytest.approx(scores.losses[row], abs=1e-4)
        assert stage.text(row, "input x₁") == written(samples.inputs[row, 0], ".3f")
    split = stage.trainer.data.split
    assert stage.text(int(split.validation[0]), "set") == "validation"
    assert stage.text(int(split.test[0]), "set") == "test"
    wrong = int((scores.predicted != samples.labels).sum())
    assert f"{wrong} of 60 wrong · loss {scores.losses.mean():.3g}" == stage.view.caption


def test_that_a_regression_shows_errors_and_no_mistakes(make_stage: MakeStage) -> None:
    stage = make_stage(Bumps(points=50))
    errors = stage.shown("error")
    assert errors == pytest.approx(stage.shown("predicted") - stage.shown("target"))
    assert stage.view.bar.wrong_only.isHidden()
    assert "mark" not in {column.key for column in stage.view.model.columns}
    assert stage.view.caption.startswith("50 samples · loss")


def test_that_images_have_a_picture_in_place_of_their_pixels(make_stage: MakeStage) -> None:
    stage = make_stage(Digits(points=40), 5)
    kinds = [column.kind for column in stage.view.model.columns]
    assert Kind.PICTURE in kinds
    assert Kind.INPUT not in kinds
    header = stage.view.table.horizontalHeader()
    left = header.sectionViewportPosition(kinds.index(Kind.PICTURE))
    image = stage.view.table.viewport().grab().toImage()
    colors = {image.pixelColor(left + x, 20).name() for x in range(header.sectionSize(2))}
    assert len(colors) > 3


def test_that_scaled_inputs_are_shown_as_they_are_in_the_data(make_stage: MakeStage) -> None:
    stage = make_stage(OwnPoints(x1=(10.0, 20.0, 30.0), x2=(1.0, 2.0, 4.0),
                                 targets=(0.0, 1.0, 1.0), scaling=Standardise()))  # fmt: skip
    assert list(stage.shown("input x₁")) == pytest.approx([10, 20, 30])
    assert [stage.text(row, "input x₁") for row in range(3)] == ["10", "20", "30"]
    index = stage.view.model.index(2, len(stage.view.model.columns) - 2)
    assert "scaled 1.225" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_that_cells_and_headings_have_names_for_a_screen_reader(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=20))
    model, role = stage.view.model, Qt.ItemDataRole.AccessibleTextRole
    said = [model.index(3, place).data(role) for place in range(model.columnCount())]
    assert said[0] == "Sample 3"
    assert said[1] in ("right", "wrong")
    assert said[2].startswith("Target ")
    assert model.headerData(1, Qt.Orientation.Horizontal, role) == "Right or wrong"
    for widget in (stage.view.table, stage.view.bar.sets, stage.view.bar.go_to):
        assert widget.accessibleName()
    for widget in (stage.view.bar.sets, stage.view.bar.wrong_only, stage.view.inspect_button):
        assert tip_of(widget) is not None


@pytest.mark.parametrize(
    ("values", "form"),
    [([1, 2, 3], ".0f"), ([0.5, -2.25], ".3f"), ([123.4, 0.1], ".1f"), ([2e7], ".3g"), ([], ".0f"),
     ([1e-5], ".3g"), ([np.nan, 12.5], ".2f")],
)  # fmt: skip
def test_that_a_column_is_written_in_one_way(values: list[float], form: str) -> None:
    assert number_format(np.array(values, float)) == form


def test_that_zero_has_no_sign_and_what_is_no_number_a_dash() -> None:
    assert [written(value, ".2f") for value in (-0.001, -1.5, np.nan, -np.inf)] == [
        "0.00", "−1.50", "–", "−∞",
    ]  # fmt: skip


# --- order and filters ---


def test_that_a_heading_sorts_the_worst_loss_first_and_then_the_other_way(
    qtbot: QtBot, make_stage: MakeStage
) -> None:
    stage = make_stage(Circles(points=80))
    stage.click_heading(qtbot, "loss")
    losses = stage.shown("loss")
    assert (np.diff(losses) <= 0).all()
    stage.click_heading(qtbot, "loss")
    assert (np.diff(stage.shown("loss")) >= 0).all()
    stage.click_heading(qtbot, "input x₂")
    assert (np.diff(stage.shown("input x₂")) >= 0).all()
    stage.click_heading(qtbot, "target")
    labels = stage.shown("target")
    assert (np.diff(labels) >= 0).all()
    # Equal ones in the order of their numbers.
    assert (np.diff(stage.view.model.rows[labels == 0]) > 0).all()
    stage.click_heading(qtbot, "target")
    labels = stage.shown("target")
    assert (np.diff(labels) <= 0).all()
    assert (np.diff(stage.view.model.rows[labels == 1]) > 0).all()


def test_that_every_column_can_be_sorted_from_the_menu(make_stage: MakeStage) -> None:
    stage = make_stage(Spirals3(points=60))
    table = stage.view.table
    menu = table.open_menu(stage.view.model.index(0, 0))
    sort = next(action.menu() for action in menu.actions() if action.text() == "Sort by")
    titles = [action.text() for action in sort.actions() if action.text()]
    assert titles[:3] == ["#", "Right or wrong", "Target"]
    assert titles[-1] == "Largest first"
    next(action for action in sort.actions() if action.text() == "Certainty").trigger()
    assert (np.diff(stage.shown("certainty")) >= 0).all()
    menu.deleteLater()


def test_that_a_loss_that_is_no_number_is_the_worst(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=20))
    losses = stage.view.model.scores.losses.copy()
    losses[7] = np.nan
    stage.view._show_scores(dataclasses.replace(stage.view.model.scores, losses=losses))
    stage.view._sort(stage.column("loss"), True)
    assert stage.view.model.sample(0) == 7
    assert stage.text(0, "loss") == "–"


def test_that_sets_and_mistakes_are_filtered(qtbot: QtBot, make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=100), 5)
    view, data = stage.view, stage.trainer.data
    view.bar.sets.chosen.emit("test")
    assert list(view.model.rows) == list(data.split.test)
    wrong = view.model.scores.wrong(data.samples.labels)
    qtbot.keyClick(view.table, KEY.Key_W)
    assert view.bar.wrong_only.isChecked()
    assert list(view.model.rows) == [each for each in data.split.test if wrong[each]]
    assert 0 < view.model.rowCount() < len(data.split.test)
    assert f" of {len(data.split.test)} wrong" in view.caption
    view.bar.sets.chosen.emit("all")
    assert list(view.model.rows) == list(np.flatnonzero(wrong))


def test_that_a_filter_keeps_the_place_though_the_chosen_row_goes(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=300), 40)
    view, bar = stage.view, stage.view.table.verticalScrollBar()
    right = np.flatnonzero(~view.model.scores.wrong(stage.trainer.data.samples.labels))
    gone = int(right[-1])
    view.choose_sample(gone)
    bar.setValue(0)
    view.bar.wrong_only.click()
    assert (view.sample, bar.value()) == (None, 0)
    # It is still the one that was chosen.
    view.bar.wrong_only.click()
    assert (view.sample, bar.value()) == (gone, 0)


def test_that_an_empty_table_says_why_and_how_to_go_on(qtbot: QtBot, make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=40), 0)
    view = stage.view
    view.show_data(None, None)
    assert "as soon as there is data" in view.empty_words
    stage.load(Circles(points=40))
    stage.show()
    assert view.empty_words == ""
    right = view.model.scores.predicted.copy()
    right[:] = stage.trainer.data.samples.labels
    view._show_scores(dataclasses.replace(view.model.scores, predicted=right))
    view.bar.wrong_only.click()
    assert view.empty_words == "No mistakes: every sample is right."
    view._choose(of_set="validation", wrong_only=False)
    assert view.empty_words == "There are no validation samples."
    qtbot.mouseClick(view._empty._all, LEFT)
    assert view.model.rowCount() == 40
    assert view.empty_words == ""


def test_that_sorting_and_filters_are_remembered_by_name(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=40), preferences=Preferences())
    stage.view._sort(stage.column("input x₂"), True)
    stage.view.bar.sets.chosen.emit("test")
    stage.view.bar.wrong_only.click()
    again = make_stage(Circles(points=40), preferences=Preferences())
    assert again.view.arrangement == stage.view.arrangement
    assert again.view.bar.wrong_only.isChecked()
    # A column that other data do not have does no harm, and is there again with its data.
    again.view._choose(of_set="all", wrong_only=False)
    again.load(Digits(points=20))
    again.show()
    assert list(again.view.model.rows) == list(range(20))
    preferences = Preferences()
    preferences.remember("samples.sort", "nonsense")
    preferences.remember("samples.set", "none such")
    other = make_stage(Circles(points=20), preferences=preferences)
    assert list(other.view.model.rows) == list(range(20))


# --- keys, and the way into the inspector ---


def test_that_a_row_leads_to_the_inspector_by_every_way(
    qtbot: QtBot, make_stage: MakeStage
) -> None:
    stage = make_stage(OwnPoints())
    view, table = stage.view, stage.view.table
    view._sort(stage.column("loss"), True)
    samples = [int(each) for each in view.model.rows]
    told: list[int] = []
    view.inspected.connect(told.append)
    view.choose_sample(samples[0])
    qtbot.keyClick(table, KEY.Key_Return)
    qtbot.keyClick(table, KEY.Key_Down)
    qtbot.keyClick(table, KEY.Key_I)
    place = table.visualRect(view.model.index(2, 2)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(table.viewport(), LEFT, pos=place)
    assert view.inspect_button.text() == f"Inspect #{samples[2]}"
    view.inspect_button.click()
    menu = table.open_menu(view.model.index(3, 0))
    entry = menu.actions()[0]
    assert entry.text().startswith(f"Inspect this sample (#{samples[3]})")
    entry.trigger()
    menu.deleteLater()
    expected = [samples[0], samples[1], samples[2], samples[2], samples[3]]
    assert stage.window.places == [SamplePlace(each) for each in expected]
    assert told == expected


def test_that_a_number_is_gone_to_even_if_a_filter_hides_it(
    qtbot: QtBot, make_stage: MakeStage
) -> None:
    stage = make_stage(Circles(points=300))
    view, table = stage.view, stage.view.table
    hidden = int(stage.trainer.data.split.test[-1])
    view.bar.sets.chosen.emit("training")
    table.setFocus()
    digits = str(hidden)
    qtbot.keyClicks(table, digits[:1])
    assert view.bar.go_to.text() == digits[:1]
    qtbot.keyClicks(view.bar.go_to, digits[1:] + "x")
    qtbot.keyClick(view.bar.go_to, KEY.Key_Return)
    assert view.sample == hidden
    assert view.arrangement.of_set == "all"
    assert "the filter hid" in view.caption
    row = view.model.row_of(hidden)
    assert row in table.seen_rows()
    view.go_to_sample(300)
    assert view.sample == hidden
    view.bar.hide_problem()


def test_that_tab_shows_where_the_keys_act(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=200))
    view, table = stage.view, stage.view.table
    table.setFocus(Qt.FocusReason.OtherFocusReason)
    assert view.sample is None
    table.verticalScrollBar().setValue(480)
    view.bar.go_to.setFocus()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.sample == table.seen_rows().start == 20
    # And Tab leads out of the table again.
    table.focusNextPrevChild(True)
    assert not table.hasFocus()


def test_that_keys_walk_through_the_rows(qtbot: QtBot, make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=200))
    view, table = stage.view, stage.view.table
    chosen: list[int] = []
    view.current_changed.connect(chosen.append)
    for key in (KEY.Key_Down, KEY.Key_Down, KEY.Key_End, KEY.Key_Up, KEY.Key_Home):
        qtbot.keyClick(table, key)
    assert chosen == [0, 1, 199, 198, 0]
    assert table.seen_rows().start == 0


def test_that_rows_are_copied_for_a_spreadsheet(qtbot: QtBot, make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=30))
    view, table = stage.view, stage.view.table
    view._sort(stage.column("loss"), True)
    table.selectRow(0)
    qtbot.keyClick(table, KEY.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(table, KEY.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().rstrip("\n").split("\n")
    assert lines[0].split("\t") == [
        "number", "answer", "target", "predicted", "loss", "certainty", "set", "x₁", "x₂",
    ]  # fmt: skip
    assert len(lines) == 3
    sample = view.model.sample(1)
    cells = lines[2].split("\t")
    assert cells[0] == str(sample)
    assert float(cells[4]) == pytest.approx(view.model.scores.losses[sample], rel=1e-8)
    assert float(cells[7]) == pytest.approx(stage.trainer.data.samples.inputs[sample, 0], rel=1e-8)
    assert view.caption == "Copied 2 rows."


def test_that_an_image_is_enlarged_while_the_pointer_rests_on_it(
    qtbot: QtBot, make_stage: MakeStage
) -> None:
    stage = make_stage(Digits(points=40), 5)
    view, table = stage.view, stage.view.table
    place = [column.kind for column in view.model.columns].index(Kind.PICTURE)
    over = table.visualRect(view.model.index(2, place)).center()

    def rest(at: QPoint) -> None:
        spot = table.viewport().mapToGlobal(at)
        QApplication.sendEvent(table.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, spot))

    rest(over)
    assert view.enlarging.sample == 2
    beliefs = view.scorer.beliefs(2)
    assert beliefs is not None
    assert beliefs.sum() == pytest.approx(1)
    assert beliefs.max() == pytest.approx(view.model.scores.certainty[2])
    qtbot.mouseMove(table.viewport(), over + QPoint(120, 0))
    assert view.enlarging.sample is None
    rest(over)
    stage.load(Digits(points=30))
    assert view.enlarging.sample is None


def test_that_space_in_the_field_for_a_number_is_left_to_the_window(
    qtbot: QtBot, make_stage: MakeStage
) -> None:
    stage = make_stage(Circles(points=30))
    pressed: list[int] = []
    QShortcut(QKeySequence("Space"), stage.window, lambda: pressed.append(1))
    stage.view.bar.begin_number("1")
    qtbot.keyClick(stage.view.bar.go_to, KEY.Key_Space)
    assert stage.view.bar.go_to.text() == "1"
    qtbot.keyClick(stage.view.bar.go_to, KEY.Key_Escape)
    assert stage.view.bar.go_to.text() == ""
    assert pressed == [1]


# --- while the network trains ---


def test_that_the_table_follows_training_while_it_is_seen(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=60), 0)
    before = stage.view.model.scores.losses.copy()
    stage.train()
    after = stage.view.model.scores.losses.copy()
    assert not np.array_equal(before, after)
    # A moment later nobody could read it.
    stage.trainer.advance(5)
    stage.show(is_training=True)
    assert np.array_equal(stage.view.model.scores.losses, after)
    # A network that stands still is shown at once.
    stage.show()
    assert not np.array_equal(stage.view.model.scores.losses, after)
    stage.view.hide()
    hidden = stage.view.model.scores
    stage.train()
    assert stage.view.model.scores is hidden
    stage.view.show()
    stage.show()
    assert stage.view.model.scores is not hidden


def test_that_the_chosen_row_stays_chosen_wherever_it_goes(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=200), 0)
    view = stage.view
    view._sort(stage.column("loss"), True)
    chosen: list[int] = []
    view.choose_sample(57)
    view.current_changed.connect(chosen.append)
    top = view.table.verticalScrollBar().value()
    rows = view.model.rows.copy()
    for _ in range(4):
        stage.train(30)
    assert not np.array_equal(rows, view.model.rows)
    assert (np.diff(stage.shown("loss")) <= 0).all()
    assert view.sample == 57
    assert view.table.verticalScrollBar().value() == top
    assert chosen == []


def test_that_rows_do_not_run_away_from_who_walks_through_them(
    qtbot: QtBot, make_stage: MakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = make_stage(Circles(points=200), 0)
    view = stage.view
    view._sort(stage.column("loss"), True)
    qtbot.keyClick(view.table, KEY.Key_Down)
    rows = view.model.rows.copy()
    stage.train(100)
    assert np.array_equal(view.model.rows, rows)
    assert view.caption.endswith("order held")
    monkeypatch.setattr(view_module, "HELD_SECONDS", 0.0)
    qtbot.waitUntil(lambda: not np.array_equal(view.model.rows, rows))
    assert "held" not in view.caption


def test_that_other_data_bring_other_rows(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=120))
    view = stage.view
    view.choose_sample(100)
    at = view.table.verticalScrollBar().value()
    assert at > 0
    # The same points a little elsewhere: the eye keeps its place.
    stage.load(Circles(points=120, noise=0.3))
    stage.show()
    assert (view.sample, view.table.verticalScrollBar().value()) == (100, at)
    stage.load(Digits(points=30))
    stage.show()
    assert view.sample is None
    assert view.model.rowCount() == 30
    assert view.model.scores.are_complete
    assert view.inspect_button.text() == "Inspect"
    assert not view.inspect_button.isEnabled()


def test_that_columns_keep_the_width_they_were_given(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=40))
    header = stage.view.table.horizontalHeader()
    fitted_widths = [header.sectionSize(place) for place in range(header.count())]
    assert sum(fitted_widths) <= stage.view.table.viewport().width()
    header.resizeSection(4, 150)
    stage.window.resize(900, 500)
    stage.load(Circles(points=40, noise=0.3))
    assert header.sectionSize(4) == 150
    assert header.sectionSize(3) == fitted_widths[3]
    stage.load(Bumps(points=40))
    assert header.sectionSize(4) != 150
    stage.window.resize(320, 500)
    QApplication.processEvents()
    seen = stage.view.table.viewport().width()
    loss = [column.key for column in stage.view.model.columns].index("loss")
    assert header.sectionPosition(loss) + header.sectionSize(loss) <= seen


def test_that_the_model_tells_qt_the_truth(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=40), 0)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(stage.view.model, mode)
    stage.view.bar.wrong_only.click()
    stage.view._sort(stage.column("loss"), True)
    stage.train()
    stage.view.bar.wrong_only.click()
    stage.load(Spirals3(points=30))
    stage.show()
    assert tester.model() is stage.view.model


def test_that_another_theme_repaints_the_table(qapp: QApplication, make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=30))
    corner = QPoint(2, 2)

    def shades() -> tuple[int, int]:
        table = stage.view.table
        heading = table.horizontalHeader().viewport().grab().toImage().pixelColor(corner)
        row = table.viewport().grab().toImage().pixelColor(corner)
        return heading.lightness(), row.lightness()

    assert min(shades()) > 200
    theme().apply(qapp, "dark")
    QApplication.processEvents()
    assert max(shades()) < 70
    theme().apply(qapp, "light")


# --- many samples ---


@pytest.fixture
def many(make_stage: MakeStage) -> Stage:
    """Return a stage with 70,000 images of 784 pixels, which take no memory: all are the same."""
    stage = make_stage(Digits(points=20), 0)
    digits, count = stage.trainer.data, 70_000
    row = np.linspace(0, 1, 784)
    inputs = np.broadcast_to(row, (count, 784))
    labels = np.arange(count) % 10
    samples = dataclasses.replace(
        digits.samples,
        points=inputs,
        inputs=inputs,
        labels=labels.astype(float),
        strata=labels,
        image_shape=(28, 28),
    )
    split = Split(np.arange(60_000), np.zeros(0, np.int64), np.arange(60_000, count))
    data = PreparedData(digits.dataset, samples, split)
    # The trainer copies what it trains on: ten thousand times less will do for its weights.
    few = dataclasses.replace(samples, points=inputs[:10], inputs=inputs[:10],
                              labels=samples.labels[:10], strata=labels[:10])  # fmt: skip
    some = Split(np.arange(10), np.zeros(0, np.int64), np.zeros(0, np.int64))
    stage.trainer = Trainer(stage.trainer.spec, PreparedData(digits.dataset, few, some))
    stage.many = data  # type: ignore[attr-defined]
    return stage


def test_that_seventy_thousand_rows_open_with_few_cells(
    qtbot: QtBot, many: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, data = many.view, many.many  # type: ignore[attr-defined]
    asked: list[int] = []
    text = view.model.text

    def counted(sample: int, column: Column) -> str:
        asked.append(sample)
        return text(sample, column)

    monkeypatch.setattr(view.model, "text", counted)
    view.show_data(data, many.trainer.architecture)
    many.show()
    assert view.model.rowCount() == 70_000
    assert view.model.samples is data
    seen = view.table.seen_rows()
    assert 5 < len(seen) < 40
    assert set(asked) <= set(range(seen.stop + 2))
    # The rows in sight are answered at once, the others beside the screen.
    assert view.model.scores.known[seen.start : seen.stop].all()
    assert view.scorer.is_busy
    assert not view.model.scores.are_complete
    asked.clear()
    view.go_to_sample(65_432)
    QApplication.processEvents()
    assert view.model.is_known(65_432)
    assert len(set(asked)) < 60
    qtbot.waitUntil(lambda: view.model.scores.are_complete, timeout=20_000)
    assert not view.scorer.is_busy
    view.bar.wrong_only.click()
    assert view.model.rowCount() == 63_000
    view._sort(many.column("loss"), True)
    assert (np.diff(view.model.scores.losses[view.model.rows]) <= 0).all()
    assert view.sample == 65_432 or not view.model.is_wrong(65_432)
    view.table.selectAll()
    assert view.table.chosen_count == 63_000
    view.table.copy_rows()
    assert QGuiApplication.clipboard().text().count("\n") == MOST_COPIED + 1
    assert f"first {MOST_COPIED:,} of 63,000" in view.caption


def test_that_asking_about_many_ends_when_nobody_looks(many: Stage) -> None:
    view, data = many.view, many.many  # type: ignore[attr-defined]
    view.show_data(data, many.trainer.architecture)
    many.show()
    assert view.scorer.is_busy
    view.hide()
    assert not view.scorer.is_busy
    view.show()
    many.show()
    assert view.scorer.is_busy
    view.show_data(None, None)
    assert not view.scorer.is_busy

"""The transport: real clicks and keys on play, step, the selectors and their popovers."""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.data.batching import FullBatch, MiniBatch, SingleSample
from playground.data.registry import Digits, Plane
from playground.engine.optimizers import SGD, Adam, Momentum, RMSProp
from playground.engine.regularizers import L1, L2, NoRegularization
from playground.engine.schedules import Cosine
from playground.experiment.change import fitted
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.gui.editors.base import TagCombo
from playground.gui.editors.number import NumberCombo, NumberEditor
from playground.gui.editors.popover import OptionPopover
from playground.gui.teaching_tip import tip_of
from playground.gui.train.readout import (
    Readout,
    count_text,
    epoch_text,
    loss_text,
    rate_text,
    share_text,
)
from playground.gui.train.selector import OptionSelector
from playground.gui.train.transport import TransportBar
from playground.schema.validation import replaced
from playground.training.evaluation import Metrics
from playground.training.snapshot import Snapshot, SnapshotBuilder, View
from playground.training.trainer import Trainer


def experiment(**training: Any) -> ExperimentSpec:
    return ExperimentSpec(training=TrainingSpec(**training))


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    trainer = Trainer(experiment())
    trainer.advance(60)
    return SnapshotBuilder(trainer, 1).build(View(), running=True, steps_per_second=21_400)


class Edits(list[tuple[str, Any, str, str]]):
    """What the bar has emitted."""

    def __call__(self, path: str, value: Any, label: str, merge_key: str) -> None:
        self.append((path, value, label, merge_key))


class Bench:
    """A transport in a window of its own, and its edits applied to a spec as a session does."""

    def __init__(self, qtbot: QtBot, spec: ExperimentSpec, width: int = 1280) -> None:
        self.qtbot, self.spec, self.edits = qtbot, spec, Edits()
        self.window = QWidget()
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        self.bar = TransportBar()
        layout.addWidget(self.bar)
        qtbot.addWidget(self.window)
        self.bar.edited.connect(self.edits)
        self.bar.edited.connect(self._apply)
        self.bar.show_spec(spec)
        self.window.resize(width, 58)
        with qtbot.waitExposed(self.window):
            self.window.show()

    def _apply(self, path: str, value: Any, label: str, merge_key: str) -> None:
        self.spec = replaced(self.spec, path, value)
        self.bar.show_spec(self.spec)

    def combo(self, name: str) -> TagCombo:
        found = self.bar.findChild(TagCombo, name)
        assert found is not None
        return found

    def number(self, name: str) -> NumberCombo:
        found = self.bar.findChild(NumberCombo, name)
        assert found is not None
        return found

    def button(self, name: str) -> QToolButton:
        found = self.bar.findChild(QToolButton, name)
        assert found is not None
        return found

    def readout(self, caption: str) -> Readout:
        for readout in self.bar.findChildren(Readout):
            if readout.accessibleName().startswith(caption):
                return readout
        raise AssertionError(caption)

    def popover(self, name: str) -> OptionPopover:
        for selector in self.bar.findChildren(OptionSelector):
            if selector.combo.objectName() == name and selector.popover is not None:
                return selector.popover
        raise AssertionError(name)

    def retype(self, box: NumberCombo, text: str) -> None:
        line = box.lineEdit()
        assert line is not None
        box.setFocus()
        line.selectAll()
        self.qtbot.keyClicks(box, text)


# --- buttons ---


def test_that_the_round_button_plays_and_shows_pause_while_training_runs(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment())
    play = bench.button("play")
    assert play.accessibleName() == "Play"
    with qtbot.waitSignal(bench.bar.play_toggled):
        qtbot.mouseClick(play, Qt.MouseButton.LeftButton)
    bench.bar.show_running(True)
    assert play.accessibleName() == "Pause"
    with qtbot.waitSignal(bench.bar.play_toggled):
        qtbot.keyClick(play, Qt.Key.Key_Space)


def test_that_reset_and_new_weights_are_asked_for(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment())
    with qtbot.waitSignal(bench.bar.reset_requested):
        qtbot.mouseClick(bench.button("reset"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(bench.bar.new_weights_requested):
        qtbot.mouseClick(bench.button("new_weights"), Qt.MouseButton.LeftButton)
    assert not bench.edits


def test_that_the_step_button_remembers_what_it_last_did(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment())
    step = bench.button("step")
    with qtbot.waitSignal(bench.bar.step_requested) as asked:
        qtbot.mouseClick(step, Qt.MouseButton.LeftButton, pos=QPoint(12, 15))
    assert asked.args == [False]
    menu = step.menu()
    assert menu is not None
    with qtbot.waitSignal(bench.bar.step_requested) as asked:
        menu.actions()[1].trigger()
    assert asked.args == [True]
    assert step.accessibleName() == "Step one epoch"
    with qtbot.waitSignal(bench.bar.step_requested) as asked:
        qtbot.keyClick(step, Qt.Key.Key_Space)
    assert asked.args == [True]


# --- optimizer and its hyperparameters ---


def test_that_the_optimizer_is_changed_by_keys(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(optimizer=SGD()))
    combo = bench.combo("optimizer")
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert bench.edits == [("training.optimizer", Momentum(), "Set optimizer", "")]
    qtbot.keyClicks(combo, "adam")
    assert isinstance(bench.spec.training.optimizer, Adam)
    assert combo.shown_text() == "Adam"


def test_that_the_optimizer_is_changed_in_its_list(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(optimizer=SGD()))
    combo = bench.combo("optimizer")
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert combo.view().isVisible()
    index = combo.model().index(combo.keys().index("rmsprop"), 0)
    place = combo.view().visualRect(index).center()
    qtbot.mouseMove(combo.view().viewport(), place)
    qtbot.mouseClick(combo.view().viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert bench.spec.training.optimizer == RMSProp()


def test_that_a_popover_edits_hyperparameters_by_keyboard_alone(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(optimizer=Adam()))
    gear = bench.button("optimizer_settings")
    gear.setFocus()
    qtbot.keyClick(gear, Qt.Key.Key_Return)
    popover = bench.popover("optimizer")
    assert popover.isVisible()
    assert popover.form is not None
    editor = popover.form.editor("beta1")
    assert isinstance(editor, NumberEditor)
    line = editor.box.lineEdit()
    line.selectAll()
    qtbot.keyClicks(editor.box, "0.8")
    qtbot.keyClick(editor.box, Qt.Key.Key_Return)
    assert bench.edits == [("training.optimizer.beta1", 0.8, "Set optimizer beta1", "")]
    assert bench.spec.training.optimizer == Adam(beta1=0.8)
    assert popover.isVisible(), "an edit leaves it open"
    qtbot.keyClick(editor.box, Qt.Key.Key_Up)
    assert bench.edits[-1][3] == "training.optimizer.beta1", "steps are undone together"
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_that_an_option_without_hyperparameters_has_no_gear(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(optimizer=SGD()))
    assert bench.button("optimizer_settings").isHidden()
    bench.bar.show_spec(experiment(optimizer=Adam()))
    assert bench.button("optimizer_settings").isVisible()
    assert not bench.edits


def test_that_an_open_popover_follows_undo(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(optimizer=Adam(beta1=0.5)))
    bench.button("optimizer_settings").click()
    popover = bench.popover("optimizer")
    bench.bar.show_spec(experiment(optimizer=Adam(beta1=0.25)))
    assert popover.form is not None
    assert popover.form.value() == Adam(beta1=0.25)
    bench.bar.show_spec(experiment(optimizer=SGD()))
    assert not popover.isVisible()


# --- numbers ---


def test_that_a_learning_rate_can_be_typed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment())
    box = bench.number("learning_rate")
    bench.retype(box, "0.2")
    assert not bench.edits
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert bench.edits == [("training.learning_rate", 0.2, "Set learning rate", "")]
    assert box.currentText() == "0.2"


def test_that_an_invalid_learning_rate_stays_and_is_not_told(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment())
    box = bench.number("learning_rate")
    bench.retype(box, "fast")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert not bench.edits
    assert box.currentText() == "fast"
    assert box.property("invalid") is True
    assert box.input.problem == "Type a number. From 0 to 1e12."
    bench.retype(box, "0.1")
    assert box.property("invalid") is False
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert bench.edits[-1][:2] == ("training.learning_rate", 0.1)


def test_that_usual_learning_rates_are_in_a_list(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment())
    box = bench.number("learning_rate")
    listed = [box.itemText(index) for index in range(box.count())]
    assert listed[0] == "1e-5"
    assert listed[-1] == "10"
    box.showPopup()
    index = box.model().index(listed.index("0.3"), 0)
    place = box.view().visualRect(index).center()
    qtbot.mouseMove(box.view().viewport(), place)
    qtbot.mouseClick(box.view().viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert bench.edits == [("training.learning_rate", 0.3, "Set learning rate", "")]


def test_that_arrow_keys_change_the_learning_rate_as_one_step_of_undo(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment())
    box = bench.number("learning_rate")
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert [edit[1] for edit in bench.edits] == [0.1, 0.3]
    assert {edit[3] for edit in bench.edits} == {"training.learning_rate"}


def test_that_the_full_batch_is_chosen_by_name_and_left_by_a_number(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(batch_size=10))
    box = bench.number("batch_size")
    assert box.itemText(box.count() - 1) == "full"
    box.activated.emit(box.count() - 1)
    assert bench.edits == [("training.batching", "full_batch", "Set batch size", "")]
    assert bench.spec.training.batching == FullBatch()
    assert box.currentText() == "full"
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert bench.spec.training.batching == MiniBatch()
    assert bench.spec.training.batch_size == 1
    assert box.currentText() == "1"
    bench.retype(box, "Full")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert bench.spec.training.batching == FullBatch()
    bench.retype(box, "25")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (bench.spec.training.batching, bench.spec.training.batch_size) == (MiniBatch(), 25)
    bench.retype(box, "many")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert "Or type full." in box.input.problem


def test_that_single_samples_and_gathered_batches_are_shown(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(batch_size=10, batching=SingleSample(), accumulation=4))
    assert bench.number("batch_size").currentText() == "1"
    assert "Batch × 4" in {label.text() for label in bench.bar.findChildren(QLabel)}


def test_that_a_refused_batch_size_snaps_back(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(batch_size=10))
    bench.bar.edited.disconnect(bench._apply)
    box = bench.number("batch_size")
    bench.retype(box, "5000")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert bench.edits == [("training.batch_size", 5000, "Set batch size", "")]
    bench.bar.show_spec(bench.spec)
    assert box.currentText() == "10"
    assert len(bench.edits) == 1


# --- loss and regularization ---


def test_that_losses_without_meaning_are_greyed_out_with_the_reason(qtbot: QtBot) -> None:
    spec = experiment()
    bench = Bench(qtbot, spec)
    combo = bench.combo("loss")
    model: Any = combo.model()

    def entry(tag: str) -> Any:
        return model.item(combo.keys().index(tag))

    assert entry("binary_cross_entropy").isEnabled()
    bench.bar.show_spec(fitted(msgspec.structs.replace(spec, data=Plane()))[0])
    assert not entry("binary_cross_entropy").isEnabled()
    assert "no meaning for regression" in entry("binary_cross_entropy").toolTip()
    assert entry("mean_squared").isEnabled()
    bench.bar.show_spec(fitted(msgspec.structs.replace(spec, data=Digits()))[0])
    assert entry("softmax_cross_entropy").isEnabled()
    assert not bench.edits


def test_that_regularization_shows_kind_and_strength(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(regularizer=NoRegularization()))
    combo = bench.combo("regularizer")
    assert combo.shown_text() == "None"
    qtbot.keyClicks(combo, "L2")
    assert bench.spec.training.regularizer == L2()
    assert combo.shown_text() == "L2 · 0.001"
    bench.button("regularizer_settings").click()
    form = bench.popover("regularizer").form
    assert form is not None
    editor = form.editor("strength")
    assert isinstance(editor, NumberEditor)
    line = editor.box.lineEdit()
    line.selectAll()
    qtbot.keyClicks(editor.box, "0.05")
    qtbot.keyClick(editor.box, Qt.Key.Key_Return)
    assert combo.shown_text() == "L2 · 0.05"
    bench.popover("regularizer").close()
    qtbot.keyClick(combo, Qt.Key.Key_Up)
    assert bench.spec.training.regularizer == L1(strength=0.05), "the strength is kept"


# --- numbers of the training ---


def test_that_a_snapshot_fills_the_counters(qtbot: QtBot, snapshot: Snapshot) -> None:
    bench = Bench(qtbot, experiment())
    bench.bar.show_snapshot(snapshot)
    assert bench.readout("Epoch").text() == epoch_text(snapshot.epoch)
    assert bench.readout("Step").text() == "60"
    assert bench.readout("Train loss").text() == loss_text(snapshot.metrics.train_loss)
    assert bench.readout("Steps/s").text() == "21.4 k"
    assert bench.readout("Accuracy").isVisible()


def test_that_a_validation_set_has_readouts_of_its_own(qtbot: QtBot) -> None:
    spec = experiment(optimizer=Adam(), regularizer=L2())
    bench = Bench(qtbot, spec, 1600)
    assert not bench.readout("Validation").isVisible()
    data = msgspec.structs.replace(spec.data, validation_share=0.2)
    validated = msgspec.structs.replace(spec, data=data)
    trainer = Trainer(validated)
    bench.bar.show_spec(validated)
    bench.bar.show_snapshot(SnapshotBuilder(trainer, 1).build(View(), False, None))
    assert bench.readout("Validation").isVisible()
    assert bench.readout("Validation").text() == loss_text(trainer.metrics().validation_loss)
    assert len(bench.readout("Accuracy %").roles()) == 3
    bench.bar.show_spec(spec)
    assert not bench.readout("Validation").isVisible()


def test_that_regression_has_no_accuracy(qtbot: QtBot) -> None:
    bench = Bench(qtbot, fitted(msgspec.structs.replace(experiment(), data=Plane()))[0])
    assert bench.readout("Accuracy").isHidden()
    bench.bar.show_spec(experiment())
    assert bench.readout("Accuracy").isVisible()


def test_that_an_active_schedule_shows_what_it_makes_of_the_learning_rate(
    qtbot: QtBot, snapshot: Snapshot
) -> None:
    bench = Bench(qtbot, experiment())
    label = next(x for x in bench.bar.findChildren(QLabel) if x.text() == "Learning rate")
    bench.bar.show_snapshot(snapshot)
    assert label.text() == "Learning rate"
    places = {id(child): child.geometry() for child in bench.bar.findChildren(QWidget)}
    bench.bar.show_spec(experiment(schedule=Cosine(epochs=10)))
    for rate, text in ((0.0123, "Now 0.0123"), (1.2e-5, "Now 1.2e-5"), (0.0, "Now 0.0000")):
        bench.bar.show_snapshot(dataclasses.replace(snapshot, learning_rate=rate))
        QApplication.processEvents()
        assert label.text() == text
        assert label.fontMetrics().horizontalAdvance(text) <= 74, "the least width"
    assert {id(child): child.geometry() for child in bench.bar.findChildren(QWidget)} == places
    tip = tip_of(bench.number("learning_rate"))
    assert tip is not None
    assert "cosine annealing" in tip.text
    assert tip.formula == Cosine.formula
    bench.bar.show_spec(experiment())
    bench.bar.show_snapshot(snapshot)
    assert label.text() == "Learning rate"
    tip = tip_of(bench.number("learning_rate"))
    assert tip is not None
    assert "schedule" not in tip.text


def test_that_numbers_that_are_not_finite_are_red(qtbot: QtBot, snapshot: Snapshot) -> None:
    bench = Bench(qtbot, experiment())
    broken = dataclasses.replace(snapshot, metrics=Metrics(math.nan, math.inf, 0.5, 0.5))
    bench.bar.show_snapshot(broken)
    assert (bench.readout("Train loss").text(), bench.readout("Test loss").text()) == ("NaN", "∞")
    assert bench.readout("Train loss").roles() == ("danger",)


def test_that_an_equal_snapshot_paints_nothing(qtbot: QtBot, snapshot: Snapshot) -> None:
    bench = Bench(qtbot, experiment())
    bench.bar.show_snapshot(snapshot)
    QApplication.processEvents()
    painted: list[Readout] = []
    for readout in bench.bar.findChildren(Readout):
        original = readout.update
        readout.update = lambda *a, r=readout, o=original: (painted.append(r), o())  # type: ignore[method-assign]
    bench.bar.show_snapshot(snapshot)
    assert not painted


def test_that_growing_numbers_move_nothing(qtbot: QtBot, snapshot: Snapshot) -> None:
    bench = Bench(qtbot, experiment())
    before = {id(r): r.geometry() for r in bench.bar.findChildren(Readout)}
    bench.bar.show_snapshot(dataclasses.replace(snapshot, step=123_456_789, epoch=12_345_678))
    QApplication.processEvents()
    assert {id(r): r.geometry() for r in bench.bar.findChildren(Readout)} == before
    assert bench.readout("Step").text() == "123,456,789"
    assert not bench.bar.grab().isNull()


@pytest.mark.parametrize(
    "value, text",
    [
        (None, "–"),
        (0.0, "0.0000"),
        (0.0113, "0.0113"),
        (12.3456, "12.346"),
        (123.456, "123.46"),
        (1.234e-5, "1.2e-5"),
        (1e20, "1.0e20"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
    ],
)
def test_that_losses_stay_short(value: float | None, text: str) -> None:
    assert loss_text(value) == text
    assert len(text) <= 7


def test_that_counts_speeds_and_shares_are_written_in_fixed_forms() -> None:
    assert [epoch_text(v) for v in (0, 900, 1_234_567)] == ["000,000", "000,900", "1,234,567"]
    assert count_text(5400) == "5,400"
    speeds = [rate_text(v) for v in (None, 0.51, 812, 21_400, 999_400, 1_200_000)]
    assert speeds == ["–", "0.5", "812", "21.4 k", "999 k", "1.20 M"]
    assert [share_text(v) for v in (None, 0.0, 0.982, 1.0)] == ["   –", " 0.0", "98.2", " 100"]


# --- room and keyboard ---


@pytest.mark.parametrize("share", [0.0, 0.2])
@pytest.mark.parametrize("width", [1240, 1280, 1440, 1920])
def test_that_nothing_is_clipped(
    qtbot: QtBot, snapshot: Snapshot, width: int, share: float
) -> None:
    spec = experiment(optimizer=Adam(), regularizer=L2())
    data = msgspec.structs.replace(spec.data, validation_share=share)
    bench = Bench(qtbot, msgspec.structs.replace(spec, data=data), width)
    bench.bar.show_snapshot(snapshot)
    QApplication.processEvents()
    children = [
        child
        for child in bench.bar.children()
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow()
    ]
    areas = sorted((child.geometry() for child in children), key=lambda area: area.left())
    assert areas[0].left() >= 0
    assert areas[-1].right() < width
    assert all(a.right() < b.left() for a, b in itertools.pairwise(areas))
    assert bench.readout("Train loss").isVisible()
    assert bench.window.minimumSizeHint().width() <= 1240
    if width >= 1280 and not share:
        assert bench.readout("Step").isVisible()


def test_that_the_tab_key_reaches_every_control(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(optimizer=Adam(), regularizer=L2()))
    names: list[str] = []
    bench.button("reset").setFocus()
    while (focused := bench.window.focusWidget()) is not None and focused.objectName() not in names:
        names.append(focused.objectName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert names == [
        "reset",
        "new_weights",
        "play",
        "step",
        "pace",
        "optimizer",
        "optimizer_settings",
        "learning_rate",
        "learning_rate_helper",
        "batch_size",
        "loss",
        "loss_settings",
        "regularizer",
        "regularizer_settings",
    ]


def test_that_every_control_teaches(qtbot: QtBot) -> None:
    bench = Bench(qtbot, experiment(optimizer=Adam(), regularizer=L2()))
    for name in ("reset", "new_weights", "play", "step"):
        tip = tip_of(bench.button(name))
        assert tip is not None
        assert tip.shortcut
    tip = tip_of(bench.combo("optimizer"))
    assert tip is not None
    assert tip.title == "Optimizer: Adam"
    assert tip.formula
    assert bench.number("learning_rate").accessibleName() == "Learning rate"

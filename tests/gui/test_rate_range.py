"""Finding a learning rate: the dialog around the range test."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.gui.dialogs.rate_range import RateRangeDialog
from playground.gui.plots.canvas import Canvas
from playground.gui.plots.rate_plot import RatePlot
from playground.gui.plots.readout import readout_at
from playground.gui.preferences import Preferences
from playground.gui.session import Session
from playground.gui.train.transport import TransportBar
from playground.training.rate_range import RangeSettings, rate_range

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SPEC = load_experiment("spirals-3")
FEW = 120


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(SPEC)
    with qtbot.waitSignal(session.snapshot_ready):
        session.start()
    yield session
    assert session.close(), "the worker did not stop"
    session.deleteLater()


@pytest.fixture
def dialog(qtbot: QtBot, session: Session) -> Iterator[RateRangeDialog]:
    owner = QWidget()
    qtbot.addWidget(owner)
    dialog = RateRangeDialog(session, Preferences(), owner)
    dialog._settings = RangeSettings(steps=FEW)
    dialog.show()
    yield dialog
    # The test may have closed it, and closed it is deleted.
    if shiboken6.isValid(dialog):
        dialog.close()


def _finish(qtbot: QtBot, dialog: RateRangeDialog) -> None:
    dialog.start()
    assert dialog.run_button.text() == "Stop"
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)


def test_that_the_rate_found_can_be_used_and_undone(
    qtbot: QtBot, session: Session, dialog: RateRangeDialog
) -> None:
    assert not dialog.use_button.isEnabled()
    _finish(qtbot, dialog)
    expected = rate_range(SPEC, RangeSettings(steps=FEW))
    assert dialog.said == expected.sentence
    assert expected.suggested is not None
    assert dialog.use_button.text() == f"Use {expected.suggested:.2g}"
    # The keyboard is where one goes on.
    assert dialog.use_button.hasFocus()
    QTest.keyClick(dialog.use_button, Qt.Key.Key_Space)
    assert session.spec.training.learning_rate == expected.suggested
    assert not dialog.use_button.isEnabled()
    assert dialog.said == expected.sentence
    session.undo_stack.undo()
    assert session.spec == SPEC
    assert dialog.use_button.isEnabled()
    dialog.use_steepest_button.click()
    assert expected.steepest_at is not None
    assert session.spec.training.learning_rate == pytest.approx(expected.steepest_at, rel=0.06)


def test_that_the_running_training_is_not_disturbed(
    qtbot: QtBot, session: Session, dialog: RateRangeDialog
) -> None:
    shown = []
    session.snapshot_ready.connect(shown.append)
    session.train_epochs(3)
    _finish(qtbot, dialog)
    qtbot.waitUntil(lambda: bool(shown) and shown[-1].epoch == 3 and not shown[-1].running)
    plain = shown[-1].matrices
    with qtbot.waitSignal(session.snapshot_ready, check_params_cb=lambda s: s.step == 0):
        session.reset()
    session.train_epochs(3)
    qtbot.waitUntil(lambda: shown[-1].epoch == 3 and not shown[-1].running)
    assert all(map(np.array_equal, plain, shown[-1].matrices))


def test_that_it_can_begin_where_training_stands_or_at_the_initial_weights(
    qtbot: QtBot, session: Session, dialog: RateRangeDialog
) -> None:
    with qtbot.waitSignal(
        session.snapshot_ready, check_params_cb=lambda s: s.epoch == 20 and not s.running
    ):
        session.train_epochs(20)
    _finish(qtbot, dialog)
    assert dialog._found is not None
    trained = dialog._found.start_loss
    QTest.mouseClick(dialog.begin_with.pills["initial weights"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
    assert dialog._found is not None
    assert dialog._found.start_loss > trained


def test_that_a_sweep_can_be_stopped_and_closing_stops_it(
    qtbot: QtBot, session: Session, dialog: RateRangeDialog
) -> None:
    dialog._settings = RangeSettings(steps=10_000)
    dialog.start()
    qtbot.waitUntil(lambda: dialog._job is not None)
    dialog.run_button.click()
    qtbot.waitUntil(lambda: dialog.said == "Stopped.")
    assert dialog.run_button.text() == "Run again"
    dialog.start()
    qtbot.waitUntil(lambda: dialog._job is not None)
    with qtbot.waitSignal(dialog.destroyed):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
        assert not dialog.is_running


def test_that_an_impossible_range_is_explained(qtbot: QtBot, dialog: RateRangeDialog) -> None:
    dialog._settings = RangeSettings(lowest=1.0, highest=0.1, steps=FEW)
    _finish(qtbot, dialog)
    assert "the range from 1 to 0.1 is empty" in dialog.said
    assert not dialog.use_button.isEnabled()


def test_that_another_experiment_makes_the_result_old(
    qtbot: QtBot, session: Session, dialog: RateRangeDialog
) -> None:
    _finish(qtbot, dialog)
    session.edit("training.optimizer.kind", "sgd", "Set optimizer")
    assert dialog.said == "The experiment has changed since: run again to see how."
    assert not dialog.use_button.isEnabled()


def test_that_the_range_is_remembered(qtbot: QtBot, session: Session) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    for lowest in (1e-5, 0.001):
        dialog = RateRangeDialog(session, Preferences(), owner)
        assert dialog.editors["lowest"].value() == lowest
        dialog.editors["lowest"].show_value(0.001)
        dialog.editors["lowest"].edited.emit(0.001)
        dialog.close()
    Preferences().remember("rate_range", '{"lowest": -1}')
    dialog = RateRangeDialog(session, Preferences(), owner)
    assert dialog.editors["lowest"].value() == 1e-5
    dialog.close()


def test_that_the_plot_marks_what_was_found_and_reads_rates(qtbot: QtBot) -> None:
    plot = RatePlot()
    qtbot.addWidget(plot)
    plot.resize(600, 260)
    plot.show()
    found = rate_range(SPEC, RangeSettings(steps=FEW))
    plot.show_found(found)
    plot.autoscale()
    canvas = plot.findChild(Canvas)
    assert canvas is not None
    words = [mark.label.split()[0] for mark in canvas.marks]
    assert words == ["suggested", "steepest", "explodes"]
    # What explodes does not squash the rest.
    assert canvas.y_interval[1] <= 2 * found.start_loss
    assert found.steepest_at is not None
    place = canvas.place_of(np.log10(found.steepest_at), 0.5)
    readout = readout_at(place, canvas, plot.series)
    assert readout is not None
    assert readout.title == f"rate {found.steepest_at:.2g}"
    lines = plot.csv_text().splitlines()
    assert lines[0] == "learning_rate,loss,smoothed_loss"
    assert [float(line.split(",")[1]) for line in lines[1:]] == found.losses.tolist()
    plot.show_found(None)
    assert plot.series == ()


def test_that_the_transport_offers_help_with_the_rate(qtbot: QtBot) -> None:
    bar = TransportBar()
    qtbot.addWidget(bar)
    button = bar.findChild(QWidget, "learning_rate_helper")
    assert button is not None
    with qtbot.waitSignal(bar.rate_wanted):
        QTest.keyClick(button, Qt.Key.Key_Space)

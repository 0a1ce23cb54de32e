"""Where the table of samples is found: in the output panel, in a window, and in the inspector."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from playground.data.points import OwnPoints
from playground.data.registry import Circles
from playground.experiment.change import fitted
from playground.experiment.presets import load_experiment
from playground.experiment.spec import ExperimentSpec
from playground.gui.formula import typesetter
from playground.gui.inspect.step_panel import StepPanel
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.gui.samples.view import SamplesView
from playground.gui.samples.window import SamplesWindow
from playground.gui.theme import load_fonts, theme
from playground.gui.train.output.output_panel import OutputPanel
from playground.inspection.walk import Rung

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

KEY = Qt.Key
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    load_fonts(qapp)
    theme().apply(qapp, "light")
    shown = MainWindow(Preferences())
    qtbot.addWidget(shown)
    spec, _ = fitted(ExperimentSpec(data=Circles(points=100)))
    shown.fill(spec)
    shown.resize(1280, 800)
    shown.show()
    qtbot.waitExposed(shown)
    with qtbot.waitSignal(shown.session.snapshot_ready):
        shown.begin()
    qtbot.waitUntil(lambda: shown.workspace.plots is not None)
    yield shown
    shown.close()
    typesetter().stop()


def panel_with_table(qtbot: QtBot, window: MainWindow) -> tuple[OutputPanel, SamplesView]:
    panel = window.workspace.output
    panel.show_samples()
    qtbot.waitUntil(lambda: panel.table.model.scores.are_complete)
    return panel, panel.table


def arrived(qtbot: QtBot, window: MainWindow) -> StepPanel:
    assert window.workspaces.name == "inspect"
    panel = window.workspaces.inspect.step_panel
    qtbot.waitUntil(lambda: panel.inspector.is_open and panel._wish is None)
    return panel


def inspected(panel: StepPanel) -> tuple[int, ...]:
    return panel.inspector.recording.situation.samples


def opened_window(window: MainWindow) -> SamplesWindow:
    found = [each for each in window.findChildren(SamplesWindow) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def test_that_the_panel_shows_the_table_in_place_of_the_surface(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel, table = panel_with_table(qtbot, window)
    assert table.isVisible()
    assert not panel.planar.isVisible()
    assert panel.wishes()["surface_size"] == 0
    # The row that is chosen is what the network is asked, so that every unit shows its value.
    table.choose_sample(42)
    run = window.session.current_run
    assert run is not None
    assert panel.planar.surface.pinned == pytest.approx(run.data.samples.points[42])
    assert panel.wishes()["probe"] == panel.planar.surface.pinned
    panel.switch.choose("picture")
    assert panel.planar.isVisible()
    assert not table.isVisible()
    assert panel.wishes()["surface_size"] > 0


def test_that_the_part_that_is_shown_is_remembered_and_reached_by_keys(
    qtbot: QtBot, window: MainWindow
) -> None:
    panel = window.workspace.output
    heading = panel.switch._buttons["picture"]
    heading.setFocus()
    qtbot.keyClick(heading, KEY.Key_Right)
    assert panel.shows_table
    assert panel.options()["table"]
    other = OutputPanel(preferences=Preferences())
    qtbot.addWidget(other)
    other.set_options(panel.options())
    assert other.shows_table


def test_that_the_panel_follows_training_and_edits(qtbot: QtBot, window: MainWindow) -> None:
    _, table = panel_with_table(qtbot, window)
    before = table.model.scores.losses
    window.session.train_epochs(3)
    qtbot.waitUntil(lambda: not np.array_equal(table.model.scores.losses, before))
    with qtbot.waitSignal(window.session.loaded):
        window.session.edit("data.points", 60, "Set points")
    assert table.model.rowCount() == 60
    qtbot.waitUntil(lambda: table.model.scores.are_complete)
    with qtbot.waitSignal(window.session.loaded):
        window.open_preset("digits")
    qtbot.waitUntil(lambda: table.model.scores.are_complete)
    assert "Image" in {column.title for column in table.model.columns}
    table.choose_sample(1500)
    assert window.workspace.output.images.probe_sample == 1500
    assert window.workspace.output.wishes()["probe_sample"] == 1500


def test_that_own_points_lead_from_a_row_to_the_inspector(qtbot: QtBot, window: MainWindow) -> None:
    data = OwnPoints(x1=(0.5, -1.0, 2.0), x2=(1.0, 2.0, -2.0), targets=(1.0, 0.0, 1.0))
    spec, _ = fitted(ExperimentSpec(data=data))
    with qtbot.waitSignal(window.session.loaded):
        window.session.propose(spec, "Type points")
    _, table = panel_with_table(qtbot, window)
    table.choose_sample(2)
    qtbot.keyClick(table.table, KEY.Key_Return)
    panel = arrived(qtbot, window)
    assert inspected(panel) == (2,)
    assert list(panel.inspector.operation.result.values[0]) == [2.0, -2.0]


def test_that_the_window_leads_to_the_inspector_and_closes(
    qtbot: QtBot, window: MainWindow
) -> None:
    action = next(
        action
        for _, actions in window.menus.groups
        for action in actions
        if action.shortcut().toString() == "Ctrl+T"
    )
    action.trigger()
    samples = opened_window(window)
    view = samples.view
    qtbot.waitUntil(lambda: view.model.scores.are_complete)
    before = view.model.scores.losses
    window.session.train_epochs(3)
    qtbot.waitUntil(lambda: not np.array_equal(view.model.scores.losses, before))
    qtbot.waitUntil(lambda: not window.session.is_running)
    # Once more is once: the same window.
    action.trigger()
    assert opened_window(window) is samples
    view._sort(next(each for each in view.model.columns if each.key == "loss"), True)
    worst = view.model.sample(0)
    qtbot.keyClick(view.table, KEY.Key_Home)
    qtbot.keyClick(view.table, KEY.Key_Return)
    assert not samples.isVisible()
    assert inspected(arrived(qtbot, window)) == (worst,)


def test_that_the_inspector_offers_the_table_of_the_network_that_it_looks_at(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.train_epochs(2)
    qtbot.waitUntil(lambda: not window.session.is_running and window.session.has_started)
    window.workspaces.choose("inspect")
    panel = arrived(qtbot, window)
    panel.inspector.move(Rung.BATCH, 1)
    qtbot.waitUntil(lambda: panel.inspector.is_open)
    panel.switches.table.click()
    samples = opened_window(window)
    view = samples.view
    qtbot.waitUntil(lambda: view.model.scores.are_complete)
    settings = panel.inspector.settings
    assert view.sample == settings.sample

    def losses() -> np.ndarray:  # type: ignore[type-arg]
        from playground.training.sample_scores import score_all

        trainer = panel.inspector.trainer
        return score_all(trainer.architecture, trainer.parameters, trainer.data.samples).losses

    assert view.model.scores.losses == pytest.approx(losses())
    before = view.model.scores.losses
    panel.inspector.move(Rung.BATCH, 1)
    qtbot.waitUntil(lambda: not np.array_equal(view.model.scores.losses, before))
    assert view.model.scores.losses == pytest.approx(losses())
    view.go_to_sample(33)
    qtbot.keyClick(view.table, KEY.Key_I)
    assert not samples.isVisible()
    assert inspected(arrived(qtbot, window)) == (33,)
    # The key of it, too; and it goes with its workspace.
    qtbot.keyClick(panel, KEY.Key_T)
    again = opened_window(window)
    window.workspaces.choose("train")
    assert not again.isVisible()


def test_that_the_button_of_the_table_gives_way_where_there_is_no_room(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.workspaces.choose("inspect")
    switches = arrived(qtbot, window).switches
    for width, has_room in ((1440, True), (1280, True), (1160, False), (1280, True)):
        window.resize(width, 720)
        qtbot.waitUntil(lambda shown=has_room: switches.table.isVisible() is shown)
    with qtbot.waitSignal(switches.table_requested):
        menu = switches.findChild(QMenu)
        next(each for each in menu.actions() if "from the table" in each.text()).trigger()
    opened_window(window).close()


def test_that_a_failed_load_leaves_an_empty_table(qtbot: QtBot, window: MainWindow) -> None:
    panel, table = panel_with_table(qtbot, window)
    with qtbot.waitSignal(window.session.load_failed):
        window.session.propose(load_experiment("mnist"), "Open MNIST without a folder")
    assert table.model.rowCount() == 0
    assert "as soon as there is data" in table.empty_words
    assert panel.shows_table

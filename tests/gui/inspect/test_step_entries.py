"""Ways into the inspector: from units, links and samples, wherever they are shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.gui.formula import typesetter
from playground.gui.inspect.step_panel import StepPanel
from playground.gui.inspect_requests import (
    SamplePlace,
    UnitPlace,
    WeightPlace,
    ask_to_inspect,
    offer_inspection,
)
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.gui.theme import load_fonts, theme
from playground.gui.train.network.naming import UnitAt, WeightAt


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    load_fonts(qapp)
    theme().apply(qapp, "light")
    shown = MainWindow(Preferences())
    qtbot.addWidget(shown)
    shown.fill(load_experiment("digits"))
    shown.resize(1280, 800)
    shown.show()
    qtbot.waitExposed(shown)
    with qtbot.waitSignal(shown.session.snapshot_ready):
        shown.begin()
    qtbot.waitUntil(lambda: shown.workspace.plots is not None)
    yield shown
    shown.close()
    typesetter().stop()


def arrived(qtbot: QtBot, window: MainWindow) -> StepPanel:
    assert window.workspaces.name == "inspect"
    panel = window.workspaces.inspect.step_panel
    qtbot.waitUntil(lambda: panel.inspector.is_open and panel._wish is None)
    return panel


def test_that_links_units_biases_and_samples_lead_to_their_place(
    qtbot: QtBot, window: MainWindow
) -> None:
    inputs = window.session.current_run
    assert inputs is not None
    width = inputs.architecture.layers[0].inputs
    for place, key, cell in (
        (WeightPlace(0, 20, 3), "∂L/∂W.0", (20, 3)),
        (WeightPlace(0, width, 5), "∂L/∂b.0", (0, 5)),
        (UnitPlace(1, 7), "∂L/∂z.1", (0, 7)),
        (UnitPlace(-1, 9), "x", (0, 9)),
    ):
        assert ask_to_inspect(window.workspace.network, place)
        panel = arrived(qtbot, window)
        assert (panel.inspector.operation.key, panel.inspector.cell) == (key, cell)
        window.workspaces.choose("train")
    test_sample = int(inputs.data.split.test[4])
    assert ask_to_inspect(window.workspace.output, SamplePlace(test_sample))
    panel = arrived(qtbot, window)
    assert panel.inspector.recording.situation.samples == (test_sample,)
    assert not panel.inspector.settings.is_batch
    expected = inputs.data.samples.inputs[test_sample]
    assert (panel.inspector.operation.result.values[0] == expected).all()


def test_that_the_network_and_the_samples_have_a_key_for_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    canvas = window.workspace.network.canvas
    canvas.selection.hover(UnitAt(0, 2), None)
    qtbot.keyClick(canvas, Qt.Key.Key_I)
    panel = arrived(qtbot, window)
    assert (panel.inspector.operation.key, panel.inspector.cell[1]) == ("∂L/∂z.0", 2)
    window.workspaces.choose("train")
    canvas.selection.hover(None, WeightAt(1, 4, 6))
    qtbot.keyClick(canvas, Qt.Key.Key_I)
    panel = arrived(qtbot, window)
    assert (panel.inspector.operation.key, panel.inspector.cell) == ("∂L/∂W.1", (4, 6))
    window.workspaces.choose("train")
    button = next(
        each
        for each in window.workspace.output.findChildren(QToolButton)
        if each.text() == "Inspect this sample"
    )
    button.click()
    panel = arrived(qtbot, window)
    assert panel.inspector.operation.key == "x"


def test_that_a_point_of_the_plane_is_found_where_it_is_drawn(
    qtbot: QtBot, window: MainWindow
) -> None:
    with qtbot.waitSignal(window.session.loaded):
        window.open_preset("circles")
    from playground.gui.train.output.surface_view import SurfaceView

    surface = window.workspace.output.findChild(SurfaceView)
    assert surface is not None
    run = window.session.current_run
    assert run is not None
    for sample in run.data.split.train[:5]:
        point = run.data.samples.points[sample]
        place = surface._place_of((float(point[0]), float(point[1])))
        found = surface.sample_at(place)
        assert found is not None
        there = run.data.samples.points[found]
        assert surface._place_of((float(there[0]), float(there[1]))) == place or found == sample
    assert surface.sample_at(QPointF(-500, -500)) is None


def test_that_a_menu_offers_it_on_top(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Copy picture")
    offer_inspection(menu, menu, UnitPlace(0, 0), "Inspect the gradient of layer 1 · unit 1")
    assert menu.actions()[0].text().startswith("Inspect the gradient")
    assert not ask_to_inspect(menu, UnitPlace(0, 0))

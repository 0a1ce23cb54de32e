"""What the inspector shows, taken away as pictures and numbers; what stands at the foot."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from playground.gui.figures.collection import figures_in
from playground.gui.figures.figure import write
from playground.gui.inspect.circuits import CircuitPanel
from playground.gui.preferences import Preferences
from tests.gui.inspect.bench import Bench, bench


@pytest.fixture
def place(qtbot: QtBot, qapp: QApplication) -> Iterator[Bench]:
    with bench(qtbot, qapp) as made:
        yield made


def test_that_tape_operation_and_map_are_offered_as_pictures(place: Bench, tmp_path: Path) -> None:
    panel = place.panel
    panel.inspector.go_to_key("∂L/∂W.1")
    figures = {figure.title: figure for figure in figures_in(panel)}
    assert set(figures) == {
        "Tape",
        "Gradient of the weights of the output layer",
        "Place in the network",
    }
    for title, figure in figures.items():
        for suffix in (".png", ".svg"):
            path = tmp_path / f"{figure.file_name}{suffix}"
            write(figure, path)
            assert not QImage(str(path)).isNull(), title


def test_that_the_numbers_of_an_operation_are_its_data(place: Bench) -> None:
    panel = place.panel
    panel.inspector.go_to_key("∂L/∂W.1")
    figure = panel.view.card.figure()
    assert figure is not None
    assert figure.data is not None
    rows = list(csv.reader(figure.data().splitlines()))
    found = np.array([row[2:] for row in rows if row[0] == "∂L/∂W²"], float)
    np.testing.assert_array_equal(found, panel.inspector.operation.result.values)
    panel.set_predicting(True)
    figure = panel.view.card.figure()
    assert figure is not None
    assert figure.data is None


def test_that_a_circuit_says_at_the_foot_where_it_stands(place: Bench) -> None:
    window = QMainWindow()
    window.statusBar()
    place.qtbot.addWidget(window)
    panel = CircuitPanel(place.session, Preferences())
    place.qtbot.addWidget(panel.controls)
    window.setCentralWidget(panel)
    window.show()
    assert panel.status.isVisible()
    panel.model.go(2)
    assert "step 2 of" in panel.status.text
    panel.hide()
    assert not panel.status.isVisible()

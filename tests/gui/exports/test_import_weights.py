"""File ▸ Import weights, from reading to the network on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.exporting.run import Run
from playground.exporting.weights.exporters import SafetensorsWeights
from playground.exporting.weights.formats import safetensors_bytes
from playground.gui.exports.importing import import_weights
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.training.jobs import Progress
from playground.training.messages import StateTaken
from playground.training.trainer import Trainer


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    window.fill(load_experiment("circles"))
    window.begin()
    window.show()
    qtbot.waitUntil(lambda: window.session.current_run is not None, timeout=5000)
    yield window
    window.session.close()
    window.close()


def _vector(window: MainWindow) -> np.ndarray:
    taken = window.session.wait_for_state(5.0)
    assert isinstance(taken, StateTaken)
    assert taken.state is not None
    vector: np.ndarray = taken.state["parameters"]
    return vector


def test_that_weights_that_fit_are_taken_and_undone(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    trainer = Trainer(window.session.spec)
    trainer.advance(30)
    path = tmp_path / "trained.safetensors"
    SafetensorsWeights().write(Run(trainer), path, Progress())
    before = _vector(window).copy()
    import_weights(window, path)
    stack = window.session.undo_stack
    qtbot.waitUntil(lambda: stack.undoText() == "Import trained", timeout=5000)
    assert np.array_equal(_vector(window), trainer.parameters.vector)
    stack.undo()
    assert np.array_equal(_vector(window), before)


def test_that_a_network_is_built_for_weights_that_do_not_fit(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "other.safetensors"
    tensors = {"a.weight": np.full((9, 2), 0.5, "f"), "b.weight": np.ones((1, 9), "f")}
    path.write_bytes(safetensors_bytes(tensors, {}))
    import_weights(window, path)
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)), timeout=5000)
    box = window.findChildren(QMessageBox)[0]
    assert "2 dense layers" in box.informativeText() or "should be" in box.informativeText()
    button = box.defaultButton()
    assert button is not None
    button.click()
    assert [layer.units for layer in window.session.spec.network.layers] == [9]  # type: ignore[union-attr]
    assert float(_vector(window)[0]) == 0.5


def test_that_a_file_that_is_no_weights_is_refused_in_words(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "text.npz"
    path.write_text("hello")
    import_weights(window, path)
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)), timeout=5000)
    box = window.findChildren(QMessageBox)[0]
    assert "not a file of weights" in box.informativeText()
    box.accept()

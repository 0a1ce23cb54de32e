"""The switch between the workspaces: by click and key, remembered, and free until used."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.gui.theme import load_fonts, theme


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    load_fonts(qapp)
    theme().apply(qapp, "light")
    shown = _opened(qtbot)
    yield shown
    shown.close()


def _opened(qtbot: QtBot) -> MainWindow:
    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    window.fill(load_experiment("xor"))
    window.show()
    qtbot.waitExposed(window)
    with qtbot.waitSignal(window.session.snapshot_ready):
        window.begin()
    qtbot.waitUntil(lambda: window.workspace.plots is not None)
    return window


def _button(window: QWidget, name: str) -> QToolButton:
    return next(
        b for b in window.findChildren(QToolButton) if b.accessibleName() == name and b.isVisible()
    )


def test_that_both_switches_show_which_workspace_is_chosen(
    qtbot: QtBot, window: MainWindow
) -> None:
    qtbot.mouseClick(_button(window, "Workspace: Inspect"), Qt.MouseButton.LeftButton)
    assert window.workspaces.name == "inspect"
    assert _button(window, "Workspace: Inspect").isChecked()
    assert not window.workspace.isVisible()
    qtbot.mouseClick(_button(window, "Workspace: Train"), Qt.MouseButton.LeftButton)
    assert window.workspaces.name == "train"
    assert window.workspace.isVisible()
    assert _button(window, "Workspace: Train").isChecked()
    assert not _button(window, "Workspace: Inspect").isChecked()


def test_that_keys_switch_and_training_keys_rest_meanwhile(
    qtbot: QtBot, window: MainWindow
) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(window, Qt.Key.Key_2, control)
    assert window.workspaces.name == "inspect"
    focused = window.focusWidget()
    assert focused is not None
    assert window.workspaces.inspect.step_panel.isAncestorOf(focused)
    qtbot.keyClick(window.workspaces.inspect, Qt.Key.Key_Space)
    qtbot.keyClick(window, Qt.Key.Key_1, control)
    assert window.workspaces.name == "train"
    assert not window.session.is_running
    with qtbot.waitSignal(window.session.running_changed):
        qtbot.keyClick(window, Qt.Key.Key_Space)


def test_that_training_goes_on_and_draws_nothing_while_it_is_not_shown(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.play()
    qtbot.waitUntil(lambda: window.session.is_running)
    # Inspecting a step would pause it.
    window.preferences.remember("inspect.tab", "circuits")
    window.workspaces.choose("inspect")
    qtbot.waitUntil(
        lambda: (
            (snapshot := window.workspace.last_snapshot) is not None
            and snapshot.surface is None
            and snapshot.running
        )
    )
    window.workspaces.choose("train")
    qtbot.waitUntil(
        lambda: (
            (snapshot := window.workspace.last_snapshot) is not None
            and snapshot.surface is not None
        )
    )


def test_that_keys_in_a_circuit_do_not_touch_the_experiment(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.edit("training.learning_rate", 0.1, "Set learning rate")
    window.workspaces.choose("inspect")
    window.workspaces.inspect.choose("circuits")
    panel = window.workspaces.inspect.circuits
    panel.model.set_value("x", 7.0)
    qtbot.mouseClick(_button(window, "Inspect: Circuits"), Qt.MouseButton.LeftButton)
    assert window.focusWidget() is panel.view, "a click on the tab that is shown as well"
    qtbot.keyClick(panel.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.model.values["x"] == -2
    assert window.session.spec.training.learning_rate == 0.1
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    assert panel.controls.is_playing
    window.workspaces.choose("train")
    assert not panel.controls.is_playing, "nobody looks"
    assert not window.session.is_running


def test_that_the_workspace_and_its_tab_are_remembered(qtbot: QtBot, window: MainWindow) -> None:
    window.workspaces.choose("inspect")
    window.workspaces.inspect.choose("circuits")
    window.close()
    again = _opened(qtbot)
    qtbot.waitUntil(lambda: again.workspaces.name == "inspect")
    assert again.workspaces.inspect.tab == "circuits"
    again.close()


def test_that_an_unopened_workspace_costs_nothing(window: MainWindow) -> None:
    assert window.workspaces.count() == 1
    assert window.workspaces._inspect is None


def test_that_nothing_of_the_inspector_is_imported_at_the_start() -> None:
    import subprocess

    program = (
        "import sys, playground.gui.main_window, playground.gui.workspaces;"
        "sys.exit(any('inspect' in name.split('.') or 'inspection' in name for name in sys.modules"
        " if name.startswith('playground')))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert done.returncode == 0

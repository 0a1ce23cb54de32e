"""The whole window, driven by clicks and keys as a person would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.gui.theme import load_fonts, theme
from playground.schema.describe import tag_of
from playground.training.snapshot import Snapshot

Opened = Callable[..., MainWindow]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Iterator[Opened]:
    """Return a function that opens the window; all are closed at the end."""
    load_fonts(qapp)
    theme().apply(qapp, "light")
    windows: list[MainWindow] = []

    def open_window(preset: str = "tf-playground", size: tuple[int, int] = (1440, 900)):  # type: ignore[no-untyped-def]
        window = MainWindow(Preferences())
        qtbot.addWidget(window)
        window.fill(load_experiment(preset))
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        with qtbot.waitSignal(window.session.snapshot_ready):
            window.begin()
        qtbot.waitUntil(lambda: window.workspace.plots is not None)
        windows.append(window)
        return window

    yield open_window
    for window in windows:
        window.close()
        assert not window.session.has_started, "closing left the worker running"


@pytest.fixture
def window(opened: Opened) -> MainWindow:
    return opened()


def _named(window: QWidget, name: str, kind: type = QWidget):  # type: ignore[no-untyped-def]
    """Return the visible widget that a screen reader calls by that name."""
    found = [w for w in window.findChildren(kind) if w.accessibleName() == name and w.isVisible()]
    assert found, f"nothing is called {name!r}"
    return found[0]


def _click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def _shown(qtbot: QtBot, window: MainWindow, wanted: Callable[[Snapshot], bool]) -> Snapshot:
    """Wait until a frame is on the screen for which ``wanted`` holds."""

    def is_there() -> bool:
        snapshot = window.workspace.last_snapshot
        return snapshot is not None and wanted(snapshot)

    qtbot.waitUntil(is_there)
    assert window.workspace.last_snapshot is not None
    return window.workspace.last_snapshot


def test_that_space_starts_learning_and_moves_the_surface(qtbot: QtBot, window: MainWindow) -> None:
    before = _shown(qtbot, window, lambda s: s.surface is not None).surface
    qtbot.keyClick(window, Qt.Key.Key_Space)
    after = _shown(qtbot, window, lambda s: s.running and s.epoch >= 5)
    assert after.surface is not None
    assert before is not None
    assert (after.surface != before).any()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    _shown(qtbot, window, lambda s: not s.running)


def test_that_a_newcomer_changes_everything_by_mouse(qtbot: QtBot, window: MainWindow) -> None:
    _click(qtbot, _named(window, "Play"))
    _shown(qtbot, window, lambda s: s.running and s.step > 0)
    _click(qtbot, _named(window, "Classification: XOR"))
    qtbot.waitUntil(lambda: tag_of(window.session.spec.data) == "xor")
    inserts = [
        b
        for b in window.findChildren(QAbstractButton)
        if b.accessibleName().startswith("Insert a layer") and b.isVisible()
    ]
    _click(qtbot, inserts[-1])
    _click(qtbot, _named(window, "Dense"))
    assert len(window.session.spec.network.layers) == 3
    activation = _named(window, "Activation of layer 1", QComboBox)
    activation.setFocus()
    qtbot.keyClick(activation, Qt.Key.Key_Down)
    assert tag_of(window.session.spec.network.layers[0].activation) == "relu"
    before = window.session.spec.training.learning_rate
    qtbot.keyClick(window, "]")
    assert window.session.spec.training.learning_rate > before
    _shown(qtbot, window, lambda s: s.running and len(s.matrices) == 4)
    _click(qtbot, _named(window, "Reset"))
    _shown(qtbot, window, lambda s: s.step == 0 and not s.running)


def test_that_undo_takes_back_every_edit(qtbot: QtBot, window: MainWindow) -> None:
    first = window.session.spec
    _click(qtbot, _named(window, "Classification: Gaussians"))
    qtbot.keyClick(window, "L", Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, "N")
    assert window.session.undo_stack.count() == 3
    last = window.session.spec
    for _ in range(3):
        qtbot.keyClick(window, "Z", Qt.KeyboardModifier.ControlModifier)
    assert window.session.spec == first
    for _ in range(3):
        qtbot.keyClick(window, "Y", Qt.KeyboardModifier.ControlModifier)
    assert window.session.spec == last


def test_that_steps_are_counted(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, ".")
    _shown(qtbot, window, lambda s: s.step == 1 and not s.running)
    qtbot.keyClick(window, ".", Qt.KeyboardModifier.ShiftModifier)
    _shown(qtbot, window, lambda s: s.epoch == 1 and s.step == 25 and not s.running)


@pytest.mark.slow
def test_that_every_preset_opens_from_the_menu(qtbot: QtBot, window: MainWindow) -> None:
    from playground.experiment.presets import preset_names

    for name in preset_names():
        window.open_preset(name)
        qtbot.waitUntil(lambda: not window.session.is_loading or "mnist" in name)  # noqa: B023
        QApplication.processEvents()
        window.grab()


def test_that_a_dataset_without_a_folder_is_told_and_the_window_lives_on(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.open_preset("mnist")
    qtbot.waitUntil(lambda: "Choose the folder" in window.workspace.notices.text)
    # Nothing is left of the data before.
    assert window._status.text() == "No data"
    assert not window.workspace.output.planar.isVisible()
    assert not window.workspace.output.images.isVisible()
    window.open_preset("digits")
    _shown(qtbot, window, lambda s: s.images is not None)


def test_that_a_corrupt_file_is_told_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    before = window.session.spec
    for content in ("{", "[]", '{"data": {"kind": "nothing"}}', "\x00", '{"version": 99}'):
        path = tmp_path / "broken.json"
        path.write_text(content)
        window.open_path(path)
        assert "broken.json" in window.workspace.notices.text
        assert window.session.spec == before


def test_that_divergence_is_told_and_the_window_lives_on(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.edit("network.layers.0.activation.kind", "relu", "Set activation")
    session.edit("network.output.activation", "identity", "Set activation")
    session.edit("training.learning_rate", 1e9, "Set learning rate")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "learning rate" in window.workspace.notices.text)
    window.grab()
    session.edit("training.learning_rate", 0.03, "Set learning rate")
    qtbot.keyClick(window, "R")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    _shown(qtbot, window, lambda s: s.running and s.step > 0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data.points", 1),
        ("network.layers", []),
        pytest.param(
            *("network.layers", [{"kind": "dense", "units": 64}] * 10), marks=pytest.mark.slow
        ),
        ("data.training_share", 1.0),
        ("data.features", ["x1"]),
    ],
)
def test_that_extremes_train_and_paint(
    qtbot: QtBot, window: MainWindow, path: str, value: object
) -> None:
    assert window.session.edit(path, value, "Go to an extreme")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    _shown(qtbot, window, lambda s: s.running and s.step > 1)
    window.grab()


def test_that_an_unexpected_error_opens_a_dialog_and_nothing_is_lost(
    qtbot: QtBot, window: MainWindow
) -> None:
    spec = window.session.spec
    window.report_error("ValueError: made up", "Traceback (most recent call last): …")
    dialog = window.findChild(QDialog)
    assert dialog is not None
    assert dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.session.spec == spec
    qtbot.keyClick(window, Qt.Key.Key_Space)
    _shown(qtbot, window, lambda s: s.running)


def test_that_the_theme_changes_by_key_and_is_remembered(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, "D", Qt.KeyboardModifier.ControlModifier)
    assert theme().name == "dark"
    assert Preferences().theme == "dark"
    qtbot.keyClick(window, "D", Qt.KeyboardModifier.ControlModifier)
    assert theme().name == "light"


def test_that_the_layout_is_remembered(qtbot: QtBot, opened: Opened) -> None:
    first = opened(size=(1300, 800))
    splitter = first.workspace._columns
    splitter.setSizes([300, 600, 400])
    sizes = splitter.sizes()
    first.close()
    second = MainWindow(Preferences())
    qtbot.addWidget(second)
    second.fill(load_experiment("tf-playground"))
    second.show()
    qtbot.waitExposed(second)
    second.resize(1300, 800)  # the screen of the tests is small and cuts the window
    QApplication.processEvents()
    assert second.workspace._columns.sizes() == sizes


@pytest.mark.parametrize("preset", ["tf-playground", "spirals-3", "digits"])
def test_that_nothing_is_cut_off_at_1280_by_720(qtbot: QtBot, opened: Opened, preset: str) -> None:
    window = opened(preset, (1280, 720))
    assert (window.width(), window.height()) == (1280, 720)
    for widget in window.workspace.transport.findChildren(QWidget):
        if widget.isVisible():
            right = widget.mapTo(window, QPoint(widget.width(), 0)).x()
            assert right <= window.width(), f"{widget} ends at {right}"
    for panel in (window.workspace.data_panel, window.workspace.output):
        for widget in panel.findChildren(QWidget):
            if widget.isVisible() and not widget.visibleRegion().isEmpty():
                right = widget.mapTo(panel, QPoint(widget.width(), 0)).x()
                assert right <= panel.width() + 1, f"{widget} ends at {right}"


def test_that_tab_reaches_the_controls(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.workspace.setFocus()
    seen: list[str] = []
    for _ in range(120):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is not None:
            seen.append(focused.accessibleName())
    for name in (
        "Reset",
        "Play",
        "Pace",
        "Learning rate",
        "Points",
        "Units of layer 1",
        "Activation of layer 1",
        "Decision surface",
        "Network",
    ):
        assert name in seen, f"Tab never reaches {name!r}: {seen}"


def test_that_space_on_a_button_reached_by_tab_presses_it(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.workspace.setFocus()
    for _ in range(20):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is not None and focused.accessibleName() == "New weights":
            break
    seed = window.session.spec.network.seed
    qtbot.keyClick(focused, Qt.Key.Key_Space)
    assert window.session.spec.network.seed != seed
    assert not window.session.is_running


def test_that_the_experiment_survives_saving_and_opening(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PySide6.QtWidgets import QFileDialog

    path = tmp_path / "mine.json"
    window.session.edit("data.noise", 20, "Set noise")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.project.ask_and_save()
    assert json.loads(path.read_text())["data"]["noise"] == 20
    window.open_preset("xor")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    window.project.ask_and_open()
    assert window.session.spec.name == "mine"
    assert window.session.spec.data.noise == 20
    assert not window.isWindowModified()


def test_that_the_last_experiment_can_be_reopened(qtbot: QtBot, opened: Opened) -> None:
    first = opened()
    first.session.edit("data.noise", 33, "Set noise")
    first.close()
    second = opened()
    second.project.reopen_last()
    qtbot.waitUntil(lambda: second.session.spec.data.noise == 33)


def test_that_closing_while_training_flat_out_stops_the_worker(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.set_pace(None)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    _shown(qtbot, window, lambda s: s.running and s.step > 1000)
    window.close()
    assert not window.session.has_started


def test_that_help_opens_and_closes(qtbot: QtBot, window: MainWindow) -> None:
    for title, action in (("Keyboard shortcuts", 0), ("About Gradient Playground", 1)):
        window.menus.groups[-1][1][action].trigger()
        dialog = next(d for d in window.findChildren(QDialog) if d.isVisible())
        assert dialog.windowTitle() == title
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_that_each_letter_of_a_menu_leads_to_one_entry(window: MainWindow) -> None:
    for top in window.menu_bar.actions():
        menu = top.menu()
        assert isinstance(menu, QMenu)
        texts = [action.text() for action in menu.actions() if not action.isSeparator()]
        letters = [text[text.index("&") + 1].lower() for text in texts]
        assert len(set(letters)) == len(letters), texts


def test_that_the_training_settings_open_once(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(2):
        window.menus._show_settings()
    (dialog,) = (d for d in window.findChildren(QDialog) if d.isVisible())
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_that_precision_is_chosen_in_the_training_settings(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.menus._show_settings()
    dialog = next(d for d in window.findChildren(QDialog) if d.isVisible())
    button = next(b for b in dialog.findChildren(QAbstractButton) if b.text() == "float64")
    _click(qtbot, button)
    assert window.session.spec.training.dtype == "float64"
    _shown(qtbot, window, lambda s: s.matrices[0].dtype == "float64")
    window.session.undo_stack.undo()
    assert not button.isChecked()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)

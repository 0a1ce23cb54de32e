"""Projects in the window: nothing is lost, and everything comes back as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.experiment.project_file import Project, read_project, write_project
from playground.experiment.share import text_of
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.gui.project import autosave
from playground.gui.project.close_question import CloseQuestion
from playground.gui.project.document import Document
from playground.gui.project.recovery_bar import how_long_ago
from playground.gui.theme import load_fonts, theme
from playground.gui.train.workspace import TrainWorkspace
from playground.training import messages
from playground.training.messages import StateTaken
from playground.training.trainer import Trainer

Opened = Callable[..., MainWindow]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Return a function that opens a window; all are closed at the end."""
    # Nothing here is about the curves, which take longest to load.
    monkeypatch.setattr(TrainWorkspace, "load_plots", lambda _: None)
    load_fonts(qapp)
    theme().apply(qapp, "light")
    windows: list[MainWindow] = []

    def open_window(guarded: bool = False) -> MainWindow:
        window = MainWindow(Preferences())
        qtbot.addWidget(window)
        window.fill(load_experiment("tf-playground"))
        window.show()
        with qtbot.waitSignal(window.session.snapshot_ready):
            window.begin()
        if guarded:
            window.guard()
        windows.append(window)
        return window

    yield open_window
    for window in windows:
        window._guard = None
        window.close()


@pytest.fixture(scope="module")
def shared(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """Return a window for many tests: to build one takes longer than most of them."""
    folder = str(tmp_path_factory.mktemp("shared"))
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, folder)
    load_fonts(qapp)
    theme().apply(qapp, "light")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("XDG_DATA_HOME", folder)
        monkeypatch.setattr(TrainWorkspace, "load_plots", lambda _: None)
        window = MainWindow(Preferences())
        window.fill(load_experiment("tf-playground"))
        window.show()
        window.begin()
        qapp.processEvents()
        yield window
        window.close()
        window.deleteLater()
        qapp.processEvents()


@pytest.fixture
def window(qtbot: QtBot, shared: MainWindow) -> MainWindow:
    """Return the shared window as it is after a start, with nothing to be undone."""
    session = shared.session
    shared.project.show_experiment(load_experiment("tf-playground"), "Start")
    shared.menus.show_panels(dict.fromkeys(shared.menus.panels(), True))
    _settled(qtbot, shared)
    session.undo_stack.clear()
    shared.project.tracker.become(Document(None, session.spec, 0, session.hand_edits), 0)
    session.notice.emit("info", "nothing yet")
    assert not shared.isWindowModified()
    return shared


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Return a project that was trained for 37 steps."""
    spec = msgspec.structs.replace(load_experiment("tf-playground"), name="mine")
    trainer = Trainer(spec)
    trainer.advance(37)
    layout = {"panels": {"output": False}, "splitters": {"columns": [300, 500, 320]}}
    path = tmp_path / "mine.gplay"
    write_project(Project(spec, trainer.state(), layout), path)
    return path


def _settled(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until files are read or written, and the worker has caught up."""
    qtbot.waitUntil(lambda: not window.project.jobs.are_running and not window.session.is_loading)
    _state(qtbot, window)


def _state(qtbot: QtBot, window: MainWindow) -> StateTaken:
    answers: list[StateTaken] = []
    window.session.take_state(answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    return answers[0]


def _open(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.open_path(path)
    qtbot.waitUntil(lambda: window.project.tracker.document.path == path)
    _settled(qtbot, window)


def _drop(window: MainWindow, kind: Any, path: Path) -> Any:
    """Send what the desktop sends when a file is dragged over the window, or dropped."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = kind(QPoint(5, 5), Qt.DropAction.CopyAction, mime, left, plain)
    event.setAccepted(False)
    QApplication.sendEvent(window.windowHandle(), event)
    return event


def _train(qtbot: QtBot, window: MainWindow, steps: int) -> None:
    wanted = window.project.tracker.step + steps
    window.session._worker.send(messages.Step(batches=steps))
    qtbot.waitUntil(lambda: window.project.tracker.step == wanted)


def _save(qtbot: QtBot, window: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.project.ask_and_save()
    qtbot.waitUntil(lambda: window.project.tracker.document.path == path)


def _parameters(qtbot: QtBot, window: MainWindow) -> bytes:
    state = _state(qtbot, window).state
    assert state is not None
    vector: Any = state["parameters"]
    return bytes(vector.tobytes())


def _trained(steps: int) -> bytes:
    trainer = Trainer(load_experiment("tf-playground"))
    trainer.advance(steps)
    return trainer.parameters.vector.tobytes()


class TestOpenAndSave:
    def test_that_training_goes_on_exactly_where_it_was_saved(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _train(qtbot, window, 31)
        _save(qtbot, window, tmp_path / "mine.gplay", monkeypatch)
        window.open_preset("xor")
        _open(qtbot, window, tmp_path / "mine.gplay")
        assert window.project.tracker.step == 31
        assert len(window.workspace.last_snapshot.history.step) == 32  # type: ignore[union-attr]
        _train(qtbot, window, 30)
        assert _parameters(qtbot, window) == _trained(61)

    def test_that_the_name_without_an_ending_gets_one(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chosen = str(tmp_path / "net 2.1")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
        window.project.save()
        qtbot.waitUntil((tmp_path / "net 2.1.gplay").exists)
        _settled(qtbot, window)
        assert window.windowTitle().startswith("net 2.1[*]")
        assert read_project(tmp_path / "net 2.1.gplay").spec.name == "net 2.1"

    def test_that_saving_again_asks_nothing(
        self, qtbot: QtBot, window: MainWindow, saved: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _open(qtbot, window, saved)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("asked"))
        window.session.edit("training.learning_rate", 0.1, "Set learning rate")
        assert window.isWindowModified()
        qtbot.keyClick(window, "S", Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not window.isWindowModified())
        assert read_project(saved).spec.training.learning_rate == 0.1

    def test_that_a_folder_that_is_gone_is_told_and_nothing_counts_as_saved(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        window.session.edit("data.noise", 20, "Set noise")
        path = tmp_path / "gone" / "a.gplay"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
        window.project.ask_and_save()
        qtbot.waitUntil(lambda: "does not exist; choose another" in window.workspace.notices.text)
        assert window.isWindowModified()

    def test_that_a_file_that_is_none_is_refused_and_changes_nothing(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path
    ) -> None:
        before = window.session.spec
        path = tmp_path / "bad.gplay"
        path.write_bytes(b"PK\x03\x04" + b"x" * 100)
        window.open_path(path)
        qtbot.waitUntil(lambda: "bad.gplay is not a project" in window.workspace.notices.text)
        window.open_path(tmp_path / "gone.gplay")
        assert "gone.gplay cannot be read" in window.workspace.notices.text
        assert window.session.spec == before
        assert window.session.undo_stack.count() == 0

    def test_that_weights_that_do_not_fit_are_told_and_the_experiment_opens(
        self, qtbot: QtBot, window: MainWindow, saved: Path
    ) -> None:
        project = read_project(saved)
        assert project.state is not None
        project.state["parameters"] = np.zeros(3, np.float32)
        write_project(project, saved)
        _open(qtbot, window, saved)
        qtbot.waitUntil(lambda: "parameters has the shape" in window.workspace.notices.text)
        assert _parameters(qtbot, window) == _trained(0)

    def test_that_the_layout_comes_back_and_nonsense_does_not(
        self, qtbot: QtBot, window: MainWindow, saved: Path
    ) -> None:
        _open(qtbot, window, saved)
        assert window.menus.panels() == {"data": True, "output": False, "plots": True}
        layout = {
            "panels": {"output": True, "data": "no", "evil": True},
            "splitters": {"columns": [10**12, -1, 3], "middle": "x"},
            "output": 3,
            "workspace": "../evil",
        }
        write_project(Project(read_project(saved).spec, None, layout), saved)
        _open(qtbot, window, saved)
        assert window.menus.panels() == {"data": True, "output": True, "plots": True}

    def test_that_a_file_dropped_anywhere_on_the_window_opens(
        self, qtbot: QtBot, window: MainWindow, saved: Path
    ) -> None:
        entered = _drop(window, QDragEnterEvent, saved)
        assert entered.isAccepted()
        assert window.project.tracker.document.path is None
        _drop(window, QDropEvent, saved)
        qtbot.waitUntil(lambda: window.project.tracker.document.path == saved)
        _settled(qtbot, window)

    def test_that_recent_files_are_listed_and_those_gone_are_forgotten(
        self, qtbot: QtBot, opened: Opened, saved: Path
    ) -> None:
        window = opened()
        _open(qtbot, window, saved)
        assert Preferences().recent == [saved]
        saved.unlink()
        window.open_path(saved)
        assert Preferences().recent == []

    def test_that_what_was_saved_last_is_reopened_from_its_file(
        self, qtbot: QtBot, opened: Opened, saved: Path
    ) -> None:
        first = opened()
        _open(qtbot, first, saved)
        first.close()
        second = opened()
        second.project.reopen_last()
        qtbot.waitUntil(lambda: second.project.tracker.document.path == saved)

    def test_that_a_window_begins_with_a_project(
        self, qtbot: QtBot, opened: Opened, saved: Path
    ) -> None:
        project = read_project(saved)
        window = MainWindow(Preferences())
        qtbot.addWidget(window)
        window.fill(project.spec)
        with qtbot.waitSignal(window.session.snapshot_ready):
            window.begin(project, saved)
        assert window.windowTitle().startswith("mine[*]")
        assert not window.isWindowModified()
        assert _parameters(qtbot, window) == _trained(37)
        window.close()


class TestChanges:
    def test_that_an_edit_is_a_change_and_undo_takes_it_back(self, window: MainWindow) -> None:
        assert not window.isWindowModified()
        window.session.edit("data.noise", 20, "Set noise")
        assert window.isWindowModified()
        assert window._name.text().endswith("— edited")
        window.session.undo_stack.undo()
        assert not window.isWindowModified()

    def test_that_training_is_a_change_of_a_saved_project_only(
        self, qtbot: QtBot, window: MainWindow, saved: Path
    ) -> None:
        _train(qtbot, window, 3)
        assert not window.isWindowModified()
        _open(qtbot, window, saved)
        assert not window.isWindowModified()
        _train(qtbot, window, 1)
        assert window.isWindowModified()

    def test_that_it_says_what_would_be_lost(
        self, qtbot: QtBot, window: MainWindow, saved: Path
    ) -> None:
        tracker = window.project.tracker
        assert tracker.changes == "It is not saved in a file yet."
        _open(qtbot, window, saved)
        _train(qtbot, window, 1)
        assert tracker.changes == "It was trained for 1 more step since it was saved."
        window.session.reset()
        qtbot.waitUntil(lambda: tracker.step == 0)
        assert "weights of step 37 are in the file, those here are of step 0" in tracker.changes
        window.session.edit("training.learning_rate", 0.1, "Set learning rate")
        assert tracker.changes == "Its settings were changed since it was saved."

    def test_that_a_weight_set_by_hand_is_a_change(self, qtbot: QtBot, window: MainWindow) -> None:
        window.session.edit_parameter(0, 0, 0, 0.0, 1.0)
        assert window.isWindowModified()

    def test_that_revert_goes_back_to_the_file_and_undo_forward_again(
        self, qtbot: QtBot, window: MainWindow, saved: Path
    ) -> None:
        _open(qtbot, window, saved)
        _train(qtbot, window, 5)
        window.project.revert()
        qtbot.waitUntil(lambda: not window.isWindowModified())
        _settled(qtbot, window)
        assert _parameters(qtbot, window) == _trained(37)
        window.session.undo_stack.undo()
        assert _parameters(qtbot, window) == _trained(42)
        assert window.isWindowModified()


class TestUndoAcrossOpening:
    def test_that_undo_brings_back_the_network_as_it_was_trained(
        self, qtbot: QtBot, window: MainWindow
    ) -> None:
        before = window.session.spec
        window.session.edit("training.learning_rate", 0.03, "Set learning rate")
        _train(qtbot, window, 12)
        trained = _parameters(qtbot, window)
        window.open_preset("xor")
        _settled(qtbot, window)
        _train(qtbot, window, 4)
        xor = _parameters(qtbot, window)
        window.session.undo_stack.undo()
        assert window.session.spec == before
        assert _parameters(qtbot, window) == trained
        window.session.undo_stack.redo()
        assert _parameters(qtbot, window) == xor

    def test_that_undo_gives_back_the_file_and_whether_it_is_saved(
        self, qtbot: QtBot, window: MainWindow, saved: Path
    ) -> None:
        _open(qtbot, window, saved)
        window.open_preset("xor")
        assert window.project.tracker.document.path is None
        window.session.undo_stack.undo()
        assert window.project.tracker.document.path == saved
        assert not window.isWindowModified()

    def test_that_undo_reaches_edits_before_an_opening(
        self, qtbot: QtBot, window: MainWindow
    ) -> None:
        first = window.session.spec
        window.session.edit("data.noise", 20, "Set noise")
        window.open_preset("xor")
        window.session.edit("network.seed", 5, "Set seed")
        for _ in range(3):
            window.session.undo_stack.undo()
        assert window.session.spec == first


class TestSharing:
    def test_that_an_experiment_goes_over_the_clipboard(
        self, qtbot: QtBot, window: MainWindow
    ) -> None:
        window.open_preset("digits")
        window.project.copy_as_text()
        assert QGuiApplication.clipboard().text() == text_of(load_experiment("digits"))
        window.open_preset("xor")
        window.project.paste_text()
        assert window.session.spec.data == load_experiment("digits").data
        assert window.session.undo_stack.undoText() == "Paste Digits"

    def test_that_a_clipboard_without_experiment_is_told(self, window: MainWindow) -> None:
        before = window.session.spec
        for text, message in (("", "no text"), ("hello", "not an experiment")):
            QGuiApplication.clipboard().setText(text)
            window.project.paste_text()
            assert message in window.workspace.notices.text
        assert window.session.spec == before


class TestClosing:
    def _ask(self, window: MainWindow) -> CloseQuestion:
        window.session.edit("data.noise", 20, "Set noise")
        assert not window.close()
        question = window.findChild(CloseQuestion)
        assert question is not None
        assert question.isVisible()
        return question

    def _press(self, question: CloseQuestion, name: str) -> None:
        buttons = {button.text(): button for button in question.findChildren(QPushButton)}
        buttons[name].click()

    def test_that_nothing_is_asked_without_changes(self, opened: Opened) -> None:
        window = opened(guarded=True)
        assert window.close()

    def test_that_cancel_keeps_the_window(self, qtbot: QtBot, opened: Opened) -> None:
        window = opened(guarded=True)
        self._press(self._ask(window), "Cancel")
        assert window.isVisible()
        assert window.session.has_started
        assert not window.close(), "it must ask again"

    def test_that_the_window_closes_without_saving(self, opened: Opened) -> None:
        window = opened(guarded=True)
        self._press(self._ask(window), "Close without saving")
        assert not window.isVisible()
        assert not window.session.has_started

    def test_that_the_window_closes_when_it_is_saved(
        self, qtbot: QtBot, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        window = opened(guarded=True)
        path = tmp_path / "kept.gplay"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
        self._press(self._ask(window), "Save…")
        qtbot.waitUntil(lambda: not window.isVisible())
        assert read_project(path).spec.data.noise == 20


@pytest.mark.slow
class TestAutosave:
    def _crashed(self, qtbot: QtBot, opened: Opened) -> bytes:
        """Let a window end without closing, after 9 steps and an edit; return its weights."""
        window = opened(guarded=True)
        window.session.edit("training.learning_rate", 0.1, "Set learning rate")
        _train(qtbot, window, 9)
        assert window._guard is not None
        window._guard.autosave.keep()
        qtbot.waitUntil(window._guard.autosave.path.exists)
        _settled(qtbot, window)
        # As the end of the process would.
        window._guard.autosave.end(discard=False)
        return _parameters(qtbot, window)

    def _button(self, window: MainWindow, name: str) -> QPushButton:
        return next(b for b in window.findChildren(QPushButton) if b.text() == name)

    def _offered(self, qtbot: QtBot, opened: Opened) -> MainWindow:
        window = opened(guarded=True)
        assert window._guard is not None
        guard = window._guard
        qtbot.waitUntil(lambda: guard._bar is not None and guard._bar.isVisible())
        return window

    def test_that_what_was_not_saved_is_restored_after_a_crash(
        self, qtbot: QtBot, opened: Opened
    ) -> None:
        weights = self._crashed(qtbot, opened)
        window = self._offered(qtbot, opened)
        guard = window._guard
        assert guard is not None
        assert guard._bar is not None
        assert "was not saved when the application ended a moment ago" in guard._bar.text
        self._button(window, "Restore").click()
        qtbot.waitUntil(lambda: guard._bar is None)
        _settled(qtbot, window)
        assert _parameters(qtbot, window) == weights
        assert window.isWindowModified()
        qtbot.waitUntil(lambda: [p.name for p in _kept(window)] == [guard.autosave.path.name])

    def test_that_it_can_be_discarded(self, qtbot: QtBot, opened: Opened) -> None:
        self._crashed(qtbot, opened)
        window = self._offered(qtbot, opened)
        self._button(window, "Discard").click()
        assert _kept(window) == []
        assert autosave.leftovers(window.preferences.data_folder / "recovery") == []

    def test_that_what_is_saved_is_not_kept_besides(
        self, qtbot: QtBot, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        window = opened(guarded=True)
        window.session.edit("data.noise", 20, "Set noise")
        assert window._guard is not None
        window._guard.autosave.keep()
        qtbot.waitUntil(lambda: len(_kept(window)) == 1)
        _save(qtbot, window, tmp_path / "a.gplay", monkeypatch)
        qtbot.waitUntil(lambda: _kept(window) == [])

    def test_that_an_untouched_window_keeps_nothing(self, qtbot: QtBot, opened: Opened) -> None:
        window = opened(guarded=True)
        assert window._guard is not None
        window._guard.autosave.keep()
        _settled(qtbot, window)
        assert _kept(window) == []

    def test_that_an_unexpected_error_keeps_what_there_is(
        self, qtbot: QtBot, opened: Opened
    ) -> None:
        window = opened(guarded=True)
        window.reporter.caught.disconnect(window.report_error)
        window.session.edit("data.noise", 20, "Set noise")
        window.reporter.caught.emit("ValueError: made up", "Traceback")
        qtbot.waitUntil(lambda: len(_kept(window)) == 1)

    def test_that_the_end_of_the_session_asks_nothing_and_keeps_all(
        self, qtbot: QtBot, opened: Opened
    ) -> None:
        window = opened(guarded=True)
        window.session.edit("data.noise", 20, "Set noise")
        window.end()
        assert not window.isVisible()
        (left,) = autosave.leftovers(window.preferences.data_folder / "recovery")
        assert read_project(left.path).spec.data.noise == 20

    def test_that_a_folder_that_cannot_be_written_is_told_once(
        self, qtbot: QtBot, opened: Opened
    ) -> None:
        window = opened(guarded=True)
        guard = window._guard
        assert guard is not None
        guard.autosave.path = window.preferences.data_folder / "gone" / "x.gplay"
        told: list[str] = []
        window.session.notice.connect(lambda level, text: told.append(text))
        for noise in (10, 20):
            window.session.edit("data.noise", noise, "Set noise")
            guard.autosave.keep()
            _settled(qtbot, window)
        assert len(told) == 1
        assert "Save your work" in told[0]


def _kept(window: MainWindow) -> list[Path]:
    return list((window.preferences.data_folder / "recovery").glob("*.gplay"))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "a moment ago"), (61, "1 minute ago"), (7300, "2 hours ago"), (90_000, "1 day ago")],
)
def test_that_times_are_said_as_a_person_would(seconds: float, words: str) -> None:
    assert how_long_ago(seconds) == words

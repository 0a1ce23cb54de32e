"""What the File menu offers to take away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.gui.exports.dialog import ExportDialog
from playground.gui.figures.animation_dialog import AnimationDialog
from playground.gui.figures.commands import run_job
from playground.gui.figures.dialog import PictureDialog
from playground.gui.figures.job_dialog import JobDialog
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.training.jobs import Progress


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    window.fill(load_experiment("xor"))
    window.show()
    with qtbot.waitSignal(window.session.snapshot_ready):
        window.begin()
    yield window
    window.close()


def _trigger(window: MainWindow, text: str) -> None:
    actions = {a.text().replace("&", ""): a for _, group in window.menus.groups for a in group}
    actions[text].trigger()


@pytest.mark.parametrize(
    "text, kind",
    [
        ("Export…", ExportDialog),
        ("Export picture…", PictureDialog),
        ("Export animation…", AnimationDialog),
    ],
)
def test_that_the_menu_opens_each_dialog(
    text: str, kind: type[QDialog], window: MainWindow, qtbot: QtBot
) -> None:
    _trigger(window, text)
    qtbot.waitUntil(lambda: window.findChild(kind) is not None)
    dialog = window.findChild(kind)
    assert isinstance(dialog, kind)
    dialog.close()


def test_that_the_menu_writes_a_report_in_the_background(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    window.session.notice.connect(lambda level, text: told.append(text))
    answer = str(tmp_path / "page"), "HTML, for a browser (*.html)"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    _trigger(window, "Export report…")
    qtbot.waitUntil(lambda: "Saved page.html." in told, timeout=10_000)
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")


def test_that_a_job_can_be_cancelled(window: MainWindow, qtbot: QtBot) -> None:
    ended: list[bool] = []

    def endless(progress: Progress) -> Any:
        try:
            while True:
                progress.report(0.5, "Going on")
        finally:
            ended.append(True)

    dialog = run_job(window, "Going on and on", endless)
    assert isinstance(dialog, JobDialog)
    qtbot.waitUntil(lambda: dialog._bar.value() == 500)
    dialog.reject()
    assert ended == [True]


def test_that_a_job_that_cannot_write_says_so(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *words: told.append(words[-1]))
    answer = str(tmp_path / "missing" / "page.pdf"), ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    _trigger(window, "Export report…")
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert "its folder does not exist" in told[0]

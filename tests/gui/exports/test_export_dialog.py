"""The dialog that writes weights and tables."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.exporting import exporters
from playground.exporting.graph.exporter import OnnxModel
from playground.exporting.run import Run
from playground.exporting.table import read_csv
from playground.gui.exports.dialog import ExportDialog
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.schema.describe import tag_of
from playground.training.jobs import Progress
from playground.training.messages import StateTaken
from playground.training.trainer import Trainer


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[ExportDialog]:
    spec = load_experiment("xor")
    trainer = Trainer(spec)
    trainer.advance(20)
    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    dialog = ExportDialog(StateTaken(1, 1, spec, trainer.state()), window)
    dialog.open()
    yield dialog
    dialog.close()


def _choose(dialog: ExportDialog, tag: str) -> None:
    for row in range(dialog.list.count()):
        if dialog.list.item(row).data(Qt.ItemDataRole.UserRole) == tag:
            dialog.list.setCurrentRow(row)


def test_that_every_format_is_offered_and_previewed(dialog: ExportDialog, qtbot: QtBot) -> None:
    offered = [dialog.list.item(row) for row in range(dialog.list.count())]
    tags = [item.data(Qt.ItemDataRole.UserRole) for item in offered]
    assert [tag for tag in tags if tag] == [tag_of(exporter) for exporter in exporters()]
    for tag in ("history-csv", "layers-json"):
        _choose(dialog, tag)
        qtbot.waitUntil(lambda: "bytes" in dialog._summary.text())
        assert tag_of(dialog.exporter) == tag
    assert '"content": "layers"' in dialog.text.toPlainText()


def test_that_what_is_saved_is_proved_and_settings_are_kept(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _choose(dialog, "predictions-csv")
    assert dialog._form is not None
    dialog._form.edited.emit("separator", "semicolon")
    asked: list[Any] = []

    def ask(*words: Any) -> tuple[str, str]:
        asked.extend(words)
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "agree exactly" in dialog._proof.text())
    assert str(asked[2]).endswith("xor-gate-predictions.csv")
    table = read_csv((tmp_path / "mine.csv").read_bytes(), ";")
    assert table["split"] == ["training"] * 4
    _choose(dialog, "history-csv")
    _choose(dialog, "predictions-csv")
    assert getattr(dialog.exporter, "separator", "") == "semicolon"


def test_that_a_failure_says_what_to_do(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "missing" / "a.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "cannot be written" in dialog._proof.text())
    assert dialog.save_button.text() == "Save…"


def test_that_what_was_written_is_at_hand(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _choose(dialog, "safetensors")
    assert dialog.copy_button.isHidden()
    path = tmp_path / "mine.safetensors"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not dialog.copy_button.isHidden(), timeout=5000)
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog.folder_button.click()
    dialog.copy_button.click()
    assert opened == [str(tmp_path)]
    assert QGuiApplication.clipboard().text() == str(path)
    _choose(dialog, "numpy")
    assert dialog.copy_button.isHidden()


def test_that_headings_cannot_be_chosen(dialog: ExportDialog) -> None:
    assert dialog.list.item(0).text() == "Model"
    assert not dialog.list.item(0).flags() & Qt.ItemFlag.ItemIsSelectable
    assert dialog.list.currentRow() > 0


def test_that_stopping_leaves_no_file(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _choose(dialog, "onnx")
    path = tmp_path / "mine.onnx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    held = threading.Event()
    content = OnnxModel.content

    def slow(self: OnnxModel, run: Run, progress: Progress) -> bytes:
        assert held.wait(5)
        return content(self, run, progress)

    monkeypatch.setattr(OnnxModel, "content", slow)
    dialog.save_button.click()
    assert dialog.save_button.text() == "Stop"
    dialog.save_button.click()
    held.set()
    qtbot.waitUntil(lambda: "Nothing was written" in dialog._proof.text(), timeout=5000)
    assert not list(tmp_path.iterdir())

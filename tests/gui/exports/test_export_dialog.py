"""The dialog that writes weights and tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.exporting import exporters
from playground.exporting.table import read_csv
from playground.gui.exports.dialog import ExportDialog
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.schema.describe import tag_of
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
    assert dialog.list.count() == len(exporters())
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

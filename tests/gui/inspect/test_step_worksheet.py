"""The worksheet: PDF and Markdown, with blanks and with answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.inspect.step.worksheet_dialog import WorksheetDialog
from playground.gui.inspect.step.worksheet_file import (
    EXERCISE,
    document_of,
    keep_exercises_whole,
)
from tests.gui.inspect.bench import Bench, bench


@pytest.fixture
def place(qtbot: QtBot, qapp: QApplication) -> Iterator[Bench]:
    with bench(qtbot, qapp) as made:
        yield made


def opened(place: Bench) -> WorksheetDialog:
    place.panel.inspector.go_to_key("∂L/∂W.1")
    place.panel.export_worksheet()
    dialog = place.window.findChild(WorksheetDialog)
    assert dialog is not None
    return dialog


def test_that_blanks_hide_what_the_answer_key_tells(place: Bench, tmp_path: Path) -> None:
    dialog = opened(place)
    blanks = tmp_path / "sheet.md"
    assert dialog.save(blanks)
    dialog.answers.setChecked(True)
    key = tmp_path / "key.md"
    assert dialog.save(key)
    assert "0.0822" not in blanks.read_text(encoding="utf-8")
    assert "____" in blanks.read_text(encoding="utf-8")
    assert "0.082" in key.read_text(encoding="utf-8")
    dialog.close()


def test_that_the_page_is_written_as_pdf(place: Bench, tmp_path: Path) -> None:
    dialog = opened(place)
    dialog.part.select("operation")
    path = tmp_path / "sheet.pdf"
    assert dialog.save(path)
    assert path.read_bytes().startswith(b"%PDF")
    assert "Gradient of the weights" in dialog.markdown()
    assert "Weighted sums" not in dialog.markdown()
    dialog.close()


def test_that_no_exercise_is_torn_apart_by_the_end_of_a_page(place: Bench) -> None:
    dialog = opened(place)
    document = document_of(dialog.markdown())
    dialog.close()
    document.setPageSize(QSizeF(500, 400))
    keep_exercises_whole(document)
    layout = document.documentLayout()
    block, exercise, pages = document.begin(), "", dict[str, set[int]]()
    while block.isValid():
        area = layout.blockBoundingRect(block)
        if block.blockFormat().headingLevel() == EXERCISE:
            exercise = block.text()
        elif block.blockFormat().headingLevel():
            exercise = ""
        if exercise:
            pages.setdefault(exercise, set()).update((int(area.top() // 400),))
        block = block.next()
    assert len(pages) > 9
    assert all(len(where) == 1 for where in pages.values())


def test_that_a_folder_that_is_not_there_is_told(place: Bench, tmp_path: Path) -> None:
    dialog = opened(place)
    assert not dialog.save(tmp_path / "missing" / "sheet.pdf")
    assert place.panel.notices.isVisible()
    dialog.close()

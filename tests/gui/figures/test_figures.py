"""Every picture leaves the application as it should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.files import FileNotWritten
from playground.gui.figures.collection import figures_in, whole
from playground.gui.figures.dialog import PictureDialog
from playground.gui.figures.figure import Figure, Look, image, svg_bytes, write
from playground.gui.figures.menu import copy_data, save
from playground.gui.figures.recolor import recolored, recolored_classes
from playground.gui.main_window import MainWindow
from playground.gui.palette import DARK, LIGHT, value_lut
from playground.gui.preferences import Preferences
from playground.gui.theme import text_font, theme


def _square(painter: QPainter) -> None:
    painter.fillRect(10, 10, 20, 20, theme().color("accent"))
    painter.drawText(5, 50, "Ω")


SQUARE = Figure("A square, red", QSize(60, 60), _square, data=lambda: "x,y\n1,2\n")


@pytest.fixture(scope="module")
def module_window(qapp: QApplication) -> Iterator[MainWindow]:
    theme().apply(qapp, "dark")
    window = MainWindow(Preferences())
    window.fill(load_experiment("xor"))
    window.resize(1200, 760)
    window.show()
    window.begin()
    seen: list[object] = []
    window.session.snapshot_ready.connect(seen.append)
    window.session.train_epochs(2)
    window.workspace.load_plots()
    while len(seen) < 3:
        qapp.processEvents()
        window.session.refresh()
    yield window
    window.close()
    window.deleteLater()
    qapp.processEvents()


def test_that_a_look_decides_scale_theme_and_ground(qapp: QApplication) -> None:
    theme().apply(qapp, "dark")
    light = image(SQUARE, Look(scale=3, theme="light"))
    assert light.size() == QSize(180, 180)
    assert light.pixelColor(60, 60) == QColor(LIGHT.accent)
    assert light.pixelColor(1, 1) == QColor(LIGHT.surface)
    assert image(SQUARE).pixelColor(40, 40) == QColor(DARK.accent)
    see_through = image(SQUARE, Look(transparent=True))
    assert see_through.pixelColor(1, 1).alpha() == 0
    assert theme().name == "dark"


def test_that_texts_in_svg_keep_their_length_in_any_font(qapp: QApplication) -> None:
    def paint(painter: QPainter) -> None:
        painter.setFont(text_font(13, bold=True))
        painter.drawText(5, 50, "a < b & c")

    content = svg_bytes(Figure("Text", QSize(100, 60), paint)).decode()
    found = re.search(r'textLength="([\d.]+)".*>a &lt; b &amp; c</text>', content)
    assert found is not None
    wanted = QFontMetricsF(text_font(13, bold=True)).horizontalAdvance("a < b & c")
    assert float(found[1]) == pytest.approx(wanted, abs=4)
    assert QSvgRenderer(content.encode()).isValid()


def test_that_svg_is_vectors_with_text_and_title(qapp: QApplication) -> None:
    content = svg_bytes(SQUARE, Look(theme="light")).decode()
    assert "<title>A square, red</title>" in content
    assert ">Ω</text>" in content
    assert "<image" not in content
    assert QSvgRenderer(content.encode()).isValid()


def test_that_a_file_is_written_by_its_suffix(tmp_path: Path, qapp: QApplication) -> None:
    assert SQUARE.file_name == "a-square-red"
    for suffix in (".png", ".svg", ".csv"):
        write(SQUARE, tmp_path / f"a{suffix}")
    assert (tmp_path / "a.csv").read_text() == "x,y\n1,2\n"
    with pytest.raises(ValueError, match=r"\.gif"):
        write(SQUARE, tmp_path / "a.gif")
    with pytest.raises(FileNotWritten):
        write(SQUARE, tmp_path / "missing" / "a.png")
    assert len(list(tmp_path.iterdir())) == 3


def test_that_data_is_copied_as_text(qapp: QApplication) -> None:
    copy_data(SQUARE)
    assert QGuiApplication.clipboard().text().startswith("x,y")


def test_that_a_failure_is_told_and_nothing_is_lost(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module_window: MainWindow
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "missing" / "a"), "")
    )
    monkeypatch.setattr(QMessageBox, "warning", lambda *words: told.append(words[-1]))
    assert not save(module_window, SQUARE, ".png")
    assert "a.png cannot be written" in told[0]


def test_that_values_change_theme_exactly_and_other_pixels_do_not() -> None:
    values = np.arange(256).reshape(16, 16)
    dark, light = (
        np.dstack([value_lut(colors)[values], np.full((16, 16), 255, np.uint8)])
        for colors in (DARK, LIGHT)
    )
    assert np.array_equal(recolored(dark, LIGHT)[..., :3], light[..., :3])
    photo = np.random.default_rng(0).integers(0, 256, (4, 4, 4), np.uint8)
    assert np.array_equal(recolored(photo, LIGHT), photo)


def test_that_undecided_classes_fade_to_the_other_ground() -> None:
    unsure = QColor(DARK.value_zero)
    sure = QColor(DARK.of_class(2))
    pixels = np.array([[c.getRgb() for c in (unsure, sure)]], np.uint8)
    moved = recolored_classes(pixels, 3, DARK, LIGHT)
    ground: Any = QColor(LIGHT.value_zero).getRgb()
    assert tuple(moved[0, 0, :3].tolist()) == ground[:3]
    assert np.abs(moved[0, 1].astype(int) - pixels[0, 1]).max() <= 1


def test_that_every_view_of_the_window_offers_its_picture(module_window: MainWindow) -> None:
    figures = figures_in(module_window)
    titles = {figure.title for figure in figures}
    assert {"Decision surface", "Network", "Loss", "Gradient norms", "Update : weight"} <= titles
    for figure in figures:
        for look in (Look(theme="light"), Look(theme="dark", transparent=True)):
            assert not image(figure, look).isNull()
            assert QSvgRenderer(svg_bytes(figure, look)).isValid()
    loss = next(figure for figure in figures if figure.title == "Loss")
    assert loss.data is not None
    assert loss.data().startswith("epoch,train\n0.0,")
    assert theme().name == "dark"


def test_that_a_light_picture_of_a_dark_window_is_light(module_window: MainWindow) -> None:
    network = next(f for f in figures_in(module_window) if f.title == "Network")
    light = image(network, Look(scale=1, theme="light"))
    assert light.pixelColor(2, 2) == QColor(LIGHT.background)
    assert image(network, Look(scale=1)).pixelColor(2, 2) == QColor(DARK.background)


def test_that_the_whole_window_is_one_picture(module_window: MainWindow) -> None:
    figure = whole(module_window, "Whole window")
    assert image(figure, Look(scale=1)).size() == module_window.size()
    assert b"<text" in svg_bytes(figure)


def test_that_the_dialog_shows_and_saves_what_was_chosen(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module_window: MainWindow
) -> None:
    dialog = PictureDialog([SQUARE, whole(module_window, "Whole window")], module_window)
    dialog.open()
    dialog.form.edited.emit("scale", 4)
    dialog.form.edited.emit("theme", "light")
    path = tmp_path / "a.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(dialog.accepted):
        dialog._save.click()
    assert QImage(str(path)).size() == QSize(240, 240)
    assert Preferences().folder == str(tmp_path)

"""Both themes are readable and complete, and every icon and font follows them."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QSlider, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.icons import application_icon, icon
from playground.gui.palette import DARK, LIGHT, Colors, contrast, gradient_lut, mix, value_lut
from playground.gui.style_sheet import style_sheet
from playground.gui.theme import load_fonts, monospace_font, text_font, theme
from playground.resources import MissingResource, resource

THEMES = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=lambda colors: colors.name)
GROUNDS = ("background", "surface", "surface_raised", "field")
ICONS = sorted(path.stem for path in resource("icons").glob("*.svg") if path.stem != "app")

# How eyes without long- or medium-wave cones see linear light: Machado et al. (2009), full loss.
PROTANOPIA = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def _oklab(color: str, eyes: np.ndarray) -> np.ndarray:
    encoded = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.asarray(lab @ np.cbrt(cones @ np.clip(eyes @ light, 0, 1)))


@THEMES
@pytest.mark.parametrize("ink", ["text", "text_muted", "accent", "good", "warning", "danger"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_that_text_is_readable_on_every_ground(colors: Colors, ink: str, ground: str) -> None:
    assert contrast(colors.role(ink), colors.role(ground)) >= 4.5


@THEMES
def test_that_text_on_accents_and_chips_is_readable(colors: Colors) -> None:
    assert contrast(colors.on_accent, colors.accent) >= 4.5
    assert contrast(colors.on_accent, colors.accent_hover) >= 4.5
    for name in ("good", "warning", "danger"):
        assert contrast(colors.role(name), colors.role(f"{name}_soft")) >= 4.5
    assert contrast(colors.text, colors.accent_soft) >= 4.5
    assert contrast(colors.good, colors.healthy_band) >= 4.5


@THEMES
@pytest.mark.parametrize("palette", ["layers", "classes"])
def test_that_colour_blind_eyes_tell_the_colours_apart(colors: Colors, palette: str) -> None:
    for eyes in (np.eye(3), PROTANOPIA, DEUTERANOPIA):
        for first, second in itertools.combinations(getattr(colors, palette), 2):
            distance = np.linalg.norm(_oklab(first, eyes) - _oklab(second, eyes))
            assert distance > 0.075, (first, second)


@THEMES
def test_that_layers_stand_out_from_the_ground(colors: Colors) -> None:
    assert all(contrast(color, colors.surface) > 2.3 for color in colors.layers)


def test_that_two_classes_have_the_colours_of_the_value_scale() -> None:
    for colors in (LIGHT, DARK):
        assert colors.classes[:2] == (colors.value_negative, colors.value_positive)
        assert len(set(colors.classes)) == 10


@THEMES
@pytest.mark.parametrize("lut", [value_lut, gradient_lut], ids=["values", "gradients"])
def test_that_a_scale_runs_smoothly_from_end_to_end(colors: Colors, lut: object) -> None:
    assert callable(lut)
    table = lut(colors)
    kind = "value" if lut is value_lut else "gradient"
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    for row, end in ((0, "negative"), (255, "positive"), (127, "zero"), (128, "zero")):
        assert np.abs(table[row] - _bytes(colors.role(f"{kind}_{end}"))).max() <= 2
    assert np.abs(np.diff(table.astype(int), axis=0)).max() <= 6
    with pytest.raises(ValueError, match="read-only"):
        table[0, 0] = 0


def _bytes(color: str) -> np.ndarray:
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)])


def test_that_colours_mix_and_are_found_by_role() -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert LIGHT.role("layer:9") == LIGHT.layers[1]
    assert LIGHT.role("class:10") == LIGHT.classes[0]
    for wrong in ("name", "layers", "layer:x", "puce"):
        with pytest.raises(ValueError, match=re.escape(repr(wrong))):
            LIGHT.role(wrong)


def test_that_colours_need_no_qt() -> None:
    code = (
        "import sys, playground.gui.palette, playground.gui.plots.decimation;"
        "sys.exit(any(name.startswith(('PySide6', 'pyqtgraph')) for name in sys.modules))"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


# The theme


def test_that_applying_a_theme_recolours_the_application(qtbot: QtBot, qapp: QApplication) -> None:
    theme().apply(qapp, "light")
    assert theme().current is LIGHT
    with qtbot.waitSignal(theme().changed):
        theme().apply(qapp, "dark")
    assert (theme().name, theme().choice) == ("dark", "dark")
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.surface)
    assert DARK.accent in qapp.styleSheet()
    with qtbot.assertNotEmitted(theme().changed):
        theme().apply(qapp, "dark")


def test_that_the_system_decides_when_it_is_asked_to(qapp: QApplication) -> None:
    theme().apply(qapp, "dark")
    theme().apply(qapp, "system")
    assert theme().choice == "system"
    # The offscreen platform has no opinion, and then it is light.
    assert theme().name == "light"


def test_that_an_unknown_theme_is_refused(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match="'sepia' does not exist; use one of system, light, dark"):
        theme().apply(qapp, "sepia")


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_the_style_sheet_is_understood(qtbot: QtBot, qapp: QApplication, name: str) -> None:
    # Qt warns about what it cannot parse, and warnings fail.
    theme().apply(qapp, name)
    window = QWidget()
    qtbot.addWidget(window)
    for child in (QCheckBox("on", window), QComboBox(window), QSlider(window), QToolButton(window)):
        child.setEnabled(False)
        child.setEnabled(True)
    assert not window.grab().isNull()


@THEMES
def test_that_signs_of_controls_have_the_colours_of_the_theme(colors: Colors) -> None:
    folder = resource("icons/controls")
    named = set(re.findall(r'url\("([^"]+)"\)', style_sheet(colors, folder)))
    files = {str(path) for path in folder.glob(f"*-{colors.name}.svg")}
    assert named == files
    for file in files:
        used = set(re.findall(r"#[0-9a-f]{6}", Path(file).read_text(encoding="utf-8")))
        assert used <= {colors.text_muted, colors.on_accent, colors.accent}, file


# Icons


def _ink(picture: QImage) -> set[str]:
    """Return the colours of the opaque pixels."""
    places = itertools.product(range(picture.width()), range(picture.height()))
    pixels = [picture.pixelColor(x, y) for x, y in places]
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", ICONS)
def test_that_a_drawing_takes_the_colour_of_its_role(qapp: QApplication, name: str) -> None:
    source = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in source
    assert "currentColor" in source
    assert not re.search(r"#[0-9a-fA-F]{3}", source)
    theme().apply(qapp, "light")
    picture = icon(name, "accent").pixmap(QSize(48, 48), 1.0).toImage()
    assert LIGHT.accent in _ink(picture)


def test_that_an_icon_changes_with_the_theme_mode_and_state(qapp: QApplication) -> None:
    theme().apply(qapp, "light")
    play = icon("play", "text", checked_role="on_accent")
    size = QSize(32, 32)
    assert _ink(play.pixmap(size).toImage()) >= {LIGHT.text}
    theme().apply(qapp, "dark")
    assert _ink(play.pixmap(size).toImage()) >= {DARK.text}
    disabled = play.pixmap(size, QIcon.Mode.Disabled).toImage()
    assert _ink(disabled) >= {DARK.text_disabled}
    checked = play.pixmap(size, QIcon.Mode.Normal, QIcon.State.On).toImage()
    assert _ink(checked) >= {DARK.on_accent}


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 3.0])
def test_that_an_icon_has_the_pixels_of_the_screen(qapp: QApplication, ratio: float) -> None:
    pixmap = icon("save").pixmap(QSize(20, 20), ratio)
    assert pixmap.width() == round(20 * ratio)
    assert pixmap.deviceIndependentSize().toSize() == QSize(20, 20)


def test_that_copies_of_an_icon_outlive_it(qapp: QApplication) -> None:
    copies = [QIcon(icon(name)) for name in ICONS]
    assert all(not copy.pixmap(16, 16).isNull() for copy in copies)


def test_that_an_unknown_icon_or_role_is_named(qapp: QApplication) -> None:
    with pytest.raises(MissingResource, match=r"no bundled file 'icons/plya\.svg'"):
        icon("plya")
    with pytest.raises(ValueError, match="no colour 'txet'"):
        icon("play", "txet")


def test_that_the_application_icon_has_all_sizes(qapp: QApplication) -> None:
    result = application_icon()
    assert [size.width() for size in result.availableSizes()] == [16, 24, 32, 48, 64, 128, 256]
    colors = _ink(result.pixmap(64, 64).toImage())
    assert len(colors) > 50


# Fonts


def test_that_the_bundled_fonts_are_used(qapp: QApplication) -> None:
    families = load_fonts(qapp)
    assert {"Inter", "JetBrains Mono", "Playground Symbols"} <= set(families)
    assert QFontInfo(qapp.font()).family() == "Inter"
    assert QFontInfo(monospace_font(12)).family() == "JetBrains Mono"


def test_that_numbers_do_not_change_their_width(qapp: QApplication) -> None:
    load_fonts(qapp)
    for font in (text_font(), monospace_font(12), monospace_font(15, bold=True)):
        metrics = QFontMetricsF(font)
        assert len({round(metrics.horizontalAdvance(d * 4), 3) for d in "0123456789"}) == 1


def test_that_missing_fonts_leave_the_fonts_of_the_system(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(path: str) -> Path:
        raise MissingResource(path)

    monkeypatch.setattr("playground.gui.theme.resource", missing)
    assert load_fonts(qapp) == ()
    assert qapp.font().pixelSize() == 13

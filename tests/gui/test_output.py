"""The output panel: surface, probe, toggles, results; confusion, mistakes and samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.data.digits import Digits
from playground.data.registry import Bumps, Circles, Gaussians, LogicGate, Spirals3
from playground.data.scaling import Standardise
from playground.experiment.change import fitted
from playground.experiment.spec import ExperimentSpec
from playground.gui.figures.figure import write
from playground.gui.figures.menu import copy_picture, figure_menu
from playground.gui.palette import value_lut
from playground.gui.theme import theme
from playground.gui.train.output.number_text import percent, place_text, signed
from playground.gui.train.output.output_panel import OutputPanel
from playground.training.messages import Loaded
from playground.training.snapshot import ColorTables, Snapshot, SnapshotBuilder, View
from playground.training.trainer import Trainer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT = Qt.MouseButton.LeftButton


def color_tables() -> ColorTables:
    colors = theme().current
    values = np.full((256, 4), 255, np.uint8)
    values[:, :3] = value_lut(colors)
    classes = np.array([QColor(color).getRgb() for color in colors.classes], np.uint8)
    background = np.array(QColor(colors.value_zero).getRgb(), np.uint8)
    return ColorTables(values, classes, background)


class Stage:
    """A panel in a window, and a trainer that feeds it without a thread."""

    def __init__(self, data: Any, steps: int, height: int = 620) -> None:
        spec, _ = fitted(ExperimentSpec(data=data))
        self.trainer = Trainer(spec)
        self.builder = SnapshotBuilder(self.trainer, 1)
        self.trainer.advance(steps)
        self.window = QWidget()
        self.window.resize(316, height)
        self.panel = OutputPanel(self.window)
        self.panel.resize(316, height)
        self.panel.show_spec(spec)
        self.loaded = Loaded(1, spec, self.trainer.data, self.trainer.architecture)
        self.panel.show_loaded(self.loaded)

    def snapshot(self) -> Snapshot:
        view = View(colors=color_tables(), **self.panel.wishes())
        return self.builder.build(view, running=False, steps_per_second=None)

    def show(self) -> Snapshot:
        snapshot = self.snapshot()
        self.panel.show_snapshot(snapshot)
        QApplication.processEvents()
        return snapshot


@pytest.fixture
def make_stage(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[..., Stage]]:
    theme().apply(qapp, "light")
    stages: list[Stage] = []

    def make(data: Any, steps: int = 200, height: int = 620) -> Stage:
        stage = Stage(data, steps, height)
        stages.append(stage)
        qtbot.addWidget(stage.window)
        stage.window.show()
        qtbot.waitExposed(stage.window)
        stage.show()
        return stage

    yield make
    stages.clear()


MakeStage = Callable[..., Stage]

# --- the surface ---


def test_that_the_surface_is_painted_the_right_way_up(make_stage: MakeStage) -> None:
    stage = make_stage(Gaussians(points=20), 400)
    surface = stage.panel.planar.surface
    for name in ("train", "test"):
        stage.panel.planar.toggles[name].setChecked(False)
    shown = stage.show().surface
    assert shown is not None
    image = surface.grab().toImage()
    side = surface.width()
    for row, column in ((10, 80), (80, 10), (50, 30)):
        x, y = (round((place + 0.5) / 100 * side) for place in (column, row))
        expected = QColor(*(int(part) for part in shown[row, column]))
        found = image.pixelColor(x, y)
        assert abs(found.red() - expected.red()) < 12
        assert abs(found.blue() - expected.blue()) < 12
    # Positive points are at the upper right.
    assert image.pixelColor(round(0.85 * side), round(0.15 * side)).blue() > 150


def test_that_the_surface_is_a_square_of_the_panels_width(make_stage: MakeStage) -> None:
    surface = make_stage(Circles()).panel.planar.surface
    assert surface.width() == 316 - 28
    assert surface.height() == surface.width()


def test_that_nothing_is_asked_for_while_hidden(make_stage: MakeStage) -> None:
    stage = make_stage(Circles())
    asked: list[int] = []
    stage.panel.wishes_changed.connect(lambda: asked.append(1))
    assert stage.panel.wishes()["surface_size"] == 100
    stage.panel.hide()
    assert stage.panel.wishes()["surface_size"] == 0
    assert asked


def test_that_a_small_panel_asks_for_a_coarser_surface(qtbot: QtBot, make_stage: MakeStage) -> None:
    stage = make_stage(Circles())
    with qtbot.waitSignal(stage.panel.wishes_changed):
        stage.panel.resize(290, 400)
    assert stage.panel.wishes()["surface_size"] == 64


def test_that_a_snapshot_of_an_earlier_run_is_ignored(make_stage: MakeStage) -> None:
    stage = make_stage(Circles())
    before = stage.panel.planar.results.results
    stage.panel.show_loaded(
        Loaded(2, stage.loaded.spec, stage.loaded.data, stage.loaded.architecture)
    )
    stage.panel.show_snapshot(stage.snapshot())
    assert stage.panel.planar.results.results is before


def test_that_each_toggle_changes_what_is_painted(qtbot: QtBot, make_stage: MakeStage) -> None:
    stage = make_stage(Circles(noise=30))
    surface = stage.panel.planar.surface
    for name in ("mistakes", "train", "test"):
        before = surface.grab().toImage()
        qtbot.mouseClick(stage.panel.planar.toggles[name], LEFT, pos=QPoint(8, 8))
        assert surface.grab().toImage() != before
    assert stage.panel.options() == {
        "train": False,
        "validation": True,
        "test": False,
        "mistakes": False,
        "discretize": False,
        "table": False,
    }


def test_that_options_are_restored_by_name(make_stage: MakeStage) -> None:
    panel = make_stage(Circles()).panel
    panel.set_options({"test": False, "discretize": True, "of another version": True})
    assert panel.options()["test"] is False
    assert panel.wishes()["discretize"] is True


def test_that_discretize_asks_for_another_surface(qtbot: QtBot, make_stage: MakeStage) -> None:
    stage = make_stage(Circles())
    with qtbot.waitSignal(stage.panel.wishes_changed):
        stage.panel.planar.toggles["discretize"].click()
    surface = stage.show().surface
    assert surface is not None
    assert len(np.unique(surface.reshape(-1, 4), axis=0)) <= 3


def test_that_counts_are_those_of_the_snapshot(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=100, noise=40, training_share=0.7))
    snapshot = stage.show()
    assert snapshot.wrong is not None
    toggles = stage.panel.planar.toggles
    assert toggles["train"].text() == "Training 70"
    assert toggles["test"].text() == "Test 30"
    assert toggles["mistakes"].text() == f"Mistakes {int(snapshot.wrong.sum())}"
    split = stage.trainer.data.split
    wrong = int(snapshot.wrong[split.test].sum())
    (accuracy, mistakes) = stage.panel.planar.results.results.rows
    assert mistakes[2] == f"{wrong} / 30"
    assert accuracy[2] == percent(1 - wrong / 30)


def test_that_validation_points_have_a_toggle_a_shape_and_a_column(
    qtbot: QtBot, make_stage: MakeStage
) -> None:
    plain = make_stage(Circles(points=100, noise=40, training_share=0.5))
    assert not plain.panel.planar.toggles["validation"].isVisible()
    assert plain.panel.planar.results.results.columns == ("Training", "Test")
    stage = make_stage(Circles(points=100, noise=40, training_share=0.5, validation_share=0.2))
    planar, snapshot = stage.panel.planar, stage.show()
    assert planar.toggles["validation"].text() == "Validation 20"
    assert planar.toggles["test"].text() == "Test 30"
    before = planar.surface.grab().toImage()
    qtbot.mouseClick(planar.toggles["validation"], LEFT, pos=QPoint(8, 8))
    assert planar.surface.grab().toImage() != before
    results = planar.results.results
    assert results.columns == ("Training", "Validation", "Test")
    assert snapshot.wrong is not None
    wrong = int(snapshot.wrong[stage.trainer.data.split.validation].sum())
    assert results.rows[1][2] == f"{wrong} / 20"
    assert "validation" in planar.results.accessibleDescription()


def test_that_a_validation_set_stands_in_for_a_missing_test_set(make_stage: MakeStage) -> None:
    stage = make_stage(Circles(points=100, training_share=0.7, validation_share=0.3))
    assert stage.panel.planar.results.results.measured_on == "validation"


def test_that_the_probe_is_scaled_like_the_samples(make_stage: MakeStage) -> None:
    stage = make_stage(Gaussians(points=50, scaling=Standardise()))
    x1, x2 = stage.trainer.data.samples.points[7]
    stage.panel.planar.surface.pin((float(x1), float(x2)))
    snapshot = stage.show()
    assert snapshot.probe is not None
    np.testing.assert_allclose(snapshot.probe.inputs, stage.trainer.data.samples.inputs[7])


def test_that_a_theme_repaints_the_points(qapp: QApplication, make_stage: MakeStage) -> None:
    stage = make_stage(Circles())
    before = stage.panel.grab().toImage()
    theme().apply(qapp, "dark")
    stage.show()
    assert stage.panel.grab().toImage() != before


# --- the probe ---


def test_that_the_probe_follows_the_pointer_and_says_what_the_network_says(
    qtbot: QtBot, make_stage: MakeStage
) -> None:
    stage = make_stage(Gaussians(), 400)
    surface = stage.panel.planar.surface
    side = surface.width()
    with qtbot.waitSignal(stage.panel.wishes_changed):
        qtbot.mouseMove(surface, QPoint(round(side * 0.75), round(side * 0.25)))
    x1, x2 = stage.panel.wishes()["probe"]
    assert (x1, x2) == pytest.approx((3, 3), abs=0.05)
    assert stage.panel.readout.endswith("→ …")
    snapshot = stage.show()
    assert snapshot.probe is not None
    certainty = snapshot.probe.certainty
    assert certainty is not None
    expected = signed(float(certainty[1] - certainty[0]))
    assert stage.panel.readout == f"{place_text(x1, x2)} → {expected}"


def test_that_the_probe_goes_with_the_pointer_unless_it_is_pinned(
    qtbot: QtBot, make_stage: MakeStage
) -> None:
    stage = make_stage(Circles())
    surface = stage.panel.planar.surface
    leave = QEvent(QEvent.Type.Leave)
    qtbot.mouseMove(surface, QPoint(30, 40))
    QApplication.sendEvent(surface, leave)
    assert surface.probe is None
    assert stage.panel.readout == "hover to probe"
    qtbot.mouseClick(surface, LEFT, pos=QPoint(100, 60))
    pinned = surface.probe
    qtbot.mouseMove(surface, QPoint(35, 45))
    assert surface.probe != pinned
    QApplication.sendEvent(surface, leave)
    assert surface.probe == pinned
    qtbot.mouseClick(surface, LEFT, pos=QPoint(100, 60))
    QApplication.sendEvent(surface, leave)
    assert surface.probe is None


def test_that_keys_move_and_remove_the_probe(qtbot: QtBot, make_stage: MakeStage) -> None:
    stage = make_stage(Circles())
    surface = stage.panel.planar.surface
    surface.setFocus()
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    qtbot.keyClick(surface, Qt.Key.Key_Up)
    assert surface.probe == pytest.approx((6 / 50, 6 / 50))
    qtbot.keyClick(surface, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert surface.probe == pytest.approx((6 / 50 - 6 / 500, 6 / 50))
    qtbot.keyClick(surface, Qt.Key.Key_Escape)
    assert stage.panel.wishes()["probe"] is None


def test_that_the_probe_stays_within_the_plane(qtbot: QtBot, make_stage: MakeStage) -> None:
    surface = make_stage(Circles()).panel.planar.surface
    surface.pin((5.99, -50.0))
    for _ in range(3):
        qtbot.keyClick(surface, Qt.Key.Key_Right)
    assert surface.probe == (6.0, -6.0)


def test_that_a_probe_survives_an_edit_of_the_same_plane(make_stage: MakeStage) -> None:
    stage = make_stage(Circles())
    surface = stage.panel.planar.surface
    surface.pin((1.0, 2.0))
    stage.panel.show_loaded(stage.loaded)
    assert surface.probe == (1.0, 2.0)


def test_that_three_classes_show_a_bar_each(make_stage: MakeStage) -> None:
    stage = make_stage(Spirals3(), 300)
    planar = stage.panel.planar
    assert planar.classes.isVisible()
    assert not planar.color_bar.isVisible()
    assert planar.classes.values is None
    planar.surface.pin((0.2, 0.3))
    snapshot = stage.show()
    assert snapshot.probe is not None
    assert planar.classes.values is not None
    np.testing.assert_allclose(planar.classes.values, snapshot.probe.certainty)
    assert "class " in stage.panel.readout
    planar.surface.clear_probe()
    assert planar.classes.values is None


def test_that_regression_shows_values_and_no_mistakes(make_stage: MakeStage) -> None:
    stage = make_stage(Bumps(points=100), 100)
    planar = stage.panel.planar
    assert not planar.toggles["mistakes"].isVisible()
    planar.surface.pin((0.0, 2.5))
    snapshot = stage.show()
    assert snapshot.probe is not None
    value = float(snapshot.probe.activations[-1][0])
    assert stage.panel.readout == f"(0.00, 2.50) → {signed(value)}"
    assert planar.results.results.rows[0][0] == "Mean loss"


def test_that_a_set_without_test_points_says_so(make_stage: MakeStage) -> None:
    planar = make_stage(LogicGate(gate="xor")).panel.planar
    assert not planar.toggles["test"].isEnabled()
    assert planar.results.results.rows[0][2] == "–"
    assert planar.results.results.measured_on == "training"


def test_that_a_diverged_network_can_be_shown(make_stage: MakeStage) -> None:
    stage = make_stage(Spirals3(points=30), 1)
    stage.panel.planar.surface.pin((0.1, 0.1))
    stage.trainer.parameters.vector[:] = np.nan
    stage.show()
    stage.panel.grab()
    assert "NaN" not in stage.panel.planar.results.results.rows[0][1]


# --- images ---


@pytest.fixture
def digits(make_stage: MakeStage) -> Stage:
    return make_stage(Digits(points=400), 60, 1000)


def test_that_images_show_accuracy_and_confusion_in_place_of_a_surface(digits: Stage) -> None:
    panel = digits.panel
    assert panel.images.isVisible()
    assert not panel.planar.isVisible()
    assert panel.wishes()["surface_size"] == 0
    results = digits.show().images
    assert results is not None
    right = int(np.trace(results.confusion))
    words = {label.text() for label in panel.images.findChildren(QWidget) if hasattr(label, "text")}
    assert percent(right / results.measured) in words
    assert f"{results.measured - right} of {results.measured} wrong" in words


def cell_center(digits: Stage, true: int, predicted: int) -> QPoint:
    return digits.panel.images.confusion._cell_rect(true, predicted).center().toPoint()


def worst_cell(digits: Stage) -> tuple[int, int]:
    results = digits.show().images
    assert results is not None
    first = results.mistakes[0]
    return first.label, first.predicted


def test_that_a_cell_is_described_under_the_pointer(qtbot: QtBot, digits: Stage) -> None:
    confusion = digits.panel.images.confusion
    results = digits.show().images
    assert results is not None
    with qtbot.waitSignal(confusion.cell_pointed):
        qtbot.mouseMove(confusion, cell_center(digits, 4, 9))
    count, total = int(results.confusion[4, 9]), int(results.confusion[4].sum())
    assert confusion.describe((4, 9)) == f"true 4 called 9: {count} of {total}"


def test_that_a_click_on_a_cell_shows_its_mistakes_only(qtbot: QtBot, digits: Stage) -> None:
    images = digits.panel.images
    cell = worst_cell(digits)
    qtbot.mouseClick(images.confusion, LEFT, pos=cell_center(digits, *cell))
    assert images.mistakes.mistakes
    assert {(m.label, m.predicted) for m in images.mistakes.mistakes} == {cell}
    results = digits.show().images
    assert results is not None
    assert {(m.label, m.predicted) for m in images.mistakes.mistakes} == {cell}
    assert len(images.mistakes.mistakes) == min(int(results.confusion[cell]), 12)
    qtbot.mouseClick(images.confusion, LEFT, pos=cell_center(digits, *cell))
    digits.show()
    assert len(images.mistakes.mistakes) == 12


def test_that_cells_are_reached_by_keys(qtbot: QtBot, digits: Stage) -> None:
    confusion = digits.panel.images.confusion
    confusion.setFocus(Qt.FocusReason.TabFocusReason)
    true, predicted = worst_cell(digits)
    confusion._point((true, max(predicted - 1, 0)))
    qtbot.keyClick(confusion, Qt.Key.Key_Right if predicted else Qt.Key.Key_Left)
    qtbot.keyClick(confusion, Qt.Key.Key_Return)
    assert confusion.chosen == (true, predicted)
    qtbot.keyClick(confusion, Qt.Key.Key_Escape)
    assert confusion.chosen is None


def test_that_a_mistake_becomes_the_probe(qtbot: QtBot, digits: Stage) -> None:
    images = digits.panel.images
    mistake = images.mistakes.mistakes[1]
    with qtbot.waitSignal(digits.panel.wishes_changed):
        qtbot.mouseClick(images.mistakes, LEFT, pos=images.mistakes.tile_rect(1).center())
    assert digits.panel.wishes()["probe_sample"] == mistake.sample
    digits.show()
    assert images.beliefs.values is not None
    np.testing.assert_allclose(images.beliefs.values, mistake.certainty, atol=1e-6)
    assert digits.panel.readout.startswith(f"true {mistake.label} → {mistake.predicted}")


def test_that_a_mistake_is_enlarged_under_the_pointer(qtbot: QtBot, digits: Stage) -> None:
    mistakes = digits.panel.images.mistakes
    qtbot.mouseMove(mistakes, mistakes.tile_rect(0).center())
    card = mistakes._card
    assert card is not None
    assert card.isVisible()
    QApplication.sendEvent(mistakes, QEvent(QEvent.Type.Leave))
    assert not card.isVisible()


def test_that_the_strip_chooses_the_sample_by_click_and_keys(qtbot: QtBot, digits: Stage) -> None:
    strip = digits.panel.images.strip
    test = digits.trainer.data.split.test
    assert digits.panel.wishes()["probe_sample"] == test[0]
    qtbot.mouseClick(strip, LEFT, pos=QPoint(3 + 2 * 44 + 10, 20))
    assert digits.panel.wishes()["probe_sample"] == test[2]
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert digits.panel.wishes()["probe_sample"] == test[3]
    qtbot.keyClick(strip, Qt.Key.Key_End)
    assert digits.panel.wishes()["probe_sample"] == test[-1]


def test_that_switching_between_planes_and_images_shows_the_right_part(
    make_stage: MakeStage, digits: Stage
) -> None:
    other = make_stage(Circles())
    digits.panel.show_loaded(other.loaded)
    assert digits.panel.planar.isVisible()
    assert not digits.panel.images.isVisible()
    assert digits.panel.readout == "hover to probe"


# --- pictures to keep ---


def test_that_the_surface_is_saved_as_png_and_svg(make_stage: MakeStage, tmp_path: Path) -> None:
    surface = make_stage(Circles()).panel.planar.surface
    png, svg = tmp_path / "surface.png", tmp_path / "surface.svg"
    figure = surface.figure()
    assert figure is not None
    for path in (png, svg):
        write(figure, path)
    assert QImage(str(png)).width() == 2 * surface.width()
    assert QSvgRenderer(str(svg)).isValid()


def test_that_the_confusion_matrix_is_copied(digits: Stage) -> None:
    confusion = digits.panel.images.confusion
    figure = confusion.figure()
    assert figure is not None
    assert figure.data is not None
    copy_picture(figure)
    assert QGuiApplication.clipboard().image().width() == 2 * figure.size.width()
    assert figure.data().startswith("true,predicted 0,predicted 1,")


def test_that_the_menu_offers_copy_and_both_formats(make_stage: MakeStage) -> None:
    surface = make_stage(Circles()).panel.planar.surface
    figure = surface.figure()
    assert figure is not None
    menu = figure_menu(surface, figure)
    words = [action.text() for action in menu.actions()]
    assert words[:3] == ["Copy picture\tCtrl+C", "Save as PNG image…", "Save as SVG drawing…"]
    menu.deleteLater()


# --- words ---


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.871, "+0.87"),
        (-0.5, "−0.50"),
        (1234.0, "+1.2e+03"),
        (float("nan"), "NaN"),
        (float("-inf"), "−∞"),
    ],
)
def test_that_values_have_a_sign_and_constant_width(value: float, text: str) -> None:
    assert signed(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100 %"), (0.99999, "99.9 %"), (0.00001, "0.1 %"), (0.0, "0 %"), (0.984, "98.4 %")],
)
def test_that_only_all_is_called_all(share: float, text: str) -> None:
    assert percent(share) == text

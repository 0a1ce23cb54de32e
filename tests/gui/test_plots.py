"""The live plots: complete in shape, following the training until the user takes over."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.figures.figure import write
from playground.gui.figures.menu import save
from playground.gui.palette import DARK, LIGHT
from playground.gui.plots.canvas import Canvas
from playground.gui.plots.clipping import clipped
from playground.gui.plots.commands import plot_menu
from playground.gui.plots.decimation import decimate, smooth, thin
from playground.gui.plots.overlay import Overlay
from playground.gui.plots.panels import PlotStrip
from playground.gui.plots.readout import readout_at
from playground.gui.plots.series import Series, shape_of
from playground.gui.plots.ticks import linear_ticks, log_ticks, nice_interval, readable
from playground.gui.plots.time_plot import TimePlot
from playground.gui.plots.viewport import Viewport
from playground.gui.theme import theme

# The offscreen platform says so whenever a window is shown.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Record:
    """What the plots need of a history."""

    epoch: Floats
    train_loss: Floats
    validation_loss: Floats
    test_loss: Floats
    gradient_norm: Floats
    update_ratio: Floats
    layer_names: tuple[str, ...]


def record(count: int = 300, layers: int = 3, epochs: float = 90.0) -> Record:
    noise = np.random.default_rng(0)
    time = np.linspace(0, 1, count)
    norms = 10 ** (-2 * time[:, None] + 0.2 * noise.normal(size=(count, layers)))
    norms[0] = np.nan
    return Record(
        epoch=time * epochs,
        train_loss=0.01 + np.exp(-5 * time),
        validation_loss=np.full(count, np.nan),
        test_loss=0.1 + np.exp(-5 * time),
        gradient_norm=norms,
        update_ratio=norms * 1e-3,
        layer_names=(*(f"Layer {index + 1}" for index in range(layers - 1)), "Output"),
    )


def noisy(count: int = 3000) -> Series:
    values = 10 ** np.random.default_rng(1).normal(size=count)
    return Series("noise", "layer:0", np.arange(float(count)), values)


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> Iterator[TimePlot]:
    theme().apply(qapp, "light")
    plot = TimePlot("Loss")
    qtbot.addWidget(plot)
    plot.resize(400, 220)
    plot.show()
    yield plot
    plot.hide()


def overlay_of(plot: TimePlot) -> Overlay:
    return plot.findChildren(Overlay)[0]


def middle_of(plot: TimePlot) -> QPoint:
    return overlay_of(plot).frame.center()


def wheel(target: QWidget, place: QPoint, notches: float) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(target.mapToGlobal(place)),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)


# Decimation and smoothing

VALUES = st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")))


@given(st.lists(VALUES, max_size=400), st.integers(8, 60))
def test_that_decimation_keeps_ends_extremes_and_order(values: list[float], points: int) -> None:
    y = np.array(values)
    x = np.arange(float(len(y)))
    few_x, few_y = decimate(x, y, points)
    assert len(few_x) == len(few_y) <= max(points, 0)
    assert (np.diff(few_x) > 0).all()
    np.testing.assert_array_equal(few_y, y[few_x.astype(int)])
    if len(y):
        assert (few_x[0], few_x[-1]) == (x[0], x[-1])
    known = y[np.isfinite(y)]
    if len(known):
        assert (np.nanmin(few_y), np.nanmax(few_y)) == (known.min(), known.max())


def test_that_decimation_keeps_a_single_spike_and_a_gap() -> None:
    y = np.zeros(100_000)
    y[54_321] = 7.0
    y[70_000:80_000] = np.nan
    x, few = decimate(np.arange(100_000.0), y)
    assert np.nanmax(few) == 7.0
    assert np.isnan(few[(x > 71_000) & (x < 79_000)]).all()


def test_that_a_short_curve_is_left_alone() -> None:
    x = y = np.arange(5.0)
    assert decimate(x, y, 8)[1] is y
    assert thin(x, y, 8)[1] is y
    assert thin(x, y, 2)[0].tolist() == [0.0, 3.0, 4.0]


@pytest.mark.parametrize("window", [1.5, 4.0, 60.0])
@pytest.mark.parametrize("has_gaps", [False, True])
def test_that_smoothing_is_the_weighted_mean(window: float, has_gaps: bool) -> None:
    y = np.random.default_rng(2).normal(size=700)
    if has_gaps:
        y[::7] = np.nan
    places = np.arange(len(y))
    weights = (1 - 1 / window) ** np.abs(places[:, None] - places)
    known = np.isfinite(y)
    expected = weights[:, known] @ y[known] / weights[:, known].sum(1)
    expected[~known] = np.nan
    np.testing.assert_allclose(smooth(y, window), expected, rtol=1e-10, atol=1e-12)


def test_that_smoothing_does_not_bend_a_constant_or_lag() -> None:
    np.testing.assert_allclose(smooth(np.full(50, 3.0), 10.0), 3.0)
    step = smooth(np.repeat([0.0, 1.0], 500), 20.0)
    assert step[499] + step[500] == pytest.approx(1.0)
    assert smooth(step, 1.0) is step


def test_that_smoothing_survives_a_curve_longer_than_its_table() -> None:
    y = np.random.default_rng(3).normal(size=5000)
    assert np.isfinite(smooth(y, 1.2)).all()


# Axes


def labels(ticks: list[object]) -> list[str]:
    return [tick.label for tick in ticks]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-4.0, 0.0, ["1e-4", "1e-3", "1e-2", "1e-1", "1"]),
        (-2.0, 0.0, ["0.01", "0.03", "0.1", "0.3", "1"]),
        (-12.0, 3.0, ["1e-12", "1e-8", "1e-4", "1"]),
        (-1.0, -0.2, ["0.1", "0.2", "0.3", "0.4", "0.6"]),
        (-0.31, -0.29, ["0.490", "0.495", "0.500", "0.505", "0.510"]),
        (0.0, 0.0, []),
    ],
)
def test_that_a_log_axis_has_readable_decades(low: float, high: float, expected: list[str]) -> None:
    assert labels([*log_ticks(low, high, 5)]) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 900.0, ["0", "200", "400", "600", "800"]),
        (0.0, 12_000.0, ["0", "5,000", "10,000"]),
        (0.0, 4e6, ["0", "1M", "2M", "3M", "4M"]),
        (0.0, 0.5, ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        (0.0, 2e-5, ["0", "5e-06", "1e-05", "1.5e-05", "2e-05"]),
        (1.0, 1.0, []),
    ],
)
def test_that_a_linear_axis_has_round_numbers(low: float, high: float, expected: list[str]) -> None:
    assert labels([*linear_ticks(low, high, 5)]) == expected


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.booleans())
def test_that_a_nice_interval_contains_the_data(low: float, span: float, log: bool) -> None:
    below, above = nice_interval(low, low + span, log)
    assert below < above
    assert below <= low
    assert above >= low + span


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (0.1477, "0.1477"),
        (3.2e-7, "3.20e-07"),
        (1e9, "1.00e+09"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
    ],
)
def test_that_numbers_fit_the_readout(value: float, text: str) -> None:
    assert readable(value) == text


def test_that_the_viewport_leaves_room_for_growth_and_gives_it_back() -> None:
    viewport = Viewport(logarithmic=True)
    viewport.fit((0.0, 100.0), (-2.0, 0.0))
    assert viewport.x == (0.0, 100.0)
    viewport.fit((0.0, 110.0), (-2.0, 0.0))
    assert viewport.x == (0.0, 120.0)
    assert viewport.has_headroom
    viewport.fit((0.0, 110.0), (-2.0, 0.0))
    assert viewport.x == (0.0, 110.0)
    assert not viewport.has_headroom


def test_that_the_y_axis_stays_while_the_data_fill_it() -> None:
    viewport = Viewport(logarithmic=True)
    viewport.fit((0.0, 1.0), (-2.0, 0.0))
    before = viewport.y
    viewport.fit((0.0, 2.0), (-1.9, -0.1))
    assert viewport.y == before
    viewport.fit((0.0, 3.0), (-3.5, -0.1))
    assert viewport.y[0] <= -3.5
    viewport.fit((0.0, 4.0), (-1.0, -0.1))
    assert viewport.y[0] > -1.5


def test_that_zooming_in_ends_somewhere() -> None:
    viewport = Viewport(logarithmic=False)
    viewport.fit((0.0, 100.0), (0.0, 1.0))
    for _ in range(300):
        viewport.zoom(0.5, 0.5, (50.0, 0.5))
    for low, high in (viewport.x, viewport.y):
        assert low < high
    for _ in range(300):
        viewport.zoom(2.0, 2.0, (50.0, 0.5))
    assert np.isfinite([*viewport.x, *viewport.y]).all()


def test_that_a_line_is_cut_at_the_edges() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.0])
    (part,) = clipped(x, np.array([0.0, 2.0, 2.0, 0.0]), (0.0, 3.0), (0.0, 4.0))
    np.testing.assert_allclose(part[:, 1], [0.0, 0.5, 0.5, 0.0])
    first, second = clipped(x, np.array([0.0, 2.0, 2.0, 0.0]), (0.0, 3.0), (0.0, 1.0))
    np.testing.assert_allclose(first, [[0, 0], [1 / 6, 1]])
    np.testing.assert_allclose(second, [[5 / 6, 1], [1, 0]])
    assert clipped(x, np.full(4, 9.0), (0.0, 3.0), (0.0, 1.0)) == []
    assert len(clipped(x, np.array([0.0, 1.0, np.nan, 1.0]), (0.0, 3.0), (0.0, 1.0))) == 1
    assert clipped(x[:1], x[:1], (0.0, 3.0), (0.0, 1.0)) == []


def test_that_zeros_are_gaps_on_a_log_axis() -> None:
    series = Series("g", "layer:0", np.arange(4.0), np.array([1.0, 0.0, 100.0, np.inf]))
    shape = shape_of(series, True, True, None, 500, True)
    np.testing.assert_array_equal(shape.line[1], [0.0, np.nan, 2.0])
    assert shape.y_interval == (0.0, 2.0)
    nothing = Series("g", "layer:0", np.arange(4.0), np.zeros(4))
    assert shape_of(nothing, True, True, None, 500, True).y_interval is None


# The plot


def test_that_only_the_canvas_imports_pyqtgraph() -> None:
    folder = Path(__file__).resolve().parents[2] / "playground"
    importers = set()
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "pyqtgraph" in text else ():
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "pyqtgraph" for name in names):
                importers.add(path.relative_to(folder).as_posix())
    assert importers == {"gui/plots/canvas.py"}


def test_that_an_empty_plot_says_what_to_do(plot: TimePlot) -> None:
    assert plot.accessibleName() == "Plot: Loss"
    assert plot.accessibleDescription() == "Press Space to train"
    one_point = Series("train", "curve_train", np.zeros(1), np.ones(1))
    no_values = Series("test", "curve_test", np.arange(9.0), np.full(9, np.nan))
    plot.set_series([one_point, no_values])
    assert plot.series == ()
    plot.set_series([noisy()])
    assert "noise" in plot.accessibleDescription()
    plot.set_series([])
    assert plot.series == ()


def test_that_the_axes_move_at_most_twice_a_second(
    plot: TimePlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = noisy(1000)
    fits: list[float] = []
    fit = Viewport.fit
    monkeypatch.setattr(Viewport, "fit", lambda self, x, y: (fits.append(x[1]), fit(self, x, y)))
    for count in range(900, 930):
        plot.set_series([Series("noise", "layer:0", full.x[:count], full.y[:count])])
    assert fits == [899.0]


def test_that_the_last_data_are_fitted_when_the_training_pauses(
    qtbot: QtBot, plot: TimePlot
) -> None:
    plot._fit_timer.setInterval(20)
    full = noisy(1000)
    for count in (500, 501, 540):
        plot.set_series([Series("noise", "layer:0", full.x[:count], full.y[:count])])
    assert plot.viewport.x == (0.0, 499.0)
    qtbot.waitUntil(lambda: plot.viewport.x == (0.0, 539.0), timeout=3000)


def test_that_another_run_is_shown_at_once(plot: TimePlot) -> None:
    plot.set_series([noisy(1000)])
    plot.set_series([noisy(10)])
    assert plot.viewport.x == (0.0, 9.0)
    plot.set_series([noisy(50)])
    assert plot.viewport.x[1] >= 49.0


def test_that_a_hidden_plot_draws_nothing_until_it_is_seen(
    plot: TimePlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(TimePlot, "_refresh", lambda self: drawn.append(len(self.series)))
    plot.hide()
    plot.set_series([noisy()])
    assert drawn == []
    plot.show()
    assert drawn == [1]


def test_that_the_wheel_zooms_until_autoscale(plot: TimePlot, qtbot: QtBot) -> None:
    plot.set_series([noisy(1000)])
    everything = plot.viewport.x
    wheel(overlay_of(plot), middle_of(plot), 3)
    zoomed = plot.viewport.x
    assert zoomed[1] - zoomed[0] < 0.7 * (everything[1] - everything[0])
    plot.set_series([noisy(2000)])
    assert plot.viewport.x == zoomed
    assert not plot.viewport.following
    qtbot.keyClick(plot, Qt.Key.Key_A)
    assert plot.viewport.following
    assert plot.viewport.x == (0.0, 1999.0)


def test_that_the_wheel_over_an_axis_scales_that_axis(plot: TimePlot) -> None:
    plot.set_series([noisy(1000)])
    x, y = plot.viewport.x, plot.viewport.y
    overlay = overlay_of(plot)
    wheel(overlay, QPoint(5, overlay.frame.center().y()), 1)
    assert plot.viewport.x == pytest.approx(x)
    assert plot.viewport.y != y
    y = plot.viewport.y
    wheel(overlay, QPoint(overlay.frame.center().x(), overlay.frame.bottom() + 8), 1)
    assert plot.viewport.x != x
    assert plot.viewport.y == pytest.approx(y)


def test_that_dragging_pans_and_a_double_click_follows_again(plot: TimePlot, qtbot: QtBot) -> None:
    plot.set_series([noisy(1000)])
    overlay, start = overlay_of(plot), middle_of(plot)
    width = overlay.frame.width()
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(overlay, start + QPoint(30, 0))
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=start + QPoint(30, 0))
    assert plot.viewport.x[0] == pytest.approx(-30 / width * 999.0, rel=0.02)
    qtbot.mouseDClick(overlay, Qt.MouseButton.LeftButton, pos=start)
    assert plot.viewport.x == (0.0, 999.0)


@pytest.mark.parametrize(
    ("button", "modifier"),
    [
        (Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_that_a_box_zooms_to_what_is_inside(
    plot: TimePlot, qtbot: QtBot, button: Qt.MouseButton, modifier: Qt.KeyboardModifier
) -> None:
    plot.set_series([noisy(1000)])
    overlay, start = overlay_of(plot), middle_of(plot)
    end = start + QPoint(60, 40)
    qtbot.mousePress(overlay, button, modifier, start)
    qtbot.mouseMove(overlay, start + QPoint(20, 20))
    qtbot.mouseMove(overlay, end)
    assert not overlay.grab().isNull()
    qtbot.mouseRelease(overlay, button, modifier, end)
    share = 60 / overlay.frame.width()
    assert plot.viewport.x[1] - plot.viewport.x[0] == pytest.approx(share * 999, rel=0.05)
    assert not plot.viewport.following


@pytest.mark.parametrize(
    ("key", "moves"),
    [
        (Qt.Key.Key_Left, lambda before, after: after[0] < before[0]),
        (Qt.Key.Key_Right, lambda before, after: after[0] > before[0]),
        (Qt.Key.Key_Plus, lambda before, after: after[1] - after[0] < before[1] - before[0]),
        (Qt.Key.Key_Minus, lambda before, after: after[1] - after[0] > before[1] - before[0]),
    ],
)
def test_that_keys_move_the_view(
    plot: TimePlot,
    qtbot: QtBot,
    key: Qt.Key,
    moves: Callable[[tuple[float, float], tuple[float, float]], bool],
) -> None:
    plot.set_series([noisy(1000)])
    before = plot.viewport.x
    qtbot.keyClick(plot, key)
    assert moves(before, plot.viewport.x)


def test_that_arrows_up_and_down_move_the_other_axis(plot: TimePlot, qtbot: QtBot) -> None:
    plot.set_series([noisy(1000)])
    before = plot.viewport.y
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    assert plot.viewport.y[0] > before[0]
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert plot.viewport.y == pytest.approx(before)


def test_that_other_keys_are_left_to_the_window(plot: TimePlot, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(plot.commanded):
        qtbot.keyClick(plot, Qt.Key.Key_Space)
        qtbot.keyClick(plot, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)


def test_that_the_readout_names_the_nearest_values(plot: TimePlot, qtbot: QtBot) -> None:
    x = np.arange(11.0)
    plot.set_series(
        [
            Series("train", "curve_train", x, 10.0**-x, raw=False),
            Series("test", "curve_test", x + 0.2, np.zeros(11) + np.r_[np.nan, np.ones(10)]),
        ]
    )
    canvas = plot.findChildren(Canvas)[0]
    place = canvas.place_of(3.3, plot.viewport.y[0] + 0.5)
    readout = readout_at(place, canvas, plot.series)
    assert readout is not None
    assert [(row.name, row.text) for row in readout.rows] == [
        ("train", "0.0010"),
        ("test", "1.0000"),
    ]
    assert readout.title == "epoch 3.20"
    blank = overlay_of(plot).grab().toImage()
    qtbot.mouseMove(overlay_of(plot), place.toPoint())
    assert overlay_of(plot).grab().toImage() != blank
    overlay_of(plot).hovered.emit(None)
    assert overlay_of(plot).grab().toImage() == blank


def test_that_outside_the_frame_nothing_is_read(plot: TimePlot) -> None:
    plot.set_series([noisy(100)])
    canvas = plot.findChildren(Canvas)[0]
    assert readout_at(QPointF(1, 1), canvas, plot.series) is None


def test_that_buttons_appear_with_the_pointer(plot: TimePlot, qtbot: QtBot) -> None:
    plot.set_series([noisy(1000)])
    plot.pan(0.5, 0.0)
    button = plot.findChildren(QToolButton, "plot_autoscale")[0]
    assert not button.isVisible()
    plot.enterEvent(None)  # type: ignore[arg-type]
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert plot.viewport.following
    plot.leaveEvent(None)  # type: ignore[arg-type]
    assert not button.isVisible()


# Menu, copy and save


def test_that_the_menu_changes_axis_and_smoothing(plot: TimePlot) -> None:
    plot.set_series([noisy(1000)])
    actions = {action.text(): action for action in plot_menu(plot).actions()}
    assert {"Save as PNG image…", "Save as SVG drawing…", "Save data as CSV table…"} <= set(actions)
    actions["Logarithmic axis"].trigger()
    assert not plot.logarithmic
    assert plot.viewport.y[1] > 100
    actions["Smoothing"].trigger()
    assert not plot.smoothing
    actions["Logarithmic axis"].trigger()
    assert plot.logarithmic


def test_that_a_right_click_opens_the_menu(plot: TimePlot, qtbot: QtBot) -> None:
    plot.set_series([noisy(1000)])
    qtbot.mouseClick(overlay_of(plot), Qt.MouseButton.RightButton, pos=middle_of(plot))
    (menu,) = plot.findChildren(QMenu)
    assert menu.isVisible()
    assert plot.viewport.following
    menu.close()


def test_that_an_image_is_copied(plot: TimePlot, qtbot: QtBot) -> None:
    plot.set_series([noisy(1000)])
    with qtbot.waitSignal(plot.message):
        qtbot.keyClick(plot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    image = QGuiApplication.clipboard().image()
    assert image.size() == plot.size() * 2
    assert QColor(LIGHT.layer(0)).name() in {
        image.pixelColor(x, y).name() for x in range(0, 800, 3) for y in range(image.height())
    }


def _write(plot: TimePlot, path: Path) -> None:
    figure = plot.figure()
    assert figure is not None
    write(figure, path)


def test_that_a_csv_file_has_every_value(plot: TimePlot, tmp_path: Path) -> None:
    series = noisy(5000)
    series.y[7] = np.nan
    late = Series("late", "layer:1", np.array([1.0, 4999.5]), np.array([0.5, 0.25]))
    plot.set_series([series, late])
    _write(plot, tmp_path / "loss.csv")
    lines = (tmp_path / "loss.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "epoch,noise,late"
    assert len(lines) == 1 + 5000 + 1
    assert lines[2] == f"1.0,{series.y[1]!r},0.5".replace("np.float64(", "").replace(")", "")
    assert lines[8] == "7.0,,"
    assert lines[-1] == "4999.5,,0.25"


def test_that_a_png_file_is_the_plot_at_twice_the_size(plot: TimePlot, tmp_path: Path) -> None:
    plot.set_series([noisy(1000)])
    _write(plot, tmp_path / "loss.png")
    assert QImage(str(tmp_path / "loss.png")).size() == plot.size() * 2


def test_that_an_svg_file_has_vectors_inside_the_frame(plot: TimePlot, tmp_path: Path) -> None:
    plot.set_series([noisy(1000)])
    plot.zoom(0.3)
    _write(plot, tmp_path / "loss.svg")
    content = (tmp_path / "loss.svg").read_bytes()
    assert b"<image" not in content
    assert b"<polyline" in content or b"<path" in content
    renderer = QSvgRenderer(QByteArray(content))
    assert renderer.isValid()
    assert renderer.viewBox().size() == plot.size()


def test_that_an_unknown_file_type_is_refused(plot: TimePlot, tmp_path: Path) -> None:
    plot.set_series([noisy(100)])
    with pytest.raises(ValueError, match=r"file type '\.pdf' is not known; use \.png, "):
        _write(plot, tmp_path / "loss.pdf")


def test_that_saving_asks_for_a_name_and_tells_of_failures(
    plot: TimePlot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    plot.set_series([noisy(100)])
    answers = [str(tmp_path / "mine"), str(tmp_path / "missing" / "mine.csv"), ""]
    asked: list[str] = []
    told: list[str] = []

    def ask(parent: QWidget, title: str, name: str, kinds: str) -> tuple[str, str]:
        asked.append(name)
        return answers[len(asked) - 1], kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: told.append(text))
    figure = plot.figure()
    assert figure is not None
    with qtbot.waitSignal(plot.message) as saved:
        save(plot, figure, ".csv", told=plot.message.emit)
    assert saved.args == ["Saved mine.csv"]
    assert (tmp_path / "mine.csv").exists()
    save(plot, figure, ".csv")
    assert "cannot be written (No such file or directory)" in told[0]
    save(plot, figure, ".csv")
    assert [Path(name).name for name in asked] == ["loss.csv"] * 3
    assert len(told) == 1


# The three of a training


@pytest.fixture
def strip(qtbot: QtBot, qapp: QApplication) -> PlotStrip:
    theme().apply(qapp, "light")
    strip = PlotStrip()
    qtbot.addWidget(strip)
    strip.resize(900, 200)
    strip.show()
    return strip


def names(plot: TimePlot) -> list[str]:
    return [series.name for series in plot.series]


def test_that_the_best_epoch_is_marked_until_there_is_none(strip: PlotStrip, qtbot: QtBot) -> None:
    canvas = strip.loss.findChild(Canvas)
    assert canvas is not None
    strip.loss._fit_timer.setInterval(20)
    strip.show_history(record())
    strip.show_best(1234)
    # While it follows, the frame is painted anew only as often as the axes move.
    qtbot.waitUntil(lambda: [mark.label for mark in canvas.marks] == ["best 1,234"])
    assert canvas.marks[0].x == 1234
    strip.loss.zoom(0.5)
    strip.show_best(0)
    assert canvas.marks == ()


def test_that_the_strip_shows_a_history(strip: PlotStrip) -> None:
    strip.show_history(record())
    assert names(strip.loss) == ["test", "train"]
    assert names(strip.gradients) == ["Layer 1", "Layer 2", "Output"]
    assert names(strip.updates) == ["Layer 1", "Layer 2", "Output"]
    assert all(plot.viewport.x == (0.0, 90.0) for plot in strip.plots)
    # The healthy band is always in view.
    assert strip.updates.viewport.y[0] <= -4.0
    assert strip.updates.viewport.y[1] >= -2.0
    assert not strip.grab().isNull()


def test_that_while_training_goes_on_the_plots_take_turns(strip: PlotStrip) -> None:
    def layers() -> list[int]:
        return [len(plot.series) for plot in (strip.gradients, strip.updates)]

    def newest() -> list[float]:
        return [float(plot.series[0].x[-1]) if plot.series else 0.0 for plot in strip.plots]

    history = record()
    strip.show_history(history, is_running=True)
    assert newest() == [90.0, 0.0, 0.0]
    for _ in range(3):
        strip.show_history(history, is_running=True)
    assert newest() == [90.0, 90.0, 90.0]
    strip.show_history(record(layers=4), is_running=False)
    assert layers() == [4, 4]


def test_that_without_a_test_set_there_is_no_test_curve(strip: PlotStrip) -> None:
    history = record()
    history.test_loss[:] = np.nan
    strip.show_history(history)
    assert names(strip.loss) == ["train"]


def test_that_a_validation_set_has_a_curve_of_its_own(strip: PlotStrip) -> None:
    history = record()
    history.validation_loss[:] = history.test_loss * 0.9
    strip.show_history(history)
    assert names(strip.loss) == ["test", "validation", "train"]
    assert len({series.color_role for series in strip.loss.series}) == 3


def test_that_the_strip_takes_any_number_of_layers_and_goes_back(strip: PlotStrip) -> None:
    for layers in (11, 1, 4):
        strip.show_history(record(layers=layers))
        assert len(strip.gradients.series) == layers
        assert not strip.grab().isNull()


def test_that_diverged_values_do_no_harm(strip: PlotStrip) -> None:
    history = record()
    history.train_loss[-3:] = (1e300, np.inf, np.nan)
    history.gradient_norm[-2:] = np.inf
    history.update_ratio[:] = 0.0
    strip.show_history(history)
    assert np.isfinite([*strip.loss.viewport.y, *strip.gradients.viewport.y]).all()
    strip.loss.set_logarithmic(False)
    assert not strip.grab().isNull()


def test_that_a_change_of_theme_recolours_the_plots(strip: PlotStrip, qapp: QApplication) -> None:
    strip.show_history(record())
    before = strip.grab().toImage().pixelColor(5, 100).name()
    theme().apply(qapp, "dark")
    after = strip.grab().toImage().pixelColor(5, 100).name()
    assert (before, after) == (LIGHT.surface, DARK.surface)


def test_that_a_deleted_plot_ignores_a_change_of_theme(qtbot: QtBot, qapp: QApplication) -> None:
    theme().apply(qapp, "light")
    plot = TimePlot("Loss")
    plot.deleteLater()
    with qtbot.waitSignal(plot.destroyed):
        pass
    theme().apply(qapp, "dark")


def test_that_messages_of_the_plots_reach_the_strip(strip: PlotStrip, qtbot: QtBot) -> None:
    strip.show_history(record())
    with qtbot.waitSignal(strip.message) as copied:
        strip.gradients.copy_image()
    assert copied.args == ["Copied the plot “Gradient norms”"]

"""The network on the canvas: what it shows, and what clicks and keys on it do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from playground.data.registry import Digits, Spirals, Spirals3
from playground.data.scaling import Standardise
from playground.engine.activations import ReLU, Tanh
from playground.engine.layers import MAXIMUM_LAYERS, Dense
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.experiment.spec import ExperimentSpec, TrainingSpec, checked
from playground.gui.palette import value_lut
from playground.gui.theme import theme
from playground.gui.train.network.geometry import (
    CARD_WIDTH,
    ColumnKind,
    ColumnPlan,
    lay_out,
    least_width,
)
from playground.gui.train.network.link_layer import Quantity
from playground.gui.train.network.links import LINK_LIMIT, STRENGTHS, LinkBand
from playground.gui.train.network.matching import matched
from playground.gui.train.network.naming import UnitAt, WeightAt
from playground.gui.train.network.view import NetworkView
from playground.schema.validation import replaced
from playground.training.messages import Loaded
from playground.training.snapshot import ColorTables, Snapshot, SnapshotBuilder, View
from playground.training.trainer import Trainer

# Cards of tips and panels are windows, which the offscreen platform cannot raise.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def experiment(*widths: int, data: Any = None, **training: Any) -> ExperimentSpec:
    """Return an experiment with hidden layers of these widths."""
    layers = tuple(Dense(width) for width in widths)
    return ExperimentSpec(
        data=data or Spirals(points=60),
        network=NetworkSpec(layers=layers),
        training=TrainingSpec(**training),
    )


def digits(*widths: int) -> ExperimentSpec:
    """Return an experiment on images."""
    return experiment(*widths, data=Digits(points=100), loss=SoftmaxCrossEntropy())


class Bench:
    """A view with what stands behind it: the current spec, and a trainer without a thread."""

    def __init__(self, qtbot: QtBot, spec: ExperimentSpec, size: tuple[int, int] = (860, 520)):
        self.spec = spec
        self.labels: list[str] = []
        self.accepts = True
        self.view = NetworkView()
        qtbot.addWidget(self.view)
        self.view.resize(*size)
        self.view.proposed.connect(self._propose)
        self.view.edited.connect(self._edit)
        self.view.show_spec(spec)
        with qtbot.waitExposed(self.view):
            self.view.show()
        self.view.activateWindow()
        qtbot.waitUntil(self.view.isActiveWindow)
        self.train()

    def _propose(self, spec: ExperimentSpec, label: str, merge_key: str) -> None:
        if self.accepts:
            self.labels.append(label)
            self.spec = checked(spec)
        self.view.show_spec(self.spec)

    def _edit(self, path: str, value: Any, label: str, merge_key: str) -> None:
        self._propose(replaced(self.spec, path, value), label, merge_key)

    def train(self) -> None:
        """Start a new run of the current spec."""
        self.trainer = Trainer(self.spec)
        self.builder = SnapshotBuilder(self.trainer, 1)
        data, architecture = self.trainer.data, self.trainer.architecture
        self.view.show_loaded(Loaded(1, self.spec, data, architecture))

    def snapshot(self, **view: Any) -> Snapshot:
        """Return a snapshot of what the view wishes to see."""
        colors = theme().current
        values = np.full((256, 4), 255, np.uint8)
        values[:, :3] = value_lut(colors)
        tables = ColorTables(values, values[:10].copy(), values[128].copy())
        wanted = View(colors=tables, surface_size=40, **{**self.view.wishes(), **view})
        return self.builder.build(wanted, running=False, steps_per_second=None)

    def feed(self, steps: int = 0) -> Snapshot:
        """Train some steps and show the result."""
        self.trainer.advance(steps)
        snapshot = self.snapshot()
        self.view.show_snapshot(snapshot)
        return snapshot

    @property
    def widths(self) -> list[int]:
        return [layer.units for layer in self.spec.network.layers]

    @property
    def cards(self) -> list[Any]:
        return self.view.board.cards

    def place_of(self, at: UnitAt | WeightAt) -> QPoint:
        """Return the middle of a unit or link on the canvas."""
        box = self.view.canvas.box_of(at)
        assert box is not None
        return box.center().toPoint()

    def choose_kind(self, title: str) -> None:
        """Choose a kind of layer in the panel that a plus opened."""
        menu = self.view.board.menus.insert
        assert menu is not None
        assert menu.isVisible()
        row = next(row for row in menu.rows if row.accessibleName() == title)
        QTest.mouseClick(row, LEFT)

    def press(self, widget: QWidget, key: Key, modifier: Any = Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(widget, key, modifier)


@pytest.fixture
def bench(qtbot: QtBot) -> Callable[..., Bench]:
    """Return a function that shows an experiment."""
    return lambda *widths, spec=None, **more: Bench(qtbot, spec or experiment(*widths), **more)


def focused() -> QWidget:
    """Return the widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


# --- geometry ---


@pytest.mark.parametrize("size", [(688, 300), (860, 430), (1600, 900)])
@pytest.mark.parametrize("units", [1, 2, 8, 16, 17, 64, 128, 1024])
def test_that_every_unit_shown_is_on_the_canvas_and_apart_from_its_neighbours(
    units: int, size: tuple[int, int]
) -> None:
    layout = lay_out([ColumnPlan(2), ColumnPlan(units), ColumnPlan(1)], *size)
    column = layout.columns[1]
    assert column.tops.min() >= 0
    assert column.tops.max() + column.size <= size[1]
    assert column.shown + column.hidden == units
    cells = {(x, y) for x, y in zip(column.lefts.tolist(), column.tops.tolist(), strict=True)}
    assert len(cells) == column.shown
    steps = np.diff(np.unique(column.lefts)), np.diff(np.unique(column.tops))
    assert all((step >= column.size).all() for step in steps)


def test_that_a_column_becomes_a_grid_when_its_units_would_be_too_small() -> None:
    narrow, wide = (
        lay_out([ColumnPlan(2), ColumnPlan(n), ColumnPlan(1)], 800, 340).columns[1]
        for n in (12, 40)
    )
    assert narrow.kind is ColumnKind.SINGLE
    assert wide.kind is ColumnKind.GRID
    assert wide.hidden == 0


def test_that_cards_of_a_deep_network_never_overlap() -> None:
    plans = [ColumnPlan(4)] * 12
    layout = lay_out(plans, 700, 300)
    assert layout.width == least_width(plans)
    assert np.diff([c.center for c in layout.columns]).min() >= CARD_WIDTH


def test_that_all_pixels_of_an_image_are_one_picture() -> None:
    column = lay_out([ColumnPlan(784, True), ColumnPlan(10)], 700, 300).columns[0]
    assert column.kind is ColumnKind.PICTURE
    assert column.shown == 1
    assert column.unit_at(column.center, float(column.levels[0])) == 0


def test_that_scrolling_past_the_end_shows_the_last_full_page() -> None:
    plans = [ColumnPlan(2), ColumnPlan(1024, first=100_000), ColumnPlan(1)]
    column = lay_out(plans, 700, 300).columns[1]
    assert column.first + column.shown == 1024
    assert column.shown > column.columns


# --- links ---


def band_of(inputs: int, outputs: int) -> LinkBand:
    layout = lay_out([ColumnPlan(inputs), ColumnPlan(outputs)], 700, 400)
    return LinkBand(*layout.columns)


def test_that_only_the_strongest_links_of_wide_layers_are_drawn() -> None:
    band = band_of(60, 50)
    matrix = np.random.default_rng(0).normal(size=(61, 50))
    assert band.choose(matrix)
    drawn = set(zip(band.rows.tolist(), band.columns.tolist(), strict=True))
    order = np.argsort(-np.abs(matrix[:-1]).ravel())[:LINK_LIMIT]
    assert drawn == {(int(k // 50), int(k % 50)) for k in order}
    assert not band.choose(matrix)


def test_that_strength_follows_sign_and_size() -> None:
    band = band_of(2, 2)
    matrix = np.array([[1.0, -0.5], [0.0, -1.0], [9.0, 9.0]])
    strengths = band.graded(band.values(matrix))
    assert strengths.tolist() == [STRENGTHS, -STRENGTHS // 2, 1, -STRENGTHS]


def test_that_values_that_are_not_finite_are_drawn_as_the_weakest() -> None:
    band = band_of(2, 2)
    matrix = np.array([[np.nan, 2.0], [np.inf, -1e-310], [0, 0]])
    assert band.graded(band.values(matrix)).tolist() == [1, STRENGTHS, 1, -1]


def test_that_the_pointer_finds_the_link_below_it() -> None:
    band = band_of(4, 3)
    band.strengths = band.graded(band.values(np.ones((5, 3))))
    for place in range(len(band.rows)):
        x, y = band.segments[place, 3, :2]
        found = band.nearest(float(x), float(y))
        assert found is not None
        assert abs(band.segments[found, 3, 1] - y) < 3
    assert band.nearest(band.left + 30, -50) is None


# --- matching ---


@pytest.mark.parametrize(
    "before, after, sources",
    [
        ("abc", "abc", [0, 1, 2]),
        ("abc", "axbc", [0, None, 1, 2]),
        ("abc", "ac", [0, 2]),
        ("abc", "acb", [0, 2, 1]),
        ("abc", "axc", [0, 1, 2]),
        ("", "ab", [None, None]),
        ("aa", "aaa", [0, 1, None]),
        ("abcd", "dabc", [3, 0, 1, 2]),
    ],
)
def test_that_layers_are_recognized_after_an_edit(
    before: str, after: str, sources: list[int | None]
) -> None:
    assert matched(before, after) == sources


# --- building the network ---


def test_that_there_is_one_card_per_hidden_layer_and_a_plus_at_every_gap(
    bench: Callable[..., Bench],
) -> None:
    it = bench(4, 2)
    board = it.view.board
    assert [card.units.text() for card in board.cards] == ["4", "2"]
    assert len(board.insert_buttons) == 3
    columns = board.canvas.layout_now.columns
    for card, column in zip(board.cards, columns[1:], strict=False):
        assert abs(card.geometry().center().x() - column.center) <= 1


def test_that_plus_between_cards_inserts_a_copy_of_the_layer_before(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(4, 2)
    qtbot.mouseClick(it.view.board.insert_buttons[1], LEFT)
    it.choose_kind("Dense")
    assert it.widths == [4, 4, 2]
    assert it.labels == ["Insert layer"]
    assert it.cards[1].hasFocus()
    qtbot.mouseClick(it.view.board.insert_buttons[0], LEFT)
    it.choose_kind("Dense")
    assert it.widths == [4, 4, 4, 2]


def test_that_a_network_without_hidden_layers_can_get_one(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench()
    it.feed()
    it.view.grab()
    assert it.cards == []
    qtbot.mouseClick(it.view.board.insert_buttons[0], LEFT)
    it.choose_kind("Dense")
    assert it.widths == [4]


def test_that_plus_and_minus_on_a_card_change_the_width(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(4, 1)
    qtbot.mouseClick(it.cards[0].more, LEFT)
    qtbot.mouseClick(it.cards[0].more, LEFT)
    assert it.widths == [6, 1]
    qtbot.mouseClick(it.cards[0].fewer, LEFT)
    assert it.widths == [5, 1]
    assert it.cards[0].units.text() == "5"
    assert not it.cards[1].fewer.isEnabled()


def test_that_a_width_can_be_typed(bench: Callable[..., Bench], qtbot: QtBot) -> None:
    it = bench(4, 2)
    box = it.cards[0].units
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "128")
    qtbot.keyClick(box, Key.Key_Return)
    assert it.widths == [128, 2]


def test_that_an_impossible_width_changes_nothing(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(4, 2)
    box = it.cards[0].units
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "5000")
    qtbot.keyClick(box, Key.Key_Return)
    assert it.widths == [4, 2]
    qtbot.keyClick(box, Key.Key_Escape)
    assert box.text() == "4"


def test_that_the_wheel_over_the_width_changes_it(bench: Callable[..., Bench]) -> None:
    it = bench(4, 2)
    box = it.cards[0].units
    turn(box, QPointF(5, 5), 120)
    assert it.widths == [5, 2]


def turn(widget: QWidget, point: QPointF, delta: int) -> None:
    """Turn the mouse wheel over a widget."""
    event = QWheelEvent(
        point,
        QPointF(widget.mapToGlobal(point.toPoint())),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_that_delete_removes_the_focused_layer_and_keeps_the_keyboard_nearby(
    bench: Callable[..., Bench],
) -> None:
    it = bench(4, 3, 2)
    it.cards[1].setFocus()
    it.press(it.cards[1], Key.Key_Delete)
    assert it.widths == [4, 2]
    assert it.cards[1].hasFocus()
    it.press(it.cards[1], Key.Key_Delete)
    it.press(it.cards[0], Key.Key_Delete)
    assert it.widths == []
    assert focused() is it.view.board.insert_buttons[0]


def test_that_alt_and_arrows_move_a_layer_with_the_keyboard_on_it(
    bench: Callable[..., Bench],
) -> None:
    it = bench(4, 3, 2)
    card = it.cards[0]
    card.setFocus()
    it.press(card, Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert it.widths == [3, 4, 2]
    assert focused() is card is it.cards[1]
    it.press(card, Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    it.press(card, Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert it.widths == [3, 2, 4]
    it.press(card, Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert it.widths == [3, 4, 2]


def test_that_control_d_duplicates_and_plus_and_minus_change_the_width(
    bench: Callable[..., Bench],
) -> None:
    it = bench(4, 2)
    it.cards[1].setFocus()
    it.press(it.cards[1], Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert it.widths == [4, 2, 2]
    assert it.cards[2].hasFocus()
    it.press(it.cards[2], Key.Key_Plus)
    it.press(it.cards[2], Key.Key_Plus)
    it.press(it.cards[2], Key.Key_Minus)
    assert it.widths == [4, 2, 3]


def test_that_undo_of_an_insertion_keeps_the_keyboard_on_its_card(
    bench: Callable[..., Bench],
) -> None:
    it = bench(4, 3, 2)
    before = it.spec
    it.view.board.insert_buttons[1].click()
    it.choose_kind("Dense")
    card = it.cards[3]
    card.activation.setFocus()
    it.view.show_spec(before)
    assert it.cards[2] is card
    assert focused() is card.activation


def test_that_a_refused_edit_leaves_everything_as_it_was(bench: Callable[..., Bench]) -> None:
    it = bench(4, 2)
    it.accepts = False
    it.view.board.insert_buttons[0].click()
    it.choose_kind("Dense")
    it.cards[0].more.click()
    assert [card.units.text() for card in it.cards] == ["4", "2"]
    assert len(it.view.board.insert_buttons) == 3


def test_that_the_largest_number_of_layers_can_be_shown_and_no_more_be_added(
    bench: Callable[..., Bench],
) -> None:
    it = bench(*[1] * MAXIMUM_LAYERS)
    assert not any(button.isEnabled() for button in it.view.board.insert_buttons)
    it.cards[0].setFocus()
    it.press(it.cards[0], Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(it.widths) == MAXIMUM_LAYERS


def choose(combo: Any, title: str) -> None:
    """Choose an entry as a person does."""
    index = combo.findText(title)
    assert index >= 0
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def test_that_the_activation_of_a_layer_is_chosen_on_its_card(
    bench: Callable[..., Bench],
) -> None:
    it = bench(4, 2)
    choose(it.cards[1].activation, "ReLU")
    assert [layer.activation for layer in it.spec.network.layers] == [Tanh(), ReLU()]
    assert it.labels == ["Set activation of layer 2"]


def test_that_the_output_activation_is_automatic_until_one_is_chosen(
    bench: Callable[..., Bench],
) -> None:
    it = bench(4, 2)
    combo = it.view.board.output_card.activation
    assert combo.currentText() == "Tanh (auto)"
    choose(combo, "Sigmoid")
    assert it.spec.network.output.activation is not None
    choose(combo, "Tanh (auto)")
    assert it.spec.network.output.activation is None


def test_that_the_panel_of_a_layer_edits_how_it_starts(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(4, 2)
    it.cards[1].menu.click()
    menu = it.view.board.menus.layer
    assert menu is not None
    assert menu.isVisible()
    choose(menu.form.editor("initializer").combo, "He normal")
    layer = it.spec.network.layers[1]
    assert msgspec.to_builtins(layer.initializer)["kind"] == "he_normal"
    assert it.labels == ["Set initial weights of layer 2"]
    assert not menu.buttons["move_right"].isEnabled()
    menu.buttons["move_left"].click()
    assert it.widths == [2, 4]
    assert menu.buttons["move_right"].isEnabled()
    menu.buttons["remove"].click()
    assert it.widths == [4]
    assert not menu.isVisible()


def test_that_the_panel_of_the_output_edits_its_initial_bias(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(4)
    it.view.board.output_card.menu.click()
    menu = it.view.board.menus.output
    assert menu is not None
    menu.edited.emit("initial_bias", 0.5)
    assert it.spec.network.output.initial_bias == 0.5
    menu.close()


def test_that_showing_a_spec_emits_nothing(bench: Callable[..., Bench], qtbot: QtBot) -> None:
    it = bench(4, 2)
    with qtbot.assertNotEmitted(it.view.edited), qtbot.assertNotEmitted(it.view.proposed):
        it.view.show_spec(experiment(8, 8, 3))
        it.view.show_spec(digits(16))
        it.view.show_spec(experiment())


def test_that_the_cards_name_what_goes_in_and_comes_out(bench: Callable[..., Bench]) -> None:
    it = bench(spec=digits(16))
    board = it.view.board
    assert board.input_card._about.whole_text == "8 × 8 pixels"
    assert board.output_card._count.text() == "10"
    assert board.output_card._loss.whole_text == "Softmax cross-entropy"
    it.view.show_spec(experiment(4, data=Spirals(features=("x1", "sin_x2"))))
    assert board.input_card._about.whole_text == "2 features"
    assert board.input_card._names.whole_text == "x₁, sin x₂"


def test_that_tab_goes_over_the_cards_and_the_canvas_and_on(qtbot: QtBot) -> None:
    window, view = QWidget(), NetworkView()
    qtbot.addWidget(window)
    before, after = QPushButton("before"), QPushButton("after")
    row = QHBoxLayout(window)
    for widget in (before, view, after):
        row.addWidget(widget)
    view.show_spec(experiment(4, 3, 2))
    view.show_spec(experiment(4, 2))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    board = view.board
    first, second = board.cards
    expected: list[QWidget] = [before, board.insert_buttons[0]]
    for card, button in zip((first, second), board.insert_buttons[1:], strict=True):
        expected += [card, card.units, card.activation, card.menu, button]
    expected += [board.output_card.activation, board.output_card.menu, board.canvas]
    # Of buttons that exclude each other, Tab reaches the one that is on.
    expected += [view.footer.buttons[Quantity.WEIGHTS], after]
    before.setFocus()
    seen = []
    for _ in expected:
        seen.append(focused())
        QTest.keyClick(focused(), Key.Key_Tab)
    assert seen == expected


def test_that_every_control_has_a_name_for_screen_readers(bench: Callable[..., Bench]) -> None:
    it = bench(4, 2)
    for widget in it.view.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName(), widget


# --- looking at it ---


def test_that_the_view_wishes_for_what_is_visible(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(4, 2)
    wishes = it.view.wishes()
    assert wishes["visible_units"] == ((0, 1, 2, 3), (0, 1), (0,))
    assert wishes["thumbnail_size"] == 36
    with qtbot.waitSignal(it.view.wishes_changed):
        it.view.hide()
    assert it.view.wishes() == {"thumbnail_size": 0, "visible_units": (), "focus": None}


def test_that_layers_out_of_sight_are_not_wished_for_until_scrolled_to(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(*[64] * 10, size=(720, 430))
    before = it.view.wishes()["visible_units"]
    assert before[-1] == ()
    assert len(before[0]) == 64
    bar = it.view._area.horizontalScrollBar()
    with qtbot.waitSignal(it.view.wishes_changed):
        bar.setValue(bar.maximum())
    after = it.view.wishes()["visible_units"]
    assert after[-1] == (0,)
    assert after[0] == ()


def test_that_a_hidden_view_does_nothing_until_it_is_shown(bench: Callable[..., Bench]) -> None:
    it = bench(4, 2)
    it.view.hide()
    snapshot = it.feed(3)
    assert it.view.canvas.snapshot is None
    it.view.show()
    assert it.view.canvas.snapshot is snapshot


def test_that_a_snapshot_of_another_network_is_ignored(bench: Callable[..., Bench]) -> None:
    it = bench(4, 2)
    snapshot = it.snapshot()
    it.view.show_spec(experiment(5, 2))
    it.view.show_snapshot(snapshot)
    assert it.view.canvas.snapshot is None
    it.view.grab()


def test_that_numbers_that_are_not_finite_are_drawn_all_the_same(
    bench: Callable[..., Bench],
) -> None:
    it = bench(4, 2)
    it.trainer.parameters.vector[::3] = np.nan
    it.trainer.parameters.vector[1::3] = np.inf
    it.feed()
    QTest.mouseMove(it.view.canvas, it.place_of(UnitAt(0, 1)))
    for button in it.view.footer.buttons.values():
        button.click()
        it.view.grab()


def test_that_hovering_a_unit_asks_for_its_large_picture_and_tells_about_it(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(4, 2)
    it.feed(5)
    with qtbot.waitSignal(it.view.wishes_changed):
        QTest.mouseMove(it.view.canvas, it.place_of(UnitAt(1, 1)))
    assert it.view.wishes()["focus"] == (1, 1)
    snapshot = it.feed()
    assert snapshot.focus_map is not None
    assert it.view.popup.isVisible()
    assert it.view.popup.title.text() == "layer 2 · unit 2"
    assert it.view.rect().contains(it.view.popup.geometry())
    QTest.mouseMove(it.view.canvas, QPoint(3, 3))
    assert it.view.wishes()["focus"] is None
    assert not it.view.popup.isVisible()


def test_that_hovering_a_link_tells_its_weight(bench: Callable[..., Bench]) -> None:
    it = bench(2)
    snapshot = it.feed(5)
    at = WeightAt(1, 0, 0)
    QTest.mouseMove(it.view.canvas, it.place_of(at))
    assert it.view.canvas.selection.pointed == at
    assert it.view.popup.title.text() == "layer 1 · unit 1 → output"
    weight = it.view.popup._rows[0][1].text().strip().replace("−", "-")
    assert float(weight) == pytest.approx(float(snapshot.matrices[1][0, 0]), abs=1e-4)


def test_that_a_clicked_link_is_edited_and_enter_commits(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(2)
    snapshot = it.feed(5)
    at = WeightAt(1, 1, 0)
    qtbot.mouseClick(it.view.canvas, LEFT, pos=it.place_of(at))
    editor = it.view.editor
    assert editor.at == at
    assert focused() is editor.box
    editor.box.selectAll()
    qtbot.keyClicks(editor.box, "-1.25")
    with qtbot.waitSignal(it.view.parameter_edited) as told:
        qtbot.keyClick(editor.box, Key.Key_Return)
    layer, row, column, old, new = told.args
    assert (layer, row, column, new) == (1, 1, 0, -1.25)
    assert old == pytest.approx(float(snapshot.matrices[1][1, 0]))
    assert not editor.isVisible()
    assert focused() is it.view.canvas


def test_that_escape_leaves_a_weight_as_it_was(bench: Callable[..., Bench], qtbot: QtBot) -> None:
    it = bench(2)
    it.feed(5)
    with qtbot.assertNotEmitted(it.view.parameter_edited):
        for key in (Key.Key_Escape, Key.Key_Return):
            qtbot.mouseClick(it.view.canvas, LEFT, pos=it.place_of(WeightAt(1, 1, 0)))
            if key == Key.Key_Escape:
                qtbot.keyClicks(it.view.editor.box, "7")
            qtbot.keyClick(it.view.editor.box, key)
            assert not it.view.editor.isVisible()


def test_that_a_bias_is_edited_by_a_click_on_its_dot(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    from playground.gui.train.network.canvas_painter import bias_dot

    it = bench(3)
    it.feed()
    dot = bias_dot(it.view.canvas.column_of(0), 2).center().toPoint()
    qtbot.mouseClick(it.view.canvas, LEFT, pos=dot)
    assert it.view.editor.at == WeightAt(0, 2, 2)


def test_that_the_keyboard_walks_over_units_and_links_and_edits_them(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(3, 2)
    it.feed()
    canvas = it.view.canvas
    it.cards[0].setFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.selection.current == UnitAt(0, 0)
    it.press(canvas, Key.Key_Down)
    assert canvas.selection.current == UnitAt(0, 1)
    assert canvas.accessibleDescription() == "layer 1 · unit 2"
    it.press(canvas, Key.Key_Return)
    assert it.view.editor.at == WeightAt(0, 2, 1)
    it.press(it.view.editor.box, Key.Key_Escape)
    assert canvas.selection.current == UnitAt(0, 1)
    it.press(canvas, Key.Key_Right)
    at = canvas.selection.current
    assert at is not None
    assert at.layer == 1
    for row in (0, 1, 2, 0):
        it.press(canvas, Key.Key_L)
        assert canvas.selection.current_weight == WeightAt(1, row, at.unit)
    it.press(canvas, Key.Key_Return)
    assert it.view.editor.at == WeightAt(1, 0, at.unit)
    qtbot.keyClicks(it.view.editor.box, "0.5")
    with qtbot.waitSignal(it.view.parameter_edited):
        it.press(it.view.editor.box, Key.Key_Return)
    for _ in range(5):
        it.press(canvas, Key.Key_Left)
    assert canvas.selection.current is not None
    assert canvas.selection.current.layer == -1
    it.press(canvas, Key.Key_Escape)
    assert canvas.selection.current is None


def test_that_units_that_do_not_fit_are_reached_by_click_wheel_and_keyboard(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(500, size=(720, 400))
    canvas = it.view.canvas
    column = canvas.column_of(0)
    assert column.hidden > 0
    assert column.more is not None
    left, top, width, height = column.more
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(int(left + width / 2), int(top + height / 2)))
    assert canvas.column_of(0).first == column.shown
    assert it.view.wishes()["visible_units"][0][0] == column.shown
    turn(canvas, QPointF(column.center, column.tops[0]), 120)
    assert canvas.column_of(0).first == column.shown - 2 * column.columns
    it.cards[0].setFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.selection.current == UnitAt(0, canvas.column_of(0).first)
    it.press(canvas, Key.Key_End)
    assert canvas.column_of(0).is_shown(499)
    it.press(canvas, Key.Key_Home)
    assert canvas.column_of(0).first == 0


def test_that_links_can_show_gradients_and_updates(
    bench: Callable[..., Bench], qtbot: QtBot
) -> None:
    it = bench(4, 2)
    first = it.feed(5)
    second = it.feed(5)
    links = it.view.canvas.links
    qtbot.mouseClick(it.view.footer.buttons[Quantity.GRADIENTS], LEFT)
    assert links.matrix(0) is second.gradient_matrices[0]
    qtbot.mouseClick(it.view.footer.buttons[Quantity.UPDATES], LEFT)
    updates = links.matrix(1)
    assert updates is not None
    np.testing.assert_array_equal(updates, second.matrices[1] - first.matrices[1])
    it.feed(0)
    again = links.matrix(1)
    assert again is not None
    np.testing.assert_array_equal(again, updates)


def test_that_images_are_shown_as_drawn_however_they_are_scaled(
    bench: Callable[..., Bench],
) -> None:
    spec = digits(32)
    data = msgspec.structs.replace(spec.data, scaling=Standardise())
    it = bench(spec=msgspec.structs.replace(spec, data=data))
    it.feed()
    sample, points = it.view.canvas.sample, it.trainer.data.samples.points
    assert sample is not None
    np.testing.assert_allclose(sample[0], points[it.trainer.data.split.train].mean(0))
    it.view.show_snapshot(it.snapshot(probe_sample=3))
    sample = it.view.canvas.sample
    assert sample is not None
    np.testing.assert_allclose(sample[0], points[3], atol=1e-12)


def test_that_images_show_their_mean_or_the_chosen_one(bench: Callable[..., Bench]) -> None:
    it = bench(spec=digits(32))
    it.feed()
    canvas = it.view.canvas
    assert canvas.sample is not None
    train = it.trainer.data.train_inputs
    np.testing.assert_allclose(canvas.sample[0], train.mean(0))
    it.view.show_snapshot(it.snapshot(probe_sample=3))
    np.testing.assert_array_equal(canvas.sample[0], it.trainer.data.samples.inputs[3])
    QTest.mouseMove(canvas, it.place_of(UnitAt(-1, 0)))
    assert it.view.popup.title.text() == "input image"
    assert it.view.wishes()["focus"] is None
    it.feed()
    assert canvas.sample[1] == "mean image"


def test_that_outputs_of_several_classes_are_named(bench: Callable[..., Bench]) -> None:
    spec = experiment(4, data=Spirals3(points=90), loss=SoftmaxCrossEntropy())
    it = bench(spec=spec)
    it.feed()
    QTest.mouseMove(it.view.canvas, it.place_of(UnitAt(1, 2)))
    assert it.view.popup.title.text().startswith("output · class ")


def test_that_it_says_when_weak_links_are_left_out(bench: Callable[..., Bench]) -> None:
    it = bench(32, 32)
    assert "300" in it.view.footer.note
    it.view.show_spec(experiment(4, 4))
    assert it.view.footer.note == ""


def test_that_both_themes_paint_every_kind_of_network(
    bench: Callable[..., Bench], qapp: QApplication
) -> None:
    before = theme().choice or "light"
    it = bench(4, 2)
    try:
        for spec in (experiment(), experiment(4, 2), experiment(64, 1024), digits(128)):
            it.spec = spec
            it.view.show_spec(spec)
            it.train()
            it.feed(2)
            for name in ("dark", "light"):
                theme().apply(qapp, name)
                assert not it.view.grab().isNull()
    finally:
        theme().apply(qapp, before)

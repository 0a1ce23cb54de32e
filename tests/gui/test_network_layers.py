"""Norms, dropout, skip connections, frozen layers and learned slopes on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from playground.data.registry import Digits
from playground.engine.activations import Identity, Maxout, PReLU, ReLU
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm, Skip
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.regularizers import L1
from playground.experiment.change import Impact, impact
from playground.gui.theme import theme
from playground.gui.train.network.arcs import lanes
from playground.gui.train.network.canvas_painter import bias_dot
from playground.gui.train.network.card_menu import fill_card_menu
from playground.gui.train.network.geometry import ColumnKind
from playground.gui.train.network.insert_menu import letters_of
from playground.gui.train.network.kind_cards import DropoutCard, NormCard, SkipCard
from playground.gui.train.network.link_layer import Quantity
from playground.gui.train.network.naming import SkipAt, UnitAt, WeightAt
from tests.gui.network_bench import LEFT, Bench, Key, bench, of_layers

__all__ = ["bench"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

EVERY_KIND = (
    Dense(4),
    Dense(4, Identity()),
    BatchNorm(ReLU()),
    Skip(2),
    LayerNorm(),
    Dropout(0.3),
    Dense(3, PReLU()),
    Dense(2, Maxout()),
    Skip(2),
)

Show = Callable[..., Bench]


def noted(it: Bench) -> list[tuple[str, str]]:
    """Return a list to which everything that the view notes is appended."""
    told: list[tuple[str, str]] = []
    it.view.noted.connect(lambda level, text: told.append((level, text)))
    return told


# --- cards ---


def test_that_each_kind_has_a_card_of_its_own_above_its_column(bench: Show) -> None:
    it = bench(spec=of_layers(*EVERY_KIND))
    kinds = [card.kind for card in it.cards]
    assert kinds == [type(layer) for layer in EVERY_KIND]
    layout = it.view.canvas.layout_now
    assert layout is not None
    for card, column in zip(it.cards, layout.columns[1:], strict=False):
        assert abs(card.geometry().center().x() - column.center) <= 1
    for left, right in pairwise(it.cards):
        assert left.geometry().right() < right.geometry().left()


def test_that_every_card_has_its_keys_and_names(bench: Show) -> None:
    it = bench(spec=of_layers(*EVERY_KIND))
    for card in it.cards:
        for stop in card.stops:
            assert stop.accessibleName(), (card.kind, stop)
    assert it.cards[2].accessibleName() == "Batch norm 3"


def test_that_the_rate_of_a_dropout_is_slid_typed_and_stepped_while_training_goes_on(
    bench: Show, qtbot: QtBot
) -> None:
    it = bench(spec=of_layers(Dense(4), Dropout(0.2)))
    before, card = it.spec, it.cards[1]
    assert isinstance(card, DropoutCard)
    card.slider.setValue(6)
    assert it.spec.network.layers[1] == Dropout(0.3)
    assert card.rate.text() == "0.3"
    card.setFocus()
    it.press(card, Key.Key_Plus)
    assert it.spec.network.layers[1] == Dropout(0.35)
    card.rate.setFocus()
    card.rate.selectAll()
    qtbot.keyClicks(card.rate, "0.5")
    it.press(card.rate, Key.Key_Return)
    assert it.spec.network.layers[1] == Dropout(0.5)
    assert card.slider.value() == 10
    assert impact(before, it.spec) is Impact.LIVE


def test_that_a_norm_is_given_an_activation_on_its_card(bench: Show) -> None:
    it = bench(spec=of_layers(Dense(4, Identity()), BatchNorm()))
    card = it.cards[1]
    assert isinstance(card, NormCard)
    card.activation.chosen.emit("relu")
    assert it.spec.network.layers[1] == BatchNorm(ReLU())
    assert it.labels == ["Set activation of batch norm 2"]


def test_that_f_freezes_a_layer_live_and_a_snowflake_says_so(bench: Show, qtbot: QtBot) -> None:
    it = bench(4, 2)
    before, card = it.spec, it.cards[0]
    card.setFocus()
    assert card.snowflake.isHidden()
    it.press(card, Key.Key_F)
    assert it.spec.network.layers[0] == Dense(4, frozen=True)
    assert card.snowflake.isVisible()
    assert impact(before, it.spec) is Impact.LIVE
    qtbot.mouseClick(card.snowflake, LEFT)
    assert it.spec == before
    assert it.labels == ["Freeze layer 1", "Let learn layer 1"]


def test_that_the_output_layer_shows_that_it_is_frozen_too(bench: Show, qtbot: QtBot) -> None:
    it = bench(4)
    it.view.board.menus.edited.emit(1, "frozen", True)
    card = it.view.board.output_card
    assert it.spec.network.output.frozen
    assert card.snowflake.isVisible()
    qtbot.mouseClick(card.snowflake, LEFT)
    assert not it.spec.network.output.frozen


def test_that_a_layer_gets_a_penalty_of_its_own_in_its_menu(bench: Show, qtbot: QtBot) -> None:
    it = bench(4)
    menu = QMenu(it.view)
    board = it.view.board
    fill_card_menu(
        menu, it.spec.network, 0, lambda _: None, lambda *e: board.menus.edited.emit(0, *e), print
    )
    own = next(a.menu() for a in menu.actions() if a.text() == "Own &regularization")
    assert isinstance(own, QMenu)
    assert [a.text() for a in own.actions()][:2] == ["As the network", "None"]
    next(a for a in own.actions() if a.text() == "L1").trigger()
    assert it.spec.network.layers[0] == Dense(4, regularizer=L1())
    own.actions()[0].trigger()
    assert it.spec.network.layers[0] == Dense(4)
    it.cards[0].menu.click()
    panel = board.menus.layer
    assert panel is not None
    panel.form.editor("regularizer").combo.chosen.emit("l1")
    assert it.spec.network.layers[0] == Dense(4, regularizer=L1())
    panel.close()


# --- inserting ---


def test_that_a_plus_offers_every_kind_and_a_letter_chooses_it(bench: Show, qtbot: QtBot) -> None:
    it = bench(4, 2)
    told = noted(it)
    qtbot.mouseClick(it.view.board.insert_buttons[1], LEFT)
    menu = it.view.board.menus.insert
    assert menu is not None
    assert [row.accessibleName() for row in menu.rows] == [
        "Dense", "Batch norm", "Layer norm", "Dropout", "Skip connection",
    ]  # fmt: skip
    assert menu.rows[0].hasFocus()
    it.press(menu, Key.Key_Down)
    assert menu.rows[1].hasFocus()
    qtbot.keyClicks(menu, "b")
    assert not menu.isVisible()
    layers = it.spec.network.layers
    assert [type(layer) for layer in layers] == [Dense, BatchNorm, Dense]
    assert layers[0].activation == Identity()
    assert it.labels == ["Insert batch norm"]
    assert it.cards[1].hasFocus()
    assert told[0][0] == "info"
    assert "Tanh now follows the norm" in told[0][1]


def test_that_a_skip_is_not_offered_where_nothing_could_be_bridged(
    bench: Show, qtbot: QtBot
) -> None:
    it = bench(4)
    qtbot.mouseClick(it.view.board.insert_buttons[0], LEFT)
    menu = it.view.board.menus.insert
    assert menu is not None
    row = menu.rows[-1]
    assert not row.isEnabled()
    assert "needs a layer before it" in row.text_shown
    qtbot.keyClicks(menu, "s")
    assert len(it.cards) == 1
    menu.close()


def test_that_letters_differ() -> None:
    assert letters_of(["Dense", "Dropout", "Depth"]) == ["D", "R", "E"]


def test_that_moving_a_skip_to_the_front_is_refused_with_the_reason(bench: Show) -> None:
    it = bench(spec=of_layers(Dense(4), Skip()))
    told = noted(it)
    it.cards[1].setFocus()
    it.press(it.cards[1], Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert it.labels == []
    assert told == [("warning", "A skip connection needs a layer before it, to bridge.")]


# --- skip connections ---


@pytest.mark.parametrize(
    "spans, expected",
    [
        ([(0, 2), (2, 4)], [0, 0]),
        ([(0, 4), (1, 3)], [1, 0]),
        ([(0, 2), (1, 3)], [0, 1]),
        ([(0, 6), (1, 4), (2, 3)], [2, 1, 0]),
        ([], []),
    ],
)
def test_that_skips_run_in_lanes_and_inner_ones_below_outer_ones(
    spans: list[tuple[int, int]], expected: list[int]
) -> None:
    assert lanes(spans) == expected


def test_that_an_arc_runs_above_the_units_and_says_what_it_does(bench: Show) -> None:
    it = bench(spec=of_layers(Dense(4), Dense(4), Skip(1), Dense(3), Skip(4)))
    inner, outer = it.view.canvas.arcs
    assert (inner.text, outer.text) == ("identity", "projected 2 → 3")
    assert outer.level < inner.level < inner.foot
    layout = it.view.canvas.layout_now
    assert layout is not None
    assert min(column.tops.min() for column in layout.columns) > inner.level
    QTest.mouseMove(it.view.canvas, QPoint(int(inner.start + 30), int(inner.level)))
    assert it.view.canvas.selection.pointed == SkipAt(2)
    assert it.view.popup.title.text() == "skip 3"


def drag(it: Bench, start: QPoint, end: QPoint) -> None:
    canvas = it.view.canvas
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    it.view.grab()
    QTest.mouseRelease(canvas, LEFT, pos=end)


def test_that_the_source_of_a_skip_is_dragged_to_another_layer(bench: Show) -> None:
    it = bench(spec=of_layers(Dense(4), Dense(4), Dense(4), Skip(1)))
    told, arc = noted(it), it.view.canvas.arcs[0]
    handle = QPoint(int(arc.start), int(arc.foot))
    columns = it.view.canvas.layout_now.columns
    drag(it, handle, QPoint(int(columns[1].center), int(arc.foot)))
    assert it.spec.network.layers[3] == Skip(2)
    assert it.labels == ["Set layers bridged of skip 4"]
    arc = it.view.canvas.arcs[0]
    drag(it, QPoint(int(arc.start), int(arc.foot)), QPoint(int(columns[4].center), 40))
    assert it.spec.network.layers[3] == Skip(2)
    assert told == [("warning", "A skip connection comes from a layer before its sum.")]


def test_that_a_skip_is_stepped_on_its_card_as_far_as_there_are_layers(bench: Show) -> None:
    it = bench(spec=of_layers(Dense(4), Dense(4), Skip(1)))
    card = it.cards[2]
    assert isinstance(card, SkipCard)
    card.setFocus()
    it.press(card, Key.Key_Plus)
    assert it.spec.network.layers[2] == Skip(2)
    assert not card.more.isEnabled()
    it.press(card, Key.Key_Plus)
    assert it.spec.network.layers[2] == Skip(2)
    it.press(card, Key.Key_Minus)
    assert it.spec.network.layers[2] == Skip(1)


def test_that_a_click_on_an_arc_opens_its_settings(bench: Show, qtbot: QtBot) -> None:
    it = bench(spec=of_layers(Dense(4), Skip(1)))
    arc = it.view.canvas.arcs[0]
    point = QPoint(int((arc.start + arc.end) / 2), int(arc.level))
    qtbot.mouseClick(it.view.canvas, LEFT, pos=point)
    menu = it.view.board.menus.layer
    assert menu is not None
    assert menu.isVisible()
    assert menu.form.editor("reach").value() == 1
    menu.close()


# --- links and parameters ---


def test_that_pass_through_layers_have_one_level_link_to_each_unit(bench: Show) -> None:
    it = bench(spec=of_layers(Dense(12), BatchNorm(), Dropout(), Skip(1)))
    it.feed(2)
    layout = it.view.canvas.layout_now
    assert layout is not None
    for band in it.view.canvas.links.bands[1:4]:
        assert band.is_straight
        np.testing.assert_array_equal(band.rows, band.columns)
    np.testing.assert_array_equal(layout.columns[1].levels, layout.columns[2].levels)
    np.testing.assert_array_equal(layout.columns[1].levels, layout.columns[3].levels)
    assert layout.columns[3].kind is ColumnKind.GATE


def test_that_scale_and_shift_of_a_norm_are_edited_by_link_and_dot(
    bench: Show, qtbot: QtBot
) -> None:
    it = bench(spec=of_layers(Dense(3, Identity()), BatchNorm()))
    it.feed(3)
    canvas = it.view.canvas
    qtbot.mouseClick(canvas, LEFT, pos=it.place_of(WeightAt(1, 0, 2)))
    assert it.view.editor.at == WeightAt(1, 0, 2)
    assert it.view.editor.box.accessibleName() == "scale of batch norm 2 · unit 3"
    it.press(it.view.editor.box, Key.Key_Escape)
    dot = bias_dot(canvas.column_of(1), 1).center().toPoint()
    qtbot.mouseClick(canvas, LEFT, pos=dot)
    assert it.view.editor.at == WeightAt(1, 1, 1)
    qtbot.keyClicks(it.view.editor.box, "0.5")
    with qtbot.waitSignal(it.view.parameter_edited) as told:
        it.press(it.view.editor.box, Key.Key_Return)
    it.trainer.set_parameter(*told.args[:3], told.args[4])
    assert it.trainer.parameters.matrices[1][1, 1] == 0.5


def test_that_a_learned_slope_is_told_and_edited_with_s(bench: Show, qtbot: QtBot) -> None:
    it = bench(spec=of_layers(Dense(3, PReLU())))
    it.feed()
    canvas = it.view.canvas
    qtbot.mouseClick(canvas, LEFT, pos=it.place_of(UnitAt(0, 1)))
    names = [name.text() for name, _ in it.view.popup._rows]
    assert names == ["activation", "bias", "slope", "inputs"]
    it.press(canvas, Key.Key_S)
    assert it.view.editor.at == WeightAt(0, 3, 1)
    qtbot.keyClicks(it.view.editor.box, "0.75")
    with qtbot.waitSignal(it.view.parameter_edited) as told:
        it.press(it.view.editor.box, Key.Key_Return)
    layer, row, column, before, new = told.args
    assert before == 0.25
    assert it.trainer.set_parameter(layer, row, column, new) == 0.25
    assert it.trainer.parameters.slopes[0][0, 1] == 0.75


def test_that_a_link_of_maxout_is_the_strongest_of_its_pieces(bench: Show) -> None:
    it = bench(spec=of_layers(Dense(2, Maxout())))
    matrix = it.trainer.parameters.matrices[0]
    matrix[:] = 0.1
    matrix[1, 2] = -3.0
    it.feed()
    links, canvas = it.view.canvas.links, it.view.canvas
    drawn = links.drawn(0)
    assert drawn is not None
    assert drawn.shape == (3, 2)
    assert drawn[1, 0] == -3.0
    assert links.weight_of(0, 1, 0) == WeightAt(0, 1, 2)
    assert canvas.names is not None
    assert canvas.names.weight(WeightAt(0, 1, 2)) == "x₂ → layer 1 · unit 1, piece 2"


def test_that_the_keyboard_finds_what_leads_into_each_kind_of_unit(bench: Show) -> None:
    it = bench(spec=of_layers(Dense(3, Identity()), BatchNorm(), Dropout(), Skip(1)))
    it.feed()
    canvas = it.view.canvas
    for layer, expected in ((0, WeightAt(0, 0, 1)), (1, WeightAt(1, 0, 1)), (2, None), (3, None)):
        canvas.selection.select(UnitAt(layer, 1))
        it.press(canvas, Key.Key_L)
        assert canvas.selection.current_weight == expected
    it.press(canvas, Key.Key_Return)
    assert it.view.editor.at is None


# --- looking at it ---


@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_every_kind_is_painted_in_both_themes(bench: Show, qapp, name: str) -> None:
    before = theme().choice or "light"
    it = bench(spec=of_layers(*EVERY_KIND))
    try:
        theme().apply(qapp, name)
        it.feed(2)
        it.view.resize(2200, 700)
        for layer in range(-1, len(EVERY_KIND) + 1):
            it.view.canvas.selection.select(UnitAt(layer, 0))
            it.view.canvas._pointed()
            it.view.grab()
        for quantity in Quantity:
            it.view.footer.buttons[quantity].click()
            it.view.grab()
    finally:
        theme().apply(qapp, before)


def test_that_images_pass_norms_and_dropout_as_the_weights_before_see_them(bench: Show) -> None:
    layers = (Dropout(0.1), Dense(16, Identity()), BatchNorm(ReLU()), Dropout(0.2), Skip(3))
    it = bench(spec=of_layers(*layers, data=Digits(points=60), loss=SoftmaxCrossEntropy()))
    snapshot = it.feed(1)
    assert snapshot.unit_maps[0].shape[0] == 0
    assert snapshot.unit_maps[1].shape == (16, 8, 8, 4)
    np.testing.assert_array_equal(snapshot.unit_maps[1], snapshot.unit_maps[2])
    assert not it.view.grab().isNull()


def test_that_without_any_dense_layer_the_canvas_shows_what_there_is(bench: Show) -> None:
    it = bench(spec=of_layers(BatchNorm(), Dropout(), Skip(2)))
    it.feed(1)
    assert not it.view.grab().isNull()


def test_that_three_hidden_layers_fit_without_scrolling(bench: Show) -> None:
    it = bench(8, 8, 8, size=(870, 520))
    assert not it.view._area.horizontalScrollBar().isVisible()

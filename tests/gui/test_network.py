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

from playground.data.registry import Spirals, Spirals3
from playground.data.scaling import Standardise
from playground.engine.activations import ReLU, Tanh
from playground.engine.layers import MAXIMUM_LAYERS
from playground.engine.losses import SoftmaxCrossEntropy
from playground.gui.figures.figure import Look, image
from playground.gui.theme import theme
from playground.gui.train.network.link_layer import Quantity
from playground.gui.train.network.naming import UnitAt, WeightAt
from playground.gui.train.network.scene import CAPTIONS_HEIGHT
from playground.gui.train.network.view import NetworkView
from tests.gui.network_bench import LEFT, Bench, Key, bench, digits, experiment, focused

__all__ = ["bench"]

# Cards of tips and panels are windows, which the offscreen platform cannot raise.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

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


def test_that_few_units_have_pictures_out_of_sight_too_so_that_a_figure_is_whole(
    bench: Callable[..., Bench],
) -> None:
    it = bench(*[4] * 10, size=(720, 430))
    assert len(it.view.canvas.columns_in_sight) < 11
    assert it.view.wishes()["visible_units"] == ((0, 1, 2, 3),) * 10 + ((0,),)
    it.feed(5)
    figure = it.view.canvas.figure()
    assert figure is not None
    picture = image(figure, Look(scale=1))
    box = it.view.canvas.box_of(UnitAt(10, 0))
    assert box is not None
    row = round(box.center().y()) + CAPTIONS_HEIGHT
    colors = {picture.pixel(x, row) for x in range(round(box.left()), round(box.right()))}
    assert len(colors) > 3, "the output has no picture"


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

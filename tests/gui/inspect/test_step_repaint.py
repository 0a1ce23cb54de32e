"""What a step costs on the screen: painted once, the latest alone, and made ahead of time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from playground.gui.formula import lines_of, typesetter
from playground.gui.inspect.step.looks import forget_looks, look_of
from playground.gui.inspect.step.moves import Move
from playground.gui.inspect.step.tape_chip import Time
from playground.gui.inspect.step.wrapped_label import WrappedLabel
from playground.gui.inspect.step_panel import StepPanel
from playground.gui.palette import LIGHT
from playground.gui.theme import monospace_font
from playground.inspection.operation import Shade
from tests.gui.inspect.bench import Bench, bench


@pytest.fixture
def place(qtbot: QtBot, qapp: QApplication) -> Iterator[Bench]:
    with bench(qtbot, qapp) as made:
        yield made


@pytest.fixture
def panel(place: Bench) -> StepPanel:
    return place.panel


class Paints(QObject):
    """Notes which widgets are painted."""

    def __init__(self, *widgets: QObject) -> None:
        super().__init__()
        self.seen: list[QObject] = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.seen.append(watched)
        return False


def settle(place: Bench) -> None:
    """Look at an operation until everything beside it is done."""
    panel = place.panel
    place.qtbot.waitUntil(lambda: panel.checker.is_idle and panel.view.is_idle)
    place.qtbot.waitUntil(lambda: typesetter().is_idle)
    QApplication.processEvents()


@pytest.mark.parametrize("key", ["a.0", "∂L/∂z.1", "∂L/∂W.0", "update.W.0"])
def test_that_a_step_paints_each_card_once_in_its_final_place(
    place: Bench, panel: StepPanel, key: str
) -> None:
    place.window.resize(1280, 720)
    # Known already, so that neither formula nor check arrives while it is watched.
    for _ in range(2):
        panel.inspector.go_to_key(key)
        settle(place)
        place.press(Qt.Key.Key_Left)
        settle(place)
    card, view = panel.view.card, panel.view
    paints = Paints(card, card.sum, view.kept, view.origin, view.update_card)
    place.press(Qt.Key.Key_Right)
    arranged = card.geometry(), card.row.geometry(), card.sum.geometry()
    QApplication.processEvents()
    assert panel.inspector.operation.key == key
    assert card in paints.seen
    assert len(paints.seen) == len(set(paints.seen))
    assert (card.geometry(), card.row.geometry(), card.sum.geometry()) == arranged


def test_that_a_held_key_shows_only_where_it_has_got_to(place: Bench, panel: StepPanel) -> None:
    place.press(Qt.Key.Key_Right)
    shown = panel.view.card.operation
    held = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", True, 1
    )
    for _ in range(3):
        QApplication.sendEvent(panel, held)
        panel.move_by(Move.NEXT_OPERATION)
    assert panel.view.card.operation is shown
    place.qtbot.waitUntil(lambda: panel.view.card.operation is panel.inspector.operation)
    assert panel.inspector.index == 4
    place.press(Qt.Key.Key_Left)
    assert panel.view.card.operation is panel.inspector.operation, "at once again"


def test_that_what_comes_next_is_ready_before_one_steps_there(
    place: Bench, panel: StepPanel
) -> None:
    settle(place)
    tape, view = panel.inspector.tape, panel.view
    most = max(len(operation.operands) for operation in tape.operations)
    assert not view.card.row.lacks(1 + most)
    assert not view.kept.lacks(max(len(operation.kept) for operation in tape.operations))
    for operation in tape.operations[1:4]:
        for line in lines_of(operation.latex):
            assert typesetter().svg(line), operation.symbol
    place.leave()
    assert view.is_idle


def test_that_a_look_is_shared_by_boxes_and_forgotten_with_the_step() -> None:
    values = np.array([[1.0, -2.0], [np.nan, 0.5]])
    look = look_of(values)
    assert look_of(values) is look
    assert look_of(values.T) is not look
    assert look_of(values.copy()) is not look
    image = look.heat_map(Shade.VALUE, LIGHT)
    assert image.pixelColor(0, 1).name() == LIGHT.danger
    assert image.pixelColor(1, 0).name() == LIGHT.value_negative
    assert look.heat_map(Shade.VALUE, LIGHT) is image
    assert look.heat_map(Shade.GRADIENT, LIGHT).pixelColor(1, 0).name() == LIGHT.gradient_negative
    assert look.characters(3) == len("+1.000")
    forget_looks()
    assert look_of(values) is not look


def test_that_a_wrapped_label_is_as_high_as_its_lines(qtbot: QtBot, qapp: QApplication) -> None:
    text = "weights and biases " * 12
    label, plain = WrappedLabel(), QLabel()
    plain.setWordWrap(True)
    for each in (label, plain):
        qtbot.addWidget(each)
        each.setFont(monospace_font(12))
        each.setText(text)
    for width in (200, 400, 200):
        assert label.heightForWidth(width) == plain.heightForWidth(width)
    for each in (label, plain):
        each.setFont(monospace_font(24))
    assert label.heightForWidth(200) == plain.heightForWidth(200)
    assert label.minimumSizeHint().width() < 100


def test_that_a_folded_tape_keeps_the_chips_that_stay(place: Bench, panel: StepPanel) -> None:
    line = panel.view.tape
    line.toggle_fold()
    panel.inspector.go_to_key("z.0")
    before = {chip.text(): chip for chip in line.chips}
    panel.inspector.go_to_key("z.1")
    after = {chip.text(): chip for chip in line.chips}
    assert [chip.operations.start for chip in line.chips] == sorted(
        chip.operations.start for chip in line.chips
    )
    assert any(chip.is_folded for chip in line.chips)
    stayed = before.keys() & after.keys()
    assert stayed
    assert all(before[text] is after[text] for text in stayed)
    assert panel.inspector.index in next(
        chip.operations for chip in line.chips if chip.time is Time.NOW
    )

"""The Network tab: the whole of Mazur's step by keys, forwards and back, and what it shows."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.inspect.step.inspector import same_state
from playground.gui.inspect.step.tape_chip import Mark, Time
from playground.gui.inspect.step_panel import StepPanel
from playground.gui.preferences import Preferences
from playground.training.trainer import Trainer
from tests.gui.inspect.bench import Bench, bench

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
MAZUR = {
    "z.0": [[0.3775, 0.3925]],
    "a.0": [[0.593269992, 0.596884378]],
    "z.1": [[1.105905967, 1.224921404]],
    "a.1": [[0.751365070, 0.772928465]],
    "ℓ": [[0.298371109]],
    "∂L/∂a.1": [[0.741365070, -0.217071535]],
    "∂L/∂z.1": [[0.138498562, -0.038098237]],
    "∂L/∂W.1": [[0.0821670406, -0.0226025404], [0.0826676278, -0.0227402422]],
    "∂L/∂a.0": [[0.0363503064, 0.0413703226]],
    "∂L/∂z.0": [[0.00877135469, 0.00995425471]],
    "∂L/∂W.0": [[0.000438567727, 0.000497712735], [0.000877135469, 0.000995425471]],
    "update.W.0": [[0.149780716, 0.249751144], [0.199561432, 0.299502287]],
    "update.W.1": [[0.358916480, 0.511301270], [0.408666186, 0.561370121]],
}
"""As published (w1, w3 in the first row, and so on), to nine digits."""


@pytest.fixture
def place(qtbot: QtBot, qapp: QApplication) -> Iterator[Bench]:
    with bench(qtbot, qapp) as made:
        yield made


@pytest.fixture
def panel(place: Bench) -> StepPanel:
    return place.panel


def test_that_keys_walk_the_whole_step_forwards_and_back_and_show_every_number(
    place: Bench, panel: StepPanel
) -> None:
    tape = panel.inspector.tape
    seen: list[str] = []
    for index in range(len(tape)):
        if index:
            place.press(Qt.Key.Key_Right)
        key = panel.inspector.operation.key
        seen.append(key)
        if key in MAZUR:
            np.testing.assert_allclose(place.numbers, MAZUR[key], rtol=2e-9, atol=6e-10)
        assert panel.view.tape.chips[index].time is Time.NOW
    assert set(MAZUR) <= set(seen)
    back = [seen[-1]]
    for _ in range(len(tape) - 1):
        place.press(Qt.Key.Key_Left)
        back.append(panel.inspector.operation.key)
        expected = MAZUR.get(back[-1])
        if expected is not None:
            np.testing.assert_allclose(place.numbers, expected, rtol=2e-9, atol=6e-10)
    assert back == seen[::-1]
    assert "operation 1 of" in panel.status.text
    place.press(Qt.Key.Key_Left)
    assert panel.notices.isVisible()


def test_that_the_sum_behind_a_cell_is_spelled_out_and_lights_its_operands(
    place: Bench, panel: StepPanel
) -> None:
    panel.inspector.go_to_key("z.0", (0, 1))
    card = panel.view.card
    assert card.sum.plain.startswith("z¹[0,1] = ")
    assert "0.250" in card.sum.plain
    assert card.sum.plain.endswith("= 0.392") or card.sum.plain.endswith("= 0.393")
    weights = card.row.operand(1).view
    assert {(lit.row, lit.column) for lit in weights.lit} == {(None, 1)}
    place.press(Qt.Key.Key_Up)
    assert panel.inspector.cell == (0, 0)
    assert card.sum.plain.startswith("z¹[0,0] = ")


def test_that_phases_layers_and_home_have_keys(place: Bench, panel: StepPanel) -> None:
    inspector = panel.inspector
    place.press(Qt.Key.Key_3)
    assert inspector.operation.phase.value == "backward"
    place.press(Qt.Key.Key_Right, SHIFT)
    assert inspector.operation.key == "update.W.0"
    place.press(Qt.Key.Key_Right, CONTROL)
    assert inspector.operation.key == "update.W.1"
    place.press(Qt.Key.Key_Left, CONTROL)
    assert inspector.operation.key == "update.W.0"
    place.press(Qt.Key.Key_Home)
    assert inspector.operation.key == "x"
    place.press(Qt.Key.Key_End)
    assert inspector.index == len(inspector.tape) - 1
    for number, phase in ((1, "forward"), (2, "error"), (4, "update")):
        place.press(Qt.Key(Qt.Key.Key_0.value + number))
        assert inspector.operation.phase.value == phase


def test_that_single_cells_lead_over_into_the_next_operation(
    place: Bench, panel: StepPanel
) -> None:
    panel.inspector.go_to_key("a.0", (0, 0))
    place.press(Qt.Key.Key_Down)
    assert (panel.inspector.operation.key, panel.inspector.cell) == ("a.0", (0, 1))
    place.press(Qt.Key.Key_Down)
    assert (panel.inspector.operation.key, panel.inspector.cell) == ("z.1", (0, 0))
    place.press(Qt.Key.Key_Up)
    assert (panel.inspector.operation.key, panel.inspector.cell) == ("a.0", (0, 1))


def test_that_batches_and_epochs_go_on_and_back_to_the_very_same_bits(
    qtbot: QtBot, qapp: QApplication
) -> None:
    with bench(qtbot, qapp, "xor") as place:
        inspector = place.panel.inspector
        assert inspector.walk is not None
        start = inspector.walk.state()
        numbers = [op.result.values.copy() for op in inspector.tape.operations]
        place.press(Qt.Key.Key_Period)
        place.wait()
        assert inspector.trainer.step == 1
        place.qtbot.keyClicks(place.panel, ">")
        place.wait()
        assert inspector.trainer.epoch == 2
        place.press(Qt.Key.Key_Comma)
        place.press(Qt.Key.Key_Home, CONTROL)
        place.wait()
        assert inspector.trainer.step == 0
        assert same_state(inspector.walk.state(), start)
        for operation, before in zip(inspector.tape.operations, numbers, strict=True):
            np.testing.assert_array_equal(operation.result.values, before)


def test_that_training_continues_from_the_state_that_is_shown(
    place: Bench, panel: StepPanel
) -> None:
    panel.switches.change("is_batch", True)
    panel.inspector.go_to_key("∂L/∂W.0")
    place.press(Qt.Key.Key_Period)
    place.press(Qt.Key.Key_Period)
    place.wait()
    assert panel.inspector.walk is not None
    expected = panel.inspector.walk.state()
    assert panel.inspector.trainer.step == 2
    place.leave()
    assert same_state(place.state(), expected)
    place.enter()
    assert panel.inspector.trainer.step == 2
    assert panel.inspector.operation.key == "∂L/∂W.0"


def test_that_entering_pauses_and_looking_alone_changes_nothing(place: Bench) -> None:
    place.leave()
    place.session.play()
    place.qtbot.waitUntil(lambda: place.session.is_running)
    place.enter()
    place.qtbot.waitUntil(lambda: not place.session.is_running)
    before = place.state()
    for _ in range(5):
        place.press(Qt.Key.Key_Right)
    place.leave()
    assert same_state(place.state(), before)


def test_that_the_update_is_opened_up_line_by_line(panel: StepPanel) -> None:
    panel.inspector.go_to_key("update.W.1", (0, 0))
    card = panel.view.update_card
    assert card.isVisible()
    assert "0.08217" in card.text
    assert "0.35892" in card.text
    assert "−η‖g‖²" in card.text
    panel.inspector.go_to_key("z.0")
    assert not card.isVisible()


def test_that_check_all_marks_every_gradient_on_the_tape(place: Bench, panel: StepPanel) -> None:
    place.press(Qt.Key.Key_C)
    gradients = [op.key for op in panel.inspector.tape.operations if op.is_gradient]
    place.qtbot.waitUntil(lambda: set(panel.checker.verdicts) == set(gradients))
    marks = {
        panel.inspector.tape[chip.operations.start].key: chip.mark for chip in panel.view.tape.chips
    }
    assert all(marks[key] is Mark.GOOD for key in gradients)
    assert marks["z.0"] is None


def test_that_a_gradient_is_checked_where_it_is_looked_at(place: Bench, panel: StepPanel) -> None:
    panel.inspector.go_to_key("∂L/∂W.1", (0, 0))
    check = panel.view.card.check
    place.qtbot.waitUntil(lambda: "relative error" in check.text)
    assert "0.082167" in check.text
    assert "happy" in check.text
    panel.inspector.go_to_key("z.0")
    assert not check.isVisible()


def test_that_columns_transpose_what_is_shown_and_keep_the_cell(
    place: Bench, panel: StepPanel
) -> None:
    panel.inspector.go_to_key("∂L/∂W.1", (0, 1))
    number = panel.view.card.sum.plain.rpartition("= ")[2]
    place.press(Qt.Key.Key_N)
    assert panel.inspector.cell == (1, 0)
    np.testing.assert_allclose(place.numbers.T, MAZUR["∂L/∂W.1"], rtol=2e-9, atol=6e-10)
    assert panel.view.card.sum.plain.rpartition("= ")[2] == number


def test_that_switches_are_remembered(place: Bench, panel: StepPanel) -> None:
    for key in (Qt.Key.Key_N, Qt.Key.Key_B, Qt.Key.Key_L):
        place.press(key)
    panel.switches.change("decimals", 5)
    again = StepPanel(panel._session, Preferences())
    place.qtbot.addWidget(again)
    place.qtbot.addWidget(again.controls)
    settings = again.inspector.settings
    assert (settings.columns, settings.is_batch, settings.large) == (True, True, True)
    assert settings.decimals == 5


def test_that_space_plays_until_the_next_space(place: Bench, panel: StepPanel) -> None:
    panel.switches.change("speed", 4.0)
    with place.qtbot.waitSignal(panel.inspector.moved):
        place.press(Qt.Key.Key_Space)
    place.press(Qt.Key.Key_Space)
    assert not panel._play_timer.isActive()


def test_that_keys_act_while_a_switch_has_the_focus(place: Bench, panel: StepPanel) -> None:
    panel.switches.predict.setFocus(Qt.FocusReason.TabFocusReason)
    place.qtbot.keyClick(panel.switches.predict, Qt.Key.Key_Right)
    assert panel.inspector.index == 1


def test_that_a_click_on_the_tape_goes_there(place: Bench, panel: StepPanel) -> None:
    chip = panel.view.tape.chips[4]
    place.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert panel.inspector.index == 4
    assert "current" in chip.accessibleName()


def test_that_folding_keeps_the_layer_of_the_current_operation_open(
    place: Bench, panel: StepPanel
) -> None:
    panel.inspector.go_to_key("z.1")
    place.press(Qt.Key.Key_F)
    texts = [chip.text() for chip in panel.view.tape.chips]
    assert "layer 1" in texts
    assert any(text.startswith("z²") for text in texts)
    folded = next(chip for chip in panel.view.tape.chips if chip.text() == "layer 1")
    place.qtbot.mouseClick(folded, Qt.MouseButton.LeftButton)
    assert panel.inspector.operation.layer == 0


def test_that_an_edit_starts_the_inspection_anew(place: Bench, panel: StepPanel) -> None:
    walk = panel.inspector.walk
    place.session.edit("training.learning_rate", 0.25, "Set learning rate")
    place.qtbot.waitUntil(lambda: panel.inspector.walk is not walk)
    place.wait()
    assert panel.inspector.trainer.spec.training.learning_rate == 0.25


def test_that_everything_has_room_in_a_small_window(panel: StepPanel) -> None:
    assert (panel.window().width(), panel.window().height()) == (1280, 720)
    # As narrow as the controls are in the smallest window, beside the switches.
    panel.controls.setFixedWidth(766)
    QApplication.processEvents()
    controls = panel.controls
    for button in (panel.switches.predict, panel.switches.decimals):
        corner = button.mapTo(controls, button.rect().bottomRight())
        assert corner.x() <= controls.width()
    card = panel.view.card
    assert card.width() <= panel.view.width() - panel.view.side.width()
    for box in card.row.boxes:
        assert box.geometry().right() <= card.row.width()


def test_that_a_kink_within_h_is_flagged(qtbot: QtBot, qapp: QApplication) -> None:
    with bench(qtbot, qapp, "spirals-3") as place:
        panel = place.panel
        # At (0, 0) with biases of 0 every rectifier stands on its kink.
        panel.inspector.go_to_key("∂L/∂z.0", (0, 0))
        sample = int(np.abs(panel.inspector.trainer.data.samples.inputs).sum(1).argmin())
        panel.switches.change("sample", sample)
        check = panel.view.card.check
        place.qtbot.waitUntil(lambda: "kink" in check.text)
        assert "∧" in check.accessibleName() or "kink" in check.accessibleName()


def test_that_numbers_that_are_none_are_shown_as_such(place: Bench, panel: StepPanel) -> None:
    walk = panel.inspector.walk
    assert walk is not None
    walk.trainer.parameters.vector[:2] = (np.nan, np.inf)
    walk.set_fused(False)
    panel.inspector.recorded.emit()
    for index in range(len(panel.inspector.tape)):
        panel.inspector.go_to(index)
        assert not panel.view.grab().isNull()
    panel.inspector.go_to_key("z.0", (0, 0))
    assert "NaN" in panel.view.card.row.result.view.matrix_model.text(0, 0)


def test_that_a_long_way_can_be_cancelled_and_changes_nothing(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench(qtbot, qapp, "spirals") as place:
        panel, inspector = place.panel, place.panel.inspector
        monkeypatch.setattr("playground.gui.inspect.step_panel.PATIENCE_SECONDS", 0.0)
        monkeypatch.setattr("playground.gui.inspect.step.sample_walk.QUICK_SECONDS", 0.0)
        place.press(Qt.Key.Key_Period)
        place.wait()
        assert inspector.walk is not None
        before, walked = inspector.walk.state(), threading.Event()
        advance = Trainer.advance

        def slowly(trainer: Trainer, steps: int) -> None:
            # The way does not end before the test has seen that it can be cancelled.
            walked.wait(0.02)
            advance(trainer, 1)

        monkeypatch.setattr(Trainer, "advance", slowly)
        place.qtbot.keyClicks(panel, ">")
        qtbot.waitUntil(lambda: not panel.status._cancel.isHidden())
        assert not inspector.is_open
        place.press(Qt.Key.Key_Escape)
        walked.set()
        place.wait()
        assert panel.status._cancel.isHidden()
        assert inspector.trainer.step == 1
        assert same_state(inspector.walk.state(), before)

"""Predict mode: typing, every slip by its name, hints, whole matrices and the score."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from playground.engine.regularizers import L2
from playground.gui.inspect.step.matrix_model import Verdict
from playground.gui.inspect.step.predictor import parse_matrix
from playground.gui.inspect.step_panel import StepPanel
from playground.inspection.predict import NotANumber
from playground.inspection.slips import Slip
from playground.inspection.tape import record
from tests.gui.inspect.bench import Bench, bench

Floats = NDArray[np.float64]


@pytest.fixture
def place(qtbot: QtBot, qapp: QApplication) -> Iterator[Bench]:
    with bench(qtbot, qapp) as made:
        made.press(Qt.Key.Key_P)
        yield made


@pytest.fixture
def panel(place: Bench) -> StepPanel:
    return place.panel


def type_answer(place: Bench, text: str) -> None:
    """Type into the cell that is open, and press Enter."""
    view = place.panel.view.card.row.result.view
    place.qtbot.waitUntil(lambda: view.viewport().findChild(QLineEdit) is not None)
    line = view.viewport().findChild(QLineEdit)
    assert line is not None
    line.selectAll()
    place.qtbot.keyClicks(line, text)
    place.qtbot.keyClick(line, Qt.Key.Key_Return)
    # The editor goes when the event loop turns.
    place.qtbot.waitUntil(lambda: line not in view.viewport().findChildren(QLineEdit))


def said(place: Bench) -> str:
    return place.panel.view.predict.message


def test_that_results_are_hidden_until_they_are_typed(place: Bench, panel: StepPanel) -> None:
    panel.inspector.go_to_key("z.0", (0, 0))
    view = panel.view.card.row.result.view
    assert view.matrix_model.text(0, 0) == "?"
    assert "= ?" in panel.view.card.sum.plain
    assert "type its value" in view.matrix_model.spoken(0, 0)
    place.press(Qt.Key.Key_Return)
    type_answer(place, "0.3775")
    assert view.matrix_model.text(0, 0) == "+0.378"
    assert view.matrix_model.answers[0, 0].verdict is Verdict.RIGHT
    # The next cell opens by itself.
    type_answer(place, "0.3925")
    assert panel.predictor.is_done(panel.inspector.operation)
    assert panel.view.predict.score == "2 of 2 right, 2 at the first try"
    place.qtbot.waitUntil(panel.hasFocus)


def test_that_a_digit_starts_to_fill_in_the_cell_that_tab_has_reached(
    place: Bench, panel: StepPanel
) -> None:
    panel.inspector.go_to_key("z.0", (0, 0))
    view = panel.view.card.row.result.view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    place.qtbot.keyClick(view, Qt.Key.Key_3)
    assert panel.inspector.operation.key == "z.0"
    line = view.viewport().findChild(QLineEdit)
    assert line is not None
    assert line.text() == "3"
    place.qtbot.keyClick(line, Qt.Key.Key_Escape)


def test_that_what_is_hidden_shows_nowhere_else(place: Bench, panel: StepPanel) -> None:
    panel.inspector.go_to_key("∂L/∂z.1", (0, 0))
    assert not panel.view.card.check.isVisible()
    panel.inspector.go_to_key("update.W.0", (0, 0))
    assert not panel.view.update_card.isVisible()
    panel.inspector.go_to_key("a.1", (0, 0))
    assert "ŷ" not in panel.view.side.sample_text
    panel.set_predicting(False)
    assert "ŷ = (0.751, 0.773)" in panel.view.side.sample_text


def _sign(values: Floats, panel: StepPanel) -> Floats:
    return -values


def _no_derivative(values: Floats, panel: StepPanel) -> Floats:
    return panel.inspector.operation.upstreams[0].values


def _of_output(values: Floats, panel: StepPanel) -> Floats:
    return slipped(Slip.DERIVATIVE_OF_OUTPUT, panel)


def _doubled(values: Floats, panel: StepPanel) -> Floats:
    return 2 * values


def _halved(values: Floats, panel: StepPanel) -> Floats:
    return values / 2


def _updated(values: Floats, panel: StepPanel) -> Floats:
    return slipped(Slip.UPDATED_WEIGHTS, panel)


def _transposed(values: Floats, panel: StepPanel) -> Floats:
    return values.T


def slipped(slip: Slip, panel: StepPanel) -> Floats:
    """Return what the current operation gives if a slip was made on the way."""
    situation = panel.inspector.recording.situation
    tape = record(situation, slip=slip).tape
    return tape.operation(panel.inspector.operation.key).result.values


SLIPS: tuple[tuple[str, Callable[[Floats, StepPanel], Floats], Slip], ...] = (
    ("∂L/∂a.1", _sign, Slip.SIGN),
    ("∂L/∂z.1", _no_derivative, Slip.NO_DERIVATIVE),
    ("∂L/∂z.1", _of_output, Slip.DERIVATIVE_OF_OUTPUT),
    ("∂L/∂W.1", _doubled, Slip.DOUBLED),
    ("∂L/∂W.1", _halved, Slip.HALVED),
    ("∂L/∂W.1", _transposed, Slip.TRANSPOSED),
    ("∂L/∂a.0", _updated, Slip.UPDATED_WEIGHTS),
)


def test_that_a_miss_is_called_by_the_name_of_its_slip(place: Bench, panel: StepPanel) -> None:
    for key, wrong, slip in SLIPS:
        # In row 0, column 1 transposed matrices differ, too.
        panel.inspector.go_to_key(key, (0, 1))
        panel.setFocus()
        values = panel.inspector.operation.result.values
        place.press(Qt.Key.Key_Return)
        type_answer(place, f"{wrong(values, panel)[0, 1]:.4g}")
        assert slip.value in said(place), slip
    assert panel.predictor.score.tried_count == len({key for key, _, _ in SLIPS})
    assert panel.predictor.score.first_count == 0


def test_that_a_missing_mean_and_a_forgotten_penalty_are_recognised(
    qtbot: QtBot, qapp: QApplication
) -> None:
    with bench(qtbot, qapp, "xor") as place:
        panel = place.panel
        walk = panel.inspector.walk
        place.session.edit("training.regularizer", L2(0.1), "Set regularization")
        place.qtbot.waitUntil(lambda: panel.inspector.walk is not walk)
        place.wait()
        panel.switches.change("is_batch", True)
        panel.set_predicting(True)
        for key, slip in (
            ("∂L/∂W.0", Slip.NO_MEAN),
            ("∂C/∂W.0", Slip.NO_REGULARIZATION),
        ):
            panel.inspector.go_to_key(key, (0, 0))
            place.press(Qt.Key.Key_Return)
            type_answer(place, f"{slipped(slip, panel)[0, 0]:.4g}")
            assert slip.value in said(place)


def test_that_a_right_second_try_counts_but_not_as_a_first(place: Bench, panel: StepPanel) -> None:
    panel.inspector.go_to_key("ℓ", (0, 0))
    for text in ("0.3", "0.298"):
        place.press(Qt.Key.Key_Return)
        type_answer(place, text)
    assert panel.view.predict.score == "1 of 1 right, 0 at the first try"


def test_that_hints_come_in_steps_and_end_with_the_answer(place: Bench, panel: StepPanel) -> None:
    panel.inspector.go_to_key("z.1", (0, 0))
    hints = []
    for _ in range(4):
        place.press(Qt.Key.Key_H)
        hints.append(said(place))
    assert hints[0].startswith("z² = a¹·W² + b²")
    assert "(1×2) = (1×2) · (2×2)" in hints[1]
    assert "one is" in hints[2]
    assert hints[3].endswith("1.1059")
    assert not panel.predictor.is_open(panel.inspector.operation, (0, 0))
    assert panel.predictor.is_open(panel.inspector.operation, (0, 1))


def test_that_a_whole_matrix_is_judged_at_once(place: Bench, panel: StepPanel) -> None:
    panel.inspector.go_to_key("∂L/∂W.1", (0, 0))
    values = panel.inspector.operation.result.values
    rows = ["  ".join(f"{value:.4g}" for value in row) for row in values.T]
    panel.view.predict.answer_typed.emit("; ".join(rows))
    assert Slip.TRANSPOSED.value in said(place)
    rows = ["  ".join(f"{value:.4g}" for value in row) for row in values]
    panel.view.predict.answer_typed.emit("; ".join(rows))
    assert panel.predictor.is_done(panel.inspector.operation)


def test_that_something_else_than_a_number_is_told_so(place: Bench, panel: StepPanel) -> None:
    panel.inspector.go_to_key("ℓ", (0, 0))
    place.press(Qt.Key.Key_Return)
    type_answer(place, "0.3.1")
    assert "is not a number" in said(place)
    assert panel.view.predict.score == ""


def test_that_cells_shown_untried_do_not_count(place: Bench, panel: StepPanel) -> None:
    panel.inspector.go_to_key("z.0", (0, 0))
    panel.view.predict.rest_requested.emit()
    assert panel.predictor.is_done(panel.inspector.operation)
    assert panel.view.predict.score == ""


def test_that_answers_stay_with_their_operation(place: Bench, panel: StepPanel) -> None:
    panel.inspector.go_to_key("ℓ", (0, 0))
    place.press(Qt.Key.Key_Return)
    type_answer(place, "0.298")
    place.press(Qt.Key.Key_Left)
    place.press(Qt.Key.Key_Right)
    assert panel.predictor.is_done(panel.inspector.operation)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 2; 3 4", [[1, 2], [3, 4]]),
        ("1 2 3 4", [[1, 2], [3, 4]]),
        ("[1 ?]\n[3 1/2]", [[1, np.nan], [3, 0.5]]),
        ("1 3", [[1, 3]]),
    ],
)
def test_that_matrices_are_read_as_people_write_them(text: str, values: list[list[float]]) -> None:
    _, read = parse_matrix(text, (2, 2))
    np.testing.assert_array_equal(read, values)


@pytest.mark.parametrize("text", ["", "1 2; 3", "1 x", "1 " * 5000])
def test_that_other_texts_are_refused_with_a_reason(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_matrix(text, (2, 2))

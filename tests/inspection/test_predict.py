"""Answers: right to three figures, or wrong in a way that has a name."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.activations import Sigmoid, Tanh
from playground.engine.losses import HalfSquared, MeanSquared, SoftmaxCrossEntropy
from playground.engine.regularizers import L2
from playground.inspection.operation import Notation, Operation
from playground.inspection.predict import (
    Judge,
    NotANumber,
    Score,
    agrees,
    hint,
    parse_number,
)
from playground.inspection.slips import Slip
from playground.inspection.tape import record
from playground.schema.task import TaskKind
from tests.contracts.catalog import TASKS
from tests.inspection.steps import mazur, situation

THREE = TASKS[TaskKind.MULTICLASS]


def test_that_three_figures_are_enough() -> None:
    judge, operation = _judge("∂L/∂W.1")
    assert judge.cell(operation, 0, 0, 0.0822).is_right
    assert not judge.cell(operation, 0, 0, 0.085).is_right
    assert not Judge(judge.recording, 5).cell(operation, 0, 0, 0.0822).is_right
    assert Judge(judge.recording, 5).cell(operation, 0, 0, 0.082167).is_right


@pytest.mark.parametrize(
    "typed, expected, figures, is_right",
    [
        (0.0, 0.0, 3, True),
        (0.01, 0.0, 3, False),
        (-9.43e-3, -0.009441, 3, True),
        (0.009441, -0.009441, 3, False),
        (1234.0, 1230.0, 2, True),
        (1.0, float("nan"), 3, False),
    ],
)
def test_that_figures_are_counted_from_the_first_that_is_not_zero(
    typed: float, expected: float, figures: int, is_right: bool
) -> None:
    assert agrees(typed, expected, figures) is is_right


@pytest.mark.parametrize(
    "text, value", [("-0.084", -0.084), ("−0,084", -0.084), (" 1e-3 ", 1e-3), ("1/4", 0.25)]
)
def test_that_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "x", "1/0", "inf", "nan", "1/2/3", "9" * 100])
def test_that_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NotANumber, match="type one such as"):
        parse_number(text)


def _judge(key: str) -> tuple[Judge, Operation]:
    recording = record(mazur())
    return Judge(recording), recording.tape.operation(key)


def _expect(
    judge: Judge, key: str, slip: Slip, typed: float, row: int = 0, column: int = 0
) -> None:
    judgement = judge.cell(judge.recording.tape.operation(key), row, column, typed)
    assert judgement.slip is slip, judgement
    assert not judgement.is_right
    assert slip.value in judgement.message


def test_that_each_slip_is_named() -> None:
    here = situation(Sigmoid(), MeanSquared(), THREE, 5, regularizer=L2(0.3), learning_rate=0.5)
    recording = record(here)
    judge, tape, graph = Judge(recording), recording.tape, recording.graph

    def value(key: str) -> float:
        return float(tape.operation(key).result.values[0, 0])

    _expect(judge, "∂L/∂W.1", Slip.SIGN, -value("∂L/∂W.1"))
    upstream = float(tape.operation("∂L/∂z.0").upstreams[0].values[0, 0])
    _expect(judge, "∂L/∂z.0", Slip.NO_DERIVATIVE, upstream)
    at_output = upstream * float(Sigmoid().derivative(graph["a.0"])[0, 0])
    _expect(judge, "∂L/∂z.0", Slip.DERIVATIVE_OF_OUTPUT, at_output)
    _expect(judge, "∂L/∂W.2", Slip.NO_MEAN, 5 * value("∂L/∂W.2"))
    _expect(judge, "∂L/∂W.2", Slip.DOUBLED, 2 * value("∂L/∂W.2"))
    _expect(judge, "∂L/∂W.2", Slip.HALVED, value("∂L/∂W.2") / 2)
    _expect(judge, "∂C/∂W.0", Slip.NO_REGULARIZATION, value("∂L/∂W.0"))
    after = recording.update.after[recording.places["W.2"].indices]
    used_later = float((tape.operation("∂L/∂z.2").result.values @ after.T)[0, 0])
    _expect(judge, "∂L/∂a.1", Slip.UPDATED_WEIGHTS, used_later)


def test_that_a_missing_half_is_named_where_the_loss_has_one() -> None:
    recording = record(mazur())
    value = float(recording.tape.operation("∂L/∂W.1").result.values[0, 1])
    _expect(Judge(recording), "∂L/∂W.1", Slip.DOUBLED, 2 * value, 0, 1)


def test_that_a_transposed_matrix_is_named() -> None:
    recording = record(mazur())
    operation = recording.tape.operation("∂L/∂W.1")
    _expect(Judge(recording), "∂L/∂W.1", Slip.TRANSPOSED, operation.result.values[1, 0], 0, 1)
    back = recording.tape.operation("∂L/∂a.0")
    wrong = back.operands[0].values @ back.operands[1].values.T
    _expect(Judge(recording), "∂L/∂a.0", Slip.TRANSPOSED, float(wrong[0, 0]))


def test_that_a_slip_made_earlier_is_recognised_later() -> None:
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE)
    recording = record(here)
    slipped = record(here, slip=Slip.NO_DERIVATIVE).tape.operation("∂L/∂W.0")
    _expect(Judge(recording), "∂L/∂W.0", Slip.NO_DERIVATIVE, slipped.result.values[0, 0])


def test_that_a_whole_matrix_is_judged_at_once() -> None:
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE)
    recording = record(here)
    judge, operation = Judge(recording), recording.tape.operation("∂L/∂z.0")
    values = operation.result.values
    judgement, right = judge.matrix(operation, np.round(values, 6))
    assert judgement.is_right
    assert right.all()
    partly = np.full(values.shape, np.nan)
    partly[0] = values[0]
    assert judge.matrix(operation, partly)[0].is_right
    judgement, right = judge.matrix(operation, -values)
    assert judgement.slip is Slip.SIGN
    assert not right.any()
    assert judge.matrix(operation, values.T)[0].slip is Slip.TRANSPOSED
    mixed = values.copy()
    mixed[0, 0] += 1
    judgement, right = judge.matrix(operation, mixed)
    assert "14 of 15 cells are right" in judgement.message
    assert "has 5 × 3 cells" in judge.matrix(operation, np.zeros((2, 2)))[0].message


def test_that_the_column_convention_is_judged_as_it_is_shown() -> None:
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE)
    recording = record(here)
    operation = recording.tape.operation("∂L/∂W.0").shown(Notation.COLUMNS)
    typed = float(operation.result.values[2, 1])
    assert Judge(recording).cell(operation, 2, 1, typed).is_right
    assert Judge(recording).cell(operation, 2, 1, 5 * typed).slip is Slip.NO_MEAN


def test_that_nonsense_is_not_explained_away() -> None:
    judgement = _judge("∂L/∂W.1")[0].cell(record(mazur()).tape.operation("∂L/∂W.1"), 0, 0, 17.0)
    assert judgement.slip is None
    assert "hint" in judgement.message


def test_that_an_answer_of_too_few_figures_is_told_so() -> None:
    judge = Judge(record(mazur()))
    step = judge.recording.tape.operation("∂L/∂W.1")
    for typed in (0.08, 0.082):
        told = judge.cell(step, 0, 0, typed)
        assert "3 significant figures" in told.message
        assert (told.is_right, told.slip) == (False, None)
    assert "hint" in judge.cell(step, 0, 0, 0.0845).message
    coarse, _ = judge.matrix(step, np.array([[0.082, -0.0226], [np.nan, np.nan]]))
    assert "3 significant figures" in coarse.message


def test_that_hints_go_from_the_rule_to_the_answer() -> None:
    here = situation(Tanh(), HalfSquared(), THREE)
    operation = record(here).tape.operation("∂L/∂W.1")
    hints = [hint(operation, 0, 0, level) for level in range(4)]
    assert hints[0] == "∂L/∂W² = a¹ᵀ·∂L/∂z² (matrix product)"
    assert hints[1] == "∂L/∂W²: (3×2) = (3×5) · (5×2)"
    assert "is a sum of 5 terms; one is a¹[0,0]·∂L/∂z²[0,0] = " in hints[2]
    assert hints[3] == operation.explain(0, 0).text(4)


def test_that_only_cells_that_were_tried_count() -> None:
    score = Score()
    assert score.text == ""
    score.tried(0, "∂L/∂W.0", 0, 0, False)
    score.tried(0, "∂L/∂W.0", 0, 0, True)
    score.tried(0, "∂L/∂W.0", 0, 1, True)
    score.give_up(0, "∂L/∂W.0", 1, 1)
    score.tried(0, "∂L/∂W.0", 1, 1, True)
    assert score.text == "2 of 3 right, 1 at the first try"

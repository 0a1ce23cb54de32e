"""A step as a list of operations with their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.activations import ReLU, Tanh
from playground.engine.clipping import ClipByNorm
from playground.engine.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from playground.engine.regularizers import L2
from playground.inspection.operation import Notation, Phase, Product, Shade
from playground.inspection.tape import record
from playground.schema.task import TaskKind
from tests.contracts.catalog import TASKS
from tests.inspection.steps import mazur, situation

THREE = TASKS[TaskKind.MULTICLASS]


def test_that_mazurs_numbers_are_found_on_the_tape() -> None:
    recording = record(mazur())
    tape = recording.tape
    assert tape.operation("ℓ").result.values.item() == pytest.approx(0.298371109, abs=5e-10)
    assert tape.operation("∂L/∂W.1").result.values[0, 0] == pytest.approx(0.0821670406, abs=5e-11)
    assert tape.operation("∂L/∂W.0").result.values[0, 0] == pytest.approx(0.000438567727, abs=1e-11)
    assert tape.operation("update.W.1").result.values[0, 0] == pytest.approx(0.358916480, abs=5e-10)
    assert tape.operation("update.W.0").result.values[0, 0] == pytest.approx(0.149780716, abs=5e-10)


def test_that_a_step_goes_forward_error_backward_update() -> None:
    tape = record(mazur()).tape
    phases = [operation.phase for operation in tape.operations]
    order = list(Phase)
    assert phases == sorted(phases, key=order.index)
    assert [operation.symbol for operation in tape.phase(Phase.FORWARD)] == [
        "x", "z¹", "a¹", "z²", "ŷ",
    ]  # fmt: skip
    assert [operation.symbol for operation in tape.phase(Phase.BACKWARD)] == [
        "∂L/∂ŷ", "∂L/∂z²", "∂L/∂W²", "∂L/∂b²", "∂L/∂a¹", "∂L/∂z¹", "∂L/∂W¹", "∂L/∂b¹",
    ]  # fmt: skip


def test_that_the_formula_the_shapes_and_the_sum_behind_a_cell_are_said() -> None:
    operation = record(mazur()).tape.operation("∂L/∂W.1")
    assert operation.text == "∂L/∂W² = a¹ᵀ·∂L/∂z²"
    assert operation.shapes == "(2×2) = (2×1) · (1×2)"
    assert operation.caption == "matrix product"
    assert record(mazur()).tape.operation("z.0").shapes == "(1×2) = (1×2) · (2×2) + (1×2)"
    text = operation.explain(0, 0).text(9)
    assert text == "∂L/∂W²[0,0] = Σₛ a¹[s,0]·∂L/∂z²[s,0] = 0.593269992·0.138498562 = 0.082167041"


def test_that_operands_say_what_they_are() -> None:
    operation = record(mazur()).tape.operation("∂L/∂z.0")
    assert [m.symbol for m in operation.upstreams] == ["∂L/∂a¹"]
    assert [m.symbol for m in operation.locals] == ["sigmoid′(z¹)"]
    assert [m.symbol for m in operation.kept] == ["z¹", "a¹"]
    assert operation.upstreams[0].shade is Shade.GRADIENT
    assert operation.locals[0].shade is Shade.VALUE


def test_that_the_tape_knows_where_an_operand_came_from_and_where_a_result_goes() -> None:
    tape = record(mazur()).tape
    operation = tape.operation("∂L/∂z.0")
    assert [maker.key for maker in tape.makers(operation)] == ["∂L/∂a.0"]
    assert [reader.key for reader in tape.readers(operation)] == ["∂L/∂W.0", "∂L/∂b.0"]


@pytest.mark.parametrize("key", ["z.0", "∂L/∂W.1", "∂L/∂a.0", "∂L/∂z.0", "∂L/∂b.1", "update.W.0"])
def test_that_the_column_convention_transposes_what_is_shown_and_nothing_else(key: str) -> None:
    rows = record(situation(Tanh(), SoftmaxCrossEntropy(), THREE)).tape
    columns = rows.shown(Notation.COLUMNS)
    before, after = rows.operation(key), columns.operation(key)
    np.testing.assert_array_equal(after.result.values, before.result.values.T)
    if after.product is Product.MATRIX:
        left, right = (matrix.values for matrix in after.operands[:2])
        added = after.operands[2].values if len(after.operands) > 2 else 0
        np.testing.assert_allclose(left @ right + added, after.result.values)
    spelled, there = before.explain(0, 1), after.explain(1, 0)
    assert spelled.value == there.value
    assert spelled.terms == there.terms
    for lit in there.lit:
        assert lit.operand < len(after.operands)
    back = after.shown(Notation.ROWS)
    assert back.text == before.text
    np.testing.assert_array_equal(back.operands[0].values, before.operands[0].values)


def test_that_cells_light_up_in_the_operands_that_hold_them() -> None:
    operation = record(situation(Tanh(), SoftmaxCrossEntropy(), THREE)).tape.operation("z.0")
    for shown in (operation, operation.shown(Notation.COLUMNS)):
        row, column = (1, 2) if shown is operation else (2, 1)
        spelled = shown.explain(row, column)
        total = 1.0
        products = 0.0
        first, second, bias = spelled.lit
        left, right = (
            shown.operands[lit.operand].values[
                slice(None) if lit.row is None else lit.row,
                slice(None) if lit.column is None else lit.column,
            ]
            for lit in (first, second)
        )
        products = float(left @ right)
        assert bias.row is not None
        assert bias.column is not None
        total = products + shown.operands[bias.operand].values[bias.row, bias.column]
        assert total == pytest.approx(spelled.value)


def test_that_the_batch_shows_where_one_nth_comes_in() -> None:
    tape = record(situation(Tanh(), SoftmaxCrossEntropy(), THREE)).tape
    operation = tape.operation("∂L/∂ℓ")
    np.testing.assert_allclose(operation.result.values, np.full((5, 1), 0.2))
    assert operation.text == "∂L/∂ℓ = 1/5"
    assert tape.operation("∂L/∂b.0").caption == "sum over rows"
    assert tape.shown(Notation.COLUMNS).operation("∂L/∂b.0").caption == "sum over columns"


def test_that_softmax_and_loss_come_apart() -> None:
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE)
    fused, unfused = record(here), record(here, fused=False)
    assert "∂L/∂p" not in fused.tape
    step = unfused.tape.operation("∂L/∂z.2")
    assert step.product is Product.JACOBIAN
    assert step.operands[1].stack is not None
    assert step.operands[1].stack.shape == (5, 3, 3)
    np.testing.assert_allclose(
        step.result.values, fused.tape.operation("∂L/∂z.2").result.values, rtol=1e-12
    )
    spelled = step.explain(4, 1)
    assert sum(term.value for term in spelled.terms) == pytest.approx(spelled.value)
    assert spelled.lit[1].sample == 4


def test_that_certainty_beyond_what_numbers_hold_stays_fused_and_says_why() -> None:
    here = situation(Tanh(), BinaryCrossEntropy(), TASKS[TaskKind.BINARY])
    here.parameters.biases(2)[:] = 800
    recording = record(here, fused=False)
    assert recording.is_fused
    assert "overflows" in recording.note
    assert np.isfinite(recording.update.gradient).all()


def test_that_the_penalty_has_a_gradient_of_its_own() -> None:
    here = situation(ReLU(), SoftmaxCrossEntropy(), THREE, regularizer=L2(0.1))
    tape = record(here).tape
    weights = here.parameters.weights(0)
    np.testing.assert_allclose(tape.operation("∂Ω/∂W.0").result.values, 0.1 * weights)
    total = tape.operation("∂C/∂W.0")
    assert [m.symbol for m in total.upstreams] == ["∂L/∂W¹", "∂Ω/∂W¹"]
    assert "∂Ω/∂b.0" not in tape


def test_that_clipping_is_seen() -> None:
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE, clipping=ClipByNorm(0.01))
    recording = record(here)
    operation = recording.tape.operation("clip.W.0")
    assert operation.note == "The gradient exceeds the bound."
    assert np.linalg.norm(recording.update.clipped) == pytest.approx(0.01, rel=1e-3)
    line = operation.explain(0, 0).line
    assert line is not None
    assert line.value == pytest.approx(operation.result.values[0, 0])


def test_that_every_cell_of_every_operation_can_be_explained() -> None:
    for fused in (True, False):
        for scope in (True, False):
            here = situation(
                Tanh(), SoftmaxCrossEntropy(), THREE, 3, regularizer=L2(0.1), is_batch=scope
            )
            for notation in Notation:
                for operation in record(here, fused=fused).tape.shown(notation).operations:
                    rows, columns = operation.result.shape
                    for row in range(rows):
                        for column in range(columns):
                            spelled = operation.explain(row, column)
                            assert spelled.value == operation.result.values[row, column]
                            assert "{" not in spelled.text(3)
                    with pytest.raises(IndexError, match="has no cell"):
                        operation.explain(rows, 0)

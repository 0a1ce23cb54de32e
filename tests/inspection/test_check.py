"""Gradients against central differences, value by value."""

from __future__ import annotations

import time

import numpy as np
import pytest

from playground.engine.activations import ReLU, Step, Tanh
from playground.engine.layers import Dense, Output
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec, initial_parameters, resolve
from playground.engine.regularizers import L2
from playground.inspection.check import check, check_all, check_cell, words_for
from playground.inspection.operation import Notation
from playground.inspection.situation import Situation
from playground.inspection.slips import Slip
from playground.inspection.tape import record
from playground.schema.task import TaskKind
from tests.contracts.catalog import TASKS, batch
from tests.inspection.steps import FLOAT64, mazur, situation

THREE = TASKS[TaskKind.MULTICLASS]


def test_that_every_gradient_of_mazurs_network_is_happy() -> None:
    progress = list(check_all(record(mazur())))
    assert [step.done for step in progress] == list(range(1, progress[0].total + 1))
    assert {step.verdict.words for step in progress} == {"happy"}
    assert all(step.verdict.is_good for step in progress)
    assert [step.verdict.symbol for step in progress][:3] == ["∂L/∂ŷ", "∂L/∂z²", "∂L/∂W²"]


@pytest.mark.parametrize("fused", [True, False])
def test_that_intermediate_gradients_are_checked_too(fused: bool) -> None:
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE, regularizer=L2(0.1))
    verdicts = {step.verdict.key: step.verdict for step in check_all(record(here, fused=fused))}
    assert {"∂L/∂z.0", "∂L/∂a.1", "∂Ω/∂W.0", "∂C/∂W.0", "∂L/∂ℓ"} <= set(verdicts)
    assert ("∂L/∂p" in verdicts) is not fused
    assert {verdict.words for verdict in verdicts.values()} == {"happy"}


def test_that_a_wrong_gradient_is_called_wrong() -> None:
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE)
    recording = record(here, slip=Slip.NO_DERIVATIVE)
    assert check(recording, recording.tape.operation("∂L/∂W.0")).words == "wrong"
    assert not check(recording, recording.tape.operation("∂L/∂W.0")).is_good


def test_that_a_kink_is_flagged_instead_of_judged() -> None:
    here = situation(ReLU(), SoftmaxCrossEntropy(), THREE, 1)
    # The first unit stands exactly at its kink.
    here.parameters.matrices[0][:, 0] = 0
    recording = record(here)
    verdict = check(recording, recording.tape.operation("∂L/∂b.0"))
    assert verdict.kinks == 1
    assert "1 cell crossed a kink" in verdict.text
    cell = check_cell(recording, recording.tape.operation("∂L/∂b.0"), 0, 0)
    assert cell.words == "a kink was crossed"


def test_that_a_stand_in_is_not_called_wrong() -> None:
    recording = record(situation(Step(), SoftmaxCrossEntropy(), THREE))
    verdict = check(recording, recording.tape.operation("∂L/∂W.0"))
    assert verdict.words == "a stand-in, not the slope"
    assert verdict.is_good
    # Behind the last step function, everything is as it should be.
    assert check(recording, recording.tape.operation("∂L/∂W.2")).words == "happy"


def test_that_the_convention_changes_nothing() -> None:
    recording = record(mazur())
    operation = recording.tape.operation("∂L/∂W.1").shown(Notation.COLUMNS)
    cell = check_cell(recording, operation, 0, 1)
    assert cell.analytic == recording.tape.operation("∂L/∂W.1").result.values[0, 1]
    assert cell.words == "happy"


def test_that_a_large_matrix_is_sampled_and_says_so() -> None:
    recording = record(situation(Tanh(), SoftmaxCrossEntropy(), THREE, 40))
    verdict = check(recording, recording.tape.operation("∂L/∂z.0"), limit=10)
    assert len(verdict.cells) == 10
    assert "10 of 120 cells, sampled" in verdict.text


def test_that_what_is_no_gradient_cannot_be_checked() -> None:
    recording = record(mazur())
    with pytest.raises(ValueError, match="is not the gradient"):
        check_cell(recording, recording.tape.operation("z.0"), 0, 0)


def test_that_checking_leaves_the_values_alone() -> None:
    recording = record(mazur())
    before = {key: recording.graph[key].copy() for key in recording.graph.keys}
    for _ in check_all(recording):
        pass
    for key, values in before.items():
        np.testing.assert_array_equal(recording.graph[key], values)


@pytest.mark.parametrize(
    "error, words",
    [
        (0.0, "happy"),
        (1e-7, "happy"),
        (1e-5, "fine with kinks"),
        (1e-3, "uneasy"),
        (0.5, "wrong"),
        (float("nan"), "wrong"),
    ],
)
def test_that_errors_are_judged_as_in_the_notes(error: float, words: str) -> None:
    assert words_for(error) == words


def test_that_checking_everything_takes_less_than_a_second() -> None:
    network = NetworkSpec((Dense(8, Tanh()), Dense(8, Tanh())), Output())
    architecture = resolve(network, 2, SoftmaxCrossEntropy(), TASKS[TaskKind.BINARY])
    inputs, labels = batch(TASKS[TaskKind.BINARY], 10)
    targets = architecture.head.targets(labels)
    parameters = initial_parameters(architecture, 0, FLOAT64)
    recording = record(Situation(architecture, parameters, inputs, targets))
    started = time.process_time()
    verdicts = [step.verdict for step in check_all(recording)]
    assert time.process_time() - started < 1
    assert {verdict.words for verdict in verdicts} == {"happy"}
    assert not any(verdict.is_sampled for verdict in verdicts)

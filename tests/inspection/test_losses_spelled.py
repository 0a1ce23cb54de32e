"""The loss of a sample spelled out: the text that is shown is worked out again."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from playground.engine.activations import Identity
from playground.engine.losses import Hinge, Huber, Loss, SoftmaxCrossEntropy
from playground.inspection.tape import record
from playground.schema.task import Task, TaskKind
from tests.contracts.catalog import LOSS_TASKS, name
from tests.inspection.steps import situation

_NUMBER = r"\(?-?[\d.]+(?:e-?\d+)?\)?"
_MATHS = {
    "log": math.log,
    "lncosh": lambda error: math.log(math.cosh(error)),
    "abs": abs,
    "max": max,
    "exp": math.exp,
}


def worked_out(text: str) -> float:
    """Work out a calculation as it is written for people."""
    text = text.replace("−", "-").replace("·", "*").replace("½", "0.5").replace("²", "**2")
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text).replace("ln cosh", "lncosh")
    text = re.sub(rf"ln ({_NUMBER})", r"log(\1)", text).replace("ln(", "log(")
    text = re.sub(r"\be\^", "exp", re.sub(rf"e\^({_NUMBER})", r"exp(\1)", text))
    return float(eval(text.replace("^", "**"), {"__builtins__": {}}, _MATHS))


@pytest.mark.parametrize("loss, task", LOSS_TASKS, ids=name)
def test_that_the_sum_behind_each_loss_gives_the_loss(loss: type[Loss], task: Task) -> None:
    for fused in (True, False):
        tape = record(situation(Identity(), loss(), task), fused=fused).tape
        operation = tape.operation("ℓ")
        for row in range(len(operation.result.values)):
            spelling = operation.explain(row, 0)
            assert spelling.rule
            found = worked_out(spelling.calculation(14))
            assert found == pytest.approx(spelling.value, rel=1e-9, abs=1e-12)


def test_that_far_errors_and_near_ones_are_told_apart() -> None:
    task = Task(TaskKind.REGRESSION)
    step = situation(Identity(), Huber(delta=1e-3), task)
    text = record(step).tape.operation("ℓ").explain(0, 0).text(3)
    assert "δ·(|" in text
    near = record(situation(Identity(), Huber(delta=1e6), task)).tape.operation("ℓ")
    assert near.explain(0, 0).rule.startswith("½·(")


def test_that_many_wrong_classes_are_shortened_and_the_right_one_is_named() -> None:
    task = Task(TaskKind.MULTICLASS, tuple("abcdefghij"))
    operation = record(situation(Identity(), Hinge(), task)).tape.operation("ℓ")
    text = operation.explain(0, 0).text(3)
    assert "… 4 more terms …" in text
    true = int(np.argmax(operation.operands[1].values[0]))
    assert f"Σₖ≠{true} max(0, " in text
    shares = record(situation(Identity(), SoftmaxCrossEntropy(), task)).tape.operation("p")
    assert "… 5 more terms …" in shares.explain(0, 0).text(3)

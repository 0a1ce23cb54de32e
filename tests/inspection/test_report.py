"""A step as text, as JSON, and as a page to fill in."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from playground.cli import main
from playground.engine.activations import Tanh
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.regularizers import L2
from playground.inspection.operation import Notation
from playground.inspection.report import step_text, step_tree
from playground.inspection.tape import record
from playground.inspection.worksheet import BLANK, worksheet
from playground.schema.task import TaskKind
from tests.contracts.catalog import TASKS
from tests.inspection.steps import mazur, situation

THREE = TASKS[TaskKind.MULTICLASS]


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["inspect", *arguments]) == 0
    return capsys.readouterr().out


def test_that_every_operation_is_printed_with_its_numbers() -> None:
    text = step_text(record(mazur()), "Mazur", with_check=True)
    for operation in record(mazur()).tape.operations:
        assert operation.text in text
    assert "FORWARD" in text
    assert "0.298371" in text
    assert text.count("check: happy") == 8
    assert "expected a change of" in text


def test_that_json_has_every_number_at_full_precision() -> None:
    recording = record(situation(Tanh(), SoftmaxCrossEntropy(), THREE, regularizer=L2(0.1)))
    tree = json.loads(json.dumps(step_tree(recording, with_check=True)))
    for entry, operation in zip(tree["operations"], recording.tape.operations, strict=True):
        assert entry["symbol"] == operation.symbol
        np.testing.assert_array_equal(entry["result"]["values"], operation.result.values)
        assert ("check" in entry) is operation.is_gradient
    back = next(e for e in tree["operations"] if e["key"] == "∂L/∂W.1")
    assert back["downstream"] == back["result"]["values"]
    assert [m["symbol"] for m in back["upstream"]] == ["∂L/∂z²"]
    assert [m["symbol"] for m in back["local"]] == ["a¹ᵀ"]


def test_that_the_jacobian_of_each_sample_is_in_the_json() -> None:
    recording = record(situation(Tanh(), SoftmaxCrossEntropy(), THREE), fused=False)
    tree = step_tree(recording)
    entry = next(e for e in tree["operations"] if e["product"] == "Jacobian of each sample")
    assert np.shape(entry["local"][0]["values"]) == (5, 3, 3)
    assert "∂p/∂z³ of sample 1" in step_text(recording, "")


def test_that_numbers_that_are_not_finite_leave_the_json_valid() -> None:
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE)
    here.parameters.vector[:] = np.nan
    tree = step_tree(record(here))
    assert tree["cost"] is None
    assert json.dumps(tree, allow_nan=False)


def test_that_the_command_prints_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    text = _run(capsys, "xor", "--check")
    assert "batch of 4 samples" in text
    assert "∂L/∂W¹ = xᵀ·∂L/∂z¹" in text


def test_that_scope_notation_and_fusion_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    text = _run(capsys, "xor", "--sample", "2", "--notation", "columns", "--unfused", "--json")
    tree: dict[str, Any] = json.loads(text)
    assert (tree["scope"], tree["samples"], tree["notation"]) == ("sample", [2], "columns")
    assert not tree["fused"]
    z = next(e for e in tree["operations"] if e["key"] == "z.0")
    assert z["formula"] == "z¹ = W¹·x + b¹"
    assert z["result"]["shape"] == [2, 1]
    assert any(e["key"] == "∂L/∂p" for e in tree["operations"])


def test_that_several_steps_follow_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _run(capsys, "xor", "--after", "5", "--steps", "3", "--json").splitlines()
    trees = [json.loads(line) for line in lines]
    assert [tree["step"] for tree in trees] == [6, 7, 8]
    after = next(e for e in trees[0]["operations"] if e["key"] == "update.W.0")
    before = next(e for e in trees[1]["operations"] if e["key"] == "z.0")
    assert np.allclose(after["result"]["values"], before["inputs"][1]["values"], rtol=1e-5)


def test_that_a_sample_that_is_not_there_is_one_clear_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["inspect", "xor", "--sample", "99"]) == 2
    assert "choose one from 0 to 3" in capsys.readouterr().err


def test_that_a_worksheet_gives_what_is_given_and_leaves_the_rest_blank() -> None:
    page = worksheet(record(mazur()), "Mazur's *network*")
    assert page.startswith("# Mazur's \\*network\\*\n")
    assert "0.1500" in page
    assert BLANK in page
    assert "0.2984" not in page
    assert "0.5933" not in page
    for heading in ("1 Forward", "2 Error", "3 Backward", "4 Update"):
        assert f"## {heading}" in page


def test_that_the_key_has_every_answer() -> None:
    recording = record(mazur())
    key = worksheet(recording, "Mazur", with_answers=True, notation=Notation.COLUMNS)
    assert "answer key" in key
    assert BLANK not in key
    assert "0.2984" in key
    assert "0.0822" in key


def test_that_a_worksheet_can_ask_for_a_part() -> None:
    page = worksheet(record(mazur()), "Mazur", keys=("∂L/∂W.1",))
    assert page.count("###") == 1


def test_that_large_matrices_are_not_printed_on_paper() -> None:
    page = worksheet(record(situation(Tanh(), SoftmaxCrossEntropy(), THREE, 40)), "Large")
    assert "40 × 3 numbers; too many for a page" in page

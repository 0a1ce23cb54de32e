"""The scores that end a training with ``--json``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.cli import main


def _json_lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["train", *arguments, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "meaningful"),
    [
        (["circles"], {"test_f1", "test_auc"}),
        (["spirals-3"], {"test_f1"}),
        (["tf-playground", "--set", "data.kind=plane"], {"test_r2"}),
        (["circles", "--set", "data.training_share=1"], set()),
    ],
    ids=["two classes", "three classes", "regression", "no test set"],
)
def test_that_the_last_object_has_the_scores_that_mean_something(
    capsys: pytest.CaptureFixture[str], arguments: list[str], meaningful: set[str]
) -> None:
    last = _json_lines(capsys, *arguments, "--epochs", "3")[-1]
    scores = {name: last[name] for name in ("test_f1", "test_auc", "test_r2")}
    assert {name for name, score in scores.items() if score is not None} == meaningful
    assert all(score <= 1 for score in scores.values() if score is not None)


def test_that_only_the_last_object_has_scores(capsys: pytest.CaptureFixture[str]) -> None:
    *before, last = _json_lines(capsys, "circles", "--epochs", "3")
    assert before
    assert not any("test_f1" in line for line in before)
    assert list(last)[: len(before[0])] == list(before[0])

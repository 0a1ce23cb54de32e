"""Comparing architectures and preparing weights on the command line."""

from __future__ import annotations

import json

import pytest

from playground.cli import main

QUICK = ("--folds", "2", "--epochs", "2")


def test_that_architectures_are_compared_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cross-validate", "circles", "--layers", "4", "--layers", "8-8", *QUICK]) == 0
    out = capsys.readouterr().out
    head, first, second, *_ = out.splitlines()
    assert head.split()[:2] == ["layers", "parameters"]
    assert "held-out accuracy" in head
    assert " 4 " in first
    assert "8-8" in second
    assert "is best" in out


def test_that_json_holds_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["cross-validate", "circles", "--layers", "none", *QUICK, "--json"]
    assert main(arguments) == 0
    tree = json.loads(capsys.readouterr().out)
    assert (tree["folds"], tree["epochs"], tree["seed"]) == (2, 2, 0)
    assert [candidate["layers"] for candidate in tree["candidates"]] == [[]]
    assert len(tree["candidates"][0]["runs"]) == 2
    assert main([*arguments, "--fold-seed", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["seed"] == 1


def test_that_layers_are_suggested_where_none_are_given(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["cross-validate", "xor", "--folds", "2", "--epochs", "1", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["candidates"]) >= 3


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--layers", "wide"], "such as 8-8"),
        (["--folds", "30"], "2 <= value <= 20"),
        (["--folds", "1"], "whole number from 2"),
        (["--set", "data.kind=logic_gate", "--set", "training.batch_size=1"], "exceeds the 2"),
    ],
)
def test_that_bad_input_gets_one_clear_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], part: str
) -> None:
    try:
        status = main(["cross-validate", "spirals", *arguments])
    except SystemExit as stop:
        status = int(str(stop.code))
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    assert part in captured.err


def test_that_training_tells_how_the_preparation_went(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "circles", "--epochs", "1", "--set", "training.preparation=greedy_rbm"]
    assert main(arguments) == 0
    assert "reconstruction error" in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["preparation"] <= 1
    assert lines[-1]["epoch"] == 1


def test_that_lsuv_is_an_option_like_any_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "lsuv", "--json"]) == 0
    entry = json.loads(capsys.readouterr().out)["preparations"]["lsuv"]
    assert entry["fields"]["tolerance"]["default"] == 0.01

"""The command that writes what was learned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.cli import main
from playground.experiment.presets import load_experiment
from playground.experiment.project_file import Project, write_project
from playground.training.trainer import Trainer


def test_that_export_trains_writes_and_says_what_it_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "history.csv"
    arguments = ["--format", "history-csv", "--option", "separator=semicolon", "--epochs", "2"]
    assert main(["export", "xor", *arguments, "--output", str(path)]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(path)
    assert "cells agree exactly" in said.err
    heading, *rows = path.read_text().splitlines()
    assert heading.startswith("step;epoch;train_loss")
    assert rows[-1].split(";")[1] == "2.0"


@pytest.mark.parametrize(
    "arguments, problem",
    [
        (["--format", "excel", "--output", "a.xls"], "history-csv"),
        (["--format", "layers-csv", "--option", "color=red", "--output", "a.csv"], "color"),
        (["--format", "layers-csv", "--output", "missing/a.csv"], "missing"),
    ],
)
def test_that_a_bad_export_is_refused_before_training(
    arguments: list[str],
    problem: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", "xor", *arguments]) == 2
    assert problem in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_that_formats_can_be_looked_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "exporters", "--json"]) == 0
    described = json.loads(capsys.readouterr().out)["exporters"]
    assert described["predictions-csv"]["fields"]["separator"]["choices"][0] == "comma"


def test_that_a_project_is_exported_as_it_was_saved_unless_epochs_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = Trainer(load_experiment("xor"))
    trainer.advance(7)
    project, table = tmp_path / "mine.gplay", tmp_path / "weights.json"
    write_project(Project(trainer.spec, trainer.state()), project)
    arguments = ["export", str(project), "--format", "weights-json", "--output", str(table)]
    assert main(arguments) == 0
    written = json.loads(table.read_text())
    assert written["step"] == 7
    assert sorted(written["columns"]["value"]) == sorted(
        float(str(value)) for value in trainer.parameters.vector
    )
    assert main([*arguments, "--epochs", "2"]) == 0
    assert json.loads(table.read_text())["epoch"] == 2

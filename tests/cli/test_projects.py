"""The command line takes projects wherever it takes experiments."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.cli import main
from playground.experiment.presets import load_experiment, write_experiment
from playground.experiment.project_file import Project, read_project, write_project
from playground.training.trainer import Trainer


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project that was trained for two epochs and a bit."""
    trainer = Trainer(load_experiment("spirals"))
    trainer.advance(2 * trainer.batches_per_epoch + 3)
    path = tmp_path / "mine.gplay"
    write_project(Project(trainer.spec, trainer.state()), path)
    return path


def _last(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    last: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return last


def test_that_training_goes_on_where_a_project_was_saved(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(project), "--epochs", "3", "--json"]) == 0
    last = _last(capsys)
    trainer = Trainer(load_experiment("spirals"))
    trainer.advance(5 * trainer.batches_per_epoch + 3)
    assert last["step"] == trainer.step
    assert last["train_loss"] == trainer.metrics().train_loss


def test_that_a_project_is_inspected_where_it_was_saved(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(project), "--json"]) == 0
    trainer = Trainer(load_experiment("spirals"))
    assert _last(capsys)["step"] == 2 * trainer.batches_per_epoch + 3 + 1


def test_that_a_live_change_goes_on_and_another_network_begins_anew(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = read_project(project).state
    assert start is not None
    change = ["--epochs", "1", "--json", "--set"]
    assert main(["train", str(project), *change, "training.learning_rate=0.001"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out.splitlines()[-1])["step"] > start["step"]
    assert captured.err == ""
    assert main(["train", str(project), *change, "network.seed=5"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out.splitlines()[-1])["epoch"] == 1
    assert "training starts from the beginning" in captured.err


def test_that_describe_says_what_is_in_a_file(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["describe", str(project), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["name"] == load_experiment("spirals").name
    assert summary["trained"] == "53 steps, 2 whole epochs"
    assert summary["parameters"] > 10
    assert main(["describe", str(project)]) == 0
    assert "What differs from the defaults:" in capsys.readouterr().out
    write_experiment(load_experiment("xor"), tmp_path / "xor.json")
    assert main(["describe", str(tmp_path / "xor.json")]) == 0
    assert "  training.learning_rate: 0.3" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["train", "describe", "open"])
def test_that_a_damaged_project_gets_one_clear_line(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.gplay"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    assert main([command, str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "bad.gplay is not a project of this application, or is damaged" in captured.err


def test_that_a_state_that_does_not_fit_gets_one_clear_line(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Trainer(load_experiment("xor")).state()
    write_project(Project(load_experiment("spirals"), other), project)
    assert main(["train", str(project), "--epochs", "1"]) == 2
    assert "the state of the training does not fit" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["gone.gplay", "gone.json"])
def test_that_a_file_alone_is_opened(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / name)]) == 2
    assert f"{name}' is neither a file nor a preset" in capsys.readouterr().err


@pytest.mark.slow
def test_that_a_screenshot_shows_what_was_saved(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(
        "playground.gui.project.document.DocumentTracker._show_snapshot",
        lambda _, snapshot: seen.append(snapshot.step),
    )
    monkeypatch.setattr("playground.gui.screenshot.SETTLING_MILLISECONDS", 1)
    output = tmp_path / "a.png"
    assert main(["screenshot", str(project), "--output", str(output)]) == 0
    state = read_project(project).state
    assert state is not None
    assert set(seen) == {state["step"]}
    assert output.stat().st_size > 10_000

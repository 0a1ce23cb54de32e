"""The command line: results, progress, and one clear line on bad input."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.cli import main
from playground.experiment.catalogue import REGISTRIES
from playground.experiment.presets import load_experiment, preset_names
from playground.schema.describe import tag_of
from playground.training.trainer import Trainer

FINAL_KEYS = {
    "epoch",
    "step",
    "train_loss",
    "validation_loss",
    "test_loss",
    "train_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "steps_per_second",
}


def _json_lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["train", *arguments, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def _complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that is printed for bad input."""
    try:
        status = main(list(arguments))
    except SystemExit as stop:  # argparse ends the program itself
        status = int(str(stop.code))
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    return captured.err


def test_that_the_last_json_object_has_the_final_metrics(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = _json_lines(capsys, "spirals", "--epochs", "12")
    assert set(lines[-1]) >= FINAL_KEYS
    assert lines[-1]["epoch"] == 12
    assert lines[-1]["step"] == 12 * 25
    assert 0 <= lines[-1]["test_accuracy"] <= 1


def test_that_metrics_without_meaning_are_null(capsys: pytest.CaptureFixture[str]) -> None:
    gate = _json_lines(capsys, "and", "--epochs", "2")[-1]
    assert gate["test_loss"] is None
    assert gate["test_accuracy"] is None
    plane = _json_lines(capsys, "tf-playground", "--set", "data.kind=plane", "--epochs", "2")[-1]
    assert plane["train_accuracy"] is None
    assert plane["test_loss"] is not None
    assert plane["validation_loss"] is None


def test_that_a_validation_share_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    share = ("--set", "data.validation_share=0.2", "--epochs", "2")
    line = _json_lines(capsys, "spirals", *share)[-1]
    assert 0 <= line["validation_accuracy"] <= 1
    assert main(["train", "spirals", *share]) == 0
    assert "validation loss" in capsys.readouterr().out


def test_that_training_stops_early_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    stopping = 'training.stopping={"kind": "early", "patience": 2, "improvement": 1e6}'
    last = _json_lines(capsys, "spirals", "--set", stopping)[-1]
    assert (last["epoch"], last["stopped_early"], last["best_epoch"]) == (3, True, 1)
    assert last["watched"] == "training"
    assert last["best_loss"] == pytest.approx(last["train_loss"], rel=1e-6)
    assert main(["train", "spirals", "--set", stopping]) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("Training stopped early at epoch 3: 2 epochs without a lower training")


def test_that_a_range_of_rates_is_tested(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rate-range", "spirals-3", "--steps", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["rates"]) == len(found["losses"])
    assert 1e-3 < found["suggested"] < 0.1
    assert main(["rate-range", "spirals-3", "--steps", "100"]) == 0
    assert f"Suggested learning rate: {found['suggested']:.2g}." in capsys.readouterr().out
    empty = _complaint(capsys, "rate-range", "spirals", "--from", "1", "--to", "0.5")
    assert "the range from 1 to 0.5 is empty" in empty


def test_that_shares_beyond_all_samples_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    complaint = _complaint(capsys, "train", "spirals", "--set", "data.validation_share=0.8")
    assert "data.validation_share 0.8" in complaint
    assert "lower it to 0.5" in complaint


def test_that_xor_reaches_zero_errors_with_its_own_seed_and_length(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _json_lines(capsys, "xor")[-1]["train_accuracy"] == 1.0


def test_that_equal_seeds_give_equal_results(capsys: pytest.CaptureFixture[str]) -> None:
    def result(seed: str) -> tuple[float, float]:
        line = _json_lines(capsys, "spirals", "--epochs", "5", "--seed", seed)[-1]
        return line["train_loss"], line["test_loss"]

    assert result("3") == result("3")
    assert result("3") != result("4")


def test_that_the_command_line_trains_what_the_trainer_trains(
    capsys: pytest.CaptureFixture[str],
) -> None:
    trainer = Trainer(load_experiment("circles"))
    trainer.advance(trainer.batches_per_epoch * 7)
    line = _json_lines(capsys, "circles", "--epochs", "7")[-1]
    assert line["train_loss"] == trainer.metrics().train_loss


def test_that_seconds_limit_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert _json_lines(capsys, "tf-playground", "--seconds", "0.2")[-1]["step"] > 10


def test_that_set_reaches_options_inside_lists(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _json_lines(
        capsys,
        "spirals",
        "--set",
        "network.layers.1.activation.kind=elu",
        "--set",
        "network.layers.1.activation.alpha=0.5",
        "--set",
        "training.optimizer=momentum",
        "--set",
        "training.schedule.kind=cosine",
        "--set",
        "training.schedule.warmup_epochs=0.5",
        "--set",
        "training.clipping=norm",
        "--set",
        'data.features=["x1","x2"]',
        "--dtype",
        "float64",
        "--epochs",
        "1",
    )
    assert lines[-1]["epoch"] == 1


def test_that_a_saved_experiment_can_be_trained(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from playground.experiment.presets import write_experiment

    path = tmp_path / "mine.json"
    write_experiment(load_experiment("circles"), path)
    assert _json_lines(capsys, str(path), "--epochs", "1")[-1]["epoch"] == 1


def test_that_divergence_ends_with_status_1_and_says_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(["train", "spirals", "--set", "training.learning_rate=1e9", "--json"])
    captured = capsys.readouterr()
    assert status == 1
    assert "lower the learning rate (now 1e+09)" in captured.err
    assert "lower the learning rate" in json.loads(captured.out.splitlines()[-1])["error"]


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["train", "nothing"], ["'nothing'", "presets are", "spirals"]),
        (["train", "spirals", "--set", "training.batch_size=999"], ["999", "250", "lower it"]),
        (["train", "spirals", "--set", "learning_rate"], ["learning_rate", "path=value"]),
        (["train", "spirals", "--set", "training.rate=1"], ["training.rate", "learning_rate"]),
        (["train", "spirals", "--set", "training.loss=best"], ["best", "choose one of", "hinge"]),
        (["train", "spirals", "--set", "network.layers.9.units=3"], ["9", "from 0 to 1"]),
        (["train", "spirals", "--epochs", "many"], ["--epochs", "many"]),
        (["train", "spirals", "--seconds", "-1"], ["--seconds", "-1"]),
        (["train", "mnist"], ["data.folder", "train-images-idx3-ubyte"]),
        (["train", "mnist", "--set", "data.folder=/nowhere"], ["/nowhere", "folder"]),
        (["describe", "love"], ["love", "topics are"]),
        (["screenshot", "spirals"], ["--output"]),
        (["screenshot", "spirals", "--size", "big", "--output", "x.png"], ["big", "1440x900"]),
        (["dance"], ["dance"]),
    ],
)
def test_that_bad_input_gets_one_clear_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], parts: list[str]
) -> None:
    complaint = _complaint(capsys, *arguments)
    for part in parts:
        assert part in complaint


def test_that_describe_lists_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    for name, options in REGISTRIES.items():
        assert set(entries[name]) == {tag_of(option) for option in options}
    adam = entries["optimizers"]["adam"]["fields"]
    assert adam["beta1"]["ge"] == 0
    assert adam["beta1"]["lt"] == 1
    assert adam["beta1"]["default"] == 0.9
    assert main(["describe"]) == 0
    text = capsys.readouterr().out
    assert "0 <= value < 1" in text


def test_that_describe_narrows_to_a_topic(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "elu", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["activations"]) == ["elu"]


def test_that_all_presets_of_the_first_version_are_there() -> None:
    wanted = {"and", "xor", "circles", "spirals", "spirals-3", "tf-playground", "digits", "mnist"}
    assert wanted <= set(preset_names())


def test_that_mnist_is_learned_from_real_files(
    capsys: pytest.CaptureFixture[str], shared_mnist: Path
) -> None:
    folder = f"data.folder={shared_mnist}"
    line = _json_lines(capsys, "mnist", "--set", folder, "--epochs", "4")[-1]
    assert line["test_accuracy"] >= 0.92


@pytest.mark.parametrize(
    "shown",
    [["train"], pytest.param(["inspect", "--operation", "9"], marks=pytest.mark.slow)],
    ids=lambda shown: shown[0],
)
def test_that_a_screenshot_needs_no_display(tmp_path: Path, shown: list[str]) -> None:
    path = tmp_path / "shot.png"
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "playground", "screenshot", "tf-playground"]
    options = ["--workspace", *shown, "--theme", "dark", "--size", "1280x720", "--epochs", "3"]
    done = subprocess.run(
        [*command, *options, "--output", str(path)],
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == (1280, 720)

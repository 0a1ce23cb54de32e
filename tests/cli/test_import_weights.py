"""The command that makes a project of weights from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.cli import main
from playground.experiment.project_file import read_project
from playground.exporting.weights.formats import safetensors_bytes


def test_that_exported_weights_become_a_project_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights, project = tmp_path / "w.safetensors", tmp_path / "p.gplay"
    arguments = ["--format", "safetensors", "--epochs", "2", "--output", str(weights)]
    assert main(["export", "circles", *arguments]) == 0
    assert "agree exactly" in capsys.readouterr().err
    assert main(["import-weights", str(weights), "--output", str(project)]) == 0
    assert capsys.readouterr().out.strip() == str(project)
    again = tmp_path / "again.npz"
    assert main(["export", str(project), "--format", "npz", "--output", str(again)]) == 0
    with np.load(again) as arrays:
        assert "layers.0.weight" in arrays.files


def test_that_foreign_weights_need_an_experiment_and_may_build_a_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights, project = tmp_path / "w.safetensors", tmp_path / "p.gplay"
    tensors = {"fc1.weight": np.ones((7, 2), "f"), "fc2.weight": np.ones((1, 7), "f")}
    weights.write_bytes(safetensors_bytes(tensors, {}))
    command = ["import-weights", str(weights), "--output", str(project)]
    assert main(command) == 2
    assert "--into" in capsys.readouterr().err
    assert main([*command, "--into", "circles"]) == 2
    assert "build one from these weights" in capsys.readouterr().err
    assert main([*command, "--into", "circles", "--build"]) == 0
    assert read_project(project).spec.network.layers[0].units == 7  # type: ignore[union-attr]

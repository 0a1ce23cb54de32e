"""Presets that come with the application, and experiments in files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.engine.layers import Dense
from playground.engine.network import NetworkSpec
from playground.experiment.presets import (
    MAXIMUM_BYTES,
    ExperimentFileError,
    load_experiment,
    preset_names,
    read_experiment,
    write_experiment,
)
from playground.experiment.spec import ExperimentSpec, architecture_of, checked

REQUIRED = {
    "and",
    "xor",
    "circles",
    "spirals",
    "spirals-3",
    "tf-playground",
    "digits",
    "mnist",
}


def test_that_the_promised_presets_are_there() -> None:
    assert set(preset_names()) >= REQUIRED


@pytest.mark.parametrize("name", preset_names())
def test_that_a_preset_is_valid_and_says_what_it_is(name: str) -> None:
    spec = load_experiment(name)
    assert checked(spec) == spec
    assert spec.name != ExperimentSpec().name
    assert spec.about.endswith((".", "?", "!"))


@pytest.mark.parametrize("name", preset_names())
def test_that_a_preset_survives_saving(name: str, tmp_path: Path) -> None:
    spec = load_experiment(name)
    write_experiment(spec, tmp_path / "saved.json")
    assert load_experiment(str(tmp_path / "saved.json")) == spec


def test_that_the_gates_are_as_small_as_they_can_be() -> None:
    assert load_experiment("and").network.layers == ()
    layers = architecture_of(load_experiment("xor")).layers
    assert [(layer.inputs, layer.outputs) for layer in layers] == [(2, 2), (2, 1)]


def test_that_tf_playground_is_its_exact_default() -> None:
    spec = load_experiment("tf-playground")
    layers = architecture_of(spec).layers
    assert [layer.outputs for layer in layers] == [4, 2, 1]
    assert {layer.activation.__class__.__name__ for layer in layers} == {"Tanh"}
    assert {layer.layer.initial_bias for layer in layers} == {0.1}
    assert {getattr(layer.layer.initializer, "limit", None) for layer in layers} == {0.5}
    training = spec.training
    assert (training.learning_rate, training.batch_size) == (0.03, 10)
    assert spec.data.training_count == 250
    assert spec.data.__class__.__name__ == "Circles"


def test_that_an_experiment_can_be_written_over_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    for units in (3, 5):
        write_experiment(ExperimentSpec(network=NetworkSpec((Dense(units),))), path)
    assert read_experiment(path).network.layers == (Dense(5),)
    assert [p.name for p in tmp_path.iterdir()] == ["experiment.json"]


def test_that_a_name_that_is_nothing_lists_the_presets() -> None:
    with pytest.raises(ExperimentFileError, match=r"'nothing' is neither .* spirals, "):
        load_experiment("nothing")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "broken.json is not valid JSON"),
        (b"", "broken.json is not valid JSON"),
        (b"\xff\xfe\x00", "broken.json is not valid JSON"),
        (b"[" * 100_000, "broken.json is not valid JSON"),
        (b"[]", "broken.json: the file is not an experiment"),
        (b"3", "broken.json: the file is not an experiment"),
        (b'{"data": {"kind": "moons"}}', "broken.json: data.kind 'moons' is not known"),
        (b'{"name": "\\ud800"}', "broken.json: the file cannot be written"),
        (b'{"training": {"batch_size": 1000}}', "broken.json: training.batch_size 1000 exceeds"),
        (b" " * (MAXIMUM_BYTES + 1), "broken.json is larger than 1000 kB"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_that_a_broken_file_is_explained(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(ExperimentFileError) as caught:
        read_experiment(path)
    assert str(caught.value).startswith(message)


def test_that_a_missing_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ExperimentFileError, match=r"cannot be read .* check the path"):
        read_experiment(tmp_path / "nowhere" / "x.json")
    with pytest.raises(ExperimentFileError, match=r"cannot be written .* choose another"):
        write_experiment(ExperimentSpec(), tmp_path / "nowhere" / "x.json")


def test_that_a_saved_file_is_readable_by_people(tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    write_experiment(ExperimentSpec(), path)
    text = path.read_text("utf-8")
    assert json.loads(text)["version"] == 1
    assert '\n  "network": {\n' in text

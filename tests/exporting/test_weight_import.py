"""Weights from files: into a network that fits, into one made for them, and never on trust."""

from __future__ import annotations

import io
import itertools
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.exporting.run import Run
from playground.exporting.weights.exporters import NpzWeights, SafetensorsWeights
from playground.exporting.weights.formats import (
    WeightFile,
    WeightFileError,
    npz_bytes,
    read_npz,
    read_safetensors,
    read_weights,
    safetensors_bytes,
)
from playground.exporting.weights.importing import spec_for_weights, trainer_with_weights
from playground.exporting.weights.tensors import UnfitWeights
from playground.training.jobs import Progress
from tests.exporting.networks import many_kinds, spec_of


@pytest.fixture(scope="module")
def mixed() -> Run:
    return many_kinds()


@pytest.mark.parametrize("exporter", [SafetensorsWeights(), NpzWeights()])
def test_that_weights_come_back_as_they_left(exporter: Any, mixed: Run, tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    exporter.write(mixed, path, Progress())
    trainer = trainer_with_weights(mixed.spec, read_weights(path))
    assert np.array_equal(trainer.parameters.vector, mixed.trainer.parameters.vector)
    assert np.array_equal(Run(trainer).outputs, mixed.outputs)
    first = trainer.history.view().train_loss[0]
    assert first == pytest.approx(trainer.quick_metrics().train_loss)
    trainer.advance(3)


def test_that_a_network_is_built_from_the_experiment_in_a_file(mixed: Run) -> None:
    file = read_safetensors(SafetensorsWeights().content(mixed, Progress()))
    assert spec_for_weights(file, spec_of("digits")) == mixed.spec


def _linear(*widths: int, names: str = "net.{}.") -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    tensors = {}
    for place, (inputs, outputs) in enumerate(itertools.pairwise(widths)):
        prefix = names.format(2 * place)
        tensors[f"{prefix}weight"] = rng.normal(size=(outputs, inputs)).astype(np.float32)
        tensors[f"{prefix}bias"] = rng.normal(size=outputs).astype(np.float32)
    return tensors


@pytest.mark.parametrize("names", ["net.{}.", "layers.{}.", "{}."])
def test_that_a_network_is_built_from_the_shapes_of_foreign_weights(names: str) -> None:
    # Twelve layers: names are sorted by number, or the tenth would come before the second.
    widths = (2, 5, 4, 3, 4, 5, 6, 5, 4, 3, 2, 1)
    tensors = _linear(*widths, names=names)
    file = read_safetensors(safetensors_bytes(tensors, {}))
    spec = spec_for_weights(file, spec_of("circles"))
    assert [layer.units for layer in spec.network.layers] == list(widths[1:-1])  # type: ignore[union-attr]
    trainer = trainer_with_weights(spec, file)
    matrix = trainer.parameters.matrices[1]
    assert np.array_equal(matrix[:-1].T, tensors[f"{names.format(2)}weight"])
    assert np.array_equal(matrix[-1], tensors[f"{names.format(2)}bias"])


def test_that_a_mismatch_names_layer_and_both_shapes() -> None:
    spec = spec_of("circles", network__layers=[{"kind": "dense", "units": 5}])
    file = WeightFile(_linear(2, 4, 1), {})
    with pytest.raises(UnfitWeights, match=r"layer 1: layers\.0\.weight.*\(5 × 2\).*\(4 × 2\)"):
        trainer_with_weights(spec, file)
    with pytest.raises(UnfitWeights, match="1 dense layers, the network has 2"):
        trainer_with_weights(spec, WeightFile(_linear(2, 1), {}))
    with pytest.raises(UnfitWeights, match="3 inputs, but the data Circles has 2"):
        spec_for_weights(WeightFile(_linear(3, 4, 1), {}), spec)
    with pytest.raises(UnfitWeights, match="has 7 outputs"):
        spec_for_weights(WeightFile(_linear(2, 4, 7), {}), spec)
    broken = _linear(2, 5, 1) | {"net.2.weight": np.zeros((1, 4), np.float32)}
    with pytest.raises(UnfitWeights, match=r"takes 4 inputs, but .* has 5 outputs"):
        spec_for_weights(WeightFile(broken, {}), spec)


def test_that_weights_that_are_no_numbers_are_refused() -> None:
    tensors = _linear(2, 4, 1)
    tensors["net.0.weight"][1, 1] = np.nan
    spec = spec_of("circles", network__layers=[{"kind": "dense", "units": 4}])
    with pytest.raises(UnfitWeights, match=r"layers\.0\.weight has values that are not finite"):
        trainer_with_weights(spec, WeightFile(tensors, {}))
    tensors = {name: array.astype(float) for name, array in _linear(2, 4, 1).items()}
    tensors["net.0.bias"][0] = 1e300
    with np.errstate(over="ignore"), pytest.raises(UnfitWeights, match="float64"):
        trainer_with_weights(spec, WeightFile(tensors, {}))


def test_that_a_column_first_matrix_of_numpy_is_read(tmp_path: Path) -> None:
    path, matrix = tmp_path / "a.npz", np.arange(6.0).reshape(2, 3)
    np.savez(path, **{"0.weight": matrix.T})
    assert np.array_equal(read_weights(path).tensors["0.weight"], matrix.T)


def test_that_hostile_files_are_refused_in_words(tmp_path: Path) -> None:
    pickled = io.BytesIO()
    np.savez(pickled, **{"0.weight": np.array([{}], object)})
    long = struct.pack("<Q", 2**62) + b"{}"
    lying = json.dumps({"w": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 8]}}).encode()
    deep = b"[" * 100_000
    contents = [
        b"",
        b"PK\x03\x04 not a zip",
        long,
        struct.pack("<Q", len(lying)) + lying + bytes(8),
        struct.pack("<Q", len(deep)) + deep,
        pickled.getvalue(),
        safetensors_bytes({"w": np.zeros((2, 2, 2), np.float32)}, {}),
        npz_bytes({}, {}),
    ]
    path = tmp_path / "weights.safetensors"
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(WeightFileError, match=r"weights\.safetensors is not a file of weights"):
            read_weights(path)
    with pytest.raises(WeightFileError, match="cannot be read"):
        read_weights(tmp_path / "missing")


def test_that_an_experiment_that_is_not_sound_is_refused() -> None:
    for text in ("[" * 10_000, '{"version": 99}', '{"network": 3}', "null"):
        file = WeightFile(_linear(2, 1), {"experiment": text})
        with pytest.raises(UnfitWeights, match="experiment in the file"):
            spec_for_weights(file, spec_of("circles"))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_that_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    tensors = _linear(2, 3, 1)
    is_npz = data.draw(st.booleans())
    content = bytearray((npz_bytes if is_npz else safetensors_bytes)(tensors, {"made_by": "us"}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    content = content[:cut] if data.draw(st.booleans()) else content
    try:
        file = (read_npz if is_npz else read_safetensors)(bytes(content))
        spec_for_weights(file, spec_of("circles"))
    except (ValueError, UnfitWeights):
        pass

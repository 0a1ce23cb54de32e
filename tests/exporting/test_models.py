"""Weights, ONNX models and NumPy scripts: they say what the network says, for every option."""

from __future__ import annotations

import io
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.data.features import FEATURES
from playground.engine.activations import Activation
from playground.engine.layers import Layer
from playground.engine.losses import Loss
from playground.engine.network import predict
from playground.experiment.presets import load_experiment, preset_names
from playground.exporting.command import (
    made_exporter,
    written_and_proved,
    written_with_proof,
)
from playground.exporting.graph import model as onnx_model
from playground.exporting.graph import nodes
from playground.exporting.graph.exporter import OnnxModel
from playground.exporting.outputs import Expected
from playground.exporting.preparing import Preparation
from playground.exporting.run import Run
from playground.exporting.scripts import (
    numpy_parts,
    text,
    torch_losses,
    torch_optimizers,
    torch_parts,
    torch_schedules,
)
from playground.exporting.scripts.numpy_exporter import NumpyScript
from playground.exporting.scripts.numpy_script import made_numpy_script
from playground.exporting.scripts.torch_exporter import TorchScript
from playground.exporting.weights.exporters import NpzWeights, SafetensorsWeights
from playground.files import FileNotWritten
from playground.schema.task import TaskKind
from playground.training.jobs import JobRefused, Progress, Progressed
from tests.contracts.catalog import (
    ACTIVATIONS,
    CLIPPINGS,
    LOSSES,
    OPTIMIZERS,
    REGISTRY,
    REGULARIZERS,
    SCHEDULES,
    name,
)
from tests.exporting.networks import many_kinds, run_of, spec_of

LAYERS: tuple[type[Layer], ...] = REGISTRY["layers"]  # type: ignore[assignment]


@pytest.fixture(scope="module")
def mixed() -> Run:
    return many_kinds()


def test_that_every_option_is_written_in_every_language() -> None:
    assert set(nodes.ACTIVATIONS) == set(numpy_parts.ACTIVATIONS) == set(ACTIVATIONS)
    assert set(torch_parts.ACTIVATIONS) == set(ACTIVATIONS)
    assert set(nodes.LAYERS) == set(numpy_parts.LAYERS) == set(torch_parts.LAYERS) == set(LAYERS)
    assert set(torch_losses.LOSSES) == set(LOSSES)
    assert set(torch_optimizers.OPTIMIZERS) == set(OPTIMIZERS)
    assert set(torch_optimizers.REGULARIZERS) == set(REGULARIZERS)
    assert set(torch_optimizers.CLIPPINGS) == set(CLIPPINGS)
    assert set(torch_optimizers.CONSTRAINTS) == set(REGISTRY["constraints"])
    assert set(torch_schedules.SCHEDULES) == set(SCHEDULES)
    assert set(onnx_model.FEATURE_NODES) == set(text.FEATURE_SOURCES) == set(FEATURES)


def _onnx_outputs(run: Run, content: bytes) -> tuple[list[Any], list[Any], Expected]:
    """Return what ONNX Runtime and the format's own reader say."""
    import onnx
    import onnxruntime
    from onnx.reference import ReferenceEvaluator

    expected = Expected.of(run, "float32")
    given = {"inputs": expected.raw.astype(np.float32)}
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    reference = ReferenceEvaluator(onnx.load_model_from_string(content))
    return session.run(None, given), reference.run(None, given), expected


def _check_onnx(run: Run) -> None:
    content = OnnxModel().content(run, Progress())
    head = run.trainer.architecture.head
    for found in _onnx_outputs(run, content)[:2]:
        proof = Expected.of(run, "float32").proof("runtime", found[0])
        assert proof.holds, proof.sentence
        if head.task.class_names:
            certainty = head.class_certainty(Expected.of(run).outputs)
            assert np.allclose(found[1], certainty, atol=2e-5)


def _numpy_outputs(run: Run, path: Path) -> np.ndarray:
    path.write_text(made_numpy_script(run, path.name))
    names = runpy.run_path(str(path), run_name="__main__")
    expected = Expected.of(run)
    outputs: np.ndarray = names["predict"](expected.raw)
    assert expected.proof("script", outputs).holds
    head = run.trainer.architecture.head
    if head.task.class_names:
        belief = names["probabilities"](expected.outputs)
        assert np.allclose(belief, head.class_certainty(expected.outputs), atol=1e-6)
    return outputs


def test_that_a_network_of_many_kinds_is_the_same_in_every_format(
    mixed: Run, tmp_path: Path
) -> None:
    _check_onnx(mixed)
    assert _numpy_outputs(mixed, tmp_path / "mixed.py").dtype == np.float32
    for exporter in (SafetensorsWeights(), NpzWeights()):
        path = tmp_path / f"weights{exporter.suffix}"
        exporter.write(mixed, path, Progress())
        proof = exporter.prove(mixed, path, Progress())
        assert proof.holds, proof.sentence


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=name)
def test_that_every_activation_is_written_right(
    activation: type[Activation], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_of(
        "circles",
        steps=2,
        data__points=30,
        network__layers=[{"kind": "dense", "units": 6, "activation": {"kind": name(activation)}}],
        network__output__activation={"kind": name(activation)},
    )
    _check_onnx(run)
    _numpy_outputs(run, tmp_path / "network.py")
    assert "agree with the playground" in capsys.readouterr().out


@pytest.mark.parametrize("loss", LOSSES, ids=name)
def test_that_outputs_of_every_loss_become_the_same_shares(
    loss: type[Loss], tmp_path: Path
) -> None:
    for preset in ("circles", "spirals-3"):
        kind = TaskKind.BINARY if preset == "circles" else TaskKind.MULTICLASS
        if kind not in loss.tasks:
            continue
        run = run_of(preset, 2, data__points=30, training__loss={"kind": name(loss)})
        _check_onnx(run)
        _numpy_outputs(run, tmp_path / "network.py")


@pytest.mark.parametrize("scaling", REGISTRY["scalings"], ids=name)
def test_that_raw_values_are_prepared_as_the_network_was_taught(scaling: Any) -> None:
    for preset in ("spirals", "digits"):
        features = {"data__features": list(FEATURES)} if preset == "spirals" else {}
        run = run_of(preset, 0, data__points=50, data__scaling={"kind": name(scaling)}, **features)
        preparation = Preparation.of(run.data)
        inputs = preparation.inputs(preparation.raw(run.data))
        assert np.array_equal(inputs, run.data.samples.inputs)
        _check_onnx(run)


def test_that_a_regression_has_outputs_alone(tmp_path: Path) -> None:
    run = run_of(data={"kind": "plane", "points": 30})
    assert len(_onnx_outputs(run, OnnxModel().content(run, Progress()))[0]) == 1
    assert "probabilities" not in made_numpy_script(run, "a.py")
    _numpy_outputs(run, tmp_path / "plane.py")


def test_that_weights_have_the_names_and_shapes_of_pytorch(mixed: Run) -> None:
    from safetensors.numpy import load

    tensors = load(SafetensorsWeights().content(mixed, Progress()))
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    assert shapes["layers.0.weight"] == (4, 5)
    assert shapes["layers.0.bias"] == shapes["activations.0.weight"] == (4,)
    assert shapes["layers.1.running_var"] == (4,)
    assert shapes["layers.1.num_batches_tracked"] == ()
    assert shapes["layers.4.weight"] == (9, 4)
    assert shapes["layers.5.weight"] == (3, 4)
    assert shapes["layers.8.weight"] == (1, 3)
    assert "layers.7.weight" not in shapes
    matrix = mixed.trainer.parameters.matrices[0]
    assert np.array_equal(tensors["layers.0.weight"], matrix[:-1].T)
    with np.load(io.BytesIO(NpzWeights().content(mixed, Progress()))) as arrays:
        assert set(arrays.files) == {*tensors, "metadata"}


def test_that_models_tell_what_they_are(mixed: Run) -> None:
    import onnx

    model = onnx.load_model_from_string(OnnxModel().content(mixed, Progress()))
    properties = {entry.key: entry.value for entry in model.metadata_props}
    assert properties["class_names"] == '["negative", "positive"]'
    assert "standardise" in properties["experiment"]
    assert "raw values" in model.doc_string
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    preview = OnnxModel().preview(mixed, Progress())
    assert "BatchNormalization" in preview.text
    assert "opset 20" in preview.summary


def test_that_a_double_network_is_exact_in_code_and_rounded_in_onnx(tmp_path: Path) -> None:
    run = many_kinds(training__dtype="float64")
    outputs = _numpy_outputs(run, tmp_path / "double.py")
    assert outputs.dtype == np.float64
    assert Expected.of(run).tolerance < 1e-11 < Expected.of(run, "float32").tolerance
    _check_onnx(run)


def test_that_a_large_network_keeps_its_weights_beside_the_script(tmp_path: Path) -> None:
    run = run_of("digits", 1, data__points=50)
    exporter, path = NumpyScript(), tmp_path / "digits.py"
    files = exporter.write(run, path, Progress())
    assert [file.name for file in files] == ["digits.py", "digits-weights.npz"]
    proof = exporter.prove(run, path, Progress())
    assert proof.holds
    assert "50 samples" in proof.sentence
    files[1].write_bytes(NpzWeights().content(run_of("digits", 3, data__points=50), Progress()))
    with pytest.raises(JobRefused, match="outputs are off"):
        exporter.prove(run, path, Progress())


def test_that_no_name_of_an_experiment_becomes_code(tmp_path: Path) -> None:
    run = run_of(
        "circles", 0, data__points=20, name='"""\nimport os; os.abort()\n"""\\', about='\\"""\0'
    )
    path = tmp_path / "odd.py"
    path.write_text(made_numpy_script(run, path.name), encoding="utf-8")
    assert "os.abort()" in runpy.run_path(str(path))["__doc__"]


def test_that_no_library_of_a_format_is_loaded_before_it_is_used() -> None:
    code = (
        "import sys; import playground.exporting, playground.exporting.command; "
        "print(sorted({'onnx', 'safetensors', 'onnxruntime', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_that_raw_values_of_images_are_whole_numbers() -> None:
    run = run_of("digits", 0, data__points=20)
    raw = Preparation.of(run.data).raw(run.data)
    assert raw.dtype == np.uint16
    assert raw.max() == 16
    inputs = Preparation.of(run.data).inputs(raw)
    trainer = run.trainer
    found = predict(trainer.architecture, trainer.parameters, inputs)
    assert np.array_equal(found, Run(trainer).outputs)
    assert spec_of("digits").data == run.spec.data or len(raw) == 20


def test_that_cancelling_while_reading_back_leaves_no_file(mixed: Run, tmp_path: Path) -> None:
    def stop(told: Progressed) -> None:
        if told.text == "Reading back":
            progress.cancel()

    progress = Progress(stop)
    exporter = NumpyScript("beside")
    with pytest.raises(BaseException):  # noqa: B017 - what unwinds a job is its own affair
        written_with_proof(exporter, mixed, tmp_path / "a.py", progress)
    assert not list(tmp_path.iterdir())


def test_that_files_that_belong_together_are_written_together(mixed: Run, tmp_path: Path) -> None:
    (tmp_path / "a-weights.npz").mkdir()
    with pytest.raises(FileNotWritten, match="a-weights"):
        NumpyScript("beside").write(mixed, tmp_path / "a.py", Progress())
    assert [path.name for path in tmp_path.iterdir()] == ["a-weights.npz"]


@pytest.mark.parametrize("broken", [np.nan, 1e38])
@pytest.mark.parametrize("tag", ["safetensors", "npz", "onnx", "numpy", "pytorch"])
def test_that_a_network_that_diverged_is_not_written(
    tag: str, broken: float, tmp_path: Path
) -> None:
    run = run_of(
        data__points=30,
        network__layers=[{"kind": "dense", "activation": {"kind": "relu"}}],
        network__output__activation={"kind": "identity"},
    )
    run.trainer.parameters.vector[:] = broken
    exporter = made_exporter(tag)
    with pytest.raises(JobRefused, match="train again"):
        written_and_proved(exporter, run, tmp_path / f"a{exporter.suffix}", Progress())
    if tag not in ("safetensors", "npz") or np.isnan(broken):
        assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES, ids=name)
def test_that_every_loss_and_output_activation_go_together(
    loss: type[Loss], tmp_path: Path
) -> None:
    for preset, kind in (("circles", TaskKind.BINARY), ("spirals-3", TaskKind.MULTICLASS)):
        for activation in ACTIVATIONS if kind in loss.tasks else ():
            run = run_of(
                preset,
                2,
                data__points=30,
                training__loss={"kind": name(loss)},
                network__layers=[{"kind": "dense", "units": 8}],
                network__output__activation={"kind": name(activation)},
            )
            for exporter in (SafetensorsWeights(), NpzWeights(), OnnxModel()):
                path = tmp_path / f"model{exporter.suffix}"
                exporter.write(run, path, Progress())
                proof = exporter.prove(run, path, Progress())
                assert proof.holds, f"{name(activation)}: {proof.sentence}"
            _numpy_outputs(run, tmp_path / "network.py")


@pytest.mark.slow
@pytest.mark.parametrize("preset", preset_names())
def test_that_every_preset_can_be_exported(preset: str, tmp_path: Path) -> None:
    if preset == "mnist":
        pytest.skip("its files are not bundled")
    run = Run.trained(load_experiment(preset), 1, Progress())
    for exporter in (SafetensorsWeights(), OnnxModel(), NumpyScript(), TorchScript()):
        written_and_proved(exporter, run, tmp_path / f"{preset}{exporter.suffix}", Progress())

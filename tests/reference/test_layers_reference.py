"""Every kind of layer against PyTorch's numbers, as written by ``make_layers.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.backpropagation import backpropagate
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import Architecture, NetworkSpec, Parameters, predict, resolve
from playground.engine.optimizers import Momentum
from playground.schema.task import Task, TaskKind
from playground.schema.validation import decoded

TABLE = json.loads(Path(__file__).with_name("layers.json").read_text(encoding="utf-8"))
CASES = pytest.mark.parametrize("case", TABLE["cases"].values(), ids=TABLE["cases"].keys())
EXACT: dict[str, Any] = {"rtol": 1e-10, "atol": 1e-10}


def architecture_of(case: dict[str, Any]) -> Architecture:
    network = decoded({"layers": case["layers"]}, NetworkSpec)
    task = Task(TaskKind.MULTICLASS, ("a", "b", "c"))
    return resolve(network, 2, SoftmaxCrossEntropy(), task)


def vector_of(rows: list[list[list[float]]]) -> NDArray[np.float64]:
    return np.concatenate([np.ravel(np.array(layer)) for layer in rows])


def masks_of(case: dict[str, Any], step: int) -> list[Any]:
    drawn = case["masks"][step]
    return [np.array(drawn[str(i)]) if str(i) in drawn else None for i in range(20)]


def test_that_every_kind_of_layer_has_a_reference() -> None:
    kinds = {layer["kind"] for case in TABLE["cases"].values() for layer in case["layers"]}
    assert kinds == {"dense", "batch_norm", "layer_norm", "dropout", "skip"}


@CASES
def test_that_fifty_steps_end_where_pytorch_ends(case: dict[str, Any]) -> None:
    architecture = architecture_of(case)
    parameters = Parameters(architecture.layers, vector_of(case["start"]))
    inputs = np.array(case["inputs"])
    targets = architecture.head.targets(np.array(case["labels"]))
    rule, velocity = Momentum(TABLE["momentum"]), {}
    velocity = {name: np.zeros_like(parameters.vector) for name in rule.slot_names}
    for step in range(len(case["masks"])):
        rows = slice(*TABLE["batches"][step % len(TABLE["batches"])])
        trace = backpropagate(
            architecture, parameters, inputs[rows], targets[rows], masks=masks_of(case, step)
        )
        if step == 0:
            first = case["first"]
            np.testing.assert_allclose(trace.layers[-1].activation, first["outputs"], **EXACT)
            np.testing.assert_allclose(trace.gradient, vector_of(first["gradients"]), **EXACT)
        moved, velocity = rule.update_layers(
            parameters.vector, trace.gradient, velocity, step + 1, TABLE["rate"]
        )
        parameters = Parameters(architecture.layers, moved, trace.statistics)
    np.testing.assert_allclose(parameters.vector, vector_of(case["end"]), **EXACT)
    np.testing.assert_allclose(parameters.statistics, vector_of(case["running"]), **EXACT)
    np.testing.assert_allclose(predict(architecture, parameters, inputs), case["asked"], **EXACT)

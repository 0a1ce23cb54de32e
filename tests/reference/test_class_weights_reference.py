"""Class weights against PyTorch. The numbers are made by ``make_class_weights.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.engine.backpropagation import backpropagate
from playground.engine.class_weights import GivenClassWeights
from playground.engine.layers import Output
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec, Parameters, resolve
from playground.schema.task import Task, TaskKind

CASES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("class_weights.json").read_text(encoding="utf-8")
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case["labels"])))
def test_that_weighted_costs_and_gradients_are_those_of_pytorch(case: dict[str, Any]) -> None:
    logits, labels = np.array(case["logits"]), np.array(case["labels"])
    classes = logits.shape[1]
    # A network that says its inputs: identity weights, no bias.
    task = Task(TaskKind.MULTICLASS, tuple("abcd"))
    architecture = resolve(NetworkSpec((), Output()), classes, SoftmaxCrossEntropy(), task)
    parameters = Parameters(architecture.layers, np.zeros((classes + 1) * classes))
    parameters.weights(0)[:] = np.eye(classes)
    by_class = GivenClassWeights(tuple(case["weights"])).weights(labels, classes)
    trace = backpropagate(
        architecture,
        parameters,
        logits,
        architecture.head.targets(labels.astype(float)),
        weights=by_class[labels],
    )
    np.testing.assert_allclose(trace.losses, case["values"], rtol=1e-12, atol=1e-14)
    assert trace.cost == pytest.approx(case["cost"], rel=1e-12)
    delta = trace.layers[-1].pre_activation_gradient
    np.testing.assert_allclose(delta, case["gradient"], rtol=1e-10, atol=1e-14)
    # The one place where the two differ: what the sum is divided by.
    share = by_class[labels].sum() / len(labels)
    assert case["pytorch_mean"] == pytest.approx(trace.cost / share, rel=1e-12)

"""Losses against PyTorch, both as they are read and as they are recorded.

The numbers are made by ``make_losses.py`` beside this file, which also says where scales differ.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.engine.losses import AnyLoss, Loss
from playground.engine.operations import run
from playground.schema.describe import tag_of
from playground.schema.validation import decoded
from tests.contracts.catalog import LOSSES

CASES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("losses.json").read_text(encoding="utf-8")
)["cases"]
TOLERANCE = 1e-10


def _name(case: dict[str, Any]) -> str:
    settings = [str(value) for value in case["loss"].values()]
    largest = max(abs(value) for row in case["outputs"] for value in row)
    columns = len(case["outputs"][0])
    return "-".join([*settings, f"{columns}_outputs", "far" if largest > 100 else "near"])


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_that_values_and_gradients_are_those_of_pytorch(case: dict[str, Any]) -> None:
    loss: Loss = decoded(case["loss"], AnyLoss)
    outputs, targets = np.array(case["outputs"]), np.array(case["targets"])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        values, gradient = loss.values(outputs, targets), loss.gradient(outputs, targets)
    np.testing.assert_allclose(values, case["values"], rtol=TOLERANCE, atol=TOLERANCE)
    np.testing.assert_allclose(gradient, case["gradient"], rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_that_recorded_gradients_are_those_of_pytorch(case: dict[str, Any]) -> None:
    loss: Loss = decoded(case["loss"], AnyLoss)
    outputs, targets = np.array(case["outputs"]), np.array(case["targets"])
    spare = np.vstack([outputs.T, np.ones(len(outputs))])
    error = np.full(outputs.T.shape, np.nan)
    with np.errstate(all="ignore"):
        run(loss.record_prepare(spare, error))
        run(loss.record_residual(spare[:-1], targets.T, error))
    gradient = error.T * loss.residual_factor(len(error)) / len(outputs)
    np.testing.assert_allclose(gradient, case["gradient"], rtol=TOLERANCE, atol=TOLERANCE)


def test_that_no_loss_is_without_reference_values() -> None:
    assert {case["loss"]["kind"] for case in CASES} == {tag_of(loss) for loss in LOSSES}

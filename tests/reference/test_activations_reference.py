"""Activations against PyTorch's numbers, as written by ``make_activations.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from playground.engine.activations import Activation, AnyActivation
from playground.engine.operations import run
from playground.schema.describe import tag_of

TABLE = json.loads(Path(__file__).with_name("activations.json").read_text(encoding="utf-8"))
Z = np.array(TABLE["z"])
BY_TAG = {
    tag_of(activation): activation
    for activation in get_args(AnyActivation)
    if activation.element_wise
}


def _activation(case: dict[str, Any]) -> Activation:
    settings = dict(case["activation"])
    activation: Activation = BY_TAG[settings.pop("kind")](**settings)
    return activation


CASES = pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: repr(_activation(case)))


def test_that_every_element_wise_activation_has_a_reference() -> None:
    assert {case["activation"]["kind"] for case in TABLE["cases"]} == set(BY_TAG)
    assert {0.0, 1e4, -1e4, 1e30, -1e30} <= set(TABLE["z"])


@CASES
def test_that_the_readable_form_agrees_with_pytorch(case: dict[str, Any]) -> None:
    activation = _activation(case)
    np.testing.assert_allclose(activation.value(Z), case["value"], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(activation.derivative(Z), case["slope"], rtol=1e-10, atol=1e-10)


@CASES
def test_that_the_fast_form_agrees_with_pytorch(case: dict[str, Any]) -> None:
    activation = _activation(case)
    z = Z.copy()
    a = np.zeros_like(z) if activation.keeps_input else z
    slope = np.full_like(z, np.nan)
    with np.errstate(all="ignore"):
        run(activation.record_value(z, a))
        run(activation.record_derivative(z, a, slope))
    np.testing.assert_allclose(a, case["value"], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(slope, case["slope"], rtol=1e-10, atol=1e-10)

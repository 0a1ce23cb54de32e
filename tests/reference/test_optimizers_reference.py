"""Optimizers against PyTorch's numbers, and against the papers where PyTorch has none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.operations import run
from playground.engine.optimizers import LAMB, LARS, LBFGS, LearningRate, Lion, Optimizer
from playground.schema.describe import tag_of
from tests.contracts.catalog import OPTIMIZERS

Reals = NDArray[Any]
FLOAT64 = np.dtype(np.float64)
TABLE = json.loads(Path(__file__).with_name("optimizers.json").read_text(encoding="utf-8"))
START = np.array(TABLE["start"])
GRADIENTS = np.array(TABLE["gradients"])
LAYERS = (slice(0, 6), slice(6, 10))
BY_TAG = {tag_of(optimizer): optimizer for optimizer in OPTIMIZERS}


def _readable(optimizer: Optimizer, rate: float) -> Reals:
    """Return the parameters (50, 10) after every step of the textbook's rule."""
    place, slots = START, {name: np.zeros_like(START) for name in optimizer.slot_names}
    places = []
    for step, gradient in enumerate(GRADIENTS, start=1):
        place, slots = optimizer.update_layers(place, gradient, slots, step, rate, LAYERS)
        places.append(place)
    return np.array(places)


def _recorded(optimizer: Optimizer, rate: float) -> Reals:
    """Return the parameters (50, 10) after every step of the fast form."""
    place = START.copy()
    state = optimizer.allocate(len(place), FLOAT64)
    tape = optimizer.record(place, state, LearningRate(rate, FLOAT64), LAYERS)
    places = []
    for gradient in GRADIENTS:
        state.gradient[:] = gradient
        run(tape)
        places.append(place.copy())
    return np.array(places)


FORMS = pytest.mark.parametrize("form", [_readable, _recorded], ids=["readable", "recorded"])
Form = Callable[[Optimizer, float], Reals]


def _case_name(case: dict[str, Any]) -> str:
    return "-".join([case["kind"], *(f"{k}={v}" for k, v in case["settings"].items())])


@FORMS
@pytest.mark.parametrize("case", TABLE["cases"], ids=_case_name)
def test_that_fifty_steps_agree_with_pytorch(case: dict[str, Any], form: Form) -> None:
    optimizer = BY_TAG[case["kind"]](**case["settings"])
    rows = [step - 1 for step in TABLE["stored_steps"]]
    places = form(optimizer, case["learning_rate"])[rows]
    np.testing.assert_allclose(places, np.array(case["parameters"]), rtol=1e-10, atol=1e-10)
    assert rows[-1] == 49


def test_that_every_optimizer_has_a_reference() -> None:
    elsewhere = {"lion", "lars", "lamb", "lbfgs"}
    assert {case["kind"] for case in TABLE["cases"]} == {*BY_TAG} - elsewhere


def _valley_gradient(place: Reals) -> Reals:
    """Gradient of Σ 0.5 i (xᵢ - 0.1 i)² + 0.25 Σ (xᵢ - xᵢ₊₁²)²."""
    numbers = np.arange(1, len(place) + 1)
    gradient = numbers * (place - 0.1 * numbers)
    miss = place[:-1] - place[1:] ** 2
    gradient[:-1] += 0.5 * miss
    gradient[1:] -= miss * place[1:]
    return np.asarray(gradient)


def _readable_descent(optimizer: Optimizer, rate: float) -> Reals:
    place, slots = START, {name: np.zeros_like(START) for name in optimizer.slot_names}
    places = []
    for step in range(1, 51):
        gradient = _valley_gradient(place)
        place, slots = optimizer.update_layers(place, gradient, slots, step, rate, LAYERS)
        places.append(place)
    return np.array(places)


def _recorded_descent(optimizer: Optimizer, rate: float) -> Reals:
    place = START.copy()
    state = optimizer.allocate(len(place), FLOAT64)
    tape = optimizer.record(place, state, LearningRate(rate, FLOAT64), LAYERS)
    places = []
    for _ in range(50):
        state.gradient[:] = _valley_gradient(place)
        run(tape)
        places.append(place.copy())
    return np.array(places)


@pytest.mark.parametrize(
    "descent", [_readable_descent, _recorded_descent], ids=["readable", "recorded"]
)
@pytest.mark.parametrize("case", TABLE["valleys"], ids=lambda case: str(case["settings"]))
def test_that_fifty_steps_of_lbfgs_agree_with_pytorch(case: dict[str, Any], descent: Form) -> None:
    places = descent(LBFGS(**case["settings"]), case["learning_rate"])
    stored = places[[step - 1 for step in TABLE["stored_steps"]]]
    np.testing.assert_allclose(stored, np.array(case["parameters"]), rtol=1e-10, atol=1e-10)


# --- what PyTorch does not have: one parameter after another, in plain numbers ---


def _lion(settings: Lion, rate: float) -> Reals:
    """Chen et al. (2023), program 1."""
    place, momentum, places = [*START], [0.0] * len(START), []
    for gradient in GRADIENTS:
        for i, slope in enumerate(gradient):
            blend = settings.beta1 * momentum[i] + (1 - settings.beta1) * slope
            sign = 1.0 if blend > 0 else -1.0 if blend < 0 else 0.0
            place[i] -= rate * (sign + settings.weight_decay * place[i])
            momentum[i] = settings.beta2 * momentum[i] + (1 - settings.beta2) * slope
        places.append([*place])
    return np.array(places)


def _lars(settings: LARS, rate: float) -> Reals:
    """You, Gitman & Ginsburg (2017), algorithm 1."""
    place, velocity, places = [*START], [0.0] * len(START), []
    for gradient in GRADIENTS:
        for layer in LAYERS:
            members = range(layer.start, layer.stop)
            size = sum(place[i] ** 2 for i in members) ** 0.5
            slope = sum(gradient[i] ** 2 for i in members) ** 0.5
            local = settings.trust * size / (slope + settings.weight_decay * size)
            for i in members:
                pull = gradient[i] + settings.weight_decay * place[i]
                velocity[i] = settings.momentum * velocity[i] + rate * local * pull
                place[i] -= velocity[i]
        places.append([*place])
    return np.array(places)


def _lamb(settings: LAMB, rate: float) -> Reals:
    """You et al. (2020), algorithm 2."""
    beta1, beta2 = settings.beta1, settings.beta2
    place, mean, squares, places = [*START], [0.0] * len(START), [0.0] * len(START), []
    for t, gradient in enumerate(GRADIENTS, start=1):
        for layer in LAYERS:
            members = range(layer.start, layer.stop)
            direction = {}
            for i in members:
                mean[i] = beta1 * mean[i] + (1 - beta1) * gradient[i]
                squares[i] = beta2 * squares[i] + (1 - beta2) * gradient[i] ** 2
                root = (squares[i] / (1 - beta2**t)) ** 0.5
                quotient = mean[i] / (1 - beta1**t) / (root + settings.epsilon)
                direction[i] = quotient + settings.weight_decay * place[i]
            size = sum(place[i] ** 2 for i in members) ** 0.5
            length = sum(d**2 for d in direction.values()) ** 0.5
            for i in members:
                place[i] -= rate * size / length * direction[i]
        places.append([*place])
    return np.array(places)


@FORMS
@pytest.mark.parametrize(
    ("optimizer", "rate", "paper"),
    [
        (Lion(), 0.01, _lion),
        (Lion(beta1=0.5, beta2=0.8, weight_decay=0.3), 0.003, _lion),
        (LARS(), 1.0, _lars),
        (LARS(momentum=0.5, trust=0.02, weight_decay=0.0), 0.5, _lars),
        (LARS(momentum=0.0, trust=0.1, weight_decay=0.2), 0.3, _lars),
        (LAMB(), 0.01, _lamb),
        (LAMB(beta1=0.5, beta2=0.9, epsilon=0.001, weight_decay=0.0), 0.1, _lamb),
        (LAMB(weight_decay=0.5), 0.02, _lamb),
    ],
    ids=lambda value: repr(value) if isinstance(value, Optimizer) else "",
)
def test_that_fifty_steps_agree_with_the_paper(
    optimizer: Optimizer, rate: float, paper: Callable[[Any, float], Reals], form: Form
) -> None:
    np.testing.assert_allclose(form(optimizer, rate), paper(optimizer, rate), rtol=1e-10)

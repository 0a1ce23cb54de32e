"""Optimizers: the update rules at work, live settings, and large vectors in blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.operations import run
from playground.engine.optimizers import (
    BLOCK,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    LearningRate,
    Momentum,
    Nesterov,
    Optimizer,
    RMSProp,
)
from tests.contracts.catalog import OPTIMIZERS, name

Reals = NDArray[Any]
FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)


def _minimised(
    optimizer: Optimizer,
    rate: float,
    start: list[float],
    gradient: Callable[[Reals], Reals],
    steps: int,
) -> Reals:
    """Return where the recorded form of an optimizer ends up."""
    place = np.array(start, float)
    state = optimizer.allocate(len(place), FLOAT64)
    tape = optimizer.record(place, state, LearningRate(rate, FLOAT64))
    for _ in range(steps):
        state.gradient[:] = gradient(place)
        run(tape)
    return place


def _parabola(place: Reals) -> Reals:
    """Gradient of ½(x - 3)² + 5(y + 1)²."""
    return np.array([place[0] - 3, 10 * (place[1] + 1)])


def _rosenbrock(place: Reals) -> Reals:
    """Gradient of (1 - x)² + 100(y - x²)², whose minimum is (1, 1)."""
    x, y = place
    return np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])


PARABOLA_RATES = {
    SGD: 0.05,
    Momentum: 0.01,
    Nesterov: 0.01,
    AdaGrad: 1.0,
    RMSProp: 0.01,
    Adam: 0.05,
    AdamW: 0.05,
}
ROSENBROCK_RATES = {
    SGD: 0.001,
    Momentum: 0.0005,
    Nesterov: 0.0005,
    AdaGrad: 0.5,
    RMSProp: 0.0005,
    Adam: 0.01,
    AdamW: 0.01,
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
def test_that_every_optimizer_finds_the_bottom_of_a_parabola(optimizer: type[Optimizer]) -> None:
    chosen = AdamW(weight_decay=0.0) if optimizer is AdamW else optimizer()
    place = _minimised(chosen, PARABOLA_RATES[optimizer], [-4, 4], _parabola, 2000)
    np.testing.assert_allclose(place, [3, -1], atol=0.02)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
def test_that_every_optimizer_follows_the_valley_of_rosenbrock(
    optimizer: type[Optimizer],
) -> None:
    chosen = AdamW(weight_decay=0.0) if optimizer is AdamW else optimizer()
    place = _minimised(chosen, ROSENBROCK_RATES[optimizer], [-1, 1.5], _rosenbrock, 20_000)
    np.testing.assert_allclose(place, [1, 1], atol=0.1)


@pytest.mark.parametrize(
    ("optimizer", "first", "second"),
    [
        (SGD(), 0.8, 0.6),
        (Momentum(0.5), 0.8, 0.5),
        (Nesterov(0.5), 0.7, 0.35),
        (AdaGrad(), 0.9, 0.9 - 0.1 / np.sqrt(2)),
        (RMSProp(decay=0.75), 0.8, 0.8 - 0.1 / np.sqrt(0.4375)),
        (Adam(), 0.9, 0.8),
        (AdamW(weight_decay=1.0), 0.8, 0.62),
    ],
    ids=lambda value: name(type(value)) if isinstance(value, Optimizer) else "",
)
def test_that_two_steps_agree_with_hand_calculation(
    optimizer: Optimizer, first: float, second: float
) -> None:
    # θ = 1, g = 2 twice, η = 0.1
    def gradient(place: Reals) -> Reals:
        return np.full_like(place, 2)

    assert _minimised(optimizer, 0.1, [1.0], gradient, 1)[0] == pytest.approx(first, abs=1e-7)
    assert _minimised(optimizer, 0.1, [1.0], gradient, 2)[0] == pytest.approx(second, abs=1e-7)


@pytest.mark.parametrize("dtype", [FLOAT32, FLOAT64], ids=str)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
def test_that_large_vectors_are_updated_as_small_ones_are(
    optimizer: type[Optimizer], dtype: np.dtype[Any]
) -> None:
    count = 2 * BLOCK + 1000
    rng = np.random.default_rng(0)
    start = rng.standard_normal(count).astype(dtype)
    gradients = rng.standard_normal((2, count)).astype(dtype)
    large = _updated(optimizer(), start, gradients)
    edges = [0, 1000, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, count - 1]
    small = _updated(optimizer(), start[edges], gradients[:, edges])
    tolerance = 1e-6 if dtype == FLOAT32 else 1e-14
    np.testing.assert_allclose(large[edges], small, rtol=tolerance, atol=tolerance)
    assert not np.array_equal(large, start)
    assert large.dtype == dtype


def _updated(optimizer: Optimizer, start: Reals, gradients: Reals) -> Reals:
    place = start.copy()
    state = optimizer.allocate(len(place), place.dtype)
    tape = optimizer.record(place, state, LearningRate(0.01, place.dtype))
    for gradient in gradients:
        state.gradient[:] = gradient
        run(tape)
    return place


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
def test_that_a_changed_learning_rate_reaches_the_recorded_tape(
    optimizer: type[Optimizer],
) -> None:
    place = np.ones(3)
    state = optimizer().allocate(3, FLOAT64)
    rate = LearningRate(0.1, FLOAT64)
    tape = optimizer().record(place, state, rate)
    state.gradient[:] = 1
    run(tape)
    rate.set(0.0)
    before = place.copy()
    run(tape)
    assert np.array_equal(place, before)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
def test_that_memories_survive_a_round_through_the_textbook_scale(
    optimizer: type[Optimizer],
) -> None:
    start, gradients = np.ones(4), np.random.default_rng(1).standard_normal((3, 4))
    chosen = optimizer()
    state = chosen.allocate(4, FLOAT64)
    tape = chosen.record(start, state, LearningRate(0.1, FLOAT64))
    for gradient in gradients:
        state.gradient[:] = gradient
        run(tape)
    remembered = {slot: vector.copy() for slot, vector in state.slots.items()}
    assert set(remembered) == set(optimizer.slot_names)
    chosen.recall(state, chosen.textbook(state))
    for slot, vector in state.slots.items():
        np.testing.assert_allclose(vector, remembered[slot], rtol=1e-14)

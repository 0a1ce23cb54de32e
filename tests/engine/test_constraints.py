"""Constraints and noise by themselves: readable and recorded forms, and what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.constraints import MaxNorm, NoConstraint
from playground.engine.forward_plan import with_ones
from playground.engine.noise import Noise
from playground.engine.operations import run

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@DTYPES
def test_that_max_norm_shortens_only_units_that_are_too_long(dtype: type) -> None:
    # Columns of lengths 5, 0, 1 and exactly 2.
    weights = np.array([[3, 0, 0.6, 2], [4, 0, 0.8, 0]], dtype)
    projected = MaxNorm(2.0).projected(weights)
    np.testing.assert_allclose(projected, [[1.2, 0, 0.6, 2], [1.6, 0, 0.8, 0]], rtol=1e-6)
    assert np.array_equal(projected[:, 1:], weights[:, 1:])
    assert projected.dtype == dtype


@DTYPES
def test_that_max_norm_is_recorded_as_it_reads(dtype: type) -> None:
    rng = np.random.default_rng(0)
    weights = (rng.standard_normal((40, 30)) * np.linspace(0, 3, 30)).astype(dtype)
    expected = MaxNorm(4.0).projected(weights)
    run(MaxNorm(4.0).record(weights))
    tolerance = 1e-6 if dtype == np.float32 else 1e-14
    np.testing.assert_allclose(weights, expected, rtol=tolerance)
    assert np.linalg.norm(weights, axis=0).max() <= 4 * (1 + tolerance)


def test_that_max_norm_keeps_directions_and_is_done_after_once() -> None:
    weights = np.random.default_rng(1).standard_normal((5, 3)) * 10
    once = MaxNorm(1.0).projected(weights)
    np.testing.assert_allclose(MaxNorm(1.0).projected(once), once, rtol=1e-15)
    cosines = (once * weights).sum(0) / np.linalg.norm(weights, axis=0)
    np.testing.assert_allclose(cosines, 1)


def test_that_no_constraint_changes_nothing() -> None:
    weights = np.ones((2, 2))
    assert NoConstraint().projected(weights) is weights
    assert NoConstraint().record(weights) == []


def test_that_a_number_that_is_lost_stays_visible() -> None:
    weights = np.array([[np.nan, np.inf, 1.0], [1.0, 1.0, 1.0]])
    with np.errstate(invalid="ignore"):
        run(MaxNorm(1.0).record(weights))
    assert np.isnan(weights[0, :2]).all()
    assert np.isfinite(weights[:, 2]).all()


# --- noise ---


@DTYPES
def test_that_noise_is_recorded_as_it_reads(dtype: type) -> None:
    noise = Noise(inputs=0.3, weights=0.2)
    inputs = np.random.default_rng(0).standard_normal((6, 3)).astype(dtype)
    vector, mask = np.linspace(-1, 1, 10).astype(dtype), np.arange(10) % 2
    rngs = np.random.default_rng(7), np.random.default_rng(7)
    expected = noise.noisy_inputs(inputs, rngs[0]), noise.noisy_parameters(vector, mask, rngs[0])

    source = with_ones(inputs, np.dtype(dtype))
    noisy, moved = source.copy(), vector.copy()
    add, take_away = noise.record_weights(moved, mask, rngs[1])
    run(noise.record_inputs(source, np.empty_like(inputs), noisy, rngs[1]))
    run(add)
    np.testing.assert_allclose(noisy[:, :-1], expected[0], rtol=1e-6)
    np.testing.assert_allclose(moved, expected[1], rtol=1e-6)
    assert (noisy[:, -1] == 1).all()
    assert np.array_equal(source[:, :-1], inputs)
    assert np.array_equal(moved[mask == 0], vector[mask == 0])
    assert not np.isclose(moved[mask == 1], vector[mask == 1]).any()
    run(take_away)
    assert moved.tobytes() == vector.tobytes()
    assert {array.dtype for array in (*expected, noisy, moved)} == {np.dtype(dtype)}
    assert rngs[0].bit_generator.state == rngs[1].bit_generator.state


def test_that_noise_has_the_deviation_that_was_asked_for() -> None:
    rng = np.random.default_rng(3)
    inputs = Noise(inputs=0.25).noisy_inputs(np.full((200, 100), 2.0), rng)
    assert inputs.mean() == pytest.approx(2, abs=0.01)
    assert inputs.std() == pytest.approx(0.25, rel=0.02)


def test_that_nothing_is_drawn_where_there_is_no_noise() -> None:
    rng = np.random.default_rng(3)
    before = rng.bit_generator.state
    inputs = np.ones((2, 2))
    assert Noise().noisy_inputs(inputs, rng) is inputs
    vector = np.ones(3)
    assert Noise().noisy_parameters(vector, vector, rng) is vector
    assert rng.bit_generator.state == before

"""Gradient clipping: bounds that hold, directions that stay, any size of number."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from playground.engine.clipping import ClipByNorm, ClipByValue, Clipping
from playground.engine.operations import run
from tests.contracts.catalog import CLIPPINGS, name

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
BOTH = pytest.mark.parametrize("dtype", [FLOAT64, FLOAT32], ids=str)


def test_that_each_component_is_cut_off_alone() -> None:
    clipped = ClipByValue(0.5).clipped(np.array([0.2, -0.7, 3.0, 0.5]))
    assert clipped.tolist() == [0.2, -0.5, 0.5, 0.5]


def test_that_a_long_gradient_keeps_its_direction() -> None:
    clipped = ClipByNorm(1.0).clipped(np.array([3.0, -4.0]))
    np.testing.assert_allclose(clipped, np.array([0.6, -0.8]) * 5 / (5 + 1e-6), rtol=1e-15)


@BOTH
@pytest.mark.parametrize("kind", CLIPPINGS, ids=name)
def test_that_a_small_gradient_is_left_alone_to_the_last_bit(
    kind: type[Clipping], dtype: np.dtype[np.floating]
) -> None:
    for gradient in (np.array([0.1, -0.2, 1e-12], dtype), np.zeros(3, dtype)):
        before = gradient.tobytes()
        assert kind().clipped(gradient).tobytes() == before
        run(kind().record(gradient))
        assert gradient.tobytes() == before


@BOTH
@pytest.mark.parametrize("size", [1e-20, 1e-3, 1.0, 1e3, 1e18, 1e25, 1e36])
@pytest.mark.parametrize("clipping", [ClipByValue(0.3), ClipByNorm(0.3)], ids=name)
def test_that_the_bound_holds_at_any_size(
    clipping: Clipping, size: float, dtype: np.dtype[np.floating]
) -> None:
    gradient = (np.random.default_rng(1).standard_normal(500) * size).astype(dtype)
    expected = clipping.clipped(gradient)
    # The square of a large number is no float32; training ignores this in the same way.
    with np.errstate(over="ignore"):
        run(clipping.record(gradient))
    np.testing.assert_allclose(gradient, expected, rtol=1e-14 if dtype == FLOAT64 else 1e-6)
    length = float(np.linalg.norm(gradient.astype(FLOAT64)))
    if isinstance(clipping, ClipByNorm):
        assert length <= 0.3 * (1 + 1e-6)
        assert length == pytest.approx(0.3, rel=1e-5) or size < 0.1
    else:
        assert np.abs(gradient).max() <= dtype.type(0.3)


@pytest.mark.parametrize("kind", CLIPPINGS, ids=name)
@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_that_a_broken_number_is_not_hidden_by_a_norm(kind: type[Clipping], broken: float) -> None:
    gradient = np.array([1.0, broken, 3.0])
    with np.errstate(invalid="ignore"):
        run(kind().record(gradient))
    if kind is not ClipByValue or math.isnan(broken):
        assert not np.isfinite(gradient[1])
    else:
        assert gradient[1] == math.copysign(ClipByValue().limit, broken)


@pytest.mark.parametrize("kind", CLIPPINGS, ids=name)
def test_that_a_recorded_clipping_takes_no_memory(kind: type[Clipping]) -> None:
    source = np.random.default_rng(2).standard_normal(100_000)
    gradient = source.copy()
    operations = kind().record(gradient)
    run(operations)
    peaks = []
    for _ in range(3):
        tracemalloc.start()
        try:
            for _ in range(20):
                np.copyto(gradient, source)
                run(operations)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    # Another thread, which reports on the tests, may take a little now and then.
    assert min(peaks) < 3000

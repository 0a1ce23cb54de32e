"""Activations: values that can be worked out by hand, and behaviour far from zero."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    Gaussian,
    HardSigmoid,
    HardTanh,
    Identity,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Sine,
    Softplus,
    Softsign,
    Step,
    Tanh,
)
from playground.engine.activations.error_function import FAR, erfc, record_erfc
from playground.engine.operations import run
from playground.schema.validation import decoded
from tests.contracts.catalog import ACTIVATIONS, name

MANY = np.concatenate(
    [
        np.linspace(-12, 12, 2001),
        [-1e30, -1e4, -750.0, -100.0, -40.0, -1e-8, -1e-30, -1e-300],
        [0.0, 1e-300, 1e-30, 1e-8, 40.0, 100.0, 750.0, 1e4, 1e30],
    ]
)
SETTINGS: tuple[Activation, ...] = (
    *(activation() for activation in ACTIVATIONS if activation.element_wise),
    LeakyReLU(0.0),
    LeakyReLU(0.3),
    ELU(0.2),
    ELU(3.0),
    GELU("exact"),
)


def _fast(activation: Activation, z: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return value and derivative by the recorded operations, laid out as a plan does."""
    pre = z.copy()
    a = np.zeros_like(pre) if activation.keeps_input else pre
    slope = np.full_like(pre, np.nan)
    with np.errstate(all="ignore"):
        run(activation.record_value(pre, a))
        run(activation.record_derivative(pre, a, slope))
    return a, slope


@pytest.mark.parametrize(
    ("activation", "z", "value", "slope"),
    [
        (Identity(), -2.5, -2.5, 1),
        (Sigmoid(), 0, 0.5, 0.25),
        (Sigmoid(), math.log(3), 0.75, 0.1875),
        (Tanh(), math.log(2), 0.6, 0.64),
        (ReLU(), -1.5, 0, 0),
        (ReLU(), 0, 0, 0),
        (ReLU(), 1.5, 1.5, 1),
        (LeakyReLU(0.1), -2, -0.2, 0.1),
        (LeakyReLU(0.1), 2, 2, 1),
        (ELU(2.0), math.log(0.25), -1.5, 0.5),
        (ELU(2.0), 3, 3, 1),
        (Softplus(), 0, math.log(2), 0.5),
        (Softplus(), math.log(3), math.log(4), 0.75),
        (SiLU(), 0, 0, 0.5),
        (SiLU(), math.log(3), 0.75 * math.log(3), 0.75 + 0.1875 * math.log(3)),
        (GELU(), 0, 0, 0.5),
        (GELU(), 1, 0.8411919906, 1.0829640838),
        (GELU("exact"), 0, 0, 0.5),
        (GELU("exact"), 1, 0.8413447461, 1.0833154706),
        (SELU(), 2, 2.1014019747, 1.0507009874),
        (SELU(), math.log(0.5), -0.8790496704, 0.8790496704),
        (Mish(), 0, 0, 0.6),
        (Mish(), math.log(2), 0.8 * math.log(2), 0.8 + 0.24 * math.log(2)),
        (HardSigmoid(), -3, 0, 0),
        (HardSigmoid(), 1.5, 0.75, 1 / 6),
        (HardSigmoid(), 4, 1, 0),
        (HardTanh(), -0.25, -0.25, 1),
        (HardTanh(), 1, 1, 0),
        (HardTanh(), -7, -1, 0),
        (Softsign(), 0, 0, 1),
        (Softsign(), -3, -0.75, 0.0625),
        (Sine(), math.pi / 6, 0.5, math.sqrt(3) / 2),
        (Gaussian(), 0, 1, 0),
        (Gaussian(), -math.sqrt(math.log(2)), 0.5, math.sqrt(math.log(2))),
        (Step(), -2, 0, 1),
        (Step(), 0, 0, 1),
        (Step(), 0.5, 1, 1),
    ],
    ids=repr,
)
def test_that_values_agree_with_closed_forms(
    activation: Activation, z: float, value: float, slope: float
) -> None:
    point = np.array([float(z)])
    assert activation.value(point)[0] == pytest.approx(value, abs=1e-10)
    assert activation.derivative(point)[0] == pytest.approx(slope, abs=1e-10)


@pytest.mark.parametrize("activation", SETTINGS, ids=repr)
def test_that_the_fast_form_computes_the_readable_one(activation: Activation) -> None:
    a, slope = _fast(activation, MANY)
    np.testing.assert_allclose(a, activation.value(MANY), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(slope, activation.derivative(MANY), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("activation", SETTINGS, ids=repr)
def test_that_the_fast_form_is_as_good_in_float32(activation: Activation) -> None:
    z = MANY.astype(np.float32)
    a, slope = _fast(activation, z)
    assert a.dtype == slope.dtype == np.float32
    exact = z.astype(np.float64)
    np.testing.assert_allclose(a, activation.value(exact), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(slope, activation.derivative(exact), rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", SETTINGS, ids=repr)
def test_that_no_finite_input_gives_nan(activation: Activation, dtype: type[Any]) -> None:
    z = MANY.astype(dtype)
    # In float32 the square of 1e30 is infinite, which the trainer allows.
    with np.errstate(over="ignore"):
        readable = activation.value(z), activation.derivative(z)
    for result in (*readable, *_fast(activation, z)):
        assert np.isfinite(result).all()


@pytest.mark.parametrize("activation", SETTINGS, ids=repr)
def test_that_the_readable_form_is_quiet_far_from_zero(activation: Activation) -> None:
    # Underflow to zero is the right answer there, and nothing that NumPy warns of by default.
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        activation.value(MANY)
        activation.derivative(MANY)


CURVES = [activation for activation in ACTIVATIONS if activation.has_curve]


@pytest.mark.parametrize("activation", CURVES, ids=name)
def test_that_a_bounded_activation_stays_between_minus_one_and_one(
    activation: type[Activation],
) -> None:
    largest = np.abs(activation().value(MANY)).max()
    assert (largest <= 1) == activation.bounded


@pytest.mark.parametrize("activation", SETTINGS, ids=repr)
def test_that_kinks_are_where_the_derivative_jumps(activation: Activation) -> None:
    z = np.linspace(-3, 3, 60_001)
    steps = np.flatnonzero(np.abs(np.diff(activation.derivative(z))) > 0.01)
    jumps = {round(float(z[step]), 2) + 0.0 for step in steps}
    assert jumps <= set(activation.kinks)


def test_that_both_forms_of_gelu_are_close() -> None:
    z = np.linspace(-5, 5, 1001)
    exact = np.array([v * 0.5 * (1 + math.erf(v / math.sqrt(2))) for v in z])
    np.testing.assert_allclose(GELU("exact").value(z), exact, rtol=0, atol=2e-15)
    assert 1e-4 < np.abs(GELU("tanh").value(z) - exact).max() < 5e-4


def test_that_a_file_without_a_form_means_the_tanh_form() -> None:
    assert decoded({"kind": "gelu"}, GELU) == GELU("tanh")


@pytest.mark.parametrize(("dtype", "error"), [(np.float64, 1e-15), (np.float32, 5e-7)])
def test_that_erfc_agrees_with_the_standard_library(dtype: type[Any], error: float) -> None:
    x = np.concatenate([np.linspace(0, 7, 7001), [1e-300, 1e-8, 10, 27, FAR]]).astype(dtype)
    true = np.array([math.erfc(v) for v in x])
    fast = np.empty_like(x)
    run(record_erfc(x, fast))
    assert fast.dtype == erfc(x).dtype == dtype
    for ours in (fast, erfc(x), 2 - erfc(-x)):
        assert np.abs(ours - true).max() <= error
    # The tail keeps its digits: it is not 1 minus something that is nearly 1.
    tail = (x > 2) & (x < 6)
    np.testing.assert_allclose(fast[tail], true[tail], rtol=20 * error)
    assert erfc(np.array([-1e30, 1e30])).tolist() == [2, 0]


def test_that_selu_keeps_the_mean_and_the_variance_of_a_standard_normal_input() -> None:
    # The fixed point by which its authors chose the two constants: E f = 0 and E f² = 1.
    z = np.linspace(-12, 12, 240_001)
    weights = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    values = SELU().value(z)
    assert (weights * values).sum() == pytest.approx(0, abs=1e-8)
    assert (weights * values**2).sum() == pytest.approx(1, abs=1e-8)


@pytest.mark.parametrize("activation", SETTINGS, ids=repr)
def test_that_float32_stays_float32(activation: Activation) -> None:
    z = np.linspace(-5, 5, 21, dtype=np.float32)
    assert activation.value(z).dtype == np.float32
    assert activation.derivative(z).dtype == np.float32


@pytest.mark.parametrize("activation", SETTINGS, ids=repr)
def test_that_the_fast_form_allocates_nothing(activation: Activation) -> None:
    z = np.zeros(100_000)
    a = np.zeros_like(z) if activation.keeps_input else z
    tape = [*activation.record_value(z, a), *activation.record_derivative(z, a, np.zeros_like(z))]
    run(tape)
    tracemalloc.start()
    try:
        run(tape)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # NumPy may buffer a few thousand numbers, but makes no array of this size.
    assert peak < z.nbytes / 4

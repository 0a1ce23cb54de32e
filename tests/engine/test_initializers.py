"""Initial weights: what their formulas promise."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.initializers import (
    Constant,
    HeNormal,
    HeUniform,
    IdentityMatrix,
    Initializer,
    LeCun,
    LeCunUniform,
    Normal,
    Orthogonal,
    TruncatedNormal,
    Uniform,
    XavierNormal,
    XavierUniform,
    Zeros,
)


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        (XavierUniform(), 2 / 400),
        (XavierNormal(), 2 / 400),
        (HeUniform(), 2 / 300),
        (HeNormal(), 2 / 300),
        (LeCun(), 1 / 300),
        (LeCunUniform(), 1 / 300),
        (Orthogonal(2.0), 4 / 300),
        (Uniform(0.3), 0.09 / 3),
        (Normal(0.2), 0.04),
        (TruncatedNormal(0.2), 0.04 * 0.7737413),
        (IdentityMatrix(), 1 / 300 * (1 - 1 / 300)),
        (Constant(0.5), 0.0),
        (Zeros(), 0.0),
    ],
    ids=repr,
)
def test_that_initial_weights_have_the_variance_of_their_formula(
    initializer: Initializer, variance: float
) -> None:
    weights = initializer.sample(np.random.default_rng(0), 300, 100)
    assert weights.var() == pytest.approx(variance, rel=0.05)
    means = {Constant(0.5): 0.5, IdentityMatrix(): 1 / 300}
    assert weights.mean() == pytest.approx(means.get(initializer, 0), abs=0.005)


@pytest.mark.parametrize(
    ("initializer", "limit"),
    [
        (XavierUniform(), np.sqrt(6 / 400)),
        (HeUniform(), np.sqrt(6 / 300)),
        (LeCunUniform(), np.sqrt(3 / 300)),
        (Uniform(0.3), 0.3),
        (TruncatedNormal(0.2), 0.4),
    ],
    ids=repr,
)
def test_that_bounded_weights_stay_within_their_limit(
    initializer: Initializer, limit: float
) -> None:
    weights = initializer.sample(np.random.default_rng(0), 300, 100)
    assert 0.99 * limit < np.abs(weights).max() <= limit


@pytest.mark.parametrize(("inputs", "outputs"), [(6, 6), (9, 4), (4, 9), (1, 5), (5, 1)])
def test_that_orthogonal_weights_keep_lengths(inputs: int, outputs: int) -> None:
    weights = Orthogonal(3.0).sample(np.random.default_rng(1), inputs, outputs)
    assert weights.shape == (inputs, outputs)
    short = weights.T @ weights if inputs >= outputs else weights @ weights.T
    np.testing.assert_allclose(short, 9 * np.eye(len(short)), rtol=0, atol=1e-13)


def test_that_orthogonal_weights_favour_no_sign() -> None:
    # Without the sign fix the first entry would be negative in every draw.
    rng = np.random.default_rng(0)
    corners = np.array([Orthogonal().sample(rng, 3, 3)[0, 0] for _ in range(400)])
    assert 0.4 < (corners > 0).mean() < 0.6


def test_that_identity_weights_hand_inputs_on_by_number() -> None:
    rows = np.array([[1.0, 2.0, 3.0]])
    rng = np.random.default_rng(0)
    assert (rows @ IdentityMatrix().sample(rng, 3, 2)).tolist() == [[1, 2]]
    assert (rows @ IdentityMatrix().sample(rng, 3, 4)).tolist() == [[1, 2, 3, 0]]

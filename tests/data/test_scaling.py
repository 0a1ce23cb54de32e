"""Scaling the inputs: fitted on the training samples, used for everything."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from playground.data.classification import Circles, Gaussians, LogicGate
from playground.data.digits import Digits
from playground.data.prepared import prepare
from playground.data.scaling import AnyScaling, MinMax, NoScaling, Scaling, Standardise

SCALINGS: list[type[Scaling]] = list(get_args(AnyScaling))
FEATURES = ("x1", "x2_squared", "x1_x2")


def test_that_standardised_training_inputs_have_mean_0_and_deviation_1() -> None:
    data = prepare(Gaussians(features=FEATURES, scaling=Standardise(), training_share=0.3))
    np.testing.assert_allclose(data.train_inputs.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(data.train_inputs.std(0), 1, rtol=1e-12)
    assert np.abs(data.test_inputs.mean(0)).max() > 1e-3, "the test samples have no say in it"


def test_that_min_max_spans_0_to_1_over_the_training_samples() -> None:
    data = prepare(Gaussians(features=FEATURES, scaling=MinMax(), noise=30, training_share=0.1))
    np.testing.assert_allclose(data.train_inputs.min(0), 0, atol=1e-15)
    np.testing.assert_allclose(data.train_inputs.max(0), 1)
    assert data.test_inputs.max() > 1, "other samples may lie outside"


def test_that_without_scaling_inputs_are_the_features_themselves() -> None:
    data = prepare(Circles(features=FEATURES))
    assert data.scaling is None
    raw = data.dataset.samples()
    assert np.array_equal(data.samples.inputs, raw.inputs)
    images = prepare(Digits())
    assert images.samples.inputs is images.samples.points, "no copy of many images"


@pytest.mark.parametrize("scaling", SCALINGS, ids=lambda s: s.__name__)
def test_that_points_become_inputs_in_one_way_only(scaling: type[Scaling]) -> None:
    for dataset in (Circles(features=FEATURES, scaling=scaling()), Digits(scaling=scaling())):
        data = prepare(dataset)
        assert np.array_equal(data.inputs_of(data.samples.points), data.samples.inputs)


@pytest.mark.parametrize("scaling", [Standardise, MinMax], ids=lambda s: s.__name__)
@pytest.mark.parametrize("value", [0.0, 0.1, 1e-12, -7.3, 1e12])
def test_that_a_constant_input_becomes_zero(scaling: type[Scaling], value: float) -> None:
    inputs = np.column_stack([np.full(7, value), np.arange(7.0)])
    fitted = scaling().fitted(inputs)
    assert (fitted.scaled(inputs)[:, 0] == 0).all()
    assert fitted.divisor[0] == 1
    assert np.isfinite(fitted.scaled(inputs + 1)).all()


@pytest.mark.parametrize("scaling", [Standardise, MinMax], ids=lambda s: s.__name__)
def test_that_one_training_sample_is_enough(scaling: type[Scaling]) -> None:
    data = prepare(LogicGate(training_share=0.1, scaling=scaling()))
    assert len(data.split.train) == 1
    assert (data.train_inputs == 0).all()
    assert np.isfinite(data.samples.inputs).all()


def test_that_pixels_without_ink_do_no_harm() -> None:
    inputs = prepare(Digits(scaling=Standardise())).samples.inputs
    assert np.isfinite(inputs).all()
    assert (inputs[:, 0] == 0).all()


@given(
    inputs=arrays(
        np.float64, st.tuples(st.integers(1, 8), st.integers(1, 3)), elements=st.floats(-1e9, 1e9)
    ),
    scaling=st.sampled_from(SCALINGS),
)
@settings(max_examples=60, deadline=None)
def test_that_scaling_is_finite_and_can_be_undone(
    inputs: np.ndarray, scaling: type[Scaling]
) -> None:
    fitted = scaling().fitted(inputs)
    scaled = fitted.scaled(inputs)
    assert np.isfinite(scaled).all()
    assert (fitted.divisor > 0).all()
    back = fitted.unscaled(scaled)
    np.testing.assert_allclose(back, inputs, rtol=1e-9, atol=1e-9 * np.abs(inputs).max())


def test_that_other_training_samples_have_another_scale() -> None:
    data = prepare(Circles(scaling=Standardise()))
    split = data.split
    turned = type(split)(split.test, split.validation, split.train)
    other = data.divided(turned)
    np.testing.assert_allclose(other.train_inputs.mean(0), 0, atol=1e-12)
    assert other.divided(split).samples.inputs.tobytes() == data.samples.inputs.tobytes()
    plain = prepare(Circles())
    assert plain.divided(turned).samples is plain.samples


def test_that_scaled_data_keeps_its_points_and_its_split() -> None:
    plain, scaled = prepare(Circles()), prepare(Circles(scaling=NoScaling()))
    standard = prepare(Circles(scaling=Standardise()))
    for other in (scaled, standard):
        assert np.array_equal(plain.samples.points, other.samples.points)
        assert np.array_equal(plain.split.train, other.split.train)

"""Input features and the errors of a wrong choice."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest

from playground.data.classification import LogicGate, Spirals
from playground.data.features import FEATURES, FeatureName, expand, labels_of
from playground.schema.validation import InvalidValue


def test_that_every_name_has_a_feature_in_the_same_order() -> None:
    assert tuple(FEATURES) == get_args(FeatureName)


def test_that_features_have_the_values_worked_out_by_hand() -> None:
    inputs = expand(np.array([[2.0, -3.0]]), get_args(FeatureName))
    np.testing.assert_allclose(inputs, [[2, -3, 4, 9, -6, 0.9092974268, -0.1411200081]])
    assert inputs.dtype == np.float64


def test_that_labels_are_in_mathematical_notation() -> None:
    names = get_args(FeatureName)
    assert labels_of(names) == ("x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂")


def test_that_the_given_order_is_kept() -> None:
    assert expand(np.array([[2.0, 5.0]]), ("x2", "x1")).tolist() == [[5, 2]]


def test_that_no_points_give_no_rows() -> None:
    assert expand(np.empty((0, 2)), ("x1", "x1_x2")).shape == (0, 2)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), r"data\.features .*choose at least one"),
        (("x1", "x2", "x1"), r"data\.features 'x1' appears twice; name it once"),
        (("x3",), r"data\.features 'x3' is not known; choose from: x1, "),
    ],
)
@pytest.mark.parametrize("dataset", [Spirals, LogicGate])
def test_that_a_wrong_choice_is_named(dataset: Any, names: Any, message: str) -> None:
    chosen = dataset(features=names)
    with pytest.raises(InvalidValue, match=message) as caught:
        chosen.samples()
    assert caught.value.field == "data.features"
    with pytest.raises(InvalidValue, match=message):
        _ = chosen.input_names

"""Class weights: how much each class counts."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.class_weights import BalancedClasses, GivenClassWeights, NoClassWeights


def test_that_balanced_classes_weigh_the_same_in_sum() -> None:
    labels = np.array([0] * 10 + [1] * 5 + [2] * 1, float)
    weights = BalancedClasses().weights(labels, 3)
    np.testing.assert_allclose(weights, [16 / 30, 16 / 15, 16 / 3])
    np.testing.assert_allclose(np.bincount(labels.astype(int)) * weights, 16 / 3)
    assert weights[labels.astype(int)].mean() == pytest.approx(1)


def test_that_a_class_without_samples_does_no_harm() -> None:
    weights = BalancedClasses().weights(np.array([0.0, 0.0, 2.0]), 4)
    np.testing.assert_allclose(weights, [3 / 4, 1, 3 / 2, 1])


def test_that_given_weights_are_taken_as_they_are() -> None:
    np.testing.assert_array_equal(GivenClassWeights((1.0, 5.0)).weights(np.zeros(3), 2), [1, 5])
    assert NoClassWeights().weights(np.zeros(3), 2) is None

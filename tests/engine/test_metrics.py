"""Scores against values worked out by hand, and what has no meaning."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.activations import Identity, Tanh
from playground.engine.head import Head
from playground.engine.losses import BinaryCrossEntropy, HalfSquared, Loss, SoftmaxCrossEntropy
from playground.engine.metrics import (
    accuracy,
    area_under_curve,
    confusion_matrix,
    f1_score,
    r_squared,
)
from playground.schema.task import Task, TaskKind
from tests.contracts.catalog import TASKS

Floats = NDArray[np.float64]


def reals(*values: float) -> Floats:
    return np.array(values, float)


def test_that_accuracy_is_the_share_of_right_answers() -> None:
    assert accuracy(reals(0, 1, 2, 1), reals(0, 1, 1, 1)) == 0.75
    assert accuracy(reals(), reals()) is None


def test_that_a_confusion_matrix_has_true_classes_as_rows() -> None:
    counts = confusion_matrix(reals(0, 0, 1, 2, 2, 2), reals(0, 1, 1, 0, 2, 2), 4)
    assert counts.tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]]
    assert counts.dtype == np.int64
    assert confusion_matrix(reals(), reals(), 2).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("confusion", "score"),
    [
        ([[5, 0], [0, 3]], 1),
        # class 0: 2·3 / (3 + 1 + 3 + 2), class 1: 2·4 / (4 + 2 + 4 + 1)
        ([[3, 1], [2, 4]], (6 / 9 + 8 / 11) / 2),
        # a rare class counts as much as a frequent one
        ([[98, 0], [2, 0]], (196 / 198 + 0) / 2),
        # the last class is neither there nor predicted
        ([[1, 1, 0], [0, 1, 0], [0, 0, 0]], 2 / 3),
        # predicted but not there: counts as 0
        ([[1, 1], [0, 0]], (2 / 3 + 0) / 2),
    ],
)
def test_that_f1_is_the_mean_over_classes(confusion: list[list[int]], score: float) -> None:
    assert f1_score(np.array(confusion)) == pytest.approx(score)


def test_that_f1_of_nothing_is_nothing() -> None:
    assert f1_score(np.zeros((3, 3), np.int64)) is None


@pytest.mark.parametrize(
    ("labels", "scores", "area"),
    [
        ([0, 0, 1, 1], [1, 2, 3, 4], 1),
        ([1, 1, 0, 0], [1, 2, 3, 4], 0),
        ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.75),
        ([0, 1, 0, 1], [7, 7, 7, 7], 0.5),
        # pairs (yes, no): 2 > 1, 2 = 2, 3 > 1, 3 > 2
        ([0, 0, 1, 1], [1, 2, 2, 3], 3.5 / 4),
        ([0, 1, 1, 0, 1], [0, 0, 0, 1, 1], (0.5 + 0.5 + 0 + 0 + 1 + 0.5) / 6),
        ([0, 1], [-math.inf, math.inf], 1),
    ],
)
def test_that_the_area_counts_pairs_and_ties_half(
    labels: list[int], scores: list[float], area: float
) -> None:
    assert area_under_curve(reals(*labels), reals(*scores)) == pytest.approx(area)


def test_that_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 2, 300), rng.integers(0, 40, 300)
    yes, no = scores[labels == 1][:, None], scores[labels == 0]
    pairs = np.mean((yes > no) + 0.5 * (yes == no))
    assert area_under_curve(labels, scores) == pytest.approx(pairs, abs=1e-12)


def test_that_the_area_needs_both_classes_and_numbers() -> None:
    assert area_under_curve(reals(1, 1), reals(0, 1)) is None
    assert area_under_curve(reals(0, 0), reals(0, 1)) is None
    assert area_under_curve(reals(), reals()) is None
    assert area_under_curve(reals(0, 1), reals(0, math.nan)) is None


@pytest.mark.parametrize(
    ("targets", "predicted", "share"),
    [
        ([1, 2, 3], [1, 2, 3], 1),
        ([1, 2, 3], [2, 2, 2], 0),
        ([1, 2, 3], [3, 2, 1], -3),
        ([0, 2, 4, 6], [1, 2, 4, 5], 1 - 2 / 20),
    ],
)
def test_that_r_squared_is_the_explained_share_of_the_variance(
    targets: list[float], predicted: list[float], share: float
) -> None:
    assert r_squared(reals(*targets), reals(*predicted)) == pytest.approx(share)


def test_that_r_squared_needs_targets_that_vary() -> None:
    assert r_squared(np.full(7, 0.1), reals(*range(7))) is None
    assert r_squared(reals(2), reals(2)) is None
    assert r_squared(reals(), reals()) is None


@pytest.mark.parametrize(
    ("loss", "outputs"),
    [
        (BinaryCrossEntropy(), [[-1], [2], [1], [3]]),
        (SoftmaxCrossEntropy(), [[2, 1], [5, 7], [0, 1], [-3, 0]]),
    ],
)
def test_that_two_classes_have_accuracy_f1_and_area(loss: Loss, outputs: list[list[float]]) -> None:
    task = TASKS[TaskKind.BINARY]
    head = Head(loss, task, Identity())
    scores = head.metrics(np.array(outputs, float), reals(0, 1, 0, 1))
    assert scores == {
        "accuracy": 0.75,
        "f1": pytest.approx((2 / 3 + 4 / 5) / 2),
        "auc": 1.0,
        "r2": None,
    }


def test_that_the_area_sees_through_clipped_certainties() -> None:
    head = Head(HalfSquared(), TASKS[TaskKind.BINARY], Tanh())
    scores = head.metrics(np.array([[2.0], [3.0]]), reals(0, 1))
    assert scores["auc"] == 1
    assert scores["accuracy"] == 0.5


def test_that_several_classes_have_no_area() -> None:
    head = Head(SoftmaxCrossEntropy(), TASKS[TaskKind.MULTICLASS], Identity())
    scores = head.metrics(np.eye(3), reals(0, 1, 2))
    assert scores == {"accuracy": 1.0, "f1": 1.0, "auc": None, "r2": None}


def test_that_regression_has_r_squared_alone() -> None:
    head = Head(HalfSquared(), TASKS[TaskKind.REGRESSION], Identity())
    scores = head.metrics(np.array([[2.0], [2.0], [2.0]]), reals(1, 2, 3))
    assert scores == {"accuracy": None, "f1": None, "auc": None, "r2": 0.0}


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.kind.name.lower())
def test_that_no_samples_have_no_scores_and_divergence_no_warning(task: Task) -> None:
    head = Head(HalfSquared(), task, Identity())
    assert set(head.metrics(np.empty((0, head.output_count)), reals()).values()) == {None}
    for size in (math.nan, math.inf, 1e300):
        outputs = np.full((4, head.output_count), size)
        scores = head.metrics(outputs, reals(0, 1, 0, 1))
        assert scores["auc"] in (None, 0.5)
        assert scores["r2"] is None or not scores["r2"] > 0

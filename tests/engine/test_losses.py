"""Losses: values worked out by hand, stability at any size of logit, what outputs mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.activations import Identity, Sigmoid, Tanh
from playground.engine.head import Head
from playground.engine.losses import (
    BinaryCrossEntropy,
    Focal,
    HalfSquared,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    Loss,
    MeanAbsolute,
    MeanSquared,
    SoftmaxCrossEntropy,
    SquaredHinge,
    log_softmax,
    softmax,
)
from playground.engine.operations import run
from playground.schema.task import Task, TaskKind
from tests.contracts.catalog import LOSS_TASKS, LOSSES, TASKS, name

LOG2 = math.log(2)
LOG3 = math.log(3)
SIZES = (0.0, 1e-3, 1.0, 30.0, 700.0, 1e4)

SETTINGS: tuple[Loss, ...] = (
    *(loss() for loss in LOSSES),
    Huber(0.2),
    SoftmaxCrossEntropy(0.3),
    KLDivergence(0.0),
    KLDivergence(0.6),
    Focal(0.0),
    Focal(0.5),
    Focal(5.0),
)
"""Every loss, and again with settings that take another path."""
CASES = tuple((loss, TASKS[kind]) for loss in SETTINGS for kind in loss.tasks)


@pytest.mark.parametrize(
    ("loss", "outputs", "targets", "value", "gradient"),
    [
        (HalfSquared(), [3, 1], [1, 2], 2.5, [2, -1]),
        (MeanSquared(), [3, 1], [1, 2], 2.5, [2, -1]),
        (MeanSquared(), [7], [9], 4, [-4]),
        (MeanAbsolute(), [3, 1], [1, 2], 1.5, [0.5, -0.5]),
        (MeanAbsolute(), [2], [2], 0, [0]),
        (Huber(), [0.5], [0], 0.125, [0.5]),
        (Huber(), [-3], [0], 2.5, [-1]),
        (Huber(2.0), [3], [0], 4, [2]),
        (LogCosh(), [LOG2, 0], [0, 0], math.log(1.25) / 2, [0.3, 0]),
        (LogCosh(), [-1e4], [0], 1e4 - LOG2, [-1]),
        (BinaryCrossEntropy(), [0], [1], LOG2, [-0.5]),
        (BinaryCrossEntropy(), [math.log(3)], [0], math.log(4), [0.75]),
        (SoftmaxCrossEntropy(), [0, 0], [1, 0], LOG2, [-0.5, 0.5]),
        (SoftmaxCrossEntropy(), [LOG2, 0, 0], [1, 0, 0], LOG2, [-0.5, 0.25, 0.25]),
        (SoftmaxCrossEntropy(0.5), [0, 0], [1, 0], LOG2, [-0.25, 0.25]),
        (SoftmaxCrossEntropy(0.5), [LOG3, 0], [1, 0], math.log(4) - 0.75 * LOG3, [0, 0]),
        (KLDivergence(0.5), [LOG3, 0], [1, 0], 0, [0, 0]),
        (KLDivergence(0.5), [0, 0], [1, 0], 0.75 * LOG3 - LOG2, [-0.25, 0.25]),
        (KLDivergence(0.0), [0, 0], [1, 0], LOG2, [-0.5, 0.5]),
        (Focal(0.0), [LOG3], [0], math.log(4), [0.75]),
        (Focal(1.0), [0], [1], LOG2 / 2, [-(LOG2 + 1) / 4]),
        (Focal(2.0), [0], [0], LOG2 / 4, [(LOG2 + 0.5) / 4]),
        (Focal(2.0), [0, 0], [1, 0], LOG2 / 4, [-(LOG2 + 0.5) / 4, (LOG2 + 0.5) / 4]),
        (Focal(0.0), [LOG2, 0, 0], [1, 0, 0], LOG2, [-0.5, 0.25, 0.25]),
        (Hinge(), [0.25], [1], 0.75, [-1]),
        (Hinge(), [0.25], [-1], 1.25, [1]),
        (Hinge(), [1], [1], 0, [0]),
        (Hinge(), [3], [1], 0, [0]),
        (Hinge(), [2, 1.5, -1], [1, -1, -1], 0.5, [-1, 1, 0]),
        (Hinge(), [0, 0, 0], [-1, 1, -1], 2, [1, -2, 1]),
        (Hinge(), [5, 0, 0], [1, -1, -1], 0, [0, 0, 0]),
        (SquaredHinge(), [0.25], [1], 0.5625, [-1.5]),
        (SquaredHinge(), [0.25], [-1], 1.5625, [2.5]),
        (SquaredHinge(), [1], [1], 0, [0]),
        (SquaredHinge(), [2, 1.5, -1], [1, -1, -1], 0.25, [-1, 1, 0]),
        (SquaredHinge(), [0, 1, 0], [-1, -1, 1], 5, [2, 4, -6]),
    ],
    ids=repr,
)
def test_that_values_and_gradients_agree_with_hand_calculation(
    loss: Loss,
    outputs: list[float],
    targets: list[float],
    value: float,
    gradient: list[float],
) -> None:
    said, wanted = np.array([outputs], float), np.array([targets], float)
    assert loss.values(said, wanted) == pytest.approx([value])
    np.testing.assert_allclose(loss.gradient(said, wanted), [gradient], atol=1e-15)


@pytest.mark.parametrize(("loss", "task"), CASES, ids=name)
def test_that_losses_stay_finite_at_any_size_of_output(loss: Loss, task: Task) -> None:
    for size in SIZES:
        outputs, targets = _cases(loss, task, size)
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            values, gradient = loss.values(outputs, targets), loss.gradient(outputs, targets)
            certainty = loss.certainty(outputs, Identity())
        assert (values >= 0).all(), size
        assert np.isfinite(values).all(), size
        assert np.isfinite(gradient).all(), size
        assert ((certainty >= 0) & (certainty <= 1)).all(), size


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("loss", "task"), CASES, ids=name)
def test_that_the_recorded_residual_is_the_readable_one(
    loss: Loss, task: Task, dtype: type[Any]
) -> None:
    for size in SIZES:
        outputs, targets = (array.astype(dtype) for array in _cases(loss, task, size))
        spare = np.vstack([outputs.T, np.ones((1, len(outputs)), dtype)])
        error = np.full(outputs.T.shape, np.nan, dtype)
        with np.errstate(all="ignore"):
            run(loss.record_prepare(spare, error))
            run(loss.record_residual(spare[:-1], targets.T, error))
        tolerance = 1e-5 if dtype is np.float32 else 1e-13
        np.testing.assert_allclose(error.T, loss.residual(outputs, targets), atol=tolerance)
        assert np.array_equal(spare[:-1].T, outputs), "outputs must be left as they are"


def _cases(loss: Loss, task: Task, size: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return outputs of up to a size, with every sign, and targets of every class."""
    count = loss.output_count(task)
    signs = np.array(np.meshgrid(*[[-1.0, 0.3, 1.0]] * count)).reshape(count, -1).T
    classes = max(task.class_count, 1)
    outputs = np.repeat(signs * size, classes, axis=0)
    labels = np.tile(np.arange(classes), len(signs)).astype(float)
    return outputs, Head(loss, task, loss.output_activation(task)).targets(labels)


@pytest.mark.parametrize(("loss", "task"), CASES, ids=name)
def test_that_gradients_agree_with_central_differences(loss: Loss, task: Task) -> None:
    # Sizes at which no output of the cases lies on a kink.
    outputs, targets = _cases(loss, task, 1.7)
    numeric = np.zeros_like(outputs)
    for unit in range(outputs.shape[1]):
        move = np.zeros_like(outputs)
        move[:, unit] = 1e-5
        above, below = loss.values(outputs + move, targets), loss.values(outputs - move, targets)
        numeric[:, unit] = (above - below) / 2e-5
    factor = loss.residual_factor(outputs.shape[1])
    np.testing.assert_allclose(factor * loss.residual(outputs, targets), numeric, atol=1e-9)


def test_that_huge_wrong_logits_cost_exactly_their_size() -> None:
    outputs = np.array([[1e4]])
    assert BinaryCrossEntropy().values(outputs, np.array([[0.0]])) == 1e4
    outputs = np.array([[1e4, -1e4]])
    for loss in (SoftmaxCrossEntropy(), KLDivergence(0.0)):
        assert loss.values(outputs, np.array([[0.0, 1.0]])) == 2e4
    assert SoftmaxCrossEntropy(0.5).values(outputs, np.array([[0.0, 1.0]])) == 1.5e4
    assert Focal().values(outputs, np.array([[0.0, 1.0]])) == 2e4
    assert Focal().values(outputs[:, :1], np.array([[0.0]])) == 1e4


@pytest.mark.parametrize("error", [1e-12, 1e-9, 1e-6])
def test_that_log_cosh_keeps_its_digits_near_zero(error: float) -> None:
    value = LogCosh().values(np.array([[error]]), np.zeros((1, 1)))
    assert value == pytest.approx(error**2 / 2, rel=1e-3, abs=0)


def test_that_softmax_does_not_change_when_all_logits_shift() -> None:
    logits = np.array([[1.0, 2.0, 4.0]])
    np.testing.assert_allclose(softmax(logits), softmax(logits + 1e4), rtol=1e-10)
    assert softmax(logits).sum() == pytest.approx(1)


def test_that_log_softmax_is_exact_where_softmax_is_zero() -> None:
    logits = np.array([[1e4, 0.0, -1e4]])
    assert log_softmax(logits).tolist() == [[0, -1e4, -2e4]]
    logits = np.array([[0.3, -1.0, 2.0]])
    np.testing.assert_allclose(log_softmax(logits), np.log(softmax(logits)), rtol=1e-13)


def test_that_divergence_is_smoothed_cross_entropy_less_its_least_value() -> None:
    outputs, targets = _cases(KLDivergence(), TASKS[TaskKind.MULTICLASS], 3.0)
    entropy, divergence = SoftmaxCrossEntropy(0.1), KLDivergence(0.1)
    difference = entropy.values(outputs, targets) - divergence.values(outputs, targets)
    wanted = entropy.wanted(targets[:1])
    np.testing.assert_allclose(difference, -(wanted * np.log(wanted)).sum(), rtol=1e-12)
    assert np.array_equal(entropy.gradient(outputs, targets), divergence.gradient(outputs, targets))


def test_that_focus_zero_is_cross_entropy() -> None:
    for kind, plain in (
        (TaskKind.BINARY, BinaryCrossEntropy()),
        (TaskKind.MULTICLASS, SoftmaxCrossEntropy()),
    ):
        outputs, targets = _cases(Focal(), TASKS[kind], 20.0)
        for ours, known in (
            (Focal(0.0).values(outputs, targets), plain.values(outputs, targets)),
            (Focal(0.0).gradient(outputs, targets), plain.gradient(outputs, targets)),
        ):
            np.testing.assert_allclose(ours, known, rtol=1e-12, atol=1e-15)


def test_that_focus_favours_hard_samples() -> None:
    easy, hard = np.array([[4.0]]), np.array([[-4.0]])
    yes = np.ones((1, 1))
    plain, focal = BinaryCrossEntropy(), Focal(2.0)
    assert focal.values(hard, yes) > 0.9 * plain.values(hard, yes)
    assert focal.values(easy, yes) < 1e-3 * plain.values(easy, yes)


def test_that_smoothed_labels_stop_certainty_from_growing() -> None:
    loss, targets = SoftmaxCrossEntropy(0.1), np.array([[1.0, 0.0, 0.0]])
    certain = np.array([[40.0, 0.0, 0.0]])
    assert loss.gradient(certain, targets)[0, 0] > 0
    assert SoftmaxCrossEntropy().gradient(certain, targets)[0, 0] <= 0


def test_that_softmax_of_two_classes_is_a_sigmoid() -> None:
    logits = np.array([[0.7, -0.4]])
    assert softmax(logits)[0, 0] == pytest.approx(Sigmoid().value(np.array(1.1)).item())


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_the_gradient_of_a_mean_is_divided_by_the_batch(loss: type[Loss], task: Task) -> None:
    outputs, targets = _cases(loss(), task, 1.0)
    one = np.vstack([loss().gradient(outputs[i : i + 1], targets[i : i + 1]) for i in range(3)])
    np.testing.assert_allclose(loss().gradient(outputs[:3], targets[:3]), one / 3)


@pytest.mark.parametrize("loss", LOSSES, ids=name)
def test_that_perfect_answers_are_believed(loss: type[Loss]) -> None:
    for kind in loss.tasks:
        task = TASKS[kind]
        if not task.class_count:
            continue
        head = Head(loss(), task, loss().output_activation(task))
        labels = np.arange(task.class_count).astype(float)
        sure = head.targets(labels) * 2 - sum(loss().target_values(head.activation)) / 2
        sure = np.where(sure > 0, 50.0, -50.0) if head.activation == Identity() else sure
        certainty = head.class_certainty(sure)
        np.testing.assert_allclose(certainty, np.eye(task.class_count), atol=1e-6)
        assert head.accuracy(sure, labels) == 1
        assert np.array_equal(head.predicted_classes(sure), labels)


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_certainties_of_all_classes_add_up_to_one(loss: type[Loss], task: Task) -> None:
    if not task.class_count:
        return
    outputs, _ = _cases(loss(), task, 3.0)
    head = Head(loss(), task, loss().output_activation(task))
    certainty = head.class_certainty(outputs)
    assert certainty.shape == (len(outputs), task.class_count)
    np.testing.assert_allclose(certainty.sum(1), 1)
    if task.kind is TaskKind.BINARY:
        assert (np.abs(head.signed_value(outputs)) <= 1).all()


def test_that_targets_follow_the_output_activation() -> None:
    binary, three = TASKS[TaskKind.BINARY], TASKS[TaskKind.MULTICLASS]
    labels = np.array([0.0, 1.0])
    assert Head(HalfSquared(), binary, Tanh()).targets(labels).tolist() == [[-1], [1]]
    assert Head(HalfSquared(), binary, Sigmoid()).targets(labels).tolist() == [[0], [1]]
    assert Head(Hinge(), binary, Identity()).targets(labels).tolist() == [[-1], [1]]
    logits = Head(SoftmaxCrossEntropy(), three, Identity())
    assert logits.targets(np.array([2.0, 0.0])).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_that_regression_has_values_and_no_accuracy() -> None:
    head = Head(HalfSquared(), TASKS[TaskKind.REGRESSION], Identity())
    labels = np.array([0.5, -2.0])
    assert head.targets(labels).tolist() == [[0.5], [-2.0]]
    assert head.accuracy(labels[:, None], labels) is None
    assert head.signed_value(labels[:, None]).tolist() == [0.5, -2.0]

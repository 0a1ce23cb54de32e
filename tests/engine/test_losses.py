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
    HalfSquared,
    Hinge,
    Huber,
    Loss,
    MeanAbsolute,
    MeanSquared,
    SoftmaxCrossEntropy,
    softmax,
)
from playground.engine.operations import run
from playground.schema.task import Task, TaskKind
from tests.contracts.catalog import LOSS_TASKS, LOSSES, TASKS, name

LOG2 = math.log(2)
SIZES = (0.0, 1e-3, 1.0, 30.0, 700.0, 1e4)


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
        (BinaryCrossEntropy(), [0], [1], LOG2, [-0.5]),
        (BinaryCrossEntropy(), [math.log(3)], [0], math.log(4), [0.75]),
        (SoftmaxCrossEntropy(), [0, 0], [1, 0], LOG2, [-0.5, 0.5]),
        (SoftmaxCrossEntropy(), [LOG2, 0, 0], [1, 0, 0], LOG2, [-0.5, 0.25, 0.25]),
        (Hinge(), [0.25], [1], 0.75, [-1]),
        (Hinge(), [0.25], [-1], 1.25, [1]),
        (Hinge(), [1], [1], 0, [0]),
        (Hinge(), [3], [1], 0, [0]),
        (Hinge(), [2, 1.5, -1], [1, -1, -1], 0.5, [-1, 1, 0]),
        (Hinge(), [0, 0, 0], [-1, 1, -1], 2, [1, -2, 1]),
        (Hinge(), [5, 0, 0], [1, -1, -1], 0, [0, 0, 0]),
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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_losses_stay_finite_at_any_size_of_output(
    loss: type[Loss], task: Task, size: float
) -> None:
    outputs, targets = _cases(loss(), task, size)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        values, gradient = loss().values(outputs, targets), loss().gradient(outputs, targets)
        certainty = loss().certainty(outputs, Identity())
    assert (values >= 0).all()
    assert np.isfinite(values).all()
    assert np.isfinite(gradient).all()
    assert ((certainty >= 0) & (certainty <= 1)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_the_recorded_residual_is_the_readable_one(
    loss: type[Loss], task: Task, size: float, dtype: type[Any]
) -> None:
    outputs, targets = (array.astype(dtype) for array in _cases(loss(), task, size))
    spare = np.vstack([outputs.T, np.ones((1, len(outputs)), dtype)])
    error = np.full(outputs.T.shape, np.nan, dtype)
    with np.errstate(all="ignore"):
        run(loss().record_prepare(spare, error))
        run(loss().record_residual(spare[:-1], targets.T, error))
    tolerance = 1e-5 if dtype is np.float32 else 1e-13
    np.testing.assert_allclose(error.T, loss().residual(outputs, targets), atol=tolerance)
    assert np.array_equal(spare[:-1].T, outputs), "outputs must be left as they are"


def _cases(loss: Loss, task: Task, size: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return outputs of up to a size, with every sign, and targets of every class."""
    count = loss.output_count(task)
    signs = np.array(np.meshgrid(*[[-1.0, 0.3, 1.0]] * count)).reshape(count, -1).T
    classes = max(task.class_count, 1)
    outputs = np.repeat(signs * size, classes, axis=0)
    labels = np.tile(np.arange(classes), len(signs)).astype(float)
    return outputs, Head(loss, task, loss.output_activation(task)).targets(labels)


def test_that_huge_wrong_logits_cost_exactly_their_size() -> None:
    outputs = np.array([[1e4]])
    assert BinaryCrossEntropy().values(outputs, np.array([[0.0]])) == 1e4
    outputs = np.array([[1e4, -1e4]])
    assert SoftmaxCrossEntropy().values(outputs, np.array([[0.0, 1.0]])) == 2e4


def test_that_softmax_does_not_change_when_all_logits_shift() -> None:
    logits = np.array([[1.0, 2.0, 4.0]])
    np.testing.assert_allclose(softmax(logits), softmax(logits + 1e4), rtol=1e-10)
    assert softmax(logits).sum() == pytest.approx(1)


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

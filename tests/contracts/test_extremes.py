"""Far from the ordinary: huge logits and weights, missing classes, features that never change."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.data.dataset import Samples, Split
from playground.data.prepared import PreparedData
from playground.data.scaling import MinMax, Standardise
from playground.engine.backpropagation import backpropagate
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm, Skip
from playground.engine.losses import Loss
from playground.engine.network import NetworkSpec, Parameters, resolve
from playground.engine.optimizers import Optimizer
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.schema.describe import tag_of
from playground.schema.task import Task, TaskKind
from playground.training.divergence import Diverged
from playground.training.trainer import Trainer
from tests.contracts.catalog import ACTIVATIONS, LOSS_TASKS, OPTIMIZERS, TASKS, batch, name

LAYERS = (Dense(4), BatchNorm(), Dropout(0.3), Dense(4), LayerNorm(), Skip(4), Dense(3))
EVERY_LOSS = pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)


def prepared(inputs: NDArray[Any], labels: NDArray[Any], task: Task) -> PreparedData:
    """Return samples of which the first two thirds are for training."""
    count = len(inputs)
    cut = max(1, 2 * count // 3)
    samples = Samples(
        points=inputs,
        inputs=inputs,
        labels=labels,
        strata=np.zeros(count, np.int64),
        task=task,
        input_names=tuple(f"input {i}" for i in range(inputs.shape[1])),
    )
    rows = np.arange(count)
    split = Split(rows[:cut], np.arange(0), rows[cut:])
    return PreparedData(ExperimentSpec().data, samples, split)


def trained(data: PreparedData, steps: int = 30, **training: Any) -> Trainer:
    spec = ExperimentSpec(
        network=NetworkSpec(LAYERS), training=TrainingSpec(**{"batch_size": 4, **training})
    )
    trainer = Trainer(spec, data)
    trainer.advance(steps)
    trainer.check_finite()
    return trainer


@EVERY_LOSS
def test_that_huge_outputs_have_a_finite_loss_and_gradient(loss: type[Loss], task: Task) -> None:
    head = resolve(NetworkSpec(()), 2, loss(), task).head
    count = head.output_count
    rows = list(itertools.product((1e4, 0.0, -1e4), repeat=count))
    outputs = np.repeat(np.array(rows), max(2, task.class_count), axis=0)
    labels = np.arange(len(outputs)) % max(2, task.class_count)
    targets = head.targets(labels.astype(float))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(loss().values(outputs, targets)).all()
        assert np.isfinite(loss().gradient(outputs, targets)).all()


def expect_finite(loss: type[Loss], task: Task, optimizers: Iterable[type[Optimizer]]) -> None:
    """Train a little with each optimizer on samples of one class only."""
    inputs, labels = batch(task, 24)
    if task.kind is not TaskKind.REGRESSION:
        labels = np.zeros_like(labels)
    for optimizer in optimizers:
        full = {"batch_size": 16} if tag_of(optimizer) == "lbfgs" else {}
        trainer = trained(
            prepared(inputs, labels, task), 12, loss=loss(), optimizer=optimizer(), **full
        )
        assert math.isfinite(trainer.metrics().train_loss or 0.0)


@EVERY_LOSS
def test_that_a_missing_class_is_no_accident(loss: type[Loss], task: Task) -> None:
    first = LOSS_TASKS.index((loss, task)) % 4
    expect_finite(loss, task, OPTIMIZERS[first::4])


@pytest.mark.slow
@EVERY_LOSS
def test_that_a_missing_class_is_no_accident_for_any_optimizer(
    loss: type[Loss], task: Task
) -> None:
    expect_finite(loss, task, OPTIMIZERS)


@EVERY_LOSS
def test_that_features_that_never_change_are_no_accident(loss: type[Loss], task: Task) -> None:
    inputs, labels = batch(task, 24)
    for constant in (0.0, -7.0, 1e3):
        inputs[:, 1] = constant
        trainer = trained(prepared(inputs, labels, task), loss=loss(), learning_rate=1e-4)
        assert math.isfinite(trainer.metrics().test_loss or 0.0)


@pytest.mark.parametrize("kind", ACTIVATIONS, ids=name)
def test_that_units_that_say_the_same_to_all_are_no_accident(kind: Any) -> None:
    # Equal inputs: batch norm measures no variance at all.
    task = TASKS[TaskKind.BINARY]
    network = NetworkSpec((Dense(4, kind()), BatchNorm(), LayerNorm(), Dense(2, kind())))
    architecture = resolve(network, 2, LOSS_TASKS[0][0](), task)
    parameters = Parameters(architecture.layers, np.zeros(architecture.parameter_count))
    inputs = np.ones((6, 2))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        trace = backpropagate(architecture, parameters, inputs, np.ones((6, 1)))
    assert np.isfinite(trace.gradient).all()
    assert np.isfinite(trace.statistics).all()


@pytest.mark.parametrize("scaling", [Standardise(), MinMax()], ids=name)
def test_that_a_constant_feature_can_be_scaled(scaling: Any) -> None:
    points = np.array([[1.0, 3.0], [2.0, 3.0], [4.0, 3.0]])
    fitted = scaling.fitted(points)
    scaled = fitted.scaled(points)
    assert np.isfinite(scaled).all()
    assert not scaled[:, 1].any()


@EVERY_LOSS
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_that_huge_weights_are_explained_and_never_warned_about(
    loss: type[Loss], task: Task, dtype: str
) -> None:
    inputs, labels = batch(task, 24)
    spec = ExperimentSpec(
        network=NetworkSpec(LAYERS), training=TrainingSpec(loss=loss(), batch_size=4, dtype=dtype)
    )
    trainer = Trainer(spec, prepared(inputs, labels, task))
    trainer.set_parameter(0, 0, 0, 1e30)
    trainer.advance(10)
    trainer.metrics()
    with pytest.raises(Diverged, match=r"weights of layer 1 became|weights of .* became"):
        trainer.check_finite()


def test_that_one_sample_and_no_test_set_are_enough() -> None:
    task = TASKS[TaskKind.MULTICLASS]
    trainer = trained(prepared(np.array([[0.3, -2.0]]), np.array([1.0]), task), batch_size=1)
    metrics = trainer.metrics()
    assert math.isfinite(metrics.train_loss or 0.0)
    assert metrics.test_loss is None

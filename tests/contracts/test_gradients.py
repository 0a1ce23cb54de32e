"""Every formula's derivative against central differences, in every combination."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from playground.engine.activations import GELU, Activation, Identity, Sigmoid, Step, Tanh
from playground.engine.backpropagation import backpropagate
from playground.engine.gradient_check import check_gradient
from playground.engine.losses import Loss
from playground.engine.network import Parameters, initial_parameters
from playground.engine.regularizers import L1, L2, ElasticNet, NoRegularization, Regularizer
from playground.schema.task import Task
from tests.contracts.catalog import (
    ACTIVATIONS,
    LOSS_TASKS,
    REGULARIZERS,
    batch,
    covering,
    name,
    small_network,
)

FLOAT64 = np.dtype(np.float64)
HAPPY = 1e-7

EXACT = tuple(kind for kind in ACTIVATIONS if not kind.surrogate_gradient)
"""Activations whose derivative is the true one. That of the others is a stand-in, with which
finite differences do not agree."""

STRONG: dict[type[Regularizer], Regularizer] = {
    NoRegularization: NoRegularization(),
    L1: L1(0.1),
    L2: L2(0.1),
    ElasticNet: ElasticNet(0.1, 0.2),
}
"""Strong enough to matter beside the loss."""


def expect_agreement(
    activation: type[Activation],
    loss: type[Loss],
    task: Task,
    regularizers: Iterable[type[Regularizer]],
) -> None:
    """Compare every component of the gradient with central differences, under each penalty."""
    architecture = small_network(activation(), loss(), task)
    parameters = initial_parameters(architecture, 3, FLOAT64)
    inputs, labels = batch(task, 5)
    targets = architecture.head.targets(labels)
    for regularizer in regularizers:
        check = check_gradient(architecture, parameters, inputs, targets, STRONG[regularizer])
        assert check.relative_error <= HAPPY, (activation, regularizer, check)
        assert check.compared + check.skipped == architecture.parameter_count
        assert check.skipped <= 2, check


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_backpropagation_agrees_with_central_differences(loss: type[Loss], task: Task) -> None:
    for pair, activation, regularizer in covering(LOSS_TASKS, EXACT, REGULARIZERS):
        if pair == (loss, task):
            expect_agreement(activation, loss, task, [regularizer])


@pytest.mark.slow
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
@pytest.mark.parametrize("activation", EXACT, ids=name)
def test_that_central_differences_agree_in_every_combination(
    activation: type[Activation], loss: type[Loss], task: Task
) -> None:
    expect_agreement(activation, loss, task, REGULARIZERS)


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_gradients_are_right_for_a_chosen_output_activation(
    loss: type[Loss], task: Task
) -> None:
    for output in EXACT:
        architecture = small_network(Tanh(), loss(), task, (3,), output())
        parameters = initial_parameters(architecture, 5, FLOAT64)
        inputs, labels = batch(task, 5)
        check = check_gradient(architecture, parameters, inputs, architecture.head.targets(labels))
        assert check.relative_error <= HAPPY, (output, check)


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_gradients_are_right_for_weighted_samples(loss: type[Loss], task: Task) -> None:
    architecture = small_network(Tanh(), loss(), task)
    parameters = initial_parameters(architecture, 3, FLOAT64)
    inputs, labels = batch(task, 5)
    check = check_gradient(
        architecture,
        parameters,
        inputs,
        architecture.head.targets(labels),
        L2(0.1),
        weights=np.array([0.0, 3.0, 0.2, 1.0, 7.0]),
    )
    assert check.relative_error <= HAPPY, check


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_gradients_are_right_without_hidden_layers(loss: type[Loss], task: Task) -> None:
    architecture = small_network(Tanh(), loss(), task, ())
    parameters = initial_parameters(architecture, 1, FLOAT64)
    inputs, labels = batch(task, 6)
    check = check_gradient(architecture, parameters, inputs, architecture.head.targets(labels))
    assert check.relative_error <= HAPPY, check


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_the_exact_form_of_gelu_has_the_right_gradient(loss: type[Loss], task: Task) -> None:
    architecture = small_network(GELU("exact"), loss(), task)
    parameters = initial_parameters(architecture, 3, FLOAT64)
    inputs, labels = batch(task, 5)
    check = check_gradient(architecture, parameters, inputs, architecture.head.targets(labels))
    assert check.relative_error <= HAPPY, check


def test_that_only_the_step_has_a_gradient_that_finite_differences_contradict() -> None:
    assert [kind for kind in ACTIVATIONS if kind.surrogate_gradient] == [Step]
    loss, task = LOSS_TASKS[0]
    architecture = small_network(Step(), loss(), task, (3,), Identity())
    parameters = initial_parameters(architecture, 3, FLOAT64)
    inputs, labels = batch(task, 5)
    targets = architecture.head.targets(labels)
    check = check_gradient(architecture, parameters, inputs, targets)
    assert check.verdict == "wrong"
    # The gradient goes straight through: it is the one that an identity with the same values has.
    trace = backpropagate(architecture, parameters, inputs, targets, NoRegularization())
    gradient = Parameters(architecture.layers, trace.gradient)
    values = np.heaviside(inputs @ parameters.weights(0) + parameters.biases(0), 0)
    outputs = values @ parameters.weights(1) + parameters.biases(1)
    error = architecture.head.loss.gradient(outputs, targets)
    np.testing.assert_allclose(gradient.weights(1), values.T @ error, rtol=1e-12, atol=1e-14)
    through = error @ parameters.weights(1).T
    np.testing.assert_allclose(gradient.weights(0), inputs.T @ through, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(gradient.biases(0), through.sum(0), rtol=1e-12, atol=1e-14)


def test_that_a_crossed_kink_is_left_out_and_counted() -> None:
    task = LOSS_TASKS[0][1]
    architecture = small_network(ACTIVATIONS[0](), LOSS_TASKS[0][0](), task, (3,))
    parameters = initial_parameters(architecture, 0, FLOAT64)
    parameters.weights(0)[0, 0] = 0.0
    inputs, labels = batch(task, 5)
    targets = architecture.head.targets(labels)
    check = check_gradient(architecture, parameters, inputs, targets, L1(0.1))
    assert check.skipped == 1
    assert check.compared == architecture.parameter_count - 1
    assert check.relative_error <= HAPPY


def test_that_a_wrong_gradient_is_called_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sigmoid, "derivative", lambda self, z: self.value(z))
    loss, task = LOSS_TASKS[0]
    architecture = small_network(Sigmoid(), loss(), task)
    parameters = initial_parameters(architecture, 0, FLOAT64)
    inputs, labels = batch(task, 5)
    check = check_gradient(architecture, parameters, inputs, architecture.head.targets(labels))
    assert check.verdict == "wrong"

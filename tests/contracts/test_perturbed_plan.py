"""Noise and constraints in the fast plan, against readable backpropagation with the same draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.engine.activations import Tanh
from playground.engine.backpropagation import backpropagate
from playground.engine.constraints import MaxNorm, NoConstraint
from playground.engine.forward_plan import with_ones
from playground.engine.layers import BatchNorm, Dense, LayerNorm, Skip
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import (
    NetworkSpec,
    Parameters,
    initial_parameters,
    resolve,
    weight_mask,
)
from playground.engine.noise import Noise, NoiseTape
from playground.engine.operations import run
from playground.engine.optimizers import SGD, Adam, LearningRate, spans_of
from playground.engine.plan import TrainingPlan
from playground.engine.regularization_tape import RegularizationTape
from playground.engine.regularizers import L2
from playground.schema.task import TaskKind
from tests.contracts.catalog import TASKS, batch

FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)
RATE, LIMIT = 0.5, 0.8
TASK = TASKS[TaskKind.MULTICLASS]
NETWORKS: dict[str, tuple[Any, ...]] = {
    "dense": (Dense(6, Tanh()), Dense(5, Tanh())),
    "norms": (Dense(6), BatchNorm(), Dense(5), LayerNorm(), Skip(reach=2)),
    "frozen": (Dense(6, frozen=True), Dense(5)),
    "normed inputs": (BatchNorm(), Dense(4)),
}


@pytest.mark.parametrize("dtype", [FLOAT64, FLOAT32], ids=str)
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    "noise",
    [Noise(inputs=0.3), Noise(weights=0.2), Noise(0.3, 0.2), Noise()],
    ids=["inputs", "weights", "both", "none"],
)
def test_that_noise_moves_the_gradient_and_a_constraint_the_outcome(
    noise: Noise, network: str, dtype: np.dtype[Any]
) -> None:
    tolerance = 1e-11 if dtype == FLOAT64 else 2e-5
    spec = NetworkSpec(NETWORKS[network])
    architecture = resolve(spec, 2, SoftmaxCrossEntropy(), TASK)
    parameters = initial_parameters(architecture, 3, dtype)
    inputs, labels = batch(TASK, 9)
    inputs, targets = inputs.astype(dtype), architecture.head.targets(labels)
    mask = weight_mask(architecture, dtype)
    optimizer = Adam()
    state = optimizer.allocate(len(parameters.vector), dtype)
    penalty = L2(0.05)
    plan = TrainingPlan(
        architecture,
        parameters,
        optimizer,
        state,
        LearningRate(RATE, dtype),
        RegularizationTape(architecture, parameters, penalty, state.gradient),
        len(inputs),
        constraint=MaxNorm(LIMIT),
        noise=NoiseTape(noise, parameters.vector, mask, np.random.default_rng(5)),
    )
    tape = plan.record_step(with_ones(inputs, dtype), targets.astype(dtype))
    rng = np.random.default_rng(5)
    for step in (1, 2, 3):
        before = parameters.vector.copy()
        statistics = parameters.statistics.copy()
        slots = optimizer.textbook(state)
        run(tape)

        noisy = noise.noisy_inputs(inputs, rng)
        moved = noise.noisy_parameters(before, mask, rng)
        trace = backpropagate(
            architecture, Parameters(architecture.layers, moved, statistics), noisy, targets
        )
        # The penalty is that of the weights themselves.
        frozen = np.concatenate(
            [np.full(shape.parameter_count, shape.layer.frozen) for shape in architecture.layers]
        )
        expected = trace.gradient + np.where(frozen, 0, penalty.gradient(before) * mask)
        assert trace.gradient.dtype == dtype
        size = float(np.linalg.norm(expected))
        assert float(np.linalg.norm(expected - state.gradient)) <= tolerance * size
        np.testing.assert_allclose(parameters.statistics, trace.statistics, rtol=tolerance)

        after, _ = optimizer.update_layers(
            before, state.gradient, slots, step, RATE, spans_of(parameters.blocks)
        )
        after = np.where(frozen, before, after).astype(dtype)
        allowed = Parameters(architecture.layers, after)
        for index, shape in enumerate(architecture.layers):
            if not shape.layer.frozen:
                weights = allowed.weights(index)
                weights[:] = MaxNorm(LIMIT).projected(weights)
        np.testing.assert_allclose(parameters.vector, after, rtol=tolerance, atol=tolerance)


def test_that_biases_and_frozen_weights_may_be_longer_than_the_limit() -> None:
    spec = NetworkSpec((Dense(4, initial_bias=3.0, frozen=True), Dense(3, initial_bias=3.0)))
    architecture = resolve(spec, 2, SoftmaxCrossEntropy(), TASK)
    parameters = initial_parameters(architecture, 0, FLOAT64)
    for index in range(3):
        parameters.weights(index)[:] *= 100
    before = parameters.vector.copy()
    optimizer = SGD()
    state = optimizer.allocate(len(parameters.vector), FLOAT64)
    plan = TrainingPlan(
        architecture,
        parameters,
        optimizer,
        state,
        LearningRate(0.0, FLOAT64),
        RegularizationTape(architecture, parameters, L2(0.0), state.gradient),
        5,
        constraint=MaxNorm(1.0),
    )
    inputs, labels = batch(TASK, 5)
    run(plan.record_step(with_ones(inputs, FLOAT64), architecture.head.targets(labels)))
    old = Parameters(architecture.layers, before)
    assert np.array_equal(parameters.matrices[0], old.matrices[0])
    for index in (1, 2):
        assert np.linalg.norm(parameters.weights(index), axis=0).max() <= 1 + 1e-12
        assert np.array_equal(parameters.biases(index), old.biases(index))
    assert NoConstraint().record(parameters.weights(1)) == []

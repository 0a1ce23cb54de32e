"""Networks that were worked out by hand, in the readable form and in the fast one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.activations import Identity, Sigmoid
from playground.engine.backpropagation import Trace, backpropagate
from playground.engine.forward_plan import with_ones
from playground.engine.head import Head
from playground.engine.layers import Dense, Output
from playground.engine.losses import HalfSquared, MeanSquared
from playground.engine.network import Architecture, LayerShape, NetworkSpec, Parameters, resolve
from playground.engine.operations import run
from playground.engine.optimizers import SGD, LearningRate
from playground.engine.plan import TrainingPlan
from playground.engine.regularization_tape import RegularizationTape
from playground.engine.regularizers import NoRegularization
from playground.schema.task import Task, TaskKind

Reals = NDArray[Any]
FLOAT64 = np.dtype(np.float64)


def _stepped(
    architecture: Architecture, parameters: Parameters, x: Reals, t: Reals, rate: float
) -> Parameters:
    """Return the parameters after one step of the fast plan."""
    moved = Parameters(architecture.layers, parameters.vector.copy())
    state = SGD().allocate(len(moved.vector), FLOAT64)
    tape = RegularizationTape(architecture, moved, NoRegularization(), state.gradient)
    plan = TrainingPlan(
        architecture, moved, SGD(), state, LearningRate(rate, FLOAT64), tape, len(x)
    )
    run(plan.record_step(with_ones(x, FLOAT64), t))
    return moved


class TestOneNeuron:
    """x = 2, w = 3, b = 1, target 9, L = (ŷ - t)²."""

    x, t = np.array([[2.0]]), np.array([[9.0]])

    @pytest.fixture
    def architecture(self) -> Architecture:
        network = NetworkSpec((), Output(Identity(), initial_bias=1.0))
        return resolve(network, 1, MeanSquared(), Task(TaskKind.REGRESSION))

    @pytest.fixture
    def parameters(self, architecture: Architecture) -> Parameters:
        return Parameters(architecture.layers, np.array([3.0, 1.0]))

    def test_that_the_pass_is_the_one_on_the_blackboard(
        self, architecture: Architecture, parameters: Parameters
    ) -> None:
        trace = backpropagate(architecture, parameters, self.x, self.t)
        assert trace.layers[0].activation.item() == 7
        assert trace.cost == 4
        assert trace.layers[0].weight_gradient.item() == -8
        assert trace.layers[0].bias_gradient.item() == -4

    def test_that_one_step_of_training_is_the_one_on_the_blackboard(
        self, architecture: Architecture, parameters: Parameters
    ) -> None:
        moved = _stepped(architecture, parameters, self.x, self.t, 0.05)
        np.testing.assert_allclose(moved.vector, [3.4, 1.2], rtol=1e-15)
        assert backpropagate(architecture, moved, self.x, self.t).cost == pytest.approx(1)


class TestMazursNetwork:
    """Two inputs, two sigmoids, two sigmoids: "A Step by Step Backpropagation Example" (2015)."""

    x, t = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])

    @pytest.fixture
    def architecture(self) -> Architecture:
        task = Task(TaskKind.MULTICLASS, ("first", "second"))
        network = NetworkSpec((Dense(2, Sigmoid()),), Output(Sigmoid()))
        return resolve(network, 2, HalfSquared(), task)

    @pytest.fixture
    def parameters(self, architecture: Architecture) -> Parameters:
        # Columns are units: w1 and w2 lead into the first hidden one.
        hidden = [[0.15, 0.25], [0.20, 0.30], [0.35, 0.35]]
        output = [[0.40, 0.50], [0.45, 0.55], [0.60, 0.60]]
        return Parameters(architecture.layers, np.array([*hidden, *output]).ravel())

    @pytest.fixture
    def trace(self, architecture: Architecture, parameters: Parameters) -> Trace:
        return backpropagate(architecture, parameters, self.x, self.t)

    def test_that_the_forward_pass_is_his(self, trace: Trace) -> None:
        assert trace.layers[0].pre_activation[0, 0] == pytest.approx(0.3775, abs=1e-12)
        assert trace.layers[0].activation[0, 0] == pytest.approx(0.593269992, abs=5e-10)
        assert trace.layers[1].activation[0, 0] == pytest.approx(0.751365070, abs=5e-10)
        assert trace.layers[1].activation[0, 1] == pytest.approx(0.772928465, abs=5e-10)
        assert trace.cost == pytest.approx(0.298371109, abs=5e-10)

    def test_that_the_gradients_are_his(self, trace: Trace) -> None:
        assert trace.layers[1].weight_gradient[0, 0] == pytest.approx(0.0821670406, abs=5e-11)
        # He multiplies rounded factors, which moves the last two of his digits.
        assert trace.layers[0].weight_gradient[0, 0] == pytest.approx(0.000438567727, abs=1e-11)

    def test_that_the_weights_after_one_step_are_his(
        self, architecture: Architecture, parameters: Parameters
    ) -> None:
        moved = _stepped(architecture, parameters, self.x, self.t, 0.5)
        first, second = moved.weights(0).T.ravel(), moved.weights(1).T.ravel()
        np.testing.assert_allclose(
            first, [0.149780716, 0.19956143, 0.24975114, 0.29950229], atol=5e-9
        )
        np.testing.assert_allclose(
            second, [0.358916480, 0.408666186, 0.511301270, 0.561370121], atol=5e-10
        )


def test_that_a_value_used_twice_gathers_both_gradients() -> None:
    # Both outputs read the one hidden unit h: ∂C/∂h is the sum over the wires that leave it.
    layers = (
        LayerShape(Dense(1, Identity()), 1),
        LayerShape(Dense(2, Identity()), 1),
    )
    head = Head(HalfSquared(), Task(TaskKind.MULTICLASS, ("a", "b")), Identity())
    architecture = Architecture(layers, head)
    parameters = Parameters(layers, np.array([2.0, 0.0, 3.0, -5.0, 0.0, 0.0]))
    trace = backpropagate(architecture, parameters, np.array([[1.0]]), np.array([[5.0, -12.0]]))
    upstream = trace.layers[1].activation_gradient
    assert upstream.tolist() == [[1.0, 2.0]]
    assert trace.layers[0].activation_gradient.item() == 1.0 * 3 + 2.0 * -5

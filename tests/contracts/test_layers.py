"""Every kind of layer, in every place: gradients, the fast plan, freezing, own penalties."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.activations import (
    GELU,
    Identity,
    Maxout,
    PReLU,
    ReLU,
    Softmax,
    Step,
    Tanh,
)
from playground.engine.backpropagation import backpropagate
from playground.engine.forward_plan import ForwardPlan, with_ones
from playground.engine.gradient_check import check_gradient
from playground.engine.layers import AnyLayer, BatchNorm, Dense, Dropout, LayerNorm, Output, Skip
from playground.engine.losses import HalfSquared, SoftmaxCrossEntropy
from playground.engine.network import (
    Architecture,
    NetworkSpec,
    Parameters,
    draw_masks,
    initial_parameters,
    predict,
    resolve,
)
from playground.engine.operations import run
from playground.engine.optimizers import SGD
from playground.engine.regularizers import L1, L2, NoRegularization
from playground.schema.task import TaskKind
from playground.schema.validation import InvalidValue
from tests.contracts.catalog import ACTIVATIONS, LOSS_TASKS, OPTIMIZERS, TASKS, batch, name
from tests.contracts.test_plan import FLOAT32, FLOAT64, Run

TANH, WIDE = Tanh(), Dense(4, GELU(), initial_bias=0.1)
NETWORKS: dict[str, tuple[AnyLayer, ...]] = {
    "batch norm": (WIDE, BatchNorm(), Dense(3)),
    "batch norm first": (BatchNorm(TANH), Dense(3)),
    "batch norm last": (WIDE, BatchNorm()),
    "batch norm before the activation": (Dense(4, Identity()), BatchNorm(TANH), Dense(3)),
    "two batch norms": (WIDE, BatchNorm(TANH, momentum=0.5), WIDE, BatchNorm(epsilon=0.01)),
    "frozen batch norm": (WIDE, BatchNorm(TANH, frozen=True), Dense(3)),
    "layer norm": (WIDE, LayerNorm(), Dense(3)),
    "layer norm first": (LayerNorm(TANH), Dense(3)),
    "frozen layer norm": (WIDE, LayerNorm(frozen=True), Dense(3)),
    "dropout": (WIDE, Dropout(0.4), Dense(3)),
    "dropout first": (Dropout(0.3), WIDE),
    "dropout last": (WIDE, Dropout(0.5)),
    "no dropout": (WIDE, Dropout(0.0), Dense(3)),
    "identity skip": (WIDE, Dense(4), Skip(), Dense(3)),
    "projected skip": (WIDE, Dense(4), Skip(shortcut="projected"), Dense(3)),
    "skip between widths": (WIDE, Dense(3), Skip(activation=TANH)),
    "skip from the inputs": (Dense(2), Skip(), Dense(3)),
    "projected skip from the inputs": (WIDE, Dense(3), Skip(2), Dense(2)),
    "skip over a norm and a dropout": (WIDE, BatchNorm(), Dense(4), Dropout(0.3), Skip(3)),
    "two skips from one place": (WIDE, Dense(4), Skip(1), Dense(4), Skip(3), Dense(2)),
    "frozen projection": (WIDE, Dense(3), Skip(frozen=True), Dense(3)),
    "frozen dense": (Dense(4, frozen=True), Dense(3), Dense(2, ReLU(), frozen=True)),
    "frozen learned slope": (Dense(4, PReLU(), frozen=True), Dense(3)),
    "own penalties": (Dense(4, regularizer=L1(0.05)), Dense(3, regularizer=NoRegularization())),
    "own penalty of a projection": (WIDE, Dense(3), Skip(regularizer=L2(0.3))),
    "softmax inside": (Dense(4, Softmax()), Dense(3)),
    "maxout of many": (Dense(4, Maxout(3)), Dense(3, Maxout())),
    "everything": (
        Dropout(0.1),
        Dense(5, Maxout()),
        BatchNorm(PReLU()),
        Dropout(0.2),
        Dense(5, Identity()),
        LayerNorm(Softmax()),
        Skip(3, activation=ReLU()),
        Dense(3, frozen=True),
    ),
}
EVERY = pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS.keys())


def network(layers: tuple[AnyLayer, ...], loss: Any = None, task: Any = None) -> Architecture:
    task = task or TASKS[TaskKind.MULTICLASS]
    return resolve(NetworkSpec(layers), 2, loss or SoftmaxCrossEntropy(), task)


def samples(architecture: Architecture, count: int) -> tuple[NDArray[Any], NDArray[Any]]:
    inputs, labels = batch(architecture.head.task, count)
    return inputs, architecture.head.targets(labels)


@EVERY
def test_that_finite_differences_agree(layers: tuple[AnyLayer, ...]) -> None:
    architecture = network(layers)
    parameters = initial_parameters(architecture, 1, FLOAT64)
    rng = np.random.default_rng(0)
    parameters.vector += 0.3 * rng.standard_normal(len(parameters.vector))
    inputs, targets = samples(architecture, 6)
    masks = draw_masks(architecture, 6, rng)
    check = check_gradient(architecture, parameters, inputs, targets, L2(0.1), masks=masks)
    assert check.relative_error <= 1e-7, check
    assert check.skipped <= check.compared // 10


@EVERY
@pytest.mark.parametrize("dtype", [FLOAT64, FLOAT32], ids=str)
def test_that_the_plan_does_what_the_definition_says(
    layers: tuple[AnyLayer, ...], dtype: np.dtype[Any]
) -> None:
    architecture = network(layers)
    inputs, targets = samples(architecture, 7)
    for optimizer in OPTIMIZERS:
        training = Run(architecture, optimizer(), L2(0.02), dtype)
        last = training.tape(inputs[:3], targets[:3])
        training.expect_step(last, inputs[:3], targets[:3])
        whole = training.tape(inputs, targets)
        for _ in range(3):
            training.expect_step(whole, inputs, targets)


@pytest.mark.slow
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
@EVERY
def test_that_every_loss_goes_back_through_every_layer(
    layers: tuple[AnyLayer, ...], loss: Any, task: Any
) -> None:
    for activation in ACTIVATIONS:
        # Widths that maxout cannot divide are refused; a step doubles the rounding of a value
        # that is 0 but for it, as where a norm is given a constant.
        kinds = (Dense,) if activation in (Maxout, Step) else (Dense, BatchNorm, LayerNorm, Skip)
        is_normed = any(isinstance(layer, BatchNorm | LayerNorm) for layer in layers)
        if activation is Step and is_normed:
            continue
        changed = tuple(
            msgspec.structs.replace(layer, activation=activation())
            if isinstance(layer, kinds)
            else layer
            for layer in layers
        )
        architecture = network(changed, loss(), task)
        inputs, targets = samples(architecture, 5)
        training = Run(architecture, SGD(), L1(0.01), FLOAT64)
        tape = training.tape(inputs, targets)
        for _ in range(2):
            training.expect_step(tape, inputs, targets)


@EVERY
def test_that_a_batch_of_one_is_no_accident(layers: tuple[AnyLayer, ...]) -> None:
    architecture = network(layers)
    inputs, targets = samples(architecture, 1)
    training = Run(architecture, SGD(), NoRegularization(), FLOAT64)
    tape = training.tape(inputs, targets)
    training.expect_step(tape, inputs, targets)
    assert np.isfinite(training.parameters.vector).all()


@EVERY
def test_that_the_forward_plan_predicts(layers: tuple[AnyLayer, ...]) -> None:
    architecture = network(layers)
    parameters = initial_parameters(architecture, 0, FLOAT64)
    rng = np.random.default_rng(1)
    parameters.statistics[:] = rng.random(len(parameters.statistics)) + 0.5
    inputs, _ = batch(architecture.head.task, 11)
    plan = ForwardPlan(architecture, parameters, len(inputs))
    run(plan.record(with_ones(inputs, FLOAT64)))
    outputs = predict(architecture, parameters, inputs)
    np.testing.assert_allclose(plan.outputs.T, outputs, rtol=1e-12, atol=1e-14)


def test_that_what_is_frozen_never_moves() -> None:
    layers = (Dense(4, PReLU(), frozen=True), BatchNorm(frozen=True), Dense(3))
    architecture = network(layers)
    inputs, targets = samples(architecture, 7)
    for optimizer in OPTIMIZERS:
        training = Run(architecture, optimizer(), L2(0.5), FLOAT64)
        before = training.parameters.copy()
        tape = training.tape(inputs, targets)
        for _ in range(3):
            run(tape)
        for index in range(2):
            after = training.parameters
            assert np.array_equal(before.matrices[index], after.matrices[index])
            assert np.array_equal(before.slopes[index], after.slopes[index])
            assert np.array_equal(before.running[index], after.running[index])
        assert not np.allclose(before.matrices[2], training.parameters.matrices[2])


def test_that_gradients_that_meet_are_shown_and_summed() -> None:
    architecture = network((Dense(3), Dense(3), Skip(), Dense(2)))
    parameters = initial_parameters(architecture, 2, FLOAT64)
    trace = backpropagate(architecture, parameters, *samples(architecture, 4))
    first = trace.layers[0]
    assert [layer for layer, _ in first.upstreams] == [1, 2]
    total = first.upstreams[0][1] + first.upstreams[1][1]
    assert np.array_equal(first.activation_gradient, total)
    assert np.array_equal(first.upstreams[1][1], trace.layers[2].pre_activation_gradient)


def test_that_a_layer_in_between_changes_no_initial_weights() -> None:
    plain = network((Dense(4), Dense(3)))
    mixed = network((Dropout(), Dense(4), BatchNorm(), Dense(3), LayerNorm()))
    weights = [initial_parameters(a, 3, FLOAT64) for a in (plain, mixed)]
    for index, place in ((0, 1), (1, 3), (2, 5)):
        assert np.array_equal(weights[0].matrices[index], weights[1].matrices[place])


def test_that_dropout_drops_its_share_and_keeps_the_mean() -> None:
    architecture = network((Dropout(0.3), Dense(2)))
    (mask, *_) = draw_masks(architecture, 20_000, np.random.default_rng(0))
    assert mask is not None
    assert set(np.unique(mask)) == {0.0, 1 / 0.7}
    assert float((mask == 0).mean()) == pytest.approx(0.3, abs=0.01)
    assert float(mask.mean()) == pytest.approx(1, abs=0.02)


def test_that_batch_norm_measures_and_remembers() -> None:
    architecture = resolve(
        NetworkSpec((BatchNorm(),)), 2, HalfSquared(), TASKS[TaskKind.REGRESSION]
    )
    parameters = initial_parameters(architecture, 0, FLOAT64)
    inputs = np.array([[1.0, 4.0], [3.0, 4.0]])
    trace = backpropagate(architecture, parameters, inputs, np.zeros((2, 1)))
    normalized = trace.layers[0].kept["normalized"]
    # Mean 2 and variance 1 over the batch; the second input never changes.
    np.testing.assert_allclose(normalized, [[-1, 0], [1, 0]], atol=1e-5)
    moved = Parameters(architecture.layers, parameters.vector, trace.statistics).running[0]
    np.testing.assert_allclose(moved, [[0.2, 0.4], [0.9 + 0.1 * 2, 0.9]])


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ((Skip(),), "network.layers.0.reach 1 bridges too much: there is no layer before it"),
        ((Dense(3), Skip(2)), "network.layers.1.reach 2 bridges too much: there is only one"),
        (
            (Dense(3), Dense(4), Skip(1, "identity")),
            "network.layers.2.shortcut 'identity' cannot add 3 values to 4",
        ),
    ],
    ids=repr,
)
def test_that_a_skip_that_does_not_fit_is_explained(
    layers: tuple[AnyLayer, ...], message: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        network(layers)
    assert str(caught.value).startswith(message)


def test_that_the_output_layer_can_be_frozen_too() -> None:
    spec = NetworkSpec((Dense(3),), Output(frozen=True))
    architecture = resolve(spec, 2, HalfSquared(), TASKS[TaskKind.REGRESSION])
    training = Run(architecture, SGD(), NoRegularization(), FLOAT64)
    before = training.parameters.matrices[1].copy()
    run(training.tape(*samples(architecture, 4)))
    assert np.array_equal(training.parameters.matrices[1], before)

"""The fast plan against readable backpropagation and the textbook's update rules."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.activations import Activation, ReLU, Tanh
from playground.engine.backpropagation import backpropagate
from playground.engine.clipping import ClipByNorm, ClipByValue, Clipping, NoClipping
from playground.engine.forward_plan import ForwardPlan, with_ones
from playground.engine.losses import Loss
from playground.engine.network import Architecture, Parameters, initial_parameters, predict
from playground.engine.operations import Operation, run
from playground.engine.optimizers import LearningRate, Optimizer, spans_of
from playground.engine.plan import TrainingPlan
from playground.engine.regularization_tape import RegularizationTape
from playground.engine.regularizers import L1, L2, ElasticNet, NoRegularization, Regularizer
from playground.schema.task import Task
from tests.contracts.catalog import (
    ACTIVATIONS,
    CLIPPINGS,
    LOSS_TASKS,
    OPTIMIZERS,
    REGULARIZERS,
    batch,
    covering,
    name,
    small_network,
)

FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)
TOLERANCE = {FLOAT64: 1e-12, FLOAT32: 1e-5}
RATE = 0.01

REGULAR: dict[type[Regularizer], Regularizer] = {
    NoRegularization: NoRegularization(),
    L1: L1(0.03),
    L2: L2(0.03),
    ElasticNet: ElasticNet(0.02, 0.05),
}
# Limits that the gradients of these small networks exceed.
TIGHT: dict[type[Clipping], Clipping] = {
    NoClipping: NoClipping(),
    ClipByValue: ClipByValue(0.02),
    ClipByNorm: ClipByNorm(0.05),
}
STRONG = (NoRegularization(), ElasticNet(0.5, 0.5))


@dataclass
class Run:
    """One network under training, with a plan for each size of batch."""

    architecture: Architecture
    optimizer: Optimizer
    regularizer: Regularizer
    dtype: np.dtype[Any]
    clipping: Clipping = field(default_factory=NoClipping)

    def __post_init__(self) -> None:
        self.parameters = initial_parameters(self.architecture, 3, self.dtype)
        self.state = self.optimizer.allocate(len(self.parameters.vector), self.dtype)
        self.rate = LearningRate(RATE, self.dtype)
        self.regularization = RegularizationTape(
            self.architecture, self.parameters, self.regularizer, self.state.gradient
        )

    def tape(self, inputs: NDArray[Any], targets: NDArray[Any]) -> list[Operation]:
        plan = TrainingPlan(
            self.architecture,
            self.parameters,
            self.optimizer,
            self.state,
            self.rate,
            self.regularization,
            len(inputs),
            self.clipping,
            np.random.default_rng(5),
        )
        self.plan = plan
        return plan.record_step(with_ones(inputs, self.dtype), targets.astype(self.dtype))

    def expect_step(
        self, tape: list[Operation], inputs: NDArray[Any], targets: NDArray[Any]
    ) -> None:
        """Replay a step, and compare its gradient and its update with the readable forms."""
        tolerance = TOLERANCE[self.dtype]
        before = self.parameters.vector.copy()
        slots = self.optimizer.textbook(self.state)
        steps = self.state.steps + 1
        statistics = self.parameters.statistics.copy()
        run(tape)

        here = Parameters(self.architecture.layers, before, statistics)
        masks = self.plan.masks
        trace = backpropagate(self.architecture, here, inputs, targets, self.regularizer, masks)
        measured = self.parameters.statistics
        assert np.allclose(trace.statistics, measured, rtol=tolerance, atol=tolerance)
        assert trace.gradient.dtype == self.dtype
        clipped = self.clipping.clipped(trace.gradient)
        assert clipped.dtype == self.dtype
        size = max(float(np.linalg.norm(clipped)), 1e-3)
        error = float(np.linalg.norm(clipped - self.state.gradient))
        assert error <= tolerance * size, ("gradient", self)

        # From the same gradient: rules that divide by its size would magnify the last bits.
        spans = spans_of(self.parameters.blocks)
        after, slots = self.optimizer.update_layers(
            before, self.state.gradient, slots, steps, RATE, spans
        )
        for shape, span in zip(self.architecture.layers, here.spans, strict=True):
            if shape.layer.frozen:
                after[span] = before[span]
        assert np.abs(after - self.parameters.vector).max() <= tolerance, ("update", self)
        for slot, vector in self.optimizer.textbook(self.state).items():
            assert np.allclose(slots[slot], vector, rtol=tolerance, atol=tolerance), slot


Updates = Iterable[tuple[type[Optimizer], type[Regularizer]]]
EVERY_PAIR = covering(LOSS_TASKS, ACTIVATIONS, OPTIMIZERS, REGULARIZERS)


def expect_textbook(
    activation: type[Activation],
    loss: type[Loss],
    task: Task,
    dtype: np.dtype[Any],
    updates: Updates,
) -> None:
    """Train a few steps with each optimizer and penalty, on batches of two sizes."""
    architecture = small_network(activation(), loss(), task, (4, 3))
    inputs, labels = batch(task, 7)
    targets = architecture.head.targets(labels)
    for optimizer, regularizer in updates:
        training = Run(architecture, optimizer(), REGULAR[regularizer], dtype)
        whole = training.tape(inputs, targets)
        last = training.tape(inputs[:3], targets[:3])
        training.expect_step(whole, inputs, targets)
        training.expect_step(last, inputs[:3], targets[:3])
        training.expect_step(whole, inputs, targets)


@pytest.mark.parametrize("dtype", [FLOAT64, FLOAT32], ids=str)
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_the_plan_does_what_the_textbook_says(
    loss: type[Loss], task: Task, dtype: np.dtype[Any]
) -> None:
    for pair, activation, *update in EVERY_PAIR:
        if pair == (loss, task):
            expect_textbook(activation, loss, task, dtype, [tuple(update)])


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [FLOAT64, FLOAT32], ids=str)
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=name)
def test_that_the_plan_does_what_the_textbook_says_in_every_combination(
    activation: type[Activation], loss: type[Loss], task: Task, dtype: np.dtype[Any]
) -> None:
    updates = itertools.product(OPTIMIZERS, REGULARIZERS)
    expect_textbook(activation, loss, task, dtype, updates)


def expect_clipped(
    loss: type[Loss],
    task: Task,
    optimizer: type[Optimizer],
    clipping: type[Clipping],
    regularizer: Regularizer,
    dtype: np.dtype[Any],
) -> None:
    """Make two steps with a limit that is met, and see that it is."""
    architecture = small_network(Tanh(), loss(), task, (4, 3))
    inputs, labels = batch(task, 7)
    targets = architecture.head.targets(labels)
    bound = TIGHT[clipping]
    training = Run(architecture, optimizer(), regularizer, dtype, bound)
    tape = training.tape(inputs, targets)
    training.expect_step(tape, inputs, targets)
    training.expect_step(tape, inputs, targets)
    loose = Run(architecture, optimizer(), regularizer, dtype)
    run(loose.tape(inputs, targets))
    is_tight = not np.array_equal(bound.clipped(loose.state.gradient), loose.state.gradient)
    assert is_tight == (clipping is not NoClipping)


@pytest.mark.parametrize("dtype", [FLOAT64, FLOAT32], ids=str)
def test_that_the_plan_clips_what_the_penalty_is_part_of(dtype: np.dtype[Any]) -> None:
    for (loss, task), *options in covering(LOSS_TASKS, OPTIMIZERS, CLIPPINGS, STRONG):
        expect_clipped(loss, task, *options, dtype)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [FLOAT64, FLOAT32], ids=str)
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_the_plan_clips_in_every_combination(
    loss: type[Loss], task: Task, dtype: np.dtype[Any]
) -> None:
    for options in itertools.product(OPTIMIZERS, CLIPPINGS, STRONG):
        expect_clipped(loss, task, *options, dtype)


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_the_plan_honours_a_chosen_output_activation(loss: type[Loss], task: Task) -> None:
    pairs = [(hidden, output) for output in ACTIVATIONS for hidden in (Tanh, output)]
    for hidden, output in pairs:
        architecture = small_network(hidden(), loss(), task, (4, 3), output())
        inputs, labels = batch(task, 6)
        targets = architecture.head.targets(labels)
        training = Run(architecture, OPTIMIZERS[0](), NoRegularization(), FLOAT64)
        tape = training.tape(inputs, targets)
        for _ in range(3):
            training.expect_step(tape, inputs, targets)


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
@pytest.mark.parametrize("widths", [(), (1,), (9, 1, 5)], ids=str)
def test_that_the_plan_is_right_for_any_depth_and_width(
    loss: type[Loss], task: Task, widths: tuple[int, ...]
) -> None:
    architecture = small_network(ReLU(), loss(), task, widths)
    inputs, labels = batch(task, 5)
    targets = architecture.head.targets(labels)
    for count in (1, 5):
        training = Run(architecture, OPTIMIZERS[0](), L2(0.01), FLOAT64)
        tape = training.tape(inputs[:count], targets[:count])
        for _ in range(3):
            training.expect_step(tape, inputs[:count], targets[:count])


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=name)
def test_that_the_forward_plan_predicts(activation: type[Activation]) -> None:
    for loss, task in LOSS_TASKS:
        architecture = small_network(activation(), loss(), task)
        parameters = initial_parameters(architecture, 0, FLOAT64)
        inputs, _ = batch(task, 11)
        plan = ForwardPlan(architecture, parameters, len(inputs))
        run(plan.record(with_ones(inputs, FLOAT64)))
        np.testing.assert_allclose(
            plan.outputs.T, predict(architecture, parameters, inputs), rtol=1e-12, atol=1e-14
        )


@pytest.mark.parametrize("dtype", [FLOAT64, FLOAT32], ids=str)
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_weighted_batches_are_gathered_to_the_gradient_of_the_mean(
    loss: type[Loss], task: Task, dtype: np.dtype[Any]
) -> None:
    architecture = small_network(Tanh(), loss(), task, (4, 3))
    inputs, labels = batch(task, 7)
    targets = architecture.head.targets(labels).astype(dtype)
    weights = np.array([0.0, 2.0, 0.5, 1.0, 3.0, 0.1, 1.5], dtype)
    clipping, rows = ClipByNorm(0.05), with_ones(inputs, dtype)
    training = Run(architecture, OPTIMIZERS[0](), L2(0.03), dtype, clipping)
    gathered = np.full_like(training.parameters.vector, np.nan)
    parts = [slice(0, 3), slice(3, 6), slice(6, 7)]
    tapes = [
        TrainingPlan(
            architecture,
            training.parameters,
            training.optimizer,
            training.state,
            training.rate,
            training.regularization,
            part.stop - part.start,
            clipping,
            update_samples=7,
        ).record_step(
            rows[part], targets[part], weights[part], gathered, part.start == 0, part.stop == 7
        )
        for part in parts
    ]
    for _ in range(2):
        before = training.parameters.vector.copy()
        losses = []
        here = Parameters(architecture.layers, before)
        for tape, part in zip(tapes, parts, strict=True):
            assert np.array_equal(training.parameters.vector, before)
            run(tape)
            trace = backpropagate(
                architecture, here, inputs[part], targets[part], weights=weights[part]
            )
            losses.append(trace.losses)
        whole = backpropagate(architecture, here, inputs, targets, L2(0.03), weights=weights)
        np.testing.assert_allclose(whole.losses, np.concatenate(losses), rtol=TOLERANCE[dtype])
        clipped = clipping.clipped(whole.gradient)
        error = float(np.linalg.norm(clipped - training.state.gradient))
        assert error <= TOLERANCE[dtype] * max(float(np.linalg.norm(clipped)), 1e-3)
        assert not np.array_equal(training.parameters.vector, before)


def test_that_a_smaller_last_batch_leaves_nothing_behind() -> None:
    loss, task = LOSS_TASKS[0]
    architecture = small_network(Tanh(), loss(), task)
    inputs, labels = batch(task, 7)
    targets = architecture.head.targets(labels)
    training = Run(architecture, OPTIMIZERS[0](), NoRegularization(), FLOAT64)
    whole, last = training.tape(inputs, targets), training.tape(inputs[:2], targets[:2])
    start = training.parameters.vector.copy()
    run(whole)
    once = training.parameters.vector.copy()
    run(last)
    training.parameters.vector[:] = start
    run(whole)
    assert np.array_equal(training.parameters.vector, once)


@pytest.mark.parametrize("regularizer", [L1(0.1), L2(0.1), ElasticNet(0.1, 0.3)], ids=name)
def test_that_a_changed_strength_reaches_the_recorded_tape(regularizer: Regularizer) -> None:
    stronger = type(regularizer)(*(2 * value for value in regularizer.strengths()))
    loss, task = LOSS_TASKS[0]
    architecture = small_network(Tanh(), loss(), task)
    inputs, labels = batch(task, 7)
    targets = architecture.head.targets(labels)
    training = Run(architecture, OPTIMIZERS[0](), regularizer, FLOAT64)
    tape = training.tape(inputs, targets)
    training.expect_step(tape, inputs, targets)
    training.regularization.set(stronger)
    training.regularizer = stronger
    training.expect_step(tape, inputs, targets)


def test_that_biases_are_never_penalised() -> None:
    loss, task = LOSS_TASKS[0]
    architecture = small_network(Tanh(), loss(), task)
    inputs, labels = batch(task, 7)
    targets = architecture.head.targets(labels)
    gradients = []
    for regularizer in (NoRegularization(), ElasticNet(0.5, 0.5)):
        training = Run(architecture, OPTIMIZERS[0](), regularizer, FLOAT64)
        run(training.tape(inputs, targets))
        gradients.append(Parameters(architecture.layers, training.state.gradient))
    for index in range(len(architecture.layers)):
        plain, penalised = (g.matrices[index] for g in gradients)
        assert np.array_equal(plain[-1], penalised[-1])
        assert not np.allclose(plain[:-1], penalised[:-1])


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_no_float64_enters_a_float32_run(loss: type[Loss], task: Task) -> None:
    for pair, activation, *update in EVERY_PAIR:
        if pair == (loss, task):
            expect_float32(activation, loss, task, [tuple(update)])


@pytest.mark.slow
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=name)
def test_that_no_float64_enters_in_any_combination(
    activation: type[Activation], loss: type[Loss], task: Task
) -> None:
    expect_float32(activation, loss, task, itertools.product(OPTIMIZERS, REGULARIZERS))


def expect_float32(
    activation: type[Activation], loss: type[Loss], task: Task, updates: Updates
) -> None:
    """Look at every array of a recorded step of each optimizer and penalty."""
    architecture = small_network(activation(), loss(), task)
    inputs, labels = batch(task, 4)
    targets = architecture.head.targets(labels)
    for optimizer, regularizer in updates:
        training = Run(architecture, optimizer(), REGULAR[regularizer], FLOAT32)
        tape = training.tape(inputs, targets)
        run(tape)
        arrays = [array for operation in tape for array in _arrays(operation)]
        arrays += [*training.state.slots.values(), *training.state.scratch.values()]
        arrays += training.state.factors.values()
        assert {array.dtype for array in arrays} == {FLOAT32}


def _arrays(operation: Operation) -> list[NDArray[Any]]:
    """Return every array that a recorded call reads or writes."""
    if not isinstance(operation, partial):
        return []
    values = [*operation.args, *operation.keywords.values()]
    values.append(getattr(operation.func, "__self__", None))
    return [value for value in values if isinstance(value, np.ndarray)]

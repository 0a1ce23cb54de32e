"""The step taken apart, against training itself: both must come to the same numbers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from playground.engine.activations import Activation, Identity, Tanh
from playground.engine.activations.coupled import Maxout, PReLU, Softmax
from playground.engine.backpropagation import backpropagate
from playground.engine.clipping import ClipByNorm, Clipping, NoClipping
from playground.engine.forward_plan import with_ones
from playground.engine.layers import (
    AnyLayer,
    BatchNorm,
    Dense,
    Dropout,
    LayerNorm,
    Output,
    Skip,
)
from playground.engine.losses import Loss, SoftmaxCrossEntropy
from playground.engine.network import (
    Architecture,
    NetworkSpec,
    Parameters,
    initial_parameters,
    resolve,
)
from playground.engine.operations import run
from playground.engine.optimizers import SGD, LearningRate, Optimizer
from playground.engine.plan import TrainingPlan
from playground.engine.regularization_tape import RegularizationTape
from playground.engine.regularizers import L1, L2, ElasticNet, NoRegularization, Regularizer
from playground.inspection.check import check_all
from playground.inspection.layers import RECORDERS
from playground.inspection.operation import Notation
from playground.inspection.situation import Situation
from playground.inspection.tape import Recording, record
from playground.schema.task import Task, TaskKind
from tests.contracts.catalog import (
    ACTIVATIONS,
    CLIPPINGS,
    LOSS_TASKS,
    OPTIMIZERS,
    REGULARIZERS,
    TASKS,
    batch,
    members,
    name,
)
from tests.contracts.test_plan import REGULAR, TIGHT

FLOAT64 = np.dtype(np.float64)
RATE = 0.01
THREE = TASKS[TaskKind.MULTICLASS]
PLAIN = (Dense(4), Dense(3))


def stacks(activation: Any) -> dict[str, tuple[Any, ...]]:
    """Return networks in which each kind of layer stands, alone and among others."""
    wide = Dense(4, activation, initial_bias=0.1)
    return {
        "dense": (wide, Dense(2, activation)),
        "batch norm": (Dense(4, Identity()), BatchNorm(activation), Dense(2, activation)),
        "batch norm first": (BatchNorm(), wide),
        "layer norm": (Dense(4, Identity()), LayerNorm(activation), Dense(2, activation)),
        "dropout": (wide, Dropout(0.4), Dense(2, activation), Dropout(0.2)),
        "dropout first": (Dropout(0.3), wide),
        "skip": (wide, Dense(4, activation), Skip(1, activation=activation)),
        "skip from the inputs": (Dense(2, activation), Skip(1)),
        "projected": (wide, Dense(3, activation), Skip(1), Dense(3), Skip(1)),
        "one value for three": (wide, Dense(4), Skip(1), Skip(2), Dense(4)),
        "own penalty": (Dense(4, activation, regularizer=L1(0.2)), Dense(2, activation)),
        "frozen": (wide, BatchNorm(frozen=True), Dense(2, activation, frozen=True), Dense(3)),
    }


class Step:
    """One step, by the plan that trains and by the tape that explains."""

    def __init__(
        self,
        architecture: Architecture,
        task: Task,
        optimizer: Optimizer | None = None,
        regularizer: Regularizer | None = None,
        clipping: Clipping | None = None,
        count: int = 6,
    ) -> None:
        self.optimizer = optimizer or SGD()
        self.regularizer = regularizer or NoRegularization()
        self.clipping = clipping or NoClipping()
        self.architecture = architecture
        self.parameters = initial_parameters(architecture, 3, FLOAT64)
        rng = np.random.default_rng(5)
        self.parameters.vector += 0.1 * rng.standard_normal(len(self.parameters.vector))
        self.inputs, labels = batch(task, count)
        self.targets = architecture.head.targets(labels)
        self.state = self.optimizer.allocate(len(self.parameters.vector), FLOAT64)
        regularization = RegularizationTape(
            architecture, self.parameters, self.regularizer, self.state.gradient
        )
        self.plan = TrainingPlan(
            architecture,
            self.parameters,
            self.optimizer,
            self.state,
            LearningRate(RATE, FLOAT64),
            regularization,
            count,
            self.clipping,
            np.random.default_rng(9),
        )
        self.tape = self.plan.record_step(with_ones(self.inputs, FLOAT64), self.targets)

    def advance(self) -> Situation:
        """Make a step; return the situation that it was made in."""
        before = self.parameters.copy()
        memory = self.optimizer.textbook(self.state)
        steps = self.state.steps + 1
        run(self.tape)
        return Situation(
            self.architecture,
            before,
            self.inputs,
            self.targets,
            regularizer=self.regularizer,
            clipping=self.clipping,
            optimizer=self.optimizer,
            memory=memory,
            steps=steps,
            learning_rate=RATE,
            masks=tuple(None if m is None else m.copy() for m in self.plan.masks),
        )

    def expect(self, recording: Recording) -> None:
        """Compare the last word of a tape with what training computed."""
        clipped, after = self.state.gradient, self.parameters.vector
        size = max(float(np.linalg.norm(clipped)), 1e-3)
        own = recording.update.clipped
        assert np.linalg.norm(own - clipped) <= 1e-12 * size
        # A gradient that is 0 but for rounding, as of a bias before a batch norm, may become any
        # step under rules that divide by its size.
        is_real = (np.abs(clipped) > 1e-5 * size) | (own == clipped)
        for key, place in recording.places.items():
            last = recording.tape.operation(f"update.{key}").result.values
            real = is_real[place.indices]
            np.testing.assert_allclose(
                last[real], after[place.indices][real], rtol=1e-12, atol=1e-12
            )


def both_ways(situation: Situation) -> list[Recording]:
    """Return the step fused, and unfused where the loss comes apart."""
    head = situation.architecture.head
    ways = (True, False) if head.loss.fuses(head.output_count) else (True,)
    return [record(situation, fused=fused) for fused in ways]


def test_that_every_kind_of_layer_can_be_taken_apart() -> None:
    assert set(RECORDERS) == set(members(AnyLayer))


@pytest.mark.parametrize("stack", list(stacks(Tanh())))
def test_that_every_kind_of_layer_agrees_with_training(stack: str) -> None:
    network = NetworkSpec(stacks(Tanh())[stack], Output(initial_bias=-0.2))
    architecture = resolve(network, 2, SoftmaxCrossEntropy(), THREE)
    step = Step(architecture, THREE, regularizer=L2(0.1))
    for _ in range(2):
        situation = step.advance()
        for recording in both_ways(situation):
            step.expect(recording)
            trace = backpropagate(
                architecture,
                situation.parameters,
                situation.inputs,
                situation.targets,
                situation.regularizer,
                situation.masks,
            )
            assert recording.cost == pytest.approx(trace.cost, rel=1e-12)
            _expect_statistics(recording, trace.statistics)


def _expect_statistics(recording: Recording, statistics: Any) -> None:
    situation = recording.situation
    after = Parameters(situation.architecture.layers, situation.parameters.vector, statistics)
    for layer, running in enumerate(after.running):
        if f"running.mean.{layer}" in recording.tape:
            for row, words in enumerate(("mean", "variance")):
                operation = recording.tape.operation(f"running.{words}.{layer}")
                np.testing.assert_allclose(operation.result.values[0], running[row], rtol=1e-12)
        else:
            np.testing.assert_array_equal(running, situation.parameters.running[layer])


@pytest.mark.parametrize("stack", list(stacks(Tanh())))
def test_that_every_cell_of_every_kind_of_layer_can_be_explained(stack: str) -> None:
    network = NetworkSpec(stacks(PReLU())[stack], Output())
    architecture = resolve(network, 2, SoftmaxCrossEntropy(), THREE)
    situation = Step(architecture, THREE, regularizer=L2(0.1), count=3).advance()
    for notation in Notation:
        for operation in record(situation, fused=False).tape.shown(notation).operations:
            rows, columns = operation.result.shape
            for cell in {(0, 0), (rows - 1, columns - 1), (0, columns - 1)}:
                spelled = operation.explain(*cell)
                assert spelled.value == operation.result.values[cell]
                assert spelled.text(3)
                for lit in spelled.lit:
                    matrix = operation.operands[lit.operand]
                    assert lit.row is None or lit.row < matrix.shape[0]
                    assert lit.column is None or lit.column < matrix.shape[1]
                if spelled.terms and spelled.pattern == "{}":
                    total = sum(term.value for term in spelled.terms)
                    assert total == pytest.approx(spelled.value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=name)
def test_that_every_activation_agrees_with_training(activation: type[Activation]) -> None:
    _expect_network(activation, SoftmaxCrossEntropy(), THREE, "dense")


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_every_loss_agrees_with_training(loss: type[Loss], task: Task) -> None:
    _expect_network(Tanh, loss(), task, "dense")
    network = NetworkSpec((Dense(3, Maxout()),), Output(Softmax()))
    architecture = resolve(network, 2, loss(), task)
    step = Step(architecture, task)
    for recording in both_ways(step.advance()):
        step.expect(recording)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
@pytest.mark.parametrize("clipping", CLIPPINGS, ids=name)
def test_that_every_optimizer_agrees_with_training(
    optimizer: type[Optimizer], clipping: type[Clipping]
) -> None:
    architecture = resolve(NetworkSpec(PLAIN, Output()), 2, SoftmaxCrossEntropy(), THREE)
    step = Step(architecture, THREE, optimizer(), ElasticNet(0.02, 0.05), TIGHT[clipping])
    for _ in range(3):
        recording = record(step.advance())
        step.expect(recording)
        for index in range(0, len(step.parameters.vector), 5):
            last = recording.update.lines(index)[-1].value
            assert last == pytest.approx(recording.update.after[index], rel=1e-10, abs=1e-13)


def _expect_network(activation: type[Activation], loss: Loss, task: Task, stack: str) -> None:
    network = NetworkSpec(stacks(activation())[stack], Output(initial_bias=-0.2))
    step = Step(resolve(network, 2, loss, task), task)
    for recording in both_ways(step.advance()):
        step.expect(recording)


RULES = list(itertools.product(OPTIMIZERS, REGULARIZERS, (NoClipping(), ClipByNorm(0.05))))


@pytest.mark.slow
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=name)
def test_that_tape_and_training_agree_in_every_combination(
    activation: type[Activation], loss: type[Loss], task: Task
) -> None:
    # What comes after the gradient does not know what came before: the rules take turns.
    turn = ACTIVATIONS.index(activation) * 7 + LOSS_TASKS.index((loss, task)) * 13
    for place, layers in enumerate(stacks(activation()).values()):
        architecture = resolve(NetworkSpec(layers, Output()), 2, loss(), task)
        optimizer, regularizer, clipping = RULES[(turn + place * 11) % len(RULES)]
        step = Step(architecture, task, optimizer(), REGULAR[regularizer], clipping)
        for recording in both_ways(step.advance()):
            step.expect(recording)


@pytest.mark.slow
@pytest.mark.parametrize("stack", list(stacks(Tanh())))
def test_that_every_rule_agrees_with_training_on_every_kind_of_layer(stack: str) -> None:
    network = NetworkSpec(stacks(Tanh())[stack], Output())
    architecture = resolve(network, 2, SoftmaxCrossEntropy(), THREE)
    for optimizer, regularizer, clipping in RULES:
        step = Step(architecture, THREE, optimizer(), REGULAR[regularizer], clipping)
        # Differences of gradients, of which L-BFGS makes its second step, are all rounding here.
        for _ in range(1 if optimizer.needs_full_batch else 2):
            step.expect(record(step.advance()))


def _unhappy(recording: Recording) -> list[str]:
    """Return the gradients with which central differences do not agree."""
    return [
        f"{step.verdict.key}: {step.verdict.text}"
        for step in check_all(recording, limit=6)
        if not step.verdict.is_good or step.verdict.words == "fine with kinks"
    ]


@pytest.mark.parametrize("stack", list(stacks(Tanh())))
def test_that_central_differences_agree_on_every_kind_of_layer(stack: str) -> None:
    network = NetworkSpec(stacks(PReLU())[stack], Output(initial_bias=-0.2))
    architecture = resolve(network, 2, SoftmaxCrossEntropy(), THREE)
    for recording in both_ways(Step(architecture, THREE, regularizer=L2(0.1)).advance()):
        assert not _unhappy(recording)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=name)
def test_that_central_differences_agree_on_every_activation(activation: type[Activation]) -> None:
    network = NetworkSpec((Dense(3, activation(), initial_bias=0.1), Dense(2)), Output())
    architecture = resolve(network, 2, SoftmaxCrossEntropy(), THREE)
    assert not _unhappy(record(Step(architecture, THREE).advance()))


@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
def test_that_central_differences_agree_on_every_loss(loss: type[Loss], task: Task) -> None:
    architecture = resolve(NetworkSpec(PLAIN, Output()), 2, loss(), task)
    for recording in both_ways(Step(architecture, task).advance()):
        assert not _unhappy(recording)


@pytest.mark.slow
@pytest.mark.parametrize(("loss", "task"), LOSS_TASKS, ids=name)
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=name)
def test_that_central_differences_agree_in_every_combination(
    activation: type[Activation], loss: type[Loss], task: Task
) -> None:
    place = ACTIVATIONS.index(activation) + LOSS_TASKS.index((loss, task))
    everything = list(stacks(activation()).values())
    architecture = resolve(
        NetworkSpec(everything[place % len(everything)], Output()), 2, loss(), task
    )
    step = Step(architecture, task, regularizer=L2(0.03), count=4)
    for recording in both_ways(step.advance()):
        assert not _unhappy(recording)

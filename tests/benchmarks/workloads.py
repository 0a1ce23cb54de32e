"""What is timed: five networks, and the ways to train them, from a bare step to all around it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.data.dataset import Samples, Split, Task, TaskKind
from playground.data.prepared import PreparedData
from playground.engine.activations import ReLU
from playground.engine.forward_plan import with_ones
from playground.engine.layers import Dense
from playground.engine.losses import HalfSquared, SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.engine.operations import fused
from playground.engine.optimizers import (
    SGD,
    Adam,
    LearningRate,
    Momentum,
)
from playground.engine.plan import TrainingPlan
from playground.engine.regularization_tape import RegularizationTape
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.training.pacing import Chunk
from playground.training.snapshot import SnapshotBuilder
from playground.training.trainer import Trainer
from playground.training.view import View
from playground.training.worker import CHECK_SECONDS

FRAMES_PER_SECOND = 30
BATCHES = 20
"""Batches per epoch."""

TINY = (Dense(4), Dense(2))
SMALL = (Dense(8, ReLU()),) * 4
IMAGES = (Dense(128, ReLU()), Dense(64, ReLU()))
WIDE = (Dense(512, ReLU()), Dense(512, ReLU()))


@dataclass(frozen=True)
class Workload:
    """A network, its training and the size of what it learns from."""

    name: str
    inputs: int
    classes: int
    layers: tuple[Any, ...]
    training: TrainingSpec


def training(loss: Any, optimizer: Any, learning_rate: float, batch_size: int) -> TrainingSpec:
    """Return how a workload learns."""
    return TrainingSpec(
        loss=loss, optimizer=optimizer, learning_rate=learning_rate, batch_size=batch_size
    )


WORKLOADS = (
    Workload(
        "W1 2-4-2-1 tanh, batch 10, SGD",
        2,
        2,
        TINY,
        training(HalfSquared(), SGD(), learning_rate=0.03, batch_size=10),
    ),
    Workload(
        "W2 2-8-8-8-8-2 ReLU, batch 32, Adam",
        2,
        2,
        SMALL,
        training(SoftmaxCrossEntropy(), Adam(), learning_rate=0.001, batch_size=32),
    ),
    Workload(
        "W3 784-128-64-10 ReLU, batch 64, Adam",
        784,
        10,
        IMAGES,
        training(SoftmaxCrossEntropy(), Adam(), learning_rate=0.001, batch_size=64),
    ),
    Workload(
        "W3 batch 128, momentum",
        784,
        10,
        IMAGES,
        training(SoftmaxCrossEntropy(), Momentum(), learning_rate=0.01, batch_size=128),
    ),
    Workload(
        "W4 784-512-512-10 ReLU, batch 128, Adam",
        784,
        10,
        WIDE,
        training(SoftmaxCrossEntropy(), Adam(), learning_rate=0.001, batch_size=128),
    ),
)


def trainer_of(workload: Workload) -> Trainer:
    """Return a trainer on random data of the right shape: a step takes as long on any."""
    rng = np.random.default_rng(0)
    count = BATCHES * workload.training.batch_size
    points = rng.standard_normal((2 * count, workload.inputs))
    labels = np.arange(2 * count) % workload.classes
    kind = TaskKind.BINARY if workload.classes == 2 else TaskKind.MULTICLASS
    samples = Samples(
        points=points,
        inputs=points,
        labels=labels.astype(float),
        strata=labels,
        task=Task(kind, tuple(f"class {c}" for c in range(workload.classes))),
        input_names=tuple(f"input {i}" for i in range(workload.inputs)),
    )
    halves = Split(np.arange(count), np.arange(0), np.arange(count, 2 * count))
    spec = ExperimentSpec(network=NetworkSpec(workload.layers), training=workload.training)
    return Trainer(spec, PreparedData(spec.data, samples, halves))


def bare_plan(trainer: Trainer) -> TrainingPlan:
    """Return the recorded pass of the same network, without anything around it."""
    training, dtype = trainer.spec.training, trainer.parameters.vector.dtype
    state = training.optimizer.allocate(len(trainer.parameters.vector), dtype)
    tape = RegularizationTape(
        trainer.architecture, trainer.parameters, training.regularizer, state.gradient
    )
    return TrainingPlan(
        trainer.architecture,
        trainer.parameters,
        training.optimizer,
        state,
        LearningRate(training.learning_rate, dtype),
        tape,
        training.batch_size,
    )


def bare_step(trainer: Trainer) -> Callable[[int], None]:
    """Return the bare plan on one batch, again and again."""
    batch = slice(0, trainer.spec.training.batch_size)
    inputs, targets = samples_of(trainer)
    step = fused(bare_plan(trainer).record_step(inputs[batch], targets[:, batch].T))

    def advance(steps: int) -> None:
        with np.errstate(all="ignore"):
            for _ in range(steps):
                step()

    return advance


def bare_epochs(trainer: Trainer) -> Callable[[int], None]:
    """Return the bare plan on epochs of batches, shuffled anew in each."""
    size = trainer.spec.training.batch_size
    (inputs, targets), rng = samples_of(trainer), np.random.default_rng(0)
    shuffled, wanted, order = inputs.copy(), targets.copy(), np.arange(len(inputs))
    plan = bare_plan(trainer)
    tapes = [
        fused(plan.record_step(shuffled[start : start + size], wanted[:, start : start + size].T))
        for start in range(0, len(inputs), size)
    ]

    def advance(steps: int) -> None:
        with np.errstate(all="ignore"):
            while steps > 0:
                rng.shuffle(order)
                np.take(inputs, order, 0, shuffled, "clip")
                np.take(targets, order, 1, wanted, "clip")
                for step in tapes[:steps]:
                    step()
                steps -= len(tapes)

    return advance


def samples_of(trainer: Trainer) -> tuple[Any, Any]:
    """Return inputs with a column of ones, and targets (k, n) feature-major."""
    dtype = trainer.parameters.vector.dtype
    targets = trainer.architecture.head.targets(trainer.data.train_labels)
    return with_ones(trainer.data.train_inputs, dtype), targets.T.astype(dtype, order="C")


class RunningClock:
    """Seconds that somebody has run, however long others ran between."""

    def __init__(self) -> None:
        self._total, self._since = 0.0, time.perf_counter()

    def go_on(self) -> None:
        """Run from here on."""
        self._since = time.perf_counter()

    def rest(self) -> None:
        """Let others run."""
        self._total = self()

    def __call__(self) -> float:
        """Return the seconds so far; only while running."""
        return self._total + time.perf_counter() - self._since


def as_the_application(trainer: Trainer) -> Callable[[int], None]:
    """Return training as the worker does it: in chunks, checked, with snapshots at 30 Hz."""
    clock, view, chunk = RunningClock(), View(), Chunk()
    builder = SnapshotBuilder(trainer, 0, clock)
    published, checked = [clock()], [clock()]

    def advance(steps: int) -> None:
        clock.go_on()
        while steps > 0:
            count = min(steps, chunk.steps)
            started = clock()
            trainer.advance(count)
            now = clock()
            is_due = now - published[0] > 1 / FRAMES_PER_SECOND
            if is_due or now - checked[0] > CHECK_SECONDS:
                trainer.check_finite()
                checked[0] = now
            chunk.learn(count, now - started)
            steps -= count
            if is_due:
                builder.build(view, running=True, steps_per_second=None)
                published[0] = now
        clock.rest()

    return advance

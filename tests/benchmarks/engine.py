"""How long a training step takes: the bare plan, and the trainer around it.

    python -m tests.benchmarks.engine [--rounds N]

Four workloads, from a handful of weights to a network for images. All are interleaved and the
medians are printed, in microseconds per step, so that a noisy machine disturbs all alike.
"""

from __future__ import annotations

import os

# Before NumPy is imported, which reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Samples, Split, Task, TaskKind
from playground.data.prepared import PreparedData
from playground.engine.activations import ReLU
from playground.engine.layers import Dense
from playground.engine.losses import HalfSquared, SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.engine.operations import run
from playground.engine.optimizers import SGD, Adam, LearningRate
from playground.engine.plan import RegularizationTape, TrainingPlan, with_ones
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.training.trainer import Trainer

SECONDS = 0.1
"""Length of one timing: short, so that interleaving evens out the moods of a machine."""
WARM_UP_SECONDS = 1.0
"""Training before the first timing: the first moments of a run are recorded more densely."""
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
    layers: tuple[Dense, ...]
    training: TrainingSpec


WORKLOADS = (
    Workload(
        "W1 2-4-2-1 tanh, batch 10, SGD", 2, 2, TINY, TrainingSpec(HalfSquared(), SGD(), 0.03, 10)
    ),
    Workload(
        "W2 2-8-8-8-8-2 ReLU, batch 32, Adam",
        2,
        2,
        SMALL,
        TrainingSpec(SoftmaxCrossEntropy(), Adam(), 0.001, 32),
    ),
    Workload(
        "W3 784-128-64-10 ReLU, batch 64, Adam",
        784,
        10,
        IMAGES,
        TrainingSpec(SoftmaxCrossEntropy(), Adam(), 0.001, 64),
    ),
    Workload(
        "W4 784-512-512-10 ReLU, batch 128, Adam",
        784,
        10,
        WIDE,
        TrainingSpec(SoftmaxCrossEntropy(), Adam(), 0.001, 128),
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
    halves = Split(np.arange(count), np.arange(count, 2 * count))
    spec = ExperimentSpec(network=NetworkSpec(workload.layers), training=workload.training)
    return Trainer(spec, PreparedData(spec.data, samples, halves))


def bare_step(trainer: Trainer) -> Callable[[], None]:
    """Return one recorded step of the same network, without anything around it."""
    training, dtype = trainer.spec.training, trainer.parameters.vector.dtype
    state = training.optimizer.allocate(len(trainer.parameters.vector), dtype)
    tape = RegularizationTape(
        trainer.architecture, trainer.parameters, training.regularizer, state.gradient
    )
    plan = TrainingPlan(
        trainer.architecture,
        trainer.parameters,
        training.optimizer,
        state,
        LearningRate(training.learning_rate, dtype),
        tape,
        training.batch_size,
    )
    batch = slice(0, training.batch_size)
    targets = trainer.architecture.head.targets(trainer.data.train_labels[batch]).astype(dtype)
    operations = plan.record_step(with_ones(trainer.data.train_inputs[batch], dtype), targets)
    return lambda: run(operations)


def seconds_per_step(advance: Callable[[int], None], steps: int) -> float:
    """Return how long each of so many steps took."""
    started = time.perf_counter()
    advance(steps)
    return (time.perf_counter() - started) / steps


def steps_for(advance: Callable[[int], None], seconds: float) -> int:
    """Return how many steps take about so long; this also warms up."""
    steps = 1
    while (taken := seconds_per_step(advance, steps) * steps) < seconds / 4:
        steps *= 2
    return max(1, round(steps * seconds / taken))


def repeated(step: Callable[[], None]) -> Callable[[int], None]:
    """Return a function that makes a number of steps."""

    def advance(steps: int) -> None:
        with np.errstate(all="ignore"):
            for _ in range(steps):
                step()

    return advance


def measured(rounds: int) -> list[tuple[str, float, float]]:
    """Return name and medians in seconds, of the bare plan and of the trainer."""
    contests = []
    for workload in WORKLOADS:
        trainer = trainer_of(workload)
        for advance in (repeated(bare_step(trainer_of(workload))), trainer.advance):
            advance(steps_for(advance, WARM_UP_SECONDS))
            contests.append((advance, steps_for(advance, SECONDS), list[float]()))
    for _ in range(rounds):
        for advance, steps, times in contests:
            times.append(seconds_per_step(advance, steps))
    medians = [statistics.median(times) for _, _, times in contests]
    names = [workload.name for workload in WORKLOADS]
    return list(zip(names, medians[::2], medians[1::2], strict=True))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time the engine.")
    parser.add_argument("--rounds", type=int, default=15, help="timings of each (default 15)")
    rounds = parser.parse_args().rounds
    print(f"{'microseconds per step (median)':40} {'plan':>8} {'trainer':>8} {'ratio':>6}")
    for name, plan, trainer in measured(rounds):
        print(f"{name:40} {plan * 1e6:8.1f} {trainer * 1e6:8.1f} {trainer / plan:6.2f}")


if __name__ == "__main__":
    main()

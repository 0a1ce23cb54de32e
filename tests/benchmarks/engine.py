"""How long a training step takes: the bare plan, and the trainer around it.

    python -m tests.benchmarks.engine [--rounds N] [--optimizers]

Four workloads, from a handful of weights to a network for images; or two of them with every
optimizer, beside plain SGD. All are interleaved and the medians are printed, in microseconds
per step, so that a noisy machine disturbs all alike.
"""

from __future__ import annotations

import os

# Before NumPy is imported, which reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args

import msgspec
import numpy as np

from playground.data.dataset import Samples, Split, Task, TaskKind
from playground.data.prepared import PreparedData
from playground.engine.activations import ReLU
from playground.engine.layers import Dense
from playground.engine.losses import HalfSquared, SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.engine.operations import run
from playground.engine.optimizers import SGD, Adam, AnyOptimizer, LearningRate, Optimizer, RMSProp
from playground.engine.plan import RegularizationTape, TrainingPlan, with_ones
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.schema.describe import title_of
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
        "W1 2-4-2-1 tanh, batch 10, SGD",
        2,
        2,
        TINY,
        TrainingSpec(HalfSquared(), SGD(), 0.03, batch_size=10),
    ),
    Workload(
        "W2 2-8-8-8-8-2 ReLU, batch 32, Adam",
        2,
        2,
        SMALL,
        TrainingSpec(SoftmaxCrossEntropy(), Adam(), 0.001, batch_size=32),
    ),
    Workload(
        "W3 784-128-64-10 ReLU, batch 64, Adam",
        784,
        10,
        IMAGES,
        TrainingSpec(SoftmaxCrossEntropy(), Adam(), 0.001, batch_size=64),
    ),
    Workload(
        "W4 784-512-512-10 ReLU, batch 128, Adam",
        784,
        10,
        WIDE,
        TrainingSpec(SoftmaxCrossEntropy(), Adam(), 0.001, batch_size=128),
    ),
)


OPTIMIZERS: tuple[tuple[str, Optimizer], ...] = (
    *((title_of(optimizer), optimizer()) for optimizer in get_args(AnyOptimizer)),
    ("RMSProp, centred, with momentum", RMSProp(centered=True, momentum=0.9)),
)
SLOWEST = 2.5
"""No optimizer may make a step longer than this, in steps of plain SGD."""


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


def medians_of(advances: list[Callable[[int], None]], rounds: int) -> list[float]:
    """Return the median seconds per step of each, all interleaved."""
    contests = []
    for advance in advances:
        advance(steps_for(advance, WARM_UP_SECONDS))
        contests.append((advance, steps_for(advance, SECONDS), list[float]()))
    for _ in range(rounds):
        for advance, steps, times in contests:
            times.append(seconds_per_step(advance, steps))
    return [statistics.median(times) for _, _, times in contests]


def measured(rounds: int) -> list[tuple[str, float, float]]:
    """Return name and medians in seconds, of the bare plan and of the trainer."""
    advances: list[Callable[[int], None]] = []
    for workload in WORKLOADS:
        advances += [repeated(bare_step(trainer_of(workload))), trainer_of(workload).advance]
    medians = medians_of(advances, rounds)
    names = [workload.name for workload in WORKLOADS]
    return list(zip(names, medians[::2], medians[1::2], strict=True))


def measured_optimizers(workload: Workload, rounds: int) -> list[tuple[str, float]]:
    """Return name and median in seconds of a trainer's step with every optimizer, SGD first."""
    advances: list[Callable[[int], None]] = []
    for _, optimizer in OPTIMIZERS:
        training = msgspec.structs.replace(workload.training, optimizer=optimizer)
        # Not the bare plan: it would let what dead units remember decay to denormal numbers.
        advances.append(trainer_of(replace(workload, training=training)).advance)
    names = [name for name, _ in OPTIMIZERS]
    return list(zip(names, medians_of(advances, rounds), strict=True))


def print_optimizers(rounds: int) -> None:
    """Print a table of step times, each beside plain SGD's on the same network."""
    small, images = WORKLOADS[1:3]
    print(f"{'microseconds per step (median)':40} {'W2':>8} {'ratio':>6} {'W3':>8} {'ratio':>6}")
    rows = zip(measured_optimizers(small, rounds), measured_optimizers(images, rounds), strict=True)
    plain: tuple[float, float] | None = None
    for (name, quick), (_, slow) in rows:
        plain = plain or (quick, slow)
        ratios = quick / plain[0], slow / plain[1]
        mark = "  too slow" if max(ratios) > SLOWEST else ""
        times = f"{quick * 1e6:8.1f} {ratios[0]:6.2f} {slow * 1e6:8.1f} {ratios[1]:6.2f}"
        print(f"{name:40} {times}{mark}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time the engine.")
    parser.add_argument("--rounds", type=int, default=15, help="timings of each (default 15)")
    parser.add_argument(
        "--optimizers", action="store_true", help="compare all optimizers with plain SGD instead"
    )
    arguments = parser.parse_args()
    if arguments.optimizers:
        print_optimizers(arguments.rounds)
        return
    print(f"{'microseconds per step (median)':40} {'plan':>8} {'trainer':>8} {'ratio':>6}")
    for name, plan, trainer in measured(arguments.rounds):
        print(f"{name:40} {plan * 1e6:8.1f} {trainer * 1e6:8.1f} {trainer / plan:6.2f}")


if __name__ == "__main__":
    main()

"""How long a training step takes: bare, as the application does it, and in other programs.

    python -m tests.benchmarks.engine [--rounds N] [--optimizers | --layers | --peers] [--json PATH]

Five workloads, from a handful of weights to wide networks for images. ``--peers`` trains the same
in those of scikit-learn, PyTorch and JAX that are installed, and in TensorFlow Playground if
``--tensorflow-playground`` names its compiled ``nn.js``; ``--optimizers`` and ``--layers`` compare
every optimizer, kind of layer and option with the plain network. All are interleaved and the
medians are printed, in microseconds per step, so that a noisy machine disturbs all alike.
"""

from __future__ import annotations

import os

# Before NumPy is imported, which reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np

from playground.data.dataset import Samples, Split, Task, TaskKind
from playground.data.prepared import PreparedData
from playground.engine.activations import Identity, PReLU, ReLU, Softmax, Tanh
from playground.engine.clipping import ClipByNorm, ClipByValue
from playground.engine.forward_plan import ForwardPlan, with_ones
from playground.engine.layers import AnyLayer, BatchNorm, Dense, Dropout, LayerNorm, Skip
from playground.engine.losses import HalfSquared, SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.engine.operations import fused, run
from playground.engine.optimizers import (
    SGD,
    Adam,
    AnyOptimizer,
    LearningRate,
    Momentum,
    Optimizer,
    RMSProp,
)
from playground.engine.plan import TrainingPlan
from playground.engine.regularization_tape import RegularizationTape
from playground.engine.regularizers import L1, L2, ElasticNet
from playground.engine.schedules import Cosine
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.schema.describe import title_of
from playground.training.pacing import Chunk
from playground.training.snapshot import SnapshotBuilder
from playground.training.trainer import Trainer
from playground.training.view import View
from playground.training.worker import CHECK_SECONDS
from tests.benchmarks.peers import (
    Epochs,
    Job,
    missing_peers,
    peers_of,
    set_threads,
    tensorflow_playground,
)

SECONDS = 0.1
"""Length of one timing: short, so that interleaving evens out the moods of a machine."""
WARM_UP_SECONDS = 3.0
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
        TrainingSpec(
            loss=SoftmaxCrossEntropy(), optimizer=Adam(), learning_rate=0.001, batch_size=32
        ),
    ),
    Workload(
        "W3 784-128-64-10 ReLU, batch 64, Adam",
        784,
        10,
        IMAGES,
        TrainingSpec(
            loss=SoftmaxCrossEntropy(), optimizer=Adam(), learning_rate=0.001, batch_size=64
        ),
    ),
    Workload(
        "W3 batch 128, momentum",
        784,
        10,
        IMAGES,
        TrainingSpec(
            loss=SoftmaxCrossEntropy(), optimizer=Momentum(), learning_rate=0.01, batch_size=128
        ),
    ),
    Workload(
        "W4 784-512-512-10 ReLU, batch 128, Adam",
        784,
        10,
        WIDE,
        TrainingSpec(
            loss=SoftmaxCrossEntropy(), optimizer=Adam(), learning_rate=0.001, batch_size=128
        ),
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


def seconds_per_step(
    advance: Callable[[int], object], steps: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return how long each of so many steps took."""
    started = clock()
    advance(steps)
    return (clock() - started) / steps


def steps_for(advance: Callable[[int], object], seconds: float) -> int:
    """Return how many steps take about so long; this also warms up."""
    steps = 1
    while (taken := seconds_per_step(advance, steps) * steps) < seconds / 4:
        steps *= 2
    return max(1, round(steps * seconds / taken))


def medians_of(
    advances: list[Callable[[int], None]],
    rounds: int,
    clock: Callable[[], float] = time.process_time,
    warm_up: float = WARM_UP_SECONDS,
) -> list[float]:
    """Return the median seconds per step of each, all interleaved.

    By default those that the process itself computes: a shared machine takes the rest.
    """
    contests = []
    for advance in advances:
        advance(steps_for(advance, warm_up))
        contests.append((advance, steps_for(advance, SECONDS), list[float]()))
    for _ in range(rounds):
        for advance, steps, times in contests:
            times.append(seconds_per_step(advance, steps, clock))
    return [statistics.median(times) for _, _, times in contests]


def measured(rounds: int) -> list[tuple[str, list[float]]]:
    """Return names and medians in seconds: of one batch, of epochs, of the trainer, of all."""
    makers = (bare_step, bare_epochs, lambda trainer: trainer.advance, as_the_application)
    advances = [make(trainer_of(workload)) for workload in WORKLOADS for make in makers]
    medians = medians_of(advances, rounds)
    return [
        (workload.name, medians[len(makers) * i : len(makers) * (i + 1)])
        for i, workload in enumerate(WORKLOADS)
    ]


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


LAYERS: tuple[tuple[str, Callable[[Dense], tuple[AnyLayer, ...]]], ...] = (
    ("plain", lambda dense: (dense,)),
    ("batch norm", lambda dense: (_linear(dense), BatchNorm(dense.activation))),
    ("layer norm", lambda dense: (_linear(dense), LayerNorm(dense.activation))),
    ("dropout", lambda dense: (dense, Dropout())),
    ("skip", lambda dense: (dense, Skip())),
    ("PReLU", lambda dense: (replace_in(dense, activation=PReLU()),)),
    ("softmax inside", lambda dense: (replace_in(dense, activation=Softmax()),)),
)
"""Each dense layer, as it is and with something added. A skip between widths has weights, too."""
OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("L1", {"regularizer": L1()}),
    ("L2", {"regularizer": L2()}),
    ("L1 + L2", {"regularizer": ElasticNet()}),
    ("clipping by value", {"clipping": ClipByValue()}),
    ("clipping by norm", {"clipping": ClipByNorm()}),
    ("cosine schedule", {"schedule": Cosine()}),
)


def replace_in(layer: Dense, **changes: Any) -> Dense:
    """Return a layer with other fields."""
    return msgspec.structs.replace(layer, **changes)


def _linear(layer: Dense) -> Dense:
    return replace_in(layer, activation=Identity())


def print_layers(rounds: int) -> None:
    """Print step times of the trainer with every kind of layer and option."""
    columns: list[list[tuple[str, float]]] = []
    shown = (WORKLOADS[0], WORKLOADS[1], WORKLOADS[2])
    for workload in shown:
        rows: list[tuple[str, Callable[[int], None]]] = []
        for name, variant in LAYERS:
            layers = tuple(layer for dense in workload.layers for layer in variant(dense))
            rows.append((name, trainer_of(replace(workload, layers=layers)).advance))
        for name, changes in OPTIONS:
            training = msgspec.structs.replace(workload.training, **changes)
            rows.append((name, trainer_of(replace(workload, training=training)).advance))
        medians = medians_of([advance for _, advance in rows], rounds)
        columns.append([(row[0], seconds) for row, seconds in zip(rows, medians, strict=True)])
    titles = "".join(f"{workload.name[:2]:>9}  ratio" for workload in shown)
    print(f"{'microseconds per step (median)':32}{titles}")
    for index, (name, _) in enumerate(columns[0]):
        cells = ""
        for column in columns:
            cells += f"{column[index][1] * 1e6:9.1f}{column[index][1] / column[0][1]:7.2f}"
        print(f"{name:32}{cells}")


FRAMES_PER_SECOND = 30


def as_the_application(trainer: Trainer) -> Callable[[int], None]:
    """Return training as the worker does it: in chunks, checked, with snapshots at 30 Hz."""
    builder, view, chunk = SnapshotBuilder(trainer, 0), View(), Chunk()
    published, checked = [time.perf_counter()], [time.perf_counter()]

    def advance(steps: int) -> None:
        while steps > 0:
            count = min(steps, chunk.steps)
            started = time.perf_counter()
            trainer.advance(count)
            now = time.perf_counter()
            is_due = now - published[0] > 1 / FRAMES_PER_SECOND
            if is_due or now - checked[0] > CHECK_SECONDS:
                trainer.check_finite()
                checked[0] = now
            chunk.learn(count, now - started)
            steps -= count
            if is_due:
                builder.build(view, running=True, steps_per_second=None)
                published[0] = now

    return advance


def job_of(workload: Workload) -> Job:
    """Return the same training for other programs."""
    data = trainer_of(workload).data
    training = workload.training
    outputs = 1 if isinstance(training.loss, HalfSquared) else workload.classes
    return Job(
        (workload.inputs, *(layer.units for layer in workload.layers), outputs),
        "tanh" if isinstance(workload.layers[0].activation, Tanh) else "relu",
        data.train_inputs.astype(np.float32),
        data.train_labels.astype(np.int64),
        training.batch_size,
        {SGD: "sgd", Momentum: "momentum", Adam: "adam"}[type(training.optimizer)],
        training.learning_rate,
    )


def in_epochs(epochs: Epochs, batches: int) -> Callable[[int], object]:
    """Return a function that makes a number of steps, rounded up to whole epochs."""
    return lambda steps: epochs(-(-steps // batches))


def measured_peers(rounds: int) -> list[dict[str, Any]]:
    """Return a row for each workload: medians in seconds per step, by program."""
    rows: list[dict[str, Any]] = []
    threads = [1] * len(WORKLOADS) + [2]
    for workload, count in zip((*WORKLOADS, WORKLOADS[-1]), threads, strict=True):
        set_threads(count)
        job = job_of(workload)
        programs: dict[str, Callable[[int], object]] = {
            "bare plan": bare_epochs(trainer_of(workload)),
            "playground": as_the_application(trainer_of(workload)),
        }
        for name, epochs in peers_of(job).items():
            # Whole epochs, at least as many steps as asked for.
            programs[name] = in_epochs(epochs, job.batches)
        contests: dict[str, tuple[int, list[float]]] = {}
        for name, advance in programs.items():
            advance(steps_for(advance, WARM_UP_SECONDS))
            steps = steps_for(advance, SECONDS)
            contests[name] = -(-steps // job.batches) * job.batches, []
        for _ in range(rounds):
            for name, (steps, times) in contests.items():
                times.append(seconds_per_step(programs[name], steps))
        medians = {name: statistics.median(times) for name, (_, times) in contests.items()}
        rows.append({"workload": workload.name, "threads": count, "seconds": medians})
    set_threads(1)
    return rows


def print_peers(rows: list[dict[str, Any]]) -> None:
    """Print microseconds per step, and how many times as long as the playground's each takes."""
    names = list(dict.fromkeys(name for row in rows for name in row["seconds"]))
    print(f"{'microseconds per step (median)':42}" + "".join(f"{name:>20}" for name in names))
    for row in rows:
        ours = row["seconds"]["playground"]
        cells = "".join(
            f"{seconds * 1e6:12.1f} {seconds / ours:6.2f}x"
            for seconds in (row["seconds"][name] for name in names)
        )
        label = f"{row['workload']}, {row['threads']} thread{'s'[: row['threads'] > 1]}"
        print(f"{label:42}{cells}")
    for name in missing_peers():
        print(f"{name} is not installed: left out")


def print_playground(nn: Path) -> None:
    """Compare epochs of W1, with losses and with maps of all units, with TensorFlow Playground."""
    trainer = trainer_of(WORKLOADS[0])
    theirs = tensorflow_playground(nn, len(trainer.data.samples.inputs))
    # As there: the values of all units on a grid, not yet painted.
    grid = np.random.default_rng(0).uniform(-6, 6, (100 * 100, 2))
    maps = ForwardPlan(trainer.architecture, trainer.parameters, len(grid))
    tape = maps.record(with_ones(grid, trainer.parameters.vector.dtype))

    def plain(epochs: int) -> None:
        for _ in range(epochs):
            trainer.advance(trainer.batches_per_epoch)
            trainer.evaluations.train.loss()
            trainer.evaluations.test.loss()

    def with_maps(epochs: int) -> None:
        for _ in range(epochs):
            plain(1)
            run(tape)

    # By the same clock as there.
    ours = medians_of([plain, with_maps], 7, time.perf_counter)
    print(f"{'milliseconds per epoch of W1':42}{'playground':>14}{'TensorFlow Playground':>24}")
    for label, mine, name in (
        ("with train and test loss", ours[0], "plain"),
        ("and 100 x 100 maps of all units", ours[1], "maps"),
    ):
        ratio = theirs[name] / mine
        print(f"{label:42}{mine * 1e3:14.2f}{theirs[name] * 1e3:16.2f} {ratio:6.2f}x")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time the engine.")
    parser.add_argument("--rounds", type=int, default=15, help="timings of each (default 15)")
    tables = parser.add_mutually_exclusive_group()
    tables.add_argument("--optimizers", action="store_true", help="compare all optimizers")
    tables.add_argument("--layers", action="store_true", help="compare all layers and options")
    tables.add_argument("--peers", action="store_true", help="compare with other programs")
    parser.add_argument(
        "--tensorflow-playground", type=Path, metavar="NN.JS", help="its engine, compiled"
    )
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the table of peers, too")
    arguments = parser.parse_args()
    if arguments.optimizers:
        print_optimizers(arguments.rounds)
        return
    if arguments.layers:
        print_layers(arguments.rounds)
        return
    if arguments.tensorflow_playground is not None:
        print_playground(arguments.tensorflow_playground)
    if arguments.peers:
        rows = measured_peers(arguments.rounds)
        print_peers(rows)
        if arguments.json is not None:
            arguments.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    if arguments.peers or arguments.tensorflow_playground is not None:
        return
    titles = ("one batch", "epochs", "trainer", "ratio", "application", "ratio")
    print(f"{'microseconds per step (median)':40}" + "".join(f"{t:>12}" for t in titles))
    for name, (batch, epochs, trainer, whole) in measured(arguments.rounds):
        figures = (batch * 1e6, epochs * 1e6, trainer * 1e6)
        cells = "".join(f"{figure:12.1f}" for figure in figures)
        cells += f"{trainer / epochs:12.2f}{whole * 1e6:12.1f}{whole / epochs:12.2f}"
        print(f"{name:40}{cells}")


if __name__ == "__main__":
    main()

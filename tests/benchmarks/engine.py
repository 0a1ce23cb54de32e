"""How long a training step takes: bare, as the application does it, and in other programs.

    python -m tests.benchmarks.engine [--rounds N] [--optimizers | --layers | --peers] [--json PATH]

Five workloads, from a handful of weights to wide networks for images. ``--peers`` trains the same
in those of scikit-learn, PyTorch and JAX that are installed, and in TensorFlow Playground if
``--tensorflow-playground`` names its compiled ``nn.js``; ``--optimizers`` and ``--layers`` compare
every optimizer, kind of layer and option with the plain network. All are interleaved, so that a
noisy machine disturbs all alike, and printed in microseconds per step.
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
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np

from playground.engine.activations import Identity, PReLU, Softmax, Tanh
from playground.engine.clipping import ClipByNorm, ClipByValue
from playground.engine.forward_plan import ForwardPlan, with_ones
from playground.engine.layers import AnyLayer, BatchNorm, Dense, Dropout, LayerNorm, Skip
from playground.engine.losses import HalfSquared
from playground.engine.operations import run
from playground.engine.optimizers import (
    SGD,
    Adam,
    AnyOptimizer,
    Momentum,
    Optimizer,
    RMSProp,
)
from playground.engine.regularizers import L1, L2, ElasticNet
from playground.engine.schedules import Cosine
from playground.schema.describe import title_of
from tests.benchmarks.peers import (
    Epochs,
    Job,
    missing_peers,
    peers_of,
    set_threads,
    tensorflow_playground,
)
from tests.benchmarks.workloads import (
    WORKLOADS,
    Workload,
    as_the_application,
    bare_epochs,
    bare_step,
    trainer_of,
)

SECONDS = 0.1
"""Length of one timing: short, so that interleaving evens out the moods of a machine."""
WARM_UP_SECONDS = 3.0
"""Training before the first timing: the first moments of a run are recorded more densely."""
OPTIMIZERS: tuple[tuple[str, Optimizer], ...] = (
    *((title_of(optimizer), optimizer()) for optimizer in get_args(AnyOptimizer)),
    ("RMSProp, centred, with momentum", RMSProp(centered=True, momentum=0.9)),
)
SLOWEST = 2.5
"""No optimizer may make a step longer than this, in steps of plain SGD."""


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


def averages_of(
    advances: list[Callable[[int], None]],
    rounds: int,
    clock: Callable[[], float] = time.process_time,
    average: Callable[[list[float]], float] = statistics.median,
) -> list[float]:
    """Return the seconds per step of each, all interleaved: the median of all rounds.

    By default those that the process itself computes: a shared machine takes the rest.
    """
    contests = []
    for advance in advances:
        advance(steps_for(advance, WARM_UP_SECONDS))
        contests.append((advance, steps_for(advance, SECONDS), list[float]()))
    for _ in range(rounds):
        for advance, steps, times in contests:
            times.append(seconds_per_step(advance, steps, clock))
    return [average(times) for _, _, times in contests]


def measured(rounds: int) -> list[tuple[str, list[float]]]:
    """Return names and means in seconds: of one batch, of epochs, of the trainer, of all.

    Means, for what is recorded and shown now and then is in few of the rounds.
    """
    makers = (bare_step, bare_epochs, lambda trainer: trainer.advance, as_the_application)
    advances = [make(trainer_of(workload)) for workload in WORKLOADS for make in makers]
    means = averages_of(advances, rounds, average=statistics.mean)
    return [
        (workload.name, means[len(makers) * i : len(makers) * (i + 1)])
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
    return list(zip(names, averages_of(advances, rounds), strict=True))


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
        medians = averages_of([advance for _, advance in rows], rounds)
        columns.append([(row[0], seconds) for row, seconds in zip(rows, medians, strict=True)])
    titles = "".join(f"{workload.name[:2]:>9}  ratio" for workload in shown)
    print(f"{'microseconds per step (median)':32}{titles}")
    for index, (name, _) in enumerate(columns[0]):
        cells = ""
        for column in columns:
            cells += f"{column[index][1] * 1e6:9.1f}{column[index][1] / column[0][1]:7.2f}"
        print(f"{name:32}{cells}")


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
    ours = averages_of([plain, with_maps], 7, time.perf_counter)
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
    print(f"{'microseconds per step (mean)':40}" + "".join(f"{t:>12}" for t in titles))
    for name, (batch, epochs, trainer, whole) in measured(arguments.rounds):
        figures = (batch * 1e6, epochs * 1e6, trainer * 1e6)
        cells = "".join(f"{figure:12.1f}" for figure in figures)
        cells += f"{trainer / epochs:12.2f}{whole * 1e6:12.1f}{whole / epochs:12.2f}"
        print(f"{name:40}{cells}")


if __name__ == "__main__":
    main()

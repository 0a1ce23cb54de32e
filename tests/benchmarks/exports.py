"""How long each format takes to write a network of 784-128-64-10, and to read it back.

``python -m tests.benchmarks.exports``. Each format is written a few times after the library of the
format is loaded, which the first line of each shows; the best time counts, as the machine may be
busy. Writing must take less than a second.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from playground.data.dataset import Samples, Task, TaskKind, split
from playground.data.mnist import Mnist
from playground.data.prepared import PreparedData, prepared
from playground.engine.activations import ReLU
from playground.engine.layers import Dense
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.exporting import exporters
from playground.exporting.run import Run
from playground.schema.describe import tag_of
from playground.training.jobs import Progress
from playground.training.trainer import Trainer

LIMIT = 1.0
"""Seconds that writing may take."""


def large_run(images: int = 2000) -> Run:
    """Return a run on random images of 28 × 28 pixels."""
    rng = np.random.default_rng(0)
    dataset = Mnist(points=images)
    pixels = rng.integers(0, 256, (images, 784)) / 255
    labels = np.arange(images) % 10
    task = Task(TaskKind.MULTICLASS, tuple("0123456789"))
    samples = Samples(
        pixels, pixels, labels.astype(float), labels, task, dataset.input_names, 0.0, (28, 28)
    )
    data: PreparedData = prepared(dataset, samples, split(samples, 0.8, 0))
    network = NetworkSpec((Dense(128, ReLU()), Dense(64, ReLU())))
    spec = ExperimentSpec(
        data=dataset, network=network, training=TrainingSpec(loss=SoftmaxCrossEntropy())
    )
    return Run(Trainer(spec, data))


def seconds(task: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return how long the first call takes, and the best of the others."""
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return times[0], min(times[1:])


def main() -> None:
    """Print a line for each format; end with status 1 if one is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    run, slow = large_run(), []
    print(f"{'format':<18} {'first':>8} {'writing':>8} {'proof':>8} {'size':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for kind in exporters():
            exporter, path = kind(), Path(folder, f"network{kind.suffix}")
            first, writing = seconds(
                lambda e=exporter, p=path: e.write(dataclasses.replace(run), p, Progress()),  # type: ignore[misc]
                options.rounds,
            )
            start = time.perf_counter()
            proof = exporter.prove(run, path, Progress())
            proving = time.perf_counter() - start
            assert proof is None or proof.holds, proof.sentence
            size = path.stat().st_size
            line = f"{tag_of(kind):<18} {first:>7.3f}s {writing:>7.3f}s {proving:>7.3f}s"
            print(f"{line} {size:>12,}")
            if max(first, writing) > LIMIT:
                slow.append(tag_of(kind))
    if slow:
        raise SystemExit(f"slower than {LIMIT:g} s: {', '.join(slow)}")


if __name__ == "__main__":
    main()

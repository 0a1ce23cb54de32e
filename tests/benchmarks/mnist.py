"""How well and how fast 784-128-64-10 learns 8,000 real digits, here and in other programs.

    python -m tests.benchmarks.mnist [FOLDER] [--epochs N]

The folder holds the four or two files of MNIST; without it the variable PLAYGROUND_MNIST is used.
Of the 10,000 images of the test pair 2,000 are held out, the same for every program: ReLU, Adam
with a rate of 0.001, batches of 64, shuffled in every epoch, float32, one thread. Printed are the
seconds of training alone and the accuracy on the held-out images.
"""

from __future__ import annotations

import os

# Before NumPy is imported, which reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import itertools
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.data.mnist import Mnist
from playground.engine.activations import ReLU
from playground.engine.initializers import HeNormal
from playground.engine.layers import Dense
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.engine.optimizers import Adam
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.training.trainer import Trainer
from tests.benchmarks.peers import installed, missing_peers, set_threads

RATE, BATCH = 0.001, 64
HELD_OUT = 2000


def trainer_of(folder: str) -> Trainer:
    """Return the playground's training."""
    layers = tuple(Dense(units, ReLU(), HeNormal()) for units in (128, 64))
    return Trainer(
        ExperimentSpec(
            data=Mnist(folder=folder, points=10_000, training_share=1 - HELD_OUT / 10_000),
            network=NetworkSpec(layers),
            training=TrainingSpec(
                loss=SoftmaxCrossEntropy(), optimizer=Adam(), learning_rate=RATE, batch_size=BATCH
            ),
        )
    )


def playground(trainer: Trainer, epochs: int) -> tuple[float, float]:
    """Return seconds and accuracy of the playground, its history and checks included."""
    started = time.perf_counter()
    for _ in range(epochs):
        trainer.advance(trainer.batches_per_epoch)
        trainer.check_finite()
    seconds = time.perf_counter() - started
    return seconds, trainer.metrics().test_accuracy or 0.0


def pytorch(trainer: Trainer, epochs: int) -> tuple[float, float]:
    """Return seconds and accuracy of PyTorch with the fused Adam."""
    import torch

    data = trainer.data
    inputs = torch.tensor(data.train_inputs, dtype=torch.float32)
    labels = torch.tensor(data.train_labels.astype(np.int64))
    sizes = (784, 128, 64, 10)
    layers: list[torch.nn.Module] = []
    for before, after in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(before, after), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(model.parameters(), RATE, fused=True)
    started = time.perf_counter()
    for _ in range(epochs):
        order = torch.randperm(len(inputs))
        shuffled, wanted = inputs[order], labels[order]
        for start in range(0, len(inputs), BATCH):
            part = slice(start, start + BATCH)
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.cross_entropy(model(shuffled[part]), wanted[part]).backward()
            optimizer.step()
    seconds = time.perf_counter() - started
    with torch.no_grad():
        outputs = model(torch.tensor(data.test_inputs, dtype=torch.float32)).numpy()
    return seconds, _accuracy(outputs.argmax(1), data.test_labels)


def scikit(trainer: Trainer, epochs: int) -> tuple[float, float]:
    """Return seconds and accuracy of scikit-learn."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    data = trainer.data
    model = MLPClassifier(
        (128, 64),
        alpha=0.0,
        batch_size=BATCH,
        learning_rate_init=RATE,
        max_iter=epochs,
        n_iter_no_change=10**9,
    )
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(data.train_inputs.astype(np.float32), data.train_labels)
    seconds = time.perf_counter() - started
    predicted = model.predict(data.test_inputs.astype(np.float32))
    return seconds, _accuracy(predicted, data.test_labels)


def _accuracy(predicted: NDArray[np.int64], labels: NDArray[np.float64]) -> float:
    return float((predicted == labels).mean())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Learn real digits.")
    parser.add_argument("folder", nargs="?", default=os.environ.get("PLAYGROUND_MNIST", ""))
    parser.add_argument("--epochs", type=int, default=10, help="passes over the data (default 10)")
    arguments = parser.parse_args()
    set_threads(1)
    trainer = trainer_of(arguments.folder)
    programs: dict[str, Callable[[Trainer, int], tuple[float, float]]] = {"playground": playground}
    if installed("torch"):
        programs["PyTorch fused"] = pytorch
    if installed("sklearn"):
        programs["scikit-learn"] = scikit
    print(f"{arguments.epochs} epochs of {len(trainer.data.train_inputs):,} images")
    print(f"{'':16}{'seconds':>9}{'held out':>10}")
    for name, program in programs.items():
        seconds, accuracy = program(trainer, arguments.epochs)
        print(f"{name:16}{seconds:9.2f}{accuracy:10.1%}")
    for name in missing_peers():
        if name != "JAX":
            print(f"{name} is not installed: left out")


if __name__ == "__main__":
    main()

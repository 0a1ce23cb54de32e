"""Measuring a network while it trains, on samples that stay the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData
from playground.engine.forward_plan import ForwardPlan, with_ones
from playground.engine.network import Architecture, Parameters, predict

Reals = NDArray[Any]

EVALUATION_CAP = 1024
"""Curves are measured on at most this many samples of each set, always the same ones."""
EVALUATION_OPERATIONS = 4e7
"""Wide networks are measured on fewer samples: about so many multiplications for each set."""
SMALLEST_EVALUATION = 256


@dataclass(frozen=True, slots=True)
class Metrics:
    """How good the network is. ``None`` where a value has no meaning."""

    train_loss: float | None
    test_loss: float | None
    train_accuracy: float | None
    test_accuracy: float | None
    validation_loss: float | None = None
    validation_accuracy: float | None = None


class Evaluation:
    """A fixed set of samples on which the loss is measured during training."""

    def __init__(
        self, architecture: Architecture, parameters: Parameters, inputs: Reals, labels: Reals
    ) -> None:
        dtype = parameters.vector.dtype
        self.head, self.labels, self.count = architecture.head, labels, len(inputs)
        self.inputs = with_ones(inputs, dtype)
        # Feature-major like the outputs, so that both are read in the same order.
        self.targets = self.head.targets(labels).astype(dtype, order="F")
        self.plan = ForwardPlan(architecture, parameters, self.count)
        self._tape = self.plan.record(self.inputs)

    def run(self) -> Reals:
        """Return the outputs (n, k) for the parameters as they are now (a view)."""
        for operation in self._tape:
            operation()
        return self.plan.outputs.T

    def measure(self) -> tuple[float, float]:
        """Return mean loss and accuracy; NaN where there are no samples or no classes."""
        if not self.count:
            return math.nan, math.nan
        loss = self.loss()
        accuracy = self.head.accuracy(self.plan.outputs.T, self.labels)
        return loss, math.nan if accuracy is None else accuracy

    def loss(self) -> float:
        """Return the mean loss of at least one sample."""
        return float(self.head.loss.values(self.run(), self.targets).mean())


class Evaluations:
    """Fixed draws of the training, the validation and the test samples.

    Attributes
    ----------
    train, validation, test
        One for each set; that of an empty set has no samples.
    """

    def __init__(
        self, architecture: Architecture, parameters: Parameters, data: PreparedData
    ) -> None:
        self._has_classes = architecture.head.task.class_count > 0
        self.train, self.validation, self.test = (
            Evaluation(architecture, parameters, inputs[chosen], labels[chosen])
            for inputs, labels in _sets(data)
            for chosen in [evaluation_sample(len(inputs), architecture.weight_count)]
        )

    @property
    def count(self) -> int:
        """Samples measured, those of all sets together."""
        return self.train.count + self.validation.count + self.test.count

    def measure(self) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """Return losses and accuracies on training, validation and test samples.

        NaN where a set is empty, or accuracy has no meaning.
        """
        with np.errstate(all="ignore"):
            train, validation, test = (
                evaluation.measure() for evaluation in (self.train, self.validation, self.test)
            )
        return (train[0], validation[0], test[0]), (train[1], validation[1], test[1])

    def metrics(self) -> Metrics:
        """Return the same with ``None`` for what has no meaning; NaN is a loss that diverged."""
        return self.metrics_of(*self.measure())

    def metrics_of(
        self, losses: tuple[float, float, float], accuracies: tuple[float, float, float]
    ) -> Metrics:
        """Return what was measured before as :meth:`metrics` does."""
        has_samples = [bool(e.count) for e in (self.train, self.validation, self.test)]
        return _metrics(
            [loss if has else None for loss, has in zip(losses, has_samples, strict=True)],
            [
                accuracy if has and self._has_classes else None
                for accuracy, has in zip(accuracies, has_samples, strict=True)
            ],
        )


def full_metrics(architecture: Architecture, parameters: Parameters, data: PreparedData) -> Metrics:
    """Measure loss and accuracy on all samples of each set."""
    losses: list[float | None] = []
    accuracies: list[float | None] = []
    head = architecture.head
    for inputs, labels in _sets(data):
        if not len(inputs):
            losses.append(None)
            accuracies.append(None)
            continue
        with np.errstate(all="ignore"):
            outputs = predict(architecture, parameters, inputs)
            losses.append(float(head.loss.values(outputs, head.targets(labels)).mean()))
        accuracies.append(head.accuracy(outputs, labels))
    return _metrics(losses, accuracies)


def _sets(data: PreparedData) -> tuple[tuple[Reals, Reals], ...]:
    """Return inputs and labels of the training, the validation and the test samples."""
    return (
        (data.train_inputs, data.train_labels),
        (data.validation_inputs, data.validation_labels),
        (data.test_inputs, data.test_labels),
    )


def _metrics(losses: list[float | None], accuracies: list[float | None]) -> Metrics:
    return Metrics(
        train_loss=losses[0],
        validation_loss=losses[1],
        test_loss=losses[2],
        train_accuracy=accuracies[0],
        validation_accuracy=accuracies[1],
        test_accuracy=accuracies[2],
    )


def evaluation_sample(count: int, weight_count: int) -> NDArray[np.int64]:
    """Return the indices of the samples on which curves are measured: all, or a fixed draw."""
    affordable = int(EVALUATION_OPERATIONS / weight_count)
    cap = max(SMALLEST_EVALUATION, min(EVALUATION_CAP, affordable))
    if count <= cap:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).permutation(count)[:cap])

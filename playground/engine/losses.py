"""Losses: each with its formula, gradient and fast form in one place.

A loss compares the outputs of the last layer (n, k) with targets (n, k). The cost of a batch is
the mean over its samples of ``values``. A loss that belongs to a probability (cross-entropy)
takes logits and applies its own output function, fused with the logarithm, so that it is exact
at any size of logit. To add one, write a class and add it to :data:`AnyLoss`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Activation, Identity, Sigmoid, Tanh
from playground.engine.operations import Array, Operation, call, constant
from playground.schema.parameter import Option, real
from playground.schema.task import Task, TaskKind

Reals = NDArray[Any]


class Loss(Option, frozen=True):
    """How far the outputs are from the targets."""

    tasks: ClassVar[tuple[TaskKind, ...]] = tuple(TaskKind)
    """The tasks for which the loss has a meaning."""

    def output_count(self, task: Task) -> int:
        """Return the number k of output units: one per class, or 1."""
        return task.class_count if task.kind is TaskKind.MULTICLASS else 1

    def output_activation(self, task: Task) -> Activation:
        """Return the activation of the output layer, unless the user chose another."""
        return Identity()

    def target_values(self, activation: Activation) -> tuple[float, float]:
        """Return what an output unit should say for "no" and for "yes"."""
        return activation.targets

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        """Return the loss of each sample, shape (n,)."""
        raise NotImplementedError

    def gradient(self, outputs: Reals, targets: Reals) -> Reals:
        """Return the gradient of ``values(...).mean()`` by the outputs, shape (n, k)."""
        return np.asarray(self.residual_factor(outputs.shape[1]) / len(outputs)) * self.residual(
            outputs, targets
        )

    def residual_factor(self, output_count: int) -> float:
        """Return the constant c of: gradient of one sample's loss = c · residual."""
        return 1.0

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        """Return the gradient of each sample's loss up to the constant factor, shape (n, k)."""
        raise NotImplementedError

    def sides_of_kinks(self, outputs: Reals, targets: Reals) -> tuple[Reals, ...]:
        """Return on which side of each point without derivative the samples lie, as signs."""
        return ()

    def certainty(self, outputs: Reals, activation: Activation) -> Reals:
        """Return how much the network believes in each output, shape (n, k), from 0 to 1."""
        low, high = self.target_values(activation)
        return np.asarray(np.clip((outputs - low) / (high - low), 0, 1))

    def record_prepare(self, outputs: Array, error: Array) -> list[Operation]:
        """Return operations that need no targets and run before those of ``record_residual``.

        Parameters
        ----------
        outputs : (k + 1, batch)
            The outputs and one spare row to write to.
        error : (k, batch)
            Where the residual will go; may be used for intermediate results.
        """
        return []

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        """Return operations that write the residual to ``error``, all of shape (k, batch)."""
        raise NotImplementedError


class HalfSquared(Loss, frozen=True, tag="half_squared"):
    """Half the squared distance, summed over the outputs: its gradient is simply ŷ - y."""

    title: ClassVar[str] = "½ squared error"
    formula: ClassVar[str] = r"L = \frac{1}{2} \sum_k (\hat y_k - y_k)^2"

    def output_activation(self, task: Task) -> Activation:
        return Identity() if task.kind is TaskKind.REGRESSION else Tanh()

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(0.5 * np.square(outputs - targets).sum(1))

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return outputs - targets

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [call(np.subtract, outputs, targets, error)]


class MeanSquared(Loss, frozen=True, tag="mean_squared"):
    """The squared distance, averaged over the outputs: large errors count most."""

    title: ClassVar[str] = "Mean squared error"
    formula: ClassVar[str] = r"L = \frac{1}{K} \sum_k (\hat y_k - y_k)^2"

    def output_activation(self, task: Task) -> Activation:
        return Identity() if task.kind is TaskKind.REGRESSION else Tanh()

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(np.square(outputs - targets).mean(1))

    def residual_factor(self, output_count: int) -> float:
        return 2 / output_count

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return outputs - targets

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [call(np.subtract, outputs, targets, error)]


class MeanAbsolute(Loss, frozen=True, tag="mean_absolute"):
    """The distance itself, averaged over the outputs: outliers pull no harder than others.

    At distance 0, where there is no derivative, 0 is used.
    """

    title: ClassVar[str] = "Mean absolute error"
    formula: ClassVar[str] = r"L = \frac{1}{K} \sum_k |\hat y_k - y_k|"

    def output_activation(self, task: Task) -> Activation:
        return Identity() if task.kind is TaskKind.REGRESSION else Tanh()

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(np.abs(outputs - targets).mean(1))

    def residual_factor(self, output_count: int) -> float:
        return 1 / output_count

    def sides_of_kinks(self, outputs: Reals, targets: Reals) -> tuple[Reals, ...]:
        return (np.sign(outputs - targets),)

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(np.sign(outputs - targets))

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [call(np.subtract, outputs, targets, error), call(np.sign, error, error)]


class Huber(Loss, frozen=True, tag="huber"):
    """Squared for small errors, absolute for large ones: smooth and robust.

    Huber (1964); averaged over the outputs, as PyTorch's ``HuberLoss``.
    """

    title: ClassVar[str] = "Huber"
    formula: ClassVar[str] = (
        r"L = \begin{cases} \frac{1}{2} e^2 & |e| \le \delta \\"
        r"\delta (|e| - \frac{1}{2} \delta) & |e| > \delta \end{cases}"
        r",\quad e = \hat y - y"
    )

    delta: Annotated[
        float,
        real(
            "Delta", gt=0, le=1e6, step=0.1, help="The error δ from which the loss grows linearly."
        ),
    ] = 1.0

    def output_activation(self, task: Task) -> Activation:
        return Identity() if task.kind is TaskKind.REGRESSION else Tanh()

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        distance = np.abs(outputs - targets)
        near = np.minimum(distance, self.delta)
        return np.asarray((near * (distance - 0.5 * near)).mean(1))

    def residual_factor(self, output_count: int) -> float:
        return 1 / output_count

    def sides_of_kinks(self, outputs: Reals, targets: Reals) -> tuple[Reals, ...]:
        return (np.sign(np.abs(outputs - targets) - self.delta),)

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(np.clip(outputs - targets, -self.delta, self.delta))

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [
            call(np.subtract, outputs, targets, error),
            call(np.minimum, error, constant(self.delta, error), out=error),
            call(np.maximum, error, constant(-self.delta, error), out=error),
        ]


class BinaryCrossEntropy(Loss, frozen=True, tag="binary_cross_entropy"):
    """The surprise at the true answer when each output, through a sigmoid, is a probability.

    The sigmoid is fused: the loss takes logits, and its gradient is p - y. With several
    classes each has a yes-or-no output of its own, and the loss is their mean.
    """

    title: ClassVar[str] = "Binary cross-entropy"
    formula: ClassVar[str] = r"L = -y \ln p - (1 - y) \ln (1 - p),\quad p = \sigma(z)"
    tasks: ClassVar[tuple[TaskKind, ...]] = (TaskKind.BINARY, TaskKind.MULTICLASS)

    def target_values(self, activation: Activation) -> tuple[float, float]:
        return (0.0, 1.0)

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray((np.logaddexp(0, outputs) - targets * outputs).mean(1))

    def residual_factor(self, output_count: int) -> float:
        return 1 / output_count

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return Sigmoid().value(outputs) - targets

    def certainty(self, outputs: Reals, activation: Activation) -> Reals:
        return Sigmoid().value(outputs)

    def record_prepare(self, outputs: Array, error: Array) -> list[Operation]:
        return Sigmoid().record_value(outputs[:-1], error)

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [call(np.subtract, error, targets, error)]


class SoftmaxCrossEntropy(Loss, frozen=True, tag="softmax_cross_entropy"):
    """The surprise at the true class when the outputs, through softmax, are probabilities.

    Softmax is fused: the loss takes logits, and its gradient is p - y.
    """

    title: ClassVar[str] = "Softmax cross-entropy"
    formula: ClassVar[str] = r"L = -\ln p_y,\quad p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}"
    tasks: ClassVar[tuple[TaskKind, ...]] = (TaskKind.BINARY, TaskKind.MULTICLASS)

    def output_count(self, task: Task) -> int:
        return task.class_count

    def target_values(self, activation: Activation) -> tuple[float, float]:
        return (0.0, 1.0)

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        top = outputs.max(1, keepdims=True)
        total = top[:, 0] + np.log(np.exp(outputs - top).sum(1))
        return np.asarray(total * targets.sum(1) - (targets * outputs).sum(1))

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return self.certainty(outputs, Identity()) - targets

    def certainty(self, outputs: Reals, activation: Activation) -> Reals:
        return softmax(outputs)

    def record_prepare(self, outputs: Array, error: Array) -> list[Operation]:
        # Products with small constant matrices broadcast cheaper than ufuncs do:
        # shift · [z; max] = z - max, and ones · e^z = the sum in every row.
        count = len(outputs) - 1
        shift = np.hstack([np.eye(count), -np.ones((count, 1))]).astype(outputs.dtype)
        ones = np.ones((count, count), outputs.dtype)
        shifted, total = np.empty_like(error), np.empty_like(error)
        return [
            call(np.maximum.reduce, outputs[:-1], 0, None, outputs[-1]),
            call(shift.dot, outputs, shifted),
            call(np.exp, shifted, error),
            call(ones.dot, error, total),
            call(np.divide, error, total, error),
        ]

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [call(np.subtract, error, targets, error)]


class Hinge(Loss, frozen=True, tag="hinge"):
    """Wants the right answer to win by a margin of 1, then stops caring (as an SVM does).

    With two classes max(0, 1 - y z) for y = ±1; with more, the sum over the wrong classes of
    max(0, z_j - z_y + 1), after Weston & Watkins (1999). At the kink the gradient is 0.
    """

    title: ClassVar[str] = "Hinge"
    formula: ClassVar[str] = r"L = \sum_{j \ne y} \max(0,\, z_j - z_y + 1)"
    tasks: ClassVar[tuple[TaskKind, ...]] = (TaskKind.BINARY, TaskKind.MULTICLASS)

    def target_values(self, activation: Activation) -> tuple[float, float]:
        return (-1.0, 1.0)

    def _margins(self, outputs: Reals, targets: Reals) -> Reals:
        if outputs.shape[1] == 1:
            return 1 - targets * outputs
        yes = (targets + 1) / 2
        return np.asarray(outputs - (yes * outputs).sum(1, keepdims=True) + 1 - yes)

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(np.maximum(self._margins(outputs, targets), 0).sum(1))

    def sides_of_kinks(self, outputs: Reals, targets: Reals) -> tuple[Reals, ...]:
        margins = self._margins(outputs, targets)
        return (np.sign(np.where(np.abs(margins) < 1e-12, 0, margins)),)

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        violated = np.heaviside(self._margins(outputs, targets), 0)
        if outputs.shape[1] == 1:
            return np.asarray(-targets * violated)
        yes = (targets + 1) / 2
        return np.asarray(violated - yes * violated.sum(1, keepdims=True))

    def certainty(self, outputs: Reals, activation: Activation) -> Reals:
        if outputs.shape[1] == 1:
            return np.asarray(np.clip((outputs + 1) / 2, 0, 1))
        return softmax(outputs)

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        one, zero, half = constant(1, error), constant(0, error), constant(0.5, error)
        if len(outputs) == 1:
            return [
                call(np.multiply, outputs, targets, error),
                call(np.subtract, one, error, error),
                call(np.heaviside, error, zero, error),
                call(np.multiply, error, targets, error),
                call(np.negative, error, error),
            ]
        yes, row = np.empty_like(error), np.empty_like(error[0])
        return [
            call(np.add, targets, one, yes),
            call(np.multiply, yes, half, yes),
            call(np.multiply, outputs, yes, error),
            call(np.add.reduce, error, 0, None, row),
            call(np.subtract, outputs, row, error),
            call(np.add, error, one, error),
            call(np.subtract, error, yes, error),
            call(np.heaviside, error, zero, error),
            call(np.add.reduce, error, 0, None, row),
            call(np.multiply, yes, row, yes),
            call(np.subtract, error, yes, error),
        ]


def softmax(logits: Reals) -> Reals:
    """Return probabilities of the same shape (n, k), each row summing to 1."""
    exponentials = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(1, keepdims=True))


AnyLoss = (
    HalfSquared
    | MeanSquared
    | MeanAbsolute
    | Huber
    | BinaryCrossEntropy
    | SoftmaxCrossEntropy
    | Hinge
)
"""Every loss, in menu order."""

"""Losses that want the right answer to win by a margin of 1, as a support vector machine does."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.engine.activations import Activation
from playground.engine.losses.base import Loss, Part, Reals
from playground.engine.losses.likelihoods import softmax
from playground.engine.operations import Array, Operation, call, constant
from playground.schema.task import TaskKind


class MarginLoss(Loss, frozen=True):
    """A loss of the shortfalls: by how much each wrong answer is too close to the right one.

    With one output and y = ±1 the shortfall is 1 - y z; with more, z_j - z_y + 1 for each wrong
    class j. What a subclass adds is how a shortfall is punished, and how hard it pulls.
    """

    tasks: ClassVar[tuple[TaskKind, ...]] = (TaskKind.BINARY, TaskKind.MULTICLASS)
    power: ClassVar[str] = ""
    """To which power a shortfall is punished, as it is written."""

    def value_parts(self, outputs: Reals, wanted: Reals) -> tuple[str, list[Part]]:
        if len(outputs) == 1:
            part = Part(f"max(0, 1 − {{}}·{{}}){self.power}", (float(wanted[0]), float(outputs[0])))
            return f"max(0, 1 − {{y:0}}·{{o:0}}){self.power}", [part]
        true = int(wanted.argmax())
        pattern = f"max(0, {{}} − {{}} + 1){self.power}"
        right = float(outputs[true])
        others = [float(output) for k, output in enumerate(outputs) if k != true]
        rule = f"Σₖ≠{true} max(0, {{o:k}} − {{o:{true}}} + 1){self.power}"
        return rule, [Part(pattern, (other, right)) for other in others]

    def penalty(self, shortfalls: Reals) -> Reals:
        """Return what each shortfall costs, same shape."""
        raise NotImplementedError

    def pull(self, shortfalls: Reals) -> Reals:
        """Return the derivative of the penalty up to the constant factor, same shape."""
        raise NotImplementedError

    def record_pull(self, shortfalls: Array) -> list[Operation]:
        """Return operations that write the pull over the shortfalls."""
        raise NotImplementedError

    def target_values(self, activation: Activation) -> tuple[float, float]:
        return (-1.0, 1.0)

    def shortfalls(self, outputs: Reals, targets: Reals) -> Reals:
        """Return the shortfalls (n, k), 0 for the right class itself."""
        if outputs.shape[1] == 1:
            return 1 - targets * outputs
        yes = (targets + 1) / 2
        return np.asarray(outputs - (yes * outputs).sum(1, keepdims=True) + 1 - yes)

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(self.penalty(self.shortfalls(outputs, targets)).sum(1))

    def sides_of_kinks(self, outputs: Reals, targets: Reals) -> tuple[Reals, ...]:
        shortfalls = self.shortfalls(outputs, targets)
        return (np.sign(np.where(np.abs(shortfalls) < 1e-12, 0, shortfalls)),)

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        pull = self.pull(self.shortfalls(outputs, targets))
        if outputs.shape[1] == 1:
            return np.asarray(-targets * pull)
        yes = (targets + 1) / 2
        return np.asarray(pull - yes * pull.sum(1, keepdims=True))

    def certainty(self, outputs: Reals, activation: Activation) -> Reals:
        if outputs.shape[1] == 1:
            return np.asarray(np.clip((outputs + 1) / 2, 0, 1))
        return softmax(outputs)

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        one, half = constant(1, error), constant(0.5, error)
        if len(outputs) == 1:
            return [
                call(np.multiply, outputs, targets, error),
                call(np.subtract, one, error, error),
                *self.record_pull(error),
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
            *self.record_pull(error),
            call(np.add.reduce, error, 0, None, row),
            call(np.multiply, yes, row, yes),
            call(np.subtract, error, yes, error),
        ]


class Hinge(MarginLoss, frozen=True, tag="hinge"):
    """Wants the right answer to win by a margin of 1, then stops caring (as an SVM does).

    With two classes max(0, 1 - y z) for y = ±1; with more, the sum over the wrong classes of
    max(0, z_j - z_y + 1), after Weston & Watkins (1999). At the kink the gradient is 0.
    PyTorch's ``MultiMarginLoss`` is this divided by the number of classes.
    """

    title: ClassVar[str] = "Hinge"
    formula: ClassVar[str] = r"L = \sum_{j \ne y} \max(0,\, z_j - z_y + 1)"

    def penalty(self, shortfalls: Reals) -> Reals:
        return np.maximum(shortfalls, 0)

    def pull(self, shortfalls: Reals) -> Reals:
        return np.heaviside(shortfalls, 0)

    def record_pull(self, shortfalls: Array) -> list[Operation]:
        return [call(np.heaviside, shortfalls, constant(0, shortfalls), shortfalls)]


class SquaredHinge(MarginLoss, frozen=True, tag="squared_hinge"):
    """Hinge loss, squared: it has no kink, and hurts most where the answer is most wrong.

    With two classes max(0, 1 - y z)² for y = ±1, the L2-SVM of Tang (2013),
    https://arxiv.org/abs/1306.0239; with more, the sum over the wrong classes of
    max(0, z_j - z_y + 1)². PyTorch's ``MultiMarginLoss`` with p = 2 is this divided by the
    number of classes.
    """

    title: ClassVar[str] = "Squared hinge"
    formula: ClassVar[str] = r"L = \sum_{j \ne y} \max(0,\, z_j - z_y + 1)^2"
    power: ClassVar[str] = "²"

    def penalty(self, shortfalls: Reals) -> Reals:
        return np.asarray(np.square(np.maximum(shortfalls, 0)))

    def residual_factor(self, output_count: int) -> float:
        return 2.0

    def pull(self, shortfalls: Reals) -> Reals:
        return np.maximum(shortfalls, 0)

    def record_pull(self, shortfalls: Array) -> list[Operation]:
        return [call(np.maximum, shortfalls, constant(0, shortfalls), out=shortfalls)]

"""Losses of probabilities: they take logits, and fuse sigmoid or softmax with the logarithm."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from playground.engine.activations import Activation, Sigmoid
from playground.engine.losses.base import Loss, Part, Reals
from playground.engine.operations import Array, Operation, call, constant, record_largest
from playground.schema.parameter import real
from playground.schema.task import Task, TaskKind


class BinaryCrossEntropy(Loss, frozen=True, tag="binary_cross_entropy"):
    """The surprise at the true answer when each output, through a sigmoid, is a probability.

    The sigmoid is fused: the loss takes logits, and its gradient is p - y. With several
    classes each has a yes-or-no output of its own, and the loss is their mean.
    """

    title: ClassVar[str] = "Binary cross-entropy"
    formula: ClassVar[str] = r"L = -y \ln p - (1 - y) \ln (1 - p),\quad p = \sigma(z)"
    tasks: ClassVar[tuple[TaskKind, ...]] = (TaskKind.BINARY, TaskKind.MULTICLASS)
    gradient_formula: ClassVar[str] = r"\frac{1}{K} (p_k - y_k)"
    value_rule: ClassVar[str] = "1/{K}·(−{y}·ln {o} − (1 − {y})·ln(1 − {o}))"
    gradient_rule: ClassVar[str] = "1/{K}·({o} − {y})"

    def target_values(self, activation: Activation) -> tuple[float, float]:
        return (0.0, 1.0)

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray((np.logaddexp(0, outputs) - targets * outputs).mean(1))

    def residual_factor(self, output_count: int) -> float:
        return 1 / output_count

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return Sigmoid().value(outputs) - targets

    def fuses(self, output_count: int) -> str:
        return "sigmoid"

    def probabilities(self, outputs: Reals) -> Reals:
        return Sigmoid().value(outputs)

    def probability_values(self, probabilities: Reals, targets: Reals) -> Reals:
        right = targets * np.log(probabilities) + (1 - targets) * np.log1p(-probabilities)
        return np.asarray(-right.mean(1))

    def probability_gradient(self, probabilities: Reals, targets: Reals) -> Reals:
        spread = probabilities * (1 - probabilities) * targets.shape[1]
        return np.asarray((probabilities - targets) / spread)

    def certainty(self, outputs: Reals, activation: Activation) -> Reals:
        return Sigmoid().value(outputs)

    def record_prepare(self, outputs: Array, error: Array) -> list[Operation]:
        return Sigmoid().record_value(outputs[:-1], error)

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [call(np.subtract, error, targets, error)]


class SoftmaxLoss(Loss, frozen=True):
    """A loss whose gradient is p - q: p what softmax makes of the logits, q what is wanted.

    The wanted distribution q gives the true class most of its weight, and a share to all K
    classes alike: q = (1 - ε) y + ε / K.
    """

    tasks: ClassVar[tuple[TaskKind, ...]] = (TaskKind.BINARY, TaskKind.MULTICLASS)

    @property
    def shared(self) -> float:
        """The share ε of the weight that all classes get alike."""
        raise NotImplementedError

    def output_count(self, task: Task) -> int:
        return task.class_count

    def target_values(self, activation: Activation) -> tuple[float, float]:
        return (0.0, 1.0)

    def wanted(self, targets: Reals) -> Reals:
        """Return the distribution q of each sample, shape (n, k), for targets 0 and 1."""
        return np.asarray((1 - self.shared) * targets + self.shared / targets.shape[1])

    def fuses(self, output_count: int) -> str:
        return "softmax"

    def probabilities(self, outputs: Reals) -> Reals:
        return softmax(outputs)

    def probability_gradient(self, probabilities: Reals, targets: Reals) -> Reals:
        return np.asarray(-self.wanted(targets) / probabilities)

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return softmax(outputs) - self.wanted(targets)

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
            *record_largest(outputs[:-1], outputs[-1]),
            call(shift.dot, outputs, shifted),
            call(np.exp, shifted, error),
            call(ones.dot, error, total),
            call(np.divide, error, total, error),
        ]

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        if self.shared == 0:
            return [call(np.subtract, error, targets, error)]
        wanted = np.empty_like(error)
        return [
            call(np.multiply, targets, constant(1 - self.shared, error), wanted),
            call(np.add, wanted, constant(self.shared / len(error), error), wanted),
            call(np.subtract, error, wanted, error),
        ]


class SoftmaxCrossEntropy(SoftmaxLoss, frozen=True, tag="softmax_cross_entropy"):
    """The surprise at the true class when the outputs, through softmax, are probabilities.

    Softmax is fused: the loss takes logits, and its gradient is p - q, where q is y itself
    unless labels are smoothed. Label smoothing after Szegedy et al. (2016),
    https://arxiv.org/abs/1512.00567, defined as PyTorch's ``CrossEntropyLoss`` does.
    """

    title: ClassVar[str] = "Softmax cross-entropy"
    formula: ClassVar[str] = (
        r"L = -\sum_k q_k \ln p_k,\quad p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}"
        r",\quad q_k = (1 - \epsilon)\,y_k + \frac{\epsilon}{K}"
    )
    gradient_formula: ClassVar[str] = r"p_k - q_k"
    value_rule: ClassVar[str] = "−{y}·ln {o}"
    gradient_rule: ClassVar[str] = "{o} − {y}"

    label_smoothing: Annotated[
        float,
        real(
            "Label smoothing",
            ge=0,
            lt=1,
            step=0.01,
            soft_range=(0, 0.5),
            help="The share ε of the wanted probability that is spread over all classes alike, "
            "so that the network need not become ever more certain.",
        ),
    ] = 0.0

    @property
    def shared(self) -> float:
        return self.label_smoothing

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray((self.wanted(targets) * -log_softmax(outputs)).sum(1))

    def probability_values(self, probabilities: Reals, targets: Reals) -> Reals:
        return np.asarray(-(self.wanted(targets) * np.log(probabilities)).sum(1))


class KLDivergence(SoftmaxLoss, frozen=True, tag="kl_divergence"):
    """How far the predicted distribution is from a wanted one that is not quite certain.

    It is the cross-entropy of q and p less the entropy of q, which training cannot change: the
    gradient p - q is that of softmax cross-entropy with the same smoothing, but the loss falls
    to 0 when p = q. Without smoothing q has no entropy, and the two are the same. The direction
    is that of PyTorch's ``KLDivLoss``, KL(q ‖ p). Kullback & Leibler (1951).
    """

    title: ClassVar[str] = "KL divergence"
    formula: ClassVar[str] = (
        r"L = \sum_k q_k \ln \frac{q_k}{p_k},\quad p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}"
        r",\quad q_k = (1 - \epsilon)\,y_k + \frac{\epsilon}{K}"
    )
    gradient_formula: ClassVar[str] = r"p_k - q_k"
    value_rule: ClassVar[str] = "{y}·ln({y} / {o})"
    gradient_rule: ClassVar[str] = "{o} − {y}"

    smoothing: Annotated[
        float,
        real(
            "Smoothing",
            ge=0,
            lt=1,
            step=0.01,
            soft_range=(0, 0.5),
            help="The share ε of the wanted probability that is spread over all classes alike. "
            "With 0 this is softmax cross-entropy.",
        ),
    ] = 0.1

    @property
    def shared(self) -> float:
        return self.smoothing

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        wanted = self.wanted(targets)
        # 0 ln 0 is 0
        logarithm = np.log(np.where(wanted > 0, wanted, 1))
        # Rounding could take a perfect answer below 0.
        return np.asarray(np.maximum((wanted * (logarithm - log_softmax(outputs))).sum(1), 0))

    def probability_values(self, probabilities: Reals, targets: Reals) -> Reals:
        wanted = self.wanted(targets)
        logarithm = np.log(np.where(wanted > 0, wanted, 1))
        return np.asarray((wanted * (logarithm - np.log(probabilities))).sum(1))


class Focal(Loss, frozen=True, tag="focal"):
    """Cross-entropy that looks away from what is already right, and so at the hard samples.

    Lin et al. (2017), https://arxiv.org/abs/1708.02002, without their class weights α: the
    surprise -ln p at the true class, times (1 - p)^γ. Two classes share one output through a
    sigmoid, more have one each through softmax. Targets are 0 or 1.

    Both are one function of the log-odds m of the true class, ln p / (1 - p): p = σ(m), and
    ∂L/∂m = (1 - p)^γ (γ p ln p - (1 - p)). For two classes m is ±z; for more, z_y less the
    log-sum-exp of the others, whose derivatives are the shares of the others among themselves.
    """

    title: ClassVar[str] = "Focal"
    formula: ClassVar[str] = r"L = -(1 - p_y)^\gamma \ln p_y"
    tasks: ClassVar[tuple[TaskKind, ...]] = (TaskKind.BINARY, TaskKind.MULTICLASS)

    gamma: Annotated[
        float,
        real(
            "Gamma",
            ge=0,
            le=10,
            step=0.1,
            soft_range=(0, 5),
            help="The focus γ: how much less a sample counts that is already right. "
            "With 0 this is cross-entropy.",
        ),
    ] = 2.0

    def value_parts(self, outputs: Reals, wanted: Reals) -> tuple[str, list[Part]]:
        true = int(wanted.argmax())
        right = float(outputs[true])
        if len(outputs) == 1 and wanted[0] != 1:
            part = Part("−{}^{}·ln(1 − {})", (right, self.gamma, right))
            return "−{o:0}^γ·ln(1 − {o:0})", [part]
        part = Part("−(1 − {})^{}·ln {}", (right, self.gamma, right))
        return f"−(1 − {{o:{true}}})^γ·ln {{o:{true}}}", [part]

    def target_values(self, activation: Activation) -> tuple[float, float]:
        return (0.0, 1.0)

    def fuses(self, output_count: int) -> str:
        return "sigmoid" if output_count == 1 else "softmax"

    def probabilities(self, outputs: Reals) -> Reals:
        return Sigmoid().value(outputs) if outputs.shape[1] == 1 else softmax(outputs)

    def probability_values(self, probabilities: Reals, targets: Reals) -> Reals:
        right = self._of_truth(probabilities, targets)
        return np.asarray((-((1 - right) ** self.gamma) * np.log(right))[:, 0])

    def probability_gradient(self, probabilities: Reals, targets: Reals) -> Reals:
        right = self._of_truth(probabilities, targets)
        slope = -((1 - right) ** self.gamma) / right
        if self.gamma:
            # 0 · (1 - p)^(-1) would be 0 / 0 at p = 1 for γ = 0.
            slope = slope + self.gamma * (1 - right) ** (self.gamma - 1) * np.log(right)
        return np.asarray(slope * (2 * targets - 1 if targets.shape[1] == 1 else targets))

    def _of_truth(self, probabilities: Reals, targets: Reals) -> Reals:
        """Return the probability of the true class, shape (n, 1)."""
        if probabilities.shape[1] == 1:
            return np.where(targets == 1, probabilities, 1 - probabilities)
        return np.asarray((probabilities * targets).sum(1, keepdims=True))

    def log_odds(self, outputs: Reals, targets: Reals) -> tuple[Reals, Reals]:
        """Return the log-odds m of the true class (n, 1), and ∂m/∂outputs (n, k)."""
        if outputs.shape[1] == 1:
            sign = 2 * targets - 1
            return sign * outputs, sign
        others = np.where(targets == 1, -np.inf, outputs)
        top = others.max(1, keepdims=True)
        exponentials = np.exp(others - top)
        total = exponentials.sum(1, keepdims=True)
        true = np.where(targets == 1, outputs, 0).sum(1, keepdims=True)
        return true - (top + np.log(total)), targets - exponentials / total

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        odds, _ = self.log_odds(outputs, targets)
        wrong = Sigmoid().value(-odds)
        return np.asarray((wrong**self.gamma * np.logaddexp(0, -odds))[:, 0])

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        odds, slope = self.log_odds(outputs, targets)
        right, wrong = Sigmoid().value(odds), Sigmoid().value(-odds)
        surprise = np.logaddexp(0, -odds)
        pull = -(wrong**self.gamma) * (self.gamma * right * surprise + wrong)
        return np.asarray(pull * slope)

    def certainty(self, outputs: Reals, activation: Activation) -> Reals:
        return Sigmoid().value(outputs) if outputs.shape[1] == 1 else softmax(outputs)

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        one = constant(1, error)
        odds = np.empty_like(error[:1])
        if len(outputs) == 1:
            # error = ∂m/∂z = ±1
            return [
                call(np.add, targets, targets, error),
                call(np.subtract, error, one, error),
                call(np.multiply, outputs, error, odds),
                *self._record_pull(odds),
                call(np.multiply, error, odds, error),
            ]
        # Subtracting half of the largest number takes the true class out of the sum.
        away = constant(-np.finfo(error.dtype).max / 2, error)
        top, total, true = (np.empty_like(odds[0]) for _ in range(3))
        only = np.empty_like(error)
        return [
            call(np.multiply, targets, away, error),
            call(np.add, error, outputs, error),
            *record_largest(error, top),
            call(np.subtract, error, top, error),
            call(np.exp, error, error),
            call(np.add.reduce, error, 0, None, total),
            call(np.divide, error, total, error),
            call(np.subtract, targets, error, error),
            call(np.log, total, total),
            call(np.add, total, top, total),
            call(np.multiply, targets, outputs, only),
            call(np.add.reduce, only, 0, None, true),
            call(np.subtract, true, total, odds[0]),
            *self._record_pull(odds),
            call(np.multiply, error, odds, error),
        ]

    def _record_pull(self, odds: Array) -> list[Operation]:
        """Return operations that write ∂L/∂m over m."""
        zero, one = constant(0, odds), constant(1, odds)
        surprise, wrong = np.empty_like(odds), np.empty_like(odds)
        return [
            call(np.negative, odds, surprise),
            call(np.logaddexp, surprise, zero, surprise),
            # 1 - p = 1 / (1 + e^m): where that overflows, 0 is the right answer
            call(np.exp, odds, wrong),
            call(np.add, wrong, one, wrong),
            call(np.reciprocal, wrong, wrong),
            call(np.negative, surprise, odds),
            call(np.exp, odds, odds),
            call(np.multiply, odds, surprise, odds),
            call(np.multiply, odds, constant(-self.gamma, odds), odds),
            call(np.subtract, odds, wrong, odds),
            call(np.power, wrong, constant(self.gamma, odds), wrong),
            call(np.multiply, odds, wrong, odds),
        ]


def softmax(logits: Reals) -> Reals:
    """Return probabilities of the same shape (n, k), each row summing to 1."""
    exponentials = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(1, keepdims=True))


def log_softmax(logits: Reals) -> Reals:
    """Return the logarithms of the probabilities, same shape (n, k), exact at any size."""
    shifted = logits - logits.max(1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)))

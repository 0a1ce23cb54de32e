"""Losses that measure the distance between outputs and targets, for values and classes alike."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from playground.engine.activations import Activation, Identity, Tanh
from playground.engine.losses.base import Loss, Part, Reals
from playground.engine.operations import Array, Operation, call, constant
from playground.schema.parameter import real
from playground.schema.task import Task, TaskKind

TargetMargin = Annotated[
    float,
    real(
        "Target margin",
        ge=0,
        lt=0.5,
        step=0.01,
        help="How far the targets of classes stay from what the activation can only approach, as "
        "a share of its range: with 0.01, a sigmoid is to say 0.01 and 0.99. LeCun et al. (1998), "
        "Efficient BackProp, section 4.5.",
    ),
]


class DistanceLoss(Loss, frozen=True):
    """A loss of the errors e = ŷ - y."""

    margin: ClassVar[float] = 0.0
    """A field of the losses with which it is usual."""

    def output_activation(self, task: Task) -> Activation:
        return Identity() if task.kind is TaskKind.REGRESSION else Tanh()

    def target_values(self, activation: Activation) -> tuple[float, float]:
        low, high = activation.targets
        margin = self.margin * (high - low)
        return low + margin, high - margin


class HalfSquared(DistanceLoss, frozen=True, tag="half_squared"):
    """Half the squared distance, summed over the outputs: its gradient is simply ŷ - y."""

    title: ClassVar[str] = "½ squared error"
    formula: ClassVar[str] = r"L = \frac{1}{2} \sum_k (\hat y_k - y_k)^2"
    gradient_formula: ClassVar[str] = r"\hat y_k - y_k"
    value_rule: ClassVar[str] = "½·({o} − {y})²"
    gradient_rule: ClassVar[str] = "{o} − {y}"

    margin: TargetMargin = 0.0  # type: ignore[misc]

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(0.5 * np.square(outputs - targets).sum(1))

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return outputs - targets

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [call(np.subtract, outputs, targets, error)]


class MeanSquared(DistanceLoss, frozen=True, tag="mean_squared"):
    """The squared distance, averaged over the outputs: large errors count most."""

    title: ClassVar[str] = "Mean squared error"
    formula: ClassVar[str] = r"L = \frac{1}{K} \sum_k (\hat y_k - y_k)^2"
    gradient_formula: ClassVar[str] = r"\frac{2}{K} (\hat y_k - y_k)"
    value_rule: ClassVar[str] = "1/{K}·({o} − {y})²"
    gradient_rule: ClassVar[str] = "2/{K}·({o} − {y})"

    margin: TargetMargin = 0.0  # type: ignore[misc]

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(np.square(outputs - targets).mean(1))

    def residual_factor(self, output_count: int) -> float:
        return 2 / output_count

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return outputs - targets

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [call(np.subtract, outputs, targets, error)]


class MeanAbsolute(DistanceLoss, frozen=True, tag="mean_absolute"):
    """The distance itself, averaged over the outputs: outliers pull no harder than others.

    At distance 0, where there is no derivative, 0 is used.
    """

    title: ClassVar[str] = "Mean absolute error"
    formula: ClassVar[str] = r"L = \frac{1}{K} \sum_k |\hat y_k - y_k|"
    gradient_formula: ClassVar[str] = r"\frac{1}{K} \operatorname{sign}(\hat y_k - y_k)"
    value_rule: ClassVar[str] = "1/{K}·|{o} − {y}|"
    gradient_rule: ClassVar[str] = "1/{K}·sign({o} − {y})"

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


class Huber(DistanceLoss, frozen=True, tag="huber"):
    """Squared for small errors, absolute for large ones: smooth and robust.

    Huber (1964); averaged over the outputs, as PyTorch's ``HuberLoss``.
    """

    title: ClassVar[str] = "Huber"
    formula: ClassVar[str] = (
        r"L = \begin{cases} \frac{1}{2} e^2 & |e| \le \delta \\"
        r"\delta (|e| - \frac{1}{2} \delta) & |e| > \delta \end{cases}"
        r",\quad e = \hat y - y"
    )
    gradient_formula: ClassVar[str] = r"\frac{1}{K} \max(-\delta, \min(\delta, e))"
    gradient_rule: ClassVar[str] = "1/{K}·clip({o} − {y}, ±δ)"

    delta: Annotated[
        float,
        real(
            "Delta", gt=0, le=1e6, step=0.1, help="The error δ from which the loss grows linearly."
        ),
    ] = 1.0

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        distance = np.abs(outputs - targets)
        near = np.minimum(distance, self.delta)
        return np.asarray((near * (distance - 0.5 * near)).mean(1))

    def value_parts(self, outputs: Reals, wanted: Reals) -> tuple[str, list[Part]]:
        count = len(outputs)
        mean = f"1/{count}·" if count > 1 else ""
        parts = []
        for output, target in zip(outputs.tolist(), wanted.tolist(), strict=True):
            if abs(output - target) <= self.delta:
                parts.append(Part(f"{mean}½·({{}} − {{}})²", (output, target)))
            else:
                numbers = (self.delta, output, target, self.delta)
                parts.append(Part(f"{mean}{{}}·(|{{}} − {{}}| − ½·{{}})", numbers))
        if count > 1:
            return f"Σₖ {mean}huber({{o:k}} − {{y:k}})", parts
        is_far = len(parts[0].numbers) > 2
        return "δ·(|{o:0} − {y:0}| − ½·δ)" if is_far else "½·({o:0} − {y:0})²", parts

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


class LogCosh(DistanceLoss, frozen=True, tag="log_cosh"):
    """Squared for small errors, absolute for large ones, and smooth everywhere in between.

    About e²/2 near 0 and |e| - ln 2 far away; averaged over the outputs. Its gradient is tanh e.
    Unlike Huber's loss it has all derivatives, and no setting. Green (1990), Bayesian
    reconstructions from emission tomography data using a modified EM algorithm.
    """

    title: ClassVar[str] = "Log-cosh"
    formula: ClassVar[str] = r"L = \frac{1}{K} \sum_k \ln \cosh e_k,\quad e_k = \hat y_k - y_k"
    gradient_formula: ClassVar[str] = r"\frac{1}{K} \tanh e_k"
    value_rule: ClassVar[str] = "1/{K}·ln cosh({o} − {y})"
    gradient_rule: ClassVar[str] = "1/{K}·tanh({o} − {y})"

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        # cosh itself overflows: ln cosh e = |e| + ln((1 + e^(-2|e|)) / 2)
        distance = np.abs(outputs - targets)
        logarithm = distance + np.log1p(np.expm1(-2 * distance) / 2)
        return np.asarray(np.maximum(logarithm, 0).mean(1))

    def residual_factor(self, output_count: int) -> float:
        return 1 / output_count

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        return np.asarray(np.tanh(outputs - targets))

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        return [call(np.subtract, outputs, targets, error), call(np.tanh, error, error)]

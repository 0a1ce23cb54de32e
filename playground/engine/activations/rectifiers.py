"""Rectifiers: what is positive passes, what is negative is held back."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from playground.engine.activations.base import Activation, Reals
from playground.engine.activations.sigmoids import Sigmoid
from playground.engine.operations import Array, Operation, call, constant
from playground.schema.parameter import real


class ReLU(Activation, frozen=True, tag="relu"):
    """Cuts off negative inputs; cheap, never saturates above, but a unit can die.

    At z = 0, where there is no derivative, 0 is used, as PyTorch does.
    """

    title: ClassVar[str] = "ReLU"
    formula: ClassVar[str] = r"f(z) = \max(0, z)"
    derivative_formula: ClassVar[str] = r"f'(z) = [z > 0]"
    derivative_rule: ClassVar[str] = "[{z} > 0]"
    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)
    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.maximum(z, 0))

    def derivative(self, z: Reals) -> Reals:
        return np.asarray(np.heaviside(z, 0))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        # Against an array of zeros: a scalar operand is slower here.
        return [call(np.maximum, z, np.zeros_like(z), out=a)]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        return [call(np.sign, a, slope)]


class LeakyReLU(Activation, frozen=True, tag="leaky_relu"):
    """Rectifier that lets a fraction of negative inputs through, so that no unit dies.

    Maas, Hannun & Ng (2013).
    """

    title: ClassVar[str] = "Leaky ReLU"
    formula: ClassVar[str] = r"f(z) = \max(s z, z)"
    derivative_formula: ClassVar[str] = r"f'(z) = s + (1 - s)\,[z > 0]"
    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)
    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    negative_slope: Annotated[
        float,
        real("Negative slope", ge=0, lt=1, step=0.01, help="The slope s for negative inputs."),
    ] = 0.01

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.maximum(z, self.negative_slope * z))

    def derivative(self, z: Reals) -> Reals:
        s = self.negative_slope
        return np.asarray(s + (1 - s) * np.heaviside(z, 0))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        leak = np.empty_like(z)
        return [
            call(np.multiply, z, constant(self.negative_slope, z), leak),
            call(np.maximum, z, leak, out=a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        return [
            call(np.heaviside, a, constant(0, a), slope),
            call(np.multiply, slope, constant(1 - self.negative_slope, a), slope),
            call(np.add, slope, constant(self.negative_slope, a), slope),
        ]


class ELU(Activation, frozen=True, tag="elu"):
    """Exponential linear unit: smooth, with outputs that average near zero.

    Clevert, Unterthiner & Hochreiter (2015), https://arxiv.org/abs/1511.07289.
    """

    title: ClassVar[str] = "ELU"
    formula: ClassVar[str] = (
        r"f(z) = \begin{cases} z & z > 0 \\ \alpha (e^z - 1) & z \le 0"
        r"\end{cases}"
    )
    derivative_formula: ClassVar[str] = (
        r"f'(z) = \begin{cases} 1 & z > 0 \\ f(z) + \alpha & z \le 0"
        r"\end{cases}"
    )
    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    alpha: Annotated[
        float,
        real("Alpha", gt=0, le=10, step=0.1, help="Negative inputs saturate at -α."),
    ] = 1.0

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.where(z > 0, z, self.alpha * np.expm1(np.minimum(z, 0))))

    def derivative(self, z: Reals) -> Reals:
        return np.asarray(np.where(z > 0, 1, self.alpha * np.exp(np.minimum(z, 0))))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        below, zeros = np.empty_like(z), np.zeros_like(z)
        return [
            call(np.minimum, z, zeros, out=below),
            call(np.expm1, below, below),
            call(np.multiply, below, constant(self.alpha, z), below),
            call(np.maximum, z, zeros, out=a),
            call(np.add, a, below, a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        # Below zero a + α; above zero 1 = (min(a, 0) + α) + (1 - α).
        above = np.empty_like(a)
        return [
            call(np.minimum, a, np.zeros_like(a), out=slope),
            call(np.add, slope, constant(self.alpha, a), slope),
            call(np.heaviside, a, constant(0, a), above),
            call(np.multiply, above, constant(1 - self.alpha, a), above),
            call(np.add, slope, above, slope),
        ]


class SELU(Activation, frozen=True, tag="selu"):
    """An ELU scaled so that the values of deep networks settle at mean 0 and variance 1.

    They do with LeCun's normal initial weights and inputs of mean 0 and variance 1. Klambauer
    et al. (2017), https://arxiv.org/abs/1706.02515, where α and λ are derived.
    """

    title: ClassVar[str] = "SELU"
    formula: ClassVar[str] = (
        r"f(z) = \lambda \begin{cases} z & z > 0 \\ \alpha (e^z - 1) & z \le 0"
        r"\end{cases},\quad \alpha \approx 1.6733,\quad \lambda \approx 1.0507"
    )
    derivative_formula: ClassVar[str] = (
        r"f'(z) = \begin{cases} \lambda & z > 0 \\ f(z) + \lambda \alpha & z \le 0"
        r"\end{cases}"
    )
    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    _ALPHA: ClassVar[float] = 1.6732632423543772
    _LAMBDA: ClassVar[float] = 1.0507009873554805

    def value(self, z: Reals) -> Reals:
        below = self._ALPHA * np.expm1(np.minimum(z, 0))
        return np.asarray(self._LAMBDA * np.where(z > 0, z, below))

    def derivative(self, z: Reals) -> Reals:
        below = self._ALPHA * np.exp(np.minimum(z, 0))
        return np.asarray(self._LAMBDA * np.where(z > 0, 1, below))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return [
            *ELU(self._ALPHA).record_value(z, a),
            call(np.multiply, a, constant(self._LAMBDA, z), a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        # Below zero a + λα; above zero λ = (min(a, 0) + λα) + (λ - λα).
        above, lowest = np.empty_like(a), self._LAMBDA * self._ALPHA
        return [
            call(np.minimum, a, np.zeros_like(a), out=slope),
            call(np.add, slope, constant(lowest, a), slope),
            call(np.heaviside, a, constant(0, a), above),
            call(np.multiply, above, constant(self._LAMBDA - lowest, a), above),
            call(np.add, slope, above, slope),
        ]


class Softplus(Activation, frozen=True, tag="softplus"):
    """A smooth ReLU; its derivative is the sigmoid.

    Dugas et al. (2001), "Incorporating second-order functional knowledge for better option
    pricing". PyTorch's returns z itself above a threshold of 20; this one has none.
    """

    title: ClassVar[str] = "Softplus"
    formula: ClassVar[str] = r"f(z) = \ln(1 + e^z)"
    derivative_formula: ClassVar[str] = r"f'(z) = \frac{1}{1 + e^{-z}}"
    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.logaddexp(0, z))

    def derivative(self, z: Reals) -> Reals:
        return Sigmoid().value(z)

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return [call(np.logaddexp, z, constant(0, z), a)]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        # sigmoid(z) = 1 - e^-a, exact also where a is tiny
        return [
            call(np.negative, a, slope),
            call(np.expm1, slope, slope),
            call(np.negative, slope, slope),
        ]

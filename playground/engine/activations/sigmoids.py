"""Activations that squash: they saturate on both sides, smoothly, in a corner, or in one jump."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.engine.activations.base import Activation, Reals
from playground.engine.operations import Array, Operation, call, constant


class Sigmoid(Activation, frozen=True, tag="sigmoid"):
    """Squashes to between 0 and 1, like a probability; saturates on both sides."""

    title: ClassVar[str] = "Sigmoid"
    formula: ClassVar[str] = r"f(z) = \frac{1}{1 + e^{-z}}"
    derivative_formula: ClassVar[str] = r"f'(z) = f(z)\,(1 - f(z))"
    derivative_rule: ClassVar[str] = "{a}·(1 − {a})"
    bounded: ClassVar[bool] = True
    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def value(self, z: Reals) -> Reals:
        # exp of a negative number never overflows: 1 / (1 + e^-z) = exp(-softplus(-z))
        return np.asarray(np.exp(-np.logaddexp(0, -z)))

    def derivative(self, z: Reals) -> Reals:
        a = self.value(z)
        return np.asarray(a * self.value(-z))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        # e^-z may overflow to infinity, whose reciprocal is the right answer, 0.
        one = constant(1, z)
        return [
            call(np.negative, z, a),
            call(np.exp, a, a),
            call(np.add, a, one, a),
            call(np.reciprocal, a, a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        return [
            call(np.multiply, a, a, slope),
            call(np.subtract, a, slope, slope),
        ]


class Tanh(Activation, frozen=True, tag="tanh"):
    """Squashes to between -1 and 1, centred on zero; saturates on both sides."""

    title: ClassVar[str] = "Tanh"
    formula: ClassVar[str] = r"f(z) = \tanh z"
    derivative_formula: ClassVar[str] = r"f'(z) = 1 - f(z)^2"
    derivative_rule: ClassVar[str] = "(1 − {a}²)"
    bounded: ClassVar[bool] = True

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.tanh(z))

    def derivative(self, z: Reals) -> Reals:
        return np.asarray(1 - np.tanh(z) ** 2)

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return [call(np.tanh, z, a)]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        one = constant(1, slope)
        return [
            call(np.multiply, a, a, slope),
            call(np.subtract, one, slope, slope),
        ]


class HardSigmoid(Activation, frozen=True, tag="hard_sigmoid"):
    """A sigmoid made of three straight lines: cheap, but with no gradient beyond ±3.

    Courbariaux, Bengio & David (2015), https://arxiv.org/abs/1511.00363, saturate at ±1; this is
    PyTorch's ``Hardsigmoid``, which saturates at ±3. At ±3 the derivative 0 is used, as there.
    """

    title: ClassVar[str] = "Hard sigmoid"
    formula: ClassVar[str] = r"f(z) = \frac{\min(\max(z + 3, 0), 6)}{6}"
    derivative_formula: ClassVar[str] = r"f'(z) = \frac{1}{6}\,[|z| < 3]"
    bounded: ClassVar[bool] = True
    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)
    kinks: ClassVar[tuple[float, ...]] = (-3.0, 3.0)

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.minimum(np.maximum(z + 3, 0), 6) / 6)

    def derivative(self, z: Reals) -> Reals:
        return np.asarray(np.where(np.abs(z) < 3, np.ones_like(z) / 6, 0))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return [
            call(np.add, z, constant(3, z), a),
            call(np.maximum, a, np.zeros_like(z), out=a),
            call(np.minimum, a, np.full_like(z, 6), out=a),
            call(np.divide, a, constant(6, z), a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        # a - a² is 0 where a is 0 or 1, and positive in between.
        return [
            call(np.multiply, a, a, slope),
            call(np.subtract, a, slope, slope),
            call(np.sign, slope, slope),
            call(np.divide, slope, constant(6, a), slope),
        ]


class HardTanh(Activation, frozen=True, tag="hard_tanh"):
    """A tanh made of three straight lines: exact in the middle, no gradient beyond ±1.

    Collobert (2004), "Large scale machine learning". At ±1, where there is no derivative, 0 is
    used, as PyTorch does.
    """

    title: ClassVar[str] = "Hard tanh"
    formula: ClassVar[str] = r"f(z) = \min(\max(z, -1), 1)"
    derivative_formula: ClassVar[str] = r"f'(z) = [|z| < 1]"
    bounded: ClassVar[bool] = True
    kinks: ClassVar[tuple[float, ...]] = (-1.0, 1.0)

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.minimum(np.maximum(z, -1), 1))

    def derivative(self, z: Reals) -> Reals:
        return np.asarray(np.where(np.abs(z) < 1, np.ones_like(z), 0))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return [
            call(np.maximum, z, np.full_like(z, -1), out=a),
            call(np.minimum, a, np.ones_like(z), out=a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        return [
            call(np.abs, a, slope),
            call(np.subtract, constant(1, a), slope, slope),
            call(np.sign, slope, slope),
        ]


class Softsign(Activation, frozen=True, tag="softsign"):
    """Squashes to between -1 and 1 like tanh, but saturates slowly: its tails fall as 1/z².

    Bergstra et al. (2009), "Quadratic polynomials learn better image features"; Glorot & Bengio
    (2010) compare it with tanh.
    """

    title: ClassVar[str] = "Softsign"
    formula: ClassVar[str] = r"f(z) = \frac{z}{1 + |z|}"
    derivative_formula: ClassVar[str] = r"f'(z) = \frac{1}{(1 + |z|)^2} = (1 - |f(z)|)^2"
    bounded: ClassVar[bool] = True

    def value(self, z: Reals) -> Reals:
        return np.asarray(z / (1 + np.abs(z)))

    def derivative(self, z: Reals) -> Reals:
        return np.asarray((1 / (1 + np.abs(z))) ** 2)

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        size = np.empty_like(z)
        return [
            call(np.abs, z, size),
            call(np.add, size, constant(1, z), size),
            call(np.divide, z, size, a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        return [
            call(np.abs, a, slope),
            call(np.subtract, constant(1, a), slope, slope),
            call(np.multiply, slope, slope, slope),
        ]


class Step(Activation, frozen=True, tag="step"):
    """Fires or does not, like the first artificial neurons; trained by pretending f′ = 1.

    The true derivative is 0 wherever there is one, so nothing could be learned. The
    *straight-through* gradient hands the upstream gradient on as if the step were not there:
    Bengio, Léonard & Courville (2013), https://arxiv.org/abs/1308.3432. It is a direction that
    tends to help, not the slope of the loss: a gradient check disagrees, and is right to. At
    z = 0 the value is 0. PyTorch has no such module; its ``heaviside`` has no gradient.
    """

    title: ClassVar[str] = "Step"
    formula: ClassVar[str] = r"f(z) = [z > 0]"
    derivative_formula: ClassVar[str] = r"f'(z) \leftarrow 1"
    bounded: ClassVar[bool] = True
    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)
    kinks: ClassVar[tuple[float, ...]] = (0.0,)
    surrogate_gradient: ClassVar[bool] = True

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.heaviside(z, 0))

    def derivative(self, z: Reals) -> Reals:
        """Return the stand-in 1, not the true derivative 0."""
        return np.ones_like(z)

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return [call(np.heaviside, z, constant(0, z), a)]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        return [call(slope.fill, 1)]

"""Gated activations: the input times a share of it that follows from the input itself."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.engine.activations.base import Activation, Reals
from playground.engine.activations.sigmoids import Sigmoid
from playground.engine.operations import Array, Operation, call, constant


class SiLU(Activation, frozen=True, tag="silu"):
    """The input times its own sigmoid (also called swish): smooth, with a small dip below zero.

    Elfwing, Uchibe & Doya (2017), https://arxiv.org/abs/1702.03118.
    """

    title: ClassVar[str] = "SiLU (swish)"
    formula: ClassVar[str] = r"f(z) = z\,\sigma(z)"
    derivative_formula: ClassVar[str] = r"f'(z) = \sigma(z) + f(z)\,(1 - \sigma(z))"
    keeps_input: ClassVar[bool] = True

    def value(self, z: Reals) -> Reals:
        return np.asarray(z * Sigmoid().value(z))

    def derivative(self, z: Reals) -> Reals:
        gate = Sigmoid().value(z)
        return np.asarray(gate + z * gate * Sigmoid().value(-z))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return [*Sigmoid().record_value(z, a), call(np.multiply, a, z, a)]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        # With gate s = σ(z): s + a (1 - s)
        rest = np.empty_like(z)
        return [
            *Sigmoid().record_value(z, slope),
            call(np.subtract, constant(1, z), slope, rest),
            call(np.multiply, rest, a, rest),
            call(np.add, slope, rest, slope),
        ]


class Mish(Activation, frozen=True, tag="mish"):
    """The input times the tanh of its softplus: much like SiLU, with a slightly deeper dip.

    Misra (2019), https://arxiv.org/abs/1908.08681.
    """

    title: ClassVar[str] = "Mish"
    formula: ClassVar[str] = r"f(z) = z\,t,\quad t = \tanh(\ln(1 + e^z))"
    derivative_formula: ClassVar[str] = r"f'(z) = t + z\,\sigma(z)\,(1 - t^2)"
    keeps_input: ClassVar[bool] = True

    def value(self, z: Reals) -> Reals:
        return np.asarray(z * np.tanh(np.logaddexp(0, z)))

    def derivative(self, z: Reals) -> Reals:
        t = np.tanh(np.logaddexp(0, z))
        return np.asarray(t + z * Sigmoid().value(z) * (1 - t**2))

    # With e = e^z and n = e (e + 2), the hyperbolic functions become one fraction:
    # t = n / (n + 2), and σ(z) (1 - t²) = 4 e (e + 1) / (n + 2)².
    # At z = 20, t is 1 to the last bit; beyond, e² would overflow.

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        e, two = np.empty_like(z), constant(2, z)
        return [
            call(np.minimum, z, np.full_like(z, 20), out=e),
            call(np.exp, e, e),
            call(np.add, e, two, a),
            call(np.multiply, a, e, a),
            call(np.add, a, two, e),
            call(np.divide, a, e, a),
            call(np.multiply, a, z, a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        near, e, n = np.empty_like(z), np.empty_like(z), np.empty_like(z)
        one, two = constant(1, z), constant(2, z)
        return [
            call(np.minimum, z, np.full_like(z, 20), out=near),
            call(np.exp, near, e),
            call(np.add, e, two, n),
            call(np.multiply, n, e, n),
            # slope = 4 z e (e + 1)
            call(np.add, e, one, slope),
            call(np.multiply, slope, e, slope),
            call(np.multiply, slope, near, slope),
            call(np.multiply, slope, constant(4, z), slope),
            # slope = (4 z e (e + 1) / (n + 2) + n) / (n + 2)
            call(np.add, n, two, e),
            call(np.divide, slope, e, slope),
            call(np.add, slope, n, slope),
            call(np.divide, slope, e, slope),
        ]

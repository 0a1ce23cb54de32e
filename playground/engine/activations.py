"""Activation functions: each with its formula, derivative and fast form in one place.

To add one, write a class and add it to :data:`AnyActivation`.

The readable form is ``value(z)`` and ``derivative(z)``. The fast form writes the same into given
arrays. Most derivatives follow from the output a alone, so that a may overwrite z; a class that
needs z itself says so with ``keeps_input``.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.operations import Array, Operation, call, constant
from playground.schema.parameter import Option, real

Reals = NDArray[Any]


class Activation(Option, frozen=True):
    """An element-wise function between layers."""

    derivative_formula: ClassVar[str] = ""
    """f′ in LaTeX."""
    kinks: ClassVar[tuple[float, ...]] = ()
    """Values of z at which f has no derivative; gradient checks step around them."""
    keeps_input: ClassVar[bool] = False
    """Whether the fast derivative needs z, so that a must not overwrite it."""
    bounded: ClassVar[bool] = False
    """Whether all values lie between -1 and 1, so that pictures can share that scale."""
    targets: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    """What an output layer with this activation is taught to say for "no" and "yes"."""

    def value(self, z: Reals) -> Reals:
        """Return f(z), same shape."""
        raise NotImplementedError

    def derivative(self, z: Reals) -> Reals:
        """Return f′(z), same shape."""
        raise NotImplementedError

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        """Return operations that write f(z) to ``a``, which is ``z`` unless ``keeps_input``."""
        raise NotImplementedError

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        """Return operations that write f′ to ``slope``, given z (if kept) and a = f(z).

        The arrays may span several layers, and rows of constant ones between them.
        """
        raise NotImplementedError


class Identity(Activation, frozen=True, tag="identity"):
    """Passes its input on unchanged: without other layers, the network stays linear."""

    title: ClassVar[str] = "Linear"
    formula: ClassVar[str] = r"f(z) = z"
    derivative_formula: ClassVar[str] = r"f'(z) = 1"

    def value(self, z: Reals) -> Reals:
        return z.copy()

    def derivative(self, z: Reals) -> Reals:
        return np.ones_like(z)

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return []

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        return [call(slope.fill, 1)]


class Sigmoid(Activation, frozen=True, tag="sigmoid"):
    """Squashes to between 0 and 1, like a probability; saturates on both sides."""

    title: ClassVar[str] = "Sigmoid"
    formula: ClassVar[str] = r"f(z) = \frac{1}{1 + e^{-z}}"
    derivative_formula: ClassVar[str] = r"f'(z) = f(z)\,(1 - f(z))"
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


class ReLU(Activation, frozen=True, tag="relu"):
    """Cuts off negative inputs; cheap, never saturates above, but a unit can die.

    At z = 0, where there is no derivative, 0 is used, as PyTorch does.
    """

    title: ClassVar[str] = "ReLU"
    formula: ClassVar[str] = r"f(z) = \max(0, z)"
    derivative_formula: ClassVar[str] = r"f'(z) = [z > 0]"
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


class Softplus(Activation, frozen=True, tag="softplus"):
    """A smooth ReLU; its derivative is the sigmoid."""

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


class GELU(Activation, frozen=True, tag="gelu"):
    """The input times the chance that a standard normal variable is smaller (tanh form).

    This is the tanh approximation of Hendrycks & Gimpel (2016),
    https://arxiv.org/abs/1606.08415, PyTorch's ``GELU(approximate="tanh")``; it differs from
    z Φ(z) by less than 5e-4.
    """

    title: ClassVar[str] = "GELU (tanh form)"
    formula: ClassVar[str] = (
        r"f(z) = \frac{z}{2}\left(1 + \tanh\left(\sqrt{2/\pi}\,(z + 0.044715 z^3)\right)\right)"
    )
    derivative_formula: ClassVar[str] = (
        r"f'(z) = \frac{1 + t}{2} + \frac{z}{2}(1 - t^2)\sqrt{2/\pi}\,(1 + 0.134145 z^2),\quad "
        r"t = \tanh\left(\sqrt{2/\pi}\,(z + 0.044715 z^3)\right)"
    )
    keeps_input: ClassVar[bool] = True

    _ROOT: ClassVar[float] = math.sqrt(2 / math.pi)
    _CUBIC: ClassVar[float] = 0.044715

    def value(self, z: Reals) -> Reals:
        t = np.tanh(self._ROOT * z * (1 + self._CUBIC * z**2))
        return np.asarray(0.5 * z * (1 + t))

    def derivative(self, z: Reals) -> Reals:
        t = np.tanh(self._ROOT * z * (1 + self._CUBIC * z**2))
        inner = self._ROOT * (1 + 3 * self._CUBIC * z**2)
        # Far from zero 1 - t² is 0 while inner may be infinite: their product is 0.
        return np.asarray(0.5 * (1 + t) + 0.5 * z * _product(1 - t**2, inner))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        # Beyond |z| = 12 the tanh is ±1 to the last bit; clipping there avoids 0 · ∞.
        near = np.empty_like(z)
        return [
            *_clipped(z, 12, near),
            call(np.multiply, near, near, a),
            call(np.multiply, a, constant(self._ROOT * self._CUBIC, z), a),
            call(np.add, a, constant(self._ROOT, z), a),
            call(np.multiply, a, near, a),
            call(np.tanh, a, a),
            call(np.add, a, constant(1, z), a),
            call(np.multiply, a, z, a),
            call(np.multiply, a, constant(0.5, z), a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        near, square, t = np.empty_like(z), np.empty_like(z), np.empty_like(z)
        one, half = constant(1, z), constant(0.5, z)
        return [
            *_clipped(z, 12, near),
            call(np.multiply, near, near, square),
            call(np.multiply, square, constant(self._ROOT * self._CUBIC, z), t),
            call(np.add, t, constant(self._ROOT, z), t),
            call(np.multiply, t, near, t),
            call(np.tanh, t, t),
            # slope = z · ROOT (1 + 3 CUBIC z²) · (1 - t²)
            call(np.multiply, square, constant(3 * self._ROOT * self._CUBIC, z), square),
            call(np.add, square, constant(self._ROOT, z), square),
            call(np.multiply, square, near, square),
            call(np.multiply, t, t, slope),
            call(np.subtract, one, slope, slope),
            call(np.multiply, slope, square, slope),
            call(np.add, slope, t, slope),
            call(np.add, slope, one, slope),
            call(np.multiply, slope, half, slope),
        ]


def _clipped(z: Array, limit: float, out: Array) -> list[Operation]:
    """Two calls of a ufunc: np.clip itself is a slow Python function."""
    return [
        call(np.minimum, z, np.full_like(z, limit), out=out),
        call(np.maximum, out, np.full_like(z, -limit), out=out),
    ]


def _product(zero_wins: Reals, factor: Reals) -> Reals:
    return np.where(zero_wins == 0, 0, zero_wins * np.where(zero_wins == 0, 0, factor))


class Sine(Activation, frozen=True, tag="sine"):
    """A periodic activation: fits waves that the others can only approach piecewise.

    Sitzmann et al. (2020), https://arxiv.org/abs/2006.09661.
    """

    title: ClassVar[str] = "Sine"
    formula: ClassVar[str] = r"f(z) = \sin z"
    derivative_formula: ClassVar[str] = r"f'(z) = \cos z"
    bounded: ClassVar[bool] = True
    keeps_input: ClassVar[bool] = True

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.sin(z))

    def derivative(self, z: Reals) -> Reals:
        return np.asarray(np.cos(z))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return [call(np.sin, z, a)]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        return [call(np.cos, z, slope)]


AnyActivation = Tanh | ReLU | LeakyReLU | ELU | SiLU | GELU | Softplus | Sigmoid | Sine | Identity
"""Every activation, in menu order."""

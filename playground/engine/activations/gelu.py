"""The Gaussian error linear unit, exact and in its tanh form."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np

from playground.engine.activations.base import Activation, Reals
from playground.engine.activations.error_function import FAR, erfc, record_erfc
from playground.engine.operations import Array, Operation, call, constant
from playground.schema.parameter import shown


class GELU(Activation, frozen=True, tag="gelu"):
    """The input times the chance Φ that a standard normal variable is smaller.

    Hendrycks & Gimpel (2016), https://arxiv.org/abs/1606.08415. The tanh form is their
    approximation, Φ(z) ≈ (1 + tanh(√(2/π) (z + 0.044715 z³))) / 2, PyTorch's
    ``GELU(approximate="tanh")``; it differs from z Φ(z) by less than 5e-4. The exact form is
    PyTorch's default.
    """

    title: ClassVar[str] = "GELU"
    formula: ClassVar[str] = (
        r"f(z) = z\,\Phi(z),\quad "
        r"\Phi(z) \approx \frac{1 + \tanh\left(\sqrt{2/\pi}\,(z + 0.044715 z^3)\right)}{2}"
    )
    derivative_formula: ClassVar[str] = r"f'(z) = \Phi(z) + z\,\Phi'(z)"
    keeps_input: ClassVar[bool] = True

    form: Annotated[
        Literal["tanh", "exact"],
        shown("Form", help="How Φ is computed: by a tanh that comes close, or exactly."),
    ] = "tanh"

    _ROOT: ClassVar[float] = math.sqrt(2 / math.pi)
    _CUBIC: ClassVar[float] = 0.044715

    def value(self, z: Reals) -> Reals:
        return np.asarray(z * self.share(z))

    def derivative(self, z: Reals) -> Reals:
        return np.asarray(self.share(z) + z * self.density(z))

    def share(self, z: Reals) -> Reals:
        """Return Φ(z), the chance that a standard normal variable is smaller than z."""
        if self.form == "exact":
            return np.asarray(erfc(-z * math.sqrt(0.5)) / 2)
        return np.asarray((1 + np.tanh(self._ROOT * z * (1 + self._CUBIC * z**2))) / 2)

    def density(self, z: Reals) -> Reals:
        """Return Φ′(z)."""
        if self.form == "exact":
            return np.asarray(np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi))
        t = np.tanh(self._ROOT * z * (1 + self._CUBIC * z**2))
        inner = self._ROOT * (1 + 3 * self._CUBIC * z**2)
        # Far from zero 1 - t² is 0 while inner may be infinite: their product is 0.
        flat = t * t == 1
        return np.asarray(np.where(flat, 0, (1 - t * t) * np.where(flat, 0, inner)) / 2)

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        return self._record_exact(z, a) if self.form == "exact" else self._record_tanh(z, a)

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        if self.form == "exact":
            return self._record_exact_slope(z, a, slope)
        return self._record_tanh_slope(z, slope)

    def _record_exact(self, z: Array, a: Array) -> list[Operation]:
        # z Φ(z) = max(z, 0) - |z| Φ(-|z|), and Φ(-|z|) = erfc(x) / 2 with x = |z| / √2:
        # nothing cancels, and nothing is chosen element by element.
        x, tail = np.empty_like(z), np.empty_like(z)
        root = constant(math.sqrt(0.5), z)
        return [
            call(np.abs, z, x),
            call(np.multiply, x, root, x),
            call(np.minimum, x, np.full_like(z, FAR), out=x),
            *record_erfc(x, tail),
            call(np.multiply, tail, x, tail),
            call(np.multiply, tail, root, tail),
            call(np.maximum, z, np.zeros_like(z), out=a),
            call(np.subtract, a, tail, a),
        ]

    def _record_exact_slope(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        # Φ(z) is a / z; at 0 it is ½, and so are these sums, which elsewhere change nothing.
        size, tiny = np.empty_like(z), 1e-30
        return [
            call(np.abs, z, size),
            call(np.add, size, constant(tiny, z), size),
            call(np.abs, a, slope),
            call(np.add, slope, constant(tiny / 2, z), slope),
            call(np.divide, slope, size, slope),
            # z Φ′(z) = z e^(-z²/2) / √(2π)
            call(np.multiply, z, z, size),
            call(np.multiply, size, constant(-0.5, z), size),
            call(np.exp, size, size),
            call(np.multiply, size, z, size),
            call(np.multiply, size, constant(1 / math.sqrt(2 * math.pi), z), size),
            call(np.add, slope, size, slope),
        ]

    def _record_tanh(self, z: Array, a: Array) -> list[Operation]:
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

    def _record_tanh_slope(self, z: Array, slope: Array) -> list[Operation]:
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

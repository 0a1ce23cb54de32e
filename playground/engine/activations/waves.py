"""Waves and bumps: activations that rise and fall again."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.engine.activations.base import Activation, Reals
from playground.engine.operations import Array, Operation, call, constant


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


class Gaussian(Activation, frozen=True, tag="gaussian"):
    """A bump: each unit answers to a narrow stripe of its input, and to nothing far away.

    Studied among other bumps by Ramasinghe & Lucey (2022), https://arxiv.org/abs/2111.15135,
    with a width σ that is √½ here; the weights of the layer scale it.
    """

    title: ClassVar[str] = "Gaussian"
    formula: ClassVar[str] = r"f(z) = e^{-z^2}"
    derivative_formula: ClassVar[str] = r"f'(z) = {-2 z}\,f(z)"
    bounded: ClassVar[bool] = True
    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)
    keeps_input: ClassVar[bool] = True

    def value(self, z: Reals) -> Reals:
        return np.asarray(np.exp(-(z * z)))

    def derivative(self, z: Reals) -> Reals:
        return np.asarray(-2 * z * self.value(z))

    def record_value(self, z: Array, a: Array) -> list[Operation]:
        # z² may overflow to infinity, where e^-∞ = 0 is the right answer.
        return [
            call(np.multiply, z, z, a),
            call(np.negative, a, a),
            call(np.exp, a, a),
        ]

    def record_derivative(self, z: Array, a: Array, slope: Array) -> list[Operation]:
        return [
            call(np.multiply, z, a, slope),
            call(np.multiply, slope, constant(-2, z), slope),
        ]

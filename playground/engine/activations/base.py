"""What every activation is, and the one that does nothing."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.operations import Array, Operation, call
from playground.schema.parameter import Option

Reals = NDArray[Any]


class Activation(Option, frozen=True):
    """An element-wise function between layers."""

    derivative_formula: ClassVar[str] = ""
    """f′ in LaTeX."""
    kinks: ClassVar[tuple[float, ...]] = ()
    """Values of z at which f has no derivative; gradient checks step around them."""
    keeps_input: ClassVar[bool] = False
    """Whether the fast derivative needs z, so that a must not overwrite it."""
    surrogate_gradient: ClassVar[bool] = False
    """Whether ``derivative`` is a stand-in that lets training go on where the true derivative
    would stop it. Finite differences do not agree with a stand-in, and are not meant to."""
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

"""What every activation is, and the one that does nothing."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.operations import Array, Operation, call
from playground.schema.parameter import Option

Reals = NDArray[Any]


class Activation(Option, frozen=True):
    """What a layer does to its weighted sums.

    Most are element-wise: a function f of one number, with ``value`` and ``derivative``. Those that
    look at several numbers at once, or learn a parameter, say so with ``element_wise`` and
    override ``apply`` and ``pull_back`` instead.
    """

    element_wise: ClassVar[bool] = True
    """Whether each output depends on its own input alone, by one fixed function."""
    has_curve: ClassVar[bool] = True
    """Whether ``value`` and ``derivative`` are functions of one number, to be drawn as a curve."""
    parameter_rows: ClassVar[int] = 0
    """Learned parameters per unit."""

    derivative_formula: ClassVar[str] = ""
    """f′ in LaTeX."""
    derivative_rule: ClassVar[str] = ""
    """f′ as plain text with {z} for the input and {a} for the output, where that is short."""
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

    def pre_width(self, units: int) -> int:
        """Return how many weighted sums so many units need."""
        return units

    def width(self, pre_width: int) -> int:
        """Return how many values come of so many weighted sums."""
        return pre_width

    def initial_parameters(self, width: int) -> Reals:
        """Return the learned parameters before training, shape (parameter_rows, width)."""
        return np.zeros((self.parameter_rows, width))

    def apply(self, z: Reals, parameters: Reals) -> Reals:
        """Return the outputs (n, units) for weighted sums z (n, width)."""
        return self.value(z)

    def pull_back(
        self, upstream: Reals, z: Reals, a: Reals, parameters: Reals
    ) -> tuple[Reals, Reals]:
        """Return ∂C/∂z (n, width), and the gradient of the parameters, given ∂C/∂a (n, units)."""
        return upstream * self.derivative(z), parameters

    def sides_of_kinks(self, z: Reals) -> tuple[Reals, ...]:
        """Return on which side of each kink every z lies, as signs."""
        return tuple(np.sign(z - kink) for kink in self.kinks)

    def record_apply(
        self, z: Array, a: Array, parameters: Array, kept: dict[str, Array]
    ) -> list[Operation]:
        """Return operations that write the outputs (units, n) for z (width, n), feature-major.

        Parameters
        ----------
        z, a
            The same array where the widths agree, unless ``keeps_input``.
        kept
            For what :meth:`record_pull_back` needs to know, by name.
        """
        return self.record_value(z, a)

    def record_pull_back(
        self,
        a: Array,
        parameters: Array,
        upstream: Array,
        downstream: Array,
        gradient: Array | None,
        kept: dict[str, Array],
    ) -> list[Operation]:
        """Return operations that write ∂C/∂z to ``downstream`` and the parameters' gradient.

        Only for what is not element-wise; ``downstream`` is ``upstream`` where the widths agree.
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

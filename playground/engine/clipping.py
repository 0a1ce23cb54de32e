"""Gradient clipping: keeps a step from being too large, after regularization is added.

The readable form is :meth:`Clipping.clipped`; the fast form changes the gradient in place. To
add one, write a class and add it to :data:`AnyClipping`.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Array, Operation, call, constant
from playground.schema.parameter import Option, real

Reals = NDArray[Any]

NORM_GUARD = 1e-6
"""Added to the norm, as PyTorch's ``clip_grad_norm_`` does."""

_LIMITS = (0.001, 0.01, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Clipping(Option, frozen=True):
    """A bound on the gradient."""

    def clipped(self, gradient: Reals) -> Reals:
        """Return the gradient (p,) of all parameters within the bound (the readable truth)."""
        raise NotImplementedError

    def explain(self, component: float, gradient: Reals) -> Line:
        """Return the arithmetic of :meth:`clipped` for one component of the gradient (p,)."""
        raise NotImplementedError

    def record(self, gradient: Array) -> list[Operation]:
        """Return operations that clip ``gradient`` (p,) in place."""
        raise NotImplementedError


class NoClipping(Clipping, frozen=True, tag="none"):
    """The gradient stays as it is."""

    title: ClassVar[str] = "None"

    def clipped(self, gradient: Reals) -> Reals:
        return gradient

    def explain(self, component: float, gradient: Reals) -> Line:
        return Line("g", "{g}", {"g": component}, component)

    def record(self, gradient: Array) -> list[Operation]:
        return []


class ClipByValue(Clipping, frozen=True, tag="value"):
    """Cuts off each component of the gradient alone, which may turn its direction.

    Goodfellow, Bengio & Courville (2016), https://www.deeplearningbook.org, section 10.11.1.
    """

    title: ClassVar[str] = "By value"
    formula: ClassVar[str] = r"g_i \leftarrow \max(-c, \min(c, g_i))"

    limit: Annotated[
        float,
        real(
            "Limit",
            gt=0,
            le=1e6,
            logarithmic=True,
            live=True,
            suggestions=_LIMITS,
            help="The largest size c of a component.",
        ),
    ] = 0.5

    def clipped(self, gradient: Reals) -> Reals:
        return np.clip(gradient, -self.limit, self.limit)

    def explain(self, component: float, gradient: Reals) -> Line:
        numbers: dict[str, float | Setting] = {"c": Setting(self.limit), "g": component}
        value = min(max(component, -self.limit), self.limit)
        return Line("g", "max(−{c}, min({c}, {g}))", numbers, value)

    def record(self, gradient: Array) -> list[Operation]:
        low, high = constant(-self.limit, gradient), constant(self.limit, gradient)
        # Several times as fast as maximum and minimum, which are slow beside a single number.
        return [call(gradient.clip, low, high, gradient)]


class ClipByNorm(Clipping, frozen=True, tag="norm"):
    """Shortens the whole gradient where it is too long, and keeps its direction.

    Pascanu, Mikolov & Bengio (2013), https://arxiv.org/abs/1211.5063, over all parameters
    together. As in PyTorch, 10⁻⁶ is added to the norm.
    """

    title: ClassVar[str] = "By norm"
    formula: ClassVar[str] = r"g \leftarrow g \min \left( 1, \frac{c}{|g| + 10^{-6}} \right)"

    limit: Annotated[
        float,
        real(
            "Limit",
            gt=0,
            le=1e6,
            logarithmic=True,
            live=True,
            suggestions=_LIMITS,
            help="The largest length c of the gradient.",
        ),
    ] = 1.0

    def clipped(self, gradient: Reals) -> Reals:
        norm = _length(gradient)
        return np.asarray(gradient * min(1.0, self.limit / (norm + NORM_GUARD)))

    def explain(self, component: float, gradient: Reals) -> Line:
        norm = _length(gradient)
        share = min(1.0, self.limit / (norm + NORM_GUARD))
        numbers: dict[str, float | Setting] = {
            "g": component,
            "c": Setting(self.limit),
            "‖g‖": norm,
        }
        rule = "{g}·min(1, {c} / ({‖g‖} + 10⁻⁶))"
        return Line("g", rule, numbers, component * share)

    def record(self, gradient: Array) -> list[Operation]:
        squares, share = constant(0, gradient), constant(1, gradient)

        def shorten() -> None:
            gradient.dot(gradient, squares)
            norm = math.sqrt(squares.item())
            if norm == math.inf:
                norm = _length(gradient)
            if norm + NORM_GUARD > self.limit:
                share.fill(self.limit / (norm + NORM_GUARD))
                np.multiply(gradient, share, gradient)

        return [shorten]


def _length(gradient: Reals) -> float:
    """Return the norm, also where the sum of squares would be too large a number."""
    largest = float(np.abs(gradient).max())
    if not 0 < largest < math.inf:
        return largest
    return largest * float(np.linalg.norm(gradient / largest))


AnyClipping = NoClipping | ClipByValue | ClipByNorm
"""Every way of clipping, in menu order."""

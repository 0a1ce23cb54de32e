"""Constraints: what holds of the weights after every update, whatever the gradient wanted.

The readable form is :meth:`Constraint.projected`; the fast form works in place. To add one, write a
class and add it to :data:`AnyConstraint`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Array, Operation, call, constant
from playground.schema.parameter import Option, real

Reals = NDArray[Any]


class Constraint(Option, frozen=True):
    """A set that the weights are put back into after every update."""

    def projected(self, weights: Reals) -> Reals:
        """Return the nearest weights that are allowed (the readable truth).

        Parameters
        ----------
        weights : (inputs, units)
            Of one layer, without biases: a column holds what comes into a unit.
        """
        raise NotImplementedError

    def explain(self, weight: float, incoming: Reals) -> Line:
        """Return the arithmetic of :meth:`projected` for one weight.

        Parameters
        ----------
        incoming : (inputs,)
            All weights that come into the same unit.
        """
        raise NotImplementedError

    def record(self, weights: Array) -> list[Operation]:
        """Return operations that change ``weights`` (inputs, units) in place."""
        raise NotImplementedError


class NoConstraint(Constraint, frozen=True, tag="none"):
    """The weights go where the updates lead."""

    title: ClassVar[str] = "None"

    def projected(self, weights: Reals) -> Reals:
        return weights

    def explain(self, weight: float, incoming: Reals) -> Line:
        return Line("w", "{w}", {"w": weight}, weight)

    def record(self, weights: Array) -> list[Operation]:
        return []


class MaxNorm(Constraint, frozen=True, tag="max_norm"):
    """Shortens the incoming weights of each unit where they are too long together.

    Srebro & Shraibman (2005); with dropout and large learning rates by Srivastava et al. (2014),
    https://jmlr.org/papers/v15/srivastava14a.html, section 5.1. It holds for hidden and output
    units, never for biases. Other than a penalty it leaves small weights alone. PyTorch's
    ``renorm`` adds 10⁻⁷ to the norm that it divides by.
    """

    title: ClassVar[str] = "Max-norm"
    formula: ClassVar[str] = r"w_j \leftarrow w_j \min \left( 1, \frac{c}{‖w_j‖} \right)"

    limit: Annotated[
        float,
        real(
            "Limit",
            gt=0,
            le=1e6,
            logarithmic=True,
            live=True,
            suggestions=(0.5, 1.0, 2.0, 3.0, 4.0),
            help="The largest length c of the incoming weights of a unit.",
        ),
    ] = 3.0

    def projected(self, weights: Reals) -> Reals:
        norms = np.sqrt(np.square(weights).sum(0))
        return np.asarray(weights * (self.limit / np.maximum(norms, self.limit)))

    def explain(self, weight: float, incoming: Reals) -> Line:
        norm = float(np.sqrt(np.square(incoming).sum()))
        numbers: dict[str, float | Setting] = {"w": weight, "c": Setting(self.limit), "‖w‖": norm}
        value = weight * (self.limit / max(norm, self.limit))
        return Line("w", "{w}·min(1, {c} / {‖w‖})", numbers, value)

    def record(self, weights: Array) -> list[Operation]:
        norms, limit = np.empty(weights.shape[1], weights.dtype), constant(self.limit, weights)
        limits = np.full_like(norms, self.limit)
        return [
            call(np.einsum, "ij,ij->j", weights, weights, out=norms),
            call(np.sqrt, norms, norms),
            # Where the norm is within the limit, the factor is exactly 1.
            call(np.maximum, norms, limits, out=norms),
            call(np.divide, limit, norms, norms),
            call(np.multiply, weights, norms, weights),
        ]


AnyConstraint = NoConstraint | MaxNorm
"""Every constraint, in menu order."""

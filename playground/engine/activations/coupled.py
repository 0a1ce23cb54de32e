"""Activations that learn, or that look at several units at once."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from playground.engine.activations.base import Activation, Reals
from playground.engine.operations import Array, Operation, call, record_largest, spread
from playground.schema.parameter import real, whole


class PReLU(Activation, frozen=True, tag="prelu"):
    """Leaky ReLU whose slope for negative inputs is learned, one for each unit.

    He et al. (2015), https://arxiv.org/abs/1502.01852. As in PyTorch, the slope itself is taken
    where z = 0, and no penalty counts the slopes, as the authors advise.
    """

    title: ClassVar[str] = "PReLU"
    formula: ClassVar[str] = r"f(z) = \max(0, z) + s \min(0, z)"
    derivative_formula: ClassVar[str] = (
        r"f'(z) = s + (1 - s)\,[z > 0],\quad \frac{\partial f}{\partial s} = \min(0, z)"
    )
    element_wise: ClassVar[bool] = False
    parameter_rows: ClassVar[int] = 1
    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)
    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    initial_slope: Annotated[
        float,
        real(
            "Initial slope",
            ge=-1,
            le=1,
            step=0.05,
            help="What every slope s starts from; training then moves each on its own.",
        ),
    ] = 0.25

    def value(self, z: Reals) -> Reals:
        """Return f(z) for the initial slope."""
        return np.asarray(np.where(z > 0, z, self.initial_slope * z))

    def derivative(self, z: Reals) -> Reals:
        """Return f′(z) for the initial slope."""
        return np.asarray(np.where(z > 0, 1.0, self.initial_slope))

    def initial_parameters(self, width: int) -> Reals:
        return np.full((1, width), self.initial_slope)

    def apply(self, z: Reals, parameters: Reals) -> Reals:
        return np.asarray(np.maximum(z, 0) + parameters[0] * np.minimum(z, 0))

    def pull_back(
        self, upstream: Reals, z: Reals, a: Reals, parameters: Reals
    ) -> tuple[Reals, Reals]:
        slope = np.where(z > 0, np.ones_like(parameters[0]), parameters[0])
        return upstream * slope, (upstream * np.minimum(z, 0)).sum(0, keepdims=True)

    def record_apply(
        self, z: Array, a: Array, parameters: Array, kept: dict[str, Array]
    ) -> list[Operation]:
        below, above = np.empty_like(z), np.empty_like(z)
        kept["below"], kept["above"] = below, above
        zeros = np.zeros_like(z)
        slopes, fill = spread(parameters[0], z)
        kept["slopes"] = slopes
        return [
            call(np.minimum, z, zeros, out=below),
            call(np.maximum, z, zeros, out=above),
            fill,
            call(np.multiply, below, slopes, a),
            call(np.add, a, above, a),
        ]

    def record_pull_back(
        self,
        a: Array,
        parameters: Array,
        upstream: Array,
        downstream: Array,
        gradient: Array | None,
        kept: dict[str, Array],
    ) -> list[Operation]:
        below, above, slopes = kept["below"], kept["above"], kept["slopes"]
        product, rest = np.empty_like(a), np.empty_like(a)
        operations: list[Operation] = []
        if gradient is not None:
            ones = np.ones(a.shape[1], a.dtype)
            operations += [
                call(np.multiply, upstream, below, product),
                call(product.dot, ones, gradient[0]),
            ]
        # s + (1 - s) [z > 0]
        return [
            *operations,
            call(np.subtract, np.ones_like(a), slopes, rest),
            call(np.sign, above, product),
            call(np.multiply, product, rest, product),
            call(np.add, product, slopes, product),
            call(np.multiply, upstream, product, downstream),
        ]


class Maxout(Activation, frozen=True, tag="maxout"):
    """Each unit is the largest of several weighted sums: it learns its own, convex, function.

    Goodfellow et al. (2013), https://arxiv.org/abs/1302.4389. The layer has so many times as many
    weights. The gradient is routed to the largest; equal ones share it, as in PyTorch's ``amax``.
    """

    title: ClassVar[str] = "Maxout"
    formula: ClassVar[str] = r"f_j(z) = \max_p z_{p j}"
    derivative_formula: ClassVar[str] = r"\frac{\partial f_j}{\partial z_{p j}} = [z_{p j} = f_j]"
    element_wise: ClassVar[bool] = False
    has_curve: ClassVar[bool] = False

    pieces: Annotated[
        int,
        whole("Pieces", ge=2, le=8, help="How many weighted sums each unit takes the largest of."),
    ] = 2

    def pre_width(self, units: int) -> int:
        return units * self.pieces

    def width(self, pre_width: int) -> int:
        return pre_width // self.pieces

    def apply(self, z: Reals, parameters: Reals) -> Reals:
        return np.asarray(self._apart(z).max(1))

    def pull_back(
        self, upstream: Reals, z: Reals, a: Reals, parameters: Reals
    ) -> tuple[Reals, Reals]:
        largest = (self._apart(z) == a[:, None]).astype(z.dtype)
        shares = largest / largest.sum(1, keepdims=True)
        return np.asarray((upstream[:, None] * shares).reshape(z.shape)), parameters

    def sides_of_kinks(self, z: Reals) -> tuple[Reals, ...]:
        return (np.argmax(self._apart(z), 1).astype(float),)

    def _apart(self, z: Reals) -> Reals:
        """Return z (n, pieces · units) as (n, pieces, units)."""
        return np.asarray(z.reshape(len(z), self.pieces, -1))

    def record_apply(
        self, z: Array, a: Array, parameters: Array, kept: dict[str, Array]
    ) -> list[Operation]:
        pieces = z.reshape(self.pieces, *a.shape)
        kept["pieces"] = pieces
        return record_largest(pieces, a)

    def record_pull_back(
        self,
        a: Array,
        parameters: Array,
        upstream: Array,
        downstream: Array,
        gradient: Array | None,
        kept: dict[str, Array],
    ) -> list[Operation]:
        pieces = kept["pieces"]
        shares, total = downstream.reshape(pieces.shape), np.empty_like(a)
        return [
            call(np.equal, pieces, a, shares),
            call(np.add.reduce, shares, 0, None, total),
            call(np.divide, shares, total, shares),
            call(np.multiply, shares, upstream, shares),
        ]


class Softmax(Activation, frozen=True, tag="softmax"):
    """Turns the sums of a layer into shares of 1: each unit competes with all the others.

    The gradient is the product with the full Jacobian, diag(a) - a aᵀ. As an output layer, softmax
    cross-entropy has it built in already: there it would be applied twice.
    """

    title: ClassVar[str] = "Softmax"
    formula: ClassVar[str] = r"f_i(z) = \frac{e^{z_i}}{\sum_j e^{z_j}}"
    derivative_formula: ClassVar[str] = r"\frac{\partial f_i}{\partial z_j} = f_i ([i = j] - f_j)"
    element_wise: ClassVar[bool] = False
    has_curve: ClassVar[bool] = False
    bounded: ClassVar[bool] = True
    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def apply(self, z: Reals, parameters: Reals) -> Reals:
        powers = np.exp(z - z.max(1, keepdims=True))
        return np.asarray(powers / powers.sum(1, keepdims=True))

    def jacobian(self, a: Reals) -> Reals:
        """Return ∂a/∂z (units, units) for the outputs (units,) of one sample."""
        return np.asarray(np.diag(a) - np.outer(a, a))

    def pull_back(
        self, upstream: Reals, z: Reals, a: Reals, parameters: Reals
    ) -> tuple[Reals, Reals]:
        return a * (upstream - (upstream * a).sum(1, keepdims=True)), parameters

    def record_apply(
        self, z: Array, a: Array, parameters: Array, kept: dict[str, Array]
    ) -> list[Operation]:
        largest, total = np.empty_like(z[0]), np.empty_like(z[0])
        filled, ones = np.empty_like(z), np.ones(len(z), z.dtype)
        return [
            *record_largest(z, largest),
            call(np.copyto, filled, largest),
            call(np.subtract, z, filled, a),
            call(np.exp, a, a),
            call(ones.dot, a, total),
            call(np.copyto, filled, total),
            call(np.divide, a, filled, a),
        ]

    def record_pull_back(
        self,
        a: Array,
        parameters: Array,
        upstream: Array,
        downstream: Array,
        gradient: Array | None,
        kept: dict[str, Array],
    ) -> list[Operation]:
        product, total = np.empty_like(a), np.empty_like(a[0])
        filled, ones = np.empty_like(a), np.ones(len(a), a.dtype)
        return [
            call(np.multiply, upstream, a, product),
            call(ones.dot, product, total),
            call(np.copyto, filled, total),
            call(np.subtract, upstream, filled, product),
            call(np.multiply, a, product, downstream),
        ]

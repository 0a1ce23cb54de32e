"""Layer normalization: every sample keeps mean and spread over the units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np

from playground.engine.activations import AnyActivation, Identity
from playground.engine.layers.base import Context, Gradients, Place, Reals
from playground.engine.layers.dense import Frozen
from playground.engine.layers.normalization import Normalization
from playground.engine.operations import WIDEST_PRODUCT, Operation, call
from playground.schema.parameter import real, shown


class LayerNorm(Normalization, frozen=True, tag="layer_norm"):
    """Shifts and scales each sample by its own mean and deviation over the units.

    Training and asking are the same, and batches may be of any size. Ba, Kiros & Hinton (2016),
    https://arxiv.org/abs/1607.06450; the variance is divided by the number of units, as in
    PyTorch's ``LayerNorm``.
    """

    title: ClassVar[str] = "Layer norm"
    formula: ClassVar[str] = (
        r"z = \gamma \odot \hat{x} + \beta"
        r",\quad \hat{x} = \frac{x - \mu_x}{\sqrt{\sigma_x^2 + \epsilon}}"
    )
    short_name: ClassVar[str] = "layer norm"

    activation: Annotated[
        AnyActivation, shown("Activation", help="Applied to what is normalised; linear is none.")
    ] = Identity()
    epsilon: Annotated[
        float,
        real(
            "Epsilon",
            gt=0,
            le=1,
            logarithmic=True,
            help="Added to the variance, so that equal values are not divided by 0.",
        ),
    ] = 1e-5
    frozen: Frozen = False

    def forward(
        self, inputs: Reals, source: Reals | None, matrix: Reals, context: Context
    ) -> tuple[Reals, dict[str, Reals]]:
        mean, variance = inputs.mean(1, keepdims=True), inputs.var(1, keepdims=True)
        deviation = np.sqrt(variance + self.epsilon)
        normalized = (inputs - mean) / deviation
        kept = {
            "mean": mean,
            "variance": variance,
            "deviation": deviation,
            "normalized": normalized,
        }
        return normalized * matrix[0] + matrix[1], kept

    def backward(
        self,
        error: Reals,
        inputs: Reals,
        source: Reals | None,
        matrix: Reals,
        kept: Mapping[str, Reals],
    ) -> Gradients:
        normalized = kept["normalized"]
        gradient = np.vstack([(error * normalized).sum(0), error.sum(0)])
        # Mean and deviation depend on every unit of the sample.
        scaled = error * matrix[0]
        along = (scaled * normalized).mean(1, keepdims=True)
        inner = scaled - scaled.mean(1, keepdims=True) - normalized * along
        return Gradients(inner / kept["deviation"], gradient)

    def record_forward(self, place: Place) -> list[Operation]:
        values, z, affine = place.inputs[:-1], place.pre_activation, place.affine("affine")
        width, count = z.shape
        means = ColumnMeans(width, count, z.dtype, self.epsilon)
        deviations = place.buffer("deviations", width, count)
        return [
            *_record_centred(values, affine.operand),
            call(np.multiply, affine.operand, affine.operand, means.operand),
            *means.record(deviations),
            call(np.sqrt, deviations, deviations),
            call(np.divide, affine.operand, deviations, affine.operand),
            call(np.copyto, affine.factors, place.matrix[0]),
            call(np.copyto, affine.summands, place.matrix[1]),
            *affine.record(z),
        ]

    def record_backward(self, place: Place) -> list[Operation]:
        error, stacked, target = place.error, place.stacked_error, place.inputs_error
        assert error is not None
        assert stacked is not None
        width, count = error.shape
        affine, products = place.affine("affine"), stacked[:width]
        normalized = affine.operand
        operations: list[Operation] = []
        if place.gradient is not None:
            operations += [
                call(np.multiply, error, normalized, products),
                # The gradients of scale and shift: the sums of both halves.
                call(stacked.dot, np.ones(count, error.dtype), place.gradient.reshape(-1)),
            ]
        if target is None:
            return operations
        means = ColumnMeans(width, count, error.dtype)
        scaled, along = np.empty_like(error), np.empty_like(error)
        return [
            *operations,
            *affine.record_factors(error, scaled),
            call(np.multiply, scaled, normalized, means.operand),
            *means.record(along),
            call(np.multiply, normalized, along, along),
            *_record_centred(scaled, target),
            call(np.subtract, target, along, target),
            call(np.divide, target, place.buffer("deviations", width, count), target),
        ]


class ColumnMeans:
    """The mean of each column plus a constant, in every row.

    Few rows are multiplied by a matrix of shares, and its last column meets a row of ones.

    Attributes
    ----------
    operand : (rows, columns)
        Where to write what is averaged.
    """

    def __init__(
        self, rows: int, columns: int, dtype: np.dtype[np.generic], plus: float = 0.0
    ) -> None:
        self._matrix = np.full((rows if rows <= WIDEST_PRODUCT else 1, rows + 1), 1 / rows, dtype)
        self._matrix[:, -1] = plus
        self._stacked = np.ones((rows + 1, columns), dtype)
        self.operand = self._stacked[:-1]

    def record(self, out: Reals) -> list[Operation]:
        """Return operations that write the means (rows, columns) to ``out``."""
        if len(self._matrix) == len(out):
            return [call(self._matrix.dot, self._stacked, out)]
        means = np.empty((1, out.shape[1]), out.dtype)
        return [call(self._matrix.dot, self._stacked, means), call(np.copyto, out, means)]


def _record_centred(values: Reals, target: Reals) -> list[Operation]:
    """Return operations that subtract from each column its mean."""
    width, count = target.shape
    if width <= WIDEST_PRODUCT:
        centring = (np.eye(width) - 1 / width).astype(target.dtype)
        return [call(centring.dot, values, target)]
    mean, share = np.empty(count, target.dtype), np.full(width, 1 / width, target.dtype)
    filled = np.empty_like(target)
    return [
        call(share.dot, values, mean),
        call(np.copyto, filled, mean),
        call(np.subtract, values, filled, target),
    ]

"""Layer normalization: every sample keeps mean and spread over the units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np

from playground.engine.activations import AnyActivation, Identity
from playground.engine.layers.base import Context, Gradients, Place, Reals
from playground.engine.layers.dense import Frozen
from playground.engine.layers.normalization import Normalization
from playground.engine.operations import WIDEST_PRODUCT, Operation, call, constant, spread
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
        values, z = place.inputs[:-1], place.pre_activation
        width, count = z.shape
        normalized = place.buffer("normalized", width, count)
        deviation, share = place.buffer("deviation", count), np.full(width, 1 / width, z.dtype)
        squares = np.empty_like(z)
        scale, fill_scale = spread(place.matrix[0], z)
        shift, fill_shift = spread(place.matrix[1], z)
        deviations = np.empty_like(z)
        return [
            *_record_centred(values, normalized),
            call(np.multiply, normalized, normalized, squares),
            call(share.dot, squares, deviation),
            call(np.add, deviation, constant(self.epsilon, z), deviation),
            call(np.sqrt, deviation, deviation),
            call(np.copyto, deviations, deviation),
            call(np.divide, normalized, deviations, normalized),
            fill_scale,
            call(np.multiply, normalized, scale, z),
            fill_shift,
            call(np.add, z, shift, z),
        ]

    def record_backward(self, place: Place) -> list[Operation]:
        error, target = place.error, place.inputs_error
        assert error is not None
        width, count = error.shape
        normalized = place.buffer("normalized", width, count)
        deviation = place.buffer("deviation", count)
        products, ones = np.empty_like(error), np.ones(count, error.dtype)
        operations: list[Operation] = []
        if place.gradient is not None:
            operations += [
                call(np.multiply, error, normalized, products),
                call(products.dot, ones, place.gradient[0]),
                call(error.dot, ones, place.gradient[1]),
            ]
        if target is None:
            return operations
        scaled, along = np.empty_like(error), np.empty(count, error.dtype)
        scale, fill_scale = spread(place.matrix[0], error)
        filled = np.empty_like(error)
        share = np.full(width, 1 / width, error.dtype)
        return [
            *operations,
            fill_scale,
            call(np.multiply, error, scale, scaled),
            call(np.multiply, scaled, normalized, products),
            call(share.dot, products, along),
            call(np.copyto, filled, along),
            call(np.multiply, normalized, filled, products),
            *_record_centred(scaled, target),
            call(np.subtract, target, products, target),
            call(np.copyto, filled, deviation),
            call(np.divide, target, filled, target),
        ]


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

"""Dropout: a network that cannot rely on any single unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import numpy as np

from playground.engine.layers.base import Context, Gradients, Layer, Place, Reals
from playground.engine.operations import Operation, call, constant
from playground.schema.parameter import real


class Dropout(Layer, frozen=True, tag="dropout"):
    """Silences units at random while training, so that none can be relied upon alone.

    What is left is scaled up by 1 / (1 - p), so that nothing changes when the network is merely
    asked ("inverted" dropout, as in PyTorch). Srivastava et al. (2014), "Dropout: a simple way to
    prevent neural networks from overfitting".
    """

    title: ClassVar[str] = "Dropout"
    formula: ClassVar[str] = (
        r"a = \frac{m}{1 - p} \odot x,\quad m_{ij} \sim \mathrm{Bernoulli}(1 - p)"
    )
    short_name: ClassVar[str] = "dropout"
    draws: ClassVar[bool] = True

    rate: Annotated[
        float,
        real(
            "Rate",
            ge=0,
            le=0.95,
            step=0.05,
            live=True,
            suggestions=(0.1, 0.2, 0.3, 0.4, 0.5),
            help="The share p of the values that each training step silences; 0.2 to 0.5 is usual.",
        ),
    ] = 0.2

    def draw(self, rng: np.random.Generator, shape: tuple[int, int]) -> Reals:
        """Return factors (n, width): 0 or 1 / (1 - p), float64."""
        return np.floor(rng.random(shape) + (1 - self.rate)) / (1 - self.rate)

    def draw_columns(
        self, rng: np.random.Generator, shape: tuple[int, int], dtype: np.dtype[Any]
    ) -> Reals | None:
        """Return the factors (n, width) that the fast form draws into (width, n), float64.

        ``None`` where it draws nothing.
        """
        if self.rate == 0:
            return None
        kept = np.floor(rng.random(shape, dtype) + dtype.type(1 - self.rate))
        return np.asarray((kept * dtype.type(1 / (1 - self.rate))).T, np.float64)

    def forward(
        self, inputs: Reals, source: Reals | None, matrix: Reals, context: Context
    ) -> tuple[Reals, dict[str, Reals]]:
        if context.mask is None or not context.is_training:
            return inputs.copy(), {"mask": np.ones_like(inputs)}
        mask = np.asarray(context.mask, inputs.dtype)
        return inputs * mask, {"mask": mask}

    def backward(
        self,
        error: Reals,
        inputs: Reals,
        source: Reals | None,
        matrix: Reals,
        kept: Mapping[str, Reals],
    ) -> Gradients:
        return Gradients(error * kept["mask"], matrix)

    def record_forward(self, place: Place) -> list[Operation]:
        values, z = place.inputs[:-1], place.pre_activation
        if not place.is_training or self.rate == 0:
            return [call(np.copyto, z, values)]
        assert place.rng is not None
        mask = place.buffer("mask", *z.shape)
        # floor(u + 1 - p) is 1 with probability 1 - p, without the detour of booleans.
        return [
            call(place.rng.random, None, mask.dtype, mask),
            call(np.add, mask, constant(1 - self.rate, mask), mask),
            call(np.floor, mask, mask),
            call(np.multiply, mask, constant(1 / (1 - self.rate), mask), mask),
            call(np.multiply, values, mask, z),
        ]

    def record_backward(self, place: Place) -> list[Operation]:
        if place.inputs_error is None:
            return []
        if self.rate == 0:
            assert place.error is not None
            return [call(np.copyto, place.inputs_error, place.error)]
        mask = place.buffer("mask", *place.pre_activation.shape)
        return [call(np.multiply, place.error, mask, place.inputs_error)]

"""Layer-sequential unit variance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, ClassVar

import numpy as np

from playground.engine.initializers import Orthogonal
from playground.engine.network import Architecture, Parameters
from playground.engine.preparation.base import (
    Preparation,
    PreparationProgress,
    Reals,
    fixed_draw,
    random_stream,
)
from playground.engine.preparation.passing import is_dense, layer_output, pre_activation
from playground.schema.parameter import real, shown, whole

SMALLEST_VARIANCE = 1e-12
"""A layer that says the same for every sample, as with constant inputs, is left as it is."""


class LSUV(Preparation, frozen=True, tag="lsuv"):
    """Scales the weights layer by layer until the weighted sums of a batch have variance 1.

    From the first layer to the output: start from orthogonal weights, pass a batch of training
    inputs forward, divide the weights by the standard deviation of z over all samples and units
    of the layer, and repeat until the variance is 1 within the tolerance. Mishkin & Matas (2016),
    "All you need is a good init", https://arxiv.org/abs/1511.06422, algorithm 1, where the output
    of a layer is that before the activation, z, as here. Biases stay as they were drawn. Every
    dense layer is scaled, the output layer too; other layers pass the values on as they do in
    training (batch normalization by the batch), but no dropout is applied.
    """

    title: ClassVar[str] = "LSUV"
    formula: ClassVar[str] = r"W \leftarrow \frac{W}{\sqrt{\mathrm{Var}(z)}}"

    orthogonal: Annotated[
        bool,
        shown(
            "Orthogonal start",
            help="As in the paper. Without it, the weights that each layer draws are scaled.",
        ),
    ] = True
    samples: Annotated[
        int,
        whole(
            "Samples",
            ge=2,
            le=10_000,
            suggestions=(32, 64, 128, 256, 512, 1024),
            help="How many training samples the variance is measured on.",
        ),
    ] = 256
    tolerance: Annotated[
        float,
        real(
            "Tolerance",
            gt=0,
            le=1,
            step=0.01,
            help="How far the variance may be from 1. The paper takes 0.1.",
        ),
    ] = 0.01
    iterations: Annotated[
        int,
        whole("Iterations", ge=1, le=100, help="How often a layer is scaled at most."),
    ] = 10

    def run(
        self, architecture: Architecture, parameters: Parameters, inputs: Reals, seed: int
    ) -> Iterator[PreparationProgress]:
        values = [fixed_draw(inputs, self.samples, seed).astype(parameters.vector.dtype)]
        total = len(architecture.layers)
        for index, shape in enumerate(architecture.layers):
            if is_dense(shape):
                weights = parameters.weights(index)
                if self.orthogonal:
                    rng = random_stream(seed, shape.stream)
                    weights[:] = Orthogonal().sample(rng, *weights.shape)
                variance = self._scale(architecture, parameters, index, values)
                name = architecture.layer_names[index].capitalize()
                text = f"{name} · variance of z {variance:.3f}"
                yield PreparationProgress((index + 1) / total, text)
            values.append(layer_output(architecture, parameters, index, values))

    def _scale(
        self, architecture: Architecture, parameters: Parameters, index: int, values: list[Reals]
    ) -> float:
        """Scale the weights of one layer; return the variance of z that was reached."""
        weights = parameters.weights(index)
        variance = self._variance(architecture, parameters, index, values)
        for _ in range(self.iterations):
            if not SMALLEST_VARIANCE < variance < math.inf or abs(variance - 1) <= self.tolerance:
                break
            weights /= math.sqrt(variance)
            variance = self._variance(architecture, parameters, index, values)
        return variance

    def _variance(
        self, architecture: Architecture, parameters: Parameters, index: int, values: list[Reals]
    ) -> float:
        with np.errstate(all="ignore"):
            z = pre_activation(architecture, parameters, index, values)
            return float(np.var(z, dtype=np.float64))

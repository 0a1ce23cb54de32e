"""Batch normalization: every unit keeps mean and spread, whatever the layers before do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np

from playground.engine.activations import AnyActivation, Identity
from playground.engine.layers.base import Context, Gradients, Place, Reals
from playground.engine.layers.dense import Frozen
from playground.engine.layers.normalization import Normalization
from playground.engine.operations import (
    WIDEST_PRODUCT,
    Operation,
    RowFactors,
    call,
    constant,
    spread,
)
from playground.schema.parameter import real, shown


class BatchNorm(Normalization, frozen=True, tag="batch_norm"):
    """Shifts and scales each unit to mean β and deviation γ, measured over the batch.

    Ioffe & Szegedy (2015), https://arxiv.org/abs/1502.03167. While training, mean and variance
    (divided by n) are those of the batch; when the network is merely asked, those of a running
    average, whose variance is divided by n - 1: all as PyTorch's ``BatchNorm1d``. A batch of one
    sample has no variance and leaves the average alone (PyTorch refuses it). Frozen, it uses its
    averages and does not move them, as Keras does.
    """

    title: ClassVar[str] = "Batch norm"
    formula: ClassVar[str] = (
        r"z = \gamma \odot \hat{x} + \beta"
        r",\quad \hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}"
    )
    short_name: ClassVar[str] = "batch norm"
    statistic_rows: ClassVar[int] = 2

    activation: Annotated[
        AnyActivation, shown("Activation", help="Applied to what is normalised; linear is none.")
    ] = Identity()
    momentum: Annotated[
        float,
        real(
            "Momentum",
            gt=0,
            le=1,
            step=0.05,
            live=True,
            help="The share of each batch in the running average.",
        ),
    ] = 0.1
    epsilon: Annotated[
        float,
        real(
            "Epsilon",
            gt=0,
            le=1,
            logarithmic=True,
            help="Added to the variance, so that a unit that never changes is not divided by 0.",
        ),
    ] = 1e-5
    frozen: Frozen = False

    def measures(self, context: Context | Place) -> bool:
        """Return whether mean and variance are those of the batch."""
        return context.is_training and not self.frozen

    def forward(
        self, inputs: Reals, source: Reals | None, matrix: Reals, context: Context
    ) -> tuple[Reals, dict[str, Reals]]:
        running = context.running
        if self.measures(context):
            mean, variance = inputs.mean(0), inputs.var(0)
            running = self._moved(running, mean, variance, len(inputs))
        else:
            mean, variance = running
        deviation = np.sqrt(variance + self.epsilon)
        normalized = (inputs - mean) / deviation
        kept = {
            "mean": mean,
            "variance": variance,
            "deviation": deviation,
            "normalized": normalized,
            "measured": np.array(self.measures(context)),
            "running": running,
        }
        return normalized * matrix[0] + matrix[1], kept

    def _moved(self, running: Reals, mean: Reals, variance: Reals, count: int) -> Reals:
        if count < 2:
            return running.copy()
        batch = np.vstack([mean, variance * (count / (count - 1))]).astype(running.dtype)
        return np.asarray((1 - self.momentum) * running + self.momentum * batch)

    def backward(
        self,
        error: Reals,
        inputs: Reals,
        source: Reals | None,
        matrix: Reals,
        kept: Mapping[str, Reals],
    ) -> Gradients:
        normalized, scale = kept["normalized"], matrix[0] / kept["deviation"]
        gradient = np.vstack([(error * normalized).sum(0), error.sum(0)])
        if not kept["measured"]:
            return Gradients(error * scale, gradient)
        # Mean and deviation depend on every sample of the batch.
        shared = (gradient[1] + normalized * gradient[0]) / len(inputs)
        return Gradients(scale * (error - shared), gradient)

    def record_forward(self, place: Place) -> list[Operation]:
        if not self.measures(place):
            return self._record_asked(place)
        values, z = place.inputs[:-1], place.pre_activation
        width, count = z.shape
        centred = place.buffer("centred", width, count)
        statistics = place.buffer("statistics", 2, width)
        deviation, scale = place.buffer("deviation", width), place.row_factors("scale")
        squares, share = np.empty_like(z), np.full(count, 1 / count, z.dtype)
        operations: list[Operation] = [call(values.dot, share, statistics[0])]
        if count <= WIDEST_PRODUCT:
            operations.append(call(values.dot, _centring(count, z), centred))
        else:
            mean, fill_mean = spread(statistics[0], z)
            operations += [fill_mean, call(np.subtract, values, mean, centred)]
        shift, fill_shift = spread(place.matrix[1], z)
        operations += [
            call(np.multiply, centred, centred, squares),
            call(squares.dot, share, statistics[1]),
            call(np.add, statistics[1], constant(self.epsilon, z), deviation),
            call(np.sqrt, deviation, deviation),
            call(np.divide, place.matrix[0], deviation, scale.values),
            *scale.record(centred, z),
            fill_shift,
            call(np.add, z, shift, z),
        ]
        if count > 1:
            share_of_batch = np.array([[1.0], [count / (count - 1)]]) * self.momentum
            moved = np.empty_like(statistics)
            operations += [
                call(np.multiply, statistics, share_of_batch.astype(z.dtype), moved),
                call(np.multiply, place.running, constant(1 - self.momentum, z), place.running),
                call(np.add, place.running, moved, place.running),
            ]
        return operations

    def _record_asked(self, place: Place) -> list[Operation]:
        values, z = place.inputs[:-1], place.pre_activation
        width, count = z.shape
        centred = place.buffer("centred", width, count)
        deviation, scale = place.buffer("deviation", width), place.row_factors("scale")
        mean, fill_mean = spread(place.running[0], z)
        shift, fill_shift = spread(place.matrix[1], z)
        return [
            call(np.add, place.running[1], constant(self.epsilon, z), deviation),
            call(np.sqrt, deviation, deviation),
            call(np.divide, place.matrix[0], deviation, scale.values),
            fill_mean,
            call(np.subtract, values, mean, centred),
            *scale.record(centred, z),
            fill_shift,
            call(np.add, z, shift, z),
        ]

    def record_backward(self, place: Place) -> list[Operation]:
        error, target = place.error, place.inputs_error
        assert error is not None
        width, count = error.shape
        centred = place.buffer("centred", width, count)
        deviation, scale = place.buffer("deviation", width), place.row_factors("scale")
        products, slope = np.empty_like(error), np.empty(width, error.dtype)
        ones = np.ones(count, error.dtype)
        operations: list[Operation] = []
        if place.gradient is not None or target is not None:
            operations += [
                call(np.multiply, error, centred, products),
                call(products.dot, ones, slope),
                call(np.divide, slope, deviation, slope),
            ]
        if place.gradient is not None:
            operations += [
                call(np.copyto, place.gradient[0], slope),
                call(error.dot, ones, place.gradient[1]),
            ]
        if target is None:
            return operations
        if not self.measures(place):
            return [*operations, *scale.record(error, target)]
        if count <= WIDEST_PRODUCT:
            operations.append(call(error.dot, _centring(count, error), target))
        else:
            mean = np.empty(width, error.dtype)
            filled, fill = spread(mean, error)
            operations += [
                call(error.dot, np.full(count, 1 / count, error.dtype), mean),
                fill,
                call(np.subtract, error, filled, target),
            ]
        along = RowFactors(width, count, error.dtype)
        return [
            *operations,
            call(np.divide, slope, deviation, slope),
            call(np.multiply, slope, constant(1 / count, error), along.values),
            *along.record(centred, products),
            call(np.subtract, target, products, products),
            *scale.record(products, target),
        ]


def _centring(count: int, like: Reals) -> Reals:
    """Return the matrix (count, count) that subtracts from each row its mean: I - 1/n."""
    return (np.eye(count) - 1 / count).astype(like.dtype)

"""Batch normalization: every unit keeps mean and spread, whatever the layers before do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np

from playground.engine.activations import AnyActivation, Identity
from playground.engine.layers.base import Context, Gradients, Place, Reals
from playground.engine.layers.dense import Frozen
from playground.engine.layers.normalization import Normalization, RowCentring
from playground.engine.operations import Operation, RowFactors, call, constant, spread
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

    def moves(self, place: Place) -> tuple[float, tuple[float, ...]] | None:
        count = place.columns
        if not self.measures(place) or count == 1:
            return None
        factor = self._centring(place).factor
        unbiased = count / (count - 1) / factor**2
        return 1 - self.momentum, (self.momentum, self.momentum * unbiased)

    def _centring(self, place: Place) -> RowCentring:
        return RowCentring(place.columns, place.pre_activation.dtype)

    def record_forward(self, place: Place) -> list[Operation]:
        if not self.measures(place):
            return self._record_asked(place)
        values, z, affine = place.inputs[:-1], place.pre_activation, place.affine("affine")
        width, count = z.shape
        # Both are multiplied by this factor, which their quotient does not show.
        centring, centred = self._centring(place), affine.operand
        deviation = place.buffer("deviation", width)
        squares, share = np.empty_like(z), np.full(count, 1 / count, z.dtype)
        mean, variance = place.measured if count > 1 else np.empty((2, width), z.dtype)
        return [
            call(values.dot, share, mean),
            *centring.record(values, centred, mean),
            call(np.multiply, centred, centred, squares),
            call(squares.dot, share, variance),
            call(np.add, variance, constant(self.epsilon * centring.factor**2, z), deviation),
            call(np.sqrt, deviation, deviation),
            call(np.divide, place.matrix[0], deviation, affine.factors),
            call(np.copyto, affine.summands, place.matrix[1]),
            *affine.record(z),
        ]

    def _record_asked(self, place: Place) -> list[Operation]:
        values, z, affine = place.inputs[:-1], place.pre_activation, place.affine("affine")
        deviation = place.buffer("deviation", len(z))
        mean, fill_mean = spread(place.running[0], z)
        return [
            call(np.add, place.running[1], constant(self.epsilon, z), deviation),
            call(np.sqrt, deviation, deviation),
            call(np.divide, place.matrix[0], deviation, affine.factors),
            call(np.copyto, affine.summands, place.matrix[1]),
            fill_mean,
            call(np.subtract, values, mean, affine.operand),
            *affine.record(z),
        ]

    def record_backward(self, place: Place) -> list[Operation]:
        error, stacked, target = place.error, place.stacked_error, place.inputs_error
        assert error is not None
        assert stacked is not None
        affine = place.affine("affine")
        if not self.measures(place):
            return affine.record_factors(error, target) if target is not None else []
        width, count = error.shape
        centring, centred = self._centring(place), affine.operand
        deviation = place.buffer("deviation", width)
        products, ones = stacked[:width], np.ones(count, error.dtype)
        assert place.gradient is not None
        slope = place.gradient[0]
        operations: list[Operation] = [
            call(np.multiply, error, centred, products),
            # The gradients of scale and shift: the sums of both halves.
            call(stacked.dot, ones, place.gradient.reshape(-1)),
            call(np.divide, slope, deviation, slope),
        ]
        if target is None:
            return operations
        along = RowFactors(width, count, error.dtype)
        operations += [
            *centring.record(error, target),
            call(np.divide, slope, deviation, along.values),
        ]
        if centring.factor != count:
            share = constant(centring.factor / count, error)
            operations.append(call(np.multiply, along.values, share, along.values))
        return [
            *operations,
            *along.record(centred, products),
            call(np.subtract, target, products, products),
            *affine.record_factors(products, target),
        ]

"""Gaussian noise on inputs and weights while training: it cannot rely on any single value.

Noise on the inputs works like a penalty on steep functions: Bishop (1995), "Training with noise is
equivalent to Tikhonov regularization", https://doi.org/10.1162/neco.1995.7.1.108. With noise on the
weights the gradient is taken where the noise has led, and applied to the weights without it, which
favours flat minima: An (1996), https://doi.org/10.1162/neco.1996.8.3.643. Both are drawn anew for
every batch, and neither plays a part once the network is measured or used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.operations import Array, Operation, call, constant

Reals = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Noise:
    """How strong the noise is, as standard deviations.

    Attributes
    ----------
    inputs
        In units of the inputs of the network, which scaling has brought to a like size.
    weights
        In units of the weights. Biases, and the scales and shifts of norms, are left alone.
    """

    inputs: float = 0.0
    weights: float = 0.0

    def noisy_inputs(self, inputs: Reals, rng: np.random.Generator) -> Reals:
        """Return inputs (n, d) with noise; nothing is drawn where there is none."""
        if not self.inputs:
            return inputs
        noise = rng.standard_normal(inputs.shape, inputs.dtype)
        return np.asarray(inputs + self.inputs * noise)

    def noisy_parameters(self, vector: Reals, mask: Reals, rng: np.random.Generator) -> Reals:
        """Return parameters (p,) with noise where ``mask`` (p,) is 1."""
        if not self.weights:
            return vector
        noise = rng.standard_normal(len(vector), vector.dtype)
        return np.asarray(vector + self.weights * mask.astype(vector.dtype) * noise)

    def record_inputs(
        self, inputs: Array, noise: Array, noisy: Array, rng: np.random.Generator
    ) -> list[Operation]:
        """Return operations that write ``inputs`` with noise to ``noisy``.

        Parameters
        ----------
        inputs, noisy : (n, d + 1)
            Both with a last column of ones, which stays as it is.
        noise : (n, d)
            Overwritten.
        """
        return [
            call(rng.standard_normal, None, noise.dtype, noise),
            call(np.multiply, noise, constant(self.inputs, noise), noise),
            call(np.add, inputs[:, :-1], noise, noisy[:, :-1]),
        ]

    def record_weights(
        self, vector: Array, mask: Array, rng: np.random.Generator
    ) -> tuple[list[Operation], list[Operation]]:
        """Return operations that add noise to ``vector`` (p,), and those that take it away.

        What is taken back are the very numbers from before: no rounding is left.
        """
        kept, noise = np.empty_like(vector), np.empty_like(vector)
        scale = np.asarray(mask * self.weights, vector.dtype)
        add: list[Operation] = [
            call(np.copyto, kept, vector),
            call(rng.standard_normal, None, noise.dtype, noise),
            call(np.multiply, noise, scale, noise),
            call(np.add, vector, noise, vector),
        ]
        return add, [call(np.copyto, vector, kept)]


class NoiseTape:
    """The operations that make noise, with buffers that the plans of all batches share.

    Parameters
    ----------
    noise
        How strong.
    vector : (p,)
        The parameters that are trained.
    mask : (p,)
        1 where a weight stands, 0 elsewhere.
    rng
        Draws for the inputs first, then for the weights.

    Attributes
    ----------
    add, take_away
        To replay before the forward and after the backward pass; empty without noise on weights.
    """

    def __init__(self, noise: Noise, vector: Array, mask: Array, rng: np.random.Generator) -> None:
        self._noise, self._rng = noise, rng
        self._buffers: dict[int, tuple[Array, Array]] = {}
        self.add: list[Operation] = []
        self.take_away: list[Operation] = []
        if noise.weights:
            self.add, self.take_away = noise.record_weights(vector, mask, rng)

    def record_inputs(self, inputs: Array) -> tuple[list[Operation], Array]:
        """Return the operations that put noise on inputs (n, d + 1), and where the result is.

        Without such noise these are none, and the inputs themselves.
        """
        if not self._noise.inputs:
            return [], inputs
        if len(inputs) not in self._buffers:
            noise = np.empty((inputs.shape[0], inputs.shape[1] - 1), inputs.dtype)
            self._buffers[len(inputs)] = noise, np.ones_like(inputs)
        noise, noisy = self._buffers[len(inputs)]
        return self._noise.record_inputs(inputs, noise, noisy, self._rng), noisy

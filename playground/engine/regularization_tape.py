"""The gradients of the penalties, compiled for all parameters together."""

from __future__ import annotations

import numpy as np

from playground.engine.network import Architecture, Parameters, weight_mask
from playground.engine.operations import Array, Operation
from playground.engine.regularizers import Regularizer


class RegularizationTape:
    """The operations that add the penalties' gradients, and the strengths they read.

    Attributes
    ----------
    operations
        To replay after backpropagation, before the optimizer.
    """

    def __init__(
        self,
        architecture: Architecture,
        parameters: Parameters,
        regularizer: Regularizer,
        gradient: Array,
    ) -> None:
        dtype = parameters.vector.dtype
        self.operations: list[Operation] = []
        self._scales: tuple[Array, ...] = ()
        own_penalties = [shape.layer.own_regularizer for shape in architecture.layers]
        if not any(r.strengths() for r in (regularizer, *own_penalties) if r is not None):
            # Nothing to add: a wide network is spared two vectors as long as all parameters.
            return
        scratch = np.empty_like(parameters.vector)
        self._mask = weight_mask(architecture, dtype)
        for shape, span in zip(architecture.layers, parameters.spans, strict=True):
            own = shape.layer.own_regularizer
            if own is not None and not shape.layer.frozen:
                mask = self._mask[span]
                scales = tuple(mask * np.asarray(s, dtype) for s in own.strengths())
                self.operations += own.record(
                    parameters.vector[span], gradient[span], scales, scratch[span]
                )
            if own is not None or shape.layer.frozen:
                self._mask[span] = 0
        self._scales = tuple(self._mask * strength for strength in regularizer.strengths())
        self.operations += regularizer.record(parameters.vector, gradient, self._scales, scratch)

    def set(self, regularizer: Regularizer) -> None:
        """Change the strengths, not the kind: the recorded operations read the new ones."""
        for scale, strength in zip(self._scales, regularizer.strengths(), strict=True):
            np.multiply(self._mask, strength, scale)

"""All that is learned: one flat vector, and where each layer's share of it lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.network.architecture import Architecture, LayerShape

Reals = NDArray[Any]


class Parameters:
    """All that is learned in one flat vector, with views per layer.

    Parameters
    ----------
    statistics
        Running statistics to use; by default new ones: mean 0, variance 1.

    Attributes
    ----------
    vector : (p,)
        Everything, layer after layer.
    statistics : (s,)
        Running means and variances of batch norms: measured, not learned.
    followed : (2, s)
        Those statistics, and below them what the last batch had of them.
    matrices
        Per layer a view (rows, width of z): of a dense layer (inputs + 1, outputs), the weights,
        and the biases as the last row; of a norm (2, outputs), scale and shift; of a projected
        skip (source, outputs); of others without rows.
    slopes
        Per layer a view (rows, width of z) of what its activation learns; mostly without rows.
    running
        Per layer a view (rows, width) of ``statistics``; mostly without rows.
    spans
        Per layer, where everything that it learns lies in the vector.
    main_spans
        Per layer, where its weights lie; or, if it has none, its matrix.
    """

    __slots__ = (
        "_layers",
        "followed",
        "main_spans",
        "matrices",
        "running",
        "slopes",
        "spans",
        "statistics",
        "vector",
    )

    def __init__(
        self, layers: Sequence[LayerShape], vector: Reals, statistics: Reals | None = None
    ) -> None:
        self._layers = tuple(layers)
        self.vector = vector
        self.matrices: list[Reals] = []
        self.slopes: list[Reals] = []
        self.spans: list[slice] = []
        self.main_spans: list[slice] = []
        start = 0
        for shape in layers:
            width = shape.pre_outputs
            main = (shape.weight_rows or shape.rows) * width
            self.main_spans.append(slice(start, start + main))
            self.spans.append(slice(start, start + shape.parameter_count))
            for views, rows in (
                (self.matrices, shape.rows),
                (self.slopes, shape.activation.parameter_rows),
            ):
                stop = start + rows * width
                views.append(vector[start:stop].reshape(rows, width))
                start = stop
        size = sum(shape.layer.statistic_rows * shape.inputs for shape in layers)
        # Side by side, so that one pass scales both.
        self.followed = np.zeros(
            (2, size), vector.dtype if statistics is None else statistics.dtype
        )
        self.statistics = self.followed[0]
        self.running = self.statistic_views(self.statistics)
        if statistics is not None:
            self.statistics[:] = statistics
            return
        for view in self.running:
            view[1:] = 1

    def statistic_views(self, flat: Reals) -> list[Reals]:
        """Return per layer a view (rows, width) of a vector (s,) laid out as the statistics."""
        views: list[Reals] = []
        start = 0
        for shape in self._layers:
            stop = start + shape.layer.statistic_rows * shape.inputs
            views.append(flat[start:stop].reshape(shape.layer.statistic_rows, shape.inputs))
            start = stop
        return views

    def weights(self, layer: int) -> Reals:
        """Return a view (weight rows, width of z): what penalties count."""
        return self.matrices[layer][: self._layers[layer].weight_rows]

    def biases(self, layer: int) -> Reals:
        """Return a view (outputs,): the last row of a dense layer or a norm."""
        return np.asarray(self.matrices[layer][-1])

    @property
    def blocks(self) -> list[Reals]:
        """All matrices and slopes that are not empty, in the order of the vector."""
        pairs = zip(self.matrices, self.slopes, strict=True)
        return [block for pair in pairs for block in pair if block.size]

    def copy(self) -> Parameters:
        """Return an independent copy."""
        return Parameters(self._layers, self.vector.copy(), self.statistics.copy())


def initial_parameters(architecture: Architecture, seed: int, dtype: np.dtype[Any]) -> Parameters:
    """Draw the initial parameters.

    Each layer has a random stream of its own, so that widening one layer does not change what
    the others start from; the numbers are drawn in float64 and rounded to ``dtype``.
    """
    parameters = Parameters(architecture.layers, np.zeros(architecture.parameter_count, dtype))
    for index, shape in enumerate(architecture.layers):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0, shape.stream)))
        matrix, slopes = parameters.matrices[index], parameters.slopes[index]
        matrix[:] = shape.layer.initial(rng, shape.inputs, (shape.rows, shape.pre_outputs))
        slopes[:] = shape.activation.initial_parameters(shape.pre_outputs)
    return parameters


def weight_mask(architecture: Architecture, dtype: np.dtype[Any]) -> Reals:
    """Return a vector (p,): 1 where a weight stands, 0 where a bias or the like stands."""
    mask = Parameters(architecture.layers, np.zeros(architecture.parameter_count, dtype))
    for index in range(len(architecture.layers)):
        mask.weights(index)[:] = 1
    return mask.vector

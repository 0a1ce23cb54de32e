"""The forward pass compiled once into a tape of preallocated NumPy calls.

Arrays are feature-major, (units + 1, batch), with a row of ones at the bottom, so that the bias is
simply the last row of each weight matrix. Activations of all layers lie in one flat vector.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.layers import Dense, Place
from playground.engine.network import Architecture, Parameters
from playground.engine.operations import Array, Operation, call

Reals = NDArray[Any]


def with_ones(rows: Reals, dtype: np.dtype[Any]) -> Reals:
    """Return rows (n, d) as (n, d + 1) with a last column of ones, C-contiguous."""
    result = np.ones((rows.shape[0], rows.shape[1] + 1), dtype)
    result[:, :-1] = rows
    return result


class ForwardPlan:
    """Buffers and tape of a forward pass over a fixed number of samples.

    Parameters
    ----------
    is_training
        Whether batch norms measure each batch and dropouts silence units.
    rng
        Where dropouts draw from while training.

    Attributes
    ----------
    activations
        Per layer (outputs + 1, columns): what each unit says, and a last row of ones. The last
        row of the output layer is spare.
    pre_activations
        Per layer (width of z, columns). Overwritten by the activations where nothing needs z.
    outputs : (k, columns)
        A view of the last layer's activations.
    """

    def __init__(
        self,
        architecture: Architecture,
        parameters: Parameters,
        columns: int,
        is_training: bool = False,
        rng: np.random.Generator | None = None,
    ) -> None:
        self.architecture = architecture
        self.parameters = parameters
        self.columns = columns
        layers = architecture.layers
        dtype = parameters.vector.dtype
        ends = np.cumsum([0] + [(shape.outputs + 1) * columns for shape in layers])
        self._spans = [slice(int(a), int(b)) for a, b in itertools.pairwise(ends)]
        self._flat_activations = np.ones(int(ends[-1]), dtype)
        keeps = any(shape.activation.keeps_input for shape in layers)
        self._flat_inputs = np.zeros(int(ends[-1]), dtype) if keeps else self._flat_activations
        self.activations = [self._matrix(self._flat_activations, i) for i in range(len(layers))]
        self.pre_activations = [self._pre_activation(i) for i in range(len(layers))]
        sources = {shape.source for shape in layers}
        # A dense layer multiplies by the rows of a batch as they lie; others get a copy of them,
        # feature-major, so that all that they do is recorded once.
        self._is_direct = isinstance(layers[0].layer, Dense) and 0 not in sources
        size = (architecture.input_count + 1, 0 if self._is_direct else columns)
        self._inputs = np.ones(size, dtype)
        values = [self._inputs, *self.activations]
        measured = parameters.statistic_views(parameters.followed[1])
        self._places = [
            Place(
                inputs=values[i],
                source=None if shape.source is None else values[shape.source][:-1],
                pre_activation=self.pre_activations[i],
                matrix=parameters.matrices[i],
                running=parameters.running[i],
                measured=measured[i],
                is_training=is_training,
                rng=rng,
            )
            for i, shape in enumerate(layers)
        ]
        self._activation_buffers: list[dict[str, Array]] = [{} for _ in layers]
        self._tail: list[Operation] = []
        for index, shape in enumerate(layers):
            if index > 0 or not self._is_direct:
                self._tail += shape.layer.record_forward(self._places[index])
            self._tail += shape.activation.record_apply(
                self.pre_activations[index],
                self.activations[index][:-1],
                parameters.slopes[index],
                self._activation_buffers[index],
            )

    def _matrix(self, flat: Reals, layer: int) -> Reals:
        rows = self.architecture.layers[layer].outputs + 1
        return np.asarray(flat[self._spans[layer]].reshape(rows, self.columns))

    def _pre_activation(self, layer: int) -> Reals:
        """Return where z goes: over a's place, unless it is needed later or of another width."""
        shape = self.architecture.layers[layer]
        if shape.pre_outputs != shape.outputs:
            return np.zeros((shape.pre_outputs, self.columns), self.parameters.vector.dtype)
        keeps = shape.activation.keeps_input
        return self._matrix(self._flat_inputs if keeps else self._flat_activations, layer)[:-1]

    def _first_place(self, inputs: Array) -> Place:
        """Return the arrays of the first layer, for inputs (columns, d + 1) read as they lie."""
        return replace(self._places[0], inputs=inputs.T)

    @property
    def outputs(self) -> Reals:
        """Outputs (k, columns) of the last pass."""
        return self.activations[-1][:-1]

    def record(self, inputs: Array) -> list[Operation]:
        """Return the tape of a pass over inputs (columns, d + 1) that end in a column of ones."""
        if self._is_direct:
            layer = self.architecture.layers[0].layer
            return [*layer.record_forward(self._first_place(inputs)), *self._tail]
        return [call(np.copyto, self._inputs, inputs.T), *self._tail]

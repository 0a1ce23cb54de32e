"""What the links into a layer stand for, whatever kind of layer it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.layers import Dense
from playground.engine.network import LayerShape

__all__ = ["link_values"]

Reals = NDArray[Any]


def link_values(shape: LayerShape, matrix: Reals) -> Reals:
    """Return (inputs + 1, outputs) of what a link from each input to each unit stands for.

    A dense layer has its weights and biases; of several pieces of a maxout unit, the strongest is
    taken at each place. A norm scales and shifts unit by unit: only the links straight on are not
    0. Dropout and skip connections pass their inputs on.

    Parameters
    ----------
    shape
        The layer.
    matrix : (rows, width of z)
        Its parameters, or their gradient.
    """
    if isinstance(shape.layer, Dense):
        if shape.pre_outputs == shape.outputs:
            return matrix
        pieces = matrix.reshape(len(matrix), -1, shape.outputs)
        strongest = np.abs(np.nan_to_num(pieces)).argmax(1)[:, None]
        return np.asarray(np.take_along_axis(pieces, strongest, 1)[:, 0])
    values = np.zeros((shape.inputs + 1, shape.outputs), matrix.dtype)
    places = np.arange(min(shape.inputs, shape.outputs))
    is_norm = shape.layer.row_names(len(matrix)) == ("scale", "shift")
    values[places, places] = matrix[0][places] if is_norm else 1.0
    if is_norm:
        values[-1] = matrix[-1]
    return values

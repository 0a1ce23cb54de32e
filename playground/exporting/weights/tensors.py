"""The parameters of a network as arrays with the names and shapes that PyTorch gives them.

``layers.0.weight`` is (outputs, inputs), the transpose of what the playground multiplies by;
``layers.0.bias`` is (outputs,). A batch norm has ``weight``, ``bias``, ``running_mean``,
``running_var`` and ``num_batches_tracked``, a layer norm ``weight`` and ``bias``, a projected skip
connection ``weight``. What an activation learns is ``activations.0.weight``. Layers are counted
from 0, those without parameters included; the output layer is the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm, Skip
from playground.engine.network import Architecture, LayerShape, Parameters

__all__ = ["COUNT", "Place", "UnfitWeights", "named_tensors", "parameters_from", "places"]

Reals = NDArray[Any]

COUNT = "num_batches_tracked"
"""PyTorch counts the batches that a batch norm has seen. Nothing follows from the number."""


class UnfitWeights(Exception):
    """Weights do not belong to a network. The message names the layer and both shapes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an array stands among the parameters.

    Attributes
    ----------
    name
        As in the file.
    layer
        Index of the layer.
    store
        ``matrices``, ``slopes`` or ``running``.
    rows
        Which rows of it.
    is_transposed
        Whether the file has the transpose; otherwise the place is one row, and the file a vector.
    shape
        In the file.
    """

    name: str
    layer: int
    store: Literal["matrices", "slopes", "running"]
    rows: slice
    is_transposed: bool
    shape: tuple[int, ...]

    def view(self, parameters: Parameters) -> Reals:
        """Return a view of the parameters in the shape of the file."""
        block = getattr(parameters, self.store)[self.layer][self.rows]
        return np.asarray(block.T if self.is_transposed else block.reshape(-1))


_ROWS: dict[type[Layer], tuple[str, ...]] = {
    Dense: ("bias",),
    BatchNorm: ("weight", "bias"),
    LayerNorm: ("weight", "bias"),
    Dropout: (),
    Skip: (),
}
"""PyTorch's names for the rows of a matrix that are not weights, by the kind of layer."""


def _places_of(index: int, shape: LayerShape) -> list[Place]:
    prefix, width, rows = f"layers.{index}", shape.pre_outputs, shape.weight_rows
    places = []
    if rows:
        places.append(
            Place(f"{prefix}.weight", index, "matrices", slice(0, rows), True, (width, rows))
        )
    if shape.rows > rows:
        for row, name in enumerate(_ROWS[type(shape.layer)], rows):
            part = slice(row, row + 1)
            places.append(Place(f"{prefix}.{name}", index, "matrices", part, False, (width,)))
    if shape.layer.statistic_rows:
        for row, name in enumerate(("running_mean", "running_var")):
            part = slice(row, row + 1)
            places.append(Place(f"{prefix}.{name}", index, "running", part, False, (shape.inputs,)))
    if shape.activation.parameter_rows:
        name = f"activations.{index}.weight"
        places.append(Place(name, index, "slopes", slice(0, 1), False, (width,)))
    return places


def places(architecture: Architecture) -> list[Place]:
    """Return where every array of a network stands, layer by layer."""
    return [p for i, shape in enumerate(architecture.layers) for p in _places_of(i, shape)]


def named_tensors(
    architecture: Architecture, parameters: Parameters, steps: int
) -> dict[str, Reals]:
    """Return copies of everything that is learned or measured, by name.

    Parameters
    ----------
    steps
        Training steps made, which PyTorch counts in each batch norm.
    """
    tensors = {
        place.name: np.ascontiguousarray(place.view(parameters)).copy()
        for place in places(architecture)
    }
    for index, shape in enumerate(architecture.layers):
        if shape.layer.statistic_rows:
            tensors[f"layers.{index}.{COUNT}"] = np.array(steps, np.int64)
    return tensors


def parameters_from(
    architecture: Architecture, tensors: Mapping[str, Reals], dtype: np.dtype[Any]
) -> Parameters:
    """Return parameters made of named arrays.

    Raises
    ------
    UnfitWeights
        If an array is missing, is not known or has another shape, naming the layer, the shape
        that is expected and the one that was found; or if a number is not finite.
    """
    layers = architecture.layers
    parameters = Parameters(layers, np.zeros(architecture.parameter_count, dtype))
    expected = places(architecture)
    known = {place.name for place in expected}
    for place in expected:
        where = f"{architecture.layer_names[place.layer]}: {place.name}"
        if place.name not in tensors:
            raise UnfitWeights(
                f"{where} {_shape(place.shape)} is missing; the network has "
                f"{len(layers)} layers, the file has {_inventory(tensors)}"
            )
        found = tensors[place.name]
        if found.shape != place.shape:
            raise UnfitWeights(
                f"{where} should be {_shape(place.shape)}, but is {_shape(found.shape)} in the "
                "file; change the network, or build one from these weights"
            )
        if not np.isfinite(found).all():
            raise UnfitWeights(f"{where} has values that are not finite; use another file")
        if place.name.endswith(".running_var") and (found < 0).any():
            raise UnfitWeights(f"{where} has a negative variance; use another file")
        place.view(parameters)[...] = found
    if not np.isfinite(parameters.vector).all():
        raise UnfitWeights(f"a weight is too large for {dtype}; set training.dtype to float64")
    for name in tensors:
        if name not in known and not name.endswith(COUNT):
            raise UnfitWeights(
                f"{name} {_shape(tensors[name].shape)} has no place in the network; change the "
                "network, or build one from these weights"
            )
    return parameters


def _shape(shape: tuple[int, ...]) -> str:
    return "(" + " × ".join(map(str, shape)) + ")"


def _inventory(tensors: Mapping[str, Reals]) -> str:
    names = list(tensors)
    shown = ", ".join(f"{name} {_shape(tensors[name].shape)}" for name in names[:6])
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return f"{shown}{more}" if names else "no arrays"

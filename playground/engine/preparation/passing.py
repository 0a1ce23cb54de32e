"""Passing a batch through a network that is being prepared, one layer at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.layers import Dense
from playground.engine.layers.base import Context
from playground.engine.network import Architecture, LayerShape, Parameters

__all__ = ["is_dense", "layer_output", "pre_activation"]

Reals = NDArray[Any]


def is_dense(shape: LayerShape) -> bool:
    """Return whether a layer has weights from all inputs to all units."""
    return isinstance(shape.layer, Dense)


def pre_activation(
    architecture: Architecture, parameters: Parameters, index: int, values: Sequence[Reals]
) -> Reals:
    """Return z (n, width) of a layer, as in training but with nothing dropped.

    Parameters
    ----------
    index
        Which layer.
    values
        The inputs of the network (n, d), then the output of each layer before this one.
    """
    shape = architecture.layers[index]
    source = values[shape.source] if shape.source is not None else None
    context = Context(is_training=True, running=parameters.running[index])
    with np.errstate(all="ignore"):
        z, _ = shape.layer.forward(values[-1], source, parameters.matrices[index], context)
    return z


def layer_output(
    architecture: Architecture, parameters: Parameters, index: int, values: Sequence[Reals]
) -> Reals:
    """Return what a layer hands on, (n, outputs); parameters as of :func:`pre_activation`."""
    z = pre_activation(architecture, parameters, index, values)
    with np.errstate(all="ignore"):
        return architecture.layers[index].activation.apply(z, parameters.slopes[index])

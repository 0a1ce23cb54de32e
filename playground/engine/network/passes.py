"""The forward pass as it is defined, with rows as samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.layers import Dropout
from playground.engine.layers.base import Context
from playground.engine.network.architecture import Architecture
from playground.engine.network.parameters import Parameters

Reals = NDArray[Any]


def draw_masks(
    architecture: Architecture, count: int, rng: np.random.Generator
) -> tuple[Reals | None, ...]:
    """Draw the masks of one training pass over ``count`` samples; ``None`` for most layers."""
    return tuple(
        shape.layer.draw(rng, (count, shape.inputs)) if isinstance(shape.layer, Dropout) else None
        for shape in architecture.layers
    )


@dataclass(slots=True)
class LayerPass:
    """What one layer made of a batch of n samples.

    Attributes
    ----------
    inputs : (n, inputs)
    source : (n, source) or None
        What a skip connection adds.
    pre_activation : (n, width of z)
    activation : (n, outputs)
    kept
        The layer's own intermediates by name, such as ``normalized`` or ``mask``.
    """

    inputs: Reals
    source: Reals | None
    pre_activation: Reals
    activation: Reals
    kept: dict[str, Reals] = field(default_factory=dict)


def forward(
    architecture: Architecture,
    parameters: Parameters,
    inputs: Reals,
    masks: Sequence[Reals | None] | None = None,
    is_training: bool = False,
) -> list[LayerPass]:
    """Run inputs (n, d) through the network, keeping what every layer says.

    Parameters
    ----------
    masks
        As :func:`draw_masks` gives them; ``None``: nothing is dropped.
    is_training
        Whether batch norms measure this batch, rather than use their running averages.
    """
    values = [np.asarray(inputs, parameters.vector.dtype)]
    passes: list[LayerPass] = []
    for index, shape in enumerate(architecture.layers):
        mask = masks[index] if masks is not None else None
        context = Context(is_training, parameters.running[index], mask)
        source = values[shape.source] if shape.source is not None else None
        z, kept = shape.layer.forward(values[-1], source, parameters.matrices[index], context)
        a = shape.activation.apply(z, parameters.slopes[index])
        passes.append(LayerPass(values[-1], source, z, a, kept))
        values.append(a)
    return passes


def predict(architecture: Architecture, parameters: Parameters, inputs: Reals) -> Reals:
    """Return the outputs (n, k) for inputs (n, d), as the output layer's activation gives them."""
    with np.errstate(all="ignore"):
        return forward(architecture, parameters, inputs)[-1].activation

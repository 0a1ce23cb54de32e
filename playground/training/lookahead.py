"""What the next step will draw, without drawing it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.layers import Dropout
from playground.engine.network import Architecture, weight_mask
from playground.engine.noise import Noise

Reals = NDArray[Any]


def _copy_of(rng: np.random.Generator) -> np.random.Generator:
    copy = np.random.default_rng()
    copy.bit_generator.state = rng.bit_generator.state
    return copy


def masks_to_come(
    architecture: Architecture, rng: np.random.Generator, dtype: np.dtype[Any], count: int
) -> tuple[Reals | None, ...]:
    """Return the masks that dropouts would draw from ``rng`` now for so many samples, float64.

    ``None`` for layers that draw none.
    """
    copy = _copy_of(rng)
    return tuple(
        shape.layer.draw_columns(copy, (shape.inputs, count), dtype)
        if isinstance(shape.layer, Dropout)
        else None
        for shape in architecture.layers
    )


def noise_to_come(
    architecture: Architecture,
    noise: Noise,
    rng: np.random.Generator,
    dtype: np.dtype[Any],
    count: int,
) -> tuple[Reals | None, Reals | None]:
    """Return the noise that would be put on so many inputs (n, d) and on the parameters (p,).

    In float64; ``None`` where there is none.
    """
    copy = _copy_of(rng)
    on_inputs = on_weights = None
    if noise.inputs:
        zeros = np.zeros((count, architecture.input_count), dtype)
        on_inputs = noise.noisy_inputs(zeros, copy).astype(np.float64)
    if noise.weights:
        zeros = np.zeros(architecture.parameter_count, dtype)
        mask = weight_mask(architecture, dtype)
        on_weights = noise.noisy_parameters(zeros, mask, copy).astype(np.float64)
    return on_inputs, on_weights

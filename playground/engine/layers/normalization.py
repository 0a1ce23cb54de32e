"""What batch and layer normalization learn: a scale and a shift per unit."""

from __future__ import annotations

import numpy as np

from playground.engine.layers.base import Layer, Reals


class Normalization(Layer, frozen=True):
    """A layer that ends in z = γ ⊙ x̂ + β; its matrix (2, width) holds γ and β."""

    def rows(self, inputs: int, source: int) -> int:
        return 2

    def row_names(self, rows: int) -> tuple[str, ...]:
        return ("scale", "shift")

    def initial(self, rng: np.random.Generator, inputs: int, shape: tuple[int, int]) -> Reals:
        return np.vstack([np.ones(shape[1]), np.zeros(shape[1])])

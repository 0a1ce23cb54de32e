"""What batch and layer normalization have in common."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.engine.layers.base import Layer, Reals
from playground.engine.operations import WIDEST_PRODUCT, Array, Operation, call, spread


class Normalization(Layer, frozen=True):
    """A layer that ends in z = γ ⊙ x̂ + β; its matrix (2, width) holds γ and β."""

    stacks_error: ClassVar[bool] = True

    def rows(self, inputs: int, source: int) -> int:
        return 2

    def row_names(self, rows: int) -> tuple[str, ...]:
        return ("scale", "shift")

    def initial(self, rng: np.random.Generator, inputs: int, shape: tuple[int, int]) -> Reals:
        return np.vstack([np.ones(shape[1]), np.zeros(shape[1])])


class RowCentring:
    """Subtracts from each row (n values) its mean, and multiplies by ``factor``.

    Few columns are multiplied by the matrix n·I - 1, which does it in one call and gives n times
    what is wanted. Many take three passes.

    Attributes
    ----------
    factor
        n or 1.
    """

    def __init__(self, columns: int, dtype: np.dtype[np.generic]) -> None:
        self._is_small = columns <= WIDEST_PRODUCT
        self.factor = columns if self._is_small else 1
        if self._is_small:
            self._matrix = (columns * np.eye(columns) - 1).astype(dtype)
        else:
            self._share = np.full(columns, 1 / columns, dtype)

    def record(self, values: Array, out: Array, mean: Array | None = None) -> list[Operation]:
        """Return operations that write the centred rows to ``out``.

        Parameters
        ----------
        mean : (rows,)
            The means, where they are known.
        """
        if self._is_small:
            return [call(values.dot, self._matrix, out)]
        operations: list[Operation] = []
        if mean is None:
            mean = np.empty(len(values), values.dtype)
            operations.append(call(values.dot, self._share, mean))
        filled, fill = spread(mean, out)
        return [*operations, fill, call(np.subtract, values, filled, out)]

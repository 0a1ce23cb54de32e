"""Where parameters are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a parameter is.

    Attributes
    ----------
    layer
        Index of its layer.
    words
        What it is, in words: ``weights``.
    indices : (r, c) int
        The place of each cell in the flat vector.
    is_penalised
        Whether regularization is for it.
    """

    layer: int
    words: str
    indices: NDArray[np.int64]
    is_penalised: bool

"""The vocabulary of recorded passes: bound NumPy calls onto preallocated arrays.

A training step is ``for operation in tape: operation()``. Every option emits its own few
operations once, when a plan is made; nothing is looked up or allocated while training.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""An array of the plan's dtype, float32 or float64."""

Operation = Callable[[], object]
"""A call without arguments that writes into arrays bound beforehand."""

call = partial
"""``call(np.multiply, a, b, out)`` binds a call. Outputs are positional, which is faster than
``out=``, except for ``np.maximum`` and ``np.minimum``, where NumPy 2.4 deprecates it."""


def constant(value: float, like: Array) -> Array:
    """Return a 0-d array of the dtype of ``like``: cheaper in a ufunc than a Python float, and
    writable while a tape that holds it runs."""
    return np.array(value, like.dtype)


def run(operations: Sequence[Operation]) -> None:
    """Replay a tape."""
    for operation in operations:
        operation()

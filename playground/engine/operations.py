"""The vocabulary of recorded passes: bound NumPy calls onto preallocated arrays.

A training step is ``for operation in tape: operation()``, or the same without the loop:
:func:`fused`. Every option emits its own few operations once, when a plan is made; nothing is
looked up or allocated while training.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
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


WIDEST_PRODUCT = 32
"""Up to so many rows, a product with a small matrix is faster than passes that broadcast."""


class RowFactors:
    """A factor for each row of feature-major arrays, applied without slow broadcasting.

    A ufunc that broadcasts a column costs three times as much as one that does not. Few rows are
    multiplied by a diagonal matrix, many by the factors spread over the columns.

    Attributes
    ----------
    values : (rows,)
        Where to write the factors.
    """

    def __init__(self, rows: int, columns: int, dtype: np.dtype[Any]) -> None:
        self._is_small = rows <= WIDEST_PRODUCT
        self._array = np.zeros((rows, rows if self._is_small else columns), dtype)
        self.values: Array = np.zeros(rows, dtype)
        if self._is_small:
            self.values = self._array.reshape(-1)[:: rows + 1]

    def record(self, array: Array, out: Array) -> list[Operation]:
        """Return operations that write the rows of ``array`` times their factors to ``out``."""
        if self._is_small:
            return [call(self._array.dot, array, out)]
        return [
            call(np.copyto, self._array, self.values[:, None]),
            call(np.multiply, array, self._array, out),
        ]


class RowAffine:
    """A factor and a summand for each row of one array, and the factors for others, too.

    Few rows are multiplied by two diagonal matrices side by side, the second of which meets rows
    of ones below the array.

    Attributes
    ----------
    factors, summands : (rows,)
        Where to write them.
    operand : (rows, columns)
        Where to write the array.
    """

    def __init__(self, rows: int, columns: int, dtype: np.dtype[Any]) -> None:
        self._is_small = rows <= WIDEST_PRODUCT
        if self._is_small:
            # Transposed, so that the half with the factors is contiguous: others would be copied.
            self._matrices = np.zeros((2, rows, rows), dtype)
            self.factors, self.summands = self._matrices.reshape(2, -1)[:, :: rows + 1]
            self._stacked = np.ones((2 * rows, columns), dtype)
        else:
            self.factors, self.summands = np.zeros((2, rows), dtype)
            self._stacked = np.ones((rows, columns), dtype)
            self._filled = np.empty((2, rows, columns), dtype)
        self.operand = self._stacked[:rows]

    def record(self, out: Array) -> list[Operation]:
        """Return operations that write factors times operand plus summands to ``out``."""
        if self._is_small:
            matrix = self._matrices.reshape(-1, len(out)).T
            return [call(matrix.dot, self._stacked, out)]
        return [
            call(np.copyto, self._filled[0], self.factors[:, None]),
            call(np.copyto, self._filled[1], self.summands[:, None]),
            call(np.multiply, self.operand, self._filled[0], out),
            call(np.add, out, self._filled[1], out),
        ]

    def record_factors(self, array: Array, out: Array) -> list[Operation]:
        """Return operations that write only factors times ``array``, after :meth:`record`."""
        if self._is_small:
            return [call(self._matrices[0].dot, array, out)]
        return [call(np.multiply, array, self._filled[0], out)]


def spread(vector: Array, like: Array) -> tuple[Array, Operation]:
    """Return an array like ``like``, and the operation that fills each row from a vector (rows,).

    Copying broadcasts cheaply, so that this and a ufunc are faster than a ufunc that broadcasts.
    """
    filled = np.empty_like(like)
    return filled, call(np.copyto, filled, vector[:, None])


FEW_ROWS = 3
"""Up to so many, comparing rows two by two is faster than a reduction."""


def record_largest(rows: Array, out: Array) -> list[Operation]:
    """Return operations that write the largest of the rows, element by element."""
    if not 1 < len(rows) <= FEW_ROWS:
        return [call(np.maximum.reduce, rows, 0, None, out)]
    return [
        call(np.maximum, rows[0], rows[1], out=out),
        *(call(np.maximum, out, row, out=out) for row in rows[2:]),
    ]


def run(operations: Sequence[Operation]) -> None:
    """Replay a tape."""
    for operation in operations:
        operation()


def fused(operations: Sequence[Operation]) -> Operation:
    """Return a single call that replays a tape.

    It is a function written for tapes of this form, in which every call stands by itself with its
    arguments: no loop, and no ``partial`` between. Tiny networks gain 5 to 8 % of a step.
    """
    form: list[tuple[int, tuple[str, ...]]] = []
    bound: list[object] = []
    for operation in operations:
        if isinstance(operation, partial):
            form.append((len(operation.args), tuple(operation.keywords)))
            bound += (operation.func, *operation.args, *operation.keywords.values())
        else:
            form.append((0, ()))
            bound.append(operation)
    return _binder(tuple(form))(*bound)


@lru_cache(maxsize=64)
def _binder(form: tuple[tuple[int, tuple[str, ...]], ...]) -> Callable[..., Operation]:
    """Return what makes a replay out of all functions and arguments of a tape, in their order.

    Parameters
    ----------
    form
        Per operation the number of its positional arguments, and the names of the others.
    """
    names: list[str] = []
    lines: list[str] = []

    def name() -> str:
        names.append(f"v{len(names)}")
        return names[-1]

    for positional, keywords in form:
        function = name()
        arguments = [name() for _ in range(positional)]
        arguments += [f"{keyword}={name()}" for keyword in keywords]
        lines.append(f"        {function}({', '.join(arguments)})")
    body = "\n".join(lines or ["        pass"])
    source = f"def bind({', '.join(names)}):\n    def replay():\n{body}\n    return replay\n"
    namespace: dict[str, Any] = {}
    # Nothing in the source comes from outside: numbered names, and keywords of NumPy's calls.
    exec(source, namespace)
    binder: Callable[..., Operation] = namespace["bind"]
    return binder

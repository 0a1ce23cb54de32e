"""A matrix with its name, its part in an operation, and its colours."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Role(Enum):
    """What a matrix is to an operation."""

    INPUT = "input"
    PARAMETER = "parameter"
    UPSTREAM = "upstream"
    LOCAL = "local"
    DOWNSTREAM = "downstream"
    RESULT = "result"
    KEPT = "kept value"
    MEMORY = "memory"
    """What an optimizer or a running mean remembers."""


class Shade(Enum):
    """Which colours a matrix is drawn in."""

    VALUE = "value"
    """Orange (−) to blue (+)."""
    GRADIENT = "gradient"
    """Green (−) to purple (+)."""


class Axis(Enum):
    """What the rows or the columns of a matrix are."""

    SAMPLE = "sample"
    INPUT = "input"
    """Values that go into a layer."""
    UNIT = "unit"
    """Units of a layer."""
    ONE = ""
    """There is only one: a row of biases, a sum."""


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """A matrix with its name.

    Attributes
    ----------
    symbol, latex
        Its name, without a sign of transposition, as text (``∂L/∂W²``) and for typesetting.
    values : (r, c) float64
        As shown, that is, transposed already if ``is_transposed``.
    role, shade
        What it is to the operation, and its colours.
    rows, columns
        What the rows and columns are.
    is_transposed
        Whether it is shown with a ᵀ.
    stack : (n, r, c) or None
        Where each sample has a matrix of its own (a Jacobian): all of them. ``values`` is the
        first.
    key
        Of the operation that made it, "" for what was there before the step (parameters).
    """

    symbol: str
    latex: str
    values: Floats
    role: Role
    shade: Shade
    rows: Axis = Axis.SAMPLE
    columns: Axis = Axis.UNIT
    is_transposed: bool = False
    stack: Floats | None = None
    key: str = ""

    @property
    def name(self) -> str:
        """Symbol, with ᵀ if it is transposed."""
        if not self.is_transposed:
            return self.symbol
        return f"({self.symbol})ᵀ" if "/" in self.symbol else f"{self.symbol}ᵀ"

    @property
    def whole_symbol(self) -> str:
        """The symbol as what an index may follow: ``(p − y)``, but ``∂L/∂W²``."""
        depth = 0
        for letter in self.symbol:
            depth += (letter in "([") - (letter in ")]")
            if letter == " " and not depth:
                return f"({self.symbol})"
        return self.symbol

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns as shown."""
        return self.values.shape[0], self.values.shape[1]

    def cell_name(self, row: int, column: int) -> str:
        """Return the name of a shown cell, such as ``x[2,1]`` for cell (1, 2) of xᵀ."""
        at = (column, row) if self.is_transposed else (row, column)
        return f"{self.whole_symbol}[{at[0]},{at[1]}]"

    def transposed(self) -> Matrix:
        """Return the same matrix in the other convention: shown transposed, same name."""
        stack = None if self.stack is None else self.stack.swapaxes(1, 2)
        return dataclasses.replace(
            self, values=self.values.T, rows=self.columns, columns=self.rows, stack=stack
        )

    def page(self, sample: int) -> Floats:
        """Return the matrix of one sample, where each has its own; else the one there is."""
        return self.values if self.stack is None else self.stack[sample]

"""What a training step consists of: operations on named matrices, in order.

Everything is built with rows as samples, Z = X W + b. :meth:`Operation.shown` transposes what is
*shown* for the other convention, z = W a + b: the maths stays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from playground.inspection.matrix import Axis, Matrix, Role, Shade
from playground.inspection.spelling import Spelling

__all__ = [
    "Axis",
    "Formula",
    "Matrix",
    "Notation",
    "Operation",
    "Phase",
    "Product",
    "Role",
    "Shade",
    "Tape",
]


class Phase(Enum):
    """The four parts of a training step."""

    FORWARD = "forward"
    ERROR = "error"
    BACKWARD = "backward"
    UPDATE = "update"


class Notation(Enum):
    """How matrices are written down."""

    ROWS = "rows"
    """Z = X W + b: one row per sample."""
    COLUMNS = "columns"
    """Z = W X + b: one column per sample."""


class Product(Enum):
    """How operands become a result. The value is what a caption says."""

    GIVEN = "given"
    MATRIX = "matrix product"
    HADAMARD = "Hadamard product"
    ROW_SUM = "sum over samples"
    ELEMENTWISE = "element-wise"
    SUM = "sum"
    ROUTED = "routed"
    JACOBIAN = "Jacobian of each sample"
    STATISTIC = "mean over samples"
    NORMALIZATION = "normalization"
    SCALED = "scaled"
    RULE = "update rule"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, typeset and plain, in both conventions.

    Attributes
    ----------
    latex, text
        With rows as samples.
    column_latex, column_text
        With columns as samples; the same unless given.
    """

    latex: str
    text: str
    column_latex: str = ""
    column_text: str = ""

    def shown(self, notation: Notation) -> tuple[str, str]:
        """Return LaTeX and plain text for a convention."""
        if notation is Notation.ROWS:
            return self.latex, self.text
        return self.column_latex or self.latex, self.column_text or self.text


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a training step.

    Attributes
    ----------
    key
        Its name in a tape, the same for every step: ``z.0``, ``∂L/∂W.1``, ``update.W.0``.
    name
        What it is, in words: ``Weighted sum of layer 1``.
    symbol
        What it computes, short: ``z¹``, ``∂L/∂W²``.
    phase, product
        Which part of the step it belongs to; how the operands become the result.
    layer, layer_name
        Index into the layers of the architecture, or ``None`` for inputs, loss and whole vector.
    formula
        What is computed.
    operands
        In the order of the formula; the result is their product (sum, ...).
    result
        What comes out: a result forwards, a downstream gradient backwards, a parameter after it
        was updated.
    kept
        Values of the forward pass from which the local gradient was worked out; what an
        optimizer remembered before and after.
    spell
        Spells out the calculation of one cell of the result (row, column), in rows as samples.
    numerator, denominator
        For a gradient: keys of what is differentiated (``L`` or ``C``) and by what.
    note
        A sentence worth knowing, or "".
    notation
        The convention in which the matrices are now.
    """

    key: str
    name: str
    symbol: str
    phase: Phase
    product: Product
    layer: int | None
    layer_name: str
    formula: Formula
    operands: tuple[Matrix, ...]
    result: Matrix
    spell: Callable[[int, int], Spelling]
    kept: tuple[Matrix, ...] = ()
    numerator: str = ""
    denominator: str = ""
    note: str = ""
    notation: Notation = Notation.ROWS

    @property
    def is_gradient(self) -> bool:
        """Whether it works out a gradient, so that it can be checked numerically."""
        return bool(self.denominator)

    @property
    def latex(self) -> str:
        """The formula for typesetting, in the convention shown."""
        return self.formula.shown(self.notation)[0]

    @property
    def text(self) -> str:
        """The formula as plain text, in the convention shown."""
        return self.formula.shown(self.notation)[1]

    @property
    def shapes(self) -> str:
        """The shapes as the formula has them: ``(1×3) = (1×3) ⊙ (1×3)``."""
        sign = _SIGNS.get(self.product, ", ")
        texts = [_shape_text(matrix) for matrix in self.operands]
        operands = sign.join(texts)
        if self.product in (Product.MATRIX, Product.HADAMARD) and len(texts) > 2:
            # What follows after a product of two is added to it: a bias, a shift.
            operands = " + ".join([sign.join(texts[:2]), *texts[2:]])
        return f"{_shape_text(self.result)} = {operands}" if operands else _shape_text(self.result)

    @property
    def caption(self) -> str:
        """How operands become the result, in words that fit the convention shown."""
        if self.product is Product.ROW_SUM:
            return "sum over rows" if self.notation is Notation.ROWS else "sum over columns"
        return str(self.product.value)

    @property
    def upstreams(self) -> tuple[Matrix, ...]:
        """The gradients that arrive from above; several where a value is used several times."""
        return self.with_role(Role.UPSTREAM)

    @property
    def locals(self) -> tuple[Matrix, ...]:
        """The local derivatives with which the upstream gradient is multiplied."""
        return self.with_role(Role.LOCAL)

    def with_role(self, role: Role) -> tuple[Matrix, ...]:
        """Return the operands of one role."""
        return tuple(matrix for matrix in self.operands if matrix.role is role)

    def explain(self, row: int, column: int) -> Spelling:
        """Return the calculation of one cell of the result as it is shown.

        Raises
        ------
        IndexError
            If the result has no such cell.
        """
        rows, columns = self.result.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise IndexError(
                f"{self.symbol} has no cell [{row},{column}]; it has {rows} × {columns} cells"
            )
        if self.notation is Notation.ROWS:
            return self.spell(row, column)
        order = self._column_order()
        return self.spell(column, row).transposed(order)

    def shown(self, notation: Notation) -> Operation:
        """Return the operation in a convention: matrices transposed, products turned round."""
        if notation is self.notation:
            return self
        order = self._column_order()
        operands = tuple(self.operands[index].transposed() for index in order)
        return dataclasses.replace(
            self,
            operands=operands,
            result=self.result.transposed(),
            kept=tuple(matrix.transposed() for matrix in self.kept),
            notation=notation,
        )

    def _column_order(self) -> tuple[int, ...]:
        """Return the order of the operands in the other convention."""
        indices = range(len(self.operands))
        if self.product in (Product.MATRIX, Product.JACOBIAN) and len(self.operands) > 1:
            # (A B)ᵀ = Bᵀ Aᵀ; what is added after the product (the bias) stays behind.
            return (1, 0, *indices[2:])
        return tuple(indices)


_SIGNS = {
    Product.MATRIX: " · ",
    Product.HADAMARD: " ⊙ ",
    Product.ROUTED: " ⊙ ",
    Product.SUM: " + ",
    Product.JACOBIAN: " · ",
}


def _shape_text(matrix: Matrix) -> str:
    rows, columns = matrix.shape
    if matrix.stack is not None and len(matrix.stack) > 1:
        return f"({len(matrix.stack)}×{rows}×{columns})"
    return f"({rows}×{columns})"


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """Every operation of a training step, in order.

    Attributes
    ----------
    operations
        Forward, error, backward, update.
    layer_names
        ``layer 1``, …, ``output``.
    notation
        The convention in which the operations are shown.
    """

    operations: tuple[Operation, ...]
    layer_names: tuple[str, ...]
    notation: Notation = Notation.ROWS
    _index: dict[str, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._index.update({op.key: index for index, op in enumerate(self.operations)})

    def __len__(self) -> int:
        return len(self.operations)

    def __getitem__(self, index: int) -> Operation:
        return self.operations[index]

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def index(self, key: str) -> int:
        """Return the place of the operation of that key.

        Raises
        ------
        KeyError
            If the tape has no such operation.
        """
        return self._index[key]

    def operation(self, key: str) -> Operation:
        """Return the operation of that key."""
        return self.operations[self._index[key]]

    def phase(self, phase: Phase) -> tuple[Operation, ...]:
        """Return the operations of a phase."""
        return tuple(op for op in self.operations if op.phase is phase)

    def of_layer(self, layer: int | None) -> tuple[Operation, ...]:
        """Return the operations of a layer, in order."""
        return tuple(op for op in self.operations if op.layer == layer)

    def makers(self, operation: Operation) -> tuple[Operation, ...]:
        """Return the operations that made the operands: where the upstream came from."""
        keys = dict.fromkeys(matrix.key for matrix in operation.operands if matrix.key)
        return tuple(self.operation(key) for key in keys if key in self._index)

    def readers(self, operation: Operation) -> tuple[Operation, ...]:
        """Return the operations that use the result of this one."""
        return tuple(
            op
            for op in self.operations
            if any(matrix.key == operation.key for matrix in op.operands)
        )

    def shown(self, notation: Notation) -> Tape:
        """Return the same tape in a convention."""
        operations = tuple(operation.shown(notation) for operation in self.operations)
        return Tape(operations, self.layer_names, notation)

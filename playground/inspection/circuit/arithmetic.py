"""Sums, products and quotients: of two values, or of a value and a number.

A gate that has a number in it (``x + 3``, ``1/x``) has no input for the number: nobody asks for the
gradient of a constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from playground.inspection.circuit.gate import Gate, Undefined, constant_text

__all__ = [
    "Add",
    "AddNumber",
    "Divide",
    "DivideByNumber",
    "Multiply",
    "Negate",
    "NumberMinus",
    "NumberOver",
    "Scale",
    "Subtract",
]


@dataclass(frozen=True, slots=True)
class Add(Gate):
    """Sum of two values."""

    tag: ClassVar[str] = "add"
    title: ClassVar[str] = "Addition"
    does: ClassVar[str] = "distributes"
    rule: ClassVar[str] = "Addition hands the gradient to both inputs unchanged."
    arity: ClassVar[int] = 2
    is_symmetric: ClassVar[bool] = True

    @property
    def symbol(self) -> str:
        return "+"

    def value(self, *inputs: float) -> float:
        return inputs[0] + inputs[1]

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return 1.0

    def text(self, names: Sequence[str]) -> str:
        return f"{names[0]} + {names[1]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return "1"


@dataclass(frozen=True, slots=True)
class AddNumber(Gate):
    """Sum of a value and a number."""

    number: float
    tag: ClassVar[str] = "add_number"
    title: ClassVar[str] = "Addition of a number"
    does: ClassVar[str] = "passes on"
    rule: ClassVar[str] = "Adding a constant changes no slope: the gradient passes unchanged."

    @property
    def symbol(self) -> str:
        return f"{'+' if self.number >= 0 else '−'}{constant_text(abs(self.number))}"

    def value(self, *inputs: float) -> float:
        return inputs[0] + self.number

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return 1.0

    def text(self, names: Sequence[str]) -> str:
        return f"{names[0]} {self.symbol[0]} {self.symbol[1:]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return "1"


@dataclass(frozen=True, slots=True)
class Subtract(Gate):
    """Difference of two values."""

    tag: ClassVar[str] = "subtract"
    title: ClassVar[str] = "Subtraction"
    does: ClassVar[str] = "distributes, one negated"
    rule: ClassVar[str] = (
        "Subtraction hands the gradient to the first input unchanged and to the second negated."
    )
    arity: ClassVar[int] = 2

    @property
    def symbol(self) -> str:
        return "−"

    def value(self, *inputs: float) -> float:
        return inputs[0] - inputs[1]

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return -1.0 if slot else 1.0

    def text(self, names: Sequence[str]) -> str:
        return f"{names[0]} − {names[1]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return "−1" if slot else "1"


@dataclass(frozen=True, slots=True)
class NumberMinus(Gate):
    """A number less a value."""

    number: float
    tag: ClassVar[str] = "number_minus"
    title: ClassVar[str] = "Difference from a number"
    does: ClassVar[str] = "negates"
    rule: ClassVar[str] = "What grows makes the difference smaller: the gradient changes its sign."

    @property
    def symbol(self) -> str:
        return f"{constant_text(self.number)}−x"

    def value(self, *inputs: float) -> float:
        return self.number - inputs[0]

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return -1.0

    def text(self, names: Sequence[str]) -> str:
        return f"{constant_text(self.number)} − {names[0]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return "−1"


@dataclass(frozen=True, slots=True)
class Negate(Gate):
    """The value with the other sign."""

    tag: ClassVar[str] = "negate"
    title: ClassVar[str] = "Negation"
    does: ClassVar[str] = "negates"
    rule: ClassVar[str] = "The gradient changes its sign."

    @property
    def symbol(self) -> str:
        return "×−1"

    def value(self, *inputs: float) -> float:
        return -inputs[0]

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return -1.0

    def text(self, names: Sequence[str]) -> str:
        return f"−{names[0]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return "−1"


@dataclass(frozen=True, slots=True)
class Multiply(Gate):
    """Product of two values."""

    tag: ClassVar[str] = "multiply"
    title: ClassVar[str] = "Multiplication"
    does: ClassVar[str] = "swaps"
    rule: ClassVar[str] = (
        "Multiplication swaps its inputs: each gets the gradient times the other input."
    )
    arity: ClassVar[int] = 2
    is_symmetric: ClassVar[bool] = True

    @property
    def symbol(self) -> str:
        return "×"

    def value(self, *inputs: float) -> float:
        return inputs[0] * inputs[1]

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return inputs[1 - slot]

    def text(self, names: Sequence[str]) -> str:
        return f"{names[0]} · {names[1]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return names[1 - slot]


@dataclass(frozen=True, slots=True)
class Scale(Gate):
    """A number times a value."""

    number: float
    tag: ClassVar[str] = "scale"
    title: ClassVar[str] = "Multiplication by a number"
    rule: ClassVar[str] = "The gradient is multiplied by the same number."

    @property
    def symbol(self) -> str:
        return f"×{constant_text(self.number)}"

    def value(self, *inputs: float) -> float:
        return self.number * inputs[0]

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return self.number

    def text(self, names: Sequence[str]) -> str:
        return f"{constant_text(self.number)} · {names[0]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return constant_text(self.number)


@dataclass(frozen=True, slots=True)
class Divide(Gate):
    """Quotient of two values."""

    tag: ClassVar[str] = "divide"
    title: ClassVar[str] = "Division"
    does: ClassVar[str] = "divides"
    rule: ClassVar[str] = (
        "The numerator gets the gradient divided by the denominator b, "
        "the denominator gets it times −a/b²."
    )
    arity: ClassVar[int] = 2

    @property
    def symbol(self) -> str:
        return "÷"

    def value(self, *inputs: float) -> float:
        return _quotient(inputs[0], inputs[1])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        if slot == 0:
            return _quotient(1.0, inputs[1])
        return -_quotient(output, inputs[1])

    def text(self, names: Sequence[str]) -> str:
        return f"{names[0]} / {names[1]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"−{names[0]} / {names[1]}²" if slot else f"1 / {names[1]}"


@dataclass(frozen=True, slots=True)
class DivideByNumber(Gate):
    """A value divided by a number."""

    number: float
    tag: ClassVar[str] = "divide_by_number"
    title: ClassVar[str] = "Division by a number"
    rule: ClassVar[str] = "The gradient is divided by the same number."

    @property
    def symbol(self) -> str:
        return f"÷{constant_text(self.number)}"

    def value(self, *inputs: float) -> float:
        return _quotient(inputs[0], self.number)

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return _quotient(1.0, self.number)

    def text(self, names: Sequence[str]) -> str:
        return f"{names[0]} / {constant_text(self.number)}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"1 / {constant_text(self.number)}"


@dataclass(frozen=True, slots=True)
class NumberOver(Gate):
    """A number divided by a value; with 1, the reciprocal."""

    number: float
    tag: ClassVar[str] = "number_over"
    title: ClassVar[str] = "Reciprocal"
    rule: ClassVar[str] = "The gradient is multiplied by −c/x², which is never positive for c > 0."

    @property
    def symbol(self) -> str:
        return f"{constant_text(self.number)}/x"

    def value(self, *inputs: float) -> float:
        return _quotient(self.number, inputs[0])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return -_quotient(output, inputs[0])

    def text(self, names: Sequence[str]) -> str:
        return f"{constant_text(self.number)} / {names[0]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"{constant_text(-self.number)} / {names[0]}²"


def _quotient(numerator: float, denominator: float) -> float:
    if denominator == 0:
        raise Undefined("division by 0; choose a value other than 0 for the denominator")
    return numerator / denominator

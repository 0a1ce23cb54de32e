"""Gates that are written as functions: exp, log, sin, …, and those with kinks: relu, max, min."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from playground.inspection.circuit.gate import Gate, Undefined, constant_text

__all__ = ["Abs", "Cos", "Exp", "Log", "Max", "Min", "Relu", "Sigmoid", "Sin", "Sqrt", "Tanh"]


@dataclass(frozen=True, slots=True)
class Exp(Gate):
    """The exponential function."""

    tag: ClassVar[str] = "exp"
    title: ClassVar[str] = "Exponential"
    rule: ClassVar[str] = (
        "The exponential is its own slope: the gradient is multiplied by the output."
    )

    def value(self, *inputs: float) -> float:
        return math.exp(inputs[0])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return output

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return output


@dataclass(frozen=True, slots=True)
class Log(Gate):
    """The natural logarithm."""

    tag: ClassVar[str] = "log"
    title: ClassVar[str] = "Natural logarithm"
    rule: ClassVar[str] = "The gradient is divided by the input."

    def value(self, *inputs: float) -> float:
        if inputs[0] <= 0:
            raise Undefined(
                f"log({constant_text(inputs[0])}) is undefined; only positive numbers have a "
                "logarithm"
            )
        return math.log(inputs[0])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return 1.0 / inputs[0]

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"1 / {names[0]}"


@dataclass(frozen=True, slots=True)
class Sqrt(Gate):
    """The square root."""

    tag: ClassVar[str] = "sqrt"
    title: ClassVar[str] = "Square root"
    rule: ClassVar[str] = "The gradient is divided by twice the output."

    @property
    def symbol(self) -> str:
        return "√"

    def value(self, *inputs: float) -> float:
        if inputs[0] < 0:
            raise Undefined(
                f"sqrt({constant_text(inputs[0])}) is not a real number; only numbers from 0 on "
                "have a root"
            )
        return math.sqrt(inputs[0])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        if output == 0:
            raise Undefined("the slope of sqrt is infinite at 0; choose a positive value")
        return 0.5 / output

    def text(self, names: Sequence[str]) -> str:
        return f"sqrt({names[0]})"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"1 / (2 · {output})"


@dataclass(frozen=True, slots=True)
class Sin(Gate):
    """The sine, of an angle in radians."""

    tag: ClassVar[str] = "sin"
    title: ClassVar[str] = "Sine"
    rule: ClassVar[str] = "The gradient is multiplied by the cosine of the input."

    def value(self, *inputs: float) -> float:
        return math.sin(inputs[0])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return math.cos(inputs[0])

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"cos({names[0]})"


@dataclass(frozen=True, slots=True)
class Cos(Gate):
    """The cosine, of an angle in radians."""

    tag: ClassVar[str] = "cos"
    title: ClassVar[str] = "Cosine"
    rule: ClassVar[str] = "The gradient is multiplied by minus the sine of the input."

    def value(self, *inputs: float) -> float:
        return math.cos(inputs[0])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return -math.sin(inputs[0])

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"−sin({names[0]})"


@dataclass(frozen=True, slots=True)
class Tanh(Gate):
    """The hyperbolic tangent."""

    tag: ClassVar[str] = "tanh"
    title: ClassVar[str] = "Hyperbolic tangent"
    does: ClassVar[str] = "shrinks"
    rule: ClassVar[str] = "The gradient is multiplied by 1 − output²: little is left far from 0."

    def value(self, *inputs: float) -> float:
        return math.tanh(inputs[0])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return 1.0 - output * output

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"1 − {output}²"


@dataclass(frozen=True, slots=True)
class Sigmoid(Gate):
    """The logistic function 1 / (1 + e⁻ˣ)."""

    tag: ClassVar[str] = "sigmoid"
    title: ClassVar[str] = "Sigmoid"
    does: ClassVar[str] = "shrinks"
    rule: ClassVar[str] = (
        "The gradient is multiplied by output · (1 − output): a quarter of it at most is left."
    )

    @property
    def symbol(self) -> str:
        return "σ"

    def value(self, *inputs: float) -> float:
        # The branch keeps exp from overflowing.
        if inputs[0] >= 0:
            return 1.0 / (1.0 + math.exp(-inputs[0]))
        power = math.exp(inputs[0])
        return power / (1.0 + power)

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return output * (1.0 - output)

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"{output} · (1 − {output})"


@dataclass(frozen=True, slots=True)
class Relu(Gate):
    """The input where it is positive, else 0. At 0 the slope is taken as 0."""

    tag: ClassVar[str] = "relu"
    title: ClassVar[str] = "Rectifier"
    does: ClassVar[str] = "gates"
    rule: ClassVar[str] = "The gradient passes where the input is positive, and stops elsewhere."

    @property
    def symbol(self) -> str:
        return "ReLU"

    def value(self, *inputs: float) -> float:
        return max(inputs[0], 0.0)

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return 1.0 if inputs[0] > 0 else 0.0

    def text(self, names: Sequence[str]) -> str:
        return f"relu({names[0]})"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"1 if {names[0]} > 0 else 0"

    def sides(self, *inputs: float) -> tuple[bool, ...]:
        return (inputs[0] > 0,)

    def is_at_kink(self, *inputs: float) -> bool:
        return inputs[0] == 0


@dataclass(frozen=True, slots=True)
class Abs(Gate):
    """The value without its sign. At 0 the slope is taken as 0."""

    tag: ClassVar[str] = "abs"
    title: ClassVar[str] = "Absolute value"
    does: ClassVar[str] = "signs"
    rule: ClassVar[str] = "The gradient is multiplied by the sign of the input."

    @property
    def symbol(self) -> str:
        return "|x|"

    def value(self, *inputs: float) -> float:
        return abs(inputs[0])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return float((inputs[0] > 0) - (inputs[0] < 0))

    def text(self, names: Sequence[str]) -> str:
        return f"|{names[0]}|"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"sign of {names[0]}"

    def sides(self, *inputs: float) -> tuple[bool, ...]:
        return (inputs[0] > 0,)

    def is_at_kink(self, *inputs: float) -> bool:
        return inputs[0] == 0


@dataclass(frozen=True, slots=True)
class _Choice(Gate):
    """Takes one of its inputs. Where they are equal, it is the first."""

    does: ClassVar[str] = "routes"
    arity: ClassVar[int] = 2
    is_symmetric: ClassVar[bool] = True

    def _first_is_taken(self, first: float, second: float) -> bool:
        raise NotImplementedError

    def value(self, *inputs: float) -> float:
        return inputs[0] if self._first_is_taken(*inputs) else inputs[1]

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return float((slot == 0) == self._first_is_taken(*inputs))

    def sides(self, *inputs: float) -> tuple[bool, ...]:
        return (self._first_is_taken(*inputs),)

    def is_at_kink(self, *inputs: float) -> bool:
        return inputs[0] == inputs[1]


@dataclass(frozen=True, slots=True)
class Max(_Choice):
    """The larger of two values."""

    tag: ClassVar[str] = "max"
    title: ClassVar[str] = "Maximum"
    rule: ClassVar[str] = "Max routes the gradient to the larger input; the other gets 0."

    def _first_is_taken(self, first: float, second: float) -> bool:
        return first >= second

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"1 if {names[slot]} is the larger, else 0"


@dataclass(frozen=True, slots=True)
class Min(_Choice):
    """The smaller of two values."""

    tag: ClassVar[str] = "min"
    title: ClassVar[str] = "Minimum"
    rule: ClassVar[str] = "Min routes the gradient to the smaller input; the other gets 0."

    def _first_is_taken(self, first: float, second: float) -> bool:
        return first <= second

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"1 if {names[slot]} is the smaller, else 0"

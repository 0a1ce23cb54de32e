"""Powers: of two values, of a value and a number, of a number and a value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from playground.inspection.circuit.gate import Gate, Undefined, constant_text

__all__ = ["ExponentialTo", "Power", "PowerNumber"]


@dataclass(frozen=True, slots=True)
class Power(Gate):
    """A value to the power of another."""

    tag: ClassVar[str] = "power"
    title: ClassVar[str] = "Power"
    rule: ClassVar[str] = "The base gets the gradient times b·aᵇ⁻¹, the exponent times aᵇ·ln a."
    arity: ClassVar[int] = 2

    @property
    def symbol(self) -> str:
        return "aᵇ"

    def value(self, *inputs: float) -> float:
        return _power(inputs[0], inputs[1])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        base, exponent = inputs
        if slot == 0:
            return _power_slope(base, exponent)
        if base <= 0:
            raise Undefined(
                f"the slope with respect to the exponent needs ln({constant_text(base)}), "
                "which only positive numbers have; make the base positive"
            )
        return output * math.log(base)

    def text(self, names: Sequence[str]) -> str:
        return f"{names[0]} ^ {names[1]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        base, exponent = names
        return f"{output} · ln {base}" if slot else f"{exponent} · {base}^({exponent} − 1)"


@dataclass(frozen=True, slots=True)
class PowerNumber(Gate):
    """A value to the power of a number."""

    number: float
    tag: ClassVar[str] = "power_number"
    title: ClassVar[str] = "Power"
    rule: ClassVar[str] = "The exponent comes down: the gradient is multiplied by n·xⁿ⁻¹."

    @property
    def symbol(self) -> str:
        exponents = {2.0: "x²", 3.0: "x³"}
        return exponents.get(self.number, f"x^{constant_text(self.number)}")

    def value(self, *inputs: float) -> float:
        return _power(inputs[0], self.number)

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return _power_slope(inputs[0], self.number)

    def text(self, names: Sequence[str]) -> str:
        if self.number in (2.0, 3.0):
            return f"{names[0]}{self.symbol[1]}"
        return f"{names[0]} ^ {constant_text(self.number)}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        n = constant_text(self.number)
        if self.number == 2:
            return f"2 · {names[0]}"
        return f"{n} · {names[0]} ^ {constant_text(self.number - 1)}"


@dataclass(frozen=True, slots=True)
class ExponentialTo(Gate):
    """A number to the power of a value."""

    number: float
    tag: ClassVar[str] = "exponential_to"
    title: ClassVar[str] = "Exponential"
    rule: ClassVar[str] = "The gradient is multiplied by the output times ln of the base."

    @property
    def symbol(self) -> str:
        return f"{constant_text(self.number)}^x"

    def value(self, *inputs: float) -> float:
        return _power(self.number, inputs[0])

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return Power().local(1, (self.number, inputs[0]), output)

    def text(self, names: Sequence[str]) -> str:
        return f"{constant_text(self.number)} ^ {names[0]}"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return f"{output} · ln {constant_text(self.number)}"


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        raise Undefined("0 to a negative power is a division by 0; choose another base")
    if base < 0 and not exponent.is_integer():
        raise Undefined(
            f"{constant_text(base)} to the power of {constant_text(exponent)} is not a real "
            "number; choose a base that is not negative"
        )
    return float(base**exponent)


def _power_slope(base: float, exponent: float) -> float:
    if exponent == 0:
        return 0.0
    if base == 0 and exponent < 1:
        raise Undefined("the slope is infinite at 0; choose a value other than 0")
    return exponent * _power(base, exponent - 1)

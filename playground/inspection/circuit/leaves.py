"""Where values come from: inputs and numbers; and the copy, which serves several users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from playground.inspection.circuit.gate import Gate, constant_text

__all__ = ["Copy", "Number", "Variable"]


@dataclass(frozen=True, slots=True)
class Variable(Gate):
    """An input of the circuit."""

    name: str
    tag: ClassVar[str] = "variable"
    title: ClassVar[str] = "Input"
    does: ClassVar[str] = "receives"
    rule: ClassVar[str] = "What arrives here is the gradient of the result with respect to it."
    arity: ClassVar[int] = 0

    @property
    def symbol(self) -> str:
        return self.name

    def text(self, names: Sequence[str]) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Number(Gate):
    """A number that cannot be put into a gate, such as the 0 of ``max(x, 0)``."""

    number: float
    tag: ClassVar[str] = "number"
    title: ClassVar[str] = "Number"
    does: ClassVar[str] = "stays"
    rule: ClassVar[str] = "A constant does not change, so nobody needs its gradient."
    arity: ClassVar[int] = 0

    @property
    def symbol(self) -> str:
        return constant_text(self.number)

    def value(self, *inputs: float) -> float:
        return self.number

    def text(self, names: Sequence[str]) -> str:
        return self.symbol


@dataclass(frozen=True, slots=True)
class Copy(Gate):
    """Hands a value that is used several times to each of its users."""

    tag: ClassVar[str] = "copy"
    title: ClassVar[str] = "Copy"
    does: ClassVar[str] = "sums"
    rule: ClassVar[str] = "A value used several times sums the gradients that come back."

    @property
    def symbol(self) -> str:
        return "⑂"

    def value(self, *inputs: float) -> float:
        return inputs[0]

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        return 1.0

    def text(self, names: Sequence[str]) -> str:
        return names[0]

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        return "1"

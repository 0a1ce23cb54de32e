"""What every gate of a circuit is: a value, its local gradients, and what it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class Undefined(ArithmeticError):
    """A gate has no value, or no slope, for these inputs. The message says why."""


def constant_text(number: float) -> str:
    """Return a number as it stands in a formula: ``2``, ``0.5``, ``−3``."""
    return f"{number:.6g}".replace("-", "−").replace("e+", "e")


@dataclass(frozen=True, slots=True)
class Gate:
    """What turns the values on its inputs into one value, and knows how that changes with each.

    Attributes
    ----------
    tag
        Its name in printed circuits; never changes.
    title
        Its name for people.
    does
        What it does to a gradient, as a verb: addition ``distributes``.
    rule
        The same as a sentence.
    arity
        Number of inputs.
    is_symmetric
        Whether its inputs may change places.
    """

    tag: ClassVar[str]
    title: ClassVar[str]
    does: ClassVar[str] = "scales"
    rule: ClassVar[str] = "The gradient is multiplied by the slope of the function."
    arity: ClassVar[int] = 1
    is_symmetric: ClassVar[bool] = False

    @property
    def symbol(self) -> str:
        """What stands on the gate."""
        return self.tag

    def value(self, *inputs: float) -> float:
        """Return the value for these inputs.

        Raises
        ------
        Undefined
            If there is none.
        OverflowError
            If it is too large.
        """
        raise NotImplementedError

    def local(self, slot: int, inputs: Sequence[float], output: float) -> float:
        """Return the local gradient: how the output changes with the input in this slot.

        Raises
        ------
        Undefined
            If there is none.
        OverflowError
            If it is too large.
        """
        raise NotImplementedError

    def text(self, names: Sequence[str]) -> str:
        """Return the formula in terms of the names of the inputs."""
        return f"{self.symbol}({', '.join(names)})"

    def local_text(self, slot: int, names: Sequence[str], output: str) -> str:
        """Return the formula of a local gradient in terms of names of inputs and output."""
        raise NotImplementedError

    def sides(self, *inputs: float) -> tuple[bool, ...]:
        """Return on which side of each kink the inputs lie."""
        return ()

    def is_at_kink(self, *inputs: float) -> bool:
        """Return whether the inputs lie on a kink, where there is no single slope."""
        return False

"""The calculation behind one cell, spelled out: which cells it reads, and the sum in numbers."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

from playground.engine.arithmetic import MINUS, Line, factor_text, number_text

TERMS_SHOWN = 6
"""Longer sums are shortened: the first terms, how many are left out, the last."""


@dataclass(frozen=True, slots=True)
class Lit:
    """Cells of an operand that light up.

    Attributes
    ----------
    operand
        Index into the operands of the operation.
    row, column
        A cell; with one of them ``None`` a whole column or row, with both ``None`` everything.
    sample
        Which matrix of a stack, where each sample has its own.
    """

    operand: int
    row: int | None = None
    column: int | None = None
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """A number in a product, with its name: ``x[2,1]`` and 0.5."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Term:
    """A product of factors, one term of a sum."""

    factors: tuple[Factor, ...]

    @property
    def value(self) -> float:
        """The product."""
        return math.prod(factor.value for factor in self.factors)

    def text(self, decimals: int) -> str:
        """Return the product in numbers: ``0.50·(−0.12)``."""
        first, *others = self.factors
        parts = [number_text(first.value, decimals)]
        return "·".join([*parts, *(factor_text(other.value, decimals) for other in others)])


class Terms(Sequence[Term]):
    """Terms that are made when they are looked at: of a long sum only a few are written out.

    Parameters
    ----------
    count
        How many there are.
    make
        Returns the term of a place.
    """

    def __init__(self, count: int, make: Callable[[int], Term]) -> None:
        self._places, self._make = range(count), make

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Term: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Term, ...]: ...

    def __getitem__(self, index: int | slice) -> Term | tuple[Term, ...]:
        if isinstance(index, slice):
            return tuple(map(self._make, self._places[index]))
        return self._make(self._places[index])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one cell of a result comes about.

    Attributes
    ----------
    cell
        Name of the cell: ``∂L/∂W¹[1,0]``.
    rule
        How it is worked out, in names: ``Σₛ x[s,1]·∂L/∂z¹[s,0]``.
    terms
        What is added up. A single term for a product, none where ``calculation`` says it all.
    value
        What comes out.
    lit
        The cells of the operands that take part.
    pattern
        What is done to the numbers, with ``{}`` for the sum of the terms, or for each of
        ``numbers`` where there are no terms: ``tanh({})``, ``{} / 4``.
    numbers
        Numbers for the pattern.
    line
        The calculation as a line of named numbers, instead of terms or a pattern.
    """

    cell: str
    rule: str
    value: float
    lit: tuple[Lit, ...] = ()
    terms: Sequence[Term] = ()
    pattern: str = "{}"
    numbers: tuple[float, ...] = ()
    line: Line | None = None

    def calculation(self, decimals: int = 4, limit: int = TERMS_SHOWN) -> str:
        """Return the right-hand side in numbers, long sums shortened."""
        if self.line is not None:
            return self.line.calculation(decimals)
        if not self.terms:
            if not self.numbers:
                return ""
            around = self.pattern.split("{}")
            texts = [
                (number_text if _stands_alone(before, after) else factor_text)(number, decimals)
                for before, after, number in zip(around, around[1:], self.numbers, strict=False)
            ]
            return self.pattern.format(*texts)
        total = self._sum_text(decimals, limit)
        if self.pattern != "{}" and (len(self.terms) > 1 or total.startswith(MINUS)):
            total = f"({total})"
        return self.pattern.format(total)

    def _sum_text(self, decimals: int, limit: int) -> str:
        left_out = len(self.terms) - limit
        if left_out <= 1:
            return _joined([term.text(decimals) for term in self.terms])
        texts = [term.text(decimals) for term in self.terms[: limit - 1]]
        return _joined([*texts, f"… {left_out} more terms …", self.terms[-1].text(decimals)])

    def text(self, decimals: int = 4, limit: int = TERMS_SHOWN) -> str:
        """Return the whole line: ``∂L/∂W¹[1,0] = Σₛ x[s,1]·δ[s,0] = 0.50·(−0.12) + … = −0.084``."""
        calculation = self.calculation(decimals, limit)
        result = number_text(self.value, decimals)
        parts = [self.cell, self.rule, calculation, result]
        if calculation == result:
            parts.pop(2)
        return " = ".join(part for part in parts if part)

    def transposed(self, order: tuple[int, ...]) -> Spelling:
        """Return the same for operands that were transposed and put in another order.

        Parameters
        ----------
        order
            For each place, the index of the operand that stood there before.
        """
        places = {before: now for now, before in enumerate(order)}
        lit = tuple(Lit(places[i.operand], i.column, i.row, i.sample) for i in self.lit)
        return dataclasses.replace(
            self, lit=lit, cell=_turned(self.cell), rule=_turned_all(self.rule)
        )


def _stands_alone(before: str, after: str) -> bool:
    """Return whether a negative number between two pieces of a pattern needs no brackets."""
    return (before.endswith(("(", "|", ", ")) or not before) and not after.startswith(("^", "²"))


def _joined(texts: list[str]) -> str:
    """Join terms by plus signs, or by a minus where a lone negative number follows."""
    result = texts[0]
    for text in texts[1:]:
        if text.startswith(MINUS):
            result += f" {MINUS} {text[1:]}"
        else:
            result += f" + {text}"
    return result


def _turned(name: str) -> str:
    """Return ``W[1,0]`` for ``W[0,1]``."""
    return _turned_all(name)


def _turned_all(text: str) -> str:
    """Swap the two indices of every cell named in a text."""
    result, rest = "", text
    while "[" in rest:
        before, _, rest = rest.partition("[")
        inner, closing, rest = rest.partition("]")
        first, comma, second = inner.partition(",")
        result += f"{before}[{second},{first}{closing}" if comma else f"{before}[{inner}{closing}"
    return result + rest

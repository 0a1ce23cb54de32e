"""How the cells of a result come about, for each kind of product."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from playground.engine.losses.base import Part
from playground.inspection.operation import Axis, Matrix
from playground.inspection.spelling import TERMS_SHOWN, Factor, Lit, Spelling, Term, Terms

Spell = Callable[[int, int], Spelling]

_LETTERS = {Axis.SAMPLE: ("s", "ₛ"), Axis.INPUT: ("i", "ᵢ"), Axis.UNIT: ("j", "ⱼ")}


def symbolic(matrix: Matrix, row: int | str, column: int | str) -> str:
    """Return the name of a cell, with letters for indices where they run."""
    first, second = (column, row) if matrix.is_transposed else (row, column)
    return f"{matrix.whole_symbol}[{first},{second}]"


def matrix_product(
    result: Matrix, left: Matrix, right: Matrix, added: Matrix | None = None
) -> Spell:
    """Row times column, plus the cell of a row that is added to all."""
    letter, small = _LETTERS.get(left.columns, ("k", "ₖ"))

    def spell(row: int, column: int) -> Spelling:
        inner = left.values.shape[1]

        def term(k: int) -> Term:
            if added is not None and k == inner:
                name, value = added.cell_name(0, column), float(added.values[0, column])
                return Term((Factor(name, value),))
            return Term(
                (
                    Factor(left.cell_name(row, k), float(left.values[row, k])),
                    Factor(right.cell_name(k, column), float(right.values[k, column])),
                )
            )

        first, second = symbolic(left, row, letter), symbolic(right, letter, column)
        rule = f"Σ{small} {first}·{second}"
        lit = [Lit(0, row, None), Lit(1, None, column)]
        if added is not None:
            rule += f" + {added.cell_name(0, column)}"
            lit.append(Lit(2, 0, column))
        return Spelling(
            result.cell_name(row, column),
            rule,
            float(result.values[row, column]),
            tuple(lit),
            Terms(inner + (added is not None), term),
        )

    return spell


def hadamard(result: Matrix, *factors: Matrix) -> Spell:
    """Cell times cell; a single row or column serves all rows or columns."""

    def spell(row: int, column: int) -> Spelling:
        cells = [_cell(matrix, row, column) for matrix in factors]
        product = Term(
            tuple(
                Factor(matrix.cell_name(*at), float(matrix.values[at]))
                for matrix, at in zip(factors, cells, strict=True)
            )
        )
        return Spelling(
            result.cell_name(row, column),
            "·".join(factor.name for factor in product.factors),
            float(result.values[row, column]),
            tuple(Lit(place, *at) for place, at in enumerate(cells)),
            (product,),
        )

    return spell


def row_sum(result: Matrix, *factors: Matrix) -> Spell:
    """The sum of a column over all samples; of products, where there are several factors."""

    def spell(row: int, column: int) -> Spelling:

        def term(s: int) -> Term:
            return Term(
                tuple(
                    Factor(matrix.cell_name(s, column), float(matrix.values[s, column]))
                    for matrix in factors
                )
            )

        rule = "·".join(symbolic(matrix, "s", column) for matrix in factors)
        return Spelling(
            result.cell_name(row, column),
            f"Σₛ {rule}",
            float(result.values[row, column]),
            tuple(Lit(place, None, column) for place in range(len(factors))),
            Terms(factors[0].values.shape[0], term),
        )

    return spell


def total(result: Matrix, *summands: Matrix) -> Spell:
    """Cell plus cell."""

    def spell(row: int, column: int) -> Spelling:
        cells = [_cell(matrix, row, column) for matrix in summands]
        terms = tuple(
            Term((Factor(matrix.cell_name(*at), float(matrix.values[at])),))
            for matrix, at in zip(summands, cells, strict=True)
        )
        return Spelling(
            result.cell_name(row, column),
            " + ".join(term.factors[0].name for term in terms),
            float(result.values[row, column]),
            tuple(Lit(place, *at) for place, at in enumerate(cells)),
            terms,
        )

    return spell


def element_wise(result: Matrix, pattern: str, *arguments: Matrix) -> Spell:
    """A function of the cells at the same place: ``tanh({})``."""

    def spell(row: int, column: int) -> Spelling:
        cells = [_cell(matrix, row, column) for matrix in arguments]
        names = [m.cell_name(*at) for m, at in zip(arguments, cells, strict=True)]
        return Spelling(
            result.cell_name(row, column),
            pattern.format(*names),
            float(result.values[row, column]),
            tuple(Lit(place, *at) for place, at in enumerate(cells)),
            pattern=pattern,
            numbers=tuple(float(m.values[at]) for m, at in zip(arguments, cells, strict=True)),
        )

    return spell


def jacobian(result: Matrix, upstream: Matrix, local: Matrix) -> Spell:
    """The row of a sample times the Jacobian of that sample."""

    def spell(row: int, column: int) -> Spelling:
        page = local.page(row)
        terms = tuple(
            Term(
                (
                    Factor(upstream.cell_name(row, k), float(upstream.values[row, k])),
                    Factor(f"{local.symbol}[{k},{column}]", float(page[k, column])),
                )
            )
            for k in range(page.shape[0])
        )
        return Spelling(
            result.cell_name(row, column),
            f"Σₖ {symbolic(upstream, row, 'k')}·{local.symbol}[k,{column}]",
            float(result.values[row, column]),
            (Lit(0, row, None), Lit(1, None, column, row)),
            terms,
        )

    return spell


def mean_of_rows(result: Matrix, divisor: int, *factors: Matrix) -> Spell:
    """The sum of a column over all samples, of products if there are several, divided."""
    summed = row_sum(result, *factors)

    def spell(row: int, column: int) -> Spelling:
        spelled = summed(row, column)
        return dataclasses.replace(
            spelled,
            rule=f"1/{divisor} · {spelled.rule}",
            pattern=f"1/{divisor} · {{}}" if divisor > 1 else "{}",
        )

    return spell


def given(result: Matrix, rule: str = "", *factors: Matrix) -> Spell:
    """A number that was there before, perhaps times others."""

    def spell(row: int, column: int) -> Spelling:
        value = float(result.values[row, column])
        cells = [_cell(matrix, row, column) for matrix in factors]
        names = [m.cell_name(*at) for m, at in zip(factors, cells, strict=True)]
        return Spelling(
            result.cell_name(row, column),
            "·".join([rule, *names]),
            value,
            tuple(Lit(place, *at) for place, at in enumerate(cells)),
            pattern="{}",
            numbers=(value,),
        )

    return spell


def _cell(matrix: Matrix, row: int, column: int) -> tuple[int, int]:
    """Return the cell that serves a place: the only row or column, where there is one."""
    rows, columns = matrix.values.shape
    return (row if rows > 1 else 0, column if columns > 1 else 0)


def softmax(result: Matrix, logits: Matrix) -> Spell:
    """Each exponential over the sum of those of its row."""

    def spell(row: int, column: int) -> Spelling:
        numbers = [float(value) for value in logits.values[row]]
        exponentials, shown = shortened([Part("e^{}", (number,)) for number in numbers])
        rule = f"e^{logits.cell_name(row, column)} / Σₖ e^{symbolic(logits, row, 'k')}"
        return Spelling(
            result.cell_name(row, column),
            rule,
            float(result.values[row, column]),
            (Lit(0, row, None),),
            pattern=f"e^{{}} / ({exponentials})",
            numbers=(numbers[column], *shown),
        )

    return spell


def shortened(parts: Sequence[Part]) -> tuple[str, tuple[float, ...]]:
    """Return a sum as a pattern with its numbers; of a long one the middle is left out."""
    shown = list(parts)
    left_out = len(parts) - TERMS_SHOWN + 1
    if left_out > 2:
        shown[TERMS_SHOWN - 2 : -1] = [Part(f"… {left_out} more terms …", ())]
    numbers = tuple(number for part in shown for number in part.numbers)
    return " + ".join(part.pattern for part in shown), numbers

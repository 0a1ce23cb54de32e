"""Judging what somebody worked out by hand: right or not, and if not, which slip it was."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import number_text
from playground.inspection.operation import Notation, Operation, Phase, Product
from playground.inspection.slips import Slip
from playground.inspection.tape import Recording, record

Floats = NDArray[np.float64]

SIGNIFICANT_FIGURES = 3
HINTS = ("rule", "shapes", "one term", "answer")
"""The hints, in the order in which they are given."""
LONGEST_NUMBER = 60
_FRACTION = re.compile(r"^\s*([^/]+)/([^/]+)$")


class NotANumber(ValueError):
    """What was typed is no number. The message says what would be."""


def parse_number(text: str) -> float:
    """Read a number as a person types it: ``-0.084``, ``−0,084``, ``1e-3``, ``1/3``.

    Raises
    ------
    NotANumber
        If it is none, or not finite.
    """
    shown = text if len(text) <= LONGEST_NUMBER else text[:LONGEST_NUMBER] + "…"
    try:
        if len(text) > LONGEST_NUMBER:
            raise ValueError
        plain = text.strip().replace("−", "-").replace("·", "").replace(",", ".")
        fraction = _FRACTION.match(plain)
        value = float(fraction[1]) / float(fraction[2]) if fraction else float(plain)
        if not math.isfinite(value):
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise NotANumber(
            f"{shown!r} is not a number; type one such as -0.084, 1e-3 or 1/3"
        ) from None
    return value


def agrees(typed: float, expected: float, figures: int = SIGNIFICANT_FIGURES) -> bool:
    """Return whether an answer is right to so many significant figures.

    It may be off by one in the last of them, for who works it out rounds on the way.
    """
    if expected == 0:
        return abs(typed) < 10.0**-figures
    if not math.isfinite(expected):
        return False
    unit = 10.0 ** (math.floor(math.log10(abs(expected))) - figures + 1)
    return abs(typed - expected) <= 1.5 * unit


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said about an answer.

    Attributes
    ----------
    is_right
        Whether it is.
    slip
        The mistake that explains a wrong answer, if one is known.
    message
        What to tell.
    """

    is_right: bool
    slip: Slip | None
    message: str


RIGHT = Judgement(True, None, "Right.")
_IN_ONE_LAYER = (Slip.NO_DERIVATIVE, Slip.DERIVATIVE_OF_OUTPUT, Slip.UPDATED_WEIGHTS)
"""Slips that may be made in one layer, or in all."""
_UNEXPLAINED = "Not right yet, and no usual slip explains it. Ask for a hint."


class Judge:
    """Judges answers about one step.

    Parameters
    ----------
    recording
        The step.
    figures
        Significant figures that an answer needs.
    """

    def __init__(self, recording: Recording, figures: int = SIGNIFICANT_FIGURES) -> None:
        self.recording = recording
        self.figures = figures
        self._slipped: dict[tuple[Slip, int | None], Recording] = {}

    def cell(self, operation: Operation, row: int, column: int, typed: float) -> Judgement:
        """Judge the answer for one cell of a result as it is shown."""
        expected = float(operation.result.values[row, column])
        if agrees(typed, expected, self.figures):
            return RIGHT
        for slip, values in self._wrong_results(operation):
            if values.shape != operation.result.shape:
                continue
            wrong = float(values[row, column])
            if agrees(typed, wrong, self.figures) and not self._same(wrong, expected):
                return _explained(slip)
        if self._is_rounded(typed, expected):
            return Judgement(False, None, self._too_coarse)
        return Judgement(False, None, _UNEXPLAINED)

    @property
    def _too_coarse(self) -> str:
        return f"Close, but rounded too much: {self.figures} significant figures are asked for."

    def _is_rounded(self, typed: float, expected: float) -> bool:
        """Return whether an answer is what is right, to fewer figures than are asked for."""
        if expected == 0 or typed == 0 or not math.isfinite(expected):
            return False
        place = math.floor(math.log10(abs(expected)))
        # A little more than half a unit: 0.25 may be written as 0.2 and as 0.3.
        return any(
            abs(typed - expected) <= 0.5001 * 10.0 ** (place - figures + 1)
            and math.isclose(typed, float(f"{typed:.{figures}g}"))
            for figures in range(1, self.figures)
        )

    def matrix(self, operation: Operation, typed: Floats) -> tuple[Judgement, NDArray[np.bool_]]:
        """Judge answers for several cells of a result as it is shown.

        Parameters
        ----------
        typed
            Of the shape of the result; NaN where nothing was tried. Another shape is judged as a
            transposed answer or as none that fits.

        Returns
        -------
        judgement
            About all cells that were tried together.
        right
            Which of the cells are right; of the shape of the result.
        """
        expected = operation.result.values
        if typed.shape != expected.shape:
            return self._misshapen(operation, typed), np.zeros(expected.shape, bool)
        tried = ~np.isnan(typed)
        right = np.zeros(expected.shape, bool)
        for row, column in np.argwhere(tried):
            right[row, column] = agrees(
                float(typed[row, column]), float(expected[row, column]), self.figures
            )
        if not tried.any():
            return Judgement(False, None, "Nothing was typed yet."), right
        if right[tried].all():
            return RIGHT, right
        for slip, values in self._wrong_results(operation):
            if values.shape == expected.shape and self._explains(values, typed, tried, expected):
                return _explained(slip), right
        if all(
            right[at] or self._is_rounded(float(typed[at]), float(expected[at]))
            for at in (tuple(index) for index in np.argwhere(tried))
        ):
            return Judgement(False, None, self._too_coarse), right
        count, total = int(right.sum()), int(tried.sum())
        return Judgement(False, None, f"{count} of {total} cells are right. {_UNEXPLAINED}"), right

    def _explains(
        self, values: Floats, typed: Floats, tried: NDArray[np.bool_], expected: Floats
    ) -> bool:
        """Return whether all that was typed is what a slip gives, and not what is right."""
        same = all(
            agrees(float(typed[at]), float(values[at]), self.figures)
            for at in (tuple(index) for index in np.argwhere(tried))
        )
        return same and any(
            not self._same(float(values[at]), float(expected[at]))
            for at in (tuple(index) for index in np.argwhere(tried))
        )

    def _misshapen(self, operation: Operation, typed: Floats) -> Judgement:
        expected = operation.result.values
        if typed.shape == expected.T.shape:
            return _explained(Slip.TRANSPOSED)
        rows, columns = operation.result.shape
        wanted = f"{operation.symbol} has {rows} × {columns} cells"
        return Judgement(False, None, f"{wanted}, not {typed.shape[0]} × {typed.shape[1]}.")

    def _same(self, wrong: float, expected: float) -> bool:
        """Return whether a slip makes no difference that could be told."""
        return agrees(wrong, expected, self.figures)

    def _wrong_results(self, operation: Operation) -> Iterator[tuple[Slip, Floats]]:
        """Yield what known slips make of a result: made here, then made earlier on the way."""
        if operation.phase is not Phase.FORWARD:
            yield Slip.SIGN, -operation.result.values
        if operation.is_gradient:
            for slip in (Slip.NO_DERIVATIVE, Slip.DERIVATIVE_OF_OUTPUT):
                yield from self._made(slip, operation)
            if len(self.recording.situation.inputs) > 1:
                yield from self._made(Slip.NO_MEAN, operation)
            yield from self._made(Slip.NO_REGULARIZATION, operation)
            yield from self._made(Slip.UPDATED_WEIGHTS, operation)
            yield Slip.DOUBLED, 2 * operation.result.values
            yield Slip.HALVED, operation.result.values / 2
        yield from _transposed_operands(operation)
        if operation.result.shape[0] == operation.result.shape[1] > 1:
            yield Slip.TRANSPOSED, operation.result.values.T
        if operation.phase is Phase.UPDATE:
            for slip in (
                Slip.SIGN,
                Slip.NO_REGULARIZATION,
                Slip.NO_MEAN,
                Slip.NO_DERIVATIVE,
                Slip.DERIVATIVE_OF_OUTPUT,
                Slip.UPDATED_WEIGHTS,
                Slip.DOUBLED,
                Slip.HALVED,
            ):
                yield from self._made(slip, operation)

    def _made(self, slip: Slip, operation: Operation) -> Iterator[tuple[Slip, Floats]]:
        """Yield the results that the step gives if a slip was made in this layer, or in all."""
        layers = (operation.layer, None) if slip in _IN_ONE_LAYER else (None,)
        for layer in dict.fromkeys(layers):
            if (slip, layer) not in self._slipped:
                here = self.recording
                self._slipped[slip, layer] = record(
                    here.situation, fused=here.is_fused, slip=slip, slip_layer=layer
                )
            tape = self._slipped[slip, layer].tape
            if operation.key in tape:
                values = tape.operation(operation.key).result.values
                yield slip, values if operation.notation is Notation.ROWS else values.T


def _transposed_operands(operation: Operation) -> Iterator[tuple[Slip, Floats]]:
    """Yield matrix products with an operand turned the wrong way, where that fits."""
    if operation.product is not Product.MATRIX:
        return
    left, right = operation.operands[0].values, operation.operands[1].values
    added = operation.operands[2].values if len(operation.operands) > 2 else 0.0
    for first, second in ((left.T, right), (left, right.T), (left.T, right.T)):
        if first.shape[1] == second.shape[0]:
            yield Slip.TRANSPOSED, first @ second + added


def _explained(slip: Slip) -> Judgement:
    return Judgement(False, slip, f"Not quite: it looks as if {slip.value}.")


def hint(operation: Operation, row: int, column: int, level: int, decimals: int = 4) -> str:
    """Return a hint for a cell.

    Parameters
    ----------
    level
        0 the rule, 1 the shapes, 2 one term of the sum, 3 the answer.
    """
    spelled = operation.explain(row, column)
    match HINTS[min(max(level, 0), len(HINTS) - 1)]:
        case "rule":
            return f"{operation.text} ({operation.caption})"
        case "shapes":
            return f"{operation.symbol}: {operation.shapes}"
        case "one term":
            terms = [term for term in spelled.terms if term.value] or list(spelled.terms)
            if len(spelled.terms) > 1:
                names = "·".join(factor.name for factor in terms[0].factors)
                value = number_text(terms[0].value, decimals)
                term = f"{names} = {terms[0].text(decimals)} = {value}"
                return f"{spelled.cell} is a sum of {len(spelled.terms)} terms; one is {term}"
            return f"{spelled.cell} = {spelled.rule}" if spelled.rule else spelled.cell
        case _:
            return spelled.text(decimals)


@dataclass(slots=True)
class Score:
    """What was right at the first try, of all cells that were tried. Others do not count.

    Attributes
    ----------
    first
        By cell (step, operation, row, column): whether the first try was right.
    solved
        Cells that were right in the end.
    """

    first: dict[tuple[int, str, int, int], bool] = field(default_factory=dict)
    solved: set[tuple[int, str, int, int]] = field(default_factory=set)
    shown: set[tuple[int, str, int, int]] = field(default_factory=set)

    def tried(self, step: int, key: str, row: int, column: int, is_right: bool) -> None:
        """Count a try. After the answer was shown, it no longer counts."""
        cell = (step, key, row, column)
        if cell in self.shown:
            return
        self.first.setdefault(cell, is_right)
        if is_right:
            self.solved.add(cell)

    def give_up(self, step: int, key: str, row: int, column: int) -> None:
        """Count a cell whose answer was shown: as tried, unless it was solved before."""
        cell = (step, key, row, column)
        self.first.setdefault(cell, False)
        if cell not in self.solved:
            self.shown.add(cell)

    @property
    def tried_count(self) -> int:
        """Cells tried."""
        return len(self.first)

    @property
    def first_count(self) -> int:
        """Cells right at the first try."""
        return sum(self.first.values())

    @property
    def text(self) -> str:
        """``7 of 9 right, 5 at the first try``; nothing before the first try."""
        if not self.first:
            return ""
        return (
            f"{len(self.solved)} of {self.tried_count} right, {self.first_count} at the first try"
        )

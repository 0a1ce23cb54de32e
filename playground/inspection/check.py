"""Is a gradient on the tape right? Central differences in float64, for every value on the way."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.inspection.operation import Notation, Operation
from playground.inspection.tape import Recording

Floats = NDArray[np.float64]

STEP = 1e-5
"""Half the distance h of the difference, for values of size 1; larger ones are moved farther."""
CELLS_CHECKED = 200
"""Of a larger matrix so many cells are checked, drawn evenly; the verdict says so."""
ROUNDING = 8 * np.finfo(np.float64).eps
"""How far off a loss may be by rounding, as a share of itself."""

WRONG, UNEASY, HAPPY = 1e-2, 1e-4, 1e-7


def words_for(error: float) -> str:
    """Return the judgement of a relative error in the words of the cs231n notes."""
    if not error <= WRONG:
        return "wrong"
    if error > UNEASY:
        return "uneasy"
    return "fine with kinks" if error > HAPPY else "happy"


@dataclass(frozen=True, slots=True)
class CellCheck:
    """One component of a gradient, worked out twice.

    Attributes
    ----------
    row, column
        The cell, with rows as samples.
    analytic, numeric
        By backpropagation, and as (L(θ + h) - L(θ - h)) / 2h.
    step
        The h used.
    relative_error
        |analytic - numeric| / max(|analytic|, |numeric|); 0 if both are 0.
    excess
        The same without what rounding of the loss alone explains: what the verdict is about.
    crossed_kink
        Whether moving by h crossed a point without derivative, so that nothing can be said.
    """

    row: int
    column: int
    analytic: float
    numeric: float
    step: float
    relative_error: float
    excess: float
    crossed_kink: bool

    @property
    def words(self) -> str:
        """The judgement."""
        return "a kink was crossed" if self.crossed_kink else words_for(self.excess)


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """A whole gradient, worked out twice.

    Attributes
    ----------
    key, symbol
        Of the operation.
    relative_error
        ‖analytic - numeric‖ / (‖analytic‖ + ‖numeric‖) over the cells compared; 0 if both are 0.
    excess
        The same without what rounding of the loss alone explains.
    cells
        Those compared.
    kinks
        How many cells were left out because a kink was crossed.
    total
        Number of cells of the gradient; larger than those checked if they were sampled.
    is_stand_in
        Whether a surrogate gradient is on the way, which differences do not agree with.
    """

    key: str
    symbol: str
    relative_error: float
    excess: float
    cells: tuple[CellCheck, ...]
    kinks: int
    total: int
    is_stand_in: bool = False

    @property
    def is_sampled(self) -> bool:
        """Whether only a part of the cells was checked."""
        return len(self.cells) + self.kinks < self.total

    @property
    def words(self) -> str:
        """The judgement."""
        if self.is_stand_in:
            return "a stand-in, not the slope"
        if not self.cells:
            return "every cell crossed a kink" if self.kinks else "nothing to check"
        return words_for(self.excess)

    @property
    def is_good(self) -> bool:
        """Whether there is nothing to worry about."""
        return self.is_stand_in or not self.cells or self.excess <= UNEASY

    @property
    def text(self) -> str:
        """The judgement with its figures: ``happy · relative error 4.6e-10 · 6 cells``."""
        parts = [self.words]
        if self.cells:
            parts.append(f"relative error {self.relative_error:.1e}")
        checked = len(self.cells) + self.kinks
        cells = f"{checked} of {self.total} cells, sampled" if self.is_sampled else _count(checked)
        parts.append(cells)
        if self.kinks:
            parts.append(f"{_count(self.kinks)} crossed a kink")
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of checking everything."""

    done: int
    total: int
    verdict: Verdict


def check_cell(recording: Recording, operation: Operation, row: int, column: int) -> CellCheck:
    """Check one component of a gradient.

    Parameters
    ----------
    operation
        One that works out a gradient, in either convention.
    row, column
        The cell, with rows as samples.

    Raises
    ------
    ValueError
        If the operation works out no gradient.
    """
    if not operation.is_gradient:
        raise ValueError(f"{operation.symbol} is not the gradient of a value; nothing to check")
    base = recording.graph[operation.denominator]
    analytic = float(_in_rows(operation)[row, column])
    step = STEP * _scale(operation.denominator, float(base[row, column]))
    results, sides = [], []
    moved = base.copy()
    with np.errstate(all="ignore"):
        for direction in (1, -1):
            moved[row, column] = base[row, column] + direction * step
            value, here = recording.graph.evaluate(
                operation.numerator, {operation.denominator: moved}, with_sides=True
            )
            results.append(value)
            sides.append(here)
    numeric = (results[0] - results[1]) / (2 * step)
    crossed = any(not np.array_equal(a, b) for a, b in zip(*sides, strict=True))
    size = max(abs(analytic), abs(numeric))
    difference = abs(analytic - numeric)
    noise = ROUNDING * max(abs(results[0]), abs(results[1])) / step
    return CellCheck(
        row,
        column,
        analytic,
        numeric,
        step,
        difference / size if size > 0 else 0.0,
        max(difference - noise, 0.0) / size if size > 0 else difference,
        crossed,
    )


def check(recording: Recording, operation: Operation, limit: int = CELLS_CHECKED) -> Verdict:
    """Check a gradient, cell by cell.

    Parameters
    ----------
    limit
        Largest number of cells to check.
    """
    rows, columns = recording.graph[operation.denominator].shape
    checked = [
        check_cell(recording, operation, index // columns, index % columns)
        for index in _chosen(rows * columns, limit)
    ]
    kept = tuple(cell for cell in checked if not cell.crossed_kink)
    analytic = np.array([cell.analytic for cell in kept])
    numeric = np.array([cell.numeric for cell in kept])
    size = float(np.linalg.norm(analytic) + np.linalg.norm(numeric))
    difference = float(np.linalg.norm(analytic - numeric))
    surplus = float(
        np.linalg.norm([cell.excess * max(abs(cell.analytic), abs(cell.numeric)) for cell in kept])
    )
    return Verdict(
        operation.key,
        operation.symbol,
        difference / size if size > 0 else 0.0,
        surplus / size if size > 0 else 0.0,
        kept,
        len(checked) - len(kept),
        rows * columns,
        _passes_stand_in(recording, operation),
    )


def check_all(
    recording: Recording, limit: int = CELLS_CHECKED
) -> Generator[Progress, None, tuple[Verdict, ...]]:
    """Check every gradient of a tape, one per turn, so that the caller may stop or show progress.

    Returns
    -------
    verdicts
        All of them, in order.
    """
    gradients = [op for op in recording.tape.operations if op.is_gradient]
    verdicts: list[Verdict] = []
    for operation in gradients:
        verdicts.append(check(recording, operation, limit))
        yield Progress(len(verdicts), len(gradients), verdicts[-1])
    return tuple(verdicts)


def _scale(key: str, value: float) -> float:
    """Return the size of the neighbourhood in which a loss looks straight."""
    if key == "p":
        # ln p bends the more the smaller p is, and ln (1 - p) the closer p is to 1.
        return max(min(abs(value), abs(1 - value)), 1e-9)
    return max(1.0, abs(value))


def _in_rows(operation: Operation) -> Floats:

    values = operation.result.values
    return values if operation.notation is Notation.ROWS else values.T


def _chosen(count: int, limit: int) -> Iterator[int]:
    if count <= limit:
        return iter(range(count))
    # The same cells every time, so that a verdict does not change when it is asked for again.
    picked = np.random.default_rng(0).choice(count, limit, replace=False)
    return iter(sorted(int(index) for index in picked))


def _passes_stand_in(recording: Recording, operation: Operation) -> bool:
    """Return whether the gradient comes through an activation whose slope is pretended."""
    if operation.numerator == "Ω":
        return False
    layers = recording.situation.architecture.layers
    if operation.layer is None:
        return False
    is_after = operation.denominator.startswith("a.")
    first = int(operation.denominator.partition(".")[2] or 0) if "." in operation.denominator else 0
    start = first + 1 if is_after else first
    if operation.denominator in ("p", "ℓ"):
        return False
    return any(shape.activation.surrogate_gradient for shape in layers[start:])


def _count(cells: int) -> str:
    return "1 cell" if cells == 1 else f"{cells} cells"

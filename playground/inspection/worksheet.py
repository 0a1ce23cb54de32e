"""A step as an exercise on paper: what is given, blanks to fill in, and an answer key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from playground.engine.arithmetic import number_text
from playground.inspection.operation import Matrix, Notation, Operation, Phase, Product
from playground.inspection.tape import Recording

MOST_ROWS, MOST_COLUMNS = 16, 10
"""Larger matrices are named by their shape, not printed: nobody works those out by hand."""
BLANK = "____"


def worksheet(
    recording: Recording,
    title: str,
    *,
    notation: Notation = Notation.ROWS,
    decimals: int = 4,
    with_answers: bool = False,
    keys: Sequence[str] | None = None,
) -> str:
    """Return a step as Markdown.

    Parameters
    ----------
    title
        Heading of the page.
    decimals
        Decimals of the numbers.
    with_answers
        Whether the blanks are filled in: the answer key.
    keys
        Operations to ask for; ``None`` for all but the inputs.
    """
    tape = recording.tape.shown(notation)
    wanted = [
        operation
        for operation in tape.operations
        if operation.product is not Product.GIVEN and (keys is None or operation.key in keys)
    ]
    heading = f"# {_escaped(title)}" + (" · answer key" if with_answers else "")
    lines = [heading, "", _setting(recording, notation, decimals), ""]
    if not with_answers:
        lines += ["Name: ______________________________  Date: ______________", ""]
    lines += ["## Given", ""]
    for matrix in _given(recording, notation):
        lines += [f"**{_escaped(matrix.name)}**", "", *_table(matrix, decimals), ""]
    phase = None
    for number, operation in enumerate(wanted, 1):
        if operation.phase is not phase:
            phase = operation.phase
            lines += [f"## {_HEADINGS[phase]}", ""]
        lines += _exercise(operation, number, decimals, with_answers)
    return "\n".join(lines).rstrip() + "\n"


_HEADINGS = {
    Phase.FORWARD: "1 Forward",
    Phase.ERROR: "2 Error",
    Phase.BACKWARD: "3 Backward",
    Phase.UPDATE: "4 Update",
}


def _setting(recording: Recording, notation: Notation, decimals: int) -> str:
    situation = recording.situation
    count = len(situation.inputs)
    samples = "One sample" if count == 1 else f"A batch of {count} samples"
    convention = "one row" if notation is Notation.ROWS else "one column"
    head = situation.architecture.head
    return (
        f"{samples}, {convention} each. Loss: {type(head.loss).title}. "
        f"Optimizer: {type(situation.optimizer).title}, η = {situation.learning_rate:g}. "
        f"Write numbers with {decimals} decimals."
    )


def _given(recording: Recording, notation: Notation) -> list[Matrix]:
    """Return what is known before the first operation: inputs, targets and parameters."""
    found: dict[str, Matrix] = {}
    for operation in recording.tape.shown(notation).operations:
        if operation.product is Product.GIVEN and operation.phase is Phase.FORWARD:
            found[operation.result.symbol] = operation.result
        if operation.phase is Phase.BACKWARD or operation.phase is Phase.UPDATE:
            continue
        for matrix in operation.operands:
            if not any(matrix.key == op.key for op in recording.tape.operations):
                found.setdefault(matrix.symbol, matrix)
    return list(found.values())


def _exercise(operation: Operation, number: int, decimals: int, with_answers: bool) -> list[str]:
    lines = [
        f"### {number}. {_escaped(operation.name)}",
        "",
        f"`{operation.text}` — {operation.caption}, {operation.shapes}",
        "",
    ]
    if with_answers:
        lines += [*_table(operation.result, decimals), ""]
        if operation.result.values.size:
            lines += [f"`{operation.explain(0, 0).text(decimals)}`", ""]
        return lines
    return [*lines, *_table(operation.result, decimals, lambda value: BLANK), ""]


def _table(matrix: Matrix, decimals: int, text: Callable[[float], str] | None = None) -> list[str]:
    """Return a matrix as a table, or its shape if it is too large."""
    rows, columns = matrix.shape
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        return [f"*{rows} × {columns} numbers; too many for a page.*"]
    write = text or (lambda value: number_text(value, decimals))
    lines = [
        "| | " + " | ".join(str(column) for column in range(columns)) + " |",
        "|---|" + "---:|" * columns,
    ]
    for row in range(rows):
        cells = " | ".join(write(float(value)) for value in np.asarray(matrix.values[row]))
        lines.append(f"| **{row}** | {cells} |")
    return lines


def _escaped(text: str) -> str:
    """Keep Markdown from reading marks into a text that somebody typed."""
    for mark in "\\`*_#|<>[]":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())

"""A training step as text to read and as JSON to compute with, for the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import number_text
from playground.inspection.check import Verdict, check
from playground.inspection.operation import Matrix, Notation, Operation, Phase, Role, Tape
from playground.inspection.tape import Recording

Floats = NDArray[np.float64]

ROWS_SHOWN = 8
COLUMNS_SHOWN = 8
"""Of larger matrices the beginning is printed; JSON has all of them."""


def step_text(
    recording: Recording,
    title: str,
    notation: Notation = Notation.ROWS,
    with_check: bool = False,
    decimals: int = 6,
) -> str:
    """Return a whole step as lines to read.

    Parameters
    ----------
    title
        The first line.
    with_check
        Whether each gradient is followed by the verdict of central differences.
    """
    tape, situation = recording.tape.shown(notation), recording.situation
    lines = [title, _scope(recording), ""]
    if recording.note:
        lines += [recording.note, ""]
    for phase in Phase:
        operations = tape.phase(phase)
        if not operations:
            continue
        lines += [phase.value.upper(), ""]
        for operation in operations:
            lines += _operation_lines(tape, operation, decimals)
            if with_check and operation.is_gradient:
                lines.append(f"     check: {check(recording, operation).text}")
            lines.append("")
    lines.append(_outcome(recording, decimals))
    if any(situation.memory):
        names = ", ".join(situation.memory)
        lines.append(f"The optimizer remembers: {names}.")
    return "\n".join(lines)


def step_tree(
    recording: Recording, notation: Notation = Notation.ROWS, with_check: bool = False
) -> dict[str, Any]:
    """Return a whole step as plain dicts and lists, numbers at full precision.

    A number that is not finite is ``None``, for JSON has none such.
    """
    situation = recording.situation
    tape = recording.tape.shown(notation)
    tree: dict[str, Any] = {
        "scope": "batch" if situation.is_batch else "sample",
        "samples": list(situation.samples),
        "notation": notation.value,
        "fused": recording.is_fused,
        "learning_rate": situation.learning_rate,
        "cost": _number(recording.cost),
        "cost_after": _number(cost_after(recording)),
        "expected_change": _number(recording.update.expected_change),
        "note": recording.note,
        "operations": [
            operation_tree(
                operation,
                check(recording, operation) if with_check and operation.is_gradient else None,
            )
            for operation in tape.operations
        ],
    }
    return tree


def operation_tree(operation: Operation, verdict: Verdict | None = None) -> dict[str, Any]:
    """Return an operation as plain dicts and lists.

    ``inputs`` are what a result is made of, ``local`` and ``upstream`` what a gradient is made of;
    ``downstream`` is that gradient itself, ``None`` elsewhere. ``result`` is there always.
    """
    inputs = (Role.INPUT, Role.PARAMETER, Role.MEMORY)
    tree: dict[str, Any] = {
        "key": operation.key,
        "name": operation.name,
        "symbol": operation.symbol,
        "phase": operation.phase.value,
        "layer": operation.layer,
        "layer_name": operation.layer_name,
        "product": operation.caption,
        "formula": operation.text,
        "latex": operation.latex,
        "shapes": operation.shapes,
        "inputs": [matrix_tree(m) for m in operation.operands if m.role in inputs],
        "local": [matrix_tree(m) for m in operation.locals],
        "upstream": [matrix_tree(m) for m in operation.upstreams],
        "downstream": _values(operation.result) if operation.phase is Phase.BACKWARD else None,
        "result": matrix_tree(operation.result),
        "kept": [matrix_tree(m) for m in operation.kept],
        "note": operation.note,
    }
    if verdict is not None:
        tree["check"] = {
            "words": verdict.words,
            "relative_error": _number(verdict.relative_error),
            "cells": len(verdict.cells),
            "kinks": verdict.kinks,
            "sampled": verdict.is_sampled,
        }
    return tree


def matrix_tree(matrix: Matrix) -> dict[str, Any]:
    """Return a matrix as plain lists; one list more where each sample has a matrix of its own."""
    return {
        "symbol": matrix.name,
        "role": matrix.role.value,
        "shape": list(matrix.shape),
        "values": _values(matrix),
    }


def cost_after(recording: Recording) -> float:
    """Return what the cost of the same samples is after the update."""
    graph, key = recording.graph, "C" if "C" in recording.graph else "L"
    changed = {
        name: recording.update.after[place.indices] for name, place in recording.places.items()
    }
    changed |= {f"clean.{name}": values for name, values in changed.items()}
    changed = {name: values for name, values in changed.items() if name in graph}
    with np.errstate(all="ignore"):
        return graph.evaluate(key, changed)[0]


def _values(matrix: Matrix) -> list[Any]:
    values = matrix.values
    if matrix.stack is not None and len(matrix.stack) > 1:
        values = matrix.stack
    if np.isfinite(values).all():
        return list(values.tolist())
    return _without_infinities(values.tolist())


def _without_infinities(tree: list[Any]) -> list[Any]:
    return [_without_infinities(item) if isinstance(item, list) else _number(item) for item in tree]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _scope(recording: Recording) -> str:
    situation = recording.situation
    if not situation.is_batch:
        return f"sample {situation.samples[0]}" if situation.samples else "one sample"
    numbers = ", ".join(str(number) for number in situation.samples[:12])
    more = ", …" if len(situation.samples) > 12 else ""
    count = "1 sample" if len(situation.inputs) == 1 else f"{len(situation.inputs)} samples"
    return f"batch of {count}: {numbers}{more}"


def _operation_lines(tape: Tape, operation: Operation, decimals: int) -> list[str]:
    place = tape.index(operation.key) + 1
    lines = [
        f"{place:>3}. {operation.text}",
        f"     {operation.name} · {operation.caption} · {operation.shapes}",
    ]
    if operation.phase is Phase.BACKWARD:
        for matrix in operation.operands:
            lines += _matrix_lines(f"{matrix.role.value} {matrix.name}", matrix, decimals)
    lines += _matrix_lines(_result_name(operation), operation.result, decimals)
    return lines


def _result_name(operation: Operation) -> str:
    if operation.phase is Phase.BACKWARD:
        return f"downstream {operation.result.name}"
    return operation.result.name


def _matrix_lines(name: str, matrix: Matrix, decimals: int) -> list[str]:
    pages: Mapping[str, Floats] = {name: matrix.values}
    if matrix.stack is not None and len(matrix.stack) > 1:
        shown = matrix.stack[:ROWS_SHOWN]
        pages = {f"{name} of sample {number}": page for number, page in enumerate(shown)}
    lines: list[str] = []
    for heading, values in pages.items():
        lines.append(f"     {heading} =")
        texts = [
            [number_text(float(value), decimals) for value in row[:COLUMNS_SHOWN]]
            for row in values[:ROWS_SHOWN]
        ]
        width = max((len(text) for row in texts for text in row), default=0)
        more = " …" if values.shape[1] > COLUMNS_SHOWN else ""
        lines += [f"       {'  '.join(text.rjust(width) for text in row)}{more}" for row in texts]
        if values.shape[0] > ROWS_SHOWN:
            lines.append(f"       … {values.shape[0]} × {values.shape[1]} in all")
    return lines


def _outcome(recording: Recording, decimals: int) -> str:
    before, after = recording.cost, cost_after(recording)
    expected, came = recording.update.expected_change, after - before
    numbers = [number_text(value, decimals) for value in (before, after, expected, came)]
    return (
        f"Cost {numbers[0]} before, {numbers[1]} after the update: "
        f"expected a change of {numbers[2]}, got {numbers[3]}."
    )

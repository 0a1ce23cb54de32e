"""What the small graph of the network shows at one operation. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.inspection.operation import Axis, Matrix, Notation, Phase, Tape

Floats = NDArray[np.float64]

UNITS_SHOWN = 6
"""Units of a layer that are drawn; of larger ones the first, with the number of the others."""


@dataclass(frozen=True, slots=True, eq=False)
class MapColumn:
    """The inputs, or the units of a layer.

    Attributes
    ----------
    units
        How many there are.
    values : (units,) or None
        Numbers on them, ``None`` while nothing is known.
    is_gradient
        Whether the numbers are gradients.
    is_lit
        Whether the current operation is here.
    """

    units: int
    values: Floats | None = None
    is_gradient: bool = False
    is_lit: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MapLinks:
    """The weights between two columns.

    Attributes
    ----------
    weights : (units before, units after)
        What is drawn: weights, or their gradients.
    """

    source: int
    target: int
    weights: Floats
    is_gradient: bool = False
    is_lit: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MapState:
    """Everything that is drawn.

    Attributes
    ----------
    focus
        (column, unit) of the chosen cell, or ``None``.
    skips
        Columns that skip connections lead from and to.
    """

    columns: tuple[MapColumn, ...]
    links: tuple[MapLinks, ...]
    focus: tuple[int, int] | None = None
    skips: tuple[tuple[int, int], ...] = ()


def map_state(
    tape: Tape,
    current: int,
    known_to: int,
    sample: int,
    cell: tuple[int, int],
    skips: tuple[tuple[int, int], ...] = (),
) -> MapState:
    """Return what is known of one sample when an operation has just been carried out.

    Parameters
    ----------
    tape
        In either notation.
    current
        Place of the operation.
    known_to
        Place of the last operation whose result may be seen.
    sample
        Which row of a batch.
    cell
        Of its result, to be marked.
    skips
        Columns that skip connections lead from and to; 0 for the inputs.
    """
    layers = len(tape.layer_names)
    known = {op.key: op.result for op in tape.operations[: known_to + 1]}
    everything = {op.key: op.result for op in tape.operations}
    operation = tape[current]
    columns: list[MapColumn] = []
    for column in range(layers + 1):
        keys = _keys_of(column, tape)
        units = next((_width(everything[key]) for key in keys if key in everything), 1)
        # Of the gradients that which is nearest to the inputs of the layer is the latest.
        gradients = [known[f"∂L/∂{key}"] for key in keys[::-1] if f"∂L/∂{key}" in known]
        values_known = [known[key] for key in keys if key in known]
        is_gradient = bool(gradients)
        shown = next(iter((*gradients, *values_known)), None)
        values = None if shown is None else _sample_of(shown, sample)
        is_lit = _is_at(operation.key, operation.layer, column, layers)
        columns.append(MapColumn(units, values, is_gradient, is_lit))
    links = _links(tape, current, known_to, layers, columns)
    focus = _focus(operation.result, operation.layer, cell, layers)
    return MapState(tuple(columns), links, focus, skips)


def _keys_of(column: int, tape: Tape) -> tuple[str, ...]:
    """Return the keys of the values of a column, the last word first."""
    if column == 0:
        return ("x",)
    layer = column - 1
    keys = [op.key for op in tape.of_layer(layer) if op.phase is Phase.FORWARD]
    own = tuple(reversed([key for key in keys if "|" not in key]))
    return ("p", *own) if column == len(tape.layer_names) else own


def _width(matrix: Matrix) -> int:
    return matrix.shape[0] if matrix.columns is Axis.SAMPLE else matrix.shape[1]


def _sample_of(matrix: Matrix, sample: int) -> Floats | None:
    if matrix.rows is Axis.SAMPLE:
        return np.asarray(matrix.values[min(sample, matrix.shape[0] - 1)])
    if matrix.columns is Axis.SAMPLE:
        return np.asarray(matrix.values[:, min(sample, matrix.shape[1] - 1)])
    return None


def _is_at(key: str, layer: int | None, column: int, layers: int) -> bool:
    if layer is None:
        # Inputs at one end, the loss at the other.
        return column == (0 if key in ("x", "∂L/∂x") else layers)
    return column == layer + 1


def _links(
    tape: Tape, current: int, known_to: int, layers: int, columns: list[MapColumn]
) -> tuple[MapLinks, ...]:
    known = {op.key: op for op in tape.operations[: known_to + 1]}
    now = tape[current]
    links = []
    for layer in range(layers):
        weights = _weights(tape, layer)
        if weights is None:
            continue
        gradient = known.get(f"∂L/∂W.{layer}")
        values = weights
        if gradient is not None:
            turned = tape.notation is Notation.COLUMNS
            values = gradient.result.values.T if turned else gradient.result.values
        if values.shape != (columns[layer].units, columns[layer + 1].units):
            continue
        lit = now.layer == layer and ("W" in now.key or now.key.startswith("z."))
        lit = lit or now.key == f"∂L/∂a.{layer - 1}"
        links.append(MapLinks(layer, layer + 1, values, gradient is not None, lit))
    return tuple(links)


def _weights(tape: Tape, layer: int) -> Floats | None:
    """Return the weights (units before, units after) with which a layer was worked out."""
    if f"z.{layer}" not in tape:
        return None
    operation = tape.operation(f"z.{layer}")
    for matrix in operation.operands:
        if matrix.symbol.startswith("W"):
            turned = tape.notation is Notation.COLUMNS
            return matrix.values.T if turned else matrix.values
    return None


def _focus(
    result: Matrix, layer: int | None, cell: tuple[int, int], layers: int
) -> tuple[int, int] | None:
    column = layers if layer is None else layer + 1
    if result.columns is Axis.UNIT:
        return column, cell[1]
    if result.rows is Axis.UNIT:
        return column, cell[0]
    if result.columns is Axis.INPUT and layer is None:
        return 0, cell[1]
    return None

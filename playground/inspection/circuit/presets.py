"""Circuits that come with the application, and circuits as they are remembered."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.inspection.circuit.graph import Circuit, run
from playground.inspection.circuit.parser import parse
from playground.resources import resource

__all__ = ["CircuitFile", "circuit_names", "default_values", "load_circuit", "read_circuit"]

MENU_ORDER = ("gates", "gates-sigmoid", "gates-neuron", "gates-tanh", "gates-max")
LARGEST_VALUE = 1e100
_CANDIDATES = ((2.0, -3.0, 0.5, 1.0, -1.5, 4.0), (2.0, 3.0, 0.5, 1.0, 1.5, 4.0), (0.5, 0.25, 0.75))
"""Values for variables that have none yet; the first set with which the result is defined."""


@dataclass(frozen=True, slots=True)
class CircuitFile:
    """An expression with values for its variables.

    Attributes
    ----------
    expression
        As a person typed it.
    values
        A finite number for each variable.
    name, title, about
        Of a preset: what one types, what a menu shows, and what it teaches. "" otherwise.
    """

    expression: str
    values: Mapping[str, float]
    name: str = ""
    title: str = ""
    about: str = ""
    _circuit: list[Circuit] = field(default_factory=list, repr=False, compare=False)

    @property
    def circuit(self) -> Circuit:
        """The expression as a graph."""
        if not self._circuit:
            self._circuit.append(parse(self.expression))
        return self._circuit[0]

    def as_text(self) -> str:
        """Return JSON that :func:`read_circuit` understands."""
        return json.dumps({"expression": self.expression, "values": dict(self.values)})


def circuit_names() -> tuple[str, ...]:
    """Return the names of all circuits that come with the application, in menu order."""
    found = {path.stem for path in resource("circuits").glob("*.json")}
    return tuple(n for n in MENU_ORDER if n in found) + tuple(sorted(found - set(MENU_ORDER)))


def load_circuit(name: str) -> CircuitFile:
    """Return the circuit of that name.

    Raises
    ------
    KeyError
        If there is none; the message names those there are.
    """
    if name not in circuit_names():
        raise KeyError(f"no circuit {name!r}; there are: {', '.join(circuit_names())}")
    path = resource("circuits") / f"{name}.json"
    return _from_tree(json.loads(path.read_text(encoding="utf-8")), name)


def read_circuit(text: str) -> CircuitFile:
    """Return the circuit of :meth:`CircuitFile.as_text`.

    Raises
    ------
    ValueError
        If the text is no such circuit. The message says what is wrong.
    """
    try:
        tree = json.loads(text)
    except RecursionError as error:
        raise ValueError("this is not a circuit; it is nested too deeply") from error
    return _from_tree(tree, "")


def _from_tree(tree: Any, name: str) -> CircuitFile:
    if not isinstance(tree, dict) or not isinstance(tree.get("expression"), str):
        raise ValueError('this is not a circuit; it has no text "expression"')
    given = tree.get("values", {})
    circuit = parse(tree["expression"])
    if not isinstance(given, dict):
        raise ValueError('"values" must be an object of numbers')
    known: dict[str, float] = {}
    for variable in circuit.variables:
        value = given.get(variable)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"the value of {variable} must be a number")
        if not math.isfinite(value) or abs(value) > LARGEST_VALUE:
            raise ValueError(f"the value of {variable} must lie within ±{LARGEST_VALUE:g}")
        known[variable] = float(value)
    return CircuitFile(
        tree["expression"],
        default_values(circuit, known),
        name,
        str(tree.get("title", "")),
        str(tree.get("about", "")),
        [circuit],
    )


def default_values(circuit: Circuit, known: Mapping[str, float]) -> dict[str, float]:
    """Return a value for each variable: the known one, or one for which the result is defined."""
    values: dict[str, float] = {}
    for candidates in _CANDIDATES:
        values = {
            name: known.get(name, candidates[index % len(candidates)])
            for index, name in enumerate(circuit.variables)
        }
        if not run(circuit, values).first_problem:
            return values
    return values

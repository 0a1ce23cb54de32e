"""A circuit: gates and the wires between them, with every value and gradient on them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from playground.inspection.circuit.gate import Gate, Undefined
from playground.inspection.circuit.leaves import Variable

__all__ = ["Circuit", "Node", "Pass", "Wire", "run"]

TOO_LARGE = "the result is larger than the largest number (1.8e308); choose smaller values"


@dataclass(frozen=True, slots=True)
class Node:
    """A gate at its place in a circuit.

    Attributes
    ----------
    index
        Its number; inputs of a gate have smaller ones.
    gate
        What it computes.
    name
        What its value is called: ``x``, ``q₁``, ``f``.
    sources
        The nodes whose values it takes, in the order of its inputs.
    span
        First character and the one after the last, in the expression; (0, 0) for a copy.
    """

    index: int
    gate: Gate
    name: str
    sources: tuple[int, ...]
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Wire:
    """From the output of a node into an input of another, or out of the circuit.

    Attributes
    ----------
    index
        Its number.
    source
        The node it comes from.
    target, slot
        The node it goes into, and which of its inputs; ``None`` and 0 for the result.
    """

    index: int
    source: int
    target: int | None
    slot: int = 0


@dataclass(frozen=True)
class Circuit:
    """A scalar expression as a graph of gates.

    Every node but a copy has exactly one wire out: who is used twice, is copied first.

    Attributes
    ----------
    expression
        As it was typed, without ``f =``.
    result
        What the value of it is called.
    nodes
        In the order of the forward pass; the last one is the result.
    """

    expression: str
    result: str
    nodes: tuple[Node, ...]

    @cached_property
    def wires(self) -> tuple[Wire, ...]:
        """All wires, by target; the last one leads out."""
        wires: list[Wire] = []
        for node in self.nodes:
            for slot, source in enumerate(node.sources):
                wires.append(Wire(len(wires), source, node.index, slot))
        wires.append(Wire(len(wires), self.nodes[-1].index, None))
        return tuple(wires)

    @cached_property
    def _inward(self) -> dict[int, tuple[Wire, ...]]:
        return {
            node.index: tuple(wire for wire in self.wires if wire.target == node.index)
            for node in self.nodes
        }

    @cached_property
    def _outward(self) -> dict[int, tuple[Wire, ...]]:
        return {
            node.index: tuple(wire for wire in self.wires if wire.source == node.index)
            for node in self.nodes
        }

    def inputs(self, node: int) -> tuple[Wire, ...]:
        """Return the wires into a node, in the order of its inputs."""
        return self._inward[node]

    def outputs(self, node: int) -> tuple[Wire, ...]:
        """Return the wires out of a node; several of a copy only."""
        return self._outward[node]

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the inputs, in the order in which they are first written."""
        return tuple(n.gate.name for n in self.nodes if isinstance(n.gate, Variable))

    @cached_property
    def places(self) -> dict[str, int]:
        """The node of each variable."""
        return {n.gate.name: n.index for n in self.nodes if isinstance(n.gate, Variable)}

    def names_of_inputs(self, node: int) -> tuple[str, ...]:
        """Return what the inputs of a node are called."""
        return tuple(self.nodes[source].name for source in self.nodes[node].sources)

    def wire_name(self, wire: Wire) -> str:
        """Return what the value on a wire is called, telling apart the branches of a copy."""
        node = self.nodes[wire.source]
        branches = self.outputs(wire.source)
        if len(branches) > 1:
            return f"{node.name}{_PRIMES[branches.index(wire)]}"
        return node.name

    def formula(self, node: int) -> str:
        """Return what a node computes: ``q₁ = x + y``."""
        text = self.nodes[node].gate.text(self.names_of_inputs(node))
        return f"{self.nodes[node].name} = {text}"


_PRIMES = tuple(f"⁽{number}⁾" for number in "¹²³⁴⁵⁶⁷⁸⁹") + tuple(
    f"⁽{a}{b}⁾" for a in "¹²³⁴⁵⁶⁷⁸⁹" for b in "⁰¹²³⁴⁵⁶⁷⁸⁹"
)
"""What is appended to a name for each branch of a copy."""


@dataclass(frozen=True)
class Pass:
    """A forward and a backward pass: every number of a circuit.

    Attributes
    ----------
    circuit
        Whose numbers they are.
    values
        Of each node; ``None`` where it is undefined.
    problems
        Why a node has no value; "" where it has one.
    locals
        Of each wire, how its target changes with it; ``None`` where undefined, 1 for the result.
    gradients
        Of each wire, how the result changes with it; ``None`` where undefined.
    slope_problems
        Why a wire has no gradient; "" where it has one.
    """

    circuit: Circuit
    values: tuple[float | None, ...]
    problems: tuple[str, ...]
    locals: tuple[float | None, ...]
    gradients: tuple[float | None, ...]
    slope_problems: tuple[str, ...]

    @property
    def result(self) -> float | None:
        """The value of the expression, ``None`` where it is undefined."""
        return self.values[-1]

    def value(self, wire: Wire) -> float | None:
        """Return the value on a wire."""
        return self.values[wire.source]

    def upstream(self, node: int) -> float | None:
        """Return the gradient that arrives at a node: summed, where it is a copy."""
        total = 0.0
        for wire in self.circuit.outputs(node):
            gradient = self.gradients[wire.index]
            if gradient is None:
                return None
            total += gradient
        return total if math.isfinite(total) else None

    def gradient_of(self, variable: str) -> float | None:
        """Return how the result changes with a variable, ``None`` where it is undefined."""
        return self.upstream(self.circuit.places[variable])

    def is_at_kink(self, node: int) -> bool:
        """Return whether a gate has no single slope here, because its inputs tie."""
        inputs = [self.values[source] for source in self.circuit.nodes[node].sources]
        known = [value for value in inputs if value is not None]
        return len(known) == len(inputs) and self.circuit.nodes[node].gate.is_at_kink(*known)

    @property
    def first_problem(self) -> str:
        """Why the result is undefined, or else why some gradient is; "" where all is well."""
        causes = (*self.problems, *self.slope_problems)
        return next((text for text in causes if text and text != WAITS), "")


WAITS = "waits for a value that is undefined"


def run(circuit: Circuit, variables: Mapping[str, float]) -> Pass:
    """Do the forward and the backward pass.

    Parameters
    ----------
    variables
        A finite number for each variable of the circuit.
    """
    values, problems = forward(circuit, variables)
    locals_: list[float | None] = [None] * len(circuit.wires)
    gradients: list[float | None] = [None] * len(circuit.wires)
    reasons = [WAITS] * len(circuit.wires)
    last = circuit.wires[-1]
    if values[-1] is not None:
        locals_[last.index] = gradients[last.index] = 1.0
        reasons[last.index] = ""
    for node in reversed(circuit.nodes):
        inputs = [values[source] for source in node.sources]
        output = values[node.index]
        known = [value for value in inputs if value is not None]
        if output is None or len(known) < len(inputs):
            continue
        upstream = _total([gradients[w.index] for w in circuit.outputs(node.index)])
        for wire in circuit.inputs(node.index):
            try:
                local = _finite(node.gate.local(wire.slot, known, output))
                locals_[wire.index] = local
                if upstream is not None:
                    gradients[wire.index] = _finite(upstream * local)
                    reasons[wire.index] = ""
            except (Undefined, OverflowError) as error:
                reasons[wire.index] = _reason(error)
    return Pass(circuit, values, problems, tuple(locals_), tuple(gradients), tuple(reasons))


def forward(
    circuit: Circuit, variables: Mapping[str, float], replaced: Mapping[int, float] | None = None
) -> tuple[tuple[float | None, ...], tuple[str, ...]]:
    """Return the value of each node, and why those that have none have none.

    Parameters
    ----------
    replaced
        Values that some wires carry in place of those of their sources, by index of the wire.
    """
    replaced = replaced or {}
    values: list[float | None] = []
    problems: list[str] = []
    for node in circuit.nodes:
        value, problem = None, ""
        if isinstance(node.gate, Variable):
            value = float(variables[node.gate.name])
        else:
            carried = [
                replaced.get(wire.index, values[wire.source]) for wire in circuit.inputs(node.index)
            ]
            known = [one for one in carried if one is not None]
            if len(known) < len(carried):
                problem = WAITS
            else:
                try:
                    value = _finite(node.gate.value(*known))
                except (Undefined, OverflowError) as error:
                    problem = _reason(error)
        values.append(value)
        problems.append(problem)
    return tuple(values), tuple(problems)


def _total(gradients: list[float | None]) -> float | None:
    known = [gradient for gradient in gradients if gradient is not None]
    total = sum(known)
    return total if len(known) == len(gradients) and math.isfinite(total) else None


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise OverflowError
    return number + 0.0  # turns −0 into 0


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, Undefined) else TOO_LARGE

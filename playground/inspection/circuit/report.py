"""A circuit with all its numbers, as text to read and as JSON to compute with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from playground.inspection.circuit.check import check_wire
from playground.inspection.circuit.graph import Circuit, Pass, Wire, run
from playground.inspection.circuit.leaves import Copy
from playground.inspection.circuit.numbers import number_text
from playground.inspection.circuit.presets import load_circuit
from playground.inspection.circuit.tape import Phase, Step, Tape

__all__ = ["circuit_text", "circuit_tree", "equation", "printed"]


def printed(name: str, check: bool = False, as_json: bool = False) -> str:
    """Return the print of the circuit of that name, for the command line.

    Raises
    ------
    KeyError
        If there is no such circuit; the message names those there are.
    """
    file = load_circuit(name)
    if as_json:
        return json.dumps(circuit_tree(file.circuit, file.values, check), ensure_ascii=False)
    return circuit_text(file.circuit, file.values, check)


def circuit_text(
    circuit: Circuit, variables: Mapping[str, float], check: bool = False, figures: int = 6
) -> str:
    """Return the forward and the backward pass as lines to read.

    Parameters
    ----------
    check
        Whether each gradient is followed by the verdict of a central difference.
    figures
        Significant figures.
    """
    numbers = run(circuit, variables)

    def show(number: float | None) -> str:
        return number_text(number, figures)

    lines = [f"{circuit.result} = {circuit.expression.split('=')[-1].strip()}", "", "inputs"]
    lines += [f"  {name} = {show(variables[name])}" for name in circuit.variables]
    lines += ["", "forward"]
    lines += [
        f"  {_forward_line(numbers, step, figures)}"
        for step in Tape(circuit).steps
        if step.phase is Phase.FORWARD
    ]
    lines += ["", "backward"]
    result = circuit.result
    seed = numbers.gradients[-1]
    lines.append(f"  ∂{result}/∂{result} = {show(seed)}")
    for step in Tape(circuit).steps:
        if step.phase is not Phase.BACKWARD or step.node is None:
            continue
        gate = circuit.nodes[step.node].gate
        lines.append(f"  {circuit.formula(step.node)}    {gate.title.lower()} {gate.does}")
        for wire in circuit.inputs(step.node):
            lines.append(f"    {equation(numbers, wire, figures)}")
            if numbers.slope_problems[wire.index] and numbers.gradients[wire.index] is None:
                lines.append(f"      undefined here: {numbers.slope_problems[wire.index]}")
            verdict = check_wire(numbers, variables, wire) if check else None
            if verdict is not None:
                error = verdict.relative_error
                size = "" if error is None else f", relative error {error:.1e}"
                lines.append(f"      gradient check: {verdict.verdict}{size}")
    lines += ["", "gradients"]
    lines += [
        f"  ∂{result}/∂{name} = {show(numbers.gradient_of(name))}" for name in circuit.variables
    ]
    return "\n".join(lines)


def _forward_line(numbers: Pass, step: Step, figures: int) -> str:
    assert step.node is not None  # a step of the forward pass has a gate
    circuit, node = numbers.circuit, numbers.circuit.nodes[step.node]
    values = [numbers.values[source] for source in node.sources]
    value = numbers.values[node.index]
    if isinstance(node.gate, Copy):
        count = len(circuit.outputs(node.index))
        return f"{node.name} is used {count} times: {number_text(value, figures)}"
    if value is None:
        return f"{circuit.formula(node.index)} is undefined here: {numbers.problems[node.index]}"
    put_in = node.gate.text([_bracketed(number_text(one, figures)) for one in values])
    # A function has brackets of its own.
    put_in = put_in.replace("((", "(").replace("))", ")")
    shown = number_text(value, figures)
    return f"{circuit.formula(node.index)} = " + (
        shown if put_in == shown else f"{put_in} = {shown}"
    )


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def equation(numbers: Pass, wire: Wire, figures: int = 3) -> str:
    """Return downstream = upstream × local for a wire, in names and numbers."""
    circuit = numbers.circuit
    name = f"∂{circuit.result}/∂{circuit.wire_name(wire)}"
    gradient = number_text(numbers.gradients[wire.index], figures)
    if wire.target is None:
        return f"{name} = {gradient}"
    node = circuit.nodes[wire.target]
    if isinstance(node.gate, Copy):
        branches = circuit.outputs(node.index)
        terms = " + ".join(f"∂{circuit.result}/∂{circuit.wire_name(one)}" for one in branches)
        summed = " + ".join(
            _bracketed(number_text(numbers.gradients[one.index], figures)) for one in branches
        )
        return f"{name} = {terms} = {summed} = {gradient}"
    upstream = number_text(numbers.upstream(node.index), figures)
    local = number_text(numbers.locals[wire.index], figures)
    names = circuit.names_of_inputs(node.index)
    slope = node.gate.local_text(wire.slot, names, node.name)
    slope = f"({slope})" if " " in slope else slope
    return (
        f"{name} = ∂{circuit.result}/∂{node.name} × {slope} = "
        f"{_bracketed(upstream)} × {_bracketed(local)} = {gradient}"
    )


def circuit_tree(
    circuit: Circuit, variables: Mapping[str, float], check: bool = False
) -> dict[str, Any]:
    """Return every number as plain dicts and lists at full precision; ``None`` is undefined."""
    numbers = run(circuit, variables)
    gates = []
    for node in circuit.nodes:
        wires = []
        for wire in circuit.inputs(node.index):
            tree: dict[str, Any] = {
                "from": wire.source,
                "name": circuit.wire_name(wire),
                "value": numbers.value(wire),
                "local": numbers.locals[wire.index],
                "gradient": numbers.gradients[wire.index],
            }
            verdict = check_wire(numbers, variables, wire) if check else None
            if verdict is not None:
                tree["check"] = {
                    "numeric": verdict.numeric,
                    "relative_error": verdict.relative_error,
                    "verdict": verdict.verdict,
                }
            wires.append(tree)
        gates.append(
            {
                "index": node.index,
                "gate": node.gate.tag,
                "name": node.name,
                "formula": circuit.formula(node.index) if node.sources else node.name,
                "does": node.gate.does,
                "value": numbers.values[node.index],
                "problem": numbers.problems[node.index],
                "upstream": numbers.upstream(node.index),
                "inputs": wires,
            }
        )
    return {
        "expression": circuit.expression,
        "result": circuit.result,
        "value": numbers.result,
        "variables": {
            name: {"value": variables[name], "gradient": numbers.gradient_of(name)}
            for name in circuit.variables
        },
        "gates": gates,
    }

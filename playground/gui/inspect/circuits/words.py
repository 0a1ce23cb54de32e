"""What is said about a moment of a circuit: for captions, tips and screen readers."""

from __future__ import annotations

from playground.gui.inspect.circuits.model import CircuitModel
from playground.gui.tip_card import Tip
from playground.inspection.circuit.graph import WAITS
from playground.inspection.circuit.leaves import Copy, Number, Variable
from playground.inspection.circuit.numbers import number_text
from playground.inspection.circuit.report import equation
from playground.inspection.circuit.tape import Phase


def heading(model: CircuitModel) -> str:
    """Return what happens at this moment, as a title."""
    step = model.step
    if step.phase is Phase.INPUTS:
        return "The inputs are given"
    if step.node is None:
        return "The way back starts"
    gate = model.circuit.nodes[step.node].gate
    if step.phase is Phase.FORWARD:
        return gate.title
    return f"{gate.title} {gate.does}"


def foot(model: CircuitModel) -> str:
    """Return where we are: ``Circuit · backward · step 5 of 9``."""
    return f"Circuit · {model.step.phase.value} · step {model.now} of {len(model.tape) - 1}"


def explanation(model: CircuitModel) -> str:
    """Return a sentence about this moment."""
    step, circuit = model.step, model.circuit
    if step.phase is Phase.INPUTS:
        if not circuit.nodes[-1].sources:
            return "There is no gate here: the result is what is given."
        return "Press → to let the first gate compute; the gradients follow on the way back."
    if step.node is None:
        if model.numbers.result is None:
            return model.numbers.first_problem or "The result is undefined here."
        return (
            f"{circuit.result} changes with itself one to one: every gradient is built on this 1."
        )
    problem = problem_of(model, step.node)
    if problem:
        return problem
    node = circuit.nodes[step.node]
    if step.phase is Phase.FORWARD:
        if isinstance(node.gate, Copy):
            count = len(circuit.outputs(node.index))
            return f"{node.name} is used {count} times: each user gets the same value."
        return "The value goes on to the right."
    if model.numbers.is_at_kink(step.node):
        return f"{node.gate.rule} Here its inputs tie: there is a kink, and one side is taken."
    return node.gate.rule


def problem_of(model: CircuitModel, node: int) -> str:
    """Return why a gate has no value, or no gradient, here; "" if all is well."""
    numbers = model.numbers
    if numbers.values[node] is None:
        return f"Undefined here: {_cause(numbers.problems[node], numbers.first_problem)}."
    if model.step.phase is Phase.BACKWARD:
        for wire in model.circuit.inputs(node):
            if numbers.gradients[wire.index] is None:
                own = numbers.slope_problems[wire.index]
                return f"Undefined here: {_cause(own, numbers.first_problem)}."
    return ""


def _cause(problem: str, first: str) -> str:
    """Return a problem, and where it only waits for another, that as well."""
    return f"{problem}: {first}" if problem == WAITS and first else problem


def place_in_film(model: CircuitModel) -> str:
    """Return where this moment lies: ``backward · gate 2 of 7``."""
    step = model.step
    if step.phase is Phase.INPUTS:
        return f"inputs · step 0 of {len(model.tape) - 1}"
    count = (len(model.tape) - 2) // 2
    number = model.now if step.phase is Phase.FORWARD else model.now - model.tape.seed
    where = f"gate {number} of {count}" if number else "start"
    return f"{step.phase.value} · {where}"


def spoken_step(model: CircuitModel) -> str:
    """Return this moment for a screen reader, without giving an answer away."""
    parts = [place_in_film(model), heading(model)]
    step = model.step
    if step.phase is Phase.FORWARD and step.node is not None:
        value = number_text(model.numbers.values[step.node], model.figures)
        parts.append(f"{model.circuit.formula(step.node)} = {value}")
    for wire in model.wires_of_step():
        if model.is_masked(wire.index):
            parts.append(f"∂{model.circuit.result}/∂{model.circuit.wire_name(wire)} is asked for")
        else:
            parts.append(equation(model.numbers, wire, model.figures))
    return ". ".join(parts)


def tip_of_node(model: CircuitModel, node: int) -> Tip:
    """Return what there is to say about a gate, an input or a number."""
    one = model.circuit.nodes[node]
    if isinstance(one.gate, Variable):
        users = len(model.circuit.outputs(node))
        return Tip(f"Input {one.name}", f"Used {users} time{'s' if users > 1 else ''}. "
                   "Its value is set in the row above.")  # fmt: skip
    if isinstance(one.gate, Number):
        return Tip(f"Number {one.name}", one.gate.rule)
    title = f"{one.gate.title}: {one.gate.does}"
    text = f"{one.gate.rule}\n{model.circuit.formula(node)}"
    if model.numbers.is_at_kink(node):
        text += "\nThe inputs tie here: at this kink there is no single slope."
    problem = problem_of(model, node)
    return Tip(title, f"{text}\n{problem}" if problem else text)

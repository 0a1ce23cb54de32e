"""Judging a gradient that a person worked out by hand, and naming the slip where there is one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from playground.inspection.circuit.arithmetic import Multiply
from playground.inspection.circuit.graph import Pass, Wire
from playground.inspection.circuit.leaves import Copy, Number
from playground.inspection.circuit.numbers import number_text
from playground.inspection.circuit.parser import ExpressionError, parse

__all__ = ["FIGURES", "Judgement", "Score", "Slip", "agrees", "hints", "judge", "typed_number"]

FIGURES = 3
"""Significant figures that suffice."""


class Slip(Enum):
    """Known ways to get a gradient wrong; the value says what happened."""

    SIGN = "The size is right, the sign is not."
    FORGOTTEN_UPSTREAM = (
        "This is the local gradient alone. Multiply it by the upstream gradient that arrives."
    )
    FORGOTTEN_LOCAL = (
        "This is the upstream gradient. Multiply it by the local gradient of the gate."
    )
    FORGOTTEN_SUM = "This is what one branch brings. A value used several times sums all branches."
    PRODUCT_OF_BRANCHES = "The branches were multiplied. Gradients that meet are summed."
    OTHER_INPUT = "This is the gradient of the other input of the gate."
    OWN_VALUE = (
        "The upstream gradient was multiplied by the input's own value. Multiplication swaps: "
        "take the other input."
    )
    VALUE = "This is the value on the wire, from the forward pass, not its gradient."


@dataclass(frozen=True, slots=True)
class Judgement:
    """What there is to say about an answer.

    Attributes
    ----------
    is_right
        Whether it agrees to the significant figures asked for.
    slip
        What probably went wrong, ``None`` if it is right or nothing known fits.
    message
        A sentence for the person.
    """

    is_right: bool
    slip: Slip | None
    message: str


@dataclass(slots=True)
class Score:
    """How a session went: wires tried, and those right at the first try."""

    tried: int = 0
    right: int = 0
    at_once: int = 0

    @property
    def text(self) -> str:
        """The score in words, "" before the first answer."""
        if not self.tried:
            return ""
        return f"{self.right} of {self.tried} right, {self.at_once} at the first try"


def typed_number(text: str) -> float:
    """Return the number that a person typed: ``-0.39``, ``0,5``, ``1/3``, ``-4 * 3``.

    Raises
    ------
    ExpressionError
        If it is none.
    """
    plain = text.replace(",", ".") if text.count(",") == 1 and "(" not in text else text
    circuit = parse(plain)
    gate = circuit.nodes[-1].gate
    if not isinstance(gate, Number):
        raise ExpressionError(0, "this is not a number", "type one, such as -0.39 or 1/3")
    return gate.number


def agrees(typed: float, true: float, figures: int = FIGURES) -> bool:
    """Return whether a number is right to so many significant figures.

    A number that was cut off instead of rounded counts as well.
    """
    if not math.isfinite(typed):
        return False
    if true == 0:
        return abs(typed) < 0.5 * 10.0**-figures
    unit = 10.0 ** (math.floor(math.log10(abs(true))) - figures + 1)
    if abs(typed - true) <= 0.5001 * unit:
        return True
    is_cut_off = typed * true > 0 and abs(typed) <= abs(true)
    return is_cut_off and abs(true) - abs(typed) < unit * (1 - 1e-9)


def judge(numbers: Pass, wire: Wire, typed: float, figures: int = FIGURES) -> Judgement:
    """Judge an answer to "what is the gradient on this wire?".

    Raises
    ------
    ValueError
        If the wire has no gradient.
    """
    true = numbers.gradients[wire.index]
    if true is None:
        raise ValueError(f"wire {wire.index} has no gradient; ask for another")
    if agrees(typed, true, figures):
        return Judgement(True, None, "Right.")
    for slip, wrong in _slips(numbers, wire, true):
        if agrees(typed, wrong, figures) and not agrees(wrong, true, figures):
            return Judgement(False, slip, slip.value)
    if true != 0 and 0.97 < typed / true < 1.03:
        return Judgement(False, None, f"Nearly: {figures} significant figures are asked for.")
    return Judgement(False, None, "No. Work out upstream × local, or ask for a hint.")


def _slips(numbers: Pass, wire: Wire, true: float) -> Iterator[tuple[Slip, float]]:
    """Yield what each known slip would have given, the most telling first."""
    yield Slip.SIGN, -true
    circuit = numbers.circuit
    local, value = numbers.locals[wire.index], numbers.value(wire)
    if wire.target is not None:
        upstream = numbers.upstream(wire.target)
        branches = [numbers.gradients[w.index] for w in circuit.outputs(wire.target)]
        if isinstance(circuit.nodes[wire.target].gate, Copy):
            known = [branch for branch in branches if branch is not None]
            for branch in known:
                yield Slip.FORGOTTEN_SUM, branch
            yield Slip.PRODUCT_OF_BRANCHES, math.prod(known)
        else:
            if local is not None:
                yield Slip.FORGOTTEN_UPSTREAM, local
            if upstream is not None:
                yield Slip.FORGOTTEN_LOCAL, upstream
        if isinstance(circuit.nodes[wire.target].gate, Multiply) and None not in (upstream, value):
            yield Slip.OWN_VALUE, (upstream or 0.0) * (value or 0.0)
        for other in circuit.inputs(wire.target):
            gradient = numbers.gradients[other.index]
            if other is not wire and gradient is not None:
                yield Slip.OTHER_INPUT, gradient
    if value is not None:
        yield Slip.VALUE, value


def hints(numbers: Pass, wire: Wire) -> tuple[str, ...]:
    """Return help in steps: the rule, what this gate does, the numbers, the answer."""
    circuit = numbers.circuit
    answer = f"The gradient is {number_text(numbers.gradients[wire.index])}."
    if wire.target is None:
        return "The result changes with itself one to one.", answer
    node = circuit.nodes[wire.target]
    upstream = numbers.upstream(wire.target)
    if isinstance(node.gate, Copy):
        branches = " and ".join(
            number_text(numbers.gradients[w.index]) for w in circuit.outputs(node.index)
        )
        return (
            "Several gradients meet here. What happens to gradients that meet?",
            node.gate.rule,
            f"The branches bring {branches}.",
            answer,
        )
    names = circuit.names_of_inputs(node.index)
    formula = node.gate.local_text(wire.slot, names, node.name)
    arriving, local = number_text(upstream), number_text(numbers.locals[wire.index])
    return (
        "Downstream = upstream × local: the gradient that arrives at the gate, times how the gate "
        "changes with this input.",
        node.gate.rule,
        f"Upstream is {arriving}, local is {formula} = {local}.",
        answer,
    )

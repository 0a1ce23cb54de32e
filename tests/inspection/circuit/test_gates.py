"""Every gate: its slopes against finite differences, and what it says where it has no value."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from playground.inspection.circuit import arithmetic, functions, leaves, powers
from playground.inspection.circuit.gate import Gate, Undefined
from playground.inspection.circuit.gates import FUNCTIONS, GATES

INNER = [kind for kind in GATES if kind not in (leaves.Variable, leaves.Number)]
POINTS = ((0.7, 1.3), (2.5, 0.4), (1.9, 3.1))


def _made(kind: Callable[..., Gate], number: float = 2.5) -> Gate:
    fields: Any = getattr(kind, "__dataclass_fields__", {})
    return kind(number) if "number" in fields else kind()


@pytest.mark.parametrize("kind", INNER, ids=lambda kind: kind.tag)
def test_that_local_gradients_are_the_slopes_of_the_value(kind: type[Gate]) -> None:
    gate = _made(kind)
    for point in POINTS:
        inputs = point[: gate.arity]
        output = gate.value(*inputs)
        for slot in range(gate.arity):
            ends = []
            for step in (1e-6, -1e-6):
                moved = list(inputs)
                moved[slot] += step
                ends.append(gate.value(*moved))
            expected = (ends[0] - ends[1]) / 2e-6
            assert gate.local(slot, inputs, output) == pytest.approx(expected, rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("kind", INNER, ids=lambda kind: kind.tag)
def test_that_every_gate_says_what_it_is_and_does(kind: type[Gate]) -> None:
    gate = _made(kind)
    names = ("u", "v")[: gate.arity]
    assert gate.title
    assert gate.does
    assert gate.rule.endswith((".", "0"))
    assert gate.symbol
    assert "u" in gate.text(names)
    assert all(gate.local_text(slot, names, "y") for slot in range(gate.arity))


def test_that_tags_are_unique() -> None:
    assert len({kind.tag for kind in GATES}) == len(GATES)
    assert set(FUNCTIONS.values()) <= set(GATES)


@pytest.mark.parametrize(
    ("gate", "inputs", "words"),
    [
        (functions.Log(), (-1.0,), "only positive numbers"),
        (functions.Log(), (0.0,), "only positive numbers"),
        (functions.Sqrt(), (-4.0,), "not a real number"),
        (arithmetic.Divide(), (1.0, 0.0), "division by 0"),
        (arithmetic.NumberOver(1.0), (0.0,), "division by 0"),
        (powers.Power(), (-8.0, 1 / 3), "not a real number"),
        (powers.PowerNumber(-2.0), (0.0,), "division by 0"),
    ],
    ids=lambda value: value.tag if isinstance(value, Gate) else "",
)
def test_that_a_gate_without_a_value_says_why(
    gate: Gate, inputs: tuple[float, ...], words: str
) -> None:
    with pytest.raises(Undefined, match=words):
        gate.value(*inputs)


def test_that_powers_have_their_slopes_at_the_edges() -> None:
    assert powers.PowerNumber(0.0).local(0, (0.0,), 1.0) == 0
    assert powers.PowerNumber(2.0).local(0, (0.0,), 0.0) == 0
    assert powers.PowerNumber(1.0).local(0, (0.0,), 0.0) == 1
    assert powers.PowerNumber(3.0).local(0, (-2.0,), -8.0) == 12
    with pytest.raises(Undefined, match="infinite at 0"):
        powers.PowerNumber(0.5).local(0, (0.0,), 0.0)
    with pytest.raises(Undefined, match="infinite at 0"):
        functions.Sqrt().local(0, (0.0,), 0.0)
    with pytest.raises(Undefined, match="ln"):
        powers.Power().local(1, (-2.0, 2.0), 4.0)


def test_that_the_sigmoid_survives_large_inputs() -> None:
    assert functions.Sigmoid().value(-1000.0) == 0
    assert functions.Sigmoid().value(1000.0) == 1


@pytest.mark.parametrize(
    ("gate", "inputs"),
    [
        (functions.Relu(), (0.0,)),
        (functions.Abs(), (0.0,)),
        (functions.Max(), (2.0, 2.0)),
        (functions.Min(), (2.0, 2.0)),
    ],
    ids=lambda value: value.tag if isinstance(value, Gate) else "",
)
def test_that_ties_are_known_as_kinks(gate: Gate, inputs: tuple[float, ...]) -> None:
    assert gate.is_at_kink(*inputs)
    assert not gate.is_at_kink(inputs[0] + 1.0, *inputs[1:])
    assert math.isfinite(gate.local(0, inputs, gate.value(*inputs)))

"""Judging answers: what counts as right, and which slip is named."""

from __future__ import annotations

import pytest

from playground.inspection.circuit.graph import Wire, run
from playground.inspection.circuit.parser import ExpressionError, parse
from playground.inspection.circuit.predict import Score, Slip, agrees, hints, judge, typed_number


def _wire(text: str, name: str, values: dict[str, float]):  # type: ignore[no-untyped-def]
    circuit = parse(text)
    numbers = run(circuit, values)
    wire: Wire = next(
        w for w in circuit.wires if w.target is not None and circuit.wire_name(w) == name
    )
    return numbers, wire


PRODUCT = ("f = (x + y) * z * 3", {"x": -2.0, "y": 5.5, "z": -4.0})
FORK = ("x * y + 5 * x", {"x": 2.0, "y": 3.5})


@pytest.mark.parametrize(
    ("name", "typed", "slip"),
    [
        ("z", "10.5", None),
        ("z", "-10.5", Slip.SIGN),
        ("z", "3.5", Slip.FORGOTTEN_UPSTREAM),
        ("z", "3", Slip.FORGOTTEN_LOCAL),
        ("z", "-12", Slip.OWN_VALUE),
        ("x", "-12", None),
        ("x", "1", Slip.FORGOTTEN_UPSTREAM),
        ("x", "-2", Slip.VALUE),
    ],
)
def test_that_each_slip_is_named(name: str, typed: str, slip: Slip | None) -> None:
    numbers, wire = _wire(PRODUCT[0], name, PRODUCT[1])
    judgement = judge(numbers, wire, typed_number(typed))
    assert judgement.is_right == (slip is None)
    assert judgement.slip is slip


def test_that_a_product_by_the_own_value_is_recognised() -> None:
    numbers, wire = _wire("f = (a * b) * 7", "a", {"a": 2.0, "b": 5.0})
    assert judge(numbers, wire, 14).slip is Slip.OWN_VALUE


@pytest.mark.parametrize(
    ("typed", "slip"),
    [
        (8.5, None),
        (3.5, Slip.FORGOTTEN_SUM),
        (5.0, Slip.FORGOTTEN_SUM),
        (17.5, Slip.PRODUCT_OF_BRANCHES),
        (-8.5, Slip.SIGN),
        (99.0, None),
    ],
)
def test_that_a_forgotten_sum_at_a_fork_is_named(typed: float, slip: Slip | None) -> None:
    numbers, wire = _wire(*FORK[:1], "x", FORK[1])
    judgement = judge(numbers, wire, typed)
    assert judgement.slip is slip
    assert judgement.is_right == (typed == 8.5)


def test_that_three_significant_figures_suffice() -> None:
    assert agrees(-0.197, -0.19661193324)
    assert agrees(-0.196, -0.19661193324)  # cut off, not rounded
    assert not agrees(-0.19, -0.19661193324)
    assert agrees(-0.19, -0.19661193324, figures=2)
    assert agrees(0, 0)
    assert not agrees(0.01, 0)
    assert not agrees(float("nan"), 1)


def test_that_a_near_miss_is_told_from_a_miss() -> None:
    numbers, wire = _wire(PRODUCT[0], "z", PRODUCT[1])
    assert "Nearly" in judge(numbers, wire, 10.6).message


@pytest.mark.parametrize(
    ("text", "number"),
    [("-0.39", -0.39), ("−0,5", -0.5), ("1/3", 1 / 3), (" -4 * 3", -12.0), ("1e-3", 1e-3)],
)
def test_that_answers_may_be_typed_as_people_do(text: str, number: float) -> None:
    assert typed_number(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "x", "abc def", "1/0", "9**9**9", "__import__('os')"])
def test_that_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        typed_number(text)


def test_that_hints_go_from_the_rule_to_the_answer() -> None:
    numbers, wire = _wire(PRODUCT[0], "z", PRODUCT[1])
    steps = hints(numbers, wire)
    assert "upstream × local" in steps[0]
    assert "swaps" in steps[1]
    assert "3.5" in steps[2]
    assert steps[-1] == "The gradient is 10.5."
    numbers, wire = _wire(FORK[0], "x", FORK[1])
    assert "3.5 and 5" in hints(numbers, wire)[2]


def test_that_nothing_is_scored_before_the_first_answer() -> None:
    assert Score().text == ""
    assert Score(tried=2, right=1, at_once=1).text == "1 of 2 right, 1 at the first try"

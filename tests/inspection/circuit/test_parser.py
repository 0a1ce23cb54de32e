"""Expressions: those that are understood, and those that are refused by name and place."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playground.inspection.circuit.graph import run
from playground.inspection.circuit.parser import MAXIMUM_CHARACTERS, ExpressionError, parse


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("f = (x + y) * z", {"x": -2, "y": 5, "z": -4}, -12),
        ("max(a,b)*a", {"a": 3, "b": 2}, 9),
        ("min(a, b, 1)", {"a": 3, "b": 2}, 1),
        ("-x^2", {"x": 3}, -9),
        ("2^-x", {"x": 1}, 0.5),
        ("x² − 3·x ÷ 2", {"x": 4}, 10),
        ("  L=relu(-x)+abs(x)+sqrt(x) ", {"x": 4}, 6),
        ("w₁ * x", {"w1": 2, "x": 3}, 6),
        ("σ(0 * θ) * pi / π", {"θ": 3}, 0.5),
        ("3 - x", {"x": 1}, 2),
        ("2*3 + 0*x", {"x": 1}, 6),
        ("x", {"x": 7}, 7),
        ("ln(exp(x))", {"x": 1.5}, 1.5),
        ("cos(x) + sin(x) + tanh(x)", {"x": 0}, 1),
        ("x**y", {"x": 2, "y": 5}, 32),
        ("+x", {"x": 1}, 1),
    ],
)
def test_that_formulas_are_read_as_people_mean_them(
    text: str, values: dict[str, float], expected: float
) -> None:
    circuit = parse(text)
    assert set(circuit.variables) == set(values)
    assert run(circuit, values).result == pytest.approx(expected, rel=1e-12)


def test_that_numbers_move_into_gates() -> None:
    circuit = parse("1/(1 + exp(-(w*x + 2*3)))")
    symbols = [node.gate.symbol for node in circuit.nodes]
    assert symbols == ["w", "x", "×", "+6", "×−1", "exp", "+1", "1/x"]


def test_that_a_variable_used_twice_is_copied_first() -> None:
    circuit = parse("max(a, b) * a")
    assert [node.gate.tag for node in circuit.nodes] == [
        "variable", "variable", "copy", "max", "multiply",
    ]  # fmt: skip
    assert [len(circuit.outputs(node.index)) for node in circuit.nodes] == [1, 1, 2, 1, 1]


def test_that_gates_know_where_they_are_written() -> None:
    circuit = parse("f = (x + ²)*z".replace("²", "y²"))
    add = next(node for node in circuit.nodes if node.gate.tag == "add")
    assert circuit.expression[slice(*add.span)] == "x + y²"


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "no expression"),
        ("f = ", 3, "no expression"),
        ("x +", 2, "nothing follows"),
        ("2x + 1", 0, r"write 2 \* x"),
        ("x y", 2, "not expected"),
        ("(x + y", 0, "never closed"),
        ("x)", 1, "never opened"),
        ("9**9**9", 0, "larger than any number"),
        ("1/0 + x", 0, "division by 0"),
        ("log(-1)*x", 0, "only positive"),
        ("x + eval(y)", 4, "“eval” is not a function"),
        ("x + print", 4, "cannot be the name"),
        ("_x", 0, "cannot be the name"),
        ("lambda", 0, "word of Python"),
        ("x.real", 0, "dot"),
        ("x[0]", 0, "not a function"),
        ("__import__('os')", 11, "no meaning"),
        ("x if y else z", 0, "conditions"),
        ("x == y", 3, "second ="),
        ("f = f * 2", 0, "part of itself"),
        ("2 = x", 0, "not a name"),
        ("exp", 0, "function"),
        ("exp(x, y)", 0, "takes one value"),
        ("max(x)", 0, "two values"),
        ("max(*x)", 0, "plain values"),
        ("x, y", 0, "comma"),
        ("1j * x", 0, "real number"),
        ("True * x", 0, "real number"),
        ("x // y", 0, "//"),
        ("x # y", 2, "no meaning"),
        ("x\u202ey", 1, "u202e"),
        ("averyveryverylongname", 0, "at most 12"),
    ],
)
def test_that_what_is_not_a_formula_is_refused_with_place_and_remedy(
    text: str, position: int, words: str
) -> None:
    with pytest.raises(ExpressionError, match=words) as caught:
        parse(text)
    assert caught.value.position == position
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "(" * 400,
        "(" * 200 + "x" + ")" * 200,
        "-" * 499 + "x",
        "+".join("x" * 240),
        "*".join(f"v{index}" for index in range(90)),
        "9" * 499,
        "1e999",
        "x**" * 150 + "x",
        "\x00",
        "\ud800",
    ],
    ids=lambda text: text[:6].encode("unicode_escape").decode(),
)
def test_that_hostile_expressions_are_refused_quickly(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert 0 <= caught.value.position <= MAXIMUM_CHARACTERS


@settings(max_examples=150)
@given(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="xyzf0129.+-*/^()=, expmaxlog²×_", max_size=60),
    )
)
@example("x if y else 1")
@example("0in x")
@example("-0**-1")
def test_that_any_text_is_a_circuit_or_a_clear_error(text: str) -> None:
    try:
        circuit = parse(text)
    except ExpressionError as error:
        problem = error
    else:
        numbers = run(circuit, dict.fromkeys(circuit.variables, 0.75))
        assert len(numbers.values) == len(circuit.nodes)
        return
    assert 0 <= problem.position <= len(text)
    assert problem.remedy

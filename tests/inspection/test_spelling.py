"""The sum behind a cell as text, and the cells that take part."""

from __future__ import annotations

import pytest

from playground.engine.arithmetic import Line, Setting, exact_text, number_text
from playground.inspection.spelling import Factor, Lit, Spelling, Term, Terms


def _sum(count: int) -> Spelling:
    terms = tuple(
        Term((Factor(f"x[{s},1]", 0.5), Factor(f"δ[{s},0]", -0.12))) for s in range(count)
    )
    return Spelling(
        "∂L/∂W[1,0]", "Σₛ x[s,1]·δ[s,0]", -0.06 * count, (Lit(0, 1), Lit(1, None, 0)), terms
    )


def test_that_a_sum_is_spelled_out_with_its_numbers() -> None:
    assert _sum(2).text(2) == (
        "∂L/∂W[1,0] = Σₛ x[s,1]·δ[s,0] = 0.50·(−0.12) + 0.50·(−0.12) = −0.12"
    )


def test_that_a_long_sum_says_how_many_terms_it_leaves_out() -> None:
    text = _sum(784).calculation(2)
    assert text.count("0.50·(−0.12)") == 6
    assert "… 778 more terms …" in text


def test_that_the_other_convention_swaps_the_indices() -> None:
    turned = _sum(2).transposed((1, 0))
    assert turned.cell == "∂L/∂W[0,1]"
    assert turned.rule == "Σₛ x[1,s]·δ[0,s]"
    assert turned.lit == (Lit(1, None, 1), Lit(0, 0, None))


@pytest.mark.parametrize(
    "value, decimals, text",
    [
        (-0.0942, 4, "−0.0942"),
        (0.000438567, 3, "4.386e−4"),
        (0.0, 3, "0.000"),
        (-0.0, 2, "0.00"),
        (2.5e7, 2, "2.50e7"),
        (float("nan"), 3, "NaN"),
        (float("-inf"), 3, "−∞"),
        (9.99, 3, "9.990"),
    ],
)
def test_that_numbers_are_written_so_that_none_looks_like_zero(
    value: float, decimals: int, text: str
) -> None:
    assert number_text(value, decimals) == text


def test_that_settings_are_written_as_shortly_as_they_are_known() -> None:
    assert [exact_text(value) for value in (0.9, 1e-8, -2.5, 3.0)] == ["0.9", "1e−8", "−2.5", "3"]


def test_that_a_line_shows_names_then_numbers_then_the_result() -> None:
    line = Line(
        "m̂", "{m} / (1 − {β₁}^{t})", {"m": -0.01, "β₁": Setting(0.9), "t": Setting(1)}, -0.1
    )
    assert line.formula == "m / (1 − β₁^t)"
    assert line.text(3) == "m̂ = m / (1 − β₁^t) = −0.010 / (1 − 0.9^1) = −0.100"


@pytest.mark.parametrize(
    "pattern, numbers, text",
    [
        ("tanh({})", (-0.83,), "tanh(−0.83)"),
        ("max({}, {})", (-1.0, -2.0), "max(−1.00, −2.00)"),
        ("({} − {})²", (-1.0, -2.0), "(−1.00 − (−2.00))²"),
        ("e^{}", (-1.0,), "e^(−1.00)"),
        ("{}·({} − {})", (-1.0, -2.0, 3.0), "−1.00·(−2.00 − 3.00)"),
        ("{}²", (-1.0,), "(−1.00)²"),
    ],
)
def test_that_negative_numbers_have_brackets_where_they_need_them(
    pattern: str, numbers: tuple[float, ...], text: str
) -> None:
    assert Spelling("a", "", 0.0, pattern=pattern, numbers=numbers).calculation(2) == text


def test_that_of_a_long_sum_only_the_terms_are_made_that_are_written() -> None:
    made: list[int] = []

    def term(place: int) -> Term:
        made.append(place)
        return Term((Factor(f"x[{place}]", float(place)),))

    spelling = Spelling("y", "Σ", 4950.0, terms=Terms(100, term))
    assert spelling.calculation(1) == "0.0 + 1.0 + 2.0 + 3.0 + 4.0 + … 94 more terms … + 99.0"
    assert made == [0, 1, 2, 3, 4, 99]
    assert len(spelling.terms) == 100
    assert sum(each.value for each in spelling.terms) == 4950
    assert Terms(3, term) == Terms(3, term) != Terms(2, term)

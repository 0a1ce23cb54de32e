"""Arithmetic as it is written down: numbers as text, and formulas with the numbers put in."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MINUS = "−"
_NAME = re.compile(r"\{([^{}]+)\}")


def number_text(value: float, decimals: int = 4) -> str:
    """Write a number with so many decimals, or in powers of ten where those would hide it.

    ``-0.0942`` becomes ``−0.0942``; with three decimals, ``0.000438567`` becomes ``4.386e−4``.
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else (f"{MINUS}∞" if value < 0 else "∞")
    size = abs(value)
    if value != 0 and (size < 0.5 * 10.0 ** (1 - decimals) or size >= 1e6):
        mantissa, _, exponent = f"{value:.{decimals}e}".partition("e")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    text = f"{value:.{decimals}f}"
    if not text.strip("-0."):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def exact_text(value: float) -> str:
    """Write a setting, such as β₁ = 0.9, as shortly as it is known."""
    mantissa, mark, exponent = f"{value:.10g}".partition("e")
    return (
        f"{mantissa}e{int(exponent)}".replace("-", MINUS) if mark else mantissa.replace("-", MINUS)
    )


def factor_text(value: float, decimals: int = 4) -> str:
    """Write a number as part of a product: negative ones in brackets."""
    text = number_text(value, decimals)
    return f"({text})" if text.startswith(MINUS) else text


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that a person chose: written as shortly as it is known, not with decimals."""

    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a calculation: what is worked out, from what, and what comes out.

    Attributes
    ----------
    symbol
        What the line defines, such as ``m̂``.
    rule
        How, with names in braces: ``{m} / (1 − {β₁}^{t})``.
    numbers
        The value of each name: measured ones as ``float``, chosen ones as :class:`Setting`.
    value
        What comes out.
    meaning
        One sentence for who does not know the symbol.
    """

    symbol: str
    rule: str
    numbers: dict[str, float | Setting]
    value: float
    meaning: str = ""

    @property
    def formula(self) -> str:
        """The rule with names: ``m / (1 − β₁^t)``."""
        return _NAME.sub(lambda match: match[1], self.rule)

    def calculation(self, decimals: int = 4) -> str:
        """Return the rule with numbers: ``0.0123 / (1 − 0.9^3)``."""

        def number(match: re.Match[str]) -> str:
            value = self.numbers[match[1]]
            if isinstance(value, Setting):
                text = exact_text(value.value)
                return f"({text})" if text.startswith(MINUS) else text
            # What stands first needs no brackets around its sign.
            return (number_text if match.start() == 0 else factor_text)(value, decimals)

        return _NAME.sub(number, self.rule)

    def text(self, decimals: int = 4) -> str:
        """Return the whole line: ``m̂ = m / (1 − β₁^t) = 0.0123 / (1 − 0.9^3) = 0.0454``."""
        parts = [self.symbol, self.formula, self.calculation(decimals)]
        return " = ".join([*dict.fromkeys(parts), number_text(self.value, decimals)])

"""How numbers of a circuit are written."""

from __future__ import annotations

import math

__all__ = ["number_text"]


def number_text(number: float | None, figures: int = 3) -> str:
    """Return a number to so many significant figures: ``−0.197``, ``12``, ``7.3e−5``.

    ``None`` is ``undefined``.
    """
    if number is None:
        return "undefined"
    if number == 0:
        return "0"
    size = abs(number)
    exponent = math.floor(math.log10(float(f"{size:.{figures - 1}e}")))
    if -4 <= exponent < max(figures, 6):
        text = f"{size:.{max(figures - 1 - exponent, 0)}f}"
        if "." in text and float(text) == size:
            text = text.rstrip("0").rstrip(".")
    else:
        mantissa, power = f"{size:.{figures - 1}e}".split("e")
        text = f"{mantissa}e{int(power)}".replace("-", "−")
    return f"−{text}" if number < 0 else text

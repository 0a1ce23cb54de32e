"""Numbers as they are shown in the output panel: of constant width, with a real minus sign."""

from __future__ import annotations

import math

__all__ = ["MINUS", "percent", "place_text", "signed"]

MINUS = "−"


def signed(value: float) -> str:
    """Return a value with its sign, such as ``+0.87`` or ``−1.2e+03``."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("+∞" if value > 0 else f"{MINUS}∞")
    text = f"{value:+.2f}" if abs(value) < 100 else f"{value:+.1e}"
    return text.replace("-", MINUS)


def percent(share: float) -> str:
    """Return a share in percent; 100 and 0 only if it is all or nothing: ``98.4 %``."""
    if not math.isfinite(share):
        return "–"
    shown = round(share * 100, 1)
    if shown >= 100 and share < 1:
        shown = 99.9
    if shown <= 0 and share > 0:
        shown = 0.1
    return f"{shown:.0f} %" if shown in (0, 100) else f"{shown:.1f} %"


def place_text(x1: float, x2: float) -> str:
    """Return a point of the plane, such as ``(1.82, −2.31)``."""
    return f"({x1:.2f}, {x2:.2f})".replace("-", MINUS)

"""How the numbers of a field are read, written and stepped. No widgets."""

from __future__ import annotations

import math

from playground.gui.editors.base import allowed_range, number_text
from playground.schema.describe import Field, FieldKind

_ROUND_STEPS = (1.0, 2.0, 5.0, 10.0)


class NumberRule:
    """How the numbers of a field are read, written and stepped."""

    extras: tuple[None, ...] = ()
    """What a list offers after the suggested numbers: nothing, or what ``None`` stands for."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.whole = field.kind is FieldKind.WHOLE
        self.suggestions = tuple(sorted(field.shown.suggestions))

    def text(self, value: float | None) -> str:
        """Return a number as it stands in the box, with its unit."""
        if value is None:
            return ""
        unit = f" {self.field.shown.unit}" if self.field.shown.unit else ""
        return number_text(value) + unit

    def parsed(self, text: str) -> float | int | None:
        """Return the number that a person typed.

        Raises
        ------
        ValueError
            If it is none, or not within the bounds. The message says what is allowed.
        """
        plain = text.strip().replace("−", "-").removesuffix(self.field.shown.unit).strip()
        for space in (" ", "\u2009", "\u202f", "\u00a0"):
            plain = plain.replace(space, "")
        if not plain and self.field.optional:
            return None
        if plain.count(",") == 1 and "." not in plain:
            plain = plain.replace(",", ".")
        try:
            number = float(plain)
        except ValueError:
            raise ValueError(self._complaint()) from None
        if not math.isfinite(number) or not self.allows(number):
            raise ValueError(self._complaint())
        if self.whole:
            if not number.is_integer():
                raise ValueError(self._complaint())
            # int(float) would round the digits beyond 2⁵³.
            return int(plain) if plain.lstrip("+-").isdecimal() else int(number)
        return number

    def allows(self, number: float) -> bool:
        """Return whether a number lies within the bounds."""
        field = self.field
        return not (
            (field.ge is not None and number < field.ge)
            or (field.gt is not None and number <= field.gt)
            or (field.le is not None and number > field.le)
            or (field.lt is not None and number >= field.lt)
        )

    def stepped(self, value: float, steps: int) -> float | int:
        """Return the value some steps up (or down) that is still allowed."""
        for _ in range(abs(steps)):
            following = self._next(value, 1 if steps > 0 else -1)
            if not self.allows(following):
                break
            value = following
        return int(value) if self.whole else value

    @property
    def step(self) -> float:
        """Size of one step where steps are sums."""
        if self.field.shown.step:
            return self.field.shown.step
        if self.whole:
            return 1
        low, high = self.field.ge, self.field.le
        if low is not None and high is not None and 0 < high - low <= 1000:
            return _round_number((high - low) / 100)
        return 0.1

    def _next(self, value: float, direction: int) -> float:
        if self.suggestions and (self.field.shown.logarithmic or self.whole):
            beyond = [s for s in self.suggestions if (s - value) * direction > 0]
            if beyond:
                return float(min(beyond) if direction > 0 else max(beyond))
        if self.field.shown.logarithmic:
            return _next_round(value, direction)
        step = self.step
        return round(round(value / step) * step + direction * step, 12)

    def _complaint(self) -> str:
        sort = "a whole number" if self.whole else "a number"
        allowed = allowed_range(self.field)
        return f"Type {sort}. {allowed}." if allowed else f"Type {sort}."


def _round_number(value: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above a positive value."""
    power = 10.0 ** math.floor(math.log10(value))
    return max((m * power for m in _ROUND_STEPS if m * power <= value * 1.000001), default=power)


def _next_round(value: float, direction: int) -> float:
    """Return the next of ..., 0.1, 0.2, 0.5, 1, 2, 5, 10, ... above or below a value."""
    if value <= 0:
        return 1e-6 if direction > 0 else -1.0
    exponent = math.floor(math.log10(value))
    ladder = [float(f"{m}e{e}") for e in range(exponent - 1, exponent + 2) for m in (1, 2, 5)]
    if direction > 0:
        return min(rung for rung in ladder if rung > value * (1 + 1e-9))
    return max(rung for rung in ladder if rung < value * (1 - 1e-9))

"""How a step is shown: what a person has chosen, remembered by name."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from playground.gui.preferences import Preferences
from playground.inspection.operation import Notation

__all__ = ["Settings", "load_settings", "save_settings"]

PREFIX = "inspect.step."
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Operations per second while it goes on by itself."""
DECIMALS = tuple(range(2, 10))
FIGURES = (2, 3, 4, 5)
LARGE_TYPE, USUAL_TYPE = 19, 12
"""Height of the numbers, for a projector and otherwise, in device-independent pixels."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be switched.

    Attributes
    ----------
    is_batch
        Whether the step is about a whole mini-batch rather than one sample.
    sample
        Its index into all samples of the data, for one sample; -1 for the first to train on.
    columns
        Whether samples are columns: z = Wx + b.
    fused
        Whether softmax and cross-entropy are one operation backwards.
    decimals
        Of the numbers shown.
    large
        Whether letters are large, for a projector.
    speed
        Operations per second while it goes on by itself.
    figures
        Significant figures that an answer must get right.
    fold
        ``yes``, ``no``, or ``auto``: fold the tape by layers where there is no room.
    """

    is_batch: bool = False
    sample: int = -1
    columns: bool = False
    fused: bool = True
    decimals: int = 3
    large: bool = False
    speed: float = 1.0
    figures: int = 3
    fold: str = "auto"

    @property
    def notation(self) -> Notation:
        """How matrices are written down."""
        return Notation.COLUMNS if self.columns else Notation.ROWS

    @property
    def type_size(self) -> int:
        """Height of the numbers in device-independent pixels."""
        return LARGE_TYPE if self.large else USUAL_TYPE


_ALLOWED: dict[str, tuple[object, ...]] = {
    "decimals": DECIMALS,
    "speed": SPEEDS,
    "figures": FIGURES,
    "fold": ("auto", "yes", "no"),
}


def load_settings(preferences: Preferences) -> Settings:
    """Return what was chosen last; what does not fit any more is ignored."""
    settings = Settings()
    for field in fields(Settings):
        text = preferences.remembered(PREFIX + field.name, "")
        value = _parsed(text, getattr(settings, field.name))
        if value is not None and value in _ALLOWED.get(field.name, (value,)):
            changed: dict[str, Any] = {field.name: value}
            settings = replace(settings, **changed)
    return settings


def save_settings(preferences: Preferences, settings: Settings) -> None:
    """Remember everything for the next start."""
    for field in fields(Settings):
        preferences.remember(PREFIX + field.name, str(getattr(settings, field.name)))


def _parsed(text: str, default: object) -> bool | int | float | str | None:
    match default:
        case bool():
            return {"True": True, "False": False}.get(text)
        case int():
            return int(text) if text.isdecimal() and len(text) < 9 else None
        case float():
            try:
                return float(text)
            except ValueError:
                return None
        case _:
            return text or None

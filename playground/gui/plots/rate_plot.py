"""The plot of a learning-rate range test."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.gui.plots.canvas import Line, Mark
from playground.gui.plots.series import Series
from playground.gui.plots.time_plot import TimePlot
from playground.gui.theme import theme
from playground.training.rate_range import RateRange

__all__ = ["RatePlot"]

RAW_OPACITY = 0.6
ROOM_ABOVE = 1.5
"""How far above the first loss the axis goes: what explodes must not squash the rest."""


class RatePlot(TimePlot):
    """Loss over learning rates, on a logarithmic axis, with what was found marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Loss by learning rate", logarithmic=False, parent=parent)
        self.empty_text = ""
        self._canvas.message = ""
        self._canvas.x_unit = ""
        self._canvas.x_name = "rate"
        self._canvas.x_logarithmic = True
        self._found: RateRange | None = None

    def show_found(self, found: RateRange | None) -> None:
        """Show what a range test has found so far; ``None`` for nothing."""
        self._found = found
        if found is None:
            self.set_marks(())
            self.set_series(())
            return
        self._y_limit = ROOM_ABOVE * found.start_loss
        marks = [
            Mark(math.log10(rate), f"{word} {rate:.2g}", role)
            for rate, word, role in (
                (found.suggested, "suggested", "good"),
                (found.steepest_at, "steepest", "text_muted"),
                (found.diverged_at, "explodes", "danger"),
            )
            if rate is not None
        ]
        self.set_marks(tuple(marks))
        places = np.log10(found.rates)
        self.set_series(
            (
                Series("after each step", "text_muted", places, found.losses, raw=False),
                Series("smoothed", "accent", places, found.smoothed, raw=False),
            )
        )

    def csv_text(self) -> str:
        """Return rates and losses as comma-separated values."""
        lines = ["learning_rate,loss,smoothed_loss"]
        if self._found is not None:
            rows = zip(self._found.rates, self._found.losses, self._found.smoothed, strict=True)
            lines += [",".join(repr(float(value)) for value in row) for row in rows]
        return "\n".join(lines) + "\n"

    def _lines(self) -> list[Line]:
        if len(self._series) < 2:
            return super()._lines()
        raw, smooth = super()._lines()
        pale = theme().color("text_muted", RAW_OPACITY)
        return [dataclasses.replace(raw, color=pale, width=1.0), smooth]

    def _in_words(self, newest: float) -> str:
        sentence = "" if self._found is None else self._found.sentence
        return f"{self.title} up to {10.0**newest:.2g}. {sentence}"

"""One weight on its way through an update: what an optimizer's explanation is about."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import Line, Setting

Reals = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """One parameter before an update, amid all others.

    Attributes
    ----------
    parameters, gradient : (p,)
        Of the whole network.
    slots
        What the optimizer remembers, vectors (p,), in the scale of its readable rule.
    span
        Where the layer of the parameter lies in the vectors.
    index
        Place of the parameter in the vectors.
    steps
        Number of this update, from 1.
    learning_rate
        η of this update.
    """

    parameters: Reals
    gradient: Reals
    slots: Mapping[str, Reals]
    span: slice
    index: int
    steps: int
    learning_rate: float

    # NumPy's numbers: where Python's raise an error, theirs become infinite.
    @property
    def theta(self) -> float:
        """The parameter before."""
        return np.float64(self.parameters[self.index])

    @property
    def g(self) -> float:
        """The component of the gradient."""
        return np.float64(self.gradient[self.index])

    @property
    def eta(self) -> Setting:
        """The learning rate, as a number that was chosen."""
        return Setting(self.learning_rate)

    def slot(self, name: str) -> float:
        """Return what the optimizer remembers of this parameter."""
        return np.float64(self.slots[name][self.index])

    def norm(self, vector: Reals) -> float:
        """Return the length of the layer's part of a vector (p,)."""
        part = vector[self.span]
        return math.sqrt(float(np.dot(part, part)))

    def change(self, rule: str, numbers: dict[str, float | Setting], value: float) -> Line:
        """Return the line of the change Δ."""
        return Line("Δ", rule, numbers, value, "the change of this parameter")

    def after(self, change: float, before: float | None = None, symbol: str = "θ") -> Line:
        """Return the last line: the parameter, plus its change."""
        start = self.theta if before is None else before
        return Line(
            "θ_new",
            f"{{{symbol}}} + {{Δ}}",
            {symbol: start, "Δ": change},
            start + change,
            "the parameter after the step",
        )

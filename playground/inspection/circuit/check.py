"""Is a gradient of a circuit right? Central differences in float64, with an eye on kinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playground.engine.gradient_check import GradientCheck
from playground.inspection.circuit.graph import Pass, Wire, forward

__all__ = ["WireCheck", "check_wire"]

STEP = 1e-5
"""Half the distance of the two points, for values up to 1; larger values scale it."""


@dataclass(frozen=True, slots=True)
class WireCheck:
    r"""The verdict on the gradient of one wire.

    Attributes
    ----------
    analytic
        What backpropagation says.
    numeric
        (f(v + h) − f(v − h)) / 2h, ``None`` where one of the two is undefined.
    step
        h.
    relative_error
        \|analytic − numeric\| / (\|analytic\| + \|numeric\|), 0 where both are 0.
    crosses_kink
        Whether a gate has a kink between the two points: the difference then says little.
    """

    analytic: float
    numeric: float | None
    step: float
    relative_error: float | None
    crosses_kink: bool

    @property
    def verdict(self) -> str:
        """The judgement in the words of the cs231n notes; what is in its way otherwise."""
        if self.relative_error is None:
            return "cannot be checked"
        if self.crosses_kink:
            return "at a kink"
        return GradientCheck(self.relative_error, 1, 0).verdict

    @property
    def is_happy(self) -> bool:
        """Whether nothing speaks against the gradient."""
        return self.verdict in ("happy", "fine with kinks")


def check_wire(numbers: Pass, variables: Mapping[str, float], wire: Wire) -> WireCheck | None:
    """Compare the gradient on a wire with a central difference, all else held fast.

    Parameters
    ----------
    numbers
        The pass whose gradient is checked.
    variables
        The inputs it was made from.

    Returns
    -------
    WireCheck or None
        ``None`` if there is no gradient to check.
    """
    analytic, here = numbers.gradients[wire.index], numbers.value(wire)
    if analytic is None or here is None:
        return None
    step = STEP * max(1.0, abs(here))
    ends: list[float] = []
    sides: list[tuple[tuple[bool, ...], ...]] = []
    for direction in (1.0, -1.0):
        moved = here + direction * step
        if wire.target is None:
            ends.append(moved)
            continue
        values, _ = forward(numbers.circuit, variables, {wire.index: moved})
        if values[-1] is None:
            return WireCheck(analytic, None, step, None, False)
        ends.append(values[-1])
        sides.append(_sides(numbers, values, {wire.index: moved}))
    numeric = (ends[0] - ends[1]) / (2 * step)
    size = abs(analytic) + abs(numeric)
    error = abs(analytic - numeric) / size if size > 0 else 0.0
    return WireCheck(analytic, numeric, step, error, len(set(sides)) > 1)


def _sides(
    numbers: Pass, values: tuple[float | None, ...], replaced: Mapping[int, float]
) -> tuple[tuple[bool, ...], ...]:
    """Return on which side of its kinks every gate works."""
    sides = []
    for node in numbers.circuit.nodes:
        if not node.sources:
            continue
        carried = [
            replaced.get(wire.index, values[wire.source])
            for wire in numbers.circuit.inputs(node.index)
        ]
        sides.append(node.gate.sides(*(one for one in carried if one is not None)))
    return tuple(sides)

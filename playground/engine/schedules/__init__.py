"""Schedules: how the learning rate changes as training goes on, each with formula and source.

A schedule is a pure function of time, so that a run can be reset, resumed and reproduced bit by
bit. Time is measured in epochs, with fractions: an edit of the batch size does not change what a
schedule means. Lengths are the schedule's own: how long training really goes on is nobody's
business here. The one that follows the loss, :class:`ReduceOnPlateau`, is a pure function of what
it remembers and of what was measured. To add one, write a class and add it to
:data:`AnySchedule`.
"""

from __future__ import annotations

from playground.engine.schedules.base import Schedule
from playground.engine.schedules.plateau import Plateau, ReduceOnPlateau
from playground.engine.schedules.timed import (
    Constant,
    Cosine,
    Exponential,
    OneCycle,
    Polynomial,
    StepDecay,
)

__all__ = [
    "AnySchedule",
    "Constant",
    "Cosine",
    "Exponential",
    "OneCycle",
    "Plateau",
    "Polynomial",
    "ReduceOnPlateau",
    "Schedule",
    "StepDecay",
]

AnySchedule = Constant | StepDecay | Exponential | Polynomial | Cosine | OneCycle | ReduceOnPlateau
"""Every schedule, in menu order."""

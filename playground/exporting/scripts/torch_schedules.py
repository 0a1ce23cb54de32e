"""Schedules as lines of Python: the share of the learning rate after ``time`` epochs.

A contract test holds the table complete, and runs what it says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.engine.schedules import (
    Constant,
    Cosine,
    Exponential,
    OneCycle,
    Polynomial,
    ReduceOnPlateau,
    Schedule,
    StepDecay,
)
from playground.exporting.scripts.text import literal

__all__ = ["PLATEAU", "SCHEDULES", "schedule_source"]

_WAVE = '''
def wave(start, end, part):
    """Where half a cosine wave from start to end is after a part of its way."""
    return end + (start - end) * (1 + math.cos(math.pi * part)) / 2
'''


def _polynomial(s: Polynomial) -> str:
    final = literal(s.final_share)
    return (
        f"left = 1 - min(1.0, time / {literal(s.epochs)})\n"
        f"return {final} + (1 - {final}) * left ** {literal(s.power)}"
    )


def _cosine(s: Cosine) -> str:
    length, final = literal(s.epochs), literal(s.final_share)
    if not s.restarts:
        return f"return wave(1.0, {final}, min(time / {length}, 1.0))"
    if s.growth == 1:
        return f"return wave(1.0, {final}, time % {length} / {length})"
    return (
        f"length = {length}\n"
        "while time >= length:\n"
        "    time -= length\n"
        f"    length *= {s.growth}\n"
        f"return wave(1.0, {final}, time / length)"
    )


def _one_cycle(s: OneCycle) -> str:
    rising = literal(s.rising_share)
    return (
        f"part = min(1.0, time / {literal(s.epochs)})\n"
        f"if part < {rising}:\n"
        f"    return wave({literal(s.initial_share)}, 1.0, part / {rising})\n"
        f"return wave(1.0, {literal(s.final_share)}, (part - {rising}) / (1 - {rising}))"
    )


SCHEDULES: dict[type[Schedule], Callable[[Any], str]] = {
    Constant: lambda s: "return 1.0",
    StepDecay: lambda s: f"return {literal(s.drop)} ** math.floor(time / {literal(s.every)})",
    Exponential: lambda s: f"return {literal(s.decay)} ** time",
    Polynomial: _polynomial,
    Cosine: _cosine,
    OneCycle: _one_cycle,
    ReduceOnPlateau: lambda s: "return 1.0",
}
"""The share after ``time`` epochs since the warm-up."""

PLATEAU = '''
class Plateau:
    """Drops the learning rate when the loss no longer falls, as ReduceLROnPlateau does."""

    def __init__(self):
        self.best, self.waited, self.resting, self.share = float("inf"), 0, 0, 1.0

    def see(self, loss):
        self.waited += 1
        if loss < self.best * (1 - {threshold}):
            self.best, self.waited = loss, 0
        if self.resting > 0:
            self.resting, self.waited = self.resting - 1, 0
        if self.waited > {patience}:
            self.share = min(self.share, max(self.share * {drop}, {final_share}))
            self.waited, self.resting = 0, {cooldown}
'''


def schedule_source(schedule: Schedule) -> str:
    """Return the function ``rate_share(time, step)``, and what it needs."""
    body = SCHEDULES[type(schedule)](schedule)
    warmup = schedule.warmup_epochs
    wave = f"{_WAVE.strip()}\n\n\n" if "wave(" in body else ""
    if not warmup:
        lines = body.splitlines()
        documented = '"""The share of the learning rate after so many epochs."""'
        return wave + "\n    ".join(["def rate_share(time, step):", documented, *lines])
    shape = "\n    ".join(
        [
            "def shape(time):",
            '"""The share so many epochs after the warm-up."""',
            *body.splitlines(),
        ]
    )
    length = literal(warmup)
    return (
        f"{wave}{shape}\n\n\n"
        "def rate_share(time, step):\n"
        '    """The share of the learning rate after so many epochs; a step takes part of one."""\n'
        f"    share = shape(max(0.0, time - {length}))\n"
        f"    if time < {length}:\n"
        f"        share *= min(1.0, (time + step) / {length})\n"
        "    return share"
    )

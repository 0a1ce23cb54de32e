"""Showing what is expensive only as often as training can spare the time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

SHARE = 0.005
"""The part of the time that may go into one thing that is shown."""


class Thrifty(Generic[T]):
    """A value that is worked out anew only so often that it takes a small part of the time.

    It is for the eyes alone: what training does must never depend on a clock. Cheap values are new
    in every frame, those of a wide network a few times a second.

    Parameters
    ----------
    share
        The part of the time that may go into it.
    clock
        Returns seconds, of which that is a part.
    """

    def __init__(
        self, share: float = SHARE, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._share, self._clock = share, clock
        self._value: T | None = None
        self._seconds = 0.0
        self._next = -math.inf

    def value(self, work_out: Callable[[], T], is_urgent: bool) -> T:
        """Return the value: a new one if it is urgent or affordable, else the one before."""
        started = self._clock()
        if self._value is None or is_urgent or started >= self._next:
            self._value = work_out()
            self._seconds = self._clock() - started
            self._wait()
        return self._value

    def take(self, value: T) -> None:
        """Take a new value that somebody else has worked out anyway, instead of the next one."""
        self._value = value
        self._wait()

    def forget(self) -> None:
        """Work the value out anew the next time, whatever it costs: it is about something else."""
        self._value = None

    def _wait(self) -> None:
        self._next = self._clock() + self._seconds / self._share

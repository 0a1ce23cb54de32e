"""How fast training may go, and how fast it goes. Clocks that never change a result."""

from __future__ import annotations

import sys
import time

__all__ = ["Chunk", "Pace", "Rate"]

RATE_WINDOW = 0.5
"""Seconds over which steps per second are averaged."""
CHUNK_SECONDS = 0.002
"""Training between two looks at the commands."""


class Chunk:
    """How many steps take about two milliseconds."""

    def __init__(self) -> None:
        self.steps = 1

    def learn(self, steps: int, seconds: float) -> None:
        """Go towards the wanted length, by a factor of two at most: times are noisy."""
        wanted = round(steps * CHUNK_SECONDS / max(seconds, 1e-7))
        self.steps = min(max(wanted, self.steps // 2, 1), self.steps * 2)


class Pace:
    """Holds training back to a number of epochs per second."""

    LONGEST_WAIT = 0.02
    """Seconds between two looks, so that frames go on while training rests."""

    def __init__(self) -> None:
        self.epochs_per_second: float | None = None
        self.restart()

    def restart(self) -> None:
        """Count from here on; the first step is due at once."""
        self._started = time.perf_counter()
        self._made = 0

    def count(self, steps: int) -> None:
        self._made += steps

    def steps_due(self, batches_per_epoch: int) -> int:
        """Return how many steps should be made now; practically infinite if flat out."""
        if self.epochs_per_second is None:
            return sys.maxsize
        elapsed = time.perf_counter() - self._started
        due = 1 + int(elapsed * self.epochs_per_second * batches_per_epoch) - self._made
        if due > max(10, batches_per_epoch * self.epochs_per_second):
            # More than a second behind: this machine is slower than the pace.
            self.restart()
            return 1
        return max(0, due)

    def seconds_to_wait(self, batches_per_epoch: int) -> float:
        """Return the time until the next step is due."""
        if self.epochs_per_second is None or self.steps_due(batches_per_epoch) > 0:
            return 0.0
        next_due = self._started + self._made / (self.epochs_per_second * batches_per_epoch)
        return min(max(next_due - time.perf_counter(), 0.0), self.LONGEST_WAIT)


class Rate:
    """Steps per second over the last moments."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []
        self._total = 0

    def clear(self) -> None:
        self._marks.clear()

    def add(self, steps: int, now: float) -> None:
        self._total += steps
        if not self._marks or now - self._marks[-1][0] > RATE_WINDOW / 10:
            self._marks.append((now, self._total))
            while len(self._marks) > 2 and now - self._marks[0][0] > RATE_WINDOW:
                self._marks.pop(0)

    def value(self) -> float | None:
        if len(self._marks) < 2:
            return None
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        return (after - before) / (end - start)

"""Which part of the axes a plot shows: following the data, or where the user went."""

from __future__ import annotations

from playground.gui.plots.series import Interval
from playground.gui.plots.ticks import nice_interval

__all__ = ["Viewport"]

MOST_HEADROOM = 0.25
"""Share of the x axis that may be kept free for the points to come."""

LEAST_FILLED = 0.7
"""The y axis shrinks when the data fill less of it than this."""


class Viewport:
    """Holds the two intervals, in the unit of the axes.

    While it follows, :meth:`fit` moves it to the data. From the first zoom or pan on the range
    is the user's, until :meth:`follow`.

    Parameters
    ----------
    logarithmic
        Whether the y axis is logarithmic.
    at_least
        An interval that the y axis always contains while it follows; ``None`` for none.
    """

    def __init__(self, logarithmic: bool, at_least: Interval | None = None) -> None:
        self.logarithmic = logarithmic
        self.at_least = at_least
        self.x: Interval = (0.0, 1.0)
        self.y: Interval = (-2.0, 0.0) if logarithmic else (0.0, 1.0)
        self.following = True
        self.has_headroom = False
        self._newest = 0.0
        self._is_fresh = True

    def follow(self) -> None:
        """Show all data again, and go on doing so."""
        self.following = True
        self._is_fresh = True

    def is_left_behind(self, data: Interval) -> bool:
        """Return whether the data are another run's, or far beyond what is shown.

        Parameters
        ----------
        data
            First and last x of the data.
        """
        low, high = self.x
        return (
            self._is_fresh
            or data[0] < low
            or data[1] < self._newest
            or data[1] > high + 0.1 * (high - low)
        )

    def fit(self, x: Interval, y: Interval | None) -> None:
        """Move to the data, leaving room for what grows until the next time.

        Parameters
        ----------
        x
            First and last x of the data.
        y
            Lowest and highest y, or ``None`` if there is nothing to show.
        """
        continues = not self._is_fresh and x[1] >= self._newest
        growth = x[1] - self._newest if continues else 0.0
        span = max(x[1] - x[0], 1e-9)
        headroom = min(growth, MOST_HEADROOM * span)
        self.has_headroom = headroom > 0.0
        self.x = (x[0], x[0] + span + headroom)
        self._newest = x[1]
        if y is None and self.at_least is None:
            return
        if self.at_least is not None:
            known = (*(y or self.at_least), *self.at_least)
            y = min(known), max(known)
        assert y is not None
        low, high = self.y
        fills = (y[1] - y[0]) / (high - low)
        if self._is_fresh or y[0] < low or y[1] > high or fills < LEAST_FILLED:
            self.y = nice_interval(*y, self.logarithmic) if y != self.at_least else y
        self._is_fresh = False

    def zoom(self, x_factor: float, y_factor: float, about: tuple[float, float]) -> None:
        """Scale the intervals about a point; factors below 1 show less, larger."""
        self._go(
            _scaled(self.x, x_factor, about[0]),
            _scaled(self.y, y_factor, about[1]),
        )

    def pan(self, x_share: float, y_share: float) -> None:
        """Move by shares of the intervals."""
        x_shift = x_share * (self.x[1] - self.x[0])
        y_shift = y_share * (self.y[1] - self.y[0])
        self._go(
            (self.x[0] + x_shift, self.x[1] + x_shift),
            (self.y[0] + y_shift, self.y[1] + y_shift),
        )

    def show(self, x: Interval, y: Interval) -> None:
        """Show these intervals, each in either order."""
        self._go((min(x), max(x)), (min(y), max(y)))

    def _go(self, x: Interval, y: Interval) -> None:
        smallest = 1e-6 * max(abs(x[0]), abs(x[1]), 1.0)
        if smallest < x[1] - x[0] < 1e12:
            self.x = x
        limit = 600.0 if self.logarithmic else 1e300
        if 1e-9 * max(abs(y[0]), abs(y[1]), 1e-6) < y[1] - y[0] < limit:
            self.y = y
        self.following = False
        self.has_headroom = False


def _scaled(interval: Interval, factor: float, about: float) -> Interval:
    low, high = interval
    return about - (about - low) * factor, about + (high - about) * factor

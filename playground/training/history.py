"""The record of a run: bounded in memory, complete in shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CAPACITY = 2048
"""Most records kept. When full, every second one goes and the interval doubles."""


@dataclass(frozen=True, slots=True, eq=False)
class HistoryView:
    """An immutable copy of the record, for drawing.

    Attributes
    ----------
    step : (n,)
        Number of training steps made.
    epoch : (n,)
        The same in passes over the training data, with fractions.
    train_loss, test_loss : (n,)
        Mean loss without regularization; NaN where there is no test set.
    train_accuracy, test_accuracy : (n,)
        From 0 to 1; NaN where it has no meaning.
    gradient_norm : (n, layers)
        ‖∂C/∂(W, b)‖ of the batch before; NaN in the first row.
    update_ratio : (n, layers)
        ‖ΔW‖ / ‖W‖ of the step before; NaN in the first row.
    layer_names
        One per layer.
    """

    step: Floats
    epoch: Floats
    train_loss: Floats
    test_loss: Floats
    train_accuracy: Floats
    test_accuracy: Floats
    gradient_norm: Floats
    update_ratio: Floats
    layer_names: tuple[str, ...]


class History:
    """Grows by one record at a time, at an interval that doubles as the run gets long.

    Which steps are recorded depends on the first interval alone, never on the clock: equal runs
    have equal histories.

    Parameters
    ----------
    layer_names
        One per layer, output layer last.
    interval
        Steps between records at first.
    capacity
        Records kept at the most, an even number.
    """

    def __init__(
        self, layer_names: tuple[str, ...], interval: int, capacity: int = CAPACITY
    ) -> None:
        self.layer_names = layer_names
        self.interval = interval
        self._rows = np.full((capacity, 6 + 2 * len(layer_names)), np.nan)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def is_due(self, step: int) -> bool:
        """Return whether a record belongs after this step."""
        return step % self.interval == 0

    def steps_until_due(self, step: int) -> int:
        """Return how many steps are left until the next record, at least 1."""
        return self.interval - step % self.interval

    def append(
        self,
        step: int,
        epoch: float,
        losses: tuple[float, float],
        accuracies: tuple[float, float],
        gradient_norms: Floats,
        update_ratios: Floats,
    ) -> None:
        """Add a record; NaN where a value has no meaning."""
        if self._count == len(self._rows):
            half = self._rows[::2].copy()
            self._rows[: len(half)] = half
            self._count = len(half)
            self.interval *= 2
            if not self.is_due(step):
                return
        row = self._rows[self._count]
        row[:6] = (step, epoch, *losses, *accuracies)
        layers = len(self.layer_names)
        row[6 : 6 + layers] = gradient_norms
        row[6 + layers :] = update_ratios
        self._count += 1

    def view(self) -> HistoryView:
        """Return a copy of the record so far."""
        rows = self._rows[: self._count].T.copy()
        layers = len(self.layer_names)
        step, epoch, train_loss, test_loss, train_accuracy, test_accuracy = rows[:6]
        return HistoryView(
            step=step,
            epoch=epoch,
            train_loss=train_loss,
            test_loss=test_loss,
            train_accuracy=train_accuracy,
            test_accuracy=test_accuracy,
            gradient_norm=rows[6 : 6 + layers].T,
            update_ratio=rows[6 + layers :].T,
            layer_names=self.layer_names,
        )

    def state(self) -> dict[str, Any]:
        """Return what :meth:`restore` needs."""
        return {"interval": self.interval, "rows": self._rows[: self._count].copy()}

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a state of an equal run."""
        self.interval = state["interval"]
        self._count = len(state["rows"])
        self._rows[: self._count] = state["rows"]

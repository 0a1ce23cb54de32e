"""The record of a run: bounded in memory, complete in shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CAPACITY = 1024
"""Most records kept. When full, every second one goes and the interval doubles."""
_PLAIN = 8
"""Columns that do not depend on the layers: step, epoch, three losses, three accuracies."""


@dataclass(frozen=True, slots=True, eq=False)
class HistoryView:
    """An immutable copy of the record, for drawing.

    Attributes
    ----------
    step : (n,)
        Number of training steps made.
    epoch : (n,)
        The same in passes over the training data, with fractions.
    train_loss, validation_loss, test_loss : (n,)
        Mean loss without regularization; NaN where there is no such set.
    train_accuracy, validation_accuracy, test_accuracy : (n,)
        From 0 to 1; NaN where it has no meaning.
    gradient_norm : (n, layers)
        ‖∂C/∂(W, b)‖ of the batch before; NaN in the first row.
    update_ratio : (n, layers)
        ‖ΔW‖ / ‖W‖ of the step before; NaN in the first row. Where that step only gathered
        gradients, as in the row before.
    layer_names
        One per layer.
    """

    step: Floats
    epoch: Floats
    train_loss: Floats
    validation_loss: Floats
    test_loss: Floats
    train_accuracy: Floats
    validation_accuracy: Floats
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
        self._rows = np.full((capacity, _PLAIN + 2 * len(layer_names)), np.nan)
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
        losses: tuple[float, float, float],
        accuracies: tuple[float, float, float],
        gradient_norms: Floats,
        update_ratios: Floats,
    ) -> None:
        """Add a record; NaN where a value has no meaning.

        Parameters
        ----------
        step, epoch
            When.
        losses, accuracies
            On the training, the validation and the test samples.
        gradient_norms, update_ratios : (layers,)
            One per layer.
        """
        if self._count == len(self._rows):
            half = self._rows[::2].copy()
            self._rows[: len(half)] = half
            self._count = len(half)
            self.interval *= 2
            if not self.is_due(step):
                return
        row = self._rows[self._count]
        row[:_PLAIN] = (step, epoch, *losses, *accuracies)
        layers = len(self.layer_names)
        row[_PLAIN : _PLAIN + layers] = gradient_norms
        row[_PLAIN + layers :] = update_ratios
        self._count += 1

    def forget_after(self, step: int) -> None:
        """Drop the records of later steps."""
        self._count = int(np.searchsorted(self._rows[: self._count, 0], step, side="right"))

    def last_update_ratio(self) -> Floats:
        """Return the ratios (layers,) of the last record; NaN if there is none."""
        layers = len(self.layer_names)
        if not self._count:
            return np.full(layers, np.nan)
        return self._rows[self._count - 1, _PLAIN + layers :].copy()

    def last_measured(
        self,
    ) -> tuple[int, tuple[float, float, float], tuple[float, float, float]]:
        """Return the step of the last record, and its losses and accuracies."""
        step, _, *measured = self._rows[self._count - 1, :_PLAIN].tolist()
        training, validation, test, *accuracies = measured
        return int(step), (training, validation, test), tuple(accuracies)

    def view(self) -> HistoryView:
        """Return a copy of the record so far."""
        rows = self._rows[: self._count].T.copy()
        layers = len(self.layer_names)
        step, epoch, *measured = rows[:_PLAIN]
        losses, accuracies = measured[:3], measured[3:]
        return HistoryView(
            step=step,
            epoch=epoch,
            train_loss=losses[0],
            validation_loss=losses[1],
            test_loss=losses[2],
            train_accuracy=accuracies[0],
            validation_accuracy=accuracies[1],
            test_accuracy=accuracies[2],
            gradient_norm=rows[_PLAIN : _PLAIN + layers].T,
            update_ratio=rows[_PLAIN + layers :].T,
            layer_names=self.layer_names,
        )

    def state(self) -> dict[str, Any]:
        """Return what :meth:`restore` needs."""
        return {
            "interval": self.interval,
            "capacity": len(self._rows),
            "rows": self._rows[: self._count].copy(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a state of an equal run."""
        self.interval = state["interval"]
        self._count = len(state["rows"])
        if len(self._rows) != state["capacity"]:
            # A batch size that was changed while training ran leaves the capacity as it was.
            self._rows = np.full((state["capacity"], self._rows.shape[1]), np.nan)
        self._rows[: self._count] = state["rows"]

"""The batch in the transport: a number, or the full batch by name."""

from __future__ import annotations

from typing import Any

import msgspec

from playground.data.batching import FullBatch, MiniBatch, SingleSample
from playground.experiment.spec import TrainingSpec
from playground.gui.editors.number_rule import NumberRule
from playground.gui.train.selector import NumberSelector
from playground.schema.describe import Field, tag_of

__all__ = ["FULL", "BatchSelector"]

FULL = "full"
"""What stands in the box, and can be typed, for all training points."""


class BatchRule(NumberRule):
    """Reads and writes a batch size; ``None`` is the full batch."""

    extras = (None,)

    def text(self, value: float | None) -> str:
        """Return a number, or a word for all training points."""
        return FULL if value is None else super().text(value)

    def parsed(self, text: str) -> float | int | None:
        """Return the number that a person typed; ``None`` for the full batch.

        Raises
        ------
        ValueError
            If it is neither, or not within the bounds.
        """
        return None if text.strip().lower() in (FULL, "all") else super().parsed(text)

    def _complaint(self) -> str:
        return f"{super()._complaint()} Or type {FULL}."


class BatchSelector(NumberSelector):
    """A batch size that can be typed, stepped or picked from a list that ends with all points."""

    def __init__(self, field: Field, caption: str) -> None:
        super().__init__(field, caption, rule=BatchRule(field))
        self._training = TrainingSpec()
        self.show_remark(
            f"1 is stochastic gradient descent; {FULL} is every training point, however many "
            "there are. More about batches is in the training settings."
        )

    def show_training(self, training: TrainingSpec) -> None:
        """Show how a training cuts its batches; emits nothing."""
        self._training = training
        batching = training.batching
        if isinstance(batching, FullBatch):
            self.box.show_value(None)
        else:
            self.box.show_value(1 if isinstance(batching, SingleSample) else training.batch_size)
        gathered = training.accumulation
        self.show_caption(f"{self.caption} × {gathered}" if gathered > 1 else None)

    def change(self, value: int | None) -> tuple[str, Any]:
        """Return which field of the experiment a choice sets, and to what."""
        if value is None:
            return "training.batching", tag_of(FullBatch)
        if isinstance(self._training.batching, MiniBatch):
            return "training.batch_size", value
        return "training", msgspec.structs.replace(
            self._training, batching=MiniBatch(), batch_size=value
        )

"""How outputs become shares of belief: the cases of :meth:`Head.class_certainty`, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playground.engine.head import Head
from playground.engine.losses import Focal
from playground.engine.losses.likelihoods import BinaryCrossEntropy, SoftmaxLoss
from playground.engine.losses.margins import MarginLoss

__all__ = ["Certainty"]


@dataclass(frozen=True, slots=True)
class Certainty:
    """What is done to the outputs.

    Attributes
    ----------
    form
        ``softmax``; ``sigmoid``; or ``range``: where an output lies between ``low`` and ``high``.
        Of one output this is the share of the second class. Of several outputs it is divided by
        their sum, unless it is a softmax.
    low, high
        What outputs say for "no" and "yes".
    """

    form: Literal["softmax", "sigmoid", "range"]
    low: float
    high: float

    @classmethod
    def of(cls, head: Head) -> Certainty:
        """Return what belongs to a loss; a contract test compares it with the loss itself."""
        loss, count = head.loss, head.output_count
        low, high = loss.target_values(head.activation)
        if isinstance(loss, SoftmaxLoss) or (count > 1 and isinstance(loss, Focal | MarginLoss)):
            return cls("softmax", low, high)
        if isinstance(loss, BinaryCrossEntropy | Focal):
            return cls("sigmoid", low, high)
        return cls("range", low, high)

    @property
    def border(self) -> float:
        """Of a single output: above it, the second class is the more likely one."""
        return 0.0 if self.form == "sigmoid" else (self.low + self.high) / 2

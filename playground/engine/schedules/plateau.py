"""The schedule that follows the loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

from playground.engine.schedules.base import Schedule
from playground.schema.parameter import real, whole


@dataclass(frozen=True, slots=True)
class Plateau:
    """What :class:`ReduceOnPlateau` remembers from epoch to epoch.

    Attributes
    ----------
    best
        The least loss so far.
    waited
        Epochs since then, or since the last drop, that did not improve on it.
    resting
        Epochs of cooldown that are left.
    share
        The share of the learning rate that the drops so far have left.
    """

    best: float = math.inf
    waited: int = 0
    resting: int = 0
    share: float = 1.0


class ReduceOnPlateau(Schedule, frozen=True, tag="plateau"):
    """Drops the learning rate when the loss no longer falls, and not before.

    As PyTorch's ReduceLROnPlateau with a relative threshold, shown the loss once per epoch; its
    ``eps``, which leaves out drops of less than 10⁻⁸, is left out. The loss is that of the
    validation samples, or of the training samples if there are none; test samples never steer.
    """

    title: ClassVar[str] = "Reduce on plateau"
    formula: ClassVar[str] = r"\eta \leftarrow \max(\gamma \eta, s \eta_0)"
    follows_loss: ClassVar[bool] = True

    drop: Annotated[
        float,
        real(
            "Drop",
            gt=0,
            lt=1,
            step=0.05,
            live=True,
            help="The share γ of the learning rate that each drop leaves.",
        ),
    ] = 0.5
    patience: Annotated[
        int,
        whole(
            "Patience",
            ge=0,
            le=1_000_000,
            live=True,
            suggestions=(5, 10, 20, 50),
            soft_range=(0, 100),
            help="How many epochs without improvement are tolerated: the next one drops the rate.",
        ),
    ] = 10
    threshold: Annotated[
        float,
        real(
            "Threshold",
            ge=0,
            lt=1,
            logarithmic=True,
            live=True,
            suggestions=(0.0, 0.0001, 0.001, 0.01),
            help="The share of the best loss by which a loss must be below it to be better.",
        ),
    ] = 0.0001
    cooldown: Annotated[
        int,
        whole(
            "Cooldown",
            ge=0,
            le=1_000_000,
            live=True,
            suggestions=(0, 5, 10, 20),
            soft_range=(0, 100),
            help="For how many epochs after a drop nothing counts as waiting.",
        ),
    ] = 0
    final_share: Annotated[
        float,
        real(
            "Final share",
            ge=0,
            le=1,
            step=0.01,
            live=True,
            help="The share s of the learning rate below which no drop goes.",
        ),
    ] = 0.0

    def shape(self, time: float) -> float:
        return 1.0

    def seen(self, memory: Plateau, loss: float) -> Plateau:
        """Return what is remembered after an epoch that ended with a loss.

        Parameters
        ----------
        memory
            What was remembered before it.
        loss
            NaN counts as no improvement.
        """
        best, waited, resting, share = memory.best, memory.waited + 1, memory.resting, memory.share
        if loss < best * (1 - self.threshold):
            best, waited = loss, 0
        if resting > 0:
            resting, waited = resting - 1, 0
        if waited > self.patience:
            share = min(share, max(share * self.drop, self.final_share))
            waited, resting = 0, self.cooldown
        return Plateau(best, waited, resting, share)

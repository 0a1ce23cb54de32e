"""Stopping: when training should end by itself, as a pure function of what was measured.

To add a rule, write a class and add it to :data:`AnyStopping`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

from playground.schema.parameter import Option, real, shown, whole


@dataclass(frozen=True, slots=True)
class Watched:
    """What a rule remembers from epoch to epoch.

    Attributes
    ----------
    best
        The least loss so far.
    best_epoch
        The epoch that ended with it; 0 before the first.
    waited
        Epochs since then, or since training went on after a stop.
    """

    best: float = math.inf
    best_epoch: int = 0
    waited: int = 0


class Stopping(Option, frozen=True):
    """A rule that looks at the loss after every epoch."""

    follows_loss: ClassVar[bool] = True
    """Whether :meth:`seen` wants to see the loss after every epoch."""

    @property
    def restores_best(self) -> bool:
        """Whether the weights of the best epoch are kept, and come back when training stops."""
        return False

    def seen(self, memory: Watched, epoch: int, loss: float) -> Watched:
        """Return what is remembered after an epoch that ended with a loss; NaN is never better."""
        raise NotImplementedError

    def is_over(self, memory: Watched) -> bool:
        """Return whether training should stop now."""
        raise NotImplementedError


class Never(Stopping, frozen=True, tag="never"):
    """Training goes on until somebody pauses it, or the epochs asked for are made."""

    title: ClassVar[str] = "Never"
    follows_loss: ClassVar[bool] = False

    def seen(self, memory: Watched, epoch: int, loss: float) -> Watched:
        return memory

    def is_over(self, memory: Watched) -> bool:
        return False


class EarlyStopping(Stopping, frozen=True, tag="early"):
    """Stops once the loss has not improved for a while: more training would be learning by heart.

    Prechelt (1998), "Early stopping — but when?", https://doi.org/10.1007/3-540-49430-8_3. The
    loss is that of the validation samples. If there are none it is that of the training samples,
    which only shows that nothing more is learned; the test samples never steer a training, or
    they would no longer say how it does on what it has not seen.
    """

    title: ClassVar[str] = "Early stopping"

    patience: Annotated[
        int,
        whole(
            "Patience",
            ge=1,
            le=1_000_000,
            live=True,
            suggestions=(5, 10, 20, 50, 100),
            soft_range=(1, 200),
            help="After how many epochs without improvement training stops.",
        ),
    ] = 20
    improvement: Annotated[
        float,
        real(
            "Least improvement",
            ge=0,
            le=1e6,
            logarithmic=True,
            live=True,
            suggestions=(0.0, 0.0001, 0.001, 0.01),
            help="By how much a loss must be below the best so far to count as better.",
        ),
    ] = 0.0
    restore: Annotated[
        bool,
        shown(
            "Restore the best weights",
            live=True,
            help="Whether the weights of the best epoch come back when training stops.",
        ),
    ] = True

    @property
    def restores_best(self) -> bool:
        return self.restore

    def seen(self, memory: Watched, epoch: int, loss: float) -> Watched:
        if loss < memory.best - self.improvement:
            return Watched(loss, epoch)
        return Watched(memory.best, memory.best_epoch, memory.waited + 1)

    def is_over(self, memory: Watched) -> bool:
        return memory.waited >= self.patience


AnyStopping = Never | EarlyStopping
"""Every rule, in menu order."""

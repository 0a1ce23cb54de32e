"""What all schedules have in common: a warm-up before them, and time measured in epochs."""

from __future__ import annotations

from typing import Annotated, ClassVar

from playground.schema.parameter import Option, real

LONGEST = 1e8
"""Upper bound of all lengths, in epochs."""

FinalShare = Annotated[
    float,
    real(
        "Final share",
        ge=0,
        le=1,
        step=0.01,
        live=True,
        help="The share s of the learning rate that is left at the end.",
    ),
]


class Schedule(Option, frozen=True, kw_only=True):
    """A factor on the learning rate that depends on the time alone.

    Before any schedule the rate can be warmed up: it rises in a line, as Goyal et al. (2017),
    https://arxiv.org/abs/1706.02677, section 2.2, do for large batches.
    """

    warmup_epochs: Annotated[
        float,
        real(
            "Warm-up epochs",
            ge=0,
            le=LONGEST,
            step=1,
            live=True,
            suggestions=(0.0, 1.0, 2.0, 5.0, 10.0, 20.0),
            soft_range=(0.0, 20.0),
            help="For so many epochs the learning rate first rises in a line from almost 0.",
        ),
    ] = 0.0

    follows_loss: ClassVar[bool] = False
    """Whether :meth:`ReduceOnPlateau.seen` wants to see the loss after every epoch."""

    @property
    def is_constant(self) -> bool:
        """Whether the factor is always 1, so that nobody has to ask for it."""
        return False

    def shape(self, time: float) -> float:
        """Return the factor without warm-up, from 0 to 1.

        Parameters
        ----------
        time
            Epochs since the end of the warm-up, at least 0.
        """
        raise NotImplementedError

    def factor(self, time: float, step: float) -> float:
        """Return the factor on the learning rate, from 0 to 1.

        Parameters
        ----------
        time
            Epochs made before the step that it is for.
        step
            Length of a step in epochs. A warm-up rises to where a step ends: starting at 0, the
            first step would be lost.
        """
        shape = self.shape(max(0.0, time - self.warmup_epochs))
        if time < self.warmup_epochs:
            shape *= min(1.0, (time + step) / self.warmup_epochs)
        return shape

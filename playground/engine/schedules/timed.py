"""Schedules that depend on the time alone."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from playground.engine.schedules.base import LONGEST, FinalShare, Schedule
from playground.schema.parameter import real, shown, whole

Length = Annotated[
    float,
    real(
        "Epochs",
        ge=0.001,
        le=LONGEST,
        logarithmic=True,
        live=True,
        suggestions=(10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0),
        help="How many epochs T it takes, counted from the end of the warm-up.",
    ),
]


class Constant(Schedule, frozen=True, tag="constant"):
    """The learning rate stays what it is."""

    title: ClassVar[str] = "Constant"
    formula: ClassVar[str] = r"\eta_t = \eta"

    @property
    def is_constant(self) -> bool:
        return self.warmup_epochs == 0

    def shape(self, time: float) -> float:
        return 1.0


class StepDecay(Schedule, frozen=True, tag="step"):
    """Drops the learning rate every few epochs, and keeps it in between.

    As He et al. (2016), https://arxiv.org/abs/1512.03385, and many before them; PyTorch's StepLR.
    """

    title: ClassVar[str] = "Step"
    formula: ClassVar[str] = r"\eta_t = \eta \gamma^{\lfloor t / n \rfloor}"

    drop: Annotated[
        float,
        real(
            "Drop",
            gt=0,
            le=1,
            step=0.05,
            live=True,
            help="The share γ of the learning rate that each drop leaves.",
        ),
    ] = 0.5
    every: Annotated[
        float,
        real(
            "Epochs per drop",
            ge=0.001,
            le=LONGEST,
            logarithmic=True,
            live=True,
            suggestions=(1.0, 10.0, 20.0, 50.0, 100.0, 200.0),
            help="How many epochs n there are from one drop to the next.",
        ),
    ] = 50.0

    def shape(self, time: float) -> float:
        return float(self.drop ** math.floor(time / self.every))


class Exponential(Schedule, frozen=True, tag="exponential"):
    """Shrinks the learning rate by the same share in every epoch.

    It goes down within epochs, too; PyTorch's ExponentialLR does so if it is stepped per batch.
    """

    title: ClassVar[str] = "Exponential"
    formula: ClassVar[str] = r"\eta_t = \eta \gamma^t"

    decay: Annotated[
        float,
        real(
            "Decay",
            gt=0,
            le=1,
            step=0.01,
            live=True,
            suggestions=(0.9, 0.95, 0.98, 0.99, 0.995, 0.999),
            help="The share γ of the learning rate that each epoch leaves.",
        ),
    ] = 0.99

    def shape(self, time: float) -> float:
        return float(self.decay**time)


class Polynomial(Schedule, frozen=True, tag="polynomial"):
    """Falls to a final share along a power of the time that is left: in a line with power 1.

    Chen et al. (2017), https://arxiv.org/abs/1606.00915, section 4.3.1, with power 0.9 and
    nothing left at the end. It stays at its final share.
    """

    title: ClassVar[str] = "Polynomial"
    formula: ClassVar[str] = (
        r"\eta_t = \eta \left( s + (1 - s) \left( 1 - \frac{t}{T} \right)^p \right)"
    )

    epochs: Length = 200.0
    power: Annotated[
        float,
        real(
            "Power",
            gt=0,
            le=10,
            step=0.1,
            live=True,
            help="The exponent p: above 1 the rate falls quickly at first, below 1 at the end.",
        ),
    ] = 1.0
    final_share: FinalShare = 0.0

    def shape(self, time: float) -> float:
        left = 1 - min(1.0, time / self.epochs)
        return self.final_share + (1 - self.final_share) * float(left**self.power)


class Cosine(Schedule, frozen=True, tag="cosine"):
    """Falls along half a cosine wave: slowly, fast, slowly; restarts are optional.

    Loshchilov & Hutter (2017), https://arxiv.org/abs/1608.03983. Without restarts it stays at its
    final share. With them, each cycle begins at the full learning rate.
    """

    title: ClassVar[str] = "Cosine annealing"
    formula: ClassVar[str] = (
        r"\eta_t = \eta \left( s + \frac{1 - s}{2} \left( 1 + \cos \frac{\pi t}{T} \right) \right)"
    )

    epochs: Length = 200.0
    final_share: FinalShare = 0.0
    restarts: Annotated[
        bool,
        shown(
            "Warm restarts",
            live=True,
            help="Whether the rate jumps up again at the end of each cycle.",
        ),
    ] = False
    growth: Annotated[
        int,
        whole(
            "Growth",
            ge=1,
            le=10,
            live=True,
            help="With restarts: how many times as long each cycle is as the one before.",
        ),
    ] = 2

    def shape(self, time: float) -> float:
        length = self.epochs
        if not self.restarts:
            time = min(time, length)
        elif self.growth == 1:
            time = math.fmod(time, length)
        else:
            while time >= length:
                time -= length
                length *= self.growth
        return _wave(1.0, self.final_share, time / length)


class OneCycle(Schedule, frozen=True, tag="one_cycle"):
    """Rises to the learning rate and falls below where it began, both along half a cosine wave.

    Smith & Topin (2018), https://arxiv.org/abs/1708.07120, in the form that PyTorch's OneCycleLR
    made usual. There the last step counts as the end of the cycle, here the end of the last step;
    the momentum is left alone; and after the cycle the rate stays at its final share.
    """

    title: ClassVar[str] = "One cycle"
    formula: ClassVar[str] = (
        r"w(a, b, x) = b + \frac{a - b}{2} (1 + \cos \pi x)"
        r",\quad \eta_t = \eta \, w \left( s_0, 1, \frac{t}{r T} \right)"
        r",\quad \eta_t = \eta \, w \left( 1, s, \frac{t - r T}{T - r T} \right)"
    )

    epochs: Length = 200.0
    rising_share: Annotated[
        float,
        real(
            "Rising part",
            ge=0.01,
            le=0.99,
            step=0.05,
            live=True,
            help="The part r of the cycle during which the rate rises.",
        ),
    ] = 0.3
    initial_share: Annotated[
        float,
        real(
            "Initial share",
            ge=0,
            le=1,
            step=0.01,
            live=True,
            help="The share s₀ of the learning rate that the cycle begins with.",
        ),
    ] = 0.04
    final_share: FinalShare = 0.0

    def shape(self, time: float) -> float:
        part = min(1.0, time / self.epochs)
        if part < self.rising_share:
            return _wave(self.initial_share, 1.0, part / self.rising_share)
        return _wave(1.0, self.final_share, (part - self.rising_share) / (1 - self.rising_share))


def _wave(start: float, end: float, part: float) -> float:
    """Return where half a cosine wave from ``start`` to ``end`` is after a part of its way."""
    return end + (start - end) * (1 + math.cos(math.pi * part)) / 2

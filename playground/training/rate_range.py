"""The learning-rate range test: which learning rates does this network learn with, from here?

A copy of the network trains for some hundred steps while the learning rate rises exponentially.
Where it is too small the loss stands still, then it falls, and where it is too large the loss
rises again. Smith (2017), "Cyclical learning rates for training neural networks",
https://arxiv.org/abs/1506.01186, section 3.3; exponential, stopped at divergence and read off as
Gugger & Howard made it usual. Here the loss is not that of each batch but that of the training
samples of the curves after each step, which is less noisy.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData, prepare
from playground.engine.schedules import Constant
from playground.engine.stopping import Never
from playground.experiment.spec import ExperimentSpec, checked
from playground.schema.parameter import real, whole
from playground.schema.validation import validated
from playground.training.divergence import LARGEST_WEIGHT
from playground.training.jobs import JobRefused, Progress
from playground.training.trainer import Trainer

__all__ = ["RangeSettings", "RateRange", "rate_range", "smoothed"]

Reals = NDArray[np.float64]

DIVERGED = 4.0
"""The sweep ends where the loss is so many times its least value so far."""
SMOOTHING_SHARE = 0.05
"""Share of the sweep over which losses are averaged, on both sides of each together."""
LEAST_FALL = 0.02
"""A sweep in which the loss falls by less than this share says nothing."""
SAFETY = 10.0
"""The rate suggested is so many times smaller than the one at which the loss is least."""
REPORTS = 100


class RangeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Between which learning rates, and how finely."""

    lowest: Annotated[
        float,
        real(
            "From",
            gt=0,
            le=1e6,
            logarithmic=True,
            suggestions=(1e-6, 1e-5, 1e-4, 1e-3),
            help="The learning rate of the first step: small enough for nothing to happen.",
        ),
    ] = 1e-5
    highest: Annotated[
        float,
        real(
            "To",
            gt=0,
            le=1e6,
            logarithmic=True,
            suggestions=(1.0, 10.0, 100.0),
            help="The learning rate of the last step; the sweep ends before if the loss explodes.",
        ),
    ] = 10.0
    steps: Annotated[
        int,
        whole(
            "Steps",
            ge=20,
            le=10_000,
            suggestions=(100, 200, 500, 1000),
            soft_range=(50, 1000),
            help="How many training steps the way from the first rate to the last takes.",
        ),
    ] = 500


@dataclass(frozen=True, slots=True, eq=False)
class RateRange:
    """What a range test has found, or has found so far.

    Attributes
    ----------
    rates : (n,)
        The learning rate of each step, ascending.
    losses : (n,)
        The training loss after each step; all finite.
    smoothed : (n,)
        Weighted means of neighbouring losses.
    start_loss
        The training loss before the first step.
    diverged_at
        The rate at which the loss exploded, or ``None``.
    lowest_at
        The rate at which the smoothed loss is least, or ``None`` if it never falls noticeably.
    steepest_at
        The rate at which it falls fastest, per factor of the rate, or ``None``.
    suggested
        A rate to train with, rounded to two digits, or ``None``.
    """

    rates: Reals
    losses: Reals
    smoothed: Reals
    start_loss: float
    diverged_at: float | None = None
    lowest_at: float | None = None
    steepest_at: float | None = None
    suggested: float | None = None

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        if self.suggested is None:
            if self.diverged_at is not None:
                return (
                    f"The loss explodes at a rate of {self.diverged_at:.2g} and never falls "
                    "before: try a range of lower rates."
                )
            return (
                "No rate in this range lowers the loss noticeably: try higher rates or more "
                "steps, or begin from the initial weights."
            )
        assert self.steepest_at is not None
        return (
            f"The loss falls fastest at {self.steepest_at:.2g} and is least at "
            f"{self.lowest_at:.2g}. Suggested learning rate: {self.suggested:.2g}."
        )


def rate_range(
    spec: ExperimentSpec,
    settings: RangeSettings | None = None,
    progress: Progress | None = None,
    data: PreparedData | None = None,
    state: dict[str, Any] | None = None,
) -> RateRange:
    """Sweep the learning rate over a copy of a network.

    Parameters
    ----------
    spec
        A checked experiment; its schedule and its stopping rule take no part.
    settings
        The defaults, if ``None``.
    progress
        Told how far it is, with the result so far.
    data
        Its samples, if at hand.
    state
        Of a trainer with an equal spec, to begin from; ``None``: the initial weights.

    Raises
    ------
    JobRefused
        If the range is empty, or the loss is not finite to begin with.
    DataError
        If the samples cannot be read.
    """
    settings = validated(settings or RangeSettings())
    progress = progress or Progress()
    if not settings.lowest < settings.highest:
        raise JobRefused(
            f"the range from {settings.lowest:g} to {settings.highest:g} is empty; "
            "lower the first rate or raise the last"
        )
    trainer = _copy(spec, data if data is not None else prepare(spec.data), state)
    rates = np.geomspace(settings.lowest, settings.highest, settings.steps)
    losses: list[float] = []
    with np.errstate(all="ignore"):
        start_loss = trainer.evaluations.train.loss()
        if not math.isfinite(start_loss):
            raise JobRefused("the loss is not a finite number to begin with; press Reset")
        diverged_at = None
        window = max(1, settings.steps // 50)
        least = start_loss
        for index, rate in enumerate(rates):
            progress.check()
            _train_once(trainer, float(rate))
            loss = trainer.evaluations.train.loss()
            if not math.isfinite(loss) or _largest(trainer) > LARGEST_WEIGHT:
                diverged_at = float(rate)
                break
            losses.append(loss)
            # A single bad step is not yet a divergence.
            recent = float(np.mean(losses[-window:]))
            least = min(least, recent)
            if recent > DIVERGED * least and recent > start_loss:
                diverged_at = float(rate)
                break
            if index % max(1, settings.steps // REPORTS) == 0:
                partial = _partial(rates, losses, start_loss, settings)
                progress.report(index / settings.steps, f"rate {rate:.2g}", partial)
    return _judged(rates, losses, start_loss, settings, diverged_at)


def smoothed(losses: Reals, width: int) -> Reals:
    """Return weighted means of neighbours, the nearest counting most; nothing lags behind.

    Parameters
    ----------
    losses : (n,)
    width
        Number of neighbours on either side that count.
    """
    kernel = np.concatenate([np.arange(1, width + 2), np.arange(width, 0, -1)]).astype(float)
    weights = np.convolve(np.ones(len(losses)), kernel)[width : width + len(losses)]
    return np.asarray(np.convolve(losses, kernel)[width : width + len(losses)] / weights)


def _copy(spec: ExperimentSpec, data: PreparedData, state: dict[str, Any] | None) -> Trainer:
    """Return a trainer of its own that stands where the other does."""
    training = msgspec.structs.replace(spec.training, schedule=Constant(), stopping=Never())
    plain = checked(msgspec.structs.replace(spec, training=training))
    if state is None:
        return Trainer(plain, data)
    # With parameters at hand, nothing that prepares them is done again.
    trainer = Trainer(spec, data, state["parameters"])
    trainer.restore(state)
    trainer.apply_live(plain)
    return trainer


def _train_once(trainer: Trainer, rate: float) -> None:
    training = msgspec.structs.replace(trainer.spec.training, learning_rate=rate)
    trainer.apply_live(msgspec.structs.replace(trainer.spec, training=training))
    # One update: with accumulation, that is several batches.
    trainer.advance(training.accumulation)


def _largest(trainer: Trainer) -> float:
    return float(np.abs(trainer.parameters.vector).max(initial=0))


def _partial(
    rates: Reals, losses: list[float], start_loss: float, settings: RangeSettings
) -> RateRange:
    made = np.array(losses)
    return RateRange(rates[: len(made)], made, smoothed(made, _width(settings)), start_loss)


def _width(settings: RangeSettings) -> int:
    return max(1, round(SMOOTHING_SHARE * settings.steps / 2))


def _judged(
    rates: Reals,
    losses: list[float],
    start_loss: float,
    settings: RangeSettings,
    diverged_at: float | None,
) -> RateRange:
    found = _partial(rates, losses, start_loss, settings)
    smooth = found.smoothed
    lowest = int(np.argmin(smooth)) if len(smooth) else 0
    lowest_at = steepest_at = suggested = None
    if len(smooth) > 2 and smooth[lowest] <= (1 - LEAST_FALL) * start_loss and lowest > 0:
        # Falls are judged up to the minimum: behind it the curve may jump down again.
        slopes = np.gradient(smooth, np.log(found.rates))[: lowest + 1]
        lowest_at = float(found.rates[lowest])
        steepest_at = float(found.rates[int(np.argmin(slopes))])
        suggested = float(f"{min(lowest_at / SAFETY, steepest_at):.1e}")
    return dataclasses.replace(
        found,
        diverged_at=diverged_at,
        lowest_at=lowest_at,
        steepest_at=steepest_at,
        suggested=suggested,
    )

"""What cross-validation measures: one training per architecture and fold, and their comparison."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated

import msgspec
import numpy as np

from playground.experiment.architectures import Widths, widths_text
from playground.schema.parameter import whole

__all__ = ["Candidate", "CrossValidation", "FoldRun", "FoldSettings", "Measure"]


class FoldSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How architectures are compared."""

    folds: Annotated[
        int,
        whole(
            "Folds",
            ge=2,
            le=20,
            suggestions=(3, 5, 10),
            help="Into how many parts k the samples are dealt. Each is held out once.",
        ),
    ] = 5
    epochs: Annotated[
        int,
        whole(
            "Epochs",
            ge=1,
            le=1_000_000,
            suggestions=(10, 20, 50, 100, 200, 500),
            soft_range=(1, 500),
            help="How long each network trains, in passes over its part of the samples.",
        ),
    ] = 50
    seed: Annotated[
        int,
        whole(
            "Seed of the folds",
            ge=0,
            le=2**32 - 1,
            help="Same seed, same folds. Another one shows how much the result depends on them.",
        ),
    ] = 0


class Measure(Enum):
    """By what architectures are compared, on the samples held out."""

    ACCURACY = "accuracy"
    LOSS = "loss"

    @property
    def more_is_better(self) -> bool:
        """Whether larger values are better."""
        return self is Measure.ACCURACY


@dataclass(frozen=True, slots=True)
class FoldRun:
    """One training with one fold held out.

    Attributes
    ----------
    fold
        Which fold was held out, from 0.
    train_loss, loss
        Mean loss on the samples trained on, and on those held out.
    accuracy
        Share of right answers among those held out; ``None`` for regression.
    problem
        Why training broke off, or "". The values are NaN then.
    seconds
        How long it took. It says nothing about equality.
    """

    fold: int
    train_loss: float
    loss: float
    accuracy: float | None
    problem: str = ""
    seconds: float = field(default=0.0, compare=False)

    def value(self, measure: Measure) -> float:
        """Return one measure; NaN if it has no meaning."""
        value = self.loss if measure is Measure.LOSS else self.accuracy
        return math.nan if value is None else value


@dataclass(frozen=True, slots=True)
class Candidate:
    """An architecture and how it has done so far.

    Attributes
    ----------
    widths
        Units of its dense hidden layers.
    parameter_count
        Its weights and biases.
    runs
        One per fold that was held out so far, in their order.
    """

    widths: Widths
    parameter_count: int
    runs: tuple[FoldRun, ...] = ()

    @property
    def name(self) -> str:
        """Such as ``8-8``."""
        return widths_text(self.widths)

    @property
    def seconds(self) -> float:
        """How long its trainings took together."""
        return sum(run.seconds for run in self.runs)

    @property
    def diverged(self) -> int:
        """How many of its trainings broke off."""
        return sum(bool(run.problem) for run in self.runs)

    @property
    def mean_train_loss(self) -> float | None:
        """Mean loss on the samples that were trained on, ``None`` without any."""
        losses = [run.train_loss for run in self.runs if not run.problem]
        return float(np.mean(losses)) if losses else None

    def values(self, measure: Measure) -> list[float]:
        """Return what was measured on each fold, without those that broke off."""
        values = (run.value(measure) for run in self.runs if not run.problem)
        return [value for value in values if math.isfinite(value)]

    def mean(self, measure: Measure) -> float | None:
        """Return the mean over the folds, ``None`` without any."""
        values = self.values(measure)
        return float(np.mean(values)) if values else None

    def deviation(self, measure: Measure) -> float | None:
        """Return the standard deviation between the folds (divisor n - 1), ``None`` below two."""
        values = self.values(measure)
        return float(np.std(values, ddof=1)) if len(values) > 1 else None


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """How architectures compare, complete or so far.

    Attributes
    ----------
    settings
        Number of folds, epochs, seed.
    candidates
        In the order that was asked for.
    sample_count
        Samples that are dealt out into folds.
    has_classes
        Whether accuracy has a meaning.
    """

    settings: FoldSettings
    candidates: tuple[Candidate, ...]
    sample_count: int
    has_classes: bool

    @property
    def measure(self) -> Measure:
        """What one compares by unless one prefers the loss: accuracy where it has a meaning."""
        return Measure.ACCURACY if self.has_classes else Measure.LOSS

    @property
    def is_complete(self) -> bool:
        """Whether every architecture was trained with every fold held out."""
        return all(len(each.runs) == self.settings.folds for each in self.candidates)

    def best(self, measure: Measure) -> int | None:
        """Return the index of the candidate with the best mean.

        Equal means go to fewer parameters. A candidate that broke off on a fold does not count.
        While folds are missing, only those count that every candidate has by now.
        """
        sign = -1.0 if measure.more_is_better else 1.0
        ranked = [
            (sign * mean, self.candidates[index].parameter_count, index)
            for index, mean in self._comparable(measure)
        ]
        return min(ranked)[-1] if ranked else None

    def simplest(self, measure: Measure) -> int | None:
        """Return the candidate with the fewest parameters that is about as good as the best.

        That is within one standard error of the mean of the best, its deviation / √k: the
        difference may then well be chance.
        """
        best = self.best(measure)
        if best is None:
            return None
        winner = self._comparable_part(best)
        top, deviation = winner.mean(measure), winner.deviation(measure)
        if top is None or deviation is None:
            return best
        error = deviation / math.sqrt(len(winner.values(measure)))
        near = [
            (self.candidates[index].parameter_count, abs(mean - top), index)
            for index, mean in self._comparable(measure)
            if abs(mean - top) <= error
        ]
        return min(near)[-1]

    def _comparable(self, measure: Measure) -> Iterator[tuple[int, float]]:
        for index, candidate in enumerate(self.candidates):
            mean = self._comparable_part(index).mean(measure)
            if mean is not None and not candidate.diverged:
                yield index, mean

    def _comparable_part(self, index: int) -> Candidate:
        """Return a candidate with the folds that all of them have by now."""
        rounds = min(len(each.runs) for each in self.candidates)
        candidate = self.candidates[index]
        return dataclasses.replace(candidate, runs=candidate.runs[:rounds])

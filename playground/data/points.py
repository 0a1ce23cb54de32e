"""Points typed by hand: for examples that are worked out on paper."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
import numpy as np

from playground.data.dataset import Samples, Task, TaskKind
from playground.data.fields import (
    InputFeatures,
    InputScaling,
    Seed,
    TrainingShare,
    ValidationShare,
)
from playground.data.planar import REGRESSION, TWO_CLASSES, PlanarDataset
from playground.data.scaling import NoScaling
from playground.schema.parameter import shown
from playground.schema.validation import InvalidValue

MOST_POINTS = 1000
MOST_CLASSES = 20

Column = tuple[Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)], ...]


class _TaskOfTargets:
    """What is to be predicted: of the class, what holds by default; of an instance, its own."""

    def __get__(self, instance: OwnPoints | None, owner: type[OwnPoints]) -> Task:
        return TWO_CLASSES if instance is None else instance.own_task


class OwnPoints(PlanarDataset, frozen=True, tag="points"):
    """Points that you type yourself, such as the one sample of an example on paper.

    Each has two coordinates and a target: a number to predict, or the number of a class, counted
    from 0. The three lists are read side by side, as far as the shortest goes: while you type a
    new point, it does not count yet.
    """

    title: ClassVar[str] = "Own points"
    gallery: ClassVar[str] = "Classification"
    task: ClassVar[Task] = _TaskOfTargets()  # type: ignore[assignment]

    x1: Annotated[
        Column,
        shown("First coordinates", help="x₁ of each point, one number a point, such as 0.5, -1."),
        msgspec.Meta(min_length=1, max_length=MOST_POINTS),
    ] = (-3.0, -2.0, -4.0, 2.0, 3.0, 4.0)
    x2: Annotated[
        Column,
        shown(
            "Second coordinates",
            help="x₂ of each point, in the same order. A point counts once all lists have it.",
        ),
        msgspec.Meta(min_length=1, max_length=MOST_POINTS),
    ] = (-2.0, -4.0, -3.0, 3.0, 2.0, 4.0)
    targets: Annotated[
        Column,
        shown(
            "Targets", help="What is right for each point: a number, or the number of its class."
        ),
        msgspec.Meta(min_length=1, max_length=MOST_POINTS),
    ] = (0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
    meaning: Annotated[
        Literal["yes_or_no", "class", "value"],
        shown(
            "Meaning",
            help="Of the targets: yes (1) or no (0) with one output, a class with one output "
            "each, or a value to come close to.",
        ),
    ] = "yes_or_no"
    training_share: TrainingShare = 1.0
    validation_share: ValidationShare = 0.0
    seed: Seed = 0
    features: InputFeatures = ("x1", "x2")
    scaling: InputScaling = NoScaling()

    @property
    def own_task(self) -> Task:
        """What is to be predicted."""
        if self.meaning == "value":
            return REGRESSION
        if self.meaning == "yes_or_no":
            return TWO_CLASSES
        # At least two, for one class alone is nothing to tell apart.
        largest = min(max(1, int(max(self.targets))), MOST_CLASSES - 1)
        return Task(TaskKind.MULTICLASS, tuple(f"class {k}" for k in range(largest + 1)))

    @property
    def sample_count(self) -> int:
        """As many as have all three numbers."""
        return min(len(self.x1), len(self.x2), len(self.targets))

    @property
    def input_names(self) -> tuple[str, ...]:
        self._check()
        return PlanarDataset.input_names.fget(self)  # type: ignore[attr-defined, no-any-return]

    def samples(self) -> Samples:
        """Return the points, in the order in which they were typed.

        Raises
        ------
        InvalidValue
            If a target is no class.
        """
        self._check()
        count = self.sample_count
        targets = np.array(self.targets[:count], float)
        groups = targets if self.meaning != "value" else np.zeros(len(targets))
        points = np.column_stack([self.x1[:count], self.x2[:count]]).astype(float)
        return self._labelled(points, targets, groups.astype(np.int64))

    def _check(self) -> None:
        if self.meaning == "value":
            return
        most = 1 if self.meaning == "yes_or_no" else MOST_CLASSES - 1
        for target in self.targets:
            if not (target.is_integer() and 0 <= target <= most):
                raise InvalidValue(
                    "data.targets",
                    target,
                    "is not the number of a class",
                    f"use whole numbers from 0 to {most}, or change data.meaning",
                )

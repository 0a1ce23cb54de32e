"""What datasets of points in the plane have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Dataset, Floats, Samples, Task, TaskKind
from playground.data.features import FeatureName, check, expand, labels_of
from playground.data.fields import (
    InputFeatures,
    InputScaling,
    Seed,
    TrainingShare,
    ValidationShare,
)
from playground.data.scaling import NoScaling
from playground.schema.parameter import real, whole

TWO_CLASSES = Task(TaskKind.BINARY, ("negative", "positive"))
"""Label 0 is drawn orange, label 1 blue."""

REGRESSION = Task(TaskKind.REGRESSION)

Points = Annotated[
    int,
    whole(
        "Points",
        ge=1,
        le=10_000,
        suggestions=(50, 100, 200, 500, 1000, 2000, 5000),
        soft_range=(10, 2000),
        help="How many points there are, training and test together.",
    ),
]

DisplacementNoise = Annotated[
    float,
    real(
        "Noise",
        ge=0,
        le=50,
        step=1,
        unit="%",
        help="How far each point strays from the pattern. More noise moves the same points "
        "farther.",
    ),
]

LabelNoise = Annotated[
    float,
    real(
        "Noise",
        ge=0,
        le=50,
        step=1,
        unit="%",
        help="How far beside each point its class is looked up, so that some points near the "
        "border get the wrong class. The points stay where they are.",
    ),
]

ValueNoise = Annotated[
    float,
    real(
        "Noise",
        ge=0,
        le=50,
        step=1,
        unit="%",
        help="How far beside each point its value is looked up. The points stay where they are.",
    ),
]


class PlanarDataset(Dataset, frozen=True):
    """Points of a plane, given to the network as features of their coordinates."""

    task: ClassVar[Task] = TWO_CLASSES
    extent: ClassVar[float] = 6.0

    if TYPE_CHECKING:
        # Declared by each dataset, as the last field of its form.
        features: tuple[FeatureName, ...]

    @property
    def input_names(self) -> tuple[str, ...]:
        """Labels of the chosen features.

        Raises
        ------
        InvalidValue
            If ``features`` is empty or names a feature twice.
        """
        check(self.features)
        return labels_of(self.features)

    def inputs_of(self, points: Floats) -> Floats:
        """Map points (n, 2) to the chosen features (n, d).

        Raises
        ------
        InvalidValue
            If ``features`` is empty or names a feature twice.
        """
        return expand(points, self.features)

    def _labelled(
        self,
        points: Floats,
        labels: NDArray[np.bool_ | np.int64 | np.float64],
        groups: NDArray[np.bool_ | np.int64],
    ) -> Samples:
        return Samples(
            points=points,
            inputs=self.inputs_of(points),
            labels=labels.astype(np.float64),
            strata=groups.astype(np.int64),
            task=self.task,
            input_names=self.input_names,
            extent=self.extent,
        )


class ScatteredDataset(PlanarDataset, frozen=True):
    """Any number of points drawn at random around a pattern.

    The points before noise and the directions in which noise pushes them come from separate
    random streams, so that noise only ever scales the displacement of the same points.
    """

    points: Points = 500
    noise: DisplacementNoise = 0.0
    training_share: TrainingShare = 0.5
    validation_share: ValidationShare = 0.0
    seed: Seed = 0
    features: InputFeatures = ("x1", "x2")
    scaling: InputScaling = NoScaling()

    @property
    def sample_count(self) -> int:
        """How many points there are."""
        return self.points


def dealt(count: int, classes: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Deal points to classes in turn, as cards to players.

    Returns
    -------
    owner : (count,) int64
        Class of each point. Earlier classes get the remainder.
    place : (count,) int64
        How many points of the same class come before it.
    """
    index = np.arange(count, dtype=np.int64)
    return index % classes, index // classes


def uniform(generator: np.random.Generator, count: int, radius: float) -> Floats:
    """Draw (count, 2) coordinates from U(-radius, radius).

    A larger count begins with the same rows.
    """
    return generator.uniform(-radius, radius, (count, 2))

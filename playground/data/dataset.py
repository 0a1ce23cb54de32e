"""What every dataset provides, and how it is split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.data.scaling import Scaling
from playground.data.streams import Purpose, stream
from playground.schema.parameter import Option
from playground.schema.task import Task, TaskKind
from playground.schema.validation import InvalidValue

__all__ = [
    "DataError",
    "Dataset",
    "Floats",
    "Samples",
    "Split",
    "Task",
    "TaskKind",
    "split",
    "stratified_queue",
    "training_count",
    "validation_count",
]

Floats = NDArray[np.float64]

SHARE_TOLERANCE = 1e-9
"""Shares such as 0.7 and 0.3 are meant to be all samples, although their sum is not quite 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """All samples of a dataset, before the split.

    Attributes
    ----------
    points : (n, r) float64
        Raw inputs: coordinates (r = 2) for a planar dataset, pixels in [0, 1] for images.
    inputs : (n, d) float64
        What the network sees: the chosen features of the points, scaled if the dataset says so
        and the samples were prepared.
    labels : (n,) float64
        Class index (0, 1, ...) or, for regression, the value to predict.
    strata : (n,) int64
        Group within which the split keeps the training share. It does not depend on noise, so
        that moving the noise slider never moves a point between training and test.
    task
        What is to be predicted.
    input_names
        One short name per input, such as ``x₁²``.
    extent
        A planar dataset is shown in the square [-extent, extent]², which strong noise may
        leave. 0 for other datasets.
    image_shape
        (height, width) of an image dataset, else ``None``.
    digest
        Tells the files that they were read from from any others; "" if the fields of the dataset
        say all that there is to say.
    """

    points: Floats
    inputs: Floats
    labels: Floats
    strata: NDArray[np.int64]
    task: Task
    input_names: tuple[str, ...]
    extent: float = 0.0
    image_shape: tuple[int, int] | None = None
    digest: str = ""

    @property
    def is_planar(self) -> bool:
        """Whether the samples are points of a plane."""
        return self.extent > 0


class Dataset(Option, frozen=True):
    """A source of samples. Its fields say how many, how noisy, which seed.

    Every dataset has the fields ``training_share``, ``validation_share``, ``seed`` and
    ``scaling``; equal fields give equal samples on every machine.
    """

    gallery: ClassVar[str] = ""
    """Heading of the group in which the gallery shows it."""

    task: ClassVar[Task]
    """What is to be predicted; known without reading a single sample."""
    extent: ClassVar[float] = 0.0
    """A planar dataset is shown in the square [-extent, extent]²; 0 for other datasets."""
    image_shape: ClassVar[tuple[int, int] | None] = None
    """(height, width) of the images, if the samples are images."""

    if TYPE_CHECKING:
        # Promised here but declared by each dataset, so that a form shows them after the fields
        # that are the dataset's own.
        training_share: float
        validation_share: float
        seed: int
        scaling: Scaling

    @property
    def sample_count(self) -> int:
        """How many samples there will be, known without reading them."""
        raise NotImplementedError

    @property
    def input_names(self) -> tuple[str, ...]:
        """One short name per input of the network, such as ``x₁²``."""
        raise NotImplementedError

    @property
    def training_count(self) -> int:
        """How many samples there will be for training: at least one."""
        return training_count(self.sample_count, self.training_share)

    @property
    def validation_count(self) -> int:
        """How many samples there will be for validation; none without a share for it.

        Raises
        ------
        InvalidValue
            If the shares are more than all samples.
        """
        return validation_count(self.sample_count, self.training_share, self.validation_share)

    @property
    def test_count(self) -> int:
        """How many samples there will be for testing: those that the two shares leave."""
        return self.sample_count - self.training_count - self.validation_count

    def samples(self) -> Samples:
        """Generate or read all samples.

        Raises
        ------
        DataError
            If files are missing or unreadable; the message says what to do.
        """
        raise NotImplementedError

    def inputs_of(self, points: Floats) -> Floats:
        """Map raw points (n, r) to the features (n, d) that the network gets after scaling."""
        return points


class DataError(Exception):
    """Samples could not be read. The message names the file and the remedy."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Which samples are for training, which for validation and which for testing.

    Attributes
    ----------
    train, validation, test : (n,) int64
        Indices into the samples, ascending, disjoint, together all of them.
    """

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]

    @property
    def judged(self) -> tuple[str, NDArray[np.int64]]:
        """What results are measured on, and its name.

        The test samples, or without any the ``validation`` samples, or else the ``training``
        samples.
        """
        if len(self.test):
            return "test", self.test
        if len(self.validation):
            return "validation", self.validation
        return "training", self.train


def training_count(sample_count: int, training_share: float) -> int:
    """Return how many of the samples are for training: at least one."""
    return max(1, round(training_share * sample_count))


def validation_count(sample_count: int, training_share: float, validation_share: float) -> int:
    """Return how many of the samples are for validation.

    At least one, if there is a share for it and training leaves any; all that training leaves,
    if the shares are all samples together.

    Raises
    ------
    InvalidValue
        If the shares are more than all samples; the field named is ``data.validation_share``.
    """
    if validation_share <= 0:
        return 0
    both = training_share + validation_share
    if both > 1 + SHARE_TOLERANCE:
        left = 1 - training_share
        remedy = f"lower it to {left:.4g}, or lower the training share" if left > 0 else "use 0"
        raise InvalidValue(
            "data.validation_share",
            validation_share,
            f"and data.training_share {training_share:g} are more than all samples",
            f"{remedy}; both together are at most 1",
        )
    left_over = sample_count - training_count(sample_count, training_share)
    if both > 1 - SHARE_TOLERANCE:
        return left_over
    return min(max(1, round(validation_share * sample_count)), left_over)


def split(
    samples: Samples, training_share: float, seed: int, validation_share: float = 0.0
) -> Split:
    """Divide samples into training, validation and test, stratum by stratum.

    The samples stand in a queue whose order depends on the seed alone. Training takes from its
    beginning, validation from its end, and what is between them is for testing. So a larger
    training share only moves samples from test to training, a larger validation share only moves
    samples from test to validation, and neither ever moves one between training and validation.

    Parameters
    ----------
    training_share
        Between 0 and 1. At least one sample is always for training.
    seed
        Same seed, same division.
    validation_share
        Between 0 and what training leaves.

    Raises
    ------
    InvalidValue
        If the shares are more than all samples.
    """
    queue = stratified_queue(samples.strata, stream(seed, Purpose.SPLIT))
    training = training_count(len(queue), training_share)
    testing_ends = len(queue) - validation_count(len(queue), training_share, validation_share)
    return Split(
        train=np.sort(queue[:training]),
        validation=np.sort(queue[testing_ends:]),
        test=np.sort(queue[training:testing_ends]),
    )


def stratified_queue(
    strata: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.int64]:
    """Put samples in a random order of which every beginning is balanced.

    Parameters
    ----------
    strata : (n,) int64
        Group of each sample.
    generator
        Decides the order within each group.

    Returns
    -------
    (n,) int64
        Indices of the samples. The first k of them hold each group in its own proportion, to
        within one sample.
    """
    # rank[i] in (0, 1): the place of sample i in the queue of its stratum. Cutting the ranks at
    # a share keeps the strata balanced, and cutting at an exact total keeps the count right.
    rank = np.empty(len(strata))
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        order = generator.permutation(len(members))
        rank[members[order]] = (np.arange(len(members)) + 0.5) / len(members)
    return np.argsort(rank, kind="stable").astype(np.int64, copy=False)

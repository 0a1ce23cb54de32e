"""Samples ready to learn from: drawn or read, then split, then scaled."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

from playground.data.dataset import Dataset, Floats, Samples, Split, Task, split
from playground.data.scaling import FittedScaling


@dataclass(frozen=True, eq=False)
class PreparedData:
    """The samples of a dataset and their split.

    Attributes
    ----------
    dataset
        Where the samples come from.
    samples
        All of them; their ``inputs`` are scaled, their ``points`` are not.
    split
        Which are for training, which for validation and which for testing.
    scaling
        The scale of the inputs, fitted on the training samples; ``None`` if they are as they were.
    """

    dataset: Dataset
    samples: Samples
    split: Split
    scaling: FittedScaling | None = None

    @property
    def task(self) -> Task:
        """What is to be predicted."""
        return self.samples.task

    def inputs_of(self, points: Floats) -> Floats:
        """Map raw points (n, r) to what the network sees (n, d): features, then scaling.

        The one way from points to inputs: for samples, probes and the pictures of the plane.
        """
        features = self.dataset.inputs_of(points)
        return self.scaling.scaled(features) if self.scaling is not None else features

    def divided(self, split: Split) -> PreparedData:
        """Return the same samples divided otherwise, scaled to fit the new training samples."""
        return prepared(self.dataset, _unscaled(self), split)

    @functools.cached_property
    def train_inputs(self) -> Floats:
        """What the network sees of the training samples, (n_train, d)."""
        return self.samples.inputs[self.split.train]

    @functools.cached_property
    def train_labels(self) -> Floats:
        """Class indices or values of the training samples, (n_train,)."""
        return self.samples.labels[self.split.train]

    @functools.cached_property
    def validation_inputs(self) -> Floats:
        """What the network sees of the validation samples, (n_validation, d); may be (0, d)."""
        return self.samples.inputs[self.split.validation]

    @functools.cached_property
    def validation_labels(self) -> Floats:
        """Class indices or values of the validation samples, (n_validation,)."""
        return self.samples.labels[self.split.validation]

    @functools.cached_property
    def test_inputs(self) -> Floats:
        """What the network sees of the test samples, (n_test, d); n_test may be 0."""
        return self.samples.inputs[self.split.test]

    @functools.cached_property
    def test_labels(self) -> Floats:
        """Class indices or values of the test samples, (n_test,)."""
        return self.samples.labels[self.split.test]


def prepare(dataset: Dataset) -> PreparedData:
    """Draw or read the samples of a dataset, split and scale them.

    Raises
    ------
    DataError
        If files are missing or unreadable.
    InvalidValue
        If a field does not fit the data, or the shares are more than all samples.
    """
    samples = dataset.samples()
    return prepared(
        dataset,
        samples,
        split(samples, dataset.training_share, dataset.seed, dataset.validation_share),
    )


def prepared(dataset: Dataset, samples: Samples, division: Split) -> PreparedData:
    """Return samples scaled as the dataset asks for, to fit those that are for training.

    Parameters
    ----------
    samples
        As :meth:`Dataset.samples` gives them: not scaled yet.
    """
    scaling = dataset.scaling.fitted(samples.inputs[division.train])
    if scaling.is_identity:
        return PreparedData(dataset, samples, division)
    scaled = dataclasses.replace(samples, inputs=scaling.scaled(samples.inputs))
    return PreparedData(dataset, scaled, division, scaling)


def _unscaled(data: PreparedData) -> Samples:
    if data.scaling is None:
        return data.samples
    return dataclasses.replace(data.samples, inputs=data.dataset.inputs_of(data.samples.points))

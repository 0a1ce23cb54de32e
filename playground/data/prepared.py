"""Samples ready to learn from: drawn or read, then split."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from playground.data.dataset import Dataset, Floats, Samples, Split, Task, split


@dataclass(frozen=True, eq=False)
class PreparedData:
    """The samples of a dataset and their split.

    Attributes
    ----------
    dataset
        Where the samples come from.
    samples
        All of them.
    split
        Which are for training, which for validation and which for testing.
    """

    dataset: Dataset
    samples: Samples
    split: Split

    @property
    def task(self) -> Task:
        """What is to be predicted."""
        return self.samples.task

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
    """Draw or read the samples of a dataset and split them.

    Raises
    ------
    DataError
        If files are missing or unreadable.
    InvalidValue
        If a field does not fit the data, or the shares are more than all samples.
    """
    samples = dataset.samples()
    divided = split(samples, dataset.training_share, dataset.seed, dataset.validation_share)
    return PreparedData(dataset, samples, divided)

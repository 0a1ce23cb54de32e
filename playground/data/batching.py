"""Batches: how many samples each step sees, and which ones a pass over the data takes.

To add a way, write a class and add it to :data:`AnyBatching` or :data:`AnySampling`.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from playground.schema.parameter import Option


class Batching(Option, frozen=True):
    """How many samples each step averages its gradient over."""

    shuffles: ClassVar[bool] = True
    """Whether the order of the samples matters."""

    def size(self, batch_size: int, available: int) -> int:
        """Return how many samples are in a batch, between 1 and ``available``.

        Parameters
        ----------
        batch_size
            What is set for mini-batches.
        available
            Number of training samples.
        """
        raise NotImplementedError


class MiniBatch(Batching, frozen=True, tag="mini_batch"):
    """As many samples as the batch size says: the usual compromise.

    The last batch of a pass is smaller if the batch size does not divide the training set.
    """

    title: ClassVar[str] = "Mini-batch"

    def size(self, batch_size: int, available: int) -> int:
        """Return the batch size."""
        return min(batch_size, available)


class FullBatch(Batching, frozen=True, tag="full_batch"):
    """All training samples in every step: the exact gradient, one step per epoch.

    It follows the training set when the data changes.
    """

    title: ClassVar[str] = "Full batch"
    shuffles: ClassVar[bool] = False

    def size(self, batch_size: int, available: int) -> int:
        """Return the number of training samples."""
        return available


class SingleSample(Batching, frozen=True, tag="single_sample"):
    """One sample in every step: stochastic gradient descent in the narrow sense, fast and noisy."""

    title: ClassVar[str] = "Single sample"

    def size(self, batch_size: int, available: int) -> int:
        """Return 1."""
        return 1


AnyBatching: TypeAlias = MiniBatch | FullBatch | SingleSample
"""Every way to cut batches, in the order of the menu."""


class Sampling(Option, frozen=True):
    """Which samples a pass over the training data takes, and in which order."""

    def draw(self, order: NDArray[np.int64], generator: np.random.Generator) -> None:
        """Write the samples of the next pass.

        Parameters
        ----------
        order : (n,) int64
            Overwritten with n indices of samples, 0 to n - 1.
        generator
            The source of chance; its state decides the outcome.
        """
        raise NotImplementedError


class WithoutReplacement(Sampling, frozen=True, tag="without_replacement"):
    """Each sample exactly once in every epoch, shuffled anew each time."""

    title: ClassVar[str] = "Without replacement"

    def draw(self, order: NDArray[np.int64], generator: np.random.Generator) -> None:
        """Shuffle."""
        order[:] = np.arange(len(order))
        generator.shuffle(order)


class WithReplacement(Sampling, frozen=True, tag="with_replacement"):
    """Every place is drawn from all samples: some come twice, about 37 % not at all.

    A bootstrap draw per epoch, as the theory of stochastic gradient descent assumes. Bottou, L.,
    Curtis, F. & Nocedal, J. (2018), https://arxiv.org/abs/1606.04838.
    """

    title: ClassVar[str] = "With replacement"

    def draw(self, order: NDArray[np.int64], generator: np.random.Generator) -> None:
        """Draw each place on its own."""
        order[:] = generator.integers(0, len(order), len(order))


AnySampling: TypeAlias = WithoutReplacement | WithReplacement
"""Every way to draw, in the order of the menu."""

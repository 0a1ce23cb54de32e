"""What a network says about each sample: its answer, how sure it is of it, and the loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Samples
from playground.engine.network import Architecture, Parameters, predict
from playground.training.jobs import Progress

__all__ = ["SampleScores", "is_quick", "score", "score_all"]

Reals = NDArray[Any]

QUICK_OPERATIONS = 2e7
"""Operations that are done between two frames; more of them are work for a job."""
_PER_UNIT, _PER_SAMPLE = 100, 300
"""What an activation, and the loss, take beside the multiplications of a product of matrices."""
_CHUNK_VALUES = 1_000_000
"""Activations that are held at a time, about: they stay in the cache, and a job is cancelled
soon."""


@dataclass(frozen=True, slots=True, eq=False)
class SampleScores:
    """The answers of a network, one for each sample.

    Attributes
    ----------
    predicted : (n,) float64
        The most believed class, or for regression the value; NaN where the network says nothing
        that is finite.
    certainty : (n,) float64
        The belief in that class, from 0 to 1; NaN for regression.
    losses : (n,) float64
        Loss of each sample, without the weight of its class.
    known : (n,) bool
        Which of them have been worked out.
    """

    predicted: NDArray[np.float64]
    certainty: NDArray[np.float64]
    losses: NDArray[np.float64]
    known: NDArray[np.bool_]

    @classmethod
    def unknown(cls, count: int) -> SampleScores:
        """Return scores of which none has been worked out."""
        empty = np.full(count, np.nan)
        return cls(empty, empty.copy(), empty.copy(), np.zeros(count, bool))

    @property
    def are_complete(self) -> bool:
        """Whether all of them have been worked out."""
        return bool(self.known.all())

    def wrong(self, labels: Reals) -> NDArray[np.bool_]:
        """Return (n,) which known samples have another class than predicted, by their labels."""
        return np.asarray(self.known & (self.predicted != labels))

    def with_rows(self, rows: NDArray[np.int64], part: SampleScores) -> SampleScores:
        """Return the same with other scores for some rows, those of ``part`` in order."""
        changed = SampleScores(
            self.predicted.copy(), self.certainty.copy(), self.losses.copy(), self.known.copy()
        )
        changed._put(rows, part)
        return changed

    def _put(self, rows: NDArray[np.int64] | slice, part: SampleScores) -> None:
        self.predicted[rows] = part.predicted
        self.certainty[rows] = part.certainty
        self.losses[rows] = part.losses
        self.known[rows] = part.known


def is_quick(architecture: Architecture, count: int) -> bool:
    """Return whether so many samples are scored in a few milliseconds."""
    units = sum(shape.outputs for shape in architecture.layers)
    each = architecture.weight_count + _PER_UNIT * units + _PER_SAMPLE
    return each * count <= QUICK_OPERATIONS


def score(
    architecture: Architecture,
    parameters: Parameters,
    samples: Samples,
    rows: NDArray[np.int64] | slice,
) -> SampleScores:
    """Return the scores of some samples, in the order of ``rows``.

    Parameters
    ----------
    rows : (m,) int64 or slice
        Which samples; of a slice nothing is copied.
    """
    head, labels = architecture.head, samples.labels[rows]
    outputs = predict(architecture, parameters, samples.inputs[rows])
    with np.errstate(all="ignore"):
        losses = np.asarray(head.loss.values(outputs, head.targets(labels)), np.float64)
        if head.task.class_count:
            predicted = head.predicted_classes(outputs).astype(np.float64)
            shares = head.class_certainty(outputs)
            certainty = np.asarray(
                shares[np.arange(len(labels)), predicted.astype(np.int64)], np.float64
            )
        else:
            predicted = np.asarray(outputs[:, 0], np.float64).copy()
            certainty = np.full(len(labels), np.nan)
    predicted[~np.isfinite(outputs).all(1)] = np.nan
    return SampleScores(predicted, certainty, losses, np.ones(len(labels), bool))


def score_all(
    architecture: Architecture,
    parameters: Parameters,
    samples: Samples,
    progress: Progress | None = None,
) -> SampleScores:
    """Return the scores of all samples, worked out in pieces that need little memory.

    Parameters
    ----------
    parameters
        Never changed meanwhile.
    progress
        Told after each piece, and asked whether to end.
    """
    count = len(samples.labels)
    result = SampleScores.unknown(count)
    widths = architecture.input_count + sum(shape.outputs for shape in architecture.layers)
    size = max(64, _CHUNK_VALUES // widths)
    for start in range(0, count, size):
        rows = slice(start, min(start + size, count))
        result._put(rows, score(architecture, parameters, samples, rows))
        if progress is not None:
            progress.report(rows.stop / count)
    return result

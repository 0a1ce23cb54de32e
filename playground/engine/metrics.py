"""How good predictions are, in the numbers that people compare.

Pure functions of labels and predictions. Where a number has no meaning (no samples, one class
missing, no variance) it is ``None``, never a guess.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[Any]


def accuracy(labels: Reals, predicted: Reals) -> float | None:
    """Return the share of right answers, from 0 to 1.

    Parameters
    ----------
    labels, predicted : (n,)
        True and predicted class of each sample.

    Returns
    -------
    share
        ``None`` without samples.
    """
    return float(np.mean(labels == predicted)) if len(labels) else None


def confusion_matrix(labels: Reals, predicted: Reals, class_count: int) -> NDArray[np.int64]:
    """Count which classes are taken for which.

    Parameters
    ----------
    labels, predicted : (n,)
        True and predicted class of each sample, whole numbers from 0 to ``class_count - 1``.

    Returns
    -------
    counts : (class_count, class_count)
        Row: true class; column: predicted class.
    """
    cells = labels.astype(np.int64) * class_count + predicted.astype(np.int64)
    counts = np.bincount(cells, minlength=class_count**2)
    return counts.reshape(class_count, class_count).astype(np.int64)


def f1_score(confusion: NDArray[np.int64]) -> float | None:
    """Return F1, from 0 to 1, as a plain mean over the classes (macro).

    F1 of a class is the harmonic mean of precision (how many of those called so are so) and
    recall (how many of those that are so are called so): 2 TP / (2 TP + FP + FN). Each class
    counts alike, however rare it is. A class that neither occurs nor is predicted does not count.

    Parameters
    ----------
    confusion : (classes, classes)
        As :func:`confusion_matrix` gives it.

    Returns
    -------
    score
        ``None`` without samples.
    """
    right = np.diagonal(confusion)
    involved = confusion.sum(0) + confusion.sum(1)
    seen = involved > 0
    return float(np.mean(2 * right[seen] / involved[seen])) if seen.any() else None


def area_under_curve(labels: Reals, scores: Reals) -> float | None:
    """Return the area under the ROC curve, from 0 to 1: .5 is as good as a coin.

    It is the chance that a sample of class 1 has a higher score than one of class 0, ties
    counting half, and so follows from ranks alone (Mann & Whitney, 1947; Hanley & McNeil, 1982).

    Parameters
    ----------
    labels : (n,)
        0 or 1.
    scores : (n,)
        Any numbers that grow with the belief in class 1.

    Returns
    -------
    area
        ``None`` unless both classes occur and no score is NaN.
    """
    yes = labels == 1
    positives = int(yes.sum())
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0 or np.isnan(scores).any():
        return None
    # Equal scores share the mean of the ranks that they take up together.
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(count) - (count - 1) / 2
    wins = float(ranks[place.reshape(-1)][yes].sum()) - positives * (positives + 1) / 2
    return wins / (positives * negatives)


def r_squared(targets: Reals, predicted: Reals) -> float | None:
    """Return R², the share of the variance that is explained: 1 is perfect.

    0 is as good as always saying the mean, and less than 0 is worse than that.

    Parameters
    ----------
    targets, predicted : (n,)

    Returns
    -------
    share
        ``None`` if the targets do not vary.
    """
    targets, predicted = targets.astype(np.float64), predicted.astype(np.float64)
    # Not by the variance: the rounded mean of equal numbers need not be that number.
    if not len(targets) or targets.min() == targets.max():
        return None
    residual = np.square(targets - predicted).sum()
    return float(1 - residual / np.square(targets - targets.mean()).sum())

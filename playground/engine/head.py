"""The output layer with its loss: what the outputs of a network mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import metrics
from playground.engine.activations import Activation
from playground.engine.losses import Loss
from playground.schema.task import Task, TaskKind

Reals = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Head:
    """Loss, task and output activation together.

    Attributes
    ----------
    loss, task
        What is measured, and what is to be predicted.
    activation
        Activation of the output layer.
    """

    loss: Loss
    task: Task
    activation: Activation

    @property
    def output_count(self) -> int:
        """Number k of output units."""
        return self.loss.output_count(self.task)

    def targets(self, labels: Reals) -> Reals:
        """Return what the outputs should be for labels (n,): shape (n, k), float64."""
        if self.task.kind is TaskKind.REGRESSION:
            return np.asarray(labels, np.float64).reshape(-1, 1)
        no, yes = self.loss.target_values(self.activation)
        if self.output_count == 1:
            return np.where(np.asarray(labels).reshape(-1, 1) == 1, yes, no)
        classes = np.arange(self.output_count)
        return np.where(np.asarray(labels).reshape(-1, 1) == classes, yes, no)

    def predicted_classes(self, outputs: Reals) -> NDArray[np.int64]:
        """Return the most believed class of each sample, shape (n,). Not for regression."""
        if self.output_count == 1:
            certainty = self.loss.certainty(outputs, self.activation)
            return (certainty[:, 0] > 0.5).astype(np.int64)
        # By the outputs, not by the certainties, which may all be clipped to 1.
        if self.output_count == 2:
            # As argmax does, in a tenth of the time: it is part of every record.
            return (outputs[:, 1] > outputs[:, 0]).astype(np.int64)
        return np.asarray(np.argmax(outputs, axis=1))

    def class_certainty(self, outputs: Reals) -> Reals:
        """Return a share for each class, shape (n, classes), rows summing to 1."""
        certainty = self.loss.certainty(outputs, self.activation)
        if self.output_count == 1:
            return np.hstack([1 - certainty, certainty])
        total = certainty.sum(1, keepdims=True)
        return np.asarray(
            np.where(total > 0, certainty / np.where(total > 0, total, 1), 1 / self.output_count)
        )

    def signed_value(self, outputs: Reals) -> Reals:
        """Return one number per sample, from -1 to 1 for two classes, as is for regression."""
        if self.task.kind is TaskKind.REGRESSION:
            return np.asarray(outputs[:, 0])
        certainty = self.class_certainty(outputs)
        return np.asarray(certainty[:, 1] - certainty[:, 0])

    def accuracy(self, outputs: Reals, labels: Reals) -> float | None:
        """Return the share of right answers, or ``None`` for regression or no samples."""
        if self.task.kind is TaskKind.REGRESSION or not len(labels):
            return None
        return metrics.accuracy(labels, self.predicted_classes(outputs))

    def metrics(self, outputs: Reals, labels: Reals) -> dict[str, float | None]:
        """Return every score; ``None`` where one has no meaning for the task or the samples.

        Parameters
        ----------
        outputs : (n, k)
        labels : (n,)

        Returns
        -------
        scores
            ``accuracy`` and ``f1`` (macro) for classes, ``auc`` for two classes, ``r2`` for
            regression. Scores of outputs that are not finite are not finite either, or ``None``.
        """
        scores: dict[str, float | None] = dict.fromkeys(("accuracy", "f1", "auc", "r2"))
        if not len(labels):
            return scores
        # Outputs of a network that diverged may overflow when squared.
        with np.errstate(all="ignore"):
            if self.task.kind is TaskKind.REGRESSION:
                scores["r2"] = metrics.r_squared(labels, outputs[:, 0])
                return scores
            predicted = self.predicted_classes(outputs)
            confusion = metrics.confusion_matrix(labels, predicted, self.task.class_count)
            scores["accuracy"] = metrics.accuracy(labels, predicted)
            scores["f1"] = metrics.f1_score(confusion)
            if self.task.class_count == 2:
                # By the outputs: certainties may be clipped, which would make ties.
                belief = outputs[:, 0] if self.output_count == 1 else outputs[:, 1] - outputs[:, 0]
                scores["auc"] = metrics.area_under_curve(labels, belief)
        return scores

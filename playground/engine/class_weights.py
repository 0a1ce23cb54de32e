"""Class weights: how much each class counts in the cost.

The cost is C = (1/n) Σᵢ w(yᵢ) Lᵢ over the n samples of a batch. PyTorch's weighted mean
(``CrossEntropyLoss(weight=…)`` with ``reduction="mean"``) divides by Σᵢ w(yᵢ) instead of n, which
makes a sample count more in a batch of light classes; ``reduction="sum"`` divided by n is what is
computed here. A batch may lack any class. To add a way, write a class and add it to
:data:`AnyClassWeights`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from playground.schema.parameter import Option, shown

Reals = NDArray[Any]

MAXIMUM_CLASSES = 1000


class ClassWeights(Option, frozen=True):
    """A way to weight classes."""

    def weights(self, labels: Reals, class_count: int) -> NDArray[np.float64] | None:
        """Return the weight (classes,) of each class; ``None`` if all count the same.

        Parameters
        ----------
        labels : (n,)
            Class indices of all training samples.
        class_count
            Number of classes, those without samples included.
        """
        raise NotImplementedError


class NoClassWeights(ClassWeights, frozen=True, tag="none"):
    """Every sample counts the same, so a rare class counts little."""

    title: ClassVar[str] = "None"

    def weights(self, labels: Reals, class_count: int) -> None:
        """Return ``None``."""
        return


class BalancedClasses(ClassWeights, frozen=True, tag="balanced"):
    """Every class counts the same, however few samples it has.

    nₖ is the number of training samples of class k, and K that of the classes that have any. The
    mean weight of the training samples is 1. A class without training samples has weight 1. King,
    G. & Zeng, L. (2001), "Logistic Regression in Rare Events Data", section 4.2; the formula is
    that of scikit-learn's ``class_weight="balanced"``.
    """

    title: ClassVar[str] = "Balanced"
    formula: ClassVar[str] = r"w_k = \frac{n}{K \, n_k}"

    def weights(self, labels: Reals, class_count: int) -> NDArray[np.float64]:
        """Count the samples of each class."""
        counts = np.bincount(labels.astype(np.int64), minlength=class_count)
        weights = np.ones(class_count)
        present = counts > 0
        weights[present] = len(labels) / (np.count_nonzero(present) * counts[present])
        return weights


class GivenClassWeights(ClassWeights, frozen=True, tag="given"):
    """One weight per class, in the order of the classes."""

    title: ClassVar[str] = "Given"
    formula: ClassVar[str] = r"C = \frac{1}{n} \sum_i w_{y_i} L_i"

    values: Annotated[
        tuple[Annotated[float, msgspec.Meta(ge=0, le=1e6)], ...],
        shown(
            "Weights",
            live=True,
            help="A number from 0 to 1,000,000 for each class, such as 1, 5. Twice the weight "
            "counts like every sample of the class given twice.",
        ),
        msgspec.Meta(min_length=1, max_length=MAXIMUM_CLASSES),
    ] = (1.0, 1.0)

    def weights(self, labels: Reals, class_count: int) -> NDArray[np.float64]:
        """Return the weights as they are given; their number is checked with the experiment."""
        return np.array(self.values, float)


AnyClassWeights: TypeAlias = NoClassWeights | BalancedClasses | GivenClassWeights
"""Every way to weight classes, in the order of the menu."""

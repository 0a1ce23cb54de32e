"""Losses: each with its formula, gradient and fast form in one place.

A loss compares the outputs of the last layer (n, k) with targets (n, k). The cost of a batch is
the mean over its samples of ``values``. A loss that belongs to a probability (cross-entropy)
takes logits and applies its own output function, fused with the logarithm, so that it is exact
at any size of logit. To add one, write a class in the file of its family and add it to
:data:`AnyLoss`.
"""

from __future__ import annotations

from playground.engine.losses.base import Loss
from playground.engine.losses.distances import (
    HalfSquared,
    Huber,
    LogCosh,
    MeanAbsolute,
    MeanSquared,
)
from playground.engine.losses.likelihoods import (
    BinaryCrossEntropy,
    Focal,
    KLDivergence,
    SoftmaxCrossEntropy,
    log_softmax,
    softmax,
)
from playground.engine.losses.margins import Hinge, SquaredHinge

__all__ = [
    "AnyLoss",
    "BinaryCrossEntropy",
    "Focal",
    "HalfSquared",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsolute",
    "MeanSquared",
    "SoftmaxCrossEntropy",
    "SquaredHinge",
    "log_softmax",
    "softmax",
]

AnyLoss = (
    HalfSquared
    | MeanSquared
    | MeanAbsolute
    | Huber
    | LogCosh
    | BinaryCrossEntropy
    | SoftmaxCrossEntropy
    | Focal
    | KLDivergence
    | Hinge
    | SquaredHinge
)
"""Every loss, in menu order."""

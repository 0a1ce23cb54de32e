"""Optimizers: each with its update rule, its source and its fast form in one place.

The readable form is :meth:`Optimizer.update`, the textbook's rule on whole vectors. The fast
form records the same rule as a few in-place operations over the flat parameter vector; where
it keeps a quantity in another scale (Adam's moments), :meth:`Optimizer.slot_scales` says so. To
add one, write a class and add it to :data:`AnyOptimizer`.
"""

from __future__ import annotations

from playground.engine.optimizers.adam import Adam, AdamW, AMSGrad
from playground.engine.optimizers.adaptive import AdaDelta, AdaGrad, RMSProp
from playground.engine.optimizers.base import (
    BLOCK,
    LearningRate,
    Optimizer,
    OptimizerState,
    spans_of,
)
from playground.engine.optimizers.layerwise import LAMB, LARS
from playground.engine.optimizers.lbfgs import LBFGS
from playground.engine.optimizers.lion import Lion
from playground.engine.optimizers.nadam import NAdam
from playground.engine.optimizers.radam import RAdam
from playground.engine.optimizers.sgd import SGD, Momentum, Nesterov

__all__ = [
    "BLOCK",
    "LAMB",
    "LARS",
    "LBFGS",
    "SGD",
    "AMSGrad",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "AnyOptimizer",
    "LearningRate",
    "Lion",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Optimizer",
    "OptimizerState",
    "RAdam",
    "RMSProp",
    "spans_of",
]

AnyOptimizer = (
    SGD
    | Momentum
    | Nesterov
    | AdaGrad
    | AdaDelta
    | RMSProp
    | Adam
    | AMSGrad
    | NAdam
    | RAdam
    | AdamW
    | Lion
    | LARS
    | LAMB
    | LBFGS
)
"""Every optimizer, in menu order."""

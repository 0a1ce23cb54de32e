"""What may be done to the initial weights before the first step, looking at the training inputs.

To add a way, write a class in a file of its own and add it to :data:`AnyPreparation`.
"""

from __future__ import annotations

from playground.engine.preparation.base import NoPreparation, Preparation, PreparationProgress
from playground.engine.preparation.greedy_rbm import GreedyRBM
from playground.engine.preparation.lsuv import LSUV

__all__ = [
    "LSUV",
    "AnyPreparation",
    "GreedyRBM",
    "NoPreparation",
    "Preparation",
    "PreparationProgress",
]

AnyPreparation = NoPreparation | LSUV | GreedyRBM
"""Every way of preparing the initial weights, in menu order."""

"""What a network is made of: each kind of layer with its formula, gradient and fast form.

Every layer computes z = core(x) and then a = f(z). The core of a dense layer is x W + b, that of a
batch norm γ x̂ + β, and so on; f is the activation, which not every kind has. The readable form is
``forward`` and ``backward`` with rows as samples; the fast form records the same into given arrays.
To add one, write a class in a file of its own and add it to :data:`AnyLayer`.
"""

from __future__ import annotations

from playground.engine.layers.base import MAXIMUM_LAYERS, MAXIMUM_UNITS, Layer, Place
from playground.engine.layers.batch_norm import BatchNorm
from playground.engine.layers.dense import Dense, Output
from playground.engine.layers.dropout import Dropout
from playground.engine.layers.layer_norm import LayerNorm
from playground.engine.layers.skip import Skip

__all__ = [
    "MAXIMUM_LAYERS",
    "MAXIMUM_UNITS",
    "AnyLayer",
    "BatchNorm",
    "Dense",
    "Dropout",
    "Layer",
    "LayerNorm",
    "Output",
    "Place",
    "Skip",
]

AnyLayer = Dense | BatchNorm | LayerNorm | Dropout | Skip
"""Every kind of hidden layer, in menu order."""

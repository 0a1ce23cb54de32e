"""Activation functions: each with its formula, derivative and fast form in one place.

The readable form is ``value(z)`` and ``derivative(z)``. The fast form writes the same into given
arrays. Most derivatives follow from the output a alone, so that a may overwrite z; a class that
needs z itself says so with ``keeps_input``. What is not a function of one number (a learned slope,
a softmax) has ``apply`` and ``pull_back`` instead. To add one, write a class in the file of its
family and add it to :data:`AnyActivation`.
"""

from __future__ import annotations

from playground.engine.activations.base import Activation, Identity
from playground.engine.activations.coupled import Maxout, PReLU, Softmax
from playground.engine.activations.gated import Mish, SiLU
from playground.engine.activations.gelu import GELU
from playground.engine.activations.rectifiers import ELU, SELU, LeakyReLU, ReLU, Softplus
from playground.engine.activations.sigmoids import (
    HardSigmoid,
    HardTanh,
    Sigmoid,
    Softsign,
    Step,
    Tanh,
)
from playground.engine.activations.waves import Gaussian, Sine

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "Activation",
    "AnyActivation",
    "Gaussian",
    "HardSigmoid",
    "HardTanh",
    "Identity",
    "LeakyReLU",
    "Maxout",
    "Mish",
    "PReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Sine",
    "Softmax",
    "Softplus",
    "Softsign",
    "Step",
    "Tanh",
]

AnyActivation = (
    Tanh
    | ReLU
    | LeakyReLU
    | PReLU
    | ELU
    | SELU
    | SiLU
    | GELU
    | Mish
    | Softplus
    | Sigmoid
    | HardSigmoid
    | HardTanh
    | Softsign
    | Sine
    | Gaussian
    | Maxout
    | Softmax
    | Step
    | Identity
)
"""Every activation, in menu order."""

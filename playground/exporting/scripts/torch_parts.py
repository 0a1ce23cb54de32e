"""Layers and activations as PyTorch modules, with the few that PyTorch lacks written out.

A contract test holds both tables complete, and runs what they say where PyTorch is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.engine.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    Gaussian,
    HardSigmoid,
    HardTanh,
    Identity,
    LeakyReLU,
    Maxout,
    Mish,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Sine,
    Softmax,
    Softplus,
    Softsign,
    Step,
    Tanh,
)
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm, Skip
from playground.engine.network import LayerShape
from playground.exporting.scripts.text import literal

__all__ = ["ACTIVATIONS", "LAYERS", "Module"]


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a script.

    Attributes
    ----------
    expression
        What makes it.
    source
        Definition of its class, if PyTorch has none; else "".
    """

    expression: str
    source: str = ""


_SINE = '''
class Sine(nn.Module):
    """sin z."""

    def forward(self, z):
        return torch.sin(z)
'''
_GAUSSIAN = '''
class Gaussian(nn.Module):
    """A bump: e^(-z^2)."""

    def forward(self, z):
        return torch.exp(-z * z)
'''
_MAXOUT = '''
class Maxout(nn.Module):
    """Each unit is the largest of several weighted sums."""

    def __init__(self, pieces):
        super().__init__()
        self.pieces = pieces

    def forward(self, z):
        return z.reshape(len(z), self.pieces, z.shape[1] // self.pieces).amax(1)
'''
_STEP = '''
class Step(nn.Module):
    """1 where z > 0, else 0. The gradient goes through as if the step were not there."""

    def forward(self, z):
        return (z > 0).to(z) + (z - z.detach())
'''
_BATCH_NORM = '''
class BatchNorm(nn.BatchNorm1d):
    """PyTorch refuses a batch of one sample. Here it has no deviation, and moves no average."""

    def forward(self, x):
        if self.training and len(x) == 1:
            return (x - x) * self.weight + self.bias
        return super().forward(x)
'''

ActivationModule = Callable[[Any, int], Module]
"""What makes the module of an activation, given the width of z."""


def _plain(expression: str, source: str = "") -> ActivationModule:
    return lambda activation, width: Module(expression, source)


ACTIVATIONS: dict[type[Activation], ActivationModule] = {
    Tanh: _plain("nn.Tanh()"),
    ReLU: _plain("nn.ReLU()"),
    LeakyReLU: lambda f, width: Module(f"nn.LeakyReLU({literal(f.negative_slope)})"),
    PReLU: lambda f, width: Module(f"nn.PReLU({width})"),
    ELU: lambda f, width: Module(f"nn.ELU({literal(f.alpha)})"),
    SELU: _plain("nn.SELU()"),
    SiLU: _plain("nn.SiLU()"),
    GELU: lambda f, width: Module(
        'nn.GELU(approximate="tanh")' if f.form == "tanh" else "nn.GELU()"
    ),
    Mish: _plain("nn.Mish()"),
    # PyTorch's own threshold of 20 would show in float64.
    Softplus: _plain("nn.Softplus(threshold=40)"),
    Sigmoid: _plain("nn.Sigmoid()"),
    HardSigmoid: _plain("nn.Hardsigmoid()"),
    HardTanh: _plain("nn.Hardtanh()"),
    Softsign: _plain("nn.Softsign()"),
    Sine: _plain("Sine()", _SINE),
    Gaussian: _plain("Gaussian()", _GAUSSIAN),
    Maxout: lambda f, width: Module(f"Maxout({f.pieces})", _MAXOUT),
    Softmax: _plain("nn.Softmax(dim=1)"),
    Step: _plain("Step()", _STEP),
    Identity: _plain("nn.Identity()"),
}
"""How each activation is written."""


def _dense(shape: LayerShape, layer: Dense) -> Module:
    return Module(f"nn.Linear({shape.inputs}, {shape.pre_outputs})")


def _batch_norm(shape: LayerShape, layer: BatchNorm) -> Module:
    settings = f"eps={literal(layer.epsilon)}, momentum={literal(layer.momentum)}"
    return Module(f"BatchNorm({shape.inputs}, {settings})", _BATCH_NORM)


def _layer_norm(shape: LayerShape, layer: LayerNorm) -> Module:
    return Module(f"nn.LayerNorm({shape.inputs}, eps={literal(layer.epsilon)})")


def _dropout(shape: LayerShape, layer: Dropout) -> Module:
    return Module(f"nn.Dropout({literal(layer.rate)})")


def _skip(shape: LayerShape, layer: Skip) -> Module:
    if not shape.rows:
        return Module("nn.Identity()")
    return Module(f"nn.Linear({shape.source_width}, {shape.pre_outputs}, bias=False)")


LAYERS: dict[type[Layer], Callable[[LayerShape, Any], Module]] = {
    Dense: _dense,
    BatchNorm: _batch_norm,
    LayerNorm: _layer_norm,
    Dropout: _dropout,
    Skip: _skip,
}
"""How each kind of layer is written. A skip connection is the module of what it adds."""

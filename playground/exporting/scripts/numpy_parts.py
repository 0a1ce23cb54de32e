"""Activations and layers as lines of NumPy, only those of which a network has need.

A contract test holds both tables complete, and runs what they say.
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
from playground.exporting.scripts.text import literal

__all__ = ["ACTIVATIONS", "LAYERS", "SIGMOID", "SOFTMAX", "Function"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that a script defines.

    Attributes
    ----------
    name, source
        Its name, and its definition.
    """

    name: str
    source: str


def _function(source: str) -> Function:
    source = source.strip()
    return Function(source.split("(")[0].removeprefix("def "), source)


SIGMOID = _function('''
def sigmoid(z):
    """1 / (1 + e^-z), in a form that never overflows."""
    return np.exp(-np.logaddexp(0, -z))
''')
SOFTMAX = _function('''
def softmax(z):
    """Shares of 1; subtracting the largest number first changes nothing but avoids overflow."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
''')
_LEAKY_RELU = _function('''
def leaky_relu(z, slope):
    """z where it is positive, a fraction of it where it is not."""
    return np.maximum(z, slope * z)
''')
_PRELU = _function('''
def prelu(z, slopes):
    """A leaky ReLU whose slopes were learned, one for each unit."""
    return np.maximum(z, 0) + slopes * np.minimum(z, 0)
''')
_ELU = _function('''
def elu(z, alpha):
    """z where it is positive; below, an exponential that settles at -alpha."""
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))
''')
_SELU = _function('''
def selu(z):
    """A scaled ELU: values of deep networks settle at mean 0 and variance 1."""
    below = 1.6732632423543772 * np.expm1(np.minimum(z, 0))
    return 1.0507009873554805 * np.where(z > 0, z, below)
''')
_GELU_TANH = _function('''
def gelu(z):
    """z times the chance that a normal variable is smaller, by a tanh that comes close."""
    return z * (1 + np.tanh(np.sqrt(2 / np.pi).item() * z * (1 + 0.044715 * z**2))) / 2
''')
_GELU_EXACT = _function('''
def gelu(z):
    """z times the chance that a normal variable is smaller. NumPy has no erfc; Python has."""
    return (z * np.vectorize(math.erfc, otypes=[float])(-z / math.sqrt(2)) / 2).astype(z.dtype)
''')
_HARD_SIGMOID = _function('''
def hard_sigmoid(z):
    """A sigmoid made of three straight lines."""
    return np.minimum(np.maximum(z + 3, 0), 6) / 6
''')
_SOFTPLUS = _function('''
def softplus(z):
    """ln(1 + e^z), a smooth ReLU."""
    return np.logaddexp(0, z)
''')
_MAXOUT = _function('''
def maxout(z, pieces):
    """Each unit is the largest of several weighted sums."""
    return z.reshape(len(z), pieces, -1).max(axis=1)
''')

Written = tuple[str, tuple[Function, ...]]
"""An expression in z (``{z}``) and, where something is learned, ``{slopes}``; and what it needs."""


def _fixed(expression: str, *functions: Function) -> Callable[[Any], Written]:
    return lambda activation: (expression, functions)


ACTIVATIONS: dict[type[Activation], Callable[[Any], Written]] = {
    Tanh: _fixed("np.tanh({z})"),
    ReLU: _fixed("np.maximum({z}, 0)"),
    LeakyReLU: lambda f: (f"leaky_relu({{z}}, {literal(f.negative_slope)})", (_LEAKY_RELU,)),
    PReLU: _fixed("prelu({z}, {slopes})", _PRELU),
    ELU: lambda f: (f"elu({{z}}, {literal(f.alpha)})", (_ELU,)),
    SELU: _fixed("selu({z})", _SELU),
    SiLU: _fixed("{z} * sigmoid({z})", SIGMOID),
    GELU: lambda f: ("gelu({z})", (_GELU_TANH if f.form == "tanh" else _GELU_EXACT,)),
    Mish: _fixed("{z} * np.tanh(softplus({z}))", _SOFTPLUS),
    Softplus: _fixed("softplus({z})", _SOFTPLUS),
    Sigmoid: _fixed("sigmoid({z})", SIGMOID),
    HardSigmoid: _fixed("hard_sigmoid({z})", _HARD_SIGMOID),
    HardTanh: _fixed("np.clip({z}, -1, 1)"),
    Softsign: _fixed("{z} / (1 + np.abs({z}))"),
    Sine: _fixed("np.sin({z})"),
    Gaussian: _fixed("np.exp(-({z} * {z}))"),
    Maxout: lambda f: (f"maxout({{z}}, {f.pieces})", (_MAXOUT,)),
    Softmax: _fixed("softmax({z})", SOFTMAX),
    Step: _fixed("np.heaviside({z}, 0)"),
    Identity: _fixed("{z}"),
}
"""How each activation is written."""


def _dense(layer: Dense, x: str, source: str, place: int, projected: bool) -> str:
    return f"{x} @ W{place} + b{place}"


def _batch_norm(layer: BatchNorm, x: str, source: str, place: int, projected: bool) -> str:
    deviation = f"np.sqrt(variance{place} + {literal(layer.epsilon)})"
    return f"({x} - mean{place}) / {deviation} * scale{place} + shift{place}"


def _layer_norm(layer: LayerNorm, x: str, source: str, place: int, projected: bool) -> str:
    return f"layer_norm({x}, {literal(layer.epsilon)}) * scale{place} + shift{place}"


def _dropout(layer: Dropout, x: str, source: str, place: int, projected: bool) -> str:
    return x


def _skip(layer: Skip, x: str, source: str, place: int, projected: bool) -> str:
    return f"{x} + {source} @ P{place}" if projected else f"{x} + {source}"


_LAYER_NORM = _function('''
def layer_norm(x, epsilon):
    """Each sample with mean 0 and deviation 1 over its units."""
    mean, variance = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon)
''')

LAYERS: dict[type[Layer], tuple[Callable[[Any, str, str, int, bool], str], tuple[Function, ...]]]
LAYERS = {
    Dense: (_dense, ()),
    BatchNorm: (_batch_norm, ()),
    LayerNorm: (_layer_norm, (_LAYER_NORM,)),
    Dropout: (_dropout, ()),
    Skip: (_skip, ()),
}
"""How each kind of layer makes z of x: an expression, given the layer, the names of x and of what a
skip connection adds, the number of the layer, and whether that is projected; and what it needs."""

"""Nodes of an ONNX graph for every activation and every kind of layer.

https://onnx.ai/onnx/operators/ defines the operators; all that are used here are of opset 20 or
earlier. A contract test holds both tables complete.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

__all__ = ["ACTIVATIONS", "LAYERS", "OPSET", "GraphBuilder"]

Reals = NDArray[Any]

OPSET = 20
"""Of 2023: the first with GELU. Newer runtimes read it, too."""


class GraphBuilder:
    """Collects nodes and constants; every value has a name that a person can read in a viewer.

    Attributes
    ----------
    nodes, constants
        What ``onnx.helper.make_graph`` takes.
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(
        self, operator: str, inputs: list[str], output: str, name: str = "", **attributes: Any
    ) -> str:
        """Add an operation with one output; return the name of that."""
        from onnx import helper

        self.nodes.append(
            helper.make_node(operator, inputs, [output], name=name or output, **attributes)
        )
        return output

    def split(self, value: str, outputs: list[str], axis: int) -> None:
        """Add an operation that cuts a value into parts of width 1."""
        from onnx import helper

        node = helper.make_node(
            "Split", [value], outputs, name="coordinates", axis=axis, num_outputs=len(outputs)
        )
        self.nodes.append(node)

    def constant(self, name: str, array: Reals) -> str:
        """Add a constant: float32, or whole numbers as they are; return its name."""
        from onnx import numpy_helper

        kind = np.int64 if array.dtype.kind in "iu" else np.float32
        self.constants.append(numpy_helper.from_array(np.array(array, kind), name))
        return name

    def number(self, name: str, value: float) -> str:
        """Add a single number; return its name."""
        return self.constant(name, np.array(value, np.float32))


ActivationNodes = Callable[[GraphBuilder, Any, str, str, str], object]
"""Adds the nodes of an activation: builder, activation, name of z, name of a, name of the slopes
(an array among the constants, or "")."""


def _plain(operator: str, **attributes: Any) -> ActivationNodes:
    """Return what adds a single node without settings of its own."""

    def add(builder: GraphBuilder, activation: Activation, z: str, a: str, slopes: str) -> None:
        builder.node(operator, [z], a, **attributes)

    return add


def _prelu(builder: GraphBuilder, activation: PReLU, z: str, a: str, slopes: str) -> None:
    builder.node("PRelu", [z, slopes], a)


def _silu(builder: GraphBuilder, activation: SiLU, z: str, a: str, slopes: str) -> None:
    builder.node("Mul", [z, builder.node("Sigmoid", [z], f"{a}/gate")], a)


def _gelu(builder: GraphBuilder, activation: GELU, z: str, a: str, slopes: str) -> None:
    builder.node("Gelu", [z], a, approximate="tanh" if activation.form == "tanh" else "none")


def _hard_tanh(builder: GraphBuilder, activation: HardTanh, z: str, a: str, slopes: str) -> None:
    low, high = builder.number(f"{a}/low", -1), builder.number(f"{a}/high", 1)
    builder.node("Clip", [z, low, high], a)


def _gaussian(builder: GraphBuilder, activation: Gaussian, z: str, a: str, slopes: str) -> None:
    square = builder.node("Mul", [z, z], f"{a}/square")
    builder.node("Exp", [builder.node("Neg", [square], f"{a}/exponent")], a)


def _maxout(builder: GraphBuilder, activation: Maxout, z: str, a: str, slopes: str) -> None:
    shape = builder.constant(f"{a}/shape", np.array([0, activation.pieces, -1]))
    pieces = builder.node("Reshape", [z, shape], f"{a}/pieces")
    axes = builder.constant(f"{a}/axes", np.array([1]))
    builder.node("ReduceMax", [pieces, axes], a, keepdims=0)


def _step(builder: GraphBuilder, activation: Step, z: str, a: str, slopes: str) -> None:
    from onnx import TensorProto

    fires = builder.node("Greater", [z, builder.number(f"{a}/threshold", 0)], f"{a}/fires")
    builder.node("Cast", [fires], a, to=TensorProto.FLOAT)


ACTIVATIONS: dict[type[Activation], ActivationNodes] = {
    Tanh: _plain("Tanh"),
    ReLU: _plain("Relu"),
    LeakyReLU: lambda b, f, z, a, s: b.node("LeakyRelu", [z], a, alpha=f.negative_slope),
    PReLU: _prelu,
    ELU: lambda b, f, z, a, s: b.node("Elu", [z], a, alpha=f.alpha),
    SELU: _plain("Selu", alpha=1.6732632423543772, gamma=1.0507009873554805),
    SiLU: _silu,
    GELU: _gelu,
    Mish: _plain("Mish"),
    Softplus: _plain("Softplus"),
    Sigmoid: _plain("Sigmoid"),
    HardSigmoid: _plain("HardSigmoid", alpha=1 / 6, beta=0.5),
    HardTanh: _hard_tanh,
    Softsign: _plain("Softsign"),
    Sine: _plain("Sin"),
    Gaussian: _gaussian,
    Maxout: _maxout,
    Softmax: _plain("Softmax", axis=1),
    Step: _step,
    Identity: _plain("Identity"),
}
"""How each activation is written."""

LayerNodes = Callable[[GraphBuilder, Any, str, str, str, dict[str, str]], object]
"""Adds the nodes of a layer: builder, layer, name of x, name of the source of a skip connection or
"", name of z, and the names of its arrays by their last part (``weight``, ``bias``, …)."""


def _dense(
    builder: GraphBuilder, layer: Dense, x: str, source: str, z: str, arrays: dict[str, str]
) -> None:
    # transB: the weights stay (outputs, inputs), as PyTorch has them.
    builder.node("Gemm", [x, arrays["weight"], arrays["bias"]], z, transB=1)


def _batch_norm(
    builder: GraphBuilder, layer: BatchNorm, x: str, source: str, z: str, arrays: dict[str, str]
) -> None:
    names = ("weight", "bias", "running_mean", "running_var")
    inputs = [x, *(arrays[name] for name in names)]
    builder.node("BatchNormalization", inputs, z, epsilon=layer.epsilon)


def _layer_norm(
    builder: GraphBuilder, layer: LayerNorm, x: str, source: str, z: str, arrays: dict[str, str]
) -> None:
    inputs = [x, arrays["weight"], arrays["bias"]]
    builder.node("LayerNormalization", inputs, z, axis=-1, epsilon=layer.epsilon)


def _dropout(
    builder: GraphBuilder, layer: Dropout, x: str, source: str, z: str, arrays: dict[str, str]
) -> None:
    # Without a third input the network is asked, not trained: nothing is dropped.
    builder.node("Dropout", [x, builder.number(f"{z}/ratio", layer.rate)], z)


def _skip(
    builder: GraphBuilder, layer: Skip, x: str, source: str, z: str, arrays: dict[str, str]
) -> None:
    shortcut = source
    if "weight" in arrays:
        shortcut = builder.node("Gemm", [source, arrays["weight"]], f"{z}/shortcut", transB=1)
    builder.node("Add", [x, shortcut], z)


LAYERS: dict[type[Layer], LayerNodes] = {
    Dense: _dense,
    BatchNorm: _batch_norm,
    LayerNorm: _layer_norm,
    Dropout: _dropout,
    Skip: _skip,
}
"""How each kind of layer is written."""

"""Backpropagation as a textbook writes it: the definition that the fast plan is held to.

Rows are samples: Z = X W + b, A = f(Z). With δ = ∂C/∂Z of a layer: ∂C/∂W = Xᵀ δ, ∂C/∂b = column
sums of δ, ∂C/∂X = δ Wᵀ, and the δ of the layer before is ∂C/∂X ⊙ f′(Z of that layer). What other
kinds of layer do instead is written in their classes. A value that is used twice, as before a skip
connection, gets the sum of the gradients that come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.network import Architecture, LayerPass, Parameters, forward
from playground.engine.regularizers import NoRegularization, Regularizer

Reals = NDArray[Any]


def _nothing() -> Reals:
    return np.empty(0)


@dataclass(slots=True)
class LayerTrace(LayerPass):
    """Every intermediate of one layer in one pass over a batch of n samples.

    Attributes
    ----------
    upstreams
        (layer, gradient) of every layer that uses what this one says, nearest first; the loss is
        layer -1. Their sum is ``activation_gradient``.
    activation_gradient : (n, outputs)
        ∂C/∂A.
    pre_activation_gradient : (n, width of z)
        δ = ∂C/∂Z.
    inputs_gradient : (n, inputs)
        ∂C/∂X, what is sent to the layer before.
    source_gradient : (n, source) or None
        What a skip connection sends to where it comes from.
    penalty_gradient : (weight rows, width of z)
        The regularization's part of the gradient; 0 if the layer is frozen.
    matrix_gradient : (rows, width of z)
        Gradient of the parameters, the regularization's part included; 0 if the layer is frozen.
    slope_gradient : (rows, width of z)
        Gradient of what the activation learns.
    """

    upstreams: tuple[tuple[int, Reals], ...] = ()
    activation_gradient: Reals = field(default_factory=_nothing)
    pre_activation_gradient: Reals = field(default_factory=_nothing)
    inputs_gradient: Reals = field(default_factory=_nothing)
    source_gradient: Reals | None = None
    penalty_gradient: Reals = field(default_factory=_nothing)
    matrix_gradient: Reals = field(default_factory=_nothing)
    slope_gradient: Reals = field(default_factory=_nothing)

    @property
    def weight_gradient(self) -> Reals:
        """∂C/∂W (weight rows, width of z), the regularization's part included."""
        return self.matrix_gradient[: len(self.penalty_gradient)]

    @property
    def bias_gradient(self) -> Reals:
        """∂C/∂b (width of z,): the last row."""
        return np.asarray(self.matrix_gradient[-1])


@dataclass(slots=True)
class Trace:
    """One pass: every intermediate and every gradient.

    Attributes
    ----------
    layers
        From the first hidden layer to the output layer.
    losses : (n,)
        Loss of each sample, times its weight.
    penalty
        What regularization adds to the cost.
    gradient : (p,)
        All gradients in the layout of :class:`Parameters`.
    statistics : (s,)
        The running statistics after this pass, in the layout of :class:`Parameters`.
    """

    layers: list[LayerTrace]
    losses: Reals
    penalty: float
    gradient: Reals
    statistics: Reals

    @property
    def cost(self) -> float:
        """Mean loss plus penalty: what training minimises."""
        return float(self.losses.mean()) + self.penalty


def backpropagate(
    architecture: Architecture,
    parameters: Parameters,
    inputs: Reals,
    targets: Reals,
    regularizer: Regularizer | None = None,
    masks: Sequence[Reals | None] | None = None,
    weights: Reals | None = None,
) -> Trace:
    """Run one batch forwards and backwards, keeping everything. Nothing that goes in is changed.

    Parameters
    ----------
    inputs : (n, d)
    targets : (n, k)
        As :meth:`Head.targets` gives them.
    regularizer
        Penalty on the weights of layers that have none of their own, ``None`` for none.
    masks
        The factors of each dropout, see :func:`draw_masks`; ``None``: nothing is dropped.
    weights : (n,)
        A factor for the loss of each sample, such as the weight of its class; ``None``: 1. The
        cost is the mean of the products: it is not divided by the sum of the weights.
    """
    regularizer = regularizer or NoRegularization()
    passes = forward(architecture, parameters, inputs, masks, is_training=True)
    layers = [
        LayerTrace(p.inputs, p.source, p.pre_activation, p.activation, p.kept) for p in passes
    ]
    outputs = layers[-1].activation
    loss = architecture.head.loss
    targets = np.asarray(targets, parameters.vector.dtype)
    gradient = Parameters(architecture.layers, np.zeros_like(parameters.vector))
    arriving: list[list[tuple[int, Reals]]] = [[] for _ in range(len(layers) + 1)]
    losses, start = loss.values(outputs, targets), loss.gradient(outputs, targets)
    if weights is not None:
        factors = np.asarray(weights, parameters.vector.dtype)
        losses, start = losses * factors, start * factors[:, None]
    arriving[-1].append((-1, start))
    penalty = 0.0
    for index in reversed(range(len(layers))):
        layer, shape = layers[index], architecture.layers[index]
        matrix, slopes = parameters.matrices[index], parameters.slopes[index]
        layer.upstreams = tuple(sorted(arriving[index + 1], key=lambda pair: pair[0]))
        layer.activation_gradient = sum_of([array for _, array in layer.upstreams])
        layer.pre_activation_gradient, layer.slope_gradient = shape.activation.pull_back(
            layer.activation_gradient, layer.pre_activation, layer.activation, slopes
        )
        back = shape.layer.backward(
            layer.pre_activation_gradient, layer.inputs, layer.source, matrix, layer.kept
        )
        layer.inputs_gradient, layer.source_gradient = back.inputs, back.source
        arriving[index].append((index, back.inputs))
        if shape.source is not None and back.source is not None:
            arriving[shape.source].append((index, back.source))
        layer.matrix_gradient = back.matrix.copy()
        layer.penalty_gradient = np.zeros_like(matrix[: shape.weight_rows])
        if shape.layer.frozen:
            layer.matrix_gradient[:] = 0
            layer.slope_gradient = np.zeros_like(layer.slope_gradient)
        else:
            weights = parameters.weights(index)
            own = shape.regularizer(regularizer)
            layer.penalty_gradient = own.gradient(weights)
            layer.matrix_gradient[: shape.weight_rows] += layer.penalty_gradient
            penalty += own.penalty(weights)
        gradient.matrices[index][:] = layer.matrix_gradient
        gradient.slopes[index][:] = layer.slope_gradient
    after = Parameters(architecture.layers, parameters.vector, parameters.statistics.copy())
    for running, layer in zip(after.running, layers, strict=True):
        if running.size:
            running[:] = layer.kept["running"]
    return Trace(layers, losses, penalty, gradient.vector, after.statistics)


def sum_of(arrays: Sequence[Reals]) -> Reals:
    """Return the sum of arrays of one shape."""
    total = arrays[0]
    for array in arrays[1:]:
        total = total + array
    return total

"""Backpropagation as a textbook writes it: the definition that the fast plan is held to.

Rows are samples: Z = X W + b, A = f(Z). With δ = ∂C/∂Z of a layer: ∂C/∂W = Xᵀ δ, ∂C/∂b = column
sums of δ, ∂C/∂X = δ Wᵀ, and the δ of the layer before is ∂C/∂X ⊙ f′(Z of that layer).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.network import Architecture, Parameters
from playground.engine.regularizers import NoRegularization, Regularizer

Reals = NDArray[Any]


@dataclass(slots=True)
class LayerTrace:
    """Every intermediate of one layer in one pass over a batch of n samples.

    Attributes
    ----------
    inputs : (n, inputs)
    pre_activation, activation : (n, outputs)
    activation_gradient, pre_activation_gradient : (n, outputs)
        ∂C/∂A and δ = ∂C/∂Z.
    weight_gradient : (inputs, outputs)
        ∂C/∂W, the regularization's part included.
    bias_gradient : (outputs,)
    """

    inputs: Reals
    pre_activation: Reals
    activation: Reals
    activation_gradient: Reals
    pre_activation_gradient: Reals
    weight_gradient: Reals
    bias_gradient: Reals


@dataclass(slots=True)
class Trace:
    """One pass: every intermediate and every gradient.

    Attributes
    ----------
    layers
        From the first hidden layer to the output layer.
    losses : (n,)
        Loss of each sample.
    penalty
        What regularization adds to the cost.
    gradient : (p,)
        All gradients in the layout of :class:`Parameters`.
    """

    layers: list[LayerTrace]
    losses: Reals
    penalty: float
    gradient: Reals

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
) -> Trace:
    """Run one batch forwards and backwards, keeping everything.

    Parameters
    ----------
    inputs : (n, d)
    targets : (n, k)
        As :meth:`Head.targets` gives them.
    regularizer
        Penalty on the weights, ``None`` for none.
    """
    regularizer = regularizer or NoRegularization()
    empty = np.empty(0)
    layers: list[LayerTrace] = []
    values = np.asarray(inputs, parameters.vector.dtype)
    for index, shape in enumerate(architecture.layers):
        pre_activation = values @ parameters.weights(index) + parameters.biases(index)
        activation = shape.activation.value(pre_activation)
        layers.append(LayerTrace(values, pre_activation, activation, empty, empty, empty, empty))
        values = activation

    loss = architecture.head.loss
    targets = np.asarray(targets, parameters.vector.dtype)
    gradient = Parameters(architecture.layers, np.zeros_like(parameters.vector))
    upstream = loss.gradient(values, targets)
    penalty = 0.0
    for index in reversed(range(len(layers))):
        layer, weights = layers[index], parameters.weights(index)
        layer.activation_gradient = upstream
        slope = architecture.layers[index].activation.derivative(layer.pre_activation)
        layer.pre_activation_gradient = upstream * slope
        layer.weight_gradient = layer.inputs.T @ layer.pre_activation_gradient
        layer.weight_gradient = layer.weight_gradient + regularizer.gradient(weights)
        layer.bias_gradient = layer.pre_activation_gradient.sum(0)
        gradient.weights(index)[:] = layer.weight_gradient
        gradient.biases(index)[:] = layer.bias_gradient
        penalty += regularizer.penalty(weights)
        upstream = layer.pre_activation_gradient @ weights.T
    return Trace(layers, loss.values(values, targets), penalty, gradient.vector)

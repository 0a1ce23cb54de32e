"""From the description of a network to its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Activation
from playground.engine.head import Head
from playground.engine.initializers import Initializer
from playground.engine.layers import MAXIMUM_LAYERS, AnyLayer, Dense, Output
from playground.engine.losses import Loss
from playground.schema.parameter import shown, whole
from playground.schema.task import Task

Reals = NDArray[Any]


class NetworkSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The layers of a network, from the first hidden one to the output."""

    layers: Annotated[
        tuple[AnyLayer, ...],
        shown("Hidden layers", help="From the first after the inputs; none for a single neuron."),
        msgspec.Meta(max_length=MAXIMUM_LAYERS),
    ] = (Dense(4), Dense(2))
    output: Annotated[
        Output, shown("Output layer", help="Its width follows from what is to be predicted.")
    ] = Output()
    seed: Annotated[
        int,
        whole(
            "Weights seed",
            ge=0,
            le=2**32 - 1,
            help="Same seed, same initial weights and same order of batches.",
        ),
    ] = 0


@dataclass(frozen=True, slots=True)
class LayerShape:
    """One dense layer with its sizes known.

    Attributes
    ----------
    inputs, outputs
        Number of values that go in, and of units.
    activation, initializer, initial_bias
        As chosen.
    """

    inputs: int
    outputs: int
    activation: Activation
    initializer: Initializer
    initial_bias: float


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network with all sizes known: hidden layers, then the output layer.

    Attributes
    ----------
    layers
        At least the output layer.
    head
        What the outputs mean.
    """

    layers: tuple[LayerShape, ...]
    head: Head

    @property
    def input_count(self) -> int:
        """Number of values that go in."""
        return self.layers[0].inputs

    @property
    def weight_count(self) -> int:
        """Number of weights: multiplications of a forward pass of one sample."""
        return sum(layer.inputs * layer.outputs for layer in self.layers)

    @property
    def parameter_count(self) -> int:
        """Number of weights and biases."""
        return sum((layer.inputs + 1) * layer.outputs for layer in self.layers)


def resolve(network: NetworkSpec, input_count: int, loss: Loss, task: Task) -> Architecture:
    """Work out the sizes of every layer, and the output layer that the task asks for."""
    activation = network.output.activation or loss.output_activation(task)
    head = Head(loss, task, activation)
    layers: list[LayerShape] = []
    width = input_count
    for layer in network.layers:
        layers.append(
            LayerShape(width, layer.units, layer.activation, layer.initializer, layer.initial_bias)
        )
        width = layer.units
    output = network.output
    layers.append(
        LayerShape(width, head.output_count, activation, output.initializer, output.initial_bias)
    )
    return Architecture(tuple(layers), head)


class Parameters:
    """All weights and biases in one flat vector, with a view per layer.

    Attributes
    ----------
    vector : (p,)
        Everything, layer after layer.
    matrices
        Per layer a view (inputs + 1, outputs): the weights, and the biases as the last row.
    """

    __slots__ = ("matrices", "vector")

    def __init__(self, layers: Sequence[LayerShape], vector: Reals) -> None:
        self.vector = vector
        self.matrices: list[Reals] = []
        start = 0
        for layer in layers:
            stop = start + (layer.inputs + 1) * layer.outputs
            self.matrices.append(vector[start:stop].reshape(layer.inputs + 1, layer.outputs))
            start = stop

    def weights(self, layer: int) -> Reals:
        """Return a view (inputs, outputs)."""
        return self.matrices[layer][:-1]

    def biases(self, layer: int) -> Reals:
        """Return a view (outputs,)."""
        return np.asarray(self.matrices[layer][-1])


def initial_parameters(architecture: Architecture, seed: int, dtype: np.dtype[Any]) -> Parameters:
    """Draw the initial parameters.

    Each layer has a random stream of its own, so that widening one layer does not change what
    the others start from; the numbers are drawn in float64 and rounded to ``dtype``.
    """
    parameters = Parameters(architecture.layers, np.zeros(architecture.parameter_count, dtype))
    for index, layer in enumerate(architecture.layers):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0, index)))
        parameters.weights(index)[:] = layer.initializer.sample(rng, layer.inputs, layer.outputs)
        parameters.biases(index)[:] = layer.initial_bias
    return parameters


def weight_mask(architecture: Architecture, dtype: np.dtype[Any]) -> Reals:
    """Return a vector (p,): 1 where a weight stands, 0 where a bias stands."""
    mask = Parameters(architecture.layers, np.ones(architecture.parameter_count, dtype))
    for index in range(len(architecture.layers)):
        mask.biases(index)[:] = 0
    return mask.vector


def predict(architecture: Architecture, parameters: Parameters, inputs: Reals) -> Reals:
    """Return the outputs (n, k) for inputs (n, d), as the output layer's activation gives them."""
    values = np.asarray(inputs, parameters.vector.dtype)
    with np.errstate(all="ignore"):
        for index, layer in enumerate(architecture.layers):
            pre_activation = values @ parameters.weights(index) + parameters.biases(index)
            values = layer.activation.value(pre_activation)
    return values

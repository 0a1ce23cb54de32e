"""From the description of a network to its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Activation, AnyActivation
from playground.engine.head import Head
from playground.engine.layers import MAXIMUM_LAYERS, AnyLayer, Dense, Dropout, Layer, Output
from playground.engine.layers.base import Context
from playground.engine.losses import Loss
from playground.engine.regularizers import Regularizer
from playground.schema.parameter import shown, whole
from playground.schema.task import Task
from playground.schema.validation import InvalidValue

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
    """One layer with its sizes known: z = core(x), a = f(z).

    Attributes
    ----------
    layer
        As chosen; the output layer is a dense one.
    inputs
        Number of values that go in.
    source
        Where a skip connection comes from: index into the values of the network, 0 for its inputs,
        i + 1 for what layer i says. ``None`` for all other layers.
    source_width
        Number of values there.
    stream
        Number of the random stream of the initial weights.
    """

    layer: Layer
    inputs: int
    source: int | None = None
    source_width: int = 0
    stream: int = 0

    @property
    def pre_outputs(self) -> int:
        """Width of z."""
        return self.layer.width(self.inputs)

    @property
    def outputs(self) -> int:
        """Width of a."""
        return self.activation.width(self.pre_outputs)

    @property
    def activation(self) -> Activation:
        """The function f."""
        return self.layer.activation

    @property
    def rows(self) -> int:
        """Rows of the parameter matrix, which is as wide as z."""
        return self.layer.rows(self.inputs, self.source_width)

    @property
    def weight_rows(self) -> int:
        """How many of the rows are weights: those that a penalty counts."""
        return self.layer.weight_rows(self.rows)

    def row_name(self, row: int) -> str:
        """Return what a parameter is called: ``weight``, ``bias``, ``scale``, ``slope``, …

        Parameters
        ----------
        row
            From 0; those behind the matrix of the layer are learned by its activation.
        """
        if row < self.weight_rows:
            return "weight"
        if row < self.rows:
            return self.layer.row_names(self.rows)[row - self.weight_rows]
        return "slope"

    @property
    def parameter_count(self) -> int:
        """Number of all learned numbers, those of the activation included."""
        return (self.rows + self.activation.parameter_rows) * self.pre_outputs

    @property
    def has_parameters(self) -> bool:
        """Whether there is anything to learn."""
        return self.parameter_count > 0

    def regularizer(self, of_network: Regularizer) -> Regularizer:
        """Return the penalty on the weights of this layer."""
        return self.layer.own_regularizer or of_network


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
        return sum(layer.weight_rows * layer.pre_outputs for layer in self.layers)

    @property
    def parameter_count(self) -> int:
        """Number of all learned numbers."""
        return sum(layer.parameter_count for layer in self.layers)

    @property
    def draws(self) -> bool:
        """Whether training draws random masks."""
        return any(layer.layer.draws for layer in self.layers)

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Names for legends: ``layer 1``, ``batch norm 2``, …, ``output``."""
        hidden = self.layers[:-1]
        return (*(f"{s.layer.short_name} {i + 1}" for i, s in enumerate(hidden)), "output")


def check_layers(network: NetworkSpec, input_count: int) -> None:
    """Make sure that every skip connection has somewhere to come from, and fits there.

    Raises
    ------
    InvalidValue
        Naming the field of the layer.
    """
    widths = [input_count]
    for index, layer in enumerate(network.layers):
        field_name = f"network.layers.{index}"
        if layer.span > index:
            before = ("no layer", "only one layer")[index] if index < 2 else f"only {index} layers"
            verb = "is" if index < 2 else "are"
            raise InvalidValue(
                f"{field_name}.reach",
                layer.span,
                f"bridges too much: there {verb} {before} before it",
                "lower it or move the connection towards the output",
            )
        shape = LayerShape(layer, widths[-1])
        pieces = layer.activation.pre_width(1)
        if shape.pre_outputs % pieces:
            raise InvalidValue(
                f"{field_name}.activation.pieces",
                pieces,
                f"does not divide the {shape.pre_outputs} values of this layer",
                "choose a number that does, or another activation",
            )
        if layer.span:
            source = widths[index - layer.span]
            if getattr(layer, "shortcut", None) == "identity" and source != widths[-1]:
                raise InvalidValue(
                    f"{field_name}.shortcut",
                    "identity",
                    f"cannot add {source} values to {widths[-1]}",
                    'choose "automatic" or "projected", or make the layers equally wide',
                )
        widths.append(shape.outputs)


def resolve(network: NetworkSpec, input_count: int, loss: Loss, task: Task) -> Architecture:
    """Work out the sizes of every layer, and the output layer that the task asks for.

    Raises
    ------
    InvalidValue
        If a skip connection has nowhere to come from or does not fit.
    """
    check_layers(network, input_count)
    output = network.output
    activation = output.activation or cast(AnyActivation, loss.output_activation(task))
    head = Head(loss, task, activation)
    last = Dense(
        head.output_count,
        activation,
        output.initializer,
        output.initial_bias,
        output.regularizer,
        output.frozen,
    )
    layers: list[LayerShape] = []
    widths, streams = [input_count], 0
    for index, layer in enumerate((*network.layers, last)):
        source = index - layer.span if layer.span else None
        source_width = widths[source] if source is not None else 0
        layers.append(LayerShape(layer, widths[-1], source, source_width, streams))
        widths.append(layers[-1].outputs)
        # Only where weights are drawn: putting a norm or a dropout in between changes no others.
        streams += layer.is_random
    return Architecture(tuple(layers), head)


class Parameters:
    """All that is learned in one flat vector, with views per layer.

    Parameters
    ----------
    statistics
        Running statistics to use; by default new ones: mean 0, variance 1.

    Attributes
    ----------
    vector : (p,)
        Everything, layer after layer.
    statistics : (s,)
        Running means and variances of batch norms: measured, not learned.
    matrices
        Per layer a view (rows, width of z): of a dense layer (inputs + 1, outputs), the weights,
        and the biases as the last row; of a norm (2, outputs), scale and shift; of a projected
        skip (source, outputs); of others without rows.
    slopes
        Per layer a view (rows, width of z) of what its activation learns; mostly without rows.
    running
        Per layer a view (rows, width) of ``statistics``; mostly without rows.
    spans
        Per layer, where everything that it learns lies in the vector.
    main_spans
        Per layer, where its weights lie; or, if it has none, its matrix.
    """

    __slots__ = (
        "_layers",
        "main_spans",
        "matrices",
        "running",
        "slopes",
        "spans",
        "statistics",
        "vector",
    )

    def __init__(
        self, layers: Sequence[LayerShape], vector: Reals, statistics: Reals | None = None
    ) -> None:
        self._layers = tuple(layers)
        self.vector = vector
        self.matrices: list[Reals] = []
        self.slopes: list[Reals] = []
        self.running: list[Reals] = []
        self.spans: list[slice] = []
        self.main_spans: list[slice] = []
        start = 0
        for shape in layers:
            width = shape.pre_outputs
            main = (shape.weight_rows or shape.rows) * width
            self.main_spans.append(slice(start, start + main))
            self.spans.append(slice(start, start + shape.parameter_count))
            for views, rows in (
                (self.matrices, shape.rows),
                (self.slopes, shape.activation.parameter_rows),
            ):
                stop = start + rows * width
                views.append(vector[start:stop].reshape(rows, width))
                start = stop
        sizes = [shape.layer.statistic_rows * shape.inputs for shape in layers]
        is_new = statistics is None
        self.statistics = np.zeros(sum(sizes), vector.dtype) if statistics is None else statistics
        start = 0
        for shape, size in zip(layers, sizes, strict=True):
            rows = shape.layer.statistic_rows
            view = self.statistics[start : start + size].reshape(rows, shape.inputs)
            if is_new and rows:
                view[-1] = 1
            self.running.append(view)
            start += size

    def weights(self, layer: int) -> Reals:
        """Return a view (weight rows, width of z): what penalties count."""
        return self.matrices[layer][: self._layers[layer].weight_rows]

    def biases(self, layer: int) -> Reals:
        """Return a view (outputs,): the last row of a dense layer or a norm."""
        return np.asarray(self.matrices[layer][-1])

    @property
    def blocks(self) -> list[Reals]:
        """All matrices and slopes that are not empty, in the order of the vector."""
        pairs = zip(self.matrices, self.slopes, strict=True)
        return [block for pair in pairs for block in pair if block.size]

    def copy(self) -> Parameters:
        """Return an independent copy."""
        return Parameters(self._layers, self.vector.copy(), self.statistics.copy())


def initial_parameters(architecture: Architecture, seed: int, dtype: np.dtype[Any]) -> Parameters:
    """Draw the initial parameters.

    Each layer has a random stream of its own, so that widening one layer does not change what
    the others start from; the numbers are drawn in float64 and rounded to ``dtype``.
    """
    parameters = Parameters(architecture.layers, np.zeros(architecture.parameter_count, dtype))
    for index, shape in enumerate(architecture.layers):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0, shape.stream)))
        matrix, slopes = parameters.matrices[index], parameters.slopes[index]
        matrix[:] = shape.layer.initial(rng, shape.inputs, (shape.rows, shape.pre_outputs))
        slopes[:] = shape.activation.initial_parameters(shape.pre_outputs)
    return parameters


def weight_mask(architecture: Architecture, dtype: np.dtype[Any]) -> Reals:
    """Return a vector (p,): 1 where a weight stands, 0 where a bias or the like stands."""
    mask = Parameters(architecture.layers, np.zeros(architecture.parameter_count, dtype))
    for index in range(len(architecture.layers)):
        mask.weights(index)[:] = 1
    return mask.vector


def draw_masks(
    architecture: Architecture, count: int, rng: np.random.Generator
) -> tuple[Reals | None, ...]:
    """Draw the masks of one training pass over ``count`` samples; ``None`` for most layers."""
    return tuple(
        shape.layer.draw(rng, (count, shape.inputs)) if isinstance(shape.layer, Dropout) else None
        for shape in architecture.layers
    )


@dataclass(slots=True)
class LayerPass:
    """What one layer made of a batch of n samples.

    Attributes
    ----------
    inputs : (n, inputs)
    source : (n, source) or None
        What a skip connection adds.
    pre_activation : (n, width of z)
    activation : (n, outputs)
    kept
        The layer's own intermediates by name, such as ``normalized`` or ``mask``.
    """

    inputs: Reals
    source: Reals | None
    pre_activation: Reals
    activation: Reals
    kept: dict[str, Reals] = field(default_factory=dict)


def forward(
    architecture: Architecture,
    parameters: Parameters,
    inputs: Reals,
    masks: Sequence[Reals | None] | None = None,
    is_training: bool = False,
) -> list[LayerPass]:
    """Run inputs (n, d) through the network, keeping what every layer says.

    Parameters
    ----------
    masks
        As :func:`draw_masks` gives them; ``None``: nothing is dropped.
    is_training
        Whether batch norms measure this batch, rather than use their running averages.
    """
    values = [np.asarray(inputs, parameters.vector.dtype)]
    passes: list[LayerPass] = []
    for index, shape in enumerate(architecture.layers):
        mask = masks[index] if masks is not None else None
        context = Context(is_training, parameters.running[index], mask)
        source = values[shape.source] if shape.source is not None else None
        z, kept = shape.layer.forward(values[-1], source, parameters.matrices[index], context)
        a = shape.activation.apply(z, parameters.slopes[index])
        passes.append(LayerPass(values[-1], source, z, a, kept))
        values.append(a)
    return passes


def predict(architecture: Architecture, parameters: Parameters, inputs: Reals) -> Reals:
    """Return the outputs (n, k) for inputs (n, d), as the output layer's activation gives them."""
    with np.errstate(all="ignore"):
        return forward(architecture, parameters, inputs)[-1].activation

"""From the description of a network to the sizes of all its layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

import msgspec

from playground.engine.activations import Activation, AnyActivation
from playground.engine.head import Head
from playground.engine.layers import MAXIMUM_LAYERS, AnyLayer, Dense, Layer, Output
from playground.engine.losses import Loss
from playground.engine.regularizers import Regularizer
from playground.schema.parameter import shown, whole
from playground.schema.task import Task
from playground.schema.validation import InvalidValue


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

"""What units, weights and biases are called, everywhere on the canvas."""

from __future__ import annotations

from dataclasses import dataclass

from playground.engine.activations import Activation
from playground.engine.network import Architecture
from playground.experiment.spec import ExperimentSpec, architecture_of


@dataclass(frozen=True, slots=True)
class UnitAt:
    """A unit; layer -1 is the input."""

    layer: int
    unit: int


@dataclass(frozen=True, slots=True)
class WeightAt:
    """A weight, or (row = number of inputs) a bias.

    Attributes
    ----------
    layer
        0 for the first hidden layer, or for the output layer if there is none.
    row, column
        Place in the layer's matrix: the unit that it comes from, and the one that it goes to.
    """

    layer: int
    row: int
    column: int


class Names:
    """Names of everything in the network of one experiment.

    Attributes
    ----------
    architecture
        The network with all sizes known.
    image_shape
        (height, width) where the inputs are the pixels of an image, else ``None``.
    """

    def __init__(self, spec: ExperimentSpec) -> None:
        self.architecture: Architecture = architecture_of(spec)
        data = spec.data
        self.image_shape = data.image_shape
        self._inputs = data.input_names
        self._classes = self.architecture.head.task.class_names
        self.output_layer = len(self.architecture.layers) - 1

    def input(self, row: int) -> str:
        """Return the name of an input, such as ``x₁`` or ``pixel 3, 5``."""
        if self.image_shape is not None:
            return f"pixel {row // self.image_shape[1] + 1}, {row % self.image_shape[1] + 1}"
        return self._inputs[row] if row < len(self._inputs) else f"input {row + 1}"

    def output(self, unit: int) -> str:
        """Return the class that an output unit stands for, or "" if there is only one unit."""
        count = self.architecture.layers[-1].outputs
        return self._classes[unit] if 1 < count == len(self._classes) else ""

    def layer(self, layer: int) -> str:
        """Return the name of a layer: ``input``, ``layer 2``, ``output``."""
        if layer < 0:
            return "input"
        return "output" if layer == self.output_layer else f"layer {layer + 1}"

    def unit(self, at: UnitAt) -> str:
        """Return the name of a unit, such as ``layer 2 · unit 3``."""
        if at.layer < 0:
            return "input image" if self.image_shape is not None else f"input {self.input(at.unit)}"
        if at.layer == self.output_layer:
            if self.output(at.unit):
                return f"output · class {self.output(at.unit)}"
            if self.architecture.layers[-1].outputs == 1:
                return "output"
        return f"{self.layer(at.layer)} · unit {at.unit + 1}"

    def weight(self, at: WeightAt) -> str:
        """Return what a weight connects, or whose bias it is."""
        target = self.unit(UnitAt(at.layer, at.column))
        if self.is_bias(at):
            return f"bias of {target}"
        source = self.input(at.row) if at.layer == 0 else self.unit(UnitAt(at.layer - 1, at.row))
        return f"{source} → {target}"

    def is_bias(self, at: WeightAt) -> bool:
        """Whether it is a bias rather than a weight."""
        return at.row == self.architecture.layers[at.layer].inputs

    def bias_of(self, at: UnitAt) -> WeightAt:
        """Return where the bias of a unit stands. Inputs have none."""
        return WeightAt(at.layer, self.architecture.layers[at.layer].inputs, at.unit)

    def activation(self, layer: int) -> Activation:
        """Return the activation of a hidden layer or the output layer."""
        return self.architecture.layers[layer].activation

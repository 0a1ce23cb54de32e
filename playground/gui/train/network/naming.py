"""What units, weights and biases are called, everywhere on the canvas."""

from __future__ import annotations

from dataclasses import dataclass

from playground.engine.activations import Activation
from playground.engine.layers import Dropout
from playground.engine.network import Architecture
from playground.experiment.spec import ExperimentSpec, architecture_of


@dataclass(frozen=True, slots=True)
class UnitAt:
    """A unit; layer -1 is the input."""

    layer: int
    unit: int


@dataclass(frozen=True, slots=True)
class WeightAt:
    """A parameter: a weight, a bias, the scale or shift of a norm, the slope of a PReLU.

    Attributes
    ----------
    layer
        0 for the first hidden layer, or for the output layer if there is none.
    row, column
        Place in the layer's matrix: of a dense layer the unit that it comes from, and the one that
        it goes to. Slopes stand in rows behind the matrix.
    """

    layer: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class SkipAt:
    """A skip connection as a whole.

    Attributes
    ----------
    layer
        That of the sum where it ends.
    """

    layer: int


Spot = UnitAt | WeightAt | SkipAt
"""What can be pointed at."""


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
        """Return the name of a layer: ``input``, ``layer 2``, ``batch norm 3``, ``output``."""
        return "input" if layer < 0 else self.architecture.layer_names[layer]

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
        """Return what a weight connects, or whose bias or scale it is."""
        shape, unit = self.architecture.layers[at.layer], self.target_of(at)
        target = self.unit(unit)
        if shape.pre_outputs != shape.outputs:
            target += f", piece {at.column // shape.outputs + 1}"
        word = self.word_of(at)
        if word != "weight":
            return f"{word} of {target}"
        source = self.input(at.row) if at.layer == 0 else self.unit(UnitAt(at.layer - 1, at.row))
        return f"{source} → {target}"

    def word_of(self, at: WeightAt) -> str:
        """Return what sort of parameter it is: ``weight``, ``bias``, ``scale``, …"""
        return self.architecture.layers[at.layer].row_name(at.row)

    def target_of(self, at: WeightAt) -> UnitAt:
        """Return the unit that a parameter belongs to."""
        return UnitAt(at.layer, at.column % self.architecture.layers[at.layer].outputs)

    def source_of(self, at: WeightAt) -> UnitAt | None:
        """Return the unit that a link comes from, or ``None`` if it is no link."""
        match self.word_of(at):
            case "weight":
                return UnitAt(at.layer - 1, at.row)
            case "scale":
                return UnitAt(at.layer - 1, at.column)
            case _:
                return None

    def bias_of(self, at: UnitAt) -> WeightAt | None:
        """Return where the bias of a unit, or the shift of a norm, stands; ``None``: nowhere."""
        return self._row_of(at, -1, ("bias", "shift"))

    def scale_of(self, at: UnitAt) -> WeightAt | None:
        """Return where the scale of a unit of a norm stands, or ``None``."""
        return self._row_of(at, 0, ("scale",))

    def slope_of(self, at: UnitAt) -> WeightAt | None:
        """Return where the learned slope of a unit stands, or ``None``."""
        if at.layer < 0:
            return None
        shape = self.architecture.layers[at.layer]
        has_slope = shape.activation.parameter_rows > 0
        return WeightAt(at.layer, shape.rows, at.unit) if has_slope else None

    def _row_of(self, at: UnitAt, row: int, words: tuple[str, ...]) -> WeightAt | None:
        shape = self.architecture.layers[at.layer]
        if at.layer < 0 or not shape.rows:
            return None
        place = row % shape.rows
        return WeightAt(at.layer, place, at.unit) if shape.row_name(place) in words else None

    def spot(self, at: Spot) -> str:
        """Return the name of whatever is pointed at."""
        match at:
            case UnitAt():
                return self.unit(at)
            case WeightAt():
                return self.weight(at)
            case SkipAt(layer=layer):
                return f"{self.layer(layer)} · adds the {self.skip(layer)}"

    def skip(self, layer: int) -> str:
        """Return what a skip connection adds, such as ``output of layer 2``."""
        source = self.architecture.layers[layer].source
        assert source is not None
        return "input" if source == 0 else f"output of {self.layer(source - 1)}"

    def rate(self, layer: int) -> float:
        """Return the share of values that a layer silences."""
        chosen = self.architecture.layers[layer].layer
        return chosen.rate if isinstance(chosen, Dropout) else 0.0

    def activation(self, layer: int) -> Activation:
        """Return the activation of a hidden layer or the output layer."""
        return self.architecture.layers[layer].activation

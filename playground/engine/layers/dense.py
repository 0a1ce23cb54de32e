"""The fully connected layer, hidden or last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from playground.engine.activations import AnyActivation, Tanh
from playground.engine.initializers import AnyInitializer, XavierUniform
from playground.engine.layers.base import MAXIMUM_UNITS, Context, Gradients, Layer, Place, Reals
from playground.engine.operations import Operation, call
from playground.engine.regularizers import AnyRegularizer, Regularizer
from playground.schema.parameter import real, shown, whole

_INITIALIZER = "How the weights are drawn before training. Reset draws the same ones again."
_BIAS = "What each bias starts from."
_OWN_PENALTY = (
    "A penalty on the weights of this layer in place of the one for the whole network. "
    "Automatic: the same as everywhere."
)
_FROZEN = "Training leaves the weights and biases of this layer as they are."

Weights = Annotated[AnyInitializer, shown("Initial weights", help=_INITIALIZER)]
InitialBias = Annotated[float, real("Initial bias", ge=-1e6, le=1e6, step=0.1, help=_BIAS)]
OwnPenalty = Annotated[
    AnyRegularizer | None, shown("Own regularization", live=True, help=_OWN_PENALTY)
]
Frozen = Annotated[bool, shown("Frozen", live=True, help=_FROZEN)]


class Dense(Layer, frozen=True, tag="dense"):
    """A fully connected layer: every unit sees every output of the layer before."""

    title: ClassVar[str] = "Dense"
    formula: ClassVar[str] = r"a = f(x W + b)"

    units: Annotated[
        int,
        whole("Units", ge=1, le=MAXIMUM_UNITS, soft_range=(1, 16), help="Width of the layer."),
    ] = 4
    activation: Annotated[
        AnyActivation,
        shown(
            "Activation",
            help="What each unit does to its weighted sum. Without it, layers collapse into one.",
        ),
    ] = Tanh()
    initializer: Weights = XavierUniform()
    initial_bias: InitialBias = 0.0
    regularizer: OwnPenalty = None
    frozen: Frozen = False

    @property
    def own_regularizer(self) -> Regularizer | None:
        return self.regularizer

    def width(self, inputs: int) -> int:
        return self.activation.pre_width(self.units)

    def rows(self, inputs: int, source: int) -> int:
        return inputs + 1

    def weight_rows(self, rows: int) -> int:
        return rows - 1

    def row_names(self, rows: int) -> tuple[str, ...]:
        return ("bias",)

    @property
    def is_random(self) -> bool:
        return True

    def initial(self, rng: np.random.Generator, inputs: int, shape: tuple[int, int]) -> Reals:
        weights = self.initializer.sample(rng, inputs, shape[1])
        return np.vstack([weights, np.full(shape[1], self.initial_bias)])

    def forward(
        self, inputs: Reals, source: Reals | None, matrix: Reals, context: Context
    ) -> tuple[Reals, dict[str, Reals]]:
        return inputs @ matrix[:-1] + matrix[-1], {}

    def backward(
        self,
        error: Reals,
        inputs: Reals,
        source: Reals | None,
        matrix: Reals,
        kept: Mapping[str, Reals],
    ) -> Gradients:
        weights, biases = inputs.T @ error, error.sum(0)
        return Gradients(error @ matrix[:-1].T, np.vstack([weights, biases]))

    def record_forward(self, place: Place) -> list[Operation]:
        return [call(place.matrix.T.dot, place.inputs, place.pre_activation)]

    def record_backward(self, place: Place) -> list[Operation]:
        assert place.error is not None
        operations: list[Operation] = []
        if place.gradient is not None:
            operations.append(call(place.inputs.dot, place.error.T, place.gradient))
        if place.inputs_error is not None:
            operations.append(call(place.matrix[:-1].dot, place.error, place.inputs_error))
        return operations


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last layer. Its width follows the task; so does its activation, unless chosen."""

    activation: Annotated[
        AnyActivation | None,
        shown(
            "Activation",
            help="Automatic follows the task and the loss, such as tanh for targets ±1.",
        ),
    ] = None
    initializer: Weights = XavierUniform()
    initial_bias: InitialBias = 0.0
    regularizer: OwnPenalty = None
    frozen: Frozen = False

"""What a network is made of."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from playground.engine.activations import AnyActivation, Tanh
from playground.engine.initializers import AnyInitializer, XavierUniform
from playground.schema.parameter import Option, real, shown, whole

MAXIMUM_UNITS = 1024
MAXIMUM_LAYERS = 32

_ACTIVATION = "What each unit does to its weighted sum. Without it, layers collapse into one."
_INITIALIZER = "How the weights are drawn before training. Reset draws the same ones again."
_BIAS = "What each bias starts from."


class Dense(Option, frozen=True, tag="dense"):
    """A fully connected layer: every unit sees every output of the layer before."""

    title: ClassVar[str] = "Dense"
    formula: ClassVar[str] = r"a = f(x W + b)"

    units: Annotated[
        int,
        whole("Units", ge=1, le=MAXIMUM_UNITS, soft_range=(1, 16), help="Width of the layer."),
    ] = 4
    activation: Annotated[AnyActivation, shown("Activation", help=_ACTIVATION)] = Tanh()
    initializer: Annotated[AnyInitializer, shown("Initial weights", help=_INITIALIZER)] = (
        XavierUniform()
    )
    initial_bias: Annotated[float, real("Initial bias", ge=-1e6, le=1e6, step=0.1, help=_BIAS)] = (
        0.0
    )


AnyLayer = Dense
"""Every kind of hidden layer, in menu order."""


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last layer. Its width follows the task; so does its activation, unless chosen."""

    activation: Annotated[
        AnyActivation | None,
        shown(
            "Activation",
            help="Automatic follows the task and the loss, such as tanh for targets ±1.",
        ),
    ] = None
    initializer: Annotated[AnyInitializer, shown("Initial weights", help=_INITIALIZER)] = (
        XavierUniform()
    )
    initial_bias: Annotated[float, real("Initial bias", ge=-1e6, le=1e6, step=0.1, help=_BIAS)] = (
        0.0
    )

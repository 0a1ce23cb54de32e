"""Skip connections: a sum with what was known some layers ago."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np

from playground.engine.activations import AnyActivation, Identity
from playground.engine.initializers import XavierUniform
from playground.engine.layers.base import (
    MAXIMUM_LAYERS,
    Context,
    Gradients,
    Layer,
    Place,
    Reals,
)
from playground.engine.layers.dense import Frozen, OwnPenalty, Weights
from playground.engine.operations import Operation, call
from playground.engine.regularizers import Regularizer
from playground.schema.parameter import shown, whole

Shortcut = Literal["automatic", "identity", "projected"]


class Skip(Layer, frozen=True, tag="skip"):
    """Adds what an earlier layer said, so that gradients have a short way back.

    Where the widths differ, the earlier values go through a learned matrix first. The earlier
    layer's gradient is then the sum of what comes back on both ways. He et al. (2016),
    https://arxiv.org/abs/1512.03385: identity and projection shortcuts.
    """

    title: ClassVar[str] = "Skip connection"
    formula: ClassVar[str] = r"a = f(x + s),\quad \mathrm{or}\quad a = f(x + s P)"
    short_name: ClassVar[str] = "skip"

    reach: Annotated[
        int,
        whole(
            "Layers bridged",
            ge=1,
            le=MAXIMUM_LAYERS,
            soft_range=(1, 8),
            help="How many of the layers before are bridged: the values s are what went into them.",
        ),
    ] = 1
    shortcut: Annotated[
        Shortcut,
        shown(
            "Shortcut",
            help="Identity adds the earlier values as they are, projected through a learned "
            "matrix. Automatic: identity where the widths agree.",
        ),
    ] = "automatic"
    activation: Annotated[
        AnyActivation, shown("Activation", help="Applied to the sum; linear is none.")
    ] = Identity()
    initializer: Weights = XavierUniform()
    regularizer: OwnPenalty = None
    frozen: Frozen = False

    @property
    def span(self) -> int:
        return self.reach

    @property
    def own_regularizer(self) -> Regularizer | None:
        return self.regularizer

    def is_projected(self, inputs: int, source: int) -> bool:
        """Return whether the earlier values go through a matrix."""
        return self.shortcut == "projected" or (self.shortcut == "automatic" and inputs != source)

    def rows(self, inputs: int, source: int) -> int:
        return source if self.is_projected(inputs, source) else 0

    def weight_rows(self, rows: int) -> int:
        return rows

    @property
    def is_random(self) -> bool:
        return True

    def initial(self, rng: np.random.Generator, inputs: int, shape: tuple[int, int]) -> Reals:
        if not shape[0]:
            return np.zeros(shape)
        return np.asarray(self.initializer.sample(rng, *shape))

    def forward(
        self, inputs: Reals, source: Reals | None, matrix: Reals, context: Context
    ) -> tuple[Reals, dict[str, Reals]]:
        assert source is not None
        shortcut = source @ matrix if len(matrix) else source
        return inputs + shortcut, {"shortcut": shortcut}

    def backward(
        self,
        error: Reals,
        inputs: Reals,
        source: Reals | None,
        matrix: Reals,
        kept: Mapping[str, Reals],
    ) -> Gradients:
        assert source is not None
        if not len(matrix):
            return Gradients(error.copy(), matrix, error.copy())
        return Gradients(error.copy(), source.T @ error, error @ matrix.T)

    def record_forward(self, place: Place) -> list[Operation]:
        assert place.source is not None
        values, z = place.inputs[:-1], place.pre_activation
        if not len(place.matrix):
            return [call(np.add, values, place.source, z)]
        shortcut = place.buffer("shortcut", *z.shape)
        return [
            call(place.matrix.T.dot, place.source, shortcut),
            call(np.add, values, shortcut, z),
        ]

    def record_backward(self, place: Place) -> list[Operation]:
        assert place.source is not None
        assert place.error is not None
        operations: list[Operation] = []
        if place.inputs_error is not None:
            operations.append(call(np.copyto, place.inputs_error, place.error))
        if len(place.matrix) and place.gradient is not None:
            operations.append(call(place.source.dot, place.error.T, place.gradient))
        if place.source_error is not None:
            if len(place.matrix):
                operations.append(call(place.matrix.dot, place.error, place.source_error))
            else:
                operations.append(call(np.copyto, place.source_error, place.error))
        return operations

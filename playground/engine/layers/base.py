"""What every kind of layer provides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Activation, Identity
from playground.engine.operations import Array, Operation, RowAffine
from playground.engine.regularizers import Regularizer
from playground.schema.parameter import Option

Reals = NDArray[Any]

MAXIMUM_UNITS = 1024
MAXIMUM_LAYERS = 32


@dataclass(frozen=True, slots=True)
class Context:
    """What a forward pass reads beside its inputs and parameters.

    Attributes
    ----------
    is_training
        Whether batches are measured and units dropped, or the network is merely asked.
    running : (rows, width)
        The layer's running statistics; no rows where it keeps none.
    mask : (n, width) or None
        The factors of a dropout, 0 or 1/(1 - p); ``None``: nothing is dropped.
    """

    is_training: bool
    running: Reals
    mask: Reals | None = None


@dataclass(frozen=True, slots=True)
class Gradients:
    """What a backward pass through a core gives.

    Attributes
    ----------
    inputs : (n, inputs)
        ∂C/∂X.
    matrix : (rows, width)
        Gradient of the parameters.
    source : (n, source) or None
        Gradient of the second input, where there is one.
    """

    inputs: Reals
    matrix: Reals
    source: Reals | None = None


@dataclass(slots=True)
class Place:
    """The arrays between which a layer records its fast form. Feature-major, one column a sample.

    Attributes
    ----------
    inputs : (inputs + 1, n)
        What goes in, and a last row of ones.
    source : (source, n) or None
        The second input.
    pre_activation : (width, n)
        Where z goes.
    matrix, running
        The layer's parameters and running statistics.
    measured : like ``running``
        Where the statistics of a batch go, for those that follow them.
    is_training
        Whether batches are measured and units dropped.
    rng
        Where masks are drawn from.
    gradient : like ``matrix``, or None
        Where its gradient goes; ``None`` if the layer is frozen.
    error : (width, n)
        ∂C/∂Z, to read.
    stacked_error : (2 width, n)
        The same with as many rows before it, which are the layer's own; only of layers that ask
        for them by ``stacks_error``.
    inputs_error, source_error : like the inputs and the source, without ones, or None
        Where ∂C/∂X goes; ``None`` where nobody needs it.
    kept
        Buffers that both directions share, by name.
    affines
        Factors and summands of rows that both directions share, by name.
    """

    inputs: Array
    source: Array | None
    pre_activation: Array
    matrix: Array
    running: Array
    measured: Array
    is_training: bool = False
    rng: np.random.Generator | None = None
    gradient: Array | None = None
    error: Array | None = None
    stacked_error: Array | None = None
    inputs_error: Array | None = None
    source_error: Array | None = None
    kept: dict[str, Array] = field(default_factory=dict)
    affines: dict[str, RowAffine] = field(default_factory=dict)

    @property
    def columns(self) -> int:
        """Number of samples."""
        return int(self.pre_activation.shape[1])

    def buffer(self, name: str, *shape: int) -> Array:
        """Return the buffer of a name, zeroed when it is first asked for."""
        if name not in self.kept:
            self.kept[name] = np.zeros(shape, self.pre_activation.dtype)
        return self.kept[name]

    def affine(self, name: str) -> RowAffine:
        """Return the factors and summands of a name, for the rows of z."""
        if name not in self.affines:
            width, columns = self.pre_activation.shape
            self.affines[name] = RowAffine(width, columns, self.pre_activation.dtype)
        return self.affines[name]


class Layer(Option, frozen=True):
    """One step on the way from inputs to outputs: z = core(x), a = f(z)."""

    short_name: ClassVar[str] = "layer"
    """How legends call it, before its number."""
    statistic_rows: ClassVar[int] = 0
    """Rows of running statistics that it keeps, each as wide as the layer."""
    draws: ClassVar[bool] = False
    """Whether each training pass draws a mask."""
    stacks_error: ClassVar[bool] = False
    """Whether its fast form wants free rows before its error."""

    if TYPE_CHECKING:
        # Fields of the kinds that have them; the others say what holds for them in general.
        @property
        def activation(self) -> Activation:
            """The activation f."""

        @property
        def frozen(self) -> bool:
            """Whether training leaves the parameters as they are."""
    else:
        activation: ClassVar[Activation] = Identity()
        frozen: ClassVar[bool] = False

    @property
    def span(self) -> int:
        """How many layers back the second input is taken from; 0: there is none."""
        return 0

    @property
    def own_regularizer(self) -> Regularizer | None:
        """The penalty on this layer's weights; ``None``: that of the whole network."""
        return None

    def width(self, inputs: int) -> int:
        """Return the width of z."""
        return inputs

    def rows(self, inputs: int, source: int) -> int:
        """Return the number of rows of the parameter matrix; it is as wide as z."""
        return 0

    def weight_rows(self, rows: int) -> int:
        """Return how many of the rows, from the first on, hold weights that a penalty counts."""
        return 0

    def row_names(self, rows: int) -> tuple[str, ...]:
        """Return what each row of the matrix that is not a weight is called."""
        return ()

    @property
    def is_random(self) -> bool:
        """Whether initial parameters are drawn, so that a random stream is needed."""
        return False

    def initial(self, rng: np.random.Generator, inputs: int, shape: tuple[int, int]) -> Reals:
        """Return the parameters before training, float64, of the given shape."""
        return np.zeros(shape)

    def forward(
        self, inputs: Reals, source: Reals | None, matrix: Reals, context: Context
    ) -> tuple[Reals, dict[str, Reals]]:
        """Return z (n, width), and by name what the backward pass needs to know."""
        raise NotImplementedError

    def backward(
        self,
        error: Reals,
        inputs: Reals,
        source: Reals | None,
        matrix: Reals,
        kept: Mapping[str, Reals],
    ) -> Gradients:
        """Return the gradients, given ∂C/∂Z (n, width) and what ``forward`` kept."""
        raise NotImplementedError

    def moves(self, place: Place) -> tuple[float, tuple[float, ...]] | None:
        """Return how the running statistics follow the batches while training; ``None``: not.

        Returns
        -------
        keep, shares
            running ← keep · running + share · measured, with a share for each of their rows.
        """
        return None

    def record_forward(self, place: Place) -> list[Operation]:
        """Return operations that write z."""
        raise NotImplementedError

    def record_backward(self, place: Place) -> list[Operation]:
        """Return operations that write the gradients which ``place`` has room for."""
        raise NotImplementedError

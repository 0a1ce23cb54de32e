"""What all optimizers have in common: the rule as read, the rule as recorded, and memory."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import Line
from playground.engine.operations import Array, Operation
from playground.engine.optimizers.weight import Weight
from playground.schema.parameter import Option, real

Reals = NDArray[Any]
Slots = Mapping[str, Reals]
Spans = Sequence[slice]

BLOCK = 65_536
"""Vectors longer than this are updated block by block, so that each block stays in the cache."""

WHOLE: Spans = (slice(None),)
"""All parameters as if they were one layer."""

Epsilon = Annotated[
    float,
    real(
        "Epsilon",
        gt=0,
        le=1,
        logarithmic=True,
        live=True,
        help="Added to the denominator, so that it is never 0.",
    ),
]
MomentumShare = Annotated[
    float,
    real(
        "Momentum",
        ge=0,
        lt=1,
        step=0.05,
        live=True,
        help="The share μ of the velocity that survives a step.",
    ),
]
WeightDecay = Annotated[
    float,
    real(
        "Weight decay",
        ge=0,
        le=100,
        step=0.01,
        live=True,
        help="The factor λ: each step shrinks every parameter by ηλ of itself, beside the "
        "gradient. An L2 penalty goes through the gradient, and is scaled with it.",
    ),
]


class LearningRate:
    """The learning rate η, changeable while a tape that holds it runs."""

    def __init__(self, value: float, dtype: np.dtype[Any]) -> None:
        self.value = value
        self.array = np.array(value, dtype)

    def set(self, value: float) -> None:
        """Change η; the next step uses it."""
        self.value = value
        self.array.fill(value)


@dataclass(slots=True)
class OptimizerState:
    """What an optimizer works on and remembers.

    Attributes
    ----------
    gradient : (p,)
        Where backpropagation leaves the gradient of the cost.
    slots
        Vectors (p,) that the optimizer remembers from step to step, by name.
    scratch
        Vectors for intermediate results.
    factors
        Numbers () that change from step to step, such as a corrected rate, by name.
    steps
        Number of updates made, by the rules that need to know.
    products
        A running product and the step at which it stood, see :class:`NAdam`. It follows from
        ``steps``, so that nobody has to save it.
    """

    gradient: Array
    slots: dict[str, Array] = field(default_factory=dict)
    scratch: dict[str, Array] = field(default_factory=dict)
    factors: dict[str, Array] = field(default_factory=dict)
    steps: int = 0
    products: tuple[int, float] = (0, 1.0)


@dataclass(frozen=True, slots=True)
class Block:
    """The part of everything that a few recorded operations work on.

    Attributes
    ----------
    parameters, gradient : (b,)
    slots, scratch
        Vectors (b,) by name.
    factors
        Numbers () by name, the same in all blocks.
    learning_rate : ()
    """

    parameters: Array
    gradient: Array
    slots: Mapping[str, Array]
    scratch: Mapping[str, Array]
    factors: Mapping[str, Array]
    learning_rate: Array


def spans_of(arrays: Sequence[Reals]) -> tuple[slice, ...]:
    """Return where each array lies in a flat vector that holds them one after another."""
    ends = itertools.accumulate((array.size for array in arrays), initial=0)
    return tuple(slice(start, stop) for start, stop in itertools.pairwise(ends))


class Optimizer(Option, frozen=True):
    """A rule that turns gradients into updates of the parameters."""

    tuned: ClassVar[tuple[str, ...]] = ()
    """Fields that a person would tune, as course tables count them: an ε only where it shapes the
    steps (AdaGrad, RMSProp), not where it merely guards a division (Adam and its kin)."""
    usual_rate: ClassVar[float | None] = None
    """The learning rate that the rule is made for, where there is one."""
    needs_full_batch: ClassVar[bool] = False
    """Whether the rule makes sense only if every step takes all training samples."""
    scratch_names: ClassVar[tuple[str, ...]] = ("update",)
    """Names of scratch vectors as long as a block."""
    long_scratch_names: ClassVar[tuple[str, ...]] = ()
    """Names of scratch vectors as long as all parameters."""
    factor_names: ClassVar[tuple[str, ...]] = ()
    """Names of the numbers that change from step to step."""

    @property
    def slot_names(self) -> tuple[str, ...]:
        """Names of the vectors that the rule remembers."""
        return ()

    @property
    def tunables(self) -> int:
        """Number of settings that a person would tune, the learning rate included."""
        return 1 + len(self.tuned)

    def bytes_per_parameter(self, dtype: np.dtype[Any]) -> int:
        """Return the memory of the rule per parameter, gradient and scratch left aside."""
        return len(self.slot_names) * dtype.itemsize

    @property
    def needs(self) -> str:
        """Memory in float32 and tunables: ``8 bytes of memory per parameter · 3 tunables``."""
        count = self.bytes_per_parameter(np.dtype(np.float32))
        tunables = "1 tunable" if self.tunables == 1 else f"{self.tunables} tunables"
        return f"{count} bytes of memory per parameter · {tunables}"

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        """Return the parameters and slots of one layer after one update (the readable truth).

        Parameters
        ----------
        parameters, gradient : (p,)
            Of one layer; most rules treat every parameter alone, so that it may be all of them.
        slots
            One vector (p,) per name in ``slot_names``; all zero at the start.
        steps
            Number of this update, from 1.
        learning_rate
            η > 0.
        """
        raise NotImplementedError

    def update_layers(
        self,
        parameters: Reals,
        gradient: Reals,
        slots: Slots,
        steps: int,
        learning_rate: float,
        spans: Spans = WHOLE,
    ) -> tuple[Reals, dict[str, Reals]]:
        """Return the parameters (p,) and slots of all layers: :meth:`update` of each.

        Parameters
        ----------
        spans
            Where each layer's weights and biases lie in the vectors.
        """
        after = parameters.copy()
        remembered = {name: vector.copy() for name, vector in slots.items()}
        for span in spans:
            mine = {name: vector[span] for name, vector in slots.items()}
            after[span], changed = self.update(
                parameters[span], gradient[span], mine, steps, learning_rate
            )
            for name, vector in changed.items():
                remembered[name][span] = vector
        return after, remembered

    def explain(self, at: Weight) -> tuple[Line, ...]:
        """Return the arithmetic of :meth:`update` for one parameter, line by line.

        The last line is the parameter after the update.
        """
        raise NotImplementedError

    def allocate(self, count: int, dtype: np.dtype[Any]) -> OptimizerState:
        """Return zeroed vectors for ``count`` parameters."""
        scratch = {name: np.empty(min(count, BLOCK), dtype) for name in self.scratch_names}
        scratch |= {name: np.empty(count, dtype) for name in self.long_scratch_names}
        return OptimizerState(
            gradient=np.zeros(count, dtype),
            slots={name: np.zeros(count, dtype) for name in self.slot_names},
            scratch=scratch,
            factors={name: np.zeros((), dtype) for name in self.factor_names},
        )

    def record(
        self,
        parameters: Array,
        state: OptimizerState,
        learning_rate: LearningRate,
        spans: Spans = WHOLE,
    ) -> list[Operation]:
        """Return operations that apply one update to ``parameters`` (p,) in place.

        Parameters
        ----------
        spans
            Where each layer's weights and biases lie in ``parameters``.
        """
        operations = self.record_start(state, learning_rate)
        for block in self.blocks(parameters, state, learning_rate):
            operations += self.record_block(block)
        return operations

    def record_start(self, state: OptimizerState, learning_rate: LearningRate) -> list[Operation]:
        """Return operations that run once per update, before the blocks."""
        return []

    def record_block(self, block: Block) -> list[Operation]:
        """Return operations that update one block."""
        raise NotImplementedError

    def blocks(
        self, parameters: Array, state: OptimizerState, learning_rate: LearningRate
    ) -> list[Block]:
        """Return everything in pieces that stay in the cache: one piece for a small network."""
        pieces = []
        for start in range(0, len(parameters), BLOCK):
            part = slice(start, min(start + BLOCK, len(parameters)))
            scratch = {n: state.scratch[n][: part.stop - start] for n in self.scratch_names}
            scratch |= {n: state.scratch[n][part] for n in self.long_scratch_names}
            pieces.append(
                Block(
                    parameters=parameters[part],
                    gradient=state.gradient[part],
                    slots={name: vector[part] for name, vector in state.slots.items()},
                    scratch=scratch,
                    factors=state.factors,
                    learning_rate=learning_rate.array,
                )
            )
        return pieces

    def slot_scales(self) -> dict[str, float]:
        """Return by what to multiply a recorded slot to get that of :meth:`update`, if not 1."""
        return {}

    def textbook(self, state: OptimizerState) -> dict[str, Reals]:
        """Return copies of the slots in the scale of :meth:`update`."""
        scales = self.slot_scales()
        return {name: vector * scales.get(name, 1.0) for name, vector in state.slots.items()}

    def recall(self, state: OptimizerState, slots: Slots) -> None:
        """Set the slots to vectors in the scale of :meth:`update`.

        They may come from other settings of the same rule: what those did not remember is 0,
        what this one does not need is dropped.
        """
        scales = self.slot_scales()
        for name in set(state.slots) - set(self.slot_names):
            del state.slots[name]
        for name in self.slot_names:
            vector = state.slots.setdefault(name, np.zeros_like(state.gradient))
            np.divide(slots.get(name, 0.0), scales.get(name, 1.0), vector)

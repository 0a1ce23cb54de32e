"""Optimizers: each with its update rule, its source and its fast form in one place.

The readable form is :meth:`Optimizer.update`, the textbook's rule on whole vectors. The fast
form records the same rule as a few in-place operations over the flat parameter vector; where
it keeps a quantity in another scale (Adam's moments), :meth:`Optimizer.textbook` converts. To add
one, write a class and add it to :data:`AnyOptimizer`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.operations import Array, Operation, call, constant
from playground.schema.parameter import Option, real

Reals = NDArray[Any]
Slots = Mapping[str, Reals]

BLOCK = 65_536
"""Vectors longer than this are updated block by block, so that each block stays in the cache."""


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
    steps
        Number of updates made.
    """

    gradient: Array
    slots: dict[str, Array] = field(default_factory=dict)
    scratch: dict[str, Array] = field(default_factory=dict)
    steps: int = 0


class Optimizer(Option, frozen=True):
    """A rule that turns gradients into updates of the parameters."""

    slot_names: ClassVar[tuple[str, ...]] = ()
    """Names of the vectors that the rule remembers: 4 bytes per parameter each in float32."""

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        """Return the parameters and slots after one update (the readable truth).

        Parameters
        ----------
        parameters, gradient : (p,)
        slots
            One vector (p,) per name in ``slot_names``; all zero at the start.
        steps
            Number of this update, from 1.
        learning_rate
            η > 0.
        """
        raise NotImplementedError

    def allocate(self, count: int, dtype: np.dtype[Any]) -> OptimizerState:
        """Return zeroed vectors for ``count`` parameters."""
        zeros = {name: np.zeros(count, dtype) for name in self.slot_names}
        scratch = {"update": np.empty(min(count, BLOCK), dtype)}
        return OptimizerState(np.zeros(count, dtype), zeros, scratch)

    def record(
        self, parameters: Array, state: OptimizerState, learning_rate: LearningRate
    ) -> list[Operation]:
        """Return operations that apply one update to ``parameters`` (p,) in place."""
        operations = self.record_start(parameters, state, learning_rate)
        for start in range(0, len(parameters), BLOCK):
            stop = min(start + BLOCK, len(parameters))
            slots = {name: vector[start:stop] for name, vector in state.slots.items()}
            operations += self.record_block(
                parameters[start:stop],
                state.gradient[start:stop],
                slots,
                state.scratch["update"][: stop - start],
                learning_rate,
            )
        return operations

    def record_start(
        self, parameters: Array, state: OptimizerState, learning_rate: LearningRate
    ) -> list[Operation]:
        """Return operations that run once per update, before the blocks."""
        return []

    def record_block(
        self,
        parameters: Array,
        gradient: Array,
        slots: dict[str, Array],
        scratch: Array,
        learning_rate: LearningRate,
    ) -> list[Operation]:
        """Return operations that update one block; all arrays have its length."""
        raise NotImplementedError

    def textbook(self, state: OptimizerState) -> dict[str, Reals]:
        """Return copies of the slots in the scale of :meth:`update`."""
        return {name: vector.copy() for name, vector in state.slots.items()}

    def recall(self, state: OptimizerState, slots: Slots) -> None:
        """Set the slots to vectors in the scale of :meth:`update`."""
        for name, vector in slots.items():
            state.slots[name][:] = vector


_EPSILON = "Added to the denominator, so that it is never 0."


class SGD(Optimizer, frozen=True, tag="sgd"):
    """Steps straight down the gradient of each mini-batch."""

    title: ClassVar[str] = "SGD"
    formula: ClassVar[str] = r"\theta \leftarrow \theta - \eta g"

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        return parameters - learning_rate * gradient, {}

    def record_block(
        self,
        parameters: Array,
        gradient: Array,
        slots: dict[str, Array],
        scratch: Array,
        learning_rate: LearningRate,
    ) -> list[Operation]:
        return [
            call(np.multiply, gradient, learning_rate.array, scratch),
            call(np.subtract, parameters, scratch, parameters),
        ]


class Momentum(Optimizer, frozen=True, tag="momentum"):
    """Keeps rolling: a velocity gathers the gradients of the past and damps zig-zags.

    Polyak (1964), in PyTorch's form: the velocity is not scaled by η.
    """

    title: ClassVar[str] = "Momentum"
    formula: ClassVar[str] = r"v \leftarrow \mu v + g,\quad \theta \leftarrow \theta - \eta v"
    slot_names: ClassVar[tuple[str, ...]] = ("velocity",)

    momentum: Annotated[
        float,
        real(
            "Momentum",
            ge=0,
            lt=1,
            step=0.05,
            live=True,
            help="The share μ of the velocity that survives a step.",
        ),
    ] = 0.9

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        velocity = self.momentum * slots["velocity"] + gradient
        return parameters - learning_rate * velocity, {"velocity": velocity}

    def record_block(
        self,
        parameters: Array,
        gradient: Array,
        slots: dict[str, Array],
        scratch: Array,
        learning_rate: LearningRate,
    ) -> list[Operation]:
        velocity = slots["velocity"]
        return [
            call(np.multiply, velocity, constant(self.momentum, velocity), velocity),
            call(np.add, velocity, gradient, velocity),
            call(np.multiply, velocity, learning_rate.array, scratch),
            call(np.subtract, parameters, scratch, parameters),
        ]


class Nesterov(Optimizer, frozen=True, tag="nesterov"):
    """Momentum that looks ahead to where the velocity is about to lead.

    Nesterov (1983), in the form of Sutskever et al. (2013) as PyTorch writes it.
    """

    title: ClassVar[str] = "Nesterov"
    formula: ClassVar[str] = (
        r"v \leftarrow \mu v + g,\quad \theta \leftarrow \theta - \eta (g + \mu v)"
    )
    slot_names: ClassVar[tuple[str, ...]] = ("velocity",)

    momentum: Annotated[
        float,
        real(
            "Momentum",
            ge=0,
            lt=1,
            step=0.05,
            live=True,
            help="The share μ of the velocity that survives a step.",
        ),
    ] = 0.9

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        velocity = self.momentum * slots["velocity"] + gradient
        ahead = gradient + self.momentum * velocity
        return parameters - learning_rate * ahead, {"velocity": velocity}

    def record_block(
        self,
        parameters: Array,
        gradient: Array,
        slots: dict[str, Array],
        scratch: Array,
        learning_rate: LearningRate,
    ) -> list[Operation]:
        velocity, momentum = slots["velocity"], constant(self.momentum, parameters)
        return [
            call(np.multiply, velocity, momentum, velocity),
            call(np.add, velocity, gradient, velocity),
            call(np.multiply, velocity, momentum, scratch),
            call(np.add, scratch, gradient, scratch),
            call(np.multiply, scratch, learning_rate.array, scratch),
            call(np.subtract, parameters, scratch, parameters),
        ]


class AdaGrad(Optimizer, frozen=True, tag="adagrad"):
    """Gives each parameter a rate of its own, which shrinks with all its gradients so far.

    Duchi, Hazan & Singer (2011).
    """

    title: ClassVar[str] = "AdaGrad"
    formula: ClassVar[str] = (
        r"s \leftarrow s + g^2,\quad \theta \leftarrow \theta - \frac{\eta g}{\sqrt{s} + \epsilon}"
    )
    slot_names: ClassVar[tuple[str, ...]] = ("squares",)

    epsilon: Annotated[
        float,
        real("Epsilon", gt=0, le=1, logarithmic=True, live=True, help=_EPSILON),
    ] = 1e-10

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        squares = slots["squares"] + gradient**2
        change = learning_rate * gradient / (np.sqrt(squares) + self.epsilon)
        return parameters - change, {"squares": squares}

    def record_block(
        self,
        parameters: Array,
        gradient: Array,
        slots: dict[str, Array],
        scratch: Array,
        learning_rate: LearningRate,
    ) -> list[Operation]:
        squares = slots["squares"]
        return [
            call(np.multiply, gradient, gradient, scratch),
            call(np.add, squares, scratch, squares),
            *_record_scaled(parameters, gradient, squares, scratch, self.epsilon, learning_rate),
        ]


class RMSProp(Optimizer, frozen=True, tag="rmsprop"):
    """Divides by the recent size of each gradient: AdaGrad that forgets.

    Tieleman & Hinton (2012), in PyTorch's form (ε outside the root).
    """

    title: ClassVar[str] = "RMSProp"
    formula: ClassVar[str] = (
        r"s \leftarrow \rho s + (1 - \rho) g^2,\quad"
        r"\theta \leftarrow \theta - \frac{\eta g}{\sqrt{s} + \epsilon}"
    )
    slot_names: ClassVar[tuple[str, ...]] = ("squares",)

    decay: Annotated[
        float,
        real(
            "Decay",
            ge=0,
            lt=1,
            step=0.01,
            live=True,
            help="The share ρ of the running mean of squares that survives a step.",
        ),
    ] = 0.99
    epsilon: Annotated[
        float,
        real("Epsilon", gt=0, le=1, logarithmic=True, live=True, help=_EPSILON),
    ] = 1e-8

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        squares = self.decay * slots["squares"] + (1 - self.decay) * gradient**2
        change = learning_rate * gradient / (np.sqrt(squares) + self.epsilon)
        return parameters - change, {"squares": squares}

    def record_block(
        self,
        parameters: Array,
        gradient: Array,
        slots: dict[str, Array],
        scratch: Array,
        learning_rate: LearningRate,
    ) -> list[Operation]:
        squares = slots["squares"]
        return [
            call(np.multiply, gradient, gradient, scratch),
            call(np.multiply, scratch, constant(1 - self.decay, scratch), scratch),
            call(np.multiply, squares, constant(self.decay, squares), squares),
            call(np.add, squares, scratch, squares),
            *_record_scaled(parameters, gradient, squares, scratch, self.epsilon, learning_rate),
        ]


def _record_scaled(
    parameters: Array,
    gradient: Array,
    squares: Array,
    scratch: Array,
    epsilon: float,
    learning_rate: LearningRate,
) -> list[Operation]:
    """θ ← θ - η g / (√s + ε)."""
    return [
        call(np.sqrt, squares, scratch),
        call(np.add, scratch, constant(epsilon, scratch), scratch),
        call(np.divide, gradient, scratch, scratch),
        call(np.multiply, scratch, learning_rate.array, scratch),
        call(np.subtract, parameters, scratch, parameters),
    ]


class Adam(Optimizer, frozen=True, tag="adam"):
    """Momentum and a rate per parameter together; works well almost untuned.

    Kingma & Ba (2015), https://arxiv.org/abs/1412.6980. The fast form keeps m / (1 - β₁) and
    v / (1 - β₂), which saves two passes, and folds the bias corrections into η and ε.
    """

    title: ClassVar[str] = "Adam"
    formula: ClassVar[str] = (
        r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2"
        r",\quad \theta \leftarrow \theta - \frac{\eta \hat m}{\sqrt{\hat v} + \epsilon}"
    )
    slot_names: ClassVar[tuple[str, ...]] = ("mean", "squares")

    beta1: Annotated[
        float,
        real(
            "Beta 1",
            ge=0,
            lt=1,
            step=0.01,
            live=True,
            help="The share β₁ of the running mean of gradients that survives a step.",
        ),
    ] = 0.9
    beta2: Annotated[
        float,
        real(
            "Beta 2",
            ge=0,
            lt=1,
            step=0.001,
            live=True,
            help="The share β₂ of the running mean of squares that survives a step.",
        ),
    ] = 0.999
    epsilon: Annotated[
        float,
        real("Epsilon", gt=0, le=1, logarithmic=True, live=True, help=_EPSILON),
    ] = 1e-8

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        mean = self.beta1 * slots["mean"] + (1 - self.beta1) * gradient
        squares = self.beta2 * slots["squares"] + (1 - self.beta2) * gradient**2
        corrected_mean = mean / (1 - self.beta1**steps)
        corrected_squares = squares / (1 - self.beta2**steps)
        change = learning_rate * corrected_mean / (np.sqrt(corrected_squares) + self.epsilon)
        return parameters - change, {"mean": mean, "squares": squares}

    def allocate(self, count: int, dtype: np.dtype[Any]) -> OptimizerState:
        # Side by side, one operation serves both moments of a small network: gradient and its
        # square, mean and squares.
        gradients, moments = np.zeros(2 * count, dtype), np.zeros(2 * count, dtype)
        return OptimizerState(
            gradients[:count],
            {"mean": moments[:count], "squares": moments[count:]},
            {
                "gradients": gradients,
                "moments": moments,
                "update": np.empty(min(count, BLOCK), dtype),
                "rate": np.zeros((), dtype),
                "epsilon": np.zeros((), dtype),
                "keep": np.ones((), dtype),
            },
        )

    def textbook(self, state: OptimizerState) -> dict[str, Reals]:
        return {
            "mean": state.slots["mean"] * (1 - self.beta1),
            "squares": state.slots["squares"] * (1 - self.beta2),
        }

    def recall(self, state: OptimizerState, slots: Slots) -> None:
        np.divide(slots["mean"], 1 - self.beta1, state.slots["mean"])
        np.divide(slots["squares"], 1 - self.beta2, state.slots["squares"])

    def _weight_decay(self) -> float:
        return 0.0

    def record_start(
        self, parameters: Array, state: OptimizerState, learning_rate: LearningRate
    ) -> list[Operation]:
        beta1, beta2, epsilon = self.beta1, self.beta2, self.epsilon
        rate, offset = state.scratch["rate"], state.scratch["epsilon"]

        def count() -> None:
            state.steps += 1
            ratio = math.sqrt((1 - beta2**state.steps) / (1 - beta2))
            rate.fill(learning_rate.value * (1 - beta1) * ratio / (1 - beta1**state.steps))
            offset.fill(epsilon * ratio)

        return [count]

    def record(
        self, parameters: Array, state: OptimizerState, learning_rate: LearningRate
    ) -> list[Operation]:
        operations = self.record_start(parameters, state, learning_rate)
        count = len(parameters)
        if count > BLOCK:
            for start in range(0, count, BLOCK):
                stop = min(start + BLOCK, count)
                operations += self._record_large(parameters, state, slice(start, stop))
            return operations
        moments, gradients = state.scratch["moments"], state.scratch["gradients"]
        update, dtype = state.scratch["update"], parameters.dtype
        decay = np.repeat(np.array([self.beta1, self.beta2], dtype), count)
        return [
            *operations,
            call(np.multiply, moments, decay, moments),
            call(np.multiply, state.gradient, state.gradient, gradients[count:]),
            call(np.add, moments, gradients, moments),
            *self._record_step(parameters, state, moments[:count], moments[count:], update),
        ]

    def _record_large(
        self, parameters: Array, state: OptimizerState, block: slice
    ) -> list[Operation]:
        mean, squares = state.slots["mean"][block], state.slots["squares"][block]
        gradient, update = state.gradient[block], state.scratch["update"][: len(mean)]
        return [
            call(np.multiply, mean, constant(self.beta1, mean), mean),
            call(np.add, mean, gradient, mean),
            call(np.multiply, gradient, gradient, update),
            call(np.multiply, squares, constant(self.beta2, mean), squares),
            call(np.add, squares, update, squares),
            *self._record_step(parameters[block], state, mean, squares, update),
        ]

    def _record_step(
        self,
        parameters: Array,
        state: OptimizerState,
        mean: Array,
        squares: Array,
        update: Array,
    ) -> list[Operation]:
        shrink: list[Operation] = []
        if self._weight_decay():
            shrink = [call(np.multiply, parameters, state.scratch["keep"], parameters)]
        return [
            *shrink,
            call(np.sqrt, squares, update),
            call(np.add, update, state.scratch["epsilon"], update),
            call(np.divide, mean, update, update),
            call(np.multiply, update, state.scratch["rate"], update),
            call(np.subtract, parameters, update, parameters),
        ]


class AdamW(Adam, frozen=True, tag="adamw"):
    """Adam with weight decay beside the gradient, not through it: the two no longer mix.

    Loshchilov & Hutter (2019), https://arxiv.org/abs/1711.05101. As in PyTorch, the decay is
    multiplied by η and applies to every parameter, biases too.
    """

    title: ClassVar[str] = "AdamW"
    formula: ClassVar[str] = (
        r"\theta \leftarrow (1 - \eta \lambda)\,\theta"
        r"- \frac{\eta \hat m}{\sqrt{\hat v} + \epsilon}"
    )

    weight_decay: Annotated[
        float,
        real(
            "Weight decay",
            ge=0,
            le=100,
            step=0.01,
            live=True,
            help="The factor λ: each step shrinks every parameter by ηλ of itself.",
        ),
    ] = 0.01

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        shrunk = parameters * (1 - learning_rate * self.weight_decay)
        return Adam.update(self, shrunk, gradient, slots, steps, learning_rate)

    def _weight_decay(self) -> float:
        return self.weight_decay

    def record_start(
        self, parameters: Array, state: OptimizerState, learning_rate: LearningRate
    ) -> list[Operation]:
        keep, weight_decay = state.scratch["keep"], self.weight_decay

        def decay() -> None:
            keep.fill(1 - learning_rate.value * weight_decay)

        return [*Adam.record_start(self, parameters, state, learning_rate), decay]


AnyOptimizer = SGD | Momentum | Nesterov | AdaGrad | RMSProp | Adam | AdamW
"""Every optimizer, in menu order."""

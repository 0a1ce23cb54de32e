"""Optimizers that give each layer a rate of its own, by the size of its weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, ClassVar, NamedTuple

import numpy as np

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Array, Operation, call, constant
from playground.engine.optimizers.base import (
    WHOLE,
    Block,
    Epsilon,
    LearningRate,
    MomentumShare,
    Optimizer,
    OptimizerState,
    Reals,
    Slots,
    Spans,
)
from playground.engine.optimizers.moments import Moments
from playground.engine.optimizers.weight import Weight
from playground.schema.parameter import real


class LARS(Optimizer, frozen=True, tag="lars"):
    """Momentum in which each layer moves in proportion to the size of its own weights.

    You, Gitman & Ginsburg (2017), https://arxiv.org/abs/1708.03888, algorithm 1. As there, η is
    inside the velocity; others multiply the velocity by it, which differs once η changes. A layer
    is its weights and biases together; others give the biases a ratio of their own, or none.
    Where either size is 0 the ratio is 1.
    """

    title: ClassVar[str] = "LARS"
    formula: ClassVar[str] = (
        r"r = \frac{c ‖\theta‖}{‖g‖ + \lambda ‖\theta‖}"
        r",\quad v \leftarrow \mu v + \eta r (g + \lambda \theta)"
        r",\quad \theta \leftarrow \theta - v"
    )
    tuned: ClassVar[tuple[str, ...]] = ("momentum", "trust", "weight_decay")
    long_scratch_names: ClassVar[tuple[str, ...]] = ("direction",)

    momentum: MomentumShare = 0.9
    trust: Annotated[
        float,
        real(
            "Trust coefficient",
            gt=0,
            le=1,
            logarithmic=True,
            live=True,
            help="The part c of its own size that a layer moves in a step, at η = 1.",
        ),
    ] = 0.001
    weight_decay: Annotated[
        float,
        real(
            "Weight decay",
            ge=0,
            le=100,
            step=0.0001,
            live=True,
            help="The factor λ: pulls weights towards 0 as an L2 penalty does, but before scaling.",
        ),
    ] = 0.0005

    @property
    def slot_names(self) -> tuple[str, ...]:
        return ("velocity",)

    def ratio(self, size: float, gradient_size: float) -> float:
        """Return the rate of a layer, from the norms of its parameters and of their gradient."""
        if not (_is_usable(size) and _is_usable(gradient_size)):
            return 1.0
        return self.trust * size / (gradient_size + self.weight_decay * size)

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        ratio = self.ratio(_norm(parameters), _norm(gradient))
        decayed = gradient + self.weight_decay * parameters
        velocity = self.momentum * slots["velocity"] + learning_rate * ratio * decayed
        return parameters - velocity, {"velocity": velocity}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        size, pull = at.norm(at.parameters), at.norm(at.gradient)
        ratio, decay = self.ratio(size, pull), Setting(self.weight_decay)
        decayed = at.g + self.weight_decay * at.theta
        velocity = self.momentum * at.slot("velocity") + at.learning_rate * ratio * decayed
        is_usable = _is_usable(size) and _is_usable(pull)
        return (
            Line("‖θ‖", "{‖θ‖}", {"‖θ‖": size}, size, "the size of the layer's parameters"),
            Line("‖g‖", "{‖g‖}", {"‖g‖": pull}, pull, "the size of the layer's gradient"),
            Line(
                "r",
                "{c}·{‖θ‖} / ({‖g‖} + {λ}·{‖θ‖})" if is_usable else "1",
                {"c": Setting(self.trust), "‖θ‖": size, "‖g‖": pull, "λ": decay},
                ratio,
                "the trust ratio: the rate of this layer",
            ),
            Line(
                "v",
                "{μ}·{v_old} + {η}·{r}·({g} + {λ}·{θ})",
                {
                    "μ": Setting(self.momentum),
                    "v_old": at.slot("velocity"),
                    "η": at.eta,
                    "r": ratio,
                    "g": at.g,
                    "λ": decay,
                    "θ": at.theta,
                },
                velocity,
                "the velocity, with the rate inside it",
            ),
            at.change("−{v}", {"v": velocity}, -velocity),
            at.after(-velocity),
        )

    def record(
        self,
        parameters: Array,
        state: OptimizerState,
        learning_rate: LearningRate,
        spans: Spans = WHOLE,
    ) -> list[Operation]:
        direction, velocity = state.scratch["direction"], state.slots["velocity"]
        operations: list[Operation] = []
        source = state.gradient
        if self.weight_decay:
            source = direction
            operations += [
                call(np.multiply, parameters, constant(self.weight_decay, direction), direction),
                call(np.add, direction, state.gradient, direction),
            ]
        for span in spans:
            ratio = _record_ratio(parameters[span], state.gradient[span], self.ratio, learning_rate)
            operations += ratio.operations
            operations.append(call(np.multiply, source[span], ratio.value, direction[span]))
        return [
            *operations,
            call(np.multiply, velocity, constant(self.momentum, velocity), velocity),
            call(np.add, velocity, direction, velocity),
            call(np.subtract, parameters, velocity, parameters),
        ]


class LAMB(Moments, frozen=True, tag="lamb"):
    """Adam in which each layer moves in proportion to the size of its own weights.

    You et al. (2020), https://arxiv.org/abs/1904.00962, algorithm 2 with φ(x) = x. Others leave
    out the bias corrections or clip the gradient first. A layer is its weights and biases
    together; where either size is 0 the ratio is 1.
    """

    title: ClassVar[str] = "LAMB"
    formula: ClassVar[str] = (
        r"d = \frac{\hat m}{\sqrt{\hat v} + \epsilon} + \lambda \theta"
        r",\quad \theta \leftarrow \theta - \eta \frac{‖\theta‖}{‖d‖} d"
    )
    tuned: ClassVar[tuple[str, ...]] = ("beta1", "beta2", "weight_decay")
    factor_names: ClassVar[tuple[str, ...]] = ("rate", "epsilon")
    long_scratch_names: ClassVar[tuple[str, ...]] = ("direction",)

    epsilon: Epsilon = 1e-6
    weight_decay: Annotated[
        float,
        real(
            "Weight decay",
            ge=0,
            le=100,
            step=0.01,
            live=True,
            help="The factor λ: adds a pull towards 0 to the direction, before it is scaled.",
        ),
    ] = 0.01

    def ratio(self, size: float, direction_size: float) -> float:
        """Return the rate of a layer, from the norms of its parameters and of its direction."""
        if not (_is_usable(size) and _is_usable(direction_size)):
            return 1.0
        return size / direction_size

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        mean = self.beta1 * slots["mean"] + (1 - self.beta1) * gradient
        squares = self.beta2 * slots["squares"] + (1 - self.beta2) * gradient**2
        corrected_mean = mean / (1 - self.beta1**steps)
        corrected_squares = squares / (1 - self.beta2**steps)
        direction = corrected_mean / (np.sqrt(corrected_squares) + self.epsilon)
        direction = direction + self.weight_decay * parameters
        ratio = self.ratio(_norm(parameters), _norm(direction))
        return parameters - learning_rate * ratio * direction, {"mean": mean, "squares": squares}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        lines, mean, squares = self.moment_lines(at)
        corrected = self.corrected("m", at.steps, mean), self.corrected("v", at.steps, squares)
        # The ratio needs the direction of the whole layer.
        means = self.beta1 * at.slots["mean"] + (1 - self.beta1) * at.gradient
        sizes = self.beta2 * at.slots["squares"] + (1 - self.beta2) * at.gradient**2
        sizes = np.sqrt(sizes / (1 - self.beta2**at.steps)) + self.epsilon
        directions = means / (1 - self.beta1**at.steps) / sizes + self.weight_decay * at.parameters
        size, length = at.norm(at.parameters), at.norm(directions)
        ratio, direction = self.ratio(size, length), float(directions[at.index])
        is_usable = _is_usable(size) and _is_usable(length)
        change = -at.learning_rate * ratio * direction
        return (
            *lines,
            *corrected,
            Line(
                "d",
                "{m̂} / (√{v̂} + {ε}) + {λ}·{θ}",
                {
                    "m̂": corrected[0].value,
                    "v̂": corrected[1].value,
                    "ε": Setting(self.epsilon),
                    "λ": Setting(self.weight_decay),
                    "θ": at.theta,
                },
                direction,
                "Adam's direction, with the pull towards 0",
            ),
            Line("‖θ‖", "{‖θ‖}", {"‖θ‖": size}, size, "the size of the layer's parameters"),
            Line("‖d‖", "{‖d‖}", {"‖d‖": length}, length, "the size of the layer's direction"),
            Line(
                "r",
                "{‖θ‖} / {‖d‖}" if is_usable else "1",
                {"‖θ‖": size, "‖d‖": length},
                ratio,
                "the trust ratio: the rate of this layer",
            ),
            at.change("−{η}·{r}·{d}", {"η": at.eta, "r": ratio, "d": direction}, change),
            at.after(change),
        )

    def record_start(self, state: OptimizerState, learning_rate: LearningRate) -> list[Operation]:
        rate, epsilon = state.factors["rate"], state.factors["epsilon"]

        def count() -> None:
            state.steps += 1
            scale = self.root_scale(state.steps)
            rate.fill((1 - self.beta1) / (1 - self.beta1**state.steps) * scale)
            epsilon.fill(self.epsilon * scale)

        return [count]

    def record_change(self, block: Block) -> list[Operation]:
        direction, update = block.scratch["direction"], block.scratch["update"]
        decay: list[Operation] = []
        if self.weight_decay:
            decay = [
                call(np.multiply, block.parameters, constant(self.weight_decay, update), update),
                call(np.add, direction, update, direction),
            ]
        return [
            call(np.sqrt, block.slots["squares"], direction),
            call(np.add, direction, block.factors["epsilon"], direction),
            call(np.divide, block.slots["mean"], direction, direction),
            call(np.multiply, direction, block.factors["rate"], direction),
            *decay,
        ]

    def record(
        self,
        parameters: Array,
        state: OptimizerState,
        learning_rate: LearningRate,
        spans: Spans = WHOLE,
    ) -> list[Operation]:
        # The ratios need the direction of the whole layer, so that blocks only go that far.
        operations = Moments.record(self, parameters, state, learning_rate, spans)
        direction = state.scratch["direction"]
        for span in spans:
            ratio = _record_ratio(parameters[span], direction[span], self.ratio, learning_rate)
            operations += ratio.operations
            operations.append(call(np.multiply, direction[span], ratio.value, direction[span]))
        return [*operations, call(np.subtract, parameters, direction, parameters)]


class _Ratio(NamedTuple):
    """A recorded rate of one layer: what works it out, and where it is then."""

    operations: list[Operation]
    value: Array


def _record_ratio(
    parameters: Array,
    change: Array,
    ratio: Callable[[float, float], float],
    learning_rate: LearningRate,
) -> _Ratio:
    """Record η · ratio(‖parameters‖, ‖change‖)."""
    size, change_size, value = (np.zeros((), parameters.dtype) for _ in range(3))

    def weigh() -> None:
        norms = math.sqrt(float(size)), math.sqrt(float(change_size))
        value.fill(learning_rate.value * ratio(*norms))

    operations = [call(parameters.dot, parameters, size), call(change.dot, change, change_size)]
    return _Ratio([*operations, weigh], value)


def _norm(vector: Reals) -> float:
    return math.sqrt(float(vector.dot(vector)))


def _is_usable(norm: float) -> bool:
    return norm > 0 and math.isfinite(norm)

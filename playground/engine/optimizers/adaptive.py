"""Optimizers that give each parameter a rate of its own, by the size of its gradients."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

import numpy as np

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Array, Operation, call, constant
from playground.engine.optimizers.base import (
    Block,
    Epsilon,
    MomentumShare,
    Optimizer,
    Reals,
    Slots,
)
from playground.engine.optimizers.weight import Weight
from playground.schema.parameter import real, shown

Decay = Annotated[
    float,
    real(
        "Decay",
        ge=0,
        lt=1,
        step=0.01,
        live=True,
        help="The share ρ of the running mean of squares that survives a step.",
    ),
]


class AdaGrad(Optimizer, frozen=True, tag="adagrad"):
    """Gives each parameter a rate of its own, which shrinks with all its gradients so far.

    Duchi, Hazan & Singer (2011), https://jmlr.org/papers/v12/duchi11a.html. The sum starts at
    ``initial_squares``, PyTorch's ``initial_accumulator_value``; the memory counts from 0.
    """

    title: ClassVar[str] = "AdaGrad"
    formula: ClassVar[str] = (
        r"s \leftarrow s + g^2,\quad \theta \leftarrow \theta - \frac{\eta g}{\sqrt{s} + \epsilon}"
    )
    tuned: ClassVar[tuple[str, ...]] = ("epsilon", "initial_squares")

    epsilon: Epsilon = 1e-10
    initial_squares: Annotated[
        float,
        real(
            "Initial sum",
            ge=0,
            le=1e6,
            step=0.1,
            live=True,
            help="What the sum of squares s starts from: above 0, the first steps are shorter.",
        ),
    ] = 0.0

    @property
    def slot_names(self) -> tuple[str, ...]:
        return ("squares",)

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        squares = slots["squares"] + gradient**2
        size = np.sqrt(squares + self.initial_squares) + self.epsilon
        return parameters - learning_rate * gradient / size, {"squares": squares}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        squares = at.slot("squares") + at.g**2
        start = self.initial_squares
        change = -at.learning_rate * at.g / (math.sqrt(squares + start) + self.epsilon)
        root = "√({s} + {s₀})" if start else "√{s}"
        return (
            Line(
                "s",
                "{s_old} + {g}²",
                {"s_old": at.slot("squares"), "g": at.g},
                squares,
                "the sum of all squared gradients so far",
            ),
            at.change(
                f"−{{η}}·{{g}} / ({root} + {{ε}})",
                {
                    "η": at.eta,
                    "g": at.g,
                    "s": squares,
                    "s₀": Setting(start),
                    "ε": Setting(self.epsilon),
                },
                change,
            ),
            at.after(change),
        )

    def record_block(self, block: Block) -> list[Operation]:
        gradient, squares = block.gradient, block.slots["squares"]
        update = block.scratch["update"]
        total, start = squares, list[Operation]()
        if self.initial_squares:
            total = update
            start = [call(np.add, squares, constant(self.initial_squares, squares), update)]
        return [
            call(np.multiply, gradient, gradient, update),
            call(np.add, squares, update, squares),
            *start,
            call(np.sqrt, total, update),
            *_record_division(block, self.epsilon, update),
        ]


class AdaDelta(Optimizer, frozen=True, tag="adadelta"):
    """Needs no unit of length: past steps scale the new ones. Its learning rate belongs at 1.

    Zeiler (2012), https://arxiv.org/abs/1212.5701, with the factor η that PyTorch adds. The
    fast form keeps s / (1 - ρ) and u / (1 - ρ), whose quotient is the same.
    """

    title: ClassVar[str] = "AdaDelta"
    formula: ClassVar[str] = (
        r"s \leftarrow \rho s + (1 - \rho) g^2"
        r",\quad d = \frac{\sqrt{u + \epsilon}}{\sqrt{s + \epsilon}} g"
        r",\quad u \leftarrow \rho u + (1 - \rho) d^2,\quad \theta \leftarrow \theta - \eta d"
    )
    tuned: ClassVar[tuple[str, ...]] = ("decay", "epsilon")
    usual_rate: ClassVar[float | None] = 1.0
    scratch_names: ClassVar[tuple[str, ...]] = ("update", "other")

    decay: Decay = 0.9
    epsilon: Epsilon = 1e-6

    @property
    def slot_names(self) -> tuple[str, ...]:
        return ("squares", "changes")

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        squares = self.decay * slots["squares"] + (1 - self.decay) * gradient**2
        ratio = np.sqrt(slots["changes"] + self.epsilon) / np.sqrt(squares + self.epsilon)
        change = ratio * gradient
        changes = self.decay * slots["changes"] + (1 - self.decay) * change**2
        return parameters - learning_rate * change, {"squares": squares, "changes": changes}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        squares = self.decay * at.slot("squares") + (1 - self.decay) * at.g**2
        past = at.slot("changes")
        ratio = math.sqrt(past + self.epsilon) / math.sqrt(squares + self.epsilon)
        direction = ratio * at.g
        changes = self.decay * past + (1 - self.decay) * direction**2
        rho, epsilon = Setting(self.decay), Setting(self.epsilon)
        change = -at.learning_rate * direction
        return (
            squares_line(self.decay, at, squares),
            Line(
                "d",
                "√({u} + {ε}) / √({s} + {ε})·{g}",
                {"u": past, "s": squares, "ε": epsilon, "g": at.g},
                direction,
                "the gradient in the size of the steps of the past",
            ),
            Line(
                "u",
                "{ρ}·{u_old} + (1 − {ρ})·{d}²",
                {"ρ": rho, "u_old": past, "d": direction},
                changes,
                "the running mean of squared steps, for the next time",
            ),
            at.change("−{η}·{d}", {"η": at.eta, "d": direction}, change),
            at.after(change),
        )

    def slot_scales(self) -> dict[str, float]:
        return {"squares": 1 - self.decay, "changes": 1 - self.decay}

    def record_block(self, block: Block) -> list[Operation]:
        parameters, gradient = block.parameters, block.gradient
        squares, changes = block.slots["squares"], block.slots["changes"]
        update, other = block.scratch["update"], block.scratch["other"]
        decay = constant(self.decay, update)
        epsilon = constant(self.epsilon / (1 - self.decay), update)
        return [
            call(np.multiply, squares, decay, squares),
            call(np.multiply, gradient, gradient, update),
            call(np.add, squares, update, squares),
            call(np.add, squares, epsilon, update),
            call(np.add, changes, epsilon, other),
            call(np.divide, other, update, update),
            call(np.sqrt, update, update),
            call(np.multiply, update, gradient, update),
            call(np.multiply, changes, decay, changes),
            call(np.multiply, update, update, other),
            call(np.add, changes, other, changes),
            call(np.multiply, update, block.learning_rate, update),
            call(np.subtract, parameters, update, parameters),
        ]


class RMSProp(Optimizer, frozen=True, tag="rmsprop"):
    """Divides by the recent size of each gradient: AdaGrad that forgets.

    Tieleman & Hinton (2012), in PyTorch's form (ε outside the root, momentum after the
    division). Centred after Graves (2013), https://arxiv.org/abs/1308.0850: the divisor is then
    the root of the variance, s - m², with m the running mean of gradients. Rounding can make it
    negative; it is taken as 0 there, where PyTorch gives NaN.
    """

    title: ClassVar[str] = "RMSProp"
    formula: ClassVar[str] = (
        r"s \leftarrow \rho s + (1 - \rho) g^2,\quad"
        r"\theta \leftarrow \theta - \frac{\eta g}{\sqrt{s} + \epsilon}"
    )
    tuned: ClassVar[tuple[str, ...]] = ("decay", "epsilon")

    decay: Decay = 0.99
    epsilon: Epsilon = 1e-8
    centered: Annotated[
        bool,
        shown(
            "Centred",
            live=True,
            help="Divide by the spread of the gradient about its recent mean, not by its size.",
        ),
    ] = False
    momentum: MomentumShare = 0.0

    @property
    def slot_names(self) -> tuple[str, ...]:
        centered = ("mean",) if self.centered else ()
        return ("squares", *centered, *(("velocity",) if self.momentum else ()))

    @property
    def tunables(self) -> int:
        return 1 + len(self.tuned) + (self.momentum > 0)

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        squares = self.decay * slots["squares"] + (1 - self.decay) * gradient**2
        after, variance = {"squares": squares}, squares
        if self.centered:
            after["mean"] = self.decay * slots["mean"] + (1 - self.decay) * gradient
            variance = np.maximum(squares - after["mean"] ** 2, 0)
        change = gradient / (np.sqrt(variance) + self.epsilon)
        if self.momentum:
            change = after["velocity"] = self.momentum * slots["velocity"] + change
        return parameters - learning_rate * change, after

    def explain(self, at: Weight) -> tuple[Line, ...]:
        squares = self.decay * at.slot("squares") + (1 - self.decay) * at.g**2
        lines, variance, symbol = [squares_line(self.decay, at, squares)], squares, "s"
        if self.centered:
            mean = self.decay * at.slot("mean") + (1 - self.decay) * at.g
            variance, symbol = max(squares - mean**2, 0.0), "σ²"
            lines += [
                Line(
                    "m",
                    "{ρ}·{m_old} + (1 − {ρ})·{g}",
                    {"ρ": Setting(self.decay), "m_old": at.slot("mean"), "g": at.g},
                    mean,
                    "the running mean of gradients",
                ),
                Line(
                    "σ²",
                    "max({s} − {m}², 0)",
                    {"s": squares, "m": mean},
                    variance,
                    "the spread of the gradient about its mean",
                ),
            ]
        step = at.g / (math.sqrt(variance) + self.epsilon)
        lines.append(
            Line(
                "d",
                f"{{g}} / (√{{{symbol}}} + {{ε}})",
                {"g": at.g, symbol: variance, "ε": Setting(self.epsilon)},
                step,
                "the gradient in units of its recent size",
            )
        )
        direction = "d"
        if self.momentum:
            velocity, direction = self.momentum * at.slot("velocity") + step, "v"
            lines.append(
                Line(
                    "v",
                    "{μ}·{v_old} + {d}",
                    {"μ": Setting(self.momentum), "v_old": at.slot("velocity"), "d": step},
                    velocity,
                    "the velocity",
                )
            )
            step = velocity
        change = -at.learning_rate * step
        lines.append(at.change(f"−{{η}}·{{{direction}}}", {"η": at.eta, direction: step}, change))
        return (*lines, at.after(change))

    def record_block(self, block: Block) -> list[Operation]:
        gradient, squares = block.gradient, block.slots["squares"]
        update, decay = block.scratch["update"], constant(self.decay, squares)
        fresh = constant(1 - self.decay, squares)
        operations: list[Operation] = [
            call(np.multiply, gradient, gradient, update),
            call(np.multiply, update, fresh, update),
            call(np.multiply, squares, decay, squares),
            call(np.add, squares, update, squares),
        ]
        variance = squares
        if self.centered:
            mean, variance = block.slots["mean"], update
            operations += [
                call(np.multiply, gradient, fresh, update),
                call(np.multiply, mean, decay, mean),
                call(np.add, mean, update, mean),
                call(np.multiply, mean, mean, update),
                call(np.subtract, squares, update, update),
                call(np.maximum, update, np.zeros_like(update), out=update),
            ]
        operations.append(call(np.sqrt, variance, update))
        velocity = block.slots["velocity"] if self.momentum else None
        return operations + _record_division(block, self.epsilon, update, velocity, self.momentum)


def _record_division(
    block: Block,
    epsilon: float,
    size: Array,
    velocity: Array | None = None,
    momentum: float = 0.0,
) -> list[Operation]:
    """θ ← θ - η g / (size + ε), or through a velocity; ``size`` is overwritten."""
    parameters, update = block.parameters, block.scratch["update"]
    operations: list[Operation] = [
        call(np.add, size, constant(epsilon, size), update),
        call(np.divide, block.gradient, update, update),
    ]
    change = update
    if velocity is not None:
        change = velocity
        operations += [
            call(np.multiply, velocity, constant(momentum, velocity), velocity),
            call(np.add, velocity, update, velocity),
        ]
    return [
        *operations,
        call(np.multiply, change, block.learning_rate, update),
        call(np.subtract, parameters, update, parameters),
    ]


def squares_line(decay: float, at: Weight, squares: float) -> Line:
    """Return the line of the running mean of squares s ← ρ s + (1 - ρ) g²."""
    return Line(
        "s",
        "{ρ}·{s_old} + (1 − {ρ})·{g}²",
        {"ρ": Setting(decay), "s_old": at.slot("squares"), "g": at.g},
        squares,
        "the running mean of squared gradients",
    )

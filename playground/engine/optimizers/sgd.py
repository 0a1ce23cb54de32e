"""Gradient descent, plain and with momentum."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Operation, call, constant
from playground.engine.optimizers.base import Block, MomentumShare, Optimizer, Reals, Slots
from playground.engine.optimizers.weight import Weight


class SGD(Optimizer, frozen=True, tag="sgd"):
    """Steps straight down the gradient of each mini-batch."""

    title: ClassVar[str] = "SGD"
    formula: ClassVar[str] = r"\theta \leftarrow \theta - \eta g"

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        return parameters - learning_rate * gradient, {}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        change = -at.learning_rate * at.g
        return (at.change("−{η}·{g}", {"η": at.eta, "g": at.g}, change), at.after(change))

    def record_block(self, block: Block) -> list[Operation]:
        parameters, update = block.parameters, block.scratch["update"]
        return [
            call(np.multiply, block.gradient, block.learning_rate, update),
            call(np.subtract, parameters, update, parameters),
        ]


class Momentum(Optimizer, frozen=True, tag="momentum"):
    """Keeps rolling: a velocity gathers the gradients of the past and damps zig-zags.

    Polyak (1964), in PyTorch's form: the velocity is not scaled by η.
    """

    title: ClassVar[str] = "Momentum"
    formula: ClassVar[str] = r"v \leftarrow \mu v + g,\quad \theta \leftarrow \theta - \eta v"
    tuned: ClassVar[tuple[str, ...]] = ("momentum",)

    momentum: MomentumShare = 0.9

    @property
    def slot_names(self) -> tuple[str, ...]:
        return ("velocity",)

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        velocity = self.momentum * slots["velocity"] + gradient
        return parameters - learning_rate * velocity, {"velocity": velocity}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        velocity = self.momentum * at.slot("velocity") + at.g
        change = -at.learning_rate * velocity
        return (
            velocity_line(self.momentum, at, velocity),
            at.change("−{η}·{v}", {"η": at.eta, "v": velocity}, change),
            at.after(change),
        )

    def record_block(self, block: Block) -> list[Operation]:
        parameters, velocity = block.parameters, block.slots["velocity"]
        update = block.scratch["update"]
        return [
            call(np.multiply, velocity, constant(self.momentum, velocity), velocity),
            call(np.add, velocity, block.gradient, velocity),
            call(np.multiply, velocity, block.learning_rate, update),
            call(np.subtract, parameters, update, parameters),
        ]


class Nesterov(Optimizer, frozen=True, tag="nesterov"):
    """Momentum that looks ahead to where the velocity is about to lead.

    Nesterov (1983), in the form of Sutskever et al. (2013) as PyTorch writes it.
    """

    title: ClassVar[str] = "Nesterov"
    formula: ClassVar[str] = (
        r"v \leftarrow \mu v + g,\quad \theta \leftarrow \theta - \eta (g + \mu v)"
    )
    tuned: ClassVar[tuple[str, ...]] = ("momentum",)

    momentum: MomentumShare = 0.9

    @property
    def slot_names(self) -> tuple[str, ...]:
        return ("velocity",)

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        velocity = self.momentum * slots["velocity"] + gradient
        ahead = gradient + self.momentum * velocity
        return parameters - learning_rate * ahead, {"velocity": velocity}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        velocity = self.momentum * at.slot("velocity") + at.g
        ahead = at.g + self.momentum * velocity
        change = -at.learning_rate * ahead
        mu = Setting(self.momentum)
        return (
            velocity_line(self.momentum, at, velocity),
            Line(
                "d",
                "{g} + {μ}·{v}",
                {"g": at.g, "μ": mu, "v": velocity},
                ahead,
                "the gradient, and the velocity that it leaves: a look ahead",
            ),
            at.change("−{η}·{d}", {"η": at.eta, "d": ahead}, change),
            at.after(change),
        )

    def record_block(self, block: Block) -> list[Operation]:
        parameters, gradient, velocity = block.parameters, block.gradient, block.slots["velocity"]
        ahead, momentum = block.scratch["update"], constant(self.momentum, velocity)
        return [
            call(np.multiply, velocity, momentum, velocity),
            call(np.add, velocity, gradient, velocity),
            call(np.multiply, velocity, momentum, ahead),
            call(np.add, ahead, gradient, ahead),
            call(np.multiply, ahead, block.learning_rate, ahead),
            call(np.subtract, parameters, ahead, parameters),
        ]


def velocity_line(momentum: float, at: Weight, velocity: float) -> Line:
    """Return the line of the velocity v ← μ v + g."""
    return Line(
        "v",
        "{μ}·{v_old} + {g}",
        {"μ": Setting(momentum), "v_old": at.slot("velocity"), "g": at.g},
        velocity,
        "the velocity: gradients of the past, fading, and the new one",
    )

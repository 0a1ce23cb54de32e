"""Adam, and its variants that change one thing."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Array, Operation, call
from playground.engine.optimizers.base import (
    Block,
    LearningRate,
    OptimizerState,
    Reals,
    Slots,
    WeightDecay,
)
from playground.engine.optimizers.moments import Moments
from playground.engine.optimizers.weight import Weight


class Adam(Moments, frozen=True, tag="adam"):
    """Momentum and a rate per parameter together; works well almost untuned.

    Kingma & Ba (2015), https://arxiv.org/abs/1412.6980.
    """

    title: ClassVar[str] = "Adam"
    formula: ClassVar[str] = (
        r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2"
        r",\quad \theta \leftarrow \theta - \frac{\eta \hat m}{\sqrt{\hat v} + \epsilon}"
    )
    tuned: ClassVar[tuple[str, ...]] = ("beta1", "beta2")
    factor_names: ClassVar[tuple[str, ...]] = ("rate", "epsilon")

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        mean = self.beta1 * slots["mean"] + (1 - self.beta1) * gradient
        squares = self.beta2 * slots["squares"] + (1 - self.beta2) * gradient**2
        corrected_mean = mean / (1 - self.beta1**steps)
        corrected_squares = squares / (1 - self.beta2**steps)
        change = learning_rate * corrected_mean / (np.sqrt(corrected_squares) + self.epsilon)
        return parameters - change, {"mean": mean, "squares": squares}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        lines, mean, squares = self.moment_lines(at)
        corrected = self.corrected("m", at.steps, mean), self.corrected("v", at.steps, squares)
        change = self.quotient(at, *corrected)
        return (*lines, *corrected, change, at.after(change.value))

    def record_start(self, state: OptimizerState, learning_rate: LearningRate) -> list[Operation]:
        rate, epsilon = state.factors["rate"], state.factors["epsilon"]

        def count() -> None:
            state.steps += 1
            scale = self.root_scale(state.steps)
            correction = (1 - self.beta1) / (1 - self.beta1**state.steps)
            rate.fill(learning_rate.value * correction * scale)
            epsilon.fill(self.epsilon * scale)

        return [count]

    def record_change(self, block: Block) -> list[Operation]:
        return record_quotient(block, block.slots["squares"])


class AMSGrad(Adam, frozen=True, tag="amsgrad"):
    """Adam whose rates never grow again: it divides by the largest mean of squares so far.

    Reddi, Kale & Kumar (2018), https://arxiv.org/abs/1904.09237. As in PyTorch, both means are
    corrected for bias, v after its maximum was taken; the paper corrects neither.
    """

    title: ClassVar[str] = "AMSGrad"
    formula: ClassVar[str] = (
        r"w \leftarrow \max(w, v)"
        r",\quad \theta \leftarrow \theta - \frac{\eta \hat m}{\sqrt{\hat w} + \epsilon}"
    )

    @property
    def slot_names(self) -> tuple[str, ...]:
        return ("mean", "squares", "largest")

    def slot_scales(self) -> dict[str, float]:
        return {**Adam.slot_scales(self), "largest": 1 - self.beta2}

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        mean = self.beta1 * slots["mean"] + (1 - self.beta1) * gradient
        squares = self.beta2 * slots["squares"] + (1 - self.beta2) * gradient**2
        largest = np.maximum(slots["largest"], squares)
        corrected_mean = mean / (1 - self.beta1**steps)
        corrected_largest = largest / (1 - self.beta2**steps)
        change = learning_rate * corrected_mean / (np.sqrt(corrected_largest) + self.epsilon)
        return parameters - change, {"mean": mean, "squares": squares, "largest": largest}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        lines, mean, squares = self.moment_lines(at)
        largest = max(at.slot("largest"), squares)
        line = Line(
            "w",
            "max({w_old}, {v})",
            {"w_old": at.slot("largest"), "v": squares},
            largest,
            "the largest v so far",
        )
        corrected = self.corrected("m", at.steps, mean), self.corrected("w", at.steps, largest)
        change = self.quotient(at, *corrected)
        return (*lines, line, *corrected, change, at.after(change.value))

    def record_change(self, block: Block) -> list[Operation]:
        squares, largest = block.slots["squares"], block.slots["largest"]
        return [
            call(np.maximum, largest, squares, out=largest),
            *record_quotient(block, largest),
        ]


class AdamW(Adam, frozen=True, tag="adamw"):
    """Adam with decoupled weight decay: each step shrinks all parameters by the same share, ηλ.

    An L2 penalty is not the same here. Its gradient λw goes through Adam, which divides it by √v̂
    like the rest: weights with large gradients are hardly pulled, and those with small gradients
    strongly. The decay stands beside the gradient and never meets √v̂. With plain SGD the two are
    equal: θ - η(g + λθ) = (1 - ηλ)θ - ηg. Loshchilov & Hutter (2019),
    https://arxiv.org/abs/1711.05101. As in PyTorch, the decay is multiplied by η and applies to
    every parameter, biases too; a penalty leaves biases alone.
    """

    title: ClassVar[str] = "AdamW"
    formula: ClassVar[str] = (
        r"\theta \leftarrow (1 - \eta \lambda)\,\theta"
        r"- \frac{\eta \hat m}{\sqrt{\hat v} + \epsilon}"
    )
    tuned: ClassVar[tuple[str, ...]] = ("beta1", "beta2", "weight_decay")
    factor_names: ClassVar[tuple[str, ...]] = ("rate", "epsilon", "keep")

    weight_decay: WeightDecay = 0.01

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        shrunk = parameters * (1 - learning_rate * self.weight_decay)
        return Adam.update(self, shrunk, gradient, slots, steps, learning_rate)

    def explain(self, at: Weight) -> tuple[Line, ...]:
        decayed = decay_line(at, self.weight_decay)
        lines = Adam.explain(self, at)[:-1]
        return (*lines, decayed, at.after(lines[-1].value, decayed.value, decayed.symbol))

    def record_start(self, state: OptimizerState, learning_rate: LearningRate) -> list[Operation]:
        keep, weight_decay = state.factors["keep"], self.weight_decay

        def decay() -> None:
            keep.fill(1 - learning_rate.value * weight_decay)

        return [*Adam.record_start(self, state, learning_rate), decay]

    def record_change(self, block: Block) -> list[Operation]:
        shrink: list[Operation] = []
        if self.weight_decay:
            keep = block.factors["keep"]
            shrink = [call(np.multiply, block.parameters, keep, block.parameters)]
        return [*shrink, *Adam.record_change(self, block)]


def record_quotient(block: Block, squares: Array) -> list[Operation]:
    """θ ← θ - rate · mean / (√squares + epsilon), rate and epsilon corrected for bias."""
    update, parameters = block.scratch["update"], block.parameters
    return [
        call(np.sqrt, squares, update),
        call(np.add, update, block.factors["epsilon"], update),
        call(np.divide, block.slots["mean"], update, update),
        call(np.multiply, update, block.factors["rate"], update),
        call(np.subtract, parameters, update, parameters),
    ]


def decay_line(at: Weight, weight_decay: float) -> Line:
    """Return the line of the decay beside the gradient: θ shrinks by ηλ of itself."""
    return Line(
        "θ′",
        "(1 − {η}·{λ})·{θ}",
        {"η": at.eta, "λ": Setting(weight_decay), "θ": at.theta},
        at.theta * (1 - at.learning_rate * weight_decay),
        "the parameter, decayed before the step and beside the gradient",
    )

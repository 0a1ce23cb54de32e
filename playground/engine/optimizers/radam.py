"""RAdam: Adam that waits until it knows how large gradients are."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Operation, call
from playground.engine.optimizers.base import Block, LearningRate, OptimizerState, Reals, Slots
from playground.engine.optimizers.moments import Moments
from playground.engine.optimizers.weight import Weight


class RAdam(Moments, frozen=True, tag="radam"):
    """Adam that starts as plain momentum until its mean of squares can be trusted.

    Liu et al. (2020), https://arxiv.org/abs/1908.03265. As in PyTorch, the division starts at
    ρ > 5 (the paper's ρ > 4 makes very long first steps), and ε is added to √v, not to √v̂.
    """

    title: ClassVar[str] = "RAdam"
    formula: ClassVar[str] = (
        r"\rho = \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t}"
        r",\quad r^2 = \frac{(\rho - 4)(\rho - 2)}{(\rho_\infty - 4)(\rho_\infty - 2)}"
        r"\cdot \frac{\rho_\infty}{\rho}"
        r",\quad \theta \leftarrow \theta - \eta r \frac{\hat m}{\sqrt{\hat v}}"
        r",\quad \theta \leftarrow \theta - \eta \hat m \text{ while } \rho \leq 5"
    )
    tuned: ClassVar[tuple[str, ...]] = ("beta1", "beta2")
    factor_names: ClassVar[tuple[str, ...]] = ("rate", "share", "offset")

    def rectification(self, steps: int) -> float:
        """Return r of a step, or 0 while the mean of squares cannot be trusted."""
        most = 2 / (1 - self.beta2) - 1
        length = most - 2 * steps * self.beta2**steps / (1 - self.beta2**steps)
        if length <= 5:
            return 0.0
        shorter, longest = (length - 4) * (length - 2) * most, (most - 4) * (most - 2) * length
        return math.sqrt(shorter / longest)

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        mean = self.beta1 * slots["mean"] + (1 - self.beta1) * gradient
        squares = self.beta2 * slots["squares"] + (1 - self.beta2) * gradient**2
        change = learning_rate * mean / (1 - self.beta1**steps)
        rectification = self.rectification(steps)
        if rectification > 0:
            size = (np.sqrt(squares) + self.epsilon) / math.sqrt(1 - self.beta2**steps)
            change = change * rectification / size
        return parameters - change, {"mean": mean, "squares": squares}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        lines, mean, squares = self.moment_lines(at)
        corrected = self.corrected("m", at.steps, mean)
        rectification = self.rectification(at.steps)
        change = -at.learning_rate * corrected.value
        numbers: dict[str, float | Setting] = {"η": at.eta, "m̂": corrected.value}
        if rectification == 0:
            step = at.change("−{η}·{m̂}", numbers, change)
            return (*lines, corrected, step, at.after(change))
        size = (math.sqrt(squares) + self.epsilon) / math.sqrt(1 - self.beta2**at.steps)
        change *= rectification / size
        numbers |= {"r": rectification, "√v̂": size}
        return (
            *lines,
            corrected,
            Line(
                "√v̂",
                "(√{v} + {ε}) / √(1 − {β₂}^{t})",
                {
                    "v": squares,
                    "ε": Setting(self.epsilon),
                    "β₂": Setting(self.beta2),
                    "t": Setting(at.steps),
                },
                size,
                "the recent size of the gradient",
            ),
            Line("r", "{r}", {"r": rectification}, rectification, "how far v can be trusted"),
            at.change("−{η}·{r}·{m̂} / {√v̂}", numbers, change),
            at.after(change),
        )

    def record_start(self, state: OptimizerState, learning_rate: LearningRate) -> list[Operation]:
        rate, share, offset = (state.factors[name] for name in self.factor_names)
        late_offset = self.epsilon / math.sqrt(1 - self.beta2)

        def count() -> None:
            state.steps += 1
            rectification = self.rectification(state.steps)
            correction = (1 - self.beta1) / (1 - self.beta1**state.steps)
            # One tape for both phases: the divisor is share · √squares + offset.
            if rectification > 0:
                correction *= rectification * self.root_scale(state.steps)
            rate.fill(learning_rate.value * correction)
            share.fill(float(rectification > 0))
            offset.fill(late_offset if rectification > 0 else 1.0)

        return [count]

    def record_change(self, block: Block) -> list[Operation]:
        parameters, update, factors = block.parameters, block.scratch["update"], block.factors
        return [
            call(np.sqrt, block.slots["squares"], update),
            call(np.multiply, update, factors["share"], update),
            call(np.add, update, factors["offset"], update),
            call(np.divide, block.slots["mean"], update, update),
            call(np.multiply, update, factors["rate"], update),
            call(np.subtract, parameters, update, parameters),
        ]

"""NAdam: Adam with Nesterov's look ahead."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

import numpy as np

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Operation, call
from playground.engine.optimizers.base import Block, LearningRate, OptimizerState, Reals, Slots
from playground.engine.optimizers.moments import Moments
from playground.engine.optimizers.weight import Weight
from playground.schema.parameter import real

NEGLIGIBLE = 1e-20
"""A product smaller than this no longer shows in 1 - P."""
SETTLED = 920.0
"""½ · 0.96^x no longer shows in 1 - ½ · 0.96^x."""


class NAdam(Moments, frozen=True, tag="nadam"):
    """Adam that looks ahead as Nesterov's momentum does.

    Dozat (2016), https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ, with the schedule of
    the momentum that PyTorch uses: μₜ = β₁(1 - ½ · 0.96^(tψ)). P is the product of all μ so far.
    """

    title: ClassVar[str] = "NAdam"
    formula: ClassVar[str] = (
        r"\hat m = \frac{\mu_{t+1} m}{1 - P_{t+1}} + \frac{(1 - \mu_t) g}{1 - P_t}"
        r",\quad \theta \leftarrow \theta - \frac{\eta \hat m}{\sqrt{\hat v} + \epsilon}"
    )
    tuned: ClassVar[tuple[str, ...]] = ("beta1", "beta2", "momentum_decay")
    scratch_names: ClassVar[tuple[str, ...]] = ("update", "size", "ahead")
    factor_names: ClassVar[tuple[str, ...]] = ("epsilon", "mean_rate", "gradient_rate")

    momentum_decay: Annotated[
        float,
        real(
            "Momentum decay",
            ge=0,
            le=1,
            step=0.001,
            live=True,
            help="How fast ψ the momentum rises from half of β₁ to β₁.",
        ),
    ] = 0.004

    def momentum(self, steps: int) -> float:
        """Return μ of a step."""
        return self.beta1 * (1 - 0.5 * math.pow(0.96, steps * self.momentum_decay))

    def product(self, steps: int, known: tuple[int, float] = (0, 1.0)) -> float:
        """Return P of a step: the product of μ of all steps up to it.

        Takes a few thousand multiplications at most, also for a number of steps out of a file.

        Parameters
        ----------
        known
            An earlier step, at most :attr:`settled_step`, and its product.
        """
        step, product = known
        last = min(steps, self.settled_step)
        while step < last and product >= NEGLIGIBLE:
            step += 1
            product *= self.momentum(step)
        # From here on, every factor is β₁.
        return product * math.pow(self.beta1, steps - last)

    @property
    def settled_step(self) -> int:
        """The step from which on μ is β₁ to the last bit, as far as it matters."""
        return math.ceil(SETTLED / max(self.momentum_decay, 1e-9))

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        mean = self.beta1 * slots["mean"] + (1 - self.beta1) * gradient
        squares = self.beta2 * slots["squares"] + (1 - self.beta2) * gradient**2
        now, following = self.momentum(steps), self.momentum(steps + 1)
        product = self.product(steps)
        corrected_mean = following * mean / (1 - product * following) + (1 - now) * gradient / (
            1 - product
        )
        corrected_squares = squares / (1 - self.beta2**steps)
        change = learning_rate * corrected_mean / (np.sqrt(corrected_squares) + self.epsilon)
        return parameters - change, {"mean": mean, "squares": squares}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        lines, mean, squares = self.moment_lines(at)
        now, following = self.momentum(at.steps), self.momentum(at.steps + 1)
        product = self.product(at.steps)
        ahead = following * mean / (1 - product * following) + (1 - now) * at.g / (1 - product)
        schedule = {"β₁": Setting(self.beta1), "ψ": Setting(self.momentum_decay)}
        mixed = Line(
            "m̂",
            "{μ_next}·{m} / (1 − {P}·{μ_next}) + (1 − {μ})·{g} / (1 − {P})",
            {"μ_next": following, "m": mean, "P": product, "μ": now, "g": at.g},
            ahead,
            "the mean as it will be with the momentum of the next step: a look ahead",
        )
        corrected = self.corrected("v", at.steps, squares)
        change = self.quotient(at, mixed, corrected)
        return (
            *lines,
            Line(
                "μ",
                "{β₁}·(1 − ½·0.96^({t}·{ψ}))",
                {**schedule, "t": Setting(at.steps)},
                now,
                "the momentum of this step",
            ),
            Line("P", "{P}", {"P": product}, product, "the product of all μ so far"),
            mixed,
            corrected,
            change,
            at.after(change.value),
        )

    def _product(self, state: OptimizerState) -> float:
        """Return P at the step that is being made, in one multiplication if steps are in order."""
        known = state.products if state.products[0] <= state.steps else (0, 1.0)
        product = self.product(state.steps, known)
        if state.steps <= self.settled_step:
            state.products = state.steps, product
        return product

    def record_start(self, state: OptimizerState, learning_rate: LearningRate) -> list[Operation]:
        epsilon, factors = state.factors["epsilon"], state.factors
        mean_rate, gradient_rate = factors["mean_rate"], factors["gradient_rate"]
        # It may have been made with other settings.
        state.products = (0, 1.0)

        def count() -> None:
            state.steps += 1
            scale = self.root_scale(state.steps)
            rate = learning_rate.value * scale
            now, following = self.momentum(state.steps), self.momentum(state.steps + 1)
            product = self._product(state)
            mean_rate.fill(rate * following * (1 - self.beta1) / (1 - product * following))
            gradient_rate.fill(rate * (1 - now) / (1 - product))
            epsilon.fill(self.epsilon * scale)

        return [count]

    def record_change(self, block: Block) -> list[Operation]:
        parameters, mean, factors = block.parameters, block.slots["mean"], block.factors
        update, size, ahead = (block.scratch[name] for name in self.scratch_names)
        return [
            call(np.sqrt, block.slots["squares"], size),
            call(np.add, size, factors["epsilon"], size),
            call(np.multiply, mean, factors["mean_rate"], update),
            call(np.multiply, block.gradient, factors["gradient_rate"], ahead),
            call(np.add, update, ahead, update),
            call(np.divide, update, size, update),
            call(np.subtract, parameters, update, parameters),
        ]

"""Lion: only the sign of a momentum counts."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Operation, call, constant
from playground.engine.optimizers.adam import decay_line
from playground.engine.optimizers.base import (
    Block,
    LearningRate,
    Optimizer,
    OptimizerState,
    Reals,
    Slots,
    WeightDecay,
)
from playground.engine.optimizers.weight import Weight
from playground.schema.parameter import real


class Lion(Optimizer, frozen=True, tag="lion"):
    """Moves every parameter by exactly η, up or down: only the sign of a momentum counts.

    Chen et al. (2023), https://arxiv.org/abs/2302.06675, which advises a learning rate three to
    ten times smaller than Adam's, and a weight decay as much larger. The fast form keeps
    m / (1 - β₂); a positive factor does not change a sign.
    """

    title: ClassVar[str] = "Lion"
    formula: ClassVar[str] = (
        r"c = \beta_1 m + (1 - \beta_1) g"
        r",\quad \theta \leftarrow (1 - \eta \lambda)\,\theta - \eta\, \operatorname{sign}(c)"
        r",\quad m \leftarrow \beta_2 m + (1 - \beta_2) g"
    )
    tuned: ClassVar[tuple[str, ...]] = ("beta1", "beta2", "weight_decay")
    scratch_names: ClassVar[tuple[str, ...]] = ("blend", "update")
    factor_names: ClassVar[tuple[str, ...]] = ("keep",)

    beta1: Annotated[
        float,
        real(
            "Beta 1",
            ge=0,
            lt=1,
            step=0.01,
            live=True,
            help="The weight β₁ of the momentum, against the new gradient, in the direction.",
        ),
    ] = 0.9
    beta2: Annotated[
        float,
        real(
            "Beta 2",
            ge=0,
            lt=1,
            step=0.01,
            live=True,
            help="The share β₂ of the momentum that survives a step.",
        ),
    ] = 0.99
    weight_decay: WeightDecay = 0.0

    @property
    def slot_names(self) -> tuple[str, ...]:
        return ("mean",)

    def slot_scales(self) -> dict[str, float]:
        return {"mean": 1 - self.beta2}

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        direction = np.sign(self.beta1 * slots["mean"] + (1 - self.beta1) * gradient)
        shrunk = parameters * (1 - learning_rate * self.weight_decay)
        mean = self.beta2 * slots["mean"] + (1 - self.beta2) * gradient
        return shrunk - learning_rate * direction, {"mean": mean}

    def explain(self, at: Weight) -> tuple[Line, ...]:
        mean, b1, b2 = at.slot("mean"), Setting(self.beta1), Setting(self.beta2)
        blend = self.beta1 * mean + (1 - self.beta1) * at.g
        kept = self.beta2 * mean + (1 - self.beta2) * at.g
        change = -at.learning_rate * float(np.sign(blend))
        decayed = decay_line(at, self.weight_decay)
        return (
            Line(
                "c",
                "{β₁}·{m_old} + (1 − {β₁})·{g}",
                {"β₁": b1, "m_old": mean, "g": at.g},
                blend,
                "momentum and new gradient, of which only the sign counts",
            ),
            Line(
                "m",
                "{β₂}·{m_old} + (1 − {β₂})·{g}",
                {"β₂": b2, "m_old": mean, "g": at.g},
                kept,
                "the momentum, for the next time",
            ),
            at.change("−{η}·sign({c})", {"η": at.eta, "c": blend}, change),
            decayed,
            at.after(change, decayed.value, decayed.symbol),
        )

    def record_start(self, state: OptimizerState, learning_rate: LearningRate) -> list[Operation]:
        keep, weight_decay = state.factors["keep"], self.weight_decay

        def decay() -> None:
            keep.fill(1 - learning_rate.value * weight_decay)

        return [decay] if weight_decay else []

    def record_block(self, block: Block) -> list[Operation]:
        parameters, gradient, mean = block.parameters, block.gradient, block.slots["mean"]
        blend, update = block.scratch["blend"], block.scratch["update"]
        share = constant(self.beta1 * (1 - self.beta2) / (1 - self.beta1), mean)
        shrink: list[Operation] = []
        if self.weight_decay:
            shrink = [call(np.multiply, parameters, block.factors["keep"], parameters)]
        return [
            call(np.multiply, mean, share, blend),
            call(np.add, blend, gradient, blend),
            # Not in place, where NumPy's sign takes ten times as long.
            call(np.sign, blend, update),
            call(np.multiply, update, block.learning_rate, update),
            *shrink,
            call(np.subtract, parameters, update, parameters),
            call(np.multiply, mean, constant(self.beta2, mean), mean),
            call(np.add, mean, gradient, mean),
        ]

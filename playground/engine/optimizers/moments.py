"""What Adam and its kin share: running means of the gradient and of its square."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Array, Operation, call, constant
from playground.engine.optimizers.base import (
    BLOCK,
    WHOLE,
    Block,
    Epsilon,
    LearningRate,
    Optimizer,
    OptimizerState,
    Spans,
)
from playground.engine.optimizers.weight import Weight
from playground.schema.parameter import real


class Moments(Optimizer, frozen=True):
    """An optimizer that keeps both running means.

    The fast form keeps m / (1 - β₁) and v / (1 - β₂), which saves two passes, and folds the bias
    corrections into numbers that are worked out once per step.
    """

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
    epsilon: Epsilon = 1e-8

    @property
    def slot_names(self) -> tuple[str, ...]:
        return ("mean", "squares")

    def slot_scales(self) -> dict[str, float]:
        return {"mean": 1 - self.beta1, "squares": 1 - self.beta2}

    def root_scale(self, steps: int) -> float:
        """Return what the root of the kept squares is too large by, compared with √v̂."""
        return math.sqrt((1 - self.beta2**steps) / (1 - self.beta2))

    def moment_lines(self, at: Weight) -> tuple[tuple[Line, Line], float, float]:
        """Return the lines of m and v, and their values."""
        mean = self.beta1 * at.slot("mean") + (1 - self.beta1) * at.g
        squares = self.beta2 * at.slot("squares") + (1 - self.beta2) * at.g**2
        lines = (
            Line(
                "m",
                "{β₁}·{m_old} + (1 − {β₁})·{g}",
                {"β₁": Setting(self.beta1), "m_old": at.slot("mean"), "g": at.g},
                mean,
                "the running mean of gradients",
            ),
            Line(
                "v",
                "{β₂}·{v_old} + (1 − {β₂})·{g}²",
                {"β₂": Setting(self.beta2), "v_old": at.slot("squares"), "g": at.g},
                squares,
                "the running mean of squared gradients",
            ),
        )
        return lines, mean, squares

    def corrected(self, symbol: str, steps: int, value: float) -> Line:
        """Return the line of a running mean (m, v or w) freed from its start at 0."""
        beta, name = (self.beta1, "β₁") if symbol == "m" else (self.beta2, "β₂")
        return Line(
            f"{symbol}̂",
            f"{{{symbol}}} / (1 − {{{name}}}^{{t}})",
            {symbol: value, name: Setting(beta), "t": Setting(steps)},
            value / (1 - beta**steps),
            "the same, corrected for its start at 0",
        )

    def quotient(self, at: Weight, mean: Line, squares: Line) -> Line:
        """Return the line of the change Δ = -η m̂ / (√v̂ + ε)."""
        change = -at.learning_rate * mean.value / (math.sqrt(squares.value) + self.epsilon)
        return at.change(
            f"−{{η}}·{{{mean.symbol}}} / (√{{{squares.symbol}}} + {{ε}})",
            {
                "η": at.eta,
                mean.symbol: mean.value,
                squares.symbol: squares.value,
                "ε": Setting(self.epsilon),
            },
            change,
        )

    def allocate(self, count: int, dtype: np.dtype[Any]) -> OptimizerState:
        state = Optimizer.allocate(self, count, dtype)
        if count > BLOCK:
            return state
        # Side by side, one operation serves both moments of a small network: gradient and its
        # square, mean and squares.
        gradients, moments = np.zeros(2 * count, dtype), np.zeros(2 * count, dtype)
        state.gradient = gradients[:count]
        state.slots |= {"mean": moments[:count], "squares": moments[count:]}
        state.scratch |= {"gradients": gradients, "moments": moments}
        return state

    def record(
        self,
        parameters: Array,
        state: OptimizerState,
        learning_rate: LearningRate,
        spans: Spans = WHOLE,
    ) -> list[Operation]:
        count = len(parameters)
        if count > BLOCK:
            return Optimizer.record(self, parameters, state, learning_rate, spans)
        moments, gradients = state.scratch["moments"], state.scratch["gradients"]
        decay = np.repeat(np.array([self.beta1, self.beta2], parameters.dtype), count)
        (block,) = self.blocks(parameters, state, learning_rate)
        return [
            *self.record_start(state, learning_rate),
            call(np.multiply, moments, decay, moments),
            call(np.multiply, state.gradient, state.gradient, gradients[count:]),
            call(np.add, moments, gradients, moments),
            *self.record_change(block),
        ]

    def record_block(self, block: Block) -> list[Operation]:
        mean, squares = block.slots["mean"], block.slots["squares"]
        gradient, update = block.gradient, block.scratch["update"]
        return [
            call(np.multiply, mean, constant(self.beta1, mean), mean),
            call(np.add, mean, gradient, mean),
            call(np.multiply, gradient, gradient, update),
            call(np.multiply, squares, constant(self.beta2, mean), squares),
            call(np.add, squares, update, squares),
            *self.record_change(block),
        ]

    def record_change(self, block: Block) -> list[Operation]:
        """Return operations that update the parameters, once the moments are up to date."""
        raise NotImplementedError

"""L-BFGS: learns the curvature from the last few steps, and divides the gradient by it."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from playground.engine.arithmetic import Line
from playground.engine.operations import Array, Operation
from playground.engine.optimizers.base import (
    WHOLE,
    LearningRate,
    Optimizer,
    OptimizerState,
    Reals,
    Slots,
    Spans,
)
from playground.engine.optimizers.weight import Weight
from playground.schema.parameter import whole

SMALLEST_GRADIENT = 1e-7
"""Where no component of the gradient is larger, the minimum is reached: nothing moves."""
SMALLEST_DESCENT = 1e-9
"""A direction along which the cost falls less steeply than this is not followed."""
SMALLEST_CURVATURE = 1e-10
"""A pair with y·s below this says nothing about a minimum, and is not remembered."""


class LBFGS(Optimizer, frozen=True, tag="lbfgs"):
    """Newton's method on a budget: estimates the curvature from its last steps; full batch only.

    Liu & Nocedal (1989), https://doi.org/10.1007/BF01589116; the two loops are algorithm 7.4 of
    Nocedal & Wright (2006). Each pair of a step s = Δθ and the change of the gradient y = Δg
    that it caused is a measurement of the curvature, and the inverse Hessian H is what these
    pairs make of the multiple (y·s / y·y) of the identity. As in PyTorch's LBFGS with
    ``max_iter=1`` and no line search: one step of length η per call; the first one goes straight
    down the gradient, by η min(1, 1/‖g‖₁); pairs with y·s ≤ 10⁻¹⁰ are dropped; it rests where
    no component of the gradient exceeds 10⁻⁷.

    Between two mini-batches the gradient changes for reasons that are not curvature, so that
    every step takes all training samples. η = 1 is Newton's own step.
    """

    title: ClassVar[str] = "L-BFGS"
    formula: ClassVar[str] = (
        r"\theta \leftarrow \theta - \eta H g"
        r",\quad H \leftarrow V^{\top} H V + \rho s s^{\top}"
        r",\quad V = I - \rho y s^{\top},\quad \rho = \frac{1}{y \cdot s}"
    )
    tuned: ClassVar[tuple[str, ...]] = ("history",)
    usual_rate: ClassVar[float | None] = 1.0
    needs_full_batch: ClassVar[bool] = True
    scratch_names: ClassVar[tuple[str, ...]] = ()
    long_scratch_names: ClassVar[tuple[str, ...]] = ("direction", "product")

    history: Annotated[
        int,
        whole(
            "History",
            ge=1,
            le=100,
            live=True,
            suggestions=(3, 5, 10, 20),
            soft_range=(1, 20),
            help="How many pairs of a step and the change of the gradient are remembered.",
        ),
    ] = 10

    @property
    def slot_names(self) -> tuple[str, ...]:
        # Pair 1 is the newest, so that a shorter history forgets the oldest.
        pairs = range(1, self.history + 1)
        return (
            "gradient",
            "step",
            *(f"step {pair}" for pair in pairs),
            *(f"change {pair}" for pair in pairs),
        )

    def update_layers(
        self,
        parameters: Reals,
        gradient: Reals,
        slots: Slots,
        steps: int,
        learning_rate: float,
        spans: Spans = WHOLE,
    ) -> tuple[Reals, dict[str, Reals]]:
        # The curvature is that of the whole network: layers are nothing apart.
        return self.update(parameters, gradient, slots, steps, learning_rate)

    def update(
        self, parameters: Reals, gradient: Reals, slots: Slots, steps: int, learning_rate: float
    ) -> tuple[Reals, dict[str, Reals]]:
        if np.abs(gradient).max(initial=0) <= SMALLEST_GRADIENT:
            return parameters, dict(slots)
        taken = [slots[f"step {pair}"] for pair in range(1, self.history + 1)]
        changes = [slots[f"change {pair}"] for pair in range(1, self.history + 1)]
        is_first = not slots["gradient"].any()
        length = learning_rate
        if is_first:
            length *= min(1.0, 1 / float(np.abs(gradient).sum()))
        else:
            step, change = slots["step"], gradient - slots["gradient"]
            if change.dot(step) > SMALLEST_CURVATURE:
                taken, changes = [step, *taken[:-1]], [change, *changes[:-1]]
        # Places in the history that are still empty hold zeros.
        pairs = [(s, y) for s, y in zip(taken, changes, strict=True) if y.any()]
        direction = -_times_inverse_hessian(gradient, pairs)
        step = length * direction
        after = parameters
        # "Not greater": what is not a number must show in the parameters, not stop them quietly.
        if not gradient.dot(direction) > -SMALLEST_DESCENT:
            after = parameters + step
        names = range(1, self.history + 1)
        return after, {
            "gradient": gradient.copy(),
            "step": step,
            **{f"step {pair}": vector for pair, vector in zip(names, taken, strict=True)},
            **{f"change {pair}": vector for pair, vector in zip(names, changes, strict=True)},
        }

    def explain(self, at: Weight) -> tuple[Line, ...]:
        after, slots = self.update(at.parameters, at.gradient, at.slots, at.steps, at.learning_rate)
        change = float(after[at.index]) - at.theta
        largest = float(np.abs(at.gradient).max())
        if largest <= SMALLEST_GRADIENT:
            rests = Line("Δ", "0", {}, 0.0, "no component of the gradient is worth a step")
            return (rests, at.after(0.0))
        length, lines = at.learning_rate, list[Line]()
        if not at.slots["gradient"].any():
            total = float(np.abs(at.gradient).sum())
            length *= min(1.0, 1 / total)
            lines.append(
                Line(
                    "α",
                    "{η}·min(1, 1 / {‖g‖₁})",
                    {"η": at.eta, "‖g‖₁": total},
                    length,
                    "the length of the first step, when nothing is known of the curvature",
                )
            )
        rate = "α" if lines else "η"
        direction = change / length if length else 0.0
        pairs = sum(bool(slots[f"change {pair}"].any()) for pair in range(1, self.history + 1))
        words = f"the inverse Hessian that {pairs} remembered pairs make, times the gradient"
        lines += [
            Line("d", "−{(H·g)}", {"(H·g)": -direction}, direction, words),
            at.change(f"{{{rate}}}·{{d}}", {rate: length, "d": direction}, change),
        ]
        return (*lines, at.after(change))

    def record(
        self,
        parameters: Array,
        state: OptimizerState,
        learning_rate: LearningRate,
        spans: Spans = WHOLE,
    ) -> list[Operation]:
        gradient, slots = state.gradient, state.slots
        direction, product = state.scratch["direction"], state.scratch["product"]
        low, high, factor = (np.empty((), gradient.dtype) for _ in range(3))
        step_names = [f"step {pair}" for pair in range(1, self.history + 1)]
        change_names = [f"change {pair}" for pair in range(1, self.history + 1)]
        last_gradient, last_step = slots["gradient"], slots["step"]

        def largest() -> float:
            # Without an array of sizes: a maximum and a minimum allocate nothing.
            gradient.max(out=high)
            gradient.min(out=low)
            return max(abs(float(high)), abs(float(low)))

        def remember() -> None:
            """Put the pair that the step before gave in front, unless it tells nothing."""
            np.subtract(gradient, last_gradient, product)
            if not product.dot(last_step) > SMALLEST_CURVATURE:
                return
            # The vectors stay where they are, and change their names: there for all tapes to see.
            for names, newest in ((step_names, last_step), (change_names, product)):
                vectors = [slots[name] for name in names]
                np.copyto(vectors[-1], newest)
                slots.update(zip(names, [vectors[-1], *vectors[:-1]], strict=True))

        def turn() -> None:
            """Multiply the direction by the inverse Hessian."""
            steps = [slots[name] for name in step_names]
            changes = [slots[name] for name in change_names]
            curvatures, shares = [], []
            for step, change in zip(steps, changes, strict=True):
                curvature = float(change.dot(step))
                if not curvature > 0:
                    break
                share = float(step.dot(direction)) / curvature
                factor.fill(share)
                np.multiply(change, factor, product)
                np.subtract(direction, product, direction)
                curvatures.append(curvature)
                shares.append(share)
            if not shares:
                return
            factor.fill(curvatures[0] / float(changes[0].dot(changes[0])))
            np.multiply(direction, factor, direction)
            for pair in range(len(shares) - 1, -1, -1):
                back = float(changes[pair].dot(direction)) / curvatures[pair]
                factor.fill(shares[pair] - back)
                np.multiply(steps[pair], factor, product)
                np.add(direction, product, direction)

        def update() -> None:
            if largest() <= SMALLEST_GRADIENT:
                return
            length = learning_rate.value
            if not last_gradient.any():
                np.abs(gradient, product)
                length *= min(1.0, 1 / float(product.sum()))
            else:
                remember()
            np.negative(gradient, direction)
            turn()
            np.copyto(last_gradient, gradient)
            factor.fill(length)
            np.multiply(direction, factor, last_step)
            if not gradient.dot(direction) > -SMALLEST_DESCENT:
                np.add(parameters, last_step, parameters)

        return [update]


def _times_inverse_hessian(gradient: Reals, pairs: list[tuple[Reals, Reals]]) -> Reals:
    """Return H g by the two loops, from pairs (s, y), the newest first."""
    if not pairs:
        return gradient
    rest, shares = gradient, []
    for step, change in pairs:
        shares.append(float(step.dot(rest)) / float(change.dot(step)))
        rest = rest - shares[-1] * change
    step, change = pairs[0]
    product = rest * (float(change.dot(step)) / float(change.dot(change)))
    for (step, change), share in zip(reversed(pairs), reversed(shares), strict=True):
        product = product + (share - float(change.dot(product)) / float(change.dot(step))) * step
    return np.asarray(product)

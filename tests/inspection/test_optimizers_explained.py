"""The optimizer's arithmetic, line by line, against the rule itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.engine.arithmetic import Setting
from playground.engine.optimizers import (
    LARS,
    SGD,
    AdaGrad,
    AdamW,
    AMSGrad,
    Lion,
    Momentum,
    Optimizer,
    RMSProp,
)
from playground.engine.optimizers.weight import Weight
from tests.contracts.catalog import OPTIMIZERS, name

SPANS = (slice(0, 4), slice(4, 7))
SETTINGS: list[Optimizer] = [
    *(optimizer() for optimizer in OPTIMIZERS),
    RMSProp(centered=True, momentum=0.5),
    AdaGrad(initial_squares=0.3),
    AdamW(weight_decay=0.2),
    Lion(weight_decay=0.2),
    LARS(weight_decay=0.0),
]


@pytest.mark.parametrize("optimizer", SETTINGS, ids=repr)
def test_that_the_last_line_is_the_parameter_after_the_step(optimizer: Optimizer) -> None:
    rng = np.random.default_rng(0)
    parameters = rng.standard_normal(7)
    slots: dict[str, Any] = {name: np.zeros(7) for name in optimizer.slot_names}
    for step in range(1, 9):
        gradient = rng.standard_normal(7)
        after, remembered = optimizer.update_layers(parameters, gradient, slots, step, 0.1, SPANS)
        for index in range(7):
            span = SPANS[index // 4]
            at = Weight(parameters, gradient, slots, span, index, step, 0.1)
            lines = optimizer.explain(at)
            assert lines[-1].value == pytest.approx(after[index], rel=1e-12, abs=1e-14)
        parameters, slots = after, remembered


@pytest.mark.parametrize("optimizer", SETTINGS, ids=repr)
def test_that_every_name_of_a_line_has_a_number(optimizer: Optimizer) -> None:
    rng = np.random.default_rng(1)
    slots: dict[str, Any] = {name: np.abs(rng.standard_normal(7)) for name in optimizer.slot_names}
    at = Weight(rng.standard_normal(7), rng.standard_normal(7), slots, SPANS[1], 5, 12, 0.03)
    for line in optimizer.explain(at):
        assert "{" not in line.formula
        assert "{" not in line.calculation(3)
        assert line.text(3).startswith(f"{line.symbol} = ")


def test_that_momentum_is_told_as_on_a_blackboard() -> None:
    one = np.array([1.0])
    at = Weight(one, one * 0.5, {"velocity": one * 2}, slice(0, 1), 0, 1, 0.1)
    texts = [line.text(2) for line in Momentum().explain(at)]
    assert texts == [
        "v = μ·v_old + g = 0.9·2.00 + 0.50 = 2.30",
        "Δ = −η·v = −0.1·2.30 = −0.23",
        "θ_new = θ + Δ = 1.00 + (−0.23) = 0.77",
    ]


def test_that_adam_shows_moments_corrections_and_the_change() -> None:
    one = np.array([1.0])
    adam = next(o for o in SETTINGS if name(type(o)) == "adam")
    at = Weight(one, one * 0.5, {"mean": 0 * one, "squares": 0 * one}, slice(0, 1), 0, 1, 0.1)
    lines = adam.explain(at)
    assert [line.symbol for line in lines] == ["m", "v", "m̂", "v̂", "Δ", "θ_new"]
    # On the first step the corrected moments are the gradient and its square.
    assert [line.value for line in lines[2:5]] == pytest.approx([0.5, 0.25, -0.1])
    assert lines[0].numbers["β₁"] == Setting(0.9)


def test_that_amsgrad_divides_by_the_largest_mean_so_far() -> None:
    one = np.array([1.0])
    slots = {"mean": one, "squares": one, "largest": 5 * one}
    lines = AMSGrad().explain(Weight(one, one, slots, slice(0, 1), 0, 3, 0.1))
    assert next(line.value for line in lines if line.symbol == "w") == 5


def test_that_plain_descent_is_one_product() -> None:
    one = np.array([3.0])
    lines = SGD().explain(Weight(one, one * -8 / 3, {}, slice(0, 1), 0, 1, 0.05))
    assert lines[-1].value == pytest.approx(3.4)

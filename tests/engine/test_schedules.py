"""Schedules: where they begin and end, warm-up before any of them, nothing but time matters."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.schedules import (
    Constant,
    Cosine,
    Exponential,
    OneCycle,
    Plateau,
    Polynomial,
    ReduceOnPlateau,
    Schedule,
    StepDecay,
)
from playground.schema.validation import decoded
from tests.contracts.catalog import SCHEDULES, name
from tests.schema.strategies import trees_of

STEP = 1 / 8


@pytest.mark.parametrize("kind", SCHEDULES, ids=name)
@given(data=st.data(), time=st.floats(0, 1e8), step=st.floats(1e-6, 1))
def test_that_a_factor_is_between_0_and_1_at_any_time(
    kind: type[Schedule], data: st.DataObject, time: float, step: float
) -> None:
    schedule = decoded(data.draw(trees_of(kind)), kind)
    assert 0 <= schedule.factor(time, step) <= 1
    assert schedule.factor(time, step) == schedule.factor(time, step)


@pytest.mark.parametrize(
    ("schedule", "factors"),
    [
        (Constant(), {0.0: 1.0, 77.5: 1.0}),
        (StepDecay(drop=0.5, every=10), {0.0: 1.0, 9.99: 1.0, 10.0: 0.5, 25.0: 0.25}),
        (Exponential(decay=0.9), {0.0: 1.0, 0.5: math.sqrt(0.9), 1.0: 0.9, 2.0: 0.81}),
        (
            Polynomial(epochs=10, power=2, final_share=0.2),
            {0.0: 1.0, 5.0: 0.4, 10.0: 0.2, 1e6: 0.2},
        ),
        (Cosine(epochs=10, final_share=0.2), {0.0: 1.0, 5.0: 0.6, 10.0: 0.2, 1e6: 0.2}),
        (
            Cosine(epochs=10, restarts=True, growth=1),
            {5.0: 0.5, 10.0: 1.0, 15.0: 0.5, 20.0: 1.0, 105.0: 0.5},
        ),
        (
            Cosine(epochs=10, restarts=True, growth=2),
            {5.0: 0.5, 10.0: 1.0, 20.0: 0.5, 30.0: 1.0, 50.0: 0.5, 70.0: 1.0},
        ),
        (
            OneCycle(epochs=10, rising_share=0.4, initial_share=0.1, final_share=0.02),
            {0.0: 0.1, 2.0: 0.55, 4.0: 1.0, 7.0: 0.51, 10.0: 0.02, 1e6: 0.02},
        ),
    ],
    ids=repr,
)
def test_that_a_schedule_goes_through_what_was_worked_out_by_hand(
    schedule: Schedule, factors: dict[float, float]
) -> None:
    for time, factor in factors.items():
        assert schedule.factor(time, STEP) == pytest.approx(factor, abs=1e-14), time


@pytest.mark.parametrize("kind", SCHEDULES, ids=name)
def test_that_a_warm_up_rises_in_equal_steps_and_then_lets_the_schedule_begin(
    kind: type[Schedule],
) -> None:
    plain, warm = kind(), kind(warmup_epochs=2.0)
    start = plain.factor(0, STEP)
    for index in range(16):
        assert warm.factor(index * STEP, STEP) == pytest.approx(start * (index + 1) / 16)
    for index in range(400):
        assert warm.factor(2 + index * STEP, STEP) == plain.factor(index * STEP, STEP)


def test_that_a_warm_up_shorter_than_a_step_changes_nothing() -> None:
    assert Constant(warmup_epochs=0.01).factor(0, STEP) == 1
    assert Constant(warmup_epochs=0.01).factor(STEP, STEP) == 1


def test_that_a_plateau_is_waited_for_and_rested_after() -> None:
    schedule = ReduceOnPlateau(drop=0.5, patience=1, threshold=0.1, cooldown=2, final_share=0.2)
    memory, shares = Plateau(), []
    # Patience ends with the second bad epoch in a row; two more do not count after a drop.
    for loss in (1.0, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95, math.nan):
        memory = schedule.seen(memory, loss)
        shares.append(memory.share)
    assert shares == [1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.2]
    assert memory.best == 1.0
    better = schedule.seen(memory, 0.5)
    assert (better.best, better.waited, better.share) == (0.5, 0, 0.2)


def test_that_only_a_constant_without_warm_up_need_not_be_asked() -> None:
    assert [kind().is_constant for kind in SCHEDULES] == [kind is Constant for kind in SCHEDULES]
    assert not Constant(warmup_epochs=1).is_constant

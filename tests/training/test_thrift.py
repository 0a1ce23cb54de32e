"""Expensive things are shown less often."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from playground.training.thrift import Thrifty


@dataclass
class Clock:
    """Seconds that only a test lets pass."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_that_an_expensive_value_waits_until_it_is_affordable(clock: Clock) -> None:
    worked_out: list[float] = []

    def work_out() -> int:
        clock.seconds += 0.01
        worked_out.append(clock.seconds)
        return len(worked_out)

    thrifty: Thrifty[int] = Thrifty(0.02, clock)
    assert thrifty.value(work_out, is_urgent=False) == 1
    clock.seconds += 0.4
    assert thrifty.value(work_out, is_urgent=False) == 1
    clock.seconds += 0.11
    assert thrifty.value(work_out, is_urgent=False) == 2


def test_that_an_urgent_value_is_always_new(clock: Clock) -> None:
    values = iter("abc")

    def work_out() -> str:
        clock.seconds += 5
        return next(values)

    thrifty: Thrifty[str] = Thrifty(clock=clock)
    assert [thrifty.value(work_out, is_urgent=True) for _ in range(3)] == ["a", "b", "c"]


def test_that_a_value_that_others_worked_out_spares_the_next_one(clock: Clock) -> None:
    def work_out() -> str:
        clock.seconds += 0.01
        return "own"

    thrifty: Thrifty[str] = Thrifty(0.01, clock)
    assert thrifty.value(work_out, is_urgent=False) == "own"
    clock.seconds += 0.9
    thrifty.take("given")
    clock.seconds += 0.9
    assert thrifty.value(work_out, is_urgent=False) == "given"
    clock.seconds += 0.11
    assert thrifty.value(work_out, is_urgent=False) == "own"


def test_that_what_was_forgotten_is_worked_out_at_once() -> None:
    thrifty: Thrifty[str] = Thrifty(share=1e-9)
    thrifty.value(lambda: "before", False)
    thrifty.forget()
    assert thrifty.value(lambda: "after", False) == "after"

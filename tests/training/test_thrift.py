"""Expensive things are shown less often."""

from __future__ import annotations

import pytest

from playground.training import thrift
from playground.training.thrift import Thrifty


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(thrift.time, "perf_counter", lambda: now[0])
    return now


def test_that_an_expensive_value_waits_until_it_is_affordable(clock: list[float]) -> None:
    worked_out: list[float] = []

    def work_out() -> int:
        clock[0] += 0.01
        worked_out.append(clock[0])
        return len(worked_out)

    thrifty: Thrifty[int] = Thrifty(share=0.02)
    assert thrifty.value(work_out, is_urgent=False) == 1
    clock[0] += 0.4
    assert thrifty.value(work_out, is_urgent=False) == 1
    clock[0] += 0.11
    assert thrifty.value(work_out, is_urgent=False) == 2


def test_that_an_urgent_value_is_always_new(clock: list[float]) -> None:
    values = iter("abc")

    def work_out() -> str:
        clock[0] += 5
        return next(values)

    thrifty: Thrifty[str] = Thrifty()
    assert [thrifty.value(work_out, is_urgent=True) for _ in range(3)] == ["a", "b", "c"]


def test_that_a_value_that_others_worked_out_spares_the_next_one(clock: list[float]) -> None:
    def work_out() -> str:
        clock[0] += 0.01
        return "own"

    thrifty: Thrifty[str] = Thrifty(share=0.01)
    assert thrifty.value(work_out, is_urgent=False) == "own"
    clock[0] += 0.9
    thrifty.take("given")
    clock[0] += 0.9
    assert thrifty.value(work_out, is_urgent=False) == "given"
    clock[0] += 0.11
    assert thrifty.value(work_out, is_urgent=False) == "own"


def test_that_what_was_forgotten_is_worked_out_at_once() -> None:
    thrifty: Thrifty[str] = Thrifty(share=1e-9)
    thrifty.value(lambda: "before", False)
    thrifty.forget()
    assert thrifty.value(lambda: "after", False) == "after"

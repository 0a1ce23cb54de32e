"""Schedules and clipping against PyTorch's numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.engine.clipping import Clipping
from playground.engine.operations import run
from playground.engine.schedules import Plateau, ReduceOnPlateau, Schedule
from playground.schema.describe import tag_of
from tests.contracts.catalog import CLIPPINGS, SCHEDULES

TABLE = json.loads(Path(__file__).with_name("schedules.json").read_text(encoding="utf-8"))


def _decoded(tree: dict[str, Any], options: tuple[type[Any], ...]) -> Any:
    kind = next(option for option in options if tag_of(option) == tree["kind"])
    return kind(**{name: value for name, value in tree.items() if name != "kind"})


def _case_name(case: dict[str, Any]) -> str:
    tree = case.get("schedule") or case["clipping"]
    return "-".join([tree["kind"], *(f"{k}={v}" for k, v in tree.items() if k != "kind")])


@pytest.mark.parametrize("case", TABLE["schedules"], ids=_case_name)
def test_that_the_rate_of_every_step_is_that_of_pytorch(case: dict[str, Any]) -> None:
    schedule: Schedule = _decoded(case["schedule"], SCHEDULES)
    step = 1 / TABLE["steps_per_epoch"]
    rates = [
        TABLE["learning_rate"] * schedule.factor(index * step, step)
        for index in range(len(case["rates"]))
    ]
    np.testing.assert_allclose(rates, case["rates"], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", TABLE["plateaus"], ids=lambda case: str(case["schedule"]))
def test_that_a_plateau_is_met_as_pytorch_does(case: dict[str, Any]) -> None:
    schedule, memory = ReduceOnPlateau(**case["schedule"]), Plateau()
    rates = []
    for loss in TABLE["losses"]:
        memory = schedule.seen(memory, math.nan if loss is None else loss)
        rates.append(TABLE["learning_rate"] * memory.share)
    np.testing.assert_allclose(rates, case["rates"], rtol=1e-10, atol=1e-8)
    assert len(set(rates)) > 3


@pytest.mark.parametrize("case", TABLE["clippings"], ids=_case_name)
def test_that_gradients_are_clipped_as_pytorch_does(case: dict[str, Any]) -> None:
    clipping: Clipping = _decoded(case["clipping"], CLIPPINGS)
    for row, expected in zip(TABLE["gradients"], case["clipped"], strict=True):
        gradient = np.array(row)
        np.testing.assert_allclose(clipping.clipped(gradient), expected, rtol=1e-10, atol=1e-20)
        run(clipping.record(gradient))
        np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-20)


def test_that_every_schedule_and_clipping_has_a_reference() -> None:
    kinds = {case["schedule"]["kind"] for case in TABLE["schedules"]}
    assert kinds == set(map(tag_of, SCHEDULES)) - {"plateau"}
    clippings = {case["clipping"]["kind"] for case in TABLE["clippings"]}
    assert clippings == set(map(tag_of, CLIPPINGS)) - {"none"}

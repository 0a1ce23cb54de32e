"""How much of the data a step looks at, and which of it an epoch takes."""

from __future__ import annotations

import numpy as np
import pytest

from playground.data.batching import (
    FullBatch,
    MiniBatch,
    SingleSample,
    WithoutReplacement,
    WithReplacement,
)


@pytest.mark.parametrize(
    ("batching", "batch_size", "available", "size"),
    [
        (MiniBatch(), 10, 55, 10),
        (MiniBatch(), 10, 7, 7),
        (FullBatch(), 10, 55, 55),
        (SingleSample(), 10, 55, 1),
    ],
)
def test_that_each_way_has_its_size(
    batching: MiniBatch, batch_size: int, available: int, size: int
) -> None:
    assert batching.size(batch_size, available) == size


def test_that_drawing_without_replacement_takes_each_sample_once() -> None:
    order = np.zeros(100, np.int64)
    WithoutReplacement().draw(order, np.random.default_rng(0))
    assert sorted(order.tolist()) == list(range(100))
    before = order.copy()
    WithoutReplacement().draw(order, np.random.default_rng(1))
    assert not np.array_equal(order, before)


def test_that_drawing_with_replacement_leaves_out_about_37_percent() -> None:
    order = np.zeros(20_000, np.int64)
    WithReplacement().draw(order, np.random.default_rng(0))
    assert 0 <= order.min() <= order.max() < len(order)
    missing = 1 - len(np.unique(order)) / len(order)
    assert missing == pytest.approx(np.exp(-1), abs=0.01)
    assert order.mean() == pytest.approx(len(order) / 2, rel=0.02)


@pytest.mark.parametrize("sampling", [WithoutReplacement(), WithReplacement()], ids=repr)
def test_that_equal_generators_draw_equally_whatever_was_there(
    sampling: WithReplacement,
) -> None:
    one, two = np.zeros(50, np.int64), np.arange(50)
    sampling.draw(one, np.random.default_rng(3))
    sampling.draw(two, np.random.default_rng(3))
    assert np.array_equal(one, two)

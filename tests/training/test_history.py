"""The record of a run: bounded, and complete in shape."""

from __future__ import annotations

import numpy as np
import pytest

from playground.training.history import CAPACITY, History

LAYERS = ("layer 1", "output")


def _recorded(steps: int, interval: int = 1) -> History:
    history = History(LAYERS, interval)
    for step in range(0, steps + 1):
        if history.is_due(step):
            loss = np.exp(-step / 5000)
            history.append(
                step,
                step / 10,
                (loss, 1.5 * loss, 2 * loss),
                (0.5, 0.4, np.nan),
                np.array([step, 2.0]),
                np.array([0.1, step]),
            )
    return history


def test_that_every_record_is_kept_while_there_is_room() -> None:
    view = _recorded(CAPACITY - 1).view()
    assert view.step.tolist() == list(range(CAPACITY))


@pytest.mark.parametrize("steps", [CAPACITY, CAPACITY + 1, 5000, 20_000, 70_001])
@pytest.mark.parametrize("interval", [1, 3])
def test_that_a_long_run_keeps_first_last_and_shape(steps: int, interval: int) -> None:
    history = _recorded(steps * interval, interval)
    view = history.view()
    assert CAPACITY / 2 <= len(history) <= CAPACITY
    assert view.step[0] == 0
    assert steps * interval - view.step[-1] < history.interval
    assert set(np.diff(view.step)) == {history.interval}
    np.testing.assert_array_equal(view.train_loss, np.exp(-view.step / 5000))
    np.testing.assert_array_equal(view.validation_loss, 1.5 * np.exp(-view.step / 5000))
    np.testing.assert_array_equal(view.gradient_norm[:, 0], view.step)
    np.testing.assert_array_equal(view.update_ratio[:, 1], view.step)


def test_that_each_halving_doubles_the_interval() -> None:
    assert _recorded(CAPACITY - 1).interval == 1
    assert _recorded(CAPACITY).interval == 2
    assert _recorded(2 * CAPACITY).interval == 4


def test_that_the_next_record_is_announced() -> None:
    history = History(LAYERS, 5)
    assert [history.steps_until_due(step) for step in (0, 1, 4, 5, 9)] == [5, 4, 1, 5, 1]
    assert [history.is_due(step) for step in (0, 1, 5)] == [True, False, True]


def test_that_a_view_is_a_copy() -> None:
    history = _recorded(10)
    view = history.view()
    kept = view.train_loss.copy()
    for step in range(11, 5000):
        if history.is_due(step):
            history.append(step, 0, (9, 9, 9), (9, 9, 9), np.full(2, 9.0), np.full(2, 9.0))
    assert np.array_equal(view.train_loss, kept)
    assert len(view.step) == 11


def test_that_shapes_follow_the_layers() -> None:
    view = _recorded(10).view()
    assert view.gradient_norm.shape == view.update_ratio.shape == (11, 2)
    assert view.layer_names == LAYERS
    assert np.isnan(view.test_accuracy).all()


def test_that_a_state_restores_the_record() -> None:
    history = _recorded(5000)
    other = History(LAYERS, 1)
    other.restore(history.state())
    assert other.interval == history.interval
    assert np.array_equal(other.view().train_loss, history.view().train_loss)

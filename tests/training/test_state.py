"""The state of a training: complete, and checked when it comes from elsewhere."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.data.mnist import Mnist
from playground.experiment.change import fitted
from playground.experiment.spec import ExperimentSpec, checked
from playground.training import messages
from playground.training.state import UnfitState, changed_data, restore_checked, resumed
from playground.training.trainer import Trainer
from tests.contracts.catalog import OPTIMIZERS, SCHEDULES, name
from tests.data.test_mnist import write_pair
from tests.training.screen import TIMEOUT, Screen
from tests.training.specs import THREE_CLASSES, TINY, edited


@pytest.fixture
def screen() -> Iterator[Screen]:
    screen = Screen()
    yield screen
    assert screen.worker.stop(TIMEOUT)


def _trained(spec: Any, steps: int) -> Trainer:
    trainer = Trainer(spec)
    trainer.advance(steps)
    return trainer


def _expect_equal(left: Any, right: Any) -> None:
    """Compare two states bit by bit."""
    if isinstance(left, dict):
        assert left.keys() == right.keys()
        for key, value in left.items():
            _expect_equal(value, right[key])
    elif isinstance(left, np.ndarray):
        assert left.dtype == right.dtype
        assert left.tobytes() == right.tobytes()
    else:
        assert left == right


@pytest.mark.parametrize("schedule", SCHEDULES, ids=name)
def test_that_every_schedule_goes_on_identically(schedule: type[Any]) -> None:
    spec = edited(TINY, training__schedule=schedule())
    resumed = Trainer(spec)
    restore_checked(resumed, _trained(spec, 33).state())
    resumed.advance(40)
    _expect_equal(resumed.state(), _trained(spec, 73).state())


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
def test_that_a_live_edit_before_does_not_show_after(optimizer: type[Any]) -> None:
    before = edited(THREE_CLASSES, training__batch_size=7)
    after = edited(before, training__optimizer=optimizer(), training__batch_size=20)
    trainer = _trained(before, 31)
    trainer.apply_live(after)
    trainer.advance(12)
    resumed = Trainer(after)
    restore_checked(resumed, trainer.state())
    trainer.advance(150)
    resumed.advance(150)
    _expect_equal(resumed.state(), trainer.state())


def _drop(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda state: state.pop(name)


def _put(*path: Any) -> Callable[[dict[str, Any]], object]:
    """Return a function that sets the value (last) at a path of names."""

    def change(state: dict[str, Any]) -> None:
        *groups, last, value = path
        for group in groups:
            state = state[group]
        state[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_drop("parameters"), "parameters is missing"),
        (_put("evil", 1), "evil is unknown"),
        (_put("parameters", np.zeros(3, np.float32)), "parameters has the shape"),
        (_put("parameters", np.zeros(27, np.float64)), "parameters has numbers of type float64"),
        (_put("parameters", 3), "parameters is not an array"),
        (_put("slots", 3), "slots is not a group"),
        (_put("step", "3"), "step is '3', not a number"),
        (_put("step", True), "step is True"),
        (_put("step", -1), "step is -1"),
        (_put("optimizer_steps", 10**40), "optimizer_steps is 1000"),
        (_put("position", 6), "position is behind the last of 6 batches"),
        (_put("order", np.full(55, 55)), "order names samples outside of 0 … 54"),
        (_put("order", None), "order is not an array"),
        (_put("position", None), "position is None, not a number"),
        (_put("rng", "bit_generator", "MT19937"), "the state of the training does not fit"),
        (_put("rng", "state", "inc", -5), "the state of the training does not fit"),
        (_put("history", "interval", 0), "history.interval is 0"),
        (_put("history", "capacity", 10**9), "history.capacity is 1000000000"),
        (_put("history", "rows", np.zeros((5, 2))), "history.rows has the shape"),
    ],
)
def test_that_a_state_that_does_not_fit_is_named_and_changes_nothing(
    change: Callable[[dict[str, Any]], object], named: str
) -> None:
    trainer = _trained(TINY, 8)
    before = trainer.state()
    state = copy.deepcopy(_trained(TINY, 12).state())
    change(state)
    with pytest.raises(UnfitState, match="starts from the beginning") as raised:
        restore_checked(trainer, state)
    assert named in str(raised.value)
    _expect_equal(trainer.state(), before)


def test_that_the_worker_gives_its_state_and_goes_on_from_one(screen: Screen) -> None:
    screen.load(TINY)
    screen.send(messages.Step(batches=12))
    screen.expect(messages.Started)
    screen.expect(messages.Paused)
    screen.send(messages.TakeState(5), messages.Step(batches=30))
    taken = screen.expect(messages.StateTaken)
    assert (taken.request, taken.run_id, taken.spec) == (5, 1, TINY)
    assert taken.state is not None
    _expect_equal(taken.state, _trained(TINY, 12).state())
    screen.expect(messages.Started)
    screen.expect(messages.Paused)
    screen.send(messages.Restore(taken.state))
    assert screen.look().step == 12
    screen.send(messages.Step(batches=30))
    screen.expect(messages.Started)
    screen.expect(messages.Paused)
    screen.send(messages.TakeState(6))
    again = screen.expect(messages.StateTaken).state
    _expect_equal(again, _trained(TINY, 42).state())


def test_that_the_worker_loads_an_experiment_where_it_stood(screen: Screen) -> None:
    screen.send(messages.Load(TINY, 1, _trained(TINY, 12).state()))
    screen.expect(messages.Loaded)
    assert screen.look().step == 12
    screen.send(messages.TakeState(1))
    state = screen.expect(messages.StateTaken).state
    _expect_equal(state, _trained(TINY, 12).state())


def test_that_a_state_that_does_not_fit_leaves_the_initial_weights(screen: Screen) -> None:
    screen.send(messages.Load(TINY, 1, _trained(THREE_CLASSES, 12).state()))
    screen.expect(messages.Loaded)
    assert "does not fit" in screen.expect(messages.StateRefused).message
    assert screen.look().step == 0


def test_that_a_state_shows_what_was_commanded_before_and_nothing_after(screen: Screen) -> None:
    screen.load(TINY)
    # All in one batch: a load would otherwise make the edit before it pointless.
    screen.worker._pending.extend(
        [
            messages.SetParameter(0, 0, 0, 2.5),
            messages.TakeState(1),
            messages.SetParameter(0, 0, 0, 7.5),
        ]
    )
    screen.send(messages.Load(THREE_CLASSES, 2))
    taken = screen.expect(messages.StateTaken)
    assert taken.run_id == 1
    assert taken.state is not None
    assert taken.state["parameters"][0] == 2.5
    screen.expect(messages.Loaded)


def test_that_files_that_changed_since_are_told_and_the_weights_stay(
    screen: Screen, tmp_path: Path
) -> None:
    write_pair(tmp_path, "t10k", 40)
    spec = checked(ExperimentSpec(data=Mnist(folder=str(tmp_path), points=30)))
    spec, _ = fitted(spec)
    state = _trained(spec, 3).state()
    screen.send(messages.Load(spec, 1, state))
    screen.expect(messages.Loaded)
    screen.expect_silence()
    write_pair(tmp_path, "t10k", 40, seed=1)
    assert "have changed since it was saved" in changed_data(resumed(spec, state), state)
    # Other data in between, so that the files are looked at again.
    screen.load(TINY, 2)
    screen.send(messages.Load(spec, 3, state))
    screen.expect(messages.Loaded)
    assert "have changed" in screen.expect(messages.DataChanged).message
    screen.send(messages.TakeState(1))
    taken = screen.expect(messages.StateTaken).state
    assert taken is not None
    _expect_equal(taken["parameters"], state["parameters"])


JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    10**30,
    1.5,
    math.nan,
    math.inf,
    "x",
    [],
    {},
    [1],
    {"a": 1},
)


def _places(tree: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(tree, dict):
        return [path]
    return [place for name, each in tree.items() for place in _places(each, (*path, name))]


def _spoiled(tree: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Put junk into one place of a state, or other numbers into one of its arrays."""
    tree = copy.deepcopy(tree)
    *groups, last = chance.choice(_places(tree))
    group = tree
    for each in groups:
        group = group[each]
    value = group[last]
    if isinstance(value, np.ndarray) and value.size and chance.random() < 0.7:
        junk = chance.choice([np.nan, np.inf, -1, 0, 1e30])
        with np.errstate(all="ignore"):
            value.flat[chance.randrange(value.size)] = np.array(junk).astype(value.dtype)
    else:
        group[last] = chance.choice([*JUNK, np.zeros(2), np.zeros((0,), np.float32)])
    return tree


@pytest.mark.parametrize("optimizer", ["adam", "nadam", "lbfgs"])
def test_that_junk_in_a_state_is_refused_or_trained_on_but_never_crashes(optimizer: str) -> None:
    spec = edited(
        TINY,
        training__optimizer={"kind": optimizer},
        training__stopping={"kind": "early", "patience": 500},
        **({"training__batching": {"kind": "full_batch"}} if optimizer == "lbfgs" else {}),
    )
    trainer, chance = Trainer(spec), random.Random(optimizer)
    good = _trained(spec, 12).state()
    refused = 0
    for _ in range(120):
        with np.errstate(all="ignore"):
            try:
                restore_checked(trainer, _spoiled(good, chance))
            except UnfitState:
                refused += 1
            trainer.advance(2)
            trainer.metrics()
            trainer.history.view()
    assert 20 < refused < 120

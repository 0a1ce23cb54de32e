"""Walking through training, and back to the very bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.inspection.operation import Notation, Phase
from playground.inspection.situation import NoSuchSample, situation_of
from playground.inspection.tape import record
from playground.inspection.walk import Rung, Walk
from playground.training.trainer import Trainer
from tests.training.specs import THREE_CLASSES, TINY, edited

FLOAT64 = edited(TINY, training__dtype="float64")
EVERYTHING = edited(
    THREE_CLASSES,
    network__layers=[
        {"kind": "dense", "units": 5, "activation": {"kind": "prelu"}},
        {"kind": "batch_norm"},
        {"kind": "dropout", "rate": 0.3},
        {"kind": "dense", "units": 5, "activation": {"kind": "tanh"}},
        {"kind": "skip", "reach": 1},
    ],
    training__dtype="float64",
    training__regularizer="l2",
    training__clipping="norm",
)


def _same(first: Any, second: Any) -> bool:
    """Compare two states to the last bit."""
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(_same(first[k], second[k]) for k in first)
    if isinstance(first, np.ndarray):
        return bool(first.tobytes() == second.tobytes())
    return bool(first == second)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"training__optimizer": "adam"},
        {"training__accumulation": 3},
        {"training__accumulation": 2, "training__regularizer": "l2"},
        {"training__class_weights": {"kind": "given", "values": [1.0, 3.0, 0.5]}},
        {"training__schedule": "cosine"},
        {"training__optimizer": "lbfgs"},
        {"data__scaling": "standardise"},
        {"training__input_noise": 0.3},
        {"training__weight_noise": 0.2},
        {"training__input_noise": 0.1, "training__weight_noise": 0.1, "training__accumulation": 2},
        {"training__constraint": {"kind": "max_norm", "limit": 0.7}},
    ],
    ids=str,
)
def test_that_the_tape_ends_where_training_does(changes: dict[str, Any]) -> None:
    trainer = Trainer(edited(EVERYTHING, **changes))
    for _ in range(7):
        recording = record(situation_of(trainer), fused=False)
        trainer.advance(1)
        np.testing.assert_allclose(
            recording.update.after, trainer.parameters.vector, rtol=1e-9, atol=1e-9
        )
        size = np.linalg.norm(trainer.gradient)
        assert np.linalg.norm(recording.update.clipped - trainer.gradient) <= 1e-12 * size


def test_that_going_back_restores_everything_to_the_bit() -> None:
    trainer = Trainer(EVERYTHING)
    trainer.advance(4)
    walk = Walk(EVERYTHING, trainer.data, trainer.state())
    states = [walk.state()]
    for _ in range(14):
        assert walk.move(Rung.BATCH, 1)
        states.append(walk.state())
    for before in reversed(states[:-1]):
        assert walk.move(Rung.BATCH, -1)
        assert _same(walk.state(), before)
    assert not walk.move(Rung.BATCH, -1)
    assert _same(walk.state(), trainer.state())


def test_that_the_way_back_is_exact_when_few_states_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("playground.inspection.trail.STATE_BYTES", 30_000)
    walk = Walk(EVERYTHING)
    states = [walk.state()]
    for _ in range(12):
        walk.move(Rung.BATCH, 1)
        states.append(walk.state())
    assert walk._trail.kept < 8
    for before in reversed(states[:-1]):
        walk.move(Rung.BATCH, -1)
        assert _same(walk.state(), before)


@pytest.mark.parametrize(
    "changes",
    [
        {"training__accumulation": 3},
        {"training__input_noise": 0.3, "training__weight_noise": 0.2},
        {"training__optimizer": "lbfgs"},
        {"training__sampling": "with_replacement", "training__dtype": "float32"},
        {"training__schedule": {"kind": "plateau", "patience": 1}},
        {"training__stopping": {"kind": "early", "patience": 1, "improvement": 9.0}},
    ],
    ids=str,
)
def test_that_whole_epochs_are_gone_back_to_the_bit(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.inspection.trail.STATE_BYTES", 60_000)
    walk = Walk(edited(EVERYTHING, data__validation_share=0.2, **changes))
    states = [walk.state()]
    for _ in range(5):
        assert walk.move(Rung.EPOCH, 1)
        walk.move(Rung.BATCH, 1)
        states.append(walk.state())
    for before in reversed(states[:-1]):
        while walk.step > before["step"]:
            walk.move(Rung.EPOCH if walk.step - before["step"] > 9 else Rung.BATCH, -1)
        assert _same(walk.state(), before)


def test_that_a_long_way_tells_how_far_it_is_and_can_be_ended() -> None:
    walk = Walk(EVERYTHING)
    walk.move(Rung.BATCH, 1)
    walk.go("∂L/∂W.3")
    walk.select(1, 1)
    before, shares = walk.state(), list[float]()

    class Enough(Exception):
        pass

    def told(share: float) -> None:
        shares.append(share)
        if len(shares) == 3:
            raise Enough

    with pytest.raises(Enough):
        walk.move(Rung.EPOCH, 1, told)
    assert 0 < shares[0] < shares[1] < shares[2] < 1
    assert (walk.step, walk.operation.key, walk.cell) == (1, "∂L/∂W.3", (1, 1))
    assert _same(walk.state(), before)
    assert walk.move(Rung.EPOCH, 1)
    assert walk.move(Rung.EPOCH, -1)


def test_that_training_goes_on_from_what_is_shown() -> None:
    walk = Walk(FLOAT64)
    for _ in range(8):
        walk.move(Rung.BATCH, 1)
    walk.move(Rung.BATCH, -1)
    continued, straight = Trainer(FLOAT64), Trainer(FLOAT64)
    continued.restore(walk.state())
    continued.advance(13)
    straight.advance(20)
    assert _same(continued.state(), straight.state())


def test_that_the_end_of_a_step_is_after_its_update() -> None:
    walk = Walk(FLOAT64)
    before = walk.state()
    walk.go(len(walk.tape) - 1)
    after = walk.state()
    assert after["step"] == 1
    np.testing.assert_allclose(after["parameters"], walk.recording.update.after, rtol=1e-12)
    walk.move(Rung.OPERATION, 1)
    assert _same(walk.state(), after)
    walk.move(Rung.OPERATION, -1)
    walk.home()
    assert _same(walk.state(), before)


@pytest.mark.parametrize("rung", [Rung.CELL, Rung.OPERATION, Rung.LAYER, Rung.PHASE])
def test_that_each_rung_goes_the_same_way_back(rung: Rung) -> None:
    walk = Walk(FLOAT64, sample=3)
    if rung is Rung.CELL:
        walk.select(0, 0)
    places = []
    while walk.steps_walked < 2:
        places.append((walk.step, walk.operation.key, walk.cell))
        assert walk.move(rung, 1)
    for place in reversed(places):
        assert walk.move(rung, -1)
        assert (walk.step, walk.operation.key, walk.cell) == place
    assert not walk.move(rung, -1)


def test_that_a_walk_with_a_state_prepares_no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = edited(TINY, training__preparation="lsuv")
    trainer = Trainer(spec)
    trainer.advance(2)
    monkeypatch.setattr("playground.training.trainer.prepared_vector", None)
    walk = Walk(spec, trainer.data, trainer.state())
    assert _same(walk.state(), trainer.state())


def test_that_cells_are_walked_in_reading_order() -> None:
    walk = Walk(FLOAT64, sample=0)
    walk.go("∂L/∂W.1")
    rows, columns = walk.operation.result.shape
    cells = []
    for _ in range(rows * columns):
        walk.move(Rung.CELL, 1)
        cells.append(walk.cell)
    assert cells == [(r, c) for r in range(rows) for c in range(columns)]
    walk.move(Rung.CELL, 1)
    assert walk.operation.key == "∂L/∂b.1"
    assert walk.cell == (0, 0)


def test_that_epochs_begin_where_the_data_does() -> None:
    walk = Walk(FLOAT64)
    walk.move(Rung.BATCH, 1)
    walk.move(Rung.EPOCH, 1)
    assert (walk.step, walk.trainer.step_in_epoch) == (6, 0)
    walk.move(Rung.EPOCH, 1)
    assert walk.step == 12
    walk.move(Rung.EPOCH, -1)
    assert walk.step == 6
    walk.move(Rung.EPOCH, -1)
    assert walk.step == 0
    assert not walk.move(Rung.EPOCH, -1)


def test_that_a_phase_can_be_jumped_to() -> None:
    walk = Walk(FLOAT64)
    for phase in Phase:
        walk.jump(phase)
        assert walk.operation.phase is phase
        assert walk.position == 0 or walk.tape[walk.position - 1].phase is not phase


def test_that_switches_keep_the_place() -> None:
    walk = Walk(THREE_CLASSES)
    walk.go("∂L/∂W.1")
    walk.select(2, 3)
    walk.set_notation(Notation.COLUMNS)
    assert (walk.operation.key, walk.cell) == ("∂L/∂W.1", (3, 2))
    walk.set_fused(False)
    assert walk.operation.key == "∂L/∂W.1"
    walk.look_at(4)
    assert walk.operation.key == "∂L/∂W.1"
    assert walk.recording.situation.samples == (4,)
    walk.look_at(None)
    assert len(walk.recording.situation.samples) == 10
    with pytest.raises(NoSuchSample, match="choose one from 0 to"):
        walk.look_at(99_999)
    assert walk.sample is None


def test_that_the_place_is_said() -> None:
    walk = Walk(FLOAT64)
    walk.go("∂L/∂z.1")
    place = f"operation {walk.position + 1} of {len(walk.tape)}"
    assert walk.text == f"Step 1 of training · backward · {place}"


def test_that_the_loss_after_the_step_is_that_of_the_new_weights() -> None:
    walk = Walk(edited(FLOAT64, training__learning_rate=0.001))
    update = walk.recording.update
    came = walk.loss_after - walk.recording.cost
    assert update.expected_change == pytest.approx(
        -0.001 * float(update.gradient @ update.gradient)
    )
    assert came == pytest.approx(update.expected_change, rel=0.01)


def test_that_what_is_not_there_is_refused() -> None:
    walk = Walk(FLOAT64)
    with pytest.raises(KeyError):
        walk.go("∂L/∂W.9")
    with pytest.raises(IndexError):
        walk.go(999)
    with pytest.raises(IndexError):
        walk.select(0, 999)

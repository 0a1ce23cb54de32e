"""Schedules and clipping in a training: live, reproducible, and as the readable modules say."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from playground.engine.clipping import ClipByNorm, NoClipping
from playground.engine.schedules import Constant, Cosine, StepDecay
from playground.experiment.presets import read_experiment
from playground.experiment.spec import ExperimentSpec, spec_from_tree
from playground.training import batches as batches_module
from playground.training.snapshot import SnapshotBuilder, View
from playground.training.trainer import Trainer
from tests.contracts.catalog import CLIPPINGS, SCHEDULES, name
from tests.training.specs import THREE_CLASSES, TINY, edited
from tests.training.test_trainer import _expect_equal, _textbook_parameters, _trained

SCHEDULED = edited(
    THREE_CLASSES,
    training__schedule=Cosine(epochs=3, restarts=True, warmup_epochs=0.5),
    training__clipping=ClipByNorm(0.1),
)


@pytest.mark.parametrize("clipping", CLIPPINGS, ids=name)
@pytest.mark.parametrize("schedule", SCHEDULES, ids=name)
def test_that_training_is_scheduled_clipped_backpropagation(
    schedule: type[Any], clipping: type[Any]
) -> None:
    fields = {"epochs": 2.5, "every": 0.75, "decay": 0.5}
    fields = {f: v for f, v in fields.items() if f in schedule.__struct_fields__}
    limit = {"limit": 0.05} if clipping is not NoClipping else {}
    spec = edited(
        TINY,
        training__dtype="float64",
        training__optimizer__kind="momentum",
        training__schedule=schedule(warmup_epochs=0.6, **fields),
        training__clipping=clipping(**limit),
        training__regularizer={"kind": "l2", "strength": 0.1},
    )
    trainer = Trainer(spec)
    expected = _textbook_parameters(trainer, epochs=3)
    trainer.advance(3 * trainer.batches_per_epoch)
    np.testing.assert_allclose(trainer.parameters.vector, expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("chunks", [(1,) * 40, (7, 33), (39, 1)], ids=str)
def test_that_it_does_not_matter_how_scheduled_steps_are_grouped(chunks: tuple[int, ...]) -> None:
    _expect_equal(_trained(SCHEDULED, *chunks), _trained(SCHEDULED, 40))


def test_that_a_reset_starts_the_schedule_anew() -> None:
    trainer = _trained(SCHEDULED, 25)
    trainer.reset()
    trainer.advance(40)
    _expect_equal(trainer, _trained(SCHEDULED, 40))


def test_that_a_restored_state_goes_on_with_the_schedule() -> None:
    first, second = _trained(SCHEDULED, 17), Trainer(SCHEDULED)
    second.restore(first.state())
    assert second.learning_rate == first.learning_rate
    for trainer in (first, second):
        trainer.advance(23)
    _expect_equal(first, second)


def test_that_staged_batches_follow_the_schedule_too(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = _trained(SCHEDULED, 40)
    monkeypatch.setattr(batches_module, "GATHERED_BATCHES", 2)
    _expect_equal(_trained(SCHEDULED, 40), plain)


@pytest.mark.parametrize("path", ["training__schedule", "training__clipping"])
def test_that_an_edit_before_the_first_step_is_as_if_it_had_always_been(path: str) -> None:
    group = path.removeprefix("training__")
    plain = edited(SCHEDULED, **{path: {"schedule": Constant(), "clipping": NoClipping()}[group]})
    trainer = Trainer(plain)
    trainer.apply_live(SCHEDULED)
    trainer.advance(20)
    _expect_equal(trainer, _trained(SCHEDULED, 20))
    back = Trainer(SCHEDULED)
    back.apply_live(plain)
    back.advance(20)
    _expect_equal(back, _trained(plain, 20))


def test_that_an_edit_keeps_the_memory_of_the_optimizer() -> None:
    trainer = _trained(SCHEDULED, 11)
    remembered = trainer.state()["slots"]
    after = edited(SCHEDULED, training__schedule=StepDecay(), training__clipping=ClipByNorm(5.0))
    trainer.apply_live(after)
    for slot, vector in trainer.state()["slots"].items():
        assert np.array_equal(vector, remembered[slot])
    assert trainer.state()["optimizer_steps"] == 11


def test_that_the_learning_rate_can_be_edited_below_a_schedule() -> None:
    trainer = _trained(SCHEDULED, 11)
    factor = trainer.learning_rate / SCHEDULED.training.learning_rate
    trainer.apply_live(edited(SCHEDULED, training__learning_rate=0.5))
    assert trainer.learning_rate == pytest.approx(0.5 * factor)
    trainer.apply_live(edited(SCHEDULED, training__learning_rate=0))
    before = trainer.parameters.vector.copy()
    trainer.advance(5)
    assert np.array_equal(trainer.parameters.vector, before)


def test_that_a_constant_schedule_costs_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    original = Constant.factor

    def factor(self: Constant, time: float, step: float) -> float:
        asked.append(time)
        return original(self, time, step)

    monkeypatch.setattr(Constant, "factor", factor)
    _trained(TINY, 30)
    assert not asked
    warm = edited(TINY, training__schedule=Constant(warmup_epochs=2.0))
    trainer = _trained(warm, 30)
    batches = trainer.batches_per_epoch
    assert asked == [step // batches + step % batches / batches for step in range(30)]


def test_that_a_clipped_gradient_is_what_is_shown() -> None:
    trainer = Trainer(SCHEDULED)
    for _ in range(10):
        trainer.advance(1)
        assert np.linalg.norm(trainer.gradient) <= 0.1 * (1 + 1e-6)


def test_that_a_snapshot_tells_the_rate_of_the_next_step() -> None:
    spec = edited(TINY, training__schedule=StepDecay(drop=0.5, every=1))
    trainer = Trainer(spec)
    builder = SnapshotBuilder(trainer, 1)
    rates = []
    for _ in range(3):
        rates.append(builder.build(View(), running=False, steps_per_second=None).learning_rate)
        trainer.advance(trainer.batches_per_epoch)
    assert rates == [0.03, 0.015, 0.0075]


@pytest.mark.slow
def test_that_scheduled_and_clipped_training_does_not_grow_in_memory() -> None:
    trainer = _trained(SCHEDULED, 5000)
    gc.collect()
    tracemalloc.start()
    try:
        trainer.advance(2000)
        before, _ = tracemalloc.get_traced_memory()
        trainer.advance(4000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 2000


def test_that_files_from_before_schedules_still_load(tmp_path: Path) -> None:
    tree = msgspec.to_builtins(ExperimentSpec())
    for field in ("schedule", "clipping"):
        del tree["training"][field]
    path = tmp_path / "old.json"
    path.write_bytes(msgspec.json.encode(tree))
    assert read_experiment(path) == ExperimentSpec()
    assert spec_from_tree(tree).training.schedule == Constant()
    assert spec_from_tree(tree).training.clipping == NoClipping()

"""Early stopping and reducing on a plateau: what they watch, what they do, and that it repeats."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from playground.engine.stopping import EarlyStopping, Never, Watched
from playground.experiment.spec import ExperimentSpec
from playground.training.trainer import Trainer
from tests.training.specs import THREE_CLASSES, TINY, edited

# A network that learns its few samples by heart: the validation loss soon rises.
OVERFITTING = edited(
    TINY,
    data__noise=35,
    data__validation_share=0.3,
    training__optimizer={"kind": "adam"},
    training__learning_rate=0.05,
    training__stopping={"kind": "early", "patience": 15},
)
SCHEDULED = edited(
    OVERFITTING,
    training__stopping={"kind": "never"},
    training__schedule={"kind": "plateau", "patience": 2, "drop": 0.5, "warmup_epochs": 4.0},
)


def _until_stopped(trainer: Trainer, chunk: int = 1000) -> Trainer:
    while trainer.stopped is None:
        assert trainer.epoch < 3000
        trainer.advance(chunk)
    return trainer


def _losses_by_epoch(spec: ExperimentSpec, epochs: int) -> list[float | None]:
    trainer = Trainer(edited(spec, training__stopping=Never()))
    losses: list[float | None] = []
    for _ in range(epochs):
        trainer.advance(trainer.batches_per_epoch)
        metrics = trainer.quick_metrics()
        has_validation = trainer.evaluations.validation.count > 0
        losses.append(metrics.validation_loss if has_validation else metrics.train_loss)
    return losses


def _expect_equal(first: Trainer, second: Trainer) -> None:
    _expect_equal_trees(first.state(), second.state())
    assert first.stopped == second.stopped
    assert first.learning_rate == second.learning_rate


def _expect_equal_trees(one: Any, two: Any) -> None:
    if isinstance(one, dict):
        assert one.keys() == two.keys()
        for name in one:
            _expect_equal_trees(one[name], two[name])
    elif isinstance(one, np.ndarray):
        assert one.tobytes() == two.tobytes()
    else:
        assert one == two


# --- the rule ---


def test_that_the_rule_waits_for_its_patience_after_the_best_epoch() -> None:
    rule, memory = EarlyStopping(patience=3, improvement=0.1), Watched()
    losses = [1.0, 0.95, 0.8, 0.75, math.nan, 0.71]
    over = []
    for epoch, loss in enumerate(losses, start=1):
        memory = rule.seen(memory, epoch, loss)
        over.append(rule.is_over(memory))
    # 0.95, 0.75 and 0.71 are lower, but not by as much as asked.
    assert memory == Watched(best=0.8, best_epoch=3, waited=3)
    assert over == [False] * 5 + [True]


def test_that_never_is_never_over() -> None:
    assert not Never().is_over(Never().seen(Watched(), 1, math.inf))


# --- stopping a training ---


def test_that_training_stops_when_the_validation_loss_no_longer_falls() -> None:
    trainer = _until_stopped(Trainer(OVERFITTING))
    stop = trainer.stopped
    assert stop is not None
    losses = _losses_by_epoch(OVERFITTING, stop.epoch)
    assert stop.best_loss == min(losses) == losses[stop.best_epoch - 1]
    assert stop.epoch == stop.best_epoch + 15 == trainer.epoch
    assert stop.watched == "validation"
    assert trainer.step == trainer.epoch * trainer.batches_per_epoch
    assert trainer.best_epoch == stop.best_epoch


def test_that_the_best_weights_come_back() -> None:
    trainer = _until_stopped(Trainer(OVERFITTING))
    assert trainer.stopped is not None
    assert trainer.quick_metrics().validation_loss == trainer.stopped.best_loss
    best = Trainer(edited(OVERFITTING, training__stopping=Never()))
    best.advance(trainer.stopped.best_epoch * best.batches_per_epoch)
    assert trainer.parameters.vector.tobytes() == best.parameters.vector.tobytes()
    # The curves show where training was, up to the stop.
    history = trainer.history.view()
    assert history.epoch[-1] == trainer.epoch
    assert history.validation_loss[-1] > trainer.stopped.best_loss


def test_that_running_statistics_come_back_with_the_weights() -> None:
    layers = [{"kind": "dense", "units": 6}, {"kind": "batch_norm"}]
    spec = edited(OVERFITTING, network__layers=layers)
    trainer = _until_stopped(Trainer(spec))
    assert trainer.stopped is not None
    assert len(trainer.parameters.statistics) == 12
    assert trainer.quick_metrics().validation_loss == trainer.stopped.best_loss


def test_that_the_last_weights_can_stay() -> None:
    spec = edited(OVERFITTING, training__stopping__restore=False)
    trainer = _until_stopped(Trainer(spec))
    assert trainer.stopped is not None
    assert not trainer.stopped.restored
    plain = Trainer(edited(OVERFITTING, training__stopping=Never()))
    plain.advance(trainer.step)
    assert trainer.parameters.vector.tobytes() == plain.parameters.vector.tobytes()


def test_that_without_a_validation_set_the_training_loss_is_watched() -> None:
    spec = edited(OVERFITTING, data__validation_share=0.0, training__stopping__improvement=0.05)
    trainer = _until_stopped(Trainer(spec))
    assert trainer.stopped is not None
    assert trainer.stopped.watched == "training"
    losses = _losses_by_epoch(spec, trainer.stopped.epoch)
    assert trainer.stopped.best_loss == losses[trainer.stopped.best_epoch - 1]


def test_that_training_goes_on_from_the_best_weights_when_asked() -> None:
    trainer = _until_stopped(Trainer(OVERFITTING))
    first = trainer.stopped
    assert first is not None
    assert not any(vector.any() for vector in trainer.state()["slots"].values())
    trainer.advance(1)
    assert trainer.stopped is None
    second = _until_stopped(trainer).stopped
    assert second is not None
    # It waits anew; the best so far is still the one to beat.
    assert second.epoch >= first.epoch + 15
    assert second.best_loss <= first.best_loss


@pytest.mark.parametrize("chunk", [1, 7, 100_000])
def test_that_it_does_not_matter_how_steps_are_grouped(chunk: int) -> None:
    _expect_equal(_until_stopped(Trainer(OVERFITTING), chunk), _until_stopped(Trainer(OVERFITTING)))


@pytest.mark.parametrize("spec", [OVERFITTING, SCHEDULED], ids=["stopping", "plateau"])
@pytest.mark.parametrize("steps", [20, 63])
def test_that_a_restored_state_goes_on_bit_by_bit(spec: ExperimentSpec, steps: int) -> None:
    whole, part = Trainer(spec), Trainer(spec)
    for trainer in (whole, part):
        trainer.advance(steps)
    resumed = Trainer(spec)
    resumed.advance(5)
    resumed.restore(part.state())
    for trainer in (whole, resumed):
        trainer.advance(170)
    _expect_equal(resumed, whole)


def test_that_a_stop_survives_a_saved_state() -> None:
    whole = _until_stopped(Trainer(OVERFITTING))
    resumed = Trainer(OVERFITTING)
    resumed.restore(whole.state())
    assert resumed.stopped == whole.stopped
    for trainer in (whole, resumed):
        trainer.advance(40)
    _expect_equal(resumed, whole)


def test_that_a_reset_forgets_the_best() -> None:
    trainer = _until_stopped(Trainer(OVERFITTING))
    trainer.reset()
    assert trainer.stopped is None
    assert trainer.best_epoch == 0
    _expect_equal(_until_stopped(trainer), _until_stopped(Trainer(OVERFITTING)))


def test_that_the_rule_can_be_chosen_while_training_runs() -> None:
    trainer = Trainer(edited(OVERFITTING, training__stopping=Never()))
    trainer.advance(600)
    epoch = trainer.epoch
    trainer.apply_live(OVERFITTING)
    _until_stopped(trainer)
    assert trainer.best_epoch > epoch
    # More patience keeps what was seen; another kind forgets it.
    trainer.apply_live(edited(OVERFITTING, training__stopping__patience=40))
    assert trainer.best_epoch > epoch
    trainer.apply_live(edited(OVERFITTING, training__stopping=Never()))
    assert (trainer.best_epoch, trainer.stopped) == (0, None)


def test_that_the_sentence_says_what_happened() -> None:
    stop = _until_stopped(Trainer(OVERFITTING)).stopped
    assert stop is not None
    assert stop.sentence == (
        f"Training stopped early at epoch {stop.epoch}: 15 epochs without a lower validation "
        f"loss. The weights of epoch {stop.best_epoch} are back, with {stop.best_loss:.4g}."
    )
    kept = edited(OVERFITTING, training__stopping__restore=False)
    other = _until_stopped(Trainer(kept)).stopped
    assert other is not None
    assert other.sentence.endswith(
        f"Its best was epoch {stop.best_epoch}, with {stop.best_loss:.4g}."
    )


# --- reducing on a plateau ---


def test_that_the_rate_drops_by_the_losses_that_were_measured() -> None:
    schedule: Any = SCHEDULED.training.schedule
    trainer, epochs = Trainer(SCHEDULED), 60
    rates: list[float] = []
    losses: list[float] = []
    for _ in range(epochs):
        trainer.advance(trainer.batches_per_epoch)
        rates.append(trainer.learning_rate)
        losses.append(trainer.quick_metrics().validation_loss or math.nan)
    best, bad, share, expected = math.inf, 0, 1.0, []
    # The warm-up takes four epochs, in which nothing counts.
    for epoch, loss in enumerate(losses, start=1):
        if epoch > 4:
            bad += 1
            if loss < best * (1 - 1e-4):
                best, bad = loss, 0
            if bad > schedule.patience:
                share, bad = share / 2, 0
        expected.append(share)
    batches = trainer.batches_per_epoch
    warm = [(epoch + 1 / batches) / 4 for epoch in range(1, 4)]
    np.testing.assert_allclose(rates[:3], [0.05 * w for w in warm])
    np.testing.assert_allclose(rates[3:], [0.05 * share for share in expected[3:]])
    assert expected[-1] < 0.1


def test_that_a_plateau_is_forgotten_by_reset_and_by_another_schedule() -> None:
    trainer = Trainer(SCHEDULED)
    trainer.advance(100 * trainer.batches_per_epoch)
    assert trainer.learning_rate < 0.01
    trainer.apply_live(edited(SCHEDULED, training__schedule={"kind": "constant"}))
    assert trainer.learning_rate == 0.05
    trainer.apply_live(SCHEDULED)
    assert trainer.learning_rate == 0.05
    trainer.advance(100 * trainer.batches_per_epoch)
    trainer.reset()
    assert trainer.learning_rate < 0.05 / 4


def test_that_rates_and_stops_need_no_question_where_nobody_watches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = Trainer(THREE_CLASSES)
    monkeypatch.setattr(type(trainer.evaluations.train), "loss", lambda self: pytest.fail("asked"))
    trainer._watch.end_epoch(1)

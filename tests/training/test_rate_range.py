"""The learning-rate range test: what it finds, what it leaves alone, and when it ends."""

from __future__ import annotations

import json
import threading
from typing import Any

import numpy as np
import pytest

from playground.schema.validation import InvalidValue
from playground.training.jobs import Cancelled, Finished, Job, JobRefused, Progress, Progressed
from playground.training.rate_range import RangeSettings, RateRange, rate_range, smoothed
from playground.training.rate_range_text import json_tree, text_table
from playground.training.trainer import Trainer
from tests.training.specs import REGRESSION, THREE_CLASSES, TINY, edited

FEW = RangeSettings(steps=150)


def _found(found: RateRange) -> tuple[float, float, float]:
    assert found.suggested is not None
    assert found.steepest_at is not None
    assert found.lowest_at is not None
    return found.suggested, found.steepest_at, found.lowest_at


def test_that_the_rates_rise_by_equal_factors_until_the_loss_explodes() -> None:
    found = rate_range(THREE_CLASSES, FEW)
    factors = found.rates[1:] / found.rates[:-1]
    np.testing.assert_allclose(factors, (10 / 1e-5) ** (1 / 149))
    assert found.rates[0] == pytest.approx(1e-5)
    assert found.diverged_at is not None
    assert found.rates[-1] <= found.diverged_at < 10
    assert len(found.rates) == len(found.losses) == len(found.smoothed) < 150
    assert np.isfinite(found.losses).all()


def test_that_the_suggestion_is_below_the_least_and_the_steepest() -> None:
    suggested, steepest, lowest = _found(rate_range(THREE_CLASSES, FEW))
    assert suggested <= steepest <= lowest
    assert suggested <= lowest / 10 * 1.05
    assert 1e-3 < suggested < 0.1


def test_that_the_suggested_rate_learns_and_the_diverged_one_does_not() -> None:
    found = rate_range(THREE_CLASSES, FEW)
    losses = []
    for rate in (found.suggested, found.diverged_at):
        trainer = Trainer(edited(THREE_CLASSES, training__learning_rate=rate))
        trainer.advance(300)
        losses.append(trainer.quick_metrics().train_loss)
    assert losses[0] is not None
    assert losses[1] is not None
    assert losses[0] < 0.5 * found.start_loss < losses[1]


def test_that_each_step_is_one_of_training_at_its_rate() -> None:
    settings = RangeSettings(lowest=0.001, highest=0.1, steps=20)
    found = rate_range(TINY, settings)
    trainer = Trainer(TINY)
    assert found.start_loss == trainer.evaluations.train.loss()
    for rate, loss in zip(found.rates, found.losses, strict=True):
        trainer.apply_live(edited(TINY, training__learning_rate=float(rate)))
        trainer.advance(1)
        assert trainer.evaluations.train.loss() == loss


def test_that_schedule_and_stopping_take_no_part() -> None:
    shaped = edited(
        TINY,
        training__schedule={"kind": "cosine", "epochs": 1.0, "warmup_epochs": 2.0},
        training__stopping={"kind": "early", "patience": 1, "improvement": 1e6},
    )
    assert np.array_equal(rate_range(shaped, FEW).losses, rate_range(TINY, FEW).losses)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "lbfgs"])
def test_that_a_running_training_is_copied_and_left_alone(optimizer: str) -> None:
    spec = edited(TINY, training__optimizer={"kind": optimizer})
    trainer = Trainer(spec)
    trainer.advance(40)
    state, before = trainer.state(), trainer.parameters.vector.copy()
    found = rate_range(spec, FEW, data=trainer.data, state=state)
    assert found.start_loss == trainer.evaluations.train.loss()
    assert np.array_equal(trainer.parameters.vector, before)
    assert np.array_equal(state["parameters"], before)
    assert found.start_loss != rate_range(spec, FEW).start_loss
    trainer.advance(10)
    plain = Trainer(spec)
    plain.advance(50)
    assert plain.parameters.vector.tobytes() == trainer.parameters.vector.tobytes()


def test_that_a_range_without_effect_suggests_nothing_and_says_what_to_try() -> None:
    found = rate_range(TINY, RangeSettings(lowest=1e-9, highest=1e-7, steps=20))
    assert found.suggested is None
    assert "No rate in this range lowers the loss" in found.sentence
    high = rate_range(REGRESSION, RangeSettings(lowest=1e5, highest=1e6, steps=20))
    assert high.suggested is None
    assert "try a range of lower rates" in high.sentence


def test_that_an_impossible_range_is_refused_with_a_remedy() -> None:
    with pytest.raises(JobRefused, match=r"from 1 to 0\.1 is empty; lower the first rate"):
        rate_range(TINY, RangeSettings(lowest=1.0, highest=0.1))
    with pytest.raises(InvalidValue, match="steps 5 is out of range"):
        rate_range(TINY, RangeSettings(steps=5))


def test_that_a_network_that_is_lost_is_refused() -> None:
    trainer = Trainer(TINY)
    trainer.parameters.vector[:] = np.nan
    with pytest.raises(JobRefused, match="press Reset"):
        rate_range(TINY, FEW, state=trainer.state())


def test_that_smoothing_neither_lags_nor_bends_a_line() -> None:
    line = np.linspace(3, 1, 50)
    np.testing.assert_allclose(smoothed(line, 4)[5:-5], line[5:-5])
    spike = np.zeros(21)
    spike[10] = 1
    curve = smoothed(spike, 3)
    assert np.argmax(curve) == 10
    np.testing.assert_allclose(curve, curve[::-1])
    assert smoothed(np.ones(2), 10).tolist() == pytest.approx([1, 1])


def test_that_progress_shows_the_curve_so_far_and_can_end_the_job() -> None:
    told: list[Progressed] = []
    whole = rate_range(THREE_CLASSES, FEW, Progress(told.append))
    assert len(told) > 20
    for report in told:
        count = len(report.partial.rates)
        assert np.array_equal(report.partial.losses, whole.losses[:count])
    shares = [report.share for report in told]
    assert shares == sorted(shares)

    reached = threading.Event()
    may_go_on = threading.Event()

    def task(progress: Progress) -> Any:
        rate_range(TINY, FEW, Progress(lambda report: None))
        reached.set()
        may_go_on.wait(10)
        return rate_range(TINY, FEW, progress)

    job = Job("range test", task)
    job.start()
    assert reached.wait(10)
    job.cancel()
    may_go_on.set()
    assert job.wait(10)
    assert job.poll() == (Cancelled(),)


def test_that_it_runs_as_a_job() -> None:
    job = Job("range test", lambda progress: rate_range(TINY, FEW, progress))
    job.start()
    assert job.wait(20)
    finished = job.poll()[-1]
    assert isinstance(finished, Finished)
    assert np.array_equal(finished.result.losses, rate_range(TINY, FEW).losses)


def test_that_the_table_marks_what_was_found() -> None:
    found = rate_range(THREE_CLASSES, FEW)
    text = text_table(found)
    for word in ("suggested", "steepest", "least", "the loss explodes", found.sentence):
        assert word in text
    assert max(map(len, text.splitlines()[:-2])) <= 100
    tree = json.loads(json.dumps(json_tree(found)))
    assert tree["suggested"] == found.suggested
    assert len(tree["rates"]) == len(found.rates)

"""Cross-validation: fair, repeatable, and the test samples stay untouched."""

from __future__ import annotations

import csv
import io
import json
import math
import threading
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from playground.engine.layers import Dense, Skip
from playground.engine.network import NetworkSpec
from playground.experiment.architectures import with_widths
from playground.experiment.spec import checked
from playground.training import cross_validation
from playground.training.cross_validation import (
    Candidate,
    CrossValidation,
    FoldRun,
    FoldSettings,
    Measure,
    cross_validate,
)
from playground.training.cross_validation_table import (
    csv_table,
    json_tree,
    text_table,
    verdict,
)
from playground.training.jobs import Cancelled, Job, JobRefused, Progress, Progressed
from playground.training.trainer import Trainer
from tests.training.specs import NO_TEST_SET, REGRESSION, TINY, WITH_VALIDATION, edited

THREE_FOLDS = FoldSettings(folds=3, epochs=4)


def _result(accuracies: dict[tuple[int, ...], list[float]]) -> CrossValidation:
    """Return a result with these accuracies; a NaN is a training that broke off."""
    return CrossValidation(
        FoldSettings(folds=max(len(values) for values in accuracies.values())),
        tuple(
            Candidate(
                widths,
                sum(widths),
                tuple(
                    FoldRun(fold, 0.1, 1 - value, value, "broke" if math.isnan(value) else "")
                    for fold, value in enumerate(values)
                ),
            )
            for widths, values in accuracies.items()
        ),
        30,
        True,
    )


def test_that_every_run_is_that_of_the_trainer_on_all_other_folds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainers: list[Trainer] = []

    class Watched(Trainer):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            trainers.append(self)

    monkeypatch.setattr(cross_validation, "Trainer", Watched)
    result = cross_validate(WITH_VALIDATION, [(4,), (3, 2)], THREE_FOLDS)
    assert result.is_complete
    assert result.sample_count == 75  # 55 for training and 20 for validation
    never = set(Trainer(WITH_VALIDATION).data.split.test.tolist())
    held_out: list[int] = []
    for index, trainer in enumerate(tuple(trainers)):
        fold, candidate = divmod(index, 2)
        split = trainer.data.split
        train, test = set(split.train.tolist()), set(split.test.tolist())
        assert not len(split.validation)
        assert len(train) + len(test) == 75
        assert not train & test
        assert not never & (train | test)
        assert trainer.epoch == 4
        run = result.candidates[candidate].runs[fold]
        assert run.fold == fold
        again = Trainer(with_widths(WITH_VALIDATION, ((4,), (3, 2))[candidate]), trainer.data)
        again.advance(4 * again.batches_per_epoch)
        metrics = again.metrics()
        assert (run.loss, run.accuracy) == (metrics.test_loss, metrics.test_accuracy)
        assert run.train_loss == metrics.train_loss
        held_out += test if candidate == 0 else ()
    assert len(set(held_out)) == len(held_out) == 75


def test_that_equal_arguments_give_equal_results_and_seeds_other_folds() -> None:
    first, again = (cross_validate(TINY, [(4,), ()], THREE_FOLDS) for _ in range(2))
    assert first == again
    other = cross_validate(TINY, [(4,), ()], FoldSettings(folds=3, epochs=4, seed=1))
    assert other.candidates[0].runs != first.candidates[0].runs


def test_that_progress_grows_and_brings_what_there_is() -> None:
    told: list[Progressed] = []
    result = cross_validate(TINY, [(4,), (8,)], THREE_FOLDS, Progress(told.append))
    shares = [report.share for report in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert told[-1].partial is result
    done = [sum(len(c.runs) for c in r.partial.candidates) for r in told if r.partial]
    assert set(done) == set(range(7))
    assert any("Fold 2 of 3 · 8" in report.text for report in told)


def test_that_a_regression_is_compared_by_its_loss() -> None:
    result = cross_validate(REGRESSION, [(2,), (4,)], FoldSettings(folds=2, epochs=2))
    assert result.measure is Measure.LOSS
    assert result.candidates[0].mean(Measure.ACCURACY) is None
    losses = [run.loss for run in result.candidates[0].runs]
    assert result.candidates[0].mean(Measure.LOSS) == np.mean(losses)
    assert result.candidates[0].deviation(Measure.LOSS) == pytest.approx(np.std(losses, ddof=1))
    assert "accuracy" not in text_table(result)


def test_that_a_training_that_diverges_is_told_and_never_wins() -> None:
    spec = edited(TINY, training__learning_rate=1e9)
    result = cross_validate(spec, [(4,)], FoldSettings(folds=2, epochs=3))
    (candidate,) = result.candidates
    assert candidate.diverged == 2
    assert all("learning rate" in run.problem for run in candidate.runs)
    assert candidate.mean(Measure.LOSS) is None
    assert result.best(Measure.LOSS) is None
    assert "diverged on 2 folds" in text_table(result)
    json.dumps(json_tree(result), allow_nan=False)


def test_that_an_optimizer_of_full_batches_gets_them_in_every_fold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    per_epoch: list[int] = []

    class Watched(Trainer):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            per_epoch.append(self.batches_per_epoch)

    monkeypatch.setattr(cross_validation, "Trainer", Watched)
    # 55 training samples and 20 for validation: a fold trains on more than the batch size.
    whole = edited(WITH_VALIDATION, training__batch_size=55, training__optimizer__kind="lbfgs")
    cross_validate(whole, [(2,)], FoldSettings(folds=5, epochs=1))
    assert per_epoch == [1] * 5


def test_that_training_that_stops_early_stops_in_its_fold() -> None:
    spec = edited(TINY, training__stopping={"kind": "early", "patience": 1, "improvement": 1.0})
    (candidate,) = cross_validate(spec, [(2,)], FoldSettings(folds=2, epochs=100_000)).candidates
    assert len(candidate.runs) == 2


def test_that_too_many_folds_are_refused() -> None:
    with pytest.raises(JobRefused, match=r"folds 5 exceeds the 4 samples .* lower it to 4"):
        cross_validate(NO_TEST_SET, [(2,)], FoldSettings(folds=5))
    with pytest.raises(JobRefused, match="at least one"):
        cross_validate(TINY, [], FoldSettings())
    with pytest.raises(JobRefused, match="24 at most"):
        cross_validate(TINY, [(n,) for n in range(1, 30)], FoldSettings())


def test_that_an_architecture_that_does_not_fit_is_named() -> None:
    layers = (Dense(4), Dense(4), Skip(1, "identity"))
    spec = checked(msgspec.structs.replace(TINY, network=NetworkSpec(layers)))
    with pytest.raises(JobRefused, match=r"4-3 does not fit: network\.layers\.2\.shortcut"):
        cross_validate(spec, [(4, 4), (4, 3)], THREE_FOLDS)


def test_that_a_job_is_cancelled_in_the_middle_of_a_training() -> None:
    # Far more epochs than the test has time for.
    settings = FoldSettings(folds=2, epochs=1_000_000)
    started = threading.Event()

    def task(progress: Progress) -> CrossValidation:
        def told(report: Progressed) -> None:
            progress.check()
            if report.share > 0:
                started.set()

        return cross_validate(TINY, [(4,)], settings, Progress(told))

    job = Job("cross-validation", task)
    job.start()
    assert started.wait(10)
    assert job.stop(5)
    assert job.poll() == (Cancelled(),)


def test_that_the_best_has_the_best_mean_and_all_folds() -> None:
    result = _result(
        {
            (2,): [0.7, 0.8, 0.75],
            (4,): [0.90, 0.88, 0.92],
            (8,): [0.89, 0.90, 0.92],
            (16,): [0.99, math.nan, 0.99],
        }
    )
    assert result.best(Measure.ACCURACY) == 2
    # Within one standard error of the best there is a smaller one.
    assert result.simplest(Measure.ACCURACY) == 1
    assert "8 is best" in verdict(result, Measure.ACCURACY)
    assert "4 is smaller" in verdict(result, Measure.ACCURACY)
    # The losses say the same here.
    assert result.best(Measure.LOSS) == 2


def test_that_equal_means_go_to_fewer_parameters() -> None:
    result = _result({(8,): [0.9, 0.9], (4,): [0.9, 0.9]})
    assert result.best(Measure.ACCURACY) == result.simplest(Measure.ACCURACY) == 1


def test_that_only_folds_that_all_have_are_compared_meanwhile() -> None:
    result = _result({(8,): [0.9, 1.0], (4,): [0.95]})
    assert result.best(Measure.ACCURACY) == 1
    assert verdict(result, Measure.ACCURACY) == ""
    assert _result({(8,): [0.9], (4,): []}).best(Measure.ACCURACY) is None
    assert replace(result, candidates=()).best(Measure.LOSS) is None


def test_that_the_tables_hold_every_number() -> None:
    result = cross_validate(TINY, [(4,), (8, 8)], THREE_FOLDS)
    rows = list(csv.DictReader(io.StringIO(csv_table(result))))
    assert len(rows) == 6
    assert float(rows[-1]["held_out_loss"]) == result.candidates[1].runs[-1].loss
    tree = json_tree(result)
    assert tree["candidates"][1]["layers"] == [8, 8]
    assert tree["candidates"][1]["mean_loss"] == result.candidates[1].mean(Measure.LOSS)
    best = result.best(Measure.ACCURACY)
    assert best is not None
    assert tree["best"] == result.candidates[best].name
    text = text_table(result)
    assert f"* {result.candidates[best].name}".replace("* ", "*  ") in text

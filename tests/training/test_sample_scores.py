"""What a network says about each sample, one by one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from playground.data.registry import Bumps, Circles, Spirals3
from playground.engine.network import predict
from playground.experiment.change import fitted
from playground.experiment.spec import ExperimentSpec
from playground.training import sample_scores
from playground.training.jobs import Progress, Progressed
from playground.training.sample_scores import SampleScores, is_quick, score, score_all
from playground.training.trainer import Trainer


def trained(data: object, steps: int = 60) -> Trainer:
    spec, _ = fitted(ExperimentSpec(data=data))  # type: ignore[arg-type]
    trainer = Trainer(spec)
    trainer.advance(steps)
    return trainer


def scores_of(trainer: Trainer) -> SampleScores:
    return score_all(trainer.architecture, trainer.parameters, trainer.data.samples)


@pytest.mark.parametrize("data", [Circles(), Spirals3()])
def test_that_scores_of_classes_are_those_of_the_engine(data: object) -> None:
    trainer = trained(data)
    samples, head, split = trainer.data.samples, trainer.architecture.head, trainer.data.split
    outputs = predict(trainer.architecture, trainer.parameters, samples.inputs)
    found = scores_of(trainer)
    assert found.are_complete
    assert (found.predicted == head.predicted_classes(outputs)).all()
    assert found.certainty == pytest.approx(head.class_certainty(outputs).max(1))
    metrics = trainer.metrics()
    assert found.losses[split.train].mean() == pytest.approx(metrics.train_loss, rel=1e-5)
    assert found.losses[split.test].mean() == pytest.approx(metrics.test_loss, rel=1e-5)
    wrong = found.wrong(samples.labels)[split.test]
    assert 1 - wrong.mean() == pytest.approx(metrics.test_accuracy)


def test_that_scores_of_a_regression_are_its_values() -> None:
    trainer = trained(Bumps())
    samples = trainer.data.samples
    outputs = predict(trainer.architecture, trainer.parameters, samples.inputs)
    found = scores_of(trainer)
    assert found.predicted == pytest.approx(outputs[:, 0])
    assert np.isnan(found.certainty).all()


def test_that_pieces_are_the_whole_and_each_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = trained(Spirals3())
    samples = trainer.data.samples
    whole = score(trainer.architecture, trainer.parameters, samples, slice(None))
    monkeypatch.setattr(sample_scores, "_CHUNK_VALUES", 1)
    told: list[Progressed] = []
    pieces = score_all(trainer.architecture, trainer.parameters, samples, Progress(told.append))
    assert len(told) == -(-len(samples.labels) // 64)
    assert told[-1].share == 1
    for name in ("predicted", "certainty", "losses", "known"):
        assert getattr(pieces, name) == pytest.approx(getattr(whole, name), rel=1e-5)
    some = np.array([7, 3, 250])
    part = score(trainer.architecture, trainer.parameters, samples, some)
    mixed = SampleScores.unknown(len(samples.labels)).with_rows(some, part)
    assert mixed.known.sum() == 3
    assert mixed.losses[some] == pytest.approx(whole.losses[some], rel=1e-5)


def test_that_what_is_not_finite_is_no_answer_and_counts_as_wrong() -> None:
    trainer = trained(Circles(), 0)
    trainer.parameters.vector[:] = np.nan
    found = scores_of(trainer)
    assert np.isnan(found.predicted).all()
    assert found.wrong(trainer.data.samples.labels).all()
    nothing = dataclasses.replace(found, known=np.zeros_like(found.known))
    assert not nothing.wrong(trainer.data.samples.labels).any()


def test_that_many_samples_are_no_matter_of_a_frame() -> None:
    architecture = trained(Circles(), 0).architecture
    assert is_quick(architecture, 500)
    assert not is_quick(architecture, 500_000)

"""Prepared initial weights: made once, in slices, and skipped when somebody is in a hurry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.data.prepared import prepare
from playground.engine.preparation import LSUV, GreedyRBM
from playground.experiment.change import Impact, impact
from playground.experiment.presets import load_experiment
from playground.experiment.project_file import Project, read_project, write_project
from playground.experiment.spec import ExperimentSpec, checked
from playground.schema.validation import replaced
from playground.training import messages, trainer
from playground.training.cross_validation import FoldSettings, cross_validate
from playground.training.preparing import Preparing, prepared_vector
from playground.training.state import UnfitState, resumed
from playground.training.trainer import Trainer
from tests.training.screen import TIMEOUT, Screen
from tests.training.specs import TINY, edited

SCALED = checked(replaced(TINY, "training.preparation", LSUV()))
PRETRAINED = checked(replaced(TINY, "training.preparation", GreedyRBM(epochs=3)))
# Far longer than any test waits.
ENDLESS = checked(replaced(TINY, "training.preparation", GreedyRBM(epochs=10_000)))


@pytest.fixture
def screen() -> Iterator[Screen]:
    screen = Screen()
    yield screen
    assert screen.worker.stop(TIMEOUT)


def _expect_after_progress(screen: Screen, kind: type[Any]) -> Any:
    """Return the first event that is no progress, which must be of a kind."""
    while True:
        event: Any = screen.worker.events.get(timeout=TIMEOUT)
        if not isinstance(event, messages.Preparing):
            assert isinstance(event, kind), event
            return event


@pytest.mark.parametrize("spec", [SCALED, PRETRAINED])
def test_that_training_starts_from_prepared_weights(spec: ExperimentSpec) -> None:
    prepared, plain = Trainer(spec), Trainer(TINY)
    assert not np.array_equal(prepared.parameters.vector, plain.parameters.vector)
    assert np.array_equal(prepared.parameters.vector, prepared_vector(spec, prepared.data))
    first = prepared.parameters.vector.copy()
    prepared.advance(7)
    again = Trainer(spec)
    again.advance(7)
    assert np.array_equal(prepared.parameters.vector, again.parameters.vector)
    prepared.reset()
    assert np.array_equal(prepared.parameters.vector, first)


def test_that_reset_does_not_prepare_again(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = Trainer(PRETRAINED)
    first = prepared.parameters.vector.copy()

    def never(*arguments: object) -> None:
        raise AssertionError("prepared again")

    monkeypatch.setattr(trainer, "prepared_vector", never)
    prepared.advance(3)
    prepared.reset()
    assert np.array_equal(prepared.parameters.vector, first)


def test_that_going_on_from_a_file_does_not_prepare_again(
    monkeypatch: pytest.MonkeyPatch, screen: Screen, tmp_path: Path
) -> None:
    whole = Trainer(PRETRAINED)
    first = whole.parameters.vector.copy()
    whole.advance(9)
    write_project(Project(PRETRAINED, whole.state()), tmp_path / "a.gplay")
    state = read_project(tmp_path / "a.gplay").state
    assert state is not None

    def never(*arguments: object) -> None:
        raise AssertionError("prepared again")

    monkeypatch.setattr(trainer, "prepared_vector", never)
    monkeypatch.setattr(Preparing, "advance", never)
    again = resumed(PRETRAINED, state)
    screen.send(messages.Load(PRETRAINED, 1, state))
    screen.expect(messages.Loaded)
    for one in (whole, again):
        one.advance(5)
    assert again.parameters.vector.tobytes() == whole.parameters.vector.tobytes()
    again.reset()
    assert np.array_equal(again.parameters.vector, first)
    assert screen.look().step == 9


@pytest.mark.parametrize(
    "initial", [np.zeros(3, np.float32), np.full(27, np.nan, np.float32), "x", None]
)
def test_that_initial_weights_that_do_not_fit_are_refused(initial: object) -> None:
    state = {**Trainer(SCALED).state(), "initial": initial}
    with pytest.raises(UnfitState, match="initial"):
        resumed(SCALED, state)


def test_that_slices_make_no_difference() -> None:
    data = prepare(PRETRAINED.data)
    slices = Preparing(PRETRAINED, data)
    count = 0
    while not slices.is_done:
        slices.advance(0.0)
        count += 1
    assert count > 10
    assert slices.progress.share == 1
    assert "reconstruction error" in slices.progress.text
    assert np.array_equal(slices.vector, prepared_vector(PRETRAINED, data))


def test_that_another_preparation_starts_the_network_again() -> None:
    assert impact(TINY, SCALED) is Impact.NETWORK
    assert impact(PRETRAINED, edited(PRETRAINED, training__preparation__steps=2)) is Impact.NETWORK


def test_that_the_worker_trains_what_the_trainer_trains(screen: Screen) -> None:
    screen.send(messages.Load(PRETRAINED, 3), messages.Step(batches=5))
    assert screen.expect(messages.Preparing).run_id == 3
    assert _expect_after_progress(screen, messages.Loaded).run_id == 3
    screen.expect(messages.Started)
    screen.expect(messages.Paused)
    expected = Trainer(PRETRAINED)
    expected.advance(5)
    shown = screen.look().matrices
    for got, wanted in zip(shown, expected.parameters.matrices, strict=True):
        assert np.array_equal(got, wanted)


def test_that_progress_is_told_and_commands_are_heard_meanwhile(screen: Screen) -> None:
    screen.load(TINY)
    screen.send(messages.Load(ENDLESS, 2))
    while screen.expect(messages.Preparing).share == 0:
        pass
    # What is shown meanwhile is the network before; pressing Play waits for the next.
    assert screen.look().run_id == 1
    screen.send(messages.Play(), messages.TakeState(9))
    taken = _expect_after_progress(screen, messages.StateTaken)
    assert (taken.run_id, taken.request, taken.spec, taken.state) == (2, 9, ENDLESS, None)
    screen.send(messages.SkipPreparation())
    _expect_after_progress(screen, messages.Loaded)
    assert screen.expect(messages.PreparationSkipped).run_id == 2
    assert screen.expect(messages.Started).run_id == 2
    screen.send(messages.Pause(), messages.Reset())
    screen.expect(messages.Paused)
    plain = Trainer(TINY).parameters.matrices
    for got, wanted in zip(screen.look().matrices, plain, strict=True):
        assert np.array_equal(got, wanted)


def test_that_another_load_ends_a_preparation(screen: Screen) -> None:
    screen.send(messages.Load(ENDLESS, 1))
    screen.expect(messages.Preparing)
    screen.send(messages.Step(batches=3), messages.Load(TINY, 2))
    assert _expect_after_progress(screen, messages.Loaded).run_id == 2
    # The steps were meant for the network that never came.
    assert screen.look().step == 0
    screen.expect_silence()


def test_that_a_worker_stops_in_the_middle_of_a_preparation() -> None:
    screen = Screen()
    screen.send(messages.Load(ENDLESS, 1))
    screen.expect(messages.Preparing)
    assert screen.worker.stop(TIMEOUT)


def test_that_a_preparation_that_diverges_is_a_load_that_failed(screen: Screen) -> None:
    wild = edited(
        TINY,
        training__preparation__kind="greedy_rbm",
        training__preparation__learning_rate=100.0,
        training__preparation__epochs=1000,
        training__preparation__momentum=0.99,
        training__preparation__visible="gaussian",
    )
    screen.load(TINY)
    screen.send(messages.Load(wild, 2), messages.Play())
    failed = _expect_after_progress(screen, messages.LoadFailed)
    assert failed.run_id == 2
    assert "training.preparation.learning_rate 100" in failed.message


def test_that_cross_validation_prepares_on_the_samples_it_trains_on() -> None:
    settings = FoldSettings(folds=2, epochs=1)
    plain = cross_validate(TINY, [(4,)], settings)
    scaled = cross_validate(SCALED, [(4,)], settings)
    assert scaled == cross_validate(SCALED, [(4,)], settings)
    assert plain.candidates[0].runs != scaled.candidates[0].runs


@pytest.mark.parametrize(("kind", "least", "most"), [("none", 0, 0.2), ("greedy_rbm", 0.85, 1)])
def test_that_pretraining_opens_a_deep_network_that_learns_nothing_without_it(
    kind: str, least: float, most: float
) -> None:
    spec = replaced(load_experiment("deep-sigmoid"), "training.preparation.kind", kind)
    deep = Trainer(checked(spec))
    deep.advance(5 * deep.batches_per_epoch)
    accuracy = deep.metrics().test_accuracy
    assert accuracy is not None
    assert least <= accuracy <= most

"""The thread: commands in order, events complete, one snapshot at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.data.mnist import Mnist
from playground.engine.losses import SoftmaxCrossEntropy
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.training import messages
from playground.training import worker as worker_module
from playground.training.history import HistoryView
from playground.training.pacing import Pace
from playground.training.snapshot import SnapshotBuilder
from playground.training.trainer import Trainer
from playground.training.worker import Worker
from tests.training.screen import TIMEOUT, Screen
from tests.training.specs import THREE_CLASSES, TINY, edited

PLAY, PAUSE, RESET = messages.Play(), messages.Pause(), messages.Reset()


@pytest.fixture
def screen() -> Iterator[Screen]:
    screen = Screen()
    yield screen
    assert screen.worker.stop(TIMEOUT)


def _without_files(folder: Path) -> ExperimentSpec:
    training = TrainingSpec(loss=SoftmaxCrossEntropy())
    return ExperimentSpec(data=Mnist(folder=str(folder)), training=training)


def test_that_loading_reports_sizes_and_shows_the_untrained_network(screen: Screen) -> None:
    loaded = screen.load(TINY, run_id=7)
    assert (loaded.run_id, loaded.spec) == (7, TINY)
    assert [layer.outputs for layer in loaded.architecture.layers] == [4, 2, 1]
    assert len(loaded.data.train_inputs) == 55
    snapshot = screen.snapshot()
    assert (snapshot.run_id, snapshot.step, snapshot.running) == (7, 0, False)
    for shown, expected in zip(snapshot.matrices, Trainer(TINY).parameters.matrices, strict=True):
        assert np.array_equal(shown, expected)


def test_that_playing_trains_until_paused(screen: Screen) -> None:
    screen.load(TINY)
    screen.send(PLAY)
    assert screen.expect(messages.Started).run_id == 1
    assert screen.snapshot(lambda s: s.step > 20).running
    screen.send(PAUSE)
    screen.expect(messages.Paused)
    assert not screen.look().running


def test_that_pausing_freezes_the_step_counter(screen: Screen) -> None:
    screen.load(TINY)
    screen.send(PLAY)
    screen.expect(messages.Started)
    screen.send(PAUSE)
    screen.expect(messages.Paused)
    first, second = screen.look(), screen.look()
    assert first.step == second.step
    assert np.array_equal(first.matrices[0], second.matrices[0])


def test_that_single_batches_can_be_asked_for(screen: Screen) -> None:
    screen.load(TINY)
    screen.send(messages.Step(batches=3))
    screen.expect(messages.Started)
    screen.expect(messages.Paused)
    assert screen.look().step == 3
    screen.send(messages.Step(batches=1))
    screen.expect(messages.Started)
    screen.expect(messages.Paused)
    assert screen.look().step == 4


def test_that_an_epoch_ends_where_the_data_ends(screen: Screen) -> None:
    screen.load(TINY)
    screen.send(messages.Step(batches=2), messages.Step(epochs=1))
    snapshot = screen.snapshot(lambda s: not s.running and s.step > 2)
    assert (snapshot.step, snapshot.epoch, snapshot.epoch_fraction) == (6, 1, 1.0)
    screen.send(messages.Step(epochs=2))
    snapshot = screen.snapshot(lambda s: not s.running and s.step > 6)
    assert (snapshot.step, snapshot.epoch) == (18, 3)


def test_that_reset_brings_back_the_initial_weights(screen: Screen) -> None:
    screen.load(TINY)
    start = screen.look()
    screen.send(messages.Step(batches=5))
    screen.expect(messages.Started)
    screen.expect(messages.Paused)
    assert not np.array_equal(screen.look().matrices[0], start.matrices[0])
    screen.send(RESET)
    again = screen.look()
    assert again.step == 0
    assert np.array_equal(again.matrices[0], start.matrices[0])
    assert len(again.history.step) == 1


def test_that_commands_before_the_first_load_do_nothing(screen: Screen) -> None:
    screen.send(PLAY, PAUSE, RESET, messages.Step(1), messages.ApplyLive(TINY))
    screen.send(messages.SetParameter(0, 0, 0, 1.0))
    assert screen.load(TINY).run_id == 1
    assert screen.look().step == 0
    assert screen.worker.events.empty()


def test_that_a_training_stops_by_its_own_rule_and_goes_on_when_played(screen: Screen) -> None:
    spec = edited(TINY, training__stopping={"kind": "early", "patience": 2, "improvement": 1e6})
    screen.load(spec)
    # Steps that were asked for by number end, too.
    for start, epoch in ((messages.Step(epochs=50), 3), (PLAY, 5)):
        screen.send(start)
        screen.expect(messages.Started)
        assert f"at epoch {epoch}" in screen.expect(messages.StoppedEarly).message
        snapshot = screen.look()
        assert (snapshot.epoch, snapshot.running, snapshot.best_epoch) == (epoch, False, 1)


@pytest.mark.parametrize("spec", [TINY, THREE_CLASSES], ids=["tanh", "softmax"])
def test_that_training_is_the_same_with_and_without_a_thread(
    screen: Screen, spec: ExperimentSpec
) -> None:
    screen.load(spec)
    screen.send(PLAY)
    screen.expect(messages.Started)
    screen.snapshot(lambda s: s.step > 500)
    for _ in range(20):
        screen.snapshot()
    screen.send(PAUSE)
    screen.expect(messages.Paused)
    shown = screen.look()

    trainer = Trainer(spec)
    trainer.advance(shown.step)
    for matrix, expected in zip(shown.matrices, trainer.parameters.matrices, strict=True):
        assert matrix.tobytes() == expected.tobytes()
    _expect_equal_history(shown.history, trainer.history.view())
    assert shown.metrics == trainer.metrics()


def _expect_equal_history(one: HistoryView, two: HistoryView) -> None:
    for column in HistoryView.__slots__:
        first, second = getattr(one, column), getattr(two, column)
        if column == "layer_names":
            assert first == second
        else:
            assert np.array_equal(first, second, equal_nan=True), column


def test_that_a_slow_screen_never_queues_snapshots(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    progressed = threading.Semaphore(0)
    advance = Trainer.advance

    def watched(trainer: Trainer, steps: int) -> None:
        advance(trainer, steps)
        progressed.release()

    monkeypatch.setattr(Trainer, "advance", watched)
    screen.load(TINY)
    screen.look()
    screen.send(PLAY)
    screen.expect(messages.Started)
    # Nobody takes a snapshot while hundreds of chunks are trained.
    with screen.mailbox.changed:
        screen.mailbox.changed.wait_for(lambda: not screen.mailbox.is_empty, TIMEOUT)
    for _ in range(5):
        assert progressed.acquire(timeout=TIMEOUT)
    before = screen.mailbox.delivered
    for _ in range(200):
        assert progressed.acquire(timeout=TIMEOUT)
    assert screen.mailbox.delivered == before
    waiting = screen.mailbox.take()
    assert waiting is not None
    assert screen.snapshot().step > waiting.step


def test_that_no_event_is_ever_lost(screen: Screen) -> None:
    screen.load(TINY)
    for _ in range(100):
        screen.send(PLAY, PAUSE)
    for _ in range(100):
        screen.expect(messages.Started)
        screen.expect(messages.Paused)
    screen.expect_silence()


def test_that_playing_twice_starts_once(screen: Screen) -> None:
    screen.load(TINY)
    screen.send(PLAY, PLAY, PAUSE, PAUSE)
    screen.expect(messages.Started)
    screen.expect(messages.Paused)
    screen.expect_silence()


class TestEditsWhileTraining:
    def test_that_live_values_apply_without_a_restart(self, screen: Screen) -> None:
        screen.load(TINY)
        screen.send(PLAY)
        step = screen.snapshot(lambda s: s.step > 50).step
        screen.send(messages.ApplyLive(edited(TINY, training__learning_rate=0)))
        first, second = screen.look(), screen.look()
        assert second.step >= first.step >= step
        assert np.array_equal(first.matrices[0], second.matrices[0])

    def test_that_a_weight_set_by_hand_is_shown_at_once(self, screen: Screen) -> None:
        screen.load(TINY)
        screen.send(messages.SetParameter(1, 4, 0, 0.25))
        assert screen.look().matrices[1][4, 0] == 0.25

    def test_that_another_experiment_takes_over_while_training(self, screen: Screen) -> None:
        screen.load(TINY)
        screen.send(PLAY)
        screen.expect(messages.Started)
        assert screen.load(THREE_CLASSES, run_id=2).run_id == 2
        assert screen.look().run_id == 2
        screen.send(PAUSE)
        assert screen.expect(messages.Paused).run_id == 2

    def test_that_equal_data_is_not_made_again(self, screen: Screen) -> None:
        first = screen.load(TINY)
        second = screen.load(edited(TINY, network__seed=1), run_id=2)
        third = screen.load(edited(TINY, data__seed=1), run_id=3)
        assert second.data is first.data
        assert third.data is not first.data

    def test_that_reset_while_training_starts_over(self, screen: Screen) -> None:
        screen.load(TINY)
        screen.send(PLAY)
        screen.snapshot(lambda s: s.step > 2000)
        screen.send(RESET, PAUSE)
        snapshot = screen.snapshot(lambda s: not s.running)
        assert snapshot.step == 0


class TestTrouble:
    def test_that_missing_files_leave_the_network_before_alive(
        self, screen: Screen, tmp_path: Path
    ) -> None:
        screen.load(TINY)
        screen.send(messages.Step(batches=5))
        screen.expect(messages.Started)
        screen.expect(messages.Paused)
        screen.send(messages.Load(_without_files(tmp_path / "nowhere"), 2))
        failed = screen.expect(messages.LoadFailed)
        assert failed.run_id == 2
        assert "nowhere" in failed.message
        snapshot = screen.look()
        assert (snapshot.run_id, snapshot.step) == (1, 5)
        assert screen.load(TINY, run_id=3).run_id == 3

    def test_that_a_failed_load_stops_training(self, screen: Screen, tmp_path: Path) -> None:
        screen.load(TINY)
        screen.send(PLAY, messages.Load(_without_files(tmp_path), 2))
        screen.expect(messages.Started)
        assert screen.expect(messages.Paused).run_id == 1
        screen.expect(messages.LoadFailed)
        assert not screen.look().running

    def test_that_training_after_a_failed_load_tries_to_load_again(
        self, screen: Screen, tmp_path: Path
    ) -> None:
        screen.load(TINY)
        spec = _without_files(tmp_path)
        screen.send(messages.Load(spec, 2))
        screen.expect(messages.LoadFailed)
        # The network before must not be trained, or edited, in place of the one asked for.
        slower = edited(spec, training__learning_rate=0.001)
        screen.send(messages.ApplyLive(slower), messages.SetParameter(0, 0, 0, 5.0), PLAY)
        assert screen.expect(messages.LoadFailed).run_id == 2
        screen.expect_silence()
        assert screen.look().step == 0

    def test_that_an_edit_made_after_a_failed_load_counts_when_it_succeeds(
        self, screen: Screen, tmp_path: Path
    ) -> None:
        screen.send(messages.Load(_without_files(tmp_path), 1))
        screen.expect(messages.LoadFailed)
        screen.send(messages.ApplyLive(TINY), messages.Step(2))
        assert screen.expect(messages.Loaded).spec == TINY
        screen.expect(messages.Started)
        screen.expect(messages.Paused)
        assert screen.look().step == 2

    def test_that_an_unexpected_error_is_reported_and_the_thread_lives_on(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(trainer: Trainer, steps: int) -> None:
            raise RuntimeError("the wheel came off")

        screen.load(TINY)
        with monkeypatch.context() as patch:
            patch.setattr(Trainer, "advance", broken)
            screen.send(PLAY)
            screen.expect(messages.Started)
            failed = screen.expect(messages.Failed)
        assert failed.message == "the wheel came off"
        assert "in broken" in failed.traceback
        assert not screen.look().running
        screen.send(messages.Step(batches=2))
        screen.expect(messages.Started)
        screen.expect(messages.Paused)
        assert screen.look().step == 2

    def test_that_a_failing_snapshot_is_reported_once(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*arguments: Any) -> Any:
            raise ValueError("no paint")

        screen.load(TINY)
        screen.look()
        with monkeypatch.context() as patch:
            patch.setattr(SnapshotBuilder, "build", broken)
            screen.send(PLAY)
            screen.expect(messages.Started)
            assert screen.expect(messages.Failed).message == "no paint"
        screen.expect_silence()

    def test_that_an_unexpected_error_while_loading_is_reported(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*arguments: Any) -> Any:
            raise MemoryError("too large")

        screen.load(TINY)
        with monkeypatch.context() as patch:
            patch.setattr(worker_module, "Trainer", broken)
            screen.send(messages.Load(THREE_CLASSES, 2))
            failed = screen.expect(messages.Failed)
        assert (failed.run_id, failed.message) == (2, "too large")
        assert screen.look().run_id == 1

    def test_that_a_bad_command_is_reported(self, screen: Screen) -> None:
        screen.load(TINY)
        screen.send(messages.SetParameter(0, 99, 0, 1.0))
        assert "99" in screen.expect(messages.Failed).message
        assert screen.look().step == 0

    def test_that_divergence_pauses_with_an_explanation(self, screen: Screen) -> None:
        wild = edited(TINY, training__learning_rate=1e9, training__loss__kind="hinge")
        screen.load(wild)
        screen.send(PLAY)
        screen.expect(messages.Started)
        diverged = screen.expect(messages.DivergedAt)
        assert "lower the learning rate (now 1e+09)" in diverged.message
        assert not screen.look().running
        screen.send(messages.ApplyLive(edited(wild, training__learning_rate=0.01)), RESET)
        screen.send(messages.Step(batches=10))
        screen.expect(messages.Started)
        screen.expect(messages.Paused)
        assert screen.look().step == 10

    def test_that_nobody_sees_or_takes_weights_that_diverged(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # However rarely one looks: before anything is shown or handed over, one does.
        monkeypatch.setattr(worker_module, "CHECK_SECONDS", 1e9)
        wild = edited(TINY, training__learning_rate=1e9, training__loss__kind="hinge")
        screen.load(wild)
        screen.send(messages.Step(batches=400))
        screen.expect(messages.Started)
        screen.expect(messages.DivergedAt)
        look = screen.look()
        assert all(np.isfinite(matrix).all() for matrix in look.matrices)
        screen.send(messages.Step(batches=400))
        screen.expect(messages.Started)
        screen.send(messages.TakeState(7))
        # Whichever comes first.
        events: list[Any] = [screen.worker.events.get(timeout=TIMEOUT) for _ in range(2)]
        (taken,) = [event for event in events if isinstance(event, messages.StateTaken)]
        assert taken.state is not None
        assert np.isfinite(taken.state["parameters"]).all()


class TestStopping:
    def test_that_stopping_ends_the_thread_while_training(self) -> None:
        screen = Screen()
        screen.load(TINY)
        screen.send(PLAY)
        screen.expect(messages.Started)
        assert screen.worker.is_alive
        assert screen.worker.stop(TIMEOUT)
        assert not screen.worker.is_alive

    def test_that_stopping_ends_an_idle_thread(self) -> None:
        screen = Screen()
        assert screen.worker.stop(TIMEOUT)

    def test_that_stopping_twice_is_harmless(self) -> None:
        screen = Screen()
        assert screen.worker.stop(TIMEOUT)
        assert screen.worker.stop(TIMEOUT)

    def test_that_a_worker_that_never_started_is_stopped(self) -> None:
        assert Worker().stop()

    def test_that_stop_overtakes_nothing(self) -> None:
        screen = Screen()
        screen.send(messages.Load(TINY, 1), messages.Step(batches=4), PAUSE)
        assert screen.worker.stop(TIMEOUT)
        assert isinstance(screen.worker.events.get_nowait(), messages.Loaded)
        assert isinstance(screen.worker.events.get_nowait(), messages.Started)
        assert isinstance(screen.worker.events.get_nowait(), messages.Paused)


class TestPace:
    """At most so many epochs per second, so that eyes can follow."""

    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        now = [100.0]
        monkeypatch.setattr("playground.training.pacing.time.perf_counter", lambda: now[0])
        return now

    def test_that_flat_out_never_waits(self, clock: list[float]) -> None:
        pace = Pace()
        assert pace.steps_due(10) > 10**9
        assert pace.seconds_to_wait(10) == 0

    def test_that_steps_fall_due_evenly(self, clock: list[float]) -> None:
        pace = Pace()
        pace.epochs_per_second = 2.0
        made = []
        for _ in range(21):
            due = pace.steps_due(5)
            pace.count(due)
            made.append(due)
            clock[0] += 0.05 + 1e-9
        assert sum(made) == 11
        assert set(made) <= {0, 1}

    def test_that_the_wait_ends_when_the_next_step_is_due(self, clock: list[float]) -> None:
        pace = Pace()
        pace.epochs_per_second = 10.0
        assert pace.seconds_to_wait(10) == 0
        pace.count(1)
        assert pace.seconds_to_wait(10) == pytest.approx(0.01)
        clock[0] += 0.004
        assert pace.seconds_to_wait(10) == pytest.approx(0.006)
        pace.count(1000)
        assert pace.seconds_to_wait(10) == pace.LONGEST_WAIT

    def test_that_a_slow_machine_does_not_pile_up_steps(self, clock: list[float]) -> None:
        pace = Pace()
        pace.epochs_per_second = 10.0
        clock[0] += 60
        assert pace.steps_due(10) == 1
        assert pace.steps_due(10) <= 1

    def test_that_a_paced_worker_trains_to_the_same_bits(self, screen: Screen) -> None:
        screen.load(TINY)
        screen.send(messages.SetPace(50.0), PLAY)
        screen.snapshot(lambda s: s.step >= 8)
        screen.send(PAUSE)
        shown = screen.snapshot(lambda s: not s.running)
        trainer = Trainer(TINY)
        trainer.advance(shown.step)
        assert shown.matrices[0].tobytes() == trainer.parameters.matrices[0].tobytes()


class TestWaitingCommands:
    def test_that_only_the_last_of_many_waiting_loads_is_carried_out(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        screen.load(TINY)
        entered, go_on = threading.Event(), threading.Event()
        advance = Trainer.advance

        def slow(trainer: Trainer, steps: int) -> None:
            entered.set()
            assert go_on.wait(TIMEOUT)
            advance(trainer, steps)

        monkeypatch.setattr(Trainer, "advance", slow)
        screen.send(PLAY)
        screen.expect(messages.Started)
        assert entered.wait(TIMEOUT)
        for run_id in range(2, 30):
            screen.send(messages.Load(edited(TINY, data__seed=run_id), run_id))
        go_on.set()
        assert screen.expect(messages.Loaded).run_id == 29
        screen.expect_silence()

    def test_that_commands_behind_a_failing_one_are_carried_out(
        self, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        screen.load(TINY)
        with monkeypatch.context() as patch:
            patch.setattr(Trainer, "reset", lambda trainer: 1 / 0)
            screen.send(RESET, messages.Step(batches=2))
            screen.expect(messages.Failed)
            screen.expect(messages.Started)
            screen.expect(messages.Paused)
        assert screen.look().step == 2

    def test_that_a_load_ends_the_steps_that_were_asked_for(self, screen: Screen) -> None:
        screen.load(TINY)
        screen.send(messages.Step(batches=10**9))
        screen.expect(messages.Started)
        screen.send(messages.Load(TINY, 2))
        screen.expect(messages.Paused)
        screen.expect(messages.Loaded)
        assert not screen.look().running

"""The thread that trains while the screen shows. Free of Qt."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass, field
from typing import Any, assert_never

from playground.data.dataset import DataError
from playground.data.prepared import PreparedData, prepare
from playground.experiment.spec import ExperimentSpec
from playground.schema.validation import InvalidValue
from playground.training import messages
from playground.training.divergence import Diverged
from playground.training.mailbox import Mailbox
from playground.training.pacing import Chunk, Pace, Rate
from playground.training.preparing import Preparing, drawn_vector, is_prepared
from playground.training.snapshot import SnapshotBuilder, View
from playground.training.state import UnfitState, changed_data, kept_initial, restore_checked
from playground.training.trainer import Trainer
from playground.training.waiting import MEANWHILE, still_wanted

PREPARING_SECONDS = 0.005
"""Preparation of initial weights between two looks at the commands."""
CHECK_SECONDS = 0.01
"""Most time that training goes on between two looks whether it has diverged: where it began is
found out afterwards, however late one looks. Nobody sees or takes what was not looked at."""
REPORT_SECONDS = 0.05
"""Least time between two reports of how far a preparation is."""


class Worker:
    """Runs a trainer in a thread of its own.

    Commands go in by :meth:`send`. Snapshots come out by ``mailbox``: the next is built only
    after the last was taken, so that a slow screen never queues frames. Events come out by
    ``events`` and are never skipped.
    """

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.events: queue.SimpleQueue[messages.Event] = queue.SimpleQueue()
        self._commands: queue.SimpleQueue[messages.Command] = queue.SimpleQueue()
        self._pending: deque[messages.Command] = deque()
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)
        self._trainer: Trainer | None = None
        self._builder: SnapshotBuilder | None = None
        self._failed_load: messages.Load | None = None
        self._preparation: _Preparation | None = None
        self._view = View()
        self._run_id = 0
        self._running = False
        self._stopped = False
        self._remaining: int | None = None
        self._unchecked_since: float | None = None
        self._needs_snapshot = False
        self._chunk = Chunk()
        self._rate = Rate()
        self._pace = Pace()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def send(self, command: messages.Command) -> None:
        """Hand over a command; returns at once."""
        self._commands.put(command)

    def stop(self, timeout: float = 5.0) -> bool:
        """Ask the thread to end and wait for it.

        Returns
        -------
        bool
            Whether it ended within ``timeout`` seconds.
        """
        self.send(messages.Stop())
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopped:
            try:
                self._take_commands()
                if self._preparation is not None:
                    self._prepare(self._preparation)
                elif self._running and not self._stopped:
                    self._train()
                if self._needs_snapshot or (self._running and self.mailbox.is_empty):
                    self._publish()
            except Diverged as error:
                self._running = False
                self._needs_snapshot = True
                self.events.put(messages.DivergedAt(self._run_id, str(error)))
            except Exception as error:
                # Whatever went wrong is shown to the user; the thread lives on.
                self._running = False
                self._needs_snapshot = False
                self.events.put(messages.Failed(self._run_id, str(error), traceback.format_exc()))

    def _take_commands(self) -> None:
        """Carry out all waiting commands; wait for one while there is nothing else to do."""
        idle = not self._running and not self._needs_snapshot and not self._pending
        if self._preparation is not None:
            idle = False
        wait = 0.0 if idle or self._pending else self._seconds_to_wait()
        try:
            timeout = None if idle else wait
            self._pending.append(self._commands.get(block=idle or wait > 0, timeout=timeout))
            while True:
                self._pending.append(self._commands.get_nowait())
        except queue.Empty:
            pass
        self._pending = still_wanted(self._pending)
        if self._pending:
            self._check()
        # One by one: should a command fail, those behind it are carried out in the next turn.
        while self._pending and not self._stopped:
            self._carry_out(self._pending.popleft())

    def _seconds_to_wait(self) -> float:
        """Return how long training may rest, at the pace that was asked for."""
        if not self._running or self._needs_snapshot or self._trainer is None:
            return 0.0
        if self._remaining is not None or self._preparation is not None:
            return 0.0
        return self._pace.seconds_to_wait(self._trainer.batches_per_epoch)

    def _carry_out(self, command: messages.Command) -> None:
        if self._preparation is not None and not isinstance(command, MEANWHILE):
            self._preparation.waiting.append(command)
            return
        if self._failed_load is not None and not self._may_go_on(command, self._failed_load):
            return
        match command:
            case messages.Load():
                self._load(command)
            case messages.ApplyLive(spec):
                if self._trainer is not None:
                    self._trainer.apply_live(spec)
                    self._show_change()
            case messages.Play():
                self._set_running(True)
            case messages.Pause():
                self._set_running(False)
            case messages.Step(batches, epochs):
                self._step(batches, epochs)
            case messages.Reset():
                if self._trainer is not None:
                    self._trainer.reset()
                    self._rate.clear()
                    self._show_change()
            case messages.SetParameter(layer, row, column, value):
                if self._trainer is not None:
                    self._trainer.set_parameter(layer, row, column, value)
                    self._show_change()
            case messages.TakeState(request):
                self._tell_state(request)
            case messages.Restore(state):
                if self._trainer is not None:
                    self._trainer.restore(state)
                    self._rate.clear()
                    self._show_change()
            case messages.SkipPreparation():
                if self._preparation is not None:
                    self._end_preparation(self._preparation, is_skipped=True)
            case messages.SetPace(epochs_per_second):
                self._pace.epochs_per_second = epochs_per_second
                self._pace.restart()
            case messages.Show(view):
                self._view = view
                self._needs_snapshot = True
            case messages.Stop():
                self._stopped = True
            case _:
                assert_never(command)

    def _may_go_on(self, command: messages.Command, failed: messages.Load) -> bool:
        """Return whether a command has a meaning although what it is about could not be loaded.

        The network before must not be trained in its place. Whoever wants to train gets another
        try: the files may be there by now.
        """
        match command:
            case messages.ApplyLive(spec):
                self._failed_load = messages.Load(spec, failed.run_id, failed.state)
                return False
            case messages.SetParameter() | messages.Restore():
                return False
            case messages.Play() | messages.Step() | messages.Reset():
                self._load(failed)
                return self._failed_load is None
            case _:
                return True

    def _load(self, load: messages.Load) -> None:
        spec = load.spec
        reusable = self._reusable_data(spec)
        self._failed_load = None
        if self._remaining is not None:
            # The steps that were asked for belonged to the run before.
            self._set_running(False)
        if self._preparation is not None:
            # What waited was about the network that this load replaces, but for such as Play.
            waiting = still_wanted(deque([*self._preparation.waiting, load]))
            self._pending.extendleft(each for each in reversed(waiting) if each is not load)
            self._preparation = None
        try:
            data = reusable or prepare(spec.data)
            initial = kept_initial(spec, data, load.state)
            if is_prepared(spec) and initial is None:
                self._preparation = _Preparation(load, Preparing(spec, data), data)
                self.events.put(messages.Preparing(load.run_id, 0.0, ""))
                return
            trainer = Trainer(spec, data, initial)
        except Exception as error:
            self._fail_load(load, error)
            return
        self._take_over(load, trainer)

    def _prepare(self, preparation: _Preparation) -> None:
        """Go on preparing initial weights for a few milliseconds."""
        try:
            preparation.work.advance(PREPARING_SECONDS)
        except Exception as error:
            self._pending.extendleft(reversed(preparation.waiting))
            self._preparation = None
            self._fail_load(preparation.load, error)
            return
        if preparation.work.is_done:
            self._end_preparation(preparation)
        elif time.perf_counter() - preparation.reported > REPORT_SECONDS:
            preparation.reported = time.perf_counter()
            progress = preparation.work.progress
            run_id = preparation.load.run_id
            self.events.put(messages.Preparing(run_id, progress.share, progress.text))

    def _end_preparation(self, preparation: _Preparation, is_skipped: bool = False) -> None:
        """Make a trainer of what was prepared; what waited for it comes next."""
        load = preparation.load
        self._preparation = None
        self._pending.extendleft(reversed(preparation.waiting))
        work = preparation.work
        try:
            initial = drawn_vector(load.spec, preparation.data) if is_skipped else work.vector
            trainer = Trainer(load.spec, preparation.data, initial)
        except Exception as error:
            self._fail_load(load, error)
            return
        self._take_over(load, trainer)
        if is_skipped:
            self.events.put(messages.PreparationSkipped(load.run_id))

    def _fail_load(self, load: messages.Load, error: Exception) -> None:
        """Tell what is wrong; the network before lives on, under its own run_id."""
        self._failed_load = load
        self._set_running(False)
        if isinstance(error, DataError | InvalidValue):
            self.events.put(messages.LoadFailed(load.run_id, str(error)))
        else:
            details = "".join(traceback.format_exception(error))
            self.events.put(messages.Failed(load.run_id, str(error), details))

    def _take_over(self, load: messages.Load, trainer: Trainer) -> None:
        """Train another network from now on."""
        spec, run_id = load.spec, load.run_id
        refused = "" if load.state is None else self._refusal(trainer, load.state)
        self._run_id = run_id
        self._trainer = trainer
        self._builder = SnapshotBuilder(trainer, run_id)
        self._rate.clear()
        self._chunk = Chunk()
        self._needs_snapshot = True
        self.events.put(messages.Loaded(run_id, spec, trainer.data, trainer.architecture))
        if refused:
            self.events.put(messages.StateRefused(run_id, refused))
        elif load.state is not None and (changed := changed_data(trainer, load.state)):
            self.events.put(messages.DataChanged(run_id, changed))

    def _refusal(self, trainer: Trainer, state: dict[str, Any]) -> str:
        """Restore a state that may come from anywhere; return why not, or ""."""
        try:
            restore_checked(trainer, state)
        except UnfitState as error:
            return str(error)
        return ""

    def _tell_state(self, request: int) -> None:
        if self._failed_load is not None:
            failed = self._failed_load
            # What is not loaded yet is not lost: it waits for its data.
            answer = messages.StateTaken(failed.run_id, request, failed.spec, failed.state)
            self.events.put(answer)
        elif self._preparation is not None:
            load = self._preparation.load
            # Without a state it starts from its initial weights, as it would here.
            answer = messages.StateTaken(load.run_id, request, load.spec, load.state)
            self.events.put(answer)
        elif self._trainer is not None:
            trainer = self._trainer
            answer = messages.StateTaken(self._run_id, request, trainer.spec, trainer.state())
            self.events.put(answer)

    def _reusable_data(self, spec: ExperimentSpec) -> PreparedData | None:
        if self._preparation is not None and self._preparation.load.spec.data == spec.data:
            return self._preparation.data
        if self._trainer is not None and self._trainer.spec.data == spec.data:
            return self._trainer.data
        return None

    def _set_running(self, running: bool) -> None:
        if self._trainer is None or running == self._running:
            return
        self._running = running
        self._remaining = None
        self._pace.restart()
        self._needs_snapshot = True
        self._rate.clear()
        event = messages.Started if running else messages.Paused
        self.events.put(event(self._run_id))

    def _step(self, batches: int, epochs: int) -> None:
        if self._trainer is None:
            return
        if epochs:
            batches += epochs * self._trainer.batches_per_epoch - self._trainer.step_in_epoch
        self._set_running(True)
        self._remaining = batches

    def _train(self) -> None:
        """Train for a moment, and no longer than the next command may wait."""
        assert self._trainer is not None
        if self._remaining is not None:
            # Steps that were asked for by number are made at once.
            steps = min(self._chunk.steps, self._remaining)
        else:
            steps = min(self._chunk.steps, self._pace.steps_due(self._trainer.batches_per_epoch))
        if steps == 0:
            return
        started = time.perf_counter()
        self._trainer.advance(steps)
        if self._unchecked_since is None:
            self._unchecked_since = started
        is_done = self._remaining is not None and self._remaining <= steps
        if is_done or time.perf_counter() - self._unchecked_since > CHECK_SECONDS:
            self._check()
        seconds = time.perf_counter() - started
        self._pace.count(steps)
        self._rate.add(steps, started + seconds)
        if self._trainer.stopped is not None:
            self._stop_early(self._trainer.stopped.sentence)
            return
        self._chunk.learn(steps, seconds)
        if self._remaining is not None:
            self._remaining -= steps
            if self._remaining <= 0:
                self._set_running(False)

    def _check(self) -> None:
        """Make sure that what was trained is finite, if that is not yet known."""
        if self._unchecked_since is not None and self._trainer is not None:
            self._unchecked_since = None
            self._trainer.check_finite()

    def _stop_early(self, sentence: str) -> None:
        """Stand still by the rule of the experiment; whoever plays on goes on."""
        self._running = False
        self._remaining = None
        self._rate.clear()
        self._needs_snapshot = True
        self.events.put(messages.StoppedEarly(self._run_id, sentence))

    def _show_change(self) -> None:
        """Show at once what was changed from outside, though that may be expensive."""
        self._needs_snapshot = True
        if self._builder is not None:
            self._builder.renew()

    def _publish(self) -> None:
        self._needs_snapshot = False
        if self._builder is None:
            return
        self._check()
        rate = self._rate.value() if self._running else None
        self.mailbox.put(self._builder.build(self._view, self._running, rate))


@dataclass(slots=True)
class _Preparation:
    """Initial weights in the making, for a load that waits for them."""

    load: messages.Load
    work: Preparing
    data: PreparedData
    waiting: deque[messages.Command] = field(default_factory=deque)
    reported: float = 0.0

"""The session: the one mutable reference to the experiment, and the line to the worker.

Views emit intentions; the session validates them, puts them on the undo stack, tells the worker
and then every view what is true. See "One way through" in ARCHITECTURE.md.
"""

from __future__ import annotations

import itertools
import queue
import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QUndoStack

from playground.experiment.change import Impact, fitted, impact, may_need_fitting, remarks
from playground.experiment.spec import ExperimentSpec, checked
from playground.gui.edit_commands import ParameterCommand, SpecCommand
from playground.schema.validation import InvalidValue, replaced
from playground.training import messages
from playground.training.snapshot import View
from playground.training.worker import Worker

POLL_MILLISECONDS = 16
"""Time between two looks into the mailbox."""
FRAME_SECONDS = 0.025
"""Least time between two frames: with polls of 16 ms, every second one, 31 frames a second."""


class Session(QObject):
    """Holds the current spec; everything on the screen follows from it.

    Signals
    -------
    spec_changed(ExperimentSpec)
        After every edit, undo and redo.
    loaded(messages.Loaded)
        Data and network of the current spec are ready.
    snapshot_ready(Snapshot)
        A new look at the training, at most one per frame.
    running_changed(bool)
        Training started or paused.
    weights_edited()
        A weight was set by hand.
    notice(str, str)
        Something worth telling: level ("info", "finished", "warning", "error") and text.
    preparing(float, str)
        The initial weights are being prepared: the share that is done, and what was reached.
    load_failed(str)
        The data of the spec could not be read; what is shown is still the run before.
    failed(str, str)
        An unexpected error: message and traceback.
    """

    spec_changed = Signal(object)
    loaded = Signal(object)
    snapshot_ready = Signal(object)
    running_changed = Signal(bool)
    weights_edited = Signal()
    notice = Signal(str, str)
    failed = Signal(str, str)
    load_failed = Signal(str)
    preparing = Signal(float, str)

    def __init__(self, spec: ExperimentSpec, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self._run_id = 0
        self._loaded: messages.Loaded | None = None
        self._running = False
        self.hand_edits = 0
        """How often weights were set by hand, or taken back to what they were before that."""
        self._hand_edits = 0
        self._requests = itertools.count()
        self._receivers: dict[int, Callable[[messages.StateTaken], object]] = {}
        self._last_frame = 0.0
        self._view = View()
        self.undo_stack = QUndoStack(self)
        self._worker = Worker()
        self._frame_timer = QTimer(self)
        self._frame_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame_timer.setInterval(POLL_MILLISECONDS)
        self._frame_timer.timeout.connect(self.deliver)

    @property
    def spec(self) -> ExperimentSpec:
        """The experiment as it is now."""
        return self._spec

    @property
    def is_running(self) -> bool:
        """Whether training runs, as far as is known here."""
        return self._running

    @property
    def is_loading(self) -> bool:
        """Whether the worker still makes data or network for the current spec."""
        return self._loaded is None or self._loaded.run_id != self._run_id

    @property
    def current_run(self) -> messages.Loaded | None:
        """Data and network of the current spec; ``None`` while they are being made."""
        return None if self.is_loading else self._loaded

    @property
    def has_started(self) -> bool:
        """Whether there is a worker to stop."""
        return self._worker.is_alive

    def start(self, state: dict[str, Any] | None = None) -> None:
        """Start the worker and load the spec, where a state says that training stood."""
        self._worker.start()
        self._load(state)
        self._frame_timer.start()

    def close(self) -> bool:
        """Stop the worker; return whether its thread ended."""
        self._frame_timer.stop()
        return self._worker.stop()

    # --- edits of the experiment ---

    def edit(self, path: str, value: Any, label: str, merge_key: str = "") -> bool:
        """Set one field of the spec; return whether it was accepted."""
        try:
            changed = replaced(self._spec, path, value)
        except InvalidValue as error:
            self._refuse(error)
            return False
        return self.propose(changed, label, merge_key)

    def propose(self, spec: ExperimentSpec, label: str, merge_key: str = "") -> bool:
        """Make a new spec the current one, as a step that can be undone.

        Parameters
        ----------
        label
            What the step did, for the Edit menu: "Set noise".
        merge_key
            Steps with the same key that follow each other (dragging a slider) are one step;
            "" never merges.

        Returns
        -------
        bool
            Whether it was accepted; if not, the reason was told by ``notice``.
        """
        notes: tuple[str, ...] = ()
        try:
            before = self._spec
            if may_need_fitting(before, spec):
                spec, notes = fitted(spec)
            spec = checked(spec)
        except InvalidValue as error:
            self._refuse(error)
            return False
        if spec == self._spec:
            return True
        self.undo_stack.push(SpecCommand(self._become, self._spec, spec, label, merge_key))
        # In one notice: a second one would take the place of the first.
        told = " ".join((*notes, *remarks(before, spec)))
        if told:
            self.notice.emit("info", told)
        return True

    def load_anew(self, spec: ExperimentSpec, state: dict[str, Any] | None = None) -> None:
        """Make another experiment the current one, from a state or the initial weights.

        That is no step of the undo stack by itself; see
        :class:`~playground.gui.project.opening.OpenCommand`.

        Parameters
        ----------
        spec
            A checked experiment, perhaps equal to the one before.
        state
            As :meth:`take_state` or a project file gave it. Should it not fit, a notice says so.
        """
        self._spec = spec
        self._load(state)
        self.spec_changed.emit(spec)

    def rename(self, name: str) -> None:
        """Call the experiment something else: no step to undo, since it is that of a file."""
        self._spec = renamed(self._spec, name)
        self.spec_changed.emit(self._spec)

    def edit_parameter(self, layer: int, row: int, column: int, old: float, new: float) -> None:
        """Set a weight or bias by hand, as a step that can be undone."""
        if not np.isfinite(new):
            self.notice.emit("error", f"A weight cannot be {new}; type a finite number.")
            return
        if old == new or self._loaded is None:
            return
        label = f"Edit {self._loaded.architecture.layers[layer].row_name(row)}"
        place = layer, row, column
        self.undo_stack.push(ParameterCommand(self._put_parameter, place, old, new, label))

    # --- training ---

    def toggle(self) -> None:
        """Start training, or pause it."""
        self._worker.send(messages.Pause() if self._running else messages.Play())

    def play(self) -> None:
        """Start training."""
        self._worker.send(messages.Play())

    def pause(self) -> None:
        """Pause training after the current step."""
        self._worker.send(messages.Pause())

    def step(self, whole_epoch: bool = False) -> None:
        """Train one batch, or to the end of the epoch."""
        self._worker.send(messages.Step(epochs=1) if whole_epoch else messages.Step(batches=1))

    def reset(self) -> None:
        """Go back to exactly the initial weights; training pauses."""
        self._worker.send(messages.Pause())
        self._worker.send(messages.Reset())
        if self._hand_edits:
            self._hand_edits = 0
            self._count_hand_edit()

    def take_state(self, receive: Callable[[messages.StateTaken], object]) -> None:
        """Ask for a copy of everything that training needs to go on from here.

        Parameters
        ----------
        receive
            Called once, from the event loop, with the answer. Training goes on meanwhile; pause it
            before if the state should be that of the screen.
        """
        request = next(self._requests)
        self._receivers[request] = receive
        self._worker.send(messages.TakeState(request))

    def wait_for_state(self, seconds: float) -> messages.StateTaken | None:
        """Return what :meth:`take_state` gives, blocking: for the very end.

        Parameters
        ----------
        seconds
            After so long without an answer, return ``None``.
        """
        answers: list[messages.StateTaken] = []
        self.take_state(answers.append)
        self.wait_until(lambda: bool(answers), seconds)
        return answers[0] if answers else None

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Handle what the worker reports, blocking, until a condition holds; return whether."""
        deadline = time.perf_counter() + seconds
        while not condition():
            left = deadline - time.perf_counter()
            if left <= 0 or not self._worker.is_alive:
                return False
            try:
                self._handle(self._worker.events.get(timeout=left))
            except queue.Empty:
                return False
        return True

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state that :meth:`take_state` gave, of a run with an equal spec.

        Training pauses. Whoever changed the spec since must make it equal first.
        """
        self._worker.send(messages.Pause())
        self._worker.send(messages.Restore(state))

    def skip_preparation(self) -> None:
        """Start from the weights as they were drawn, instead of preparing them to the end."""
        self._worker.send(messages.SkipPreparation())

    def draw_new_weights(self) -> None:
        """Draw other initial weights, with a new seed."""
        seed = (self._spec.network.seed + 1) % 2**32
        self.edit("network.seed", seed, "Draw new weights")

    def set_pace(self, epochs_per_second: float | None) -> None:
        """Train at most so many epochs per second; ``None``: flat out. Results do not change."""
        self._worker.send(messages.SetPace(epochs_per_second))

    def show(self, view: View) -> None:
        """Tell the worker what is visible."""
        self._view = view
        self._worker.send(messages.Show(view))

    def refresh(self) -> None:
        """Ask for a snapshot of how things are."""
        self._worker.send(messages.Show(self._view))

    def train_epochs(self, count: int) -> None:
        """Train so many whole epochs, then pause."""
        self._worker.send(messages.Step(epochs=count))

    def deliver(self) -> None:
        """Pass on what the worker has reported since the last frame."""
        while not self._worker.events.empty():
            self._handle(self._worker.events.get_nowait())
        now = time.perf_counter()
        if now - self._last_frame < FRAME_SECONDS:
            return
        snapshot = self._worker.mailbox.take()
        if snapshot is not None and snapshot.run_id == self._run_id:
            self._last_frame = now
            self.snapshot_ready.emit(snapshot)

    def _handle(self, event: messages.Event) -> None:
        if isinstance(event, messages.StateTaken):
            # Answers reach whoever asked, even if another run was loaded since.
            self._receivers.pop(event.request)(event)
            return
        if event.run_id != self._run_id and not isinstance(event, messages.Failed):
            return
        match event:
            case messages.Loaded():
                self._loaded = event
                self.loaded.emit(event)
            case messages.Preparing(share=share, text=text):
                self.preparing.emit(share, text)
            case messages.PreparationSkipped():
                self.notice.emit("info", "Training starts from the weights as they were drawn.")
            case messages.Started():
                self._set_running(True)
            case messages.Paused():
                self._set_running(False)
            case messages.StoppedEarly(message=message):
                self._set_running(False)
                self.notice.emit("finished", f"{message} Press Play to go on.")
            case messages.DivergedAt(message=message):
                self._set_running(False)
                self.notice.emit("error", message)
            case messages.StateRefused(message=message):
                self.notice.emit("error", message)
            case messages.DataChanged(message=message):
                self.notice.emit("warning", message)
            case messages.LoadFailed(message=message):
                self._set_running(False)
                self.load_failed.emit(message)
            case messages.Failed(message=message, traceback=trace):
                self._set_running(False)
                self.failed.emit(message, trace)

    def _set_running(self, running: bool) -> None:
        if running != self._running:
            self._running = running
            self.running_changed.emit(running)

    def _refuse(self, error: InvalidValue) -> None:
        self.notice.emit("error", str(error))
        # Editors show what was typed; tell them what is true.
        self.spec_changed.emit(self._spec)

    def _load(self, state: dict[str, Any] | None = None) -> None:
        self._run_id += 1
        self._hand_edits = 0
        self._worker.send(messages.Load(self._spec, self._run_id, state))

    def _become(self, spec: ExperimentSpec) -> None:
        """Make a checked spec the current one and tell everybody."""
        before, self._spec = self._spec, spec
        match impact(before, spec):
            case Impact.DATA | Impact.NETWORK:
                self._load()
            case Impact.LIVE:
                self._worker.send(messages.ApplyLive(spec))
            case Impact.NOTHING:
                pass
        self.spec_changed.emit(spec)

    def _put_parameter(self, layer: int, row: int, column: int, value: float) -> None:
        self._worker.send(messages.SetParameter(layer, row, column, value))
        self._hand_edits += 1
        self._count_hand_edit()

    def _count_hand_edit(self) -> None:
        self.hand_edits += 1
        self.weights_edited.emit()


def renamed(spec: ExperimentSpec, name: str) -> ExperimentSpec:
    """Return the spec under another name."""
    return msgspec.structs.replace(spec, name=name)

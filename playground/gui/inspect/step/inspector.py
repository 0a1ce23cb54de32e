"""Where the inspection stands: the step, the operation, the cell. Everything shown follows it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from playground.engine.network import Parameters
from playground.gui.inspect.step.background import Background
from playground.gui.inspect.step.matrix_model import Cell
from playground.gui.inspect.step.sample_walk import SampleWalk
from playground.gui.inspect.step.settings import Settings
from playground.gui.inspect_requests import Place, SamplePlace, UnitPlace, WeightPlace
from playground.inspection.operation import Operation, Phase, Tape
from playground.inspection.tape import Recording
from playground.inspection.walk import Rung
from playground.training.jobs import Progress
from playground.training.trainer import Trainer

__all__ = ["Inspector", "same_state"]


class Inspector(QObject):
    """Holds the walk, and the cell of the current operation that is looked at.

    Signals
    -------
    recorded()
        Another step, scope or way of writing: the tape is another.
    moved()
        Another operation of the same tape is current.
    cell_moved()
        Another cell of the current operation is chosen.
    at_start()
        There is no way back: here the inspection started.
    busy_changed(bool)
        A move that takes long has begun, or ended.
    progressed(float, str)
        How far a move that takes long is, from 0 to 1, and what is being done.
    failed(str, str)
        A move failed: message and traceback.
    """

    recorded = Signal()
    moved = Signal()
    cell_moved = Signal()
    at_start = Signal()
    busy_changed = Signal(bool)
    progressed = Signal(float, str)
    failed = Signal(str, str)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.walk: SampleWalk | None = None
        self._cell: Cell = (0, 0)
        self._outcome: tuple[Recording, float] | None = None
        self._background = Background(self)
        self._background.busy_changed.connect(self.busy_changed)
        self._background.progressed.connect(
            lambda share, text, _: self.progressed.emit(share, text)
        )
        self._background.failed.connect(self.failed)

    # --- where we are ---

    @property
    def settings(self) -> Settings:
        """How the step is shown."""
        return self._settings

    @property
    def is_open(self) -> bool:
        """Whether there is a step to be shown, and nothing else going on with it."""
        return self.walk is not None and not self._background.is_busy

    @property
    def trainer(self) -> Trainer:
        """The trainer of the walk."""
        return self._walk.trainer

    @property
    def recording(self) -> Recording:
        """The current step, with rows as samples."""
        return self._walk.recording

    @property
    def cost_after(self) -> float:
        """What the cost of the same samples is after the update, worked out once."""
        recording = self.recording
        if self._outcome is None or self._outcome[0] is not recording:
            self._outcome = (recording, self._walk.loss_after)
        return self._outcome[1]

    @property
    def tape(self) -> Tape:
        """The operations of the current step, as they are shown."""
        return self._walk.tape

    @property
    def index(self) -> int:
        """Place of the current operation."""
        return self._walk.position

    @property
    def cell(self) -> Cell:
        """The chosen cell of its result."""
        return self._cell

    @property
    def operation(self) -> Operation:
        """The current operation, as it is shown."""
        return self._walk.operation

    @property
    def _walk(self) -> SampleWalk:
        assert self.walk is not None  # is_open was asked before
        return self.walk

    def open(self, walk: SampleWalk) -> None:
        """Take over a walk, and show its step as the settings say."""
        self.walk = walk
        self._cell = (0, 0)
        self._scope()
        walk.set_fused(self._settings.fused)
        walk.set_notation(self._settings.notation)
        walk.home()
        self.recorded.emit()

    def close(self) -> None:
        """Forget the walk."""
        self.walk = None

    def set_settings(self, settings: Settings) -> None:
        """Show the step in another way; the place stays as far as it still exists."""
        before, self._settings = self._settings, settings
        if not self.is_open:
            return
        walk = self._walk
        if (before.is_batch, before.sample) != (settings.is_batch, settings.sample):
            self._scope()
        if walk.is_fused != settings.fused:
            walk.set_fused(settings.fused)
        if walk.notation is not settings.notation:
            self._cell = self._cell[::-1]
            walk.set_notation(settings.notation)
        changed = {
            field.name
            for field in dataclasses.fields(Settings)
            if getattr(before, field.name) != getattr(settings, field.name)
        }
        if changed & {"is_batch", "sample", "fused", "columns", "figures"}:
            self._cell = self._inside(self._cell)
            self.recorded.emit()

    def _scope(self) -> None:
        """Look at the sample that is asked for, or at the batch."""
        walk, settings = self._walk, self._settings
        if settings.is_batch:
            walk.look_at(None)
            return
        count = len(walk.trainer.data.samples.inputs)
        if not 0 <= settings.sample < count:
            first = int(walk.trainer.data.split.train[0])
            settings = self._settings = dataclasses.replace(settings, sample=first)
        walk.look_at(settings.sample)

    # --- moving ---

    def go_to(self, index: int) -> None:
        """Make an operation the current one; the chosen cell stays if there is such a one."""
        if self.is_open and index != self.index:
            self._walk.go(index)
            self._cell = self._inside(self._cell)
            self.moved.emit()

    def go_to_key(self, key: str, cell: Cell | None = None) -> bool:
        """Make the operation of a key the current one; return whether there is one.

        Parameters
        ----------
        cell
            Of its result, with rows as samples.
        """
        if not self.is_open or key not in self.tape:
            return False
        self._walk.go(key)
        if cell is not None:
            self._cell = cell[::-1] if self._settings.columns else cell
        self._cell = self._inside(self._cell)
        self.moved.emit()
        return True

    def jump(self, phase: Phase) -> None:
        """Go to the start of a phase."""
        if self.is_open:
            self._walk.jump(phase)
            self._cell = self._inside(self._cell)
            self.moved.emit()

    def move(self, rung: Rung, direction: int) -> None:
        """Go one further on a rung, or back; what takes long happens beside the screen."""
        if not self.is_open:
            return
        walk = self._walk
        before = walk.step
        if rung is Rung.CELL:
            walk.select(*self._cell)
        if walk.is_quick(rung, direction):
            self._arrive(before, walk.move(rung, direction), rung)
        else:
            # The walk belongs to the job until it has ended: is_open says so.
            self._background.run(
                "walk",
                lambda progress: walk.move(rung, direction, _teller(progress)),
                lambda moved: self._arrive(before, moved, rung),
            )

    def return_to_start(self) -> None:
        """Go back to where the inspection started."""
        if not self.is_open:
            return
        walk = self._walk
        before = walk.step
        self._background.run(
            "walk",
            lambda progress: walk.return_to_start(_teller(progress)),
            lambda _: self._arrive(before, True, Rung.EPOCH),
        )

    def _arrive(self, step_before: int, moved: bool, rung: Rung) -> None:
        walk = self._walk
        if not moved:
            self.at_start.emit()
            return
        cell = walk.cell if rung is Rung.CELL and walk.cell is not None else self._cell
        self._cell = self._inside(cell)
        if walk.step != step_before:
            self.recorded.emit()
        else:
            self.moved.emit()

    def wait(self) -> None:
        """Wait until a move that takes long has ended."""
        self._background.wait()

    def cancel(self) -> None:
        """End a move that takes long: it is as if it had not begun."""
        self._background.cancel()

    def go_to_place(self, place: Place) -> bool:
        """Go to the gradient of a unit, weight or bias, or to a sample; return whether it is."""
        if not self.is_open:
            return False
        match place:
            case SamplePlace(sample):
                settings = dataclasses.replace(self._settings, is_batch=False, sample=sample)
                self._settings = settings
                self._scope()
                self._walk.home()
                self._cell = (0, 0)
                self.recorded.emit()
                return True
            case UnitPlace(layer, unit):
                keys = ("x",) if layer < 0 else (f"∂L/∂z.{layer}", f"∂L/∂a.{layer}")
                return any(self.go_to_key(key, (0, unit)) for key in keys)
            case WeightPlace(layer, row, column):
                key, cell = self._parameter_at(layer, row, column)
                return bool(key) and self.go_to_key(f"∂L/∂{key}", cell)

    def _parameter_at(self, layer: int, row: int, column: int) -> tuple[str, Cell]:
        """Return the key and the cell of a parameter, by its place in the matrix of a layer."""
        situation = self.recording.situation
        vector = np.arange(len(situation.parameters.vector))
        matrices = Parameters(situation.architecture.layers, vector).matrices
        number = matrices[layer][row, column]
        for key, place in self.recording.places.items():
            found = np.argwhere(place.indices == number)
            if len(found):
                return key, (int(found[0][0]), int(found[0][1]))
        return "", (0, 0)

    def choose(self, cell: Cell) -> None:
        """Choose a cell of the current result."""
        cell = self._inside(cell)
        if cell != self._cell:
            self._cell = cell
            self.cell_moved.emit()

    def _inside(self, cell: Cell) -> Cell:
        rows, columns = self.operation.result.shape
        return min(max(0, cell[0]), rows - 1), min(max(0, cell[1]), columns - 1)


def _teller(progress: Progress) -> Callable[[float], None]:
    return partial(progress.report, text="Training along the way")


def same_state(first: Any, second: Any) -> bool:
    """Return whether two states of a trainer are bit-identical."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(
            same_state(first[key], second[key]) for key in first
        )
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(same_state, first, second))
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return first.dtype == second.dtype and first.tobytes() == second.tobytes()
    return bool(first == second) or bool(first != first and second != second)

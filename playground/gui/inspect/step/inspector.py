"""Where the inspection stands: the step, the operation, the cell. Everything shown follows it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from playground.data.prepared import PreparedData
from playground.engine.network import Parameters
from playground.experiment.spec import ExperimentSpec
from playground.gui.inspect.step.matrix_model import Cell
from playground.gui.inspect.step.moves import Move
from playground.gui.inspect.step.settings import Settings
from playground.gui.inspect_requests import Place, SamplePlace, UnitPlace, WeightPlace
from playground.inspection.operation import Operation, Phase, Tape
from playground.inspection.situation import Situation, situation_of
from playground.inspection.tape import Recording, record
from playground.training.trainer import Trainer

__all__ = ["Inspector"]

PHASES = (Phase.FORWARD, Phase.ERROR, Phase.BACKWARD, Phase.UPDATE)


class Inspector(QObject):
    """Holds a trainer of its own, the recording of its next step, and the place in it.

    Signals
    -------
    recorded()
        Another step, scope or way of writing: the tape is another.
    moved()
        Another operation of the same tape is current.
    cell_moved()
        Another cell of the current operation is chosen.
    """

    recorded = Signal()
    moved = Signal()
    cell_moved = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.trainer: Trainer | None = None
        self.recording: Recording | None = None
        self.tape: Tape | None = None
        self._index = 0
        self._cell: Cell = (0, 0)

    # --- where we are ---

    @property
    def settings(self) -> Settings:
        """How the step is shown."""
        return self._settings

    @property
    def is_open(self) -> bool:
        """Whether there is a step to be shown."""
        return self.tape is not None

    @property
    def index(self) -> int:
        """Place of the current operation."""
        return self._index

    @property
    def cell(self) -> Cell:
        """The chosen cell of its result."""
        return self._cell

    @property
    def operation(self) -> Operation:
        """The current operation, as it is shown."""
        assert self.tape is not None
        return self.tape[self._index]

    def open(self, trainer: Trainer) -> None:
        """Inspect the next step of a trainer, from its first operation."""
        self.trainer = trainer
        count = len(trainer.data.samples.inputs)
        if not 0 <= self._settings.sample < count:
            first = int(trainer.data.split.train[0])
            self._settings = dataclasses.replace(self._settings, sample=first)
        self._index, self._cell = 0, (0, 0)
        self._record(keep_place=False)

    def close(self) -> None:
        """Forget the trainer."""
        self.trainer = self.recording = self.tape = None

    def set_settings(self, settings: Settings) -> None:
        """Show the step in another way; the place stays as far as it still exists."""
        before, self._settings = self._settings, settings
        if self.trainer is None:
            return
        scopes = [
            (s.is_batch, s.sample if not s.is_batch else -1, s.fused) for s in (before, settings)
        ]
        if scopes[0] != scopes[1]:
            self._record(keep_place=True)
        elif before.columns != settings.columns and self.recording is not None:
            self.tape = self.recording.tape.shown(settings.notation)
            self._cell = self._cell[::-1]
            self.recorded.emit()

    def record_again(self) -> None:
        """Record the next step of the trainer after it has moved."""
        self._record(keep_place=True)

    def _record(self, keep_place: bool) -> None:
        assert self.trainer is not None
        key = self.operation.key if keep_place and self.tape is not None else ""
        self.recording = record(self._situation(self.trainer), fused=self._settings.fused)
        self.tape = self.recording.tape.shown(self._settings.notation)
        if key in self.tape:
            self._index = self.tape.index(key)
        else:
            self._index = min(self._index, len(self.tape) - 1)
        self._cell = self._inside(self._cell)
        self.recorded.emit()

    def _situation(self, trainer: Trainer) -> Situation:
        """Return the step of the next batch, or of one sample, be it for training or not."""
        if self._settings.is_batch:
            situation = situation_of(trainer)
            numbers = trainer.data.split.train[list(situation.samples)]
            return dataclasses.replace(situation, samples=tuple(map(int, numbers)))
        number, samples = self._settings.sample, trainer.data.samples
        place = np.flatnonzero(trainer.data.split.train == number)
        if len(place):
            return dataclasses.replace(situation_of(trainer, int(place[0])), samples=(number,))
        return dataclasses.replace(
            situation_of(trainer, 0),
            weights=None,
            inputs=samples.inputs[number : number + 1].astype(np.float64),
            targets=trainer.architecture.head.targets(samples.labels[number : number + 1]),
            samples=(number,),
        )

    # --- within the step ---

    def go_to(self, index: int) -> None:
        """Make an operation the current one; the chosen cell stays if there is such a one."""
        if self.tape is None:
            return
        index = min(max(0, index), len(self.tape) - 1)
        if index != self._index:
            self._index = index
            self._cell = self._inside(self._cell)
            self.moved.emit()

    def go_to_key(self, key: str, cell: Cell | None = None) -> bool:
        """Make the operation of a key the current one; return whether there is one."""
        if self.tape is None or key not in self.tape:
            return False
        if cell is not None:
            self._cell = cell[::-1] if self._settings.columns else cell
        index = self.tape.index(key)
        self._cell = _clipped(self._cell, self.tape[index])
        if index != self._index:
            self._index = index
            self.moved.emit()
        else:
            self.cell_moved.emit()
        return True

    def go_to_place(self, place: Place) -> bool:
        """Go to the gradient of a unit, weight or bias, or to a sample; return whether it is."""
        match place:
            case SamplePlace(sample):
                self._settings = dataclasses.replace(self._settings, is_batch=False, sample=sample)
                self._index = 0
                self._record(keep_place=False)
                return True
            case UnitPlace(layer, unit):
                keys = ("x",) if layer < 0 else (f"∂L/∂z.{layer}", f"∂L/∂a.{layer}")
                return any(self.go_to_key(key, (0, unit)) for key in keys)
            case WeightPlace(layer, row, column):
                key, cell = self._parameter_at(layer, row, column)
                return bool(key) and self.go_to_key(f"∂L/∂{key}", cell)

    def _parameter_at(self, layer: int, row: int, column: int) -> tuple[str, Cell]:
        """Return the key and the cell of a parameter, by its place in the matrix of a layer."""
        assert self.recording is not None
        vector = np.arange(len(self.recording.situation.parameters.vector))
        layers = self.recording.situation.architecture.layers
        number = Parameters(layers, vector).matrices[layer][row, column]
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

    def target(self, move: Move) -> int | None:
        """Return the place in this tape to which a step leads; ``None`` if it leaves the tape."""
        assert self.tape is not None
        last = len(self.tape) - 1
        now = self._index
        match move:
            case Move.NEXT_OPERATION:
                return now + 1 if now < last else None
            case Move.PREVIOUS_OPERATION:
                return now - 1 if now > 0 else None
            case Move.START_OF_STEP:
                return 0
            case Move.END_OF_STEP:
                return last
            case Move.NEXT_PHASE | Move.PREVIOUS_PHASE:
                starts = [
                    i
                    for i, op in enumerate(self.tape.operations)
                    if i == 0 or op.phase is not self.tape[i - 1].phase
                ]
                return _beside(starts, now, 1 if move is Move.NEXT_PHASE else -1)
            case Move.NEXT_LAYER | Move.PREVIOUS_LAYER:
                starts = [
                    i
                    for i, op in enumerate(self.tape.operations)
                    if i == 0
                    or (op.phase, op.layer) != (self.tape[i - 1].phase, self.tape[i - 1].layer)
                ]
                return _beside(starts, now, 1 if move is Move.NEXT_LAYER else -1)
            case _:
                return None

    def move_cell(self, forwards: bool) -> None:
        """Go to the next or previous cell in reading order; then to the operation beside."""
        rows, columns = self.operation.result.shape
        place = self._cell[0] * columns + self._cell[1] + (1 if forwards else -1)
        if 0 <= place < rows * columns:
            self.choose((place // columns, place % columns))
            return
        index = self.target(Move.NEXT_OPERATION if forwards else Move.PREVIOUS_OPERATION)
        if index is not None:
            assert self.tape is not None
            rows, columns = self.tape[index].result.shape
            self._index = index
            self._cell = (0, 0) if forwards else (rows - 1, columns - 1)
            self.moved.emit()

    def phase_start(self, number: int) -> int | None:
        """Return the place at which phase 1 to 4 begins."""
        assert self.tape is not None
        wanted = PHASES[number - 1]
        return next((i for i, op in enumerate(self.tape.operations) if op.phase is wanted), None)

    def _inside(self, cell: Cell) -> Cell:
        return _clipped(cell, self.operation)


def _scope(settings: Settings) -> tuple[bool, int, bool]:
    """Return what decides which operations there are."""
    return settings.is_batch, -1 if settings.is_batch else settings.sample, settings.fused


def _clipped(cell: Cell, operation: Operation) -> Cell:
    rows, columns = operation.result.shape
    return min(max(0, cell[0]), rows - 1), min(max(0, cell[1]), columns - 1)


def _beside(starts: list[int], now: int, direction: int) -> int | None:
    """Return the next start after a place, or the last one before it."""
    if direction > 0:
        return next((start for start in starts if start > now), None)
    return next((start for start in reversed(starts) if start < now), None)


def trainer_from(spec: ExperimentSpec, data: PreparedData, state: dict[str, Any]) -> Trainer:
    """Return a trainer of one's own that stands where another one stood."""
    # With parameters at hand, initial weights that take long to prepare are not made again.
    trainer = Trainer(spec, data, state["parameters"])
    trainer.restore(state)
    return trainer


def same_state(first: Any, second: Any) -> bool:
    """Return whether two states of a trainer are bit-identical."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(
            same_state(first[key], second[key]) for key in first
        )
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(same_state, first, second))
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return np.array_equal(first, second, equal_nan=first.dtype.kind == "f")
    return bool(first == second) or (first != first and second != second)

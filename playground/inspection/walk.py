"""Walking through training, step by step and cell by cell, forwards and backwards."""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np

from playground.data.prepared import PreparedData
from playground.experiment.spec import ExperimentSpec
from playground.inspection.operation import Notation, Operation, Phase, Tape
from playground.inspection.report import cost_after
from playground.inspection.situation import Situation, situation_of
from playground.inspection.tape import Recording, record
from playground.inspection.trail import Told, Trail
from playground.training.trainer import Trainer


class Rung(Enum):
    """How far one move goes, from the smallest on."""

    CELL = "cell"
    OPERATION = "operation"
    LAYER = "layer"
    PHASE = "phase"
    BATCH = "batch"
    EPOCH = "epoch"


class Walk:
    """A place in a training, and moves from there.

    Parameters
    ----------
    spec, data
        What is trained, on which samples.
    state
        Where to start, as :meth:`Trainer.state` gives it; ``None``: before the first step.
    sample
        Number of the training sample to look at alone; ``None``: the whole batch that comes next.
    fused
        Whether softmax (or sigmoid) and loss are one operation backwards.
    notation
        The convention in which matrices are shown.

    Attributes
    ----------
    position
        Index of the current operation on the tape.
    cell
        The current cell of its result as it is shown, or ``None`` if the whole is meant.

    Notes
    -----
    With one sample, the step shown is what that sample alone would do. Going on to the next step
    makes the training step, with its whole batch.
    """

    def __init__(
        self,
        spec: ExperimentSpec,
        data: PreparedData | None = None,
        state: dict[str, Any] | None = None,
        *,
        sample: int | None = None,
        fused: bool = True,
        notation: Notation = Notation.ROWS,
    ) -> None:
        # With a state at hand, nobody has to prepare the initial weights once more.
        initial = None if state is None else np.asarray(state["parameters"])
        self._trainer = Trainer(spec, data, initial)
        if state is not None:
            self._trainer.restore(state)
        self._trail = Trail(self._trainer)
        self.position = 0
        self.cell: tuple[int, int] | None = None
        self._sample, self._fused, self._notation = sample, fused, notation
        self._recording: Recording | None = None
        self._tape: Tape | None = None
        self._told: Told = None

    @property
    def trainer(self) -> Trainer:
        """The walk's own trainer, at the start of the step shown; for looking."""
        return self._trainer

    @property
    def recording(self) -> Recording:
        """The current step as it was carried out, with rows as samples."""
        if self._recording is None:
            self._recording = record(self._situation(self._sample), fused=self._fused)
        return self._recording

    @property
    def tape(self) -> Tape:
        """The operations of the current step as they are shown."""
        if self._tape is None:
            self._tape = self.recording.tape.shown(self._notation)
        return self._tape

    @property
    def operation(self) -> Operation:
        """The current operation."""
        return self.tape[self.position]

    @property
    def step(self) -> int:
        """Training steps made before the one shown."""
        return self._trainer.step

    @property
    def steps_walked(self) -> int:
        """Training steps between the start of the walk and the one shown."""
        return self._trainer.step - self._trail.first

    @property
    def sample(self) -> int | None:
        """Number of the sample looked at; ``None``: the whole batch."""
        return self._sample

    @property
    def is_fused(self) -> bool:
        """Whether softmax and loss were asked for as one operation."""
        return self._fused

    @property
    def notation(self) -> Notation:
        """The convention in which matrices are shown."""
        return self._notation

    @property
    def text(self) -> str:
        """Where it is: ``Step 1 of training · backward · operation 11 of 14``."""
        place = f"operation {self.position + 1} of {len(self.tape)}"
        return f"Step {self.step + 1:,} of training · {self.operation.phase.value} · {place}"

    def look_at(self, sample: int | None) -> None:
        """Look at one sample, or at the whole batch.

        Raises
        ------
        NoSuchSample
            If there is no such sample; the walk stays as it is.
        """
        # Before anything changes: there may be no such sample.
        recording = record(self._situation(sample), fused=self._fused)
        key, phase = self.operation.key, self.operation.phase
        self._sample, self._recording, self._tape = sample, recording, None
        self._return_to(key, phase)

    def set_fused(self, fused: bool) -> None:
        """Show softmax and loss as one operation, or one at a time."""
        key, phase = self.operation.key, self.operation.phase
        self._fused, self._recording, self._tape = fused, None, None
        self._return_to(key, phase)

    def set_notation(self, notation: Notation) -> None:
        """Show matrices in a convention; the current cell stays the same number."""
        if notation is self._notation:
            return
        if self.cell is not None:
            self.cell = self.cell[1], self.cell[0]
        self._notation, self._tape = notation, None

    def go(self, place: int | str) -> None:
        """Go to the operation at an index of the tape, or of a key.

        Raises
        ------
        KeyError, IndexError
            If there is none.
        """
        index = self.tape.index(place) if isinstance(place, str) else place
        if not 0 <= index < len(self.tape):
            raise IndexError(f"there is no operation {index}; the tape has {len(self.tape)}")
        self.position, self.cell = index, None

    def home(self) -> None:
        """Go to the start of this step."""
        self.go(0)

    def jump(self, phase: Phase) -> None:
        """Go to the start of a phase of this step; to its last operation, if there is none."""
        phases = [operation.phase for operation in self.tape.operations]
        self.go(phases.index(phase) if phase in phases else len(phases) - 1)

    def select(self, row: int, column: int) -> None:
        """Make a cell of the current result the current one.

        Raises
        ------
        IndexError
            If there is no such cell.
        """
        rows, columns = self.operation.result.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise IndexError(f"{self.operation.symbol} has {rows} × {columns} cells")
        self.cell = row, column

    def move(self, rung: Rung, direction: int, told: Told = None) -> bool:
        """Go one further on a rung, or one back.

        Parameters
        ----------
        direction
            1 or -1.
        told
            Called on a long way with the share that is done. What it raises ends the way, and the
            walk stays where it was.

        Returns
        -------
        moved
            ``False`` at the start of the walk, where there is no way back.
        """
        cell, self._told = self.cell, told
        try:
            return self._moved(rung, direction)
        except BaseException:
            self.cell = cell
            raise
        finally:
            self._told = None

    def return_to_start(self, told: Told = None) -> None:
        """Go back to the first operation of the step at which the walk started.

        Parameters
        ----------
        told
            As for :meth:`move`.
        """
        self._told = told
        try:
            self._go_to_step(self._trail.first)
        finally:
            self._told = None
        self.home()

    def _moved(self, rung: Rung, direction: int) -> bool:
        match rung:
            case Rung.CELL:
                return self._move_cell(direction)
            case Rung.OPERATION:
                self.cell = None
                return self._move_operation(direction)
            case Rung.LAYER:
                return self._move_group(direction, by_layer=True)
            case Rung.PHASE:
                return self._move_group(direction, by_layer=False)
            case Rung.BATCH:
                return self._move_step(self.step + direction)
            case Rung.EPOCH:
                return self._move_step(self._epoch_boundary(direction))

    def state(self) -> dict[str, Any]:
        """Return the state of training that is shown: before this step, or after it at its end."""
        if not self._is_at_end:
            return self._trail.state()
        before = self._trail.state()
        self._trainer.advance(1)
        after = self._trail.state()
        self._trainer.restore(before)
        return after

    @property
    def _is_at_end(self) -> bool:
        """Whether the last operation of a training step is done. One sample makes none."""
        return self._sample is None and self.position == len(self.tape) - 1

    @property
    def loss_after(self) -> float:
        """What the cost of the same samples is after the update of the step shown."""
        return cost_after(self.recording)

    def _situation(self, sample: int | None) -> Situation:
        """Return the step for a sample, or for the whole batch. Other walks may know others."""
        return situation_of(self._trainer, sample)

    def _move_cell(self, direction: int) -> bool:
        columns = self.operation.result.shape[1]
        last = self.operation.result.values.size - 1
        if self.cell is None:
            index = -1 if direction > 0 else 0
        else:
            index = self.cell[0] * columns + self.cell[1]
        index += direction
        if 0 <= index <= last:
            self.cell = index // columns, index % columns
            return True
        if not self._move_operation(direction):
            return False
        rows, columns = self.operation.result.shape
        self.cell = (0, 0) if direction > 0 else (rows - 1, columns - 1)
        return True

    def _move_operation(self, direction: int) -> bool:
        position = self.position + direction
        if 0 <= position < len(self.tape):
            self.position = position
            return True
        if not self._go_to_step(self.step + direction):
            return False
        self.position = 0 if direction > 0 else len(self.tape) - 1
        return True

    def _move_group(self, direction: int, by_layer: bool) -> bool:
        """Go to the start of the next group of operations, or of the one before."""
        self.cell = None
        groups = self._groups(by_layer)
        if direction > 0:
            later = [start for start in groups if start > self.position]
            if later:
                self.position = later[0]
                return True
            if not self._go_to_step(self.step + 1):
                return False
            self.position = 0
            return True
        earlier = [start for start in groups if start < self.position]
        if earlier:
            self.position = earlier[-1]
            return True
        if not self._go_to_step(self.step - 1):
            return False
        self.position = self._groups(by_layer)[-1]
        return True

    def _groups(self, by_layer: bool) -> list[int]:
        operations = self.tape.operations
        marks = [(op.phase, op.layer if by_layer else None) for op in operations]
        return [i for i, mark in enumerate(marks) if i == 0 or mark != marks[i - 1]]

    def _move_step(self, step: int) -> bool:
        """Go to another training step, to the same operation there."""
        key, phase = self.operation.key, self.operation.phase
        if not self._go_to_step(step):
            return False
        self._return_to(key, phase)
        return True

    def _epoch_boundary(self, direction: int) -> int:
        per_epoch, done = self._trainer.batches_per_epoch, self._trainer.step_in_epoch
        if direction > 0:
            return self.step + per_epoch - done
        back = done or per_epoch
        if self.step == self._trail.first:
            return self.step - 1
        return max(self._trail.first, self.step - back)

    def _return_to(self, key: str, phase: Phase) -> None:
        """Go to an operation of that key, or to the start of its phase."""
        self.cell = None
        if key in self.tape:
            self.go(key)
        else:
            self.jump(phase)

    def _go_to_step(self, step: int) -> bool:
        """Bring the trainer to before a step; nothing changes if that was before the walk."""
        if not self._trail.go_to(step, self._told):
            return False
        self._recording = self._tape = None
        return True

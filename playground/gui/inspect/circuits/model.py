"""The circuit that is shown, the moment that is shown of it, and what was answered so far."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from playground.inspection.circuit.check import WireCheck, check_wire
from playground.inspection.circuit.graph import Circuit, Pass, Wire, run
from playground.inspection.circuit.layout import Layout, arranged
from playground.inspection.circuit.parser import parse
from playground.inspection.circuit.predict import FIGURES, Judgement, Score, judge
from playground.inspection.circuit.presets import CircuitFile, default_values, load_circuit
from playground.inspection.circuit.tape import Phase, Step, Tape

FIRST = "gates"
"""The circuit at a first start."""


class CircuitModel(QObject):
    """One circuit, walked by one person.

    Signals
    -------
    changed()
        Another expression or other values: every number may be different.
    moved()
        Another moment is shown, or another gradient may be seen.
    """

    changed = Signal()
    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.figures = FIGURES
        self.score = Score()
        self._predicts = False
        self.file = load_circuit(FIRST)
        self._draw()
        self._compute()

    def _draw(self) -> None:
        self.circuit: Circuit = self.file.circuit
        self.layout: Layout = arranged(self.circuit)
        self.tape = Tape(self.circuit)
        self.now = 0

    def _compute(self) -> None:
        self.numbers: Pass = run(self.circuit, self.file.values)
        self.answered: dict[int, Judgement] = {}
        self._tries: dict[int, int] = {}
        self._checks: dict[int, WireCheck | None] = {}

    def _become(self, file: CircuitFile) -> None:
        before, self.file = self.file, file
        if file.expression != before.expression:
            self._draw()
        self._compute()
        self.changed.emit()
        self.moved.emit()

    # --- what is shown ---

    @property
    def step(self) -> Step:
        """The moment that is shown."""
        return self.tape.steps[self.now]

    @property
    def values(self) -> Mapping[str, float]:
        """The values of the inputs."""
        return self.file.values

    def check(self, wire: Wire) -> WireCheck | None:
        """Return the verdict on the gradient of a wire; worked out when it is first asked for."""
        if wire.index not in self._checks:
            self._checks[wire.index] = check_wire(self.numbers, self.values, wire)
        return self._checks[wire.index]

    def wires_of_step(self) -> tuple[Wire, ...]:
        """Return the wires whose gradients this moment works out."""
        if self.step.phase is not Phase.BACKWARD:
            return ()
        if self.step.node is None:
            return (self.circuit.wires[-1],)
        return self.circuit.inputs(self.step.node)

    def value_is_known(self, node: int) -> bool:
        """Return whether the forward pass has reached a node."""
        return self.tape.value_known_at(node) <= self.now

    def gradient_is_known(self, wire: int) -> bool:
        """Return whether the backward pass has reached a wire."""
        return self.tape.gradient_known_at(wire) <= self.now

    def is_masked(self, wire: int) -> bool:
        """Return whether the gradient on a wire is a question that is still open."""
        return (
            self._predicts
            and wire not in self.answered
            and self.numbers.gradients[wire] is not None
            and any(one.index == wire for one in self.wires_of_step())
        )

    @property
    def question(self) -> Wire | None:
        """The wire whose gradient is asked for now, or ``None``."""
        return next((w for w in self.wires_of_step() if self.is_masked(w.index)), None)

    # --- moving ---

    def go(self, index: int) -> None:
        """Show a moment by its number."""
        index = min(max(index, 0), len(self.tape) - 1)
        if index != self.now:
            self.now = index
            self.moved.emit()

    def go_to_gate(self, node: int) -> None:
        """Show the moment at which a gate works, in the phase that is shown."""
        phase = self.step.phase
        self.go(self.tape.step_of(node, Phase.FORWARD if phase is Phase.INPUTS else phase))

    # --- editing, as steps that can be undone ---

    def open(self, file: CircuitFile, label: str = "Open circuit") -> None:
        """Show another circuit."""
        if (file.expression, file.values) != (self.file.expression, self.file.values):
            self.undo_stack.push(_Edit(self, self.file, file, label, ""))

    def set_expression(self, text: str) -> None:
        """Read another expression; inputs that stay keep their values.

        Raises
        ------
        ExpressionError
            If the text is no expression. What is shown stays.
        """
        circuit = parse(text)
        if text != self.file.expression:
            values = default_values(circuit, self.values)
            self.open(CircuitFile(text, values, _circuit=[circuit]), "Edit expression")

    def set_value(self, name: str, value: float) -> None:
        """Give an input another value."""
        if value != self.values[name]:
            file = CircuitFile(
                self.file.expression, {**self.values, name: value}, _circuit=[self.circuit]
            )
            self.undo_stack.push(_Edit(self, self.file, file, f"Set {name}", name))

    # --- predicting ---

    @property
    def predicts(self) -> bool:
        """Whether gradients are asked for before they are shown."""
        return self._predicts

    def set_predicts(self, predicts: bool) -> None:
        """Ask for gradients, or show them."""
        if predicts != self._predicts:
            self._predicts = predicts
            self.moved.emit()

    def answer(self, typed: float) -> Judgement | None:
        """Judge an answer to the question; ``None`` if there is none."""
        wire = self.question
        if wire is None:
            return None
        judgement = judge(self.numbers, wire, typed, self.figures)
        tries = self._tries[wire.index] = self._tries.get(wire.index, 0) + 1
        self.score.tried += tries == 1
        if judgement.is_right:
            self.score.right += 1
            self.score.at_once += tries == 1
            self.answered[wire.index] = judgement
        self.moved.emit()
        return judgement

    def give_up(self) -> None:
        """Show the answer to the question."""
        wire = self.question
        if wire is not None:
            if not self._tries.get(wire.index):
                self.score.tried += 1
            self.answered[wire.index] = Judgement(False, None, "Shown.")
            self.moved.emit()

    def set_figures(self, figures: int) -> None:
        """Show so many significant figures, and ask for as many."""
        self.figures = figures
        self.moved.emit()


class _Edit(QUndoCommand):
    """Another expression or other values."""

    def __init__(
        self, model: CircuitModel, old: CircuitFile, new: CircuitFile, label: str, merge_key: str
    ) -> None:
        super().__init__(label)
        self._model, self._old, self._new, self._merge_key = model, old, new, merge_key

    def redo(self) -> None:
        self._model._become(self._new)

    def undo(self) -> None:
        self._model._become(self._old)

    def id(self) -> int:
        return 2 if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other._merge_key != self._merge_key:
            return False
        self._new = other._new
        return True


def remembered(text: str) -> CircuitFile | None:
    """Return the circuit of the session before, ``None`` if it cannot be read any more."""
    from playground.inspection.circuit.presets import read_circuit

    if text:
        # A setting that somebody damaged costs them one circuit, not the tab.
        with contextlib.suppress(ValueError):
            return read_circuit(text)
    return None

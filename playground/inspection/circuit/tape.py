"""A circuit as a film: inputs, gate by gate forwards, the start of the way back, gate by gate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from playground.inspection.circuit.graph import Circuit

__all__ = ["Phase", "State", "Step", "Tape"]


class Phase(Enum):
    """The parts of the film."""

    INPUTS = "inputs"
    FORWARD = "forward"
    BACKWARD = "backward"


class State(Enum):
    """Where something lies in time."""

    PAST = "past"
    CURRENT = "current"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at one moment.

    Attributes
    ----------
    phase
        The part it belongs to.
    node
        The gate at work; ``None`` when the inputs are given, and when the gradient of the result
        with respect to itself, 1, starts the way back.
    """

    phase: Phase
    node: int | None


class Tape:
    """The order in which the gates of a circuit work, forwards and backwards."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        working = [node.index for node in circuit.nodes if node.sources]
        self.steps: tuple[Step, ...] = (
            Step(Phase.INPUTS, None),
            *(Step(Phase.FORWARD, node) for node in working),
            Step(Phase.BACKWARD, None),
            *(Step(Phase.BACKWARD, node) for node in reversed(working)),
        )
        self._forward = {
            step.node: index for index, step in enumerate(self.steps) if step.phase is Phase.FORWARD
        }
        self._backward = {
            step.node: index
            for index, step in enumerate(self.steps)
            if step.phase is Phase.BACKWARD
        }

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def seed(self) -> int:
        """The step that starts the way back."""
        return self._backward[None]

    def step_of(self, node: int, phase: Phase) -> int:
        """Return when a gate works in a phase; for inputs and numbers, when they are known."""
        if phase is Phase.BACKWARD:
            return self._backward.get(node, self._arrival(node))
        return self._forward.get(node, 0)

    def value_known_at(self, node: int) -> int:
        """Return the step from which the value of a node is known."""
        return self._forward.get(node, 0)

    def gradient_known_at(self, wire: int) -> int:
        """Return the step from which the gradient on a wire is known."""
        target = self.circuit.wires[wire].target
        return self._backward[target] if target is not None else self.seed

    def node_state(self, node: int, now: int) -> State:
        """Return whether a gate has done its work of the phase that is shown."""
        phase = self.steps[now].phase
        if phase is Phase.BACKWARD:
            at = self.step_of(node, Phase.BACKWARD)
        else:
            at = self._forward.get(node, 0)
        if at == now and self.steps[now].node in (node, None):
            is_given = self.steps[now].node is None
            return State.PAST if is_given else State.CURRENT
        return State.PAST if at <= now else State.FUTURE

    def next_phase(self, now: int) -> int:
        """Return the first step of the next phase: first gate, way back, or the very end."""
        for start in (1, self.seed, len(self) - 1):
            if start > now:
                return min(start, len(self) - 1)
        return len(self) - 1

    def previous_phase(self, now: int) -> int:
        """Return where the phase shown starts, or the one before if that is now."""
        for start in (self.seed, 1, 0):
            if start < now:
                return start
        return 0

    def _arrival(self, node: int) -> int:
        """Return when all gradients have arrived at an input."""
        return max(self.gradient_known_at(wire.index) for wire in self.circuit.outputs(node))

"""The steps that a person can ask for, and the keys that ask for them. No Qt."""

from __future__ import annotations

from enum import Enum

from playground.inspection.operation import Phase
from playground.inspection.walk import Rung


class Move(Enum):
    """A step of some size, forwards or backwards. The value is what it is called."""

    NEXT_CELL = "next cell"
    PREVIOUS_CELL = "previous cell"
    NEXT_OPERATION = "next operation"
    PREVIOUS_OPERATION = "previous operation"
    NEXT_LAYER = "next layer"
    PREVIOUS_LAYER = "previous layer"
    NEXT_PHASE = "next phase"
    PREVIOUS_PHASE = "previous phase"
    NEXT_BATCH = "next batch"
    PREVIOUS_BATCH = "previous batch"
    NEXT_EPOCH = "next epoch"
    PREVIOUS_EPOCH = "previous epoch"
    START_OF_STEP = "start of this step"
    END_OF_STEP = "end of this step"
    START = "where the inspection started"


KEYS: dict[str, Move] = {
    "Down": Move.NEXT_CELL,
    "Up": Move.PREVIOUS_CELL,
    "Right": Move.NEXT_OPERATION,
    "Left": Move.PREVIOUS_OPERATION,
    "Ctrl+Right": Move.NEXT_LAYER,
    "Ctrl+Left": Move.PREVIOUS_LAYER,
    "Shift+Right": Move.NEXT_PHASE,
    "Shift+Left": Move.PREVIOUS_PHASE,
    ".": Move.NEXT_BATCH,
    ",": Move.PREVIOUS_BATCH,
    ">": Move.NEXT_EPOCH,
    "<": Move.PREVIOUS_EPOCH,
    "Home": Move.START_OF_STEP,
    "End": Move.END_OF_STEP,
    "Ctrl+Home": Move.START,
}
"""Keys as Qt writes them, and the steps that they ask for.

Each once: ``Shift+.`` beside ``>`` would be two shortcuts for one key press, and neither would act.
"""

RUNGS: dict[Move, tuple[Rung, int]] = {
    Move.NEXT_CELL: (Rung.CELL, 1),
    Move.PREVIOUS_CELL: (Rung.CELL, -1),
    Move.NEXT_OPERATION: (Rung.OPERATION, 1),
    Move.PREVIOUS_OPERATION: (Rung.OPERATION, -1),
    Move.NEXT_LAYER: (Rung.LAYER, 1),
    Move.PREVIOUS_LAYER: (Rung.LAYER, -1),
    Move.NEXT_PHASE: (Rung.PHASE, 1),
    Move.PREVIOUS_PHASE: (Rung.PHASE, -1),
    Move.NEXT_BATCH: (Rung.BATCH, 1),
    Move.PREVIOUS_BATCH: (Rung.BATCH, -1),
    Move.NEXT_EPOCH: (Rung.EPOCH, 1),
    Move.PREVIOUS_EPOCH: (Rung.EPOCH, -1),
}
"""The moves along the walk."""
PHASES = (Phase.FORWARD, Phase.ERROR, Phase.BACKWARD, Phase.UPDATE)
"""In the order of the keys 1 to 4."""

KEYS_SHOWN = (
    ("→  ←", "operation"),
    ("⇧ →  ⇧ ←", "phase"),
    ("Ctrl →  ←", "layer"),
    ("↓  ↑", "one cell"),
    (".  ,", "batch"),
    (">  <", "epoch"),
    ("Home", "start of this step"),
    ("1 – 4", "jump to a phase"),
    ("Space", "play"),
    ("C", "check all gradients"),
    ("P", "predict and check"),
    ("↵", "type into a cell"),
    ("H", "hint"),
    ("B", "one sample or batch"),
    ("T", "table of samples"),
    ("N", "notation"),
    ("U", "fused or not"),
    ("L", "large type"),
    ("F", "fold the tape"),
    ("W", "worksheet"),
)
"""What the panel and the list of shortcuts tell: keys, and what they do."""

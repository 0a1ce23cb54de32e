"""What is said between the screen and the worker: commands down, events up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.data.prepared import PreparedData
from playground.engine.network import Architecture
from playground.experiment.spec import ExperimentSpec
from playground.training.snapshot import View

# --- commands: from the screen to the worker ---


@dataclass(frozen=True, slots=True)
class Load:
    """Make data and network anew for a spec; ``run_id`` marks what comes of it.

    With a ``state``, such as that of a project, training goes on from there instead of from the
    initial weights. It is checked: should it not fit, :class:`StateRefused` says why.
    """

    spec: ExperimentSpec
    run_id: int
    state: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ApplyLive:
    """Go on training with other live values."""

    spec: ExperimentSpec


@dataclass(frozen=True, slots=True)
class Play:
    """Train until told otherwise."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop training after the current step."""


@dataclass(frozen=True, slots=True)
class Step:
    """Train this many batches, or to the end of the so many-th epoch from here, then pause."""

    batches: int = 0
    epochs: int = 0


@dataclass(frozen=True, slots=True)
class Reset:
    """Back to exactly the initial weights."""


@dataclass(frozen=True, slots=True)
class SetParameter:
    """Set a weight, or (last row) a bias, by hand; rows behind it are slopes of activations."""

    layer: int
    row: int
    column: int
    value: float


@dataclass(frozen=True, slots=True)
class TakeState:
    """Copy everything that training needs to go on from here; :class:`StateTaken` answers.

    ``request`` comes back with the answer, so that whoever asked knows their own.
    """

    request: int


@dataclass(frozen=True, slots=True)
class Restore:
    """Go on from a state of this very run, or of one with an equal spec."""

    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SkipPreparation:
    """Start from the weights as they were drawn, instead of preparing them to the end."""


@dataclass(frozen=True, slots=True)
class SetPace:
    """Train at most so many epochs per second, so that eyes can follow; ``None``: flat out."""

    epochs_per_second: float | None


@dataclass(frozen=True, slots=True)
class Show:
    """What the screen wants to see in the next snapshots."""

    view: View


@dataclass(frozen=True, slots=True)
class Stop:
    """End the thread."""


Command = (
    Load
    | ApplyLive
    | Play
    | Pause
    | Step
    | Reset
    | SetParameter
    | TakeState
    | Restore
    | SkipPreparation
    | SetPace
    | Show
    | Stop
)


# --- events: from the worker to the screen; none is ever skipped ---


@dataclass(frozen=True, slots=True)
class Loaded:
    """Data and network are ready, at step 0."""

    run_id: int
    spec: ExperimentSpec
    data: PreparedData
    architecture: Architecture


@dataclass(frozen=True, slots=True)
class Preparing:
    """The initial weights are being prepared; :class:`Loaded` follows.

    Attributes
    ----------
    share
        How much is done, from 0 to 1.
    text
        What was reached, for a person to read.
    """

    run_id: int
    share: float
    text: str


@dataclass(frozen=True, slots=True)
class PreparationSkipped:
    """Training starts from the weights as they were drawn, as was asked for."""

    run_id: int


@dataclass(frozen=True, slots=True)
class Started:
    """Training runs."""

    run_id: int


@dataclass(frozen=True, slots=True)
class Paused:
    """Training stands still, after a command or at the end of asked-for steps."""

    run_id: int


@dataclass(frozen=True, slots=True)
class StateTaken:
    """The answer to :class:`TakeState`: a copy, free to keep and to hand to another thread.

    Attributes
    ----------
    spec
        What was trained.
    state
        As :meth:`Trainer.state` gives it, or ``None`` if there is no network for the spec, because
        its data could not be read.
    """

    run_id: int
    request: int
    spec: ExperimentSpec
    state: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class StateRefused:
    """The state that came with a load does not fit; training starts from the initial weights."""

    run_id: int
    message: str


@dataclass(frozen=True, slots=True)
class DataChanged:
    """The state that came with a load was trained on other files; the message says what follows."""

    run_id: int
    message: str


@dataclass(frozen=True, slots=True)
class StoppedEarly:
    """Training stands still because of its own stopping rule; the message says why."""

    run_id: int
    message: str


@dataclass(frozen=True, slots=True)
class DivergedAt:
    """Training paused because numbers are no longer finite."""

    run_id: int
    message: str


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """The data could not be read; the network before goes on to exist."""

    run_id: int
    message: str


@dataclass(frozen=True, slots=True)
class Failed:
    """An unexpected error; training paused."""

    run_id: int
    message: str
    traceback: str


Event = (
    Loaded
    | Preparing
    | PreparationSkipped
    | Started
    | Paused
    | StateTaken
    | StateRefused
    | DataChanged
    | StoppedEarly
    | DivergedAt
    | LoadFailed
    | Failed
)

"""What follows from the loss after each epoch: early stopping, and a rate that is reduced."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.network import Parameters
from playground.engine.schedules import Plateau, ReduceOnPlateau
from playground.engine.stopping import Watched
from playground.experiment.spec import TrainingSpec
from playground.training.evaluation import Evaluations

Reals = NDArray[Any]


@dataclass(frozen=True, slots=True)
class StoppedEarly:
    """Why and where training has stopped by itself.

    Attributes
    ----------
    epoch
        After which it stopped.
    best_epoch, best_loss
        The epoch with the least loss, and that loss; epoch 0 if no loss was a number.
    watched
        ``validation`` or ``training``: whose loss it is.
    restored
        Whether the weights are those of the best epoch again.
    """

    epoch: int
    best_epoch: int
    best_loss: float
    watched: str
    restored: bool

    @property
    def sentence(self) -> str:
        """What happened, for a person."""
        if self.best_epoch == 0:
            return (
                f"Training stopped early at epoch {self.epoch:,}: the {self.watched} loss was "
                "never a number."
            )
        waited = self.epoch - self.best_epoch
        epochs = "epoch" if waited == 1 else "epochs"
        kept = f"The weights of epoch {self.best_epoch:,} are back" if self.restored else "Its best"
        where = "" if self.restored else f" was epoch {self.best_epoch:,}"
        return (
            f"Training stopped early at epoch {self.epoch:,}: {waited:,} {epochs} without a lower "
            f"{self.watched} loss. {kept}{where}, with {self.best_loss:.4g}."
        )


class EpochWatch:
    """Looks at the loss after every epoch, if anybody wants to know.

    The loss is that of the validation samples of the curves, or of the training samples if there
    are none. Test samples never steer.

    Parameters
    ----------
    training
        Its schedule and its stopping rule.
    evaluations
        Measure ``parameters``.
    parameters
        The weights that are trained.

    Attributes
    ----------
    stopped
        Set when training should stop, until :meth:`go_on`.
    """

    def __init__(
        self, training: TrainingSpec, evaluations: Evaluations, parameters: Parameters
    ) -> None:
        self._schedule, self._stopping = training.schedule, training.stopping
        has_validation = evaluations.validation.count > 0
        self._evaluation = evaluations.validation if has_validation else evaluations.train
        self._watched_samples = "validation" if has_validation else "training"
        self._learned = {"parameters": parameters.vector, "statistics": parameters.statistics}
        self._plateau = Plateau()
        self._watched = Watched()
        self._best = self._room_for_best()
        self.stopped: StoppedEarly | None = None

    @property
    def rate_share(self) -> float:
        """The share of the learning rate that plateaus have left."""
        return self._plateau.share

    @property
    def best_epoch(self) -> int:
        """The epoch with the least loss; 0 if nobody looks, or before the first."""
        return self._watched.best_epoch

    def apply(self, training: TrainingSpec) -> None:
        """Go on with another schedule or stopping rule.

        Another setting of the same kind keeps what was seen; another kind starts anew.
        """
        if type(training.schedule) is not type(self._schedule):
            self._plateau = Plateau()
        if type(training.stopping) is not type(self._stopping):
            self._watched, self.stopped = Watched(), None
        kept_before = self._stopping.restores_best
        self._schedule, self._stopping = training.schedule, training.stopping
        if kept_before != self._stopping.restores_best:
            # What was best until now is not at hand, so that the search begins again.
            self._watched, self._best = Watched(), self._room_for_best()

    def end_epoch(self, epoch: int) -> None:
        """Look at the network as it is after an epoch, and draw the conclusions."""
        if not (self._schedule.follows_loss or self._stopping.follows_loss):
            return
        loss = self._evaluation.loss()
        if isinstance(self._schedule, ReduceOnPlateau) and epoch > self._schedule.warmup_epochs:
            self._plateau = self._schedule.seen(self._plateau, loss)
        self._watched = self._stopping.seen(self._watched, epoch, loss)
        if self._watched.best_epoch == epoch:
            for name, copy in self._best.items():
                np.copyto(copy, self._learned[name])
        if self._stopping.is_over(self._watched):
            restores = self._stopping.restores_best and self._watched.best_epoch > 0
            self.stopped = self._outcome(epoch, restores)

    def restore_best(self) -> bool:
        """Bring the best weights back after a stop, if they were kept; return whether."""
        if self.stopped is None or not self.stopped.restored:
            return False
        for name, copy in self._best.items():
            np.copyto(self._learned[name], copy)
        return True

    def go_on(self) -> None:
        """Wait from here on again, after a stop."""
        if self.stopped is not None:
            self.stopped = None
            self._watched = dataclasses.replace(self._watched, waited=0)

    def state(self) -> dict[str, Any]:
        """Return what :meth:`restore` needs, as arrays that have the same shape in every run."""
        stop, plateau, watched = self.stopped, self._plateau, self._watched
        return {
            "plateau": np.array([plateau.best, plateau.waited, plateau.resting, plateau.share]),
            "stopping": np.array([watched.best, watched.best_epoch, watched.waited], float),
            "stopped": np.array([stop.epoch, stop.restored] if stop else [0, 0], np.int64),
            "best": {name: array.copy() for name, array in self._best.items()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a state of an equal run.

        Raises
        ------
        ValueError
            If a number in it is impossible.
        """
        best, waited, resting, share = map(float, state["plateau"])
        if not 0 <= share <= 1:
            raise ValueError(f"the share of the learning rate is {share}, not between 0 and 1")
        plateau = Plateau(best, int(waited), int(resting), share)
        best, best_epoch, waited = map(float, state["stopping"])
        watched = Watched(best, int(best_epoch), int(waited))
        self._plateau, self._watched = plateau, watched
        for name, copy in self._best.items():
            np.copyto(copy, state["best"][name])
        epoch, restored = map(int, state["stopped"])
        self.stopped = self._outcome(epoch, bool(restored)) if epoch > 0 else None

    def _outcome(self, epoch: int, restored: bool) -> StoppedEarly:
        seen = self._watched
        return StoppedEarly(epoch, seen.best_epoch, seen.best, self._watched_samples, restored)

    def _room_for_best(self) -> dict[str, Reals]:
        """Return arrays like those that are learned, or none where the best are not kept."""
        if not self._stopping.restores_best:
            return {}
        return {name: np.zeros_like(array) for name, array in self._learned.items()}

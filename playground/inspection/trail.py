"""A training that can be gone along in both directions, to the very bit."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from playground.training.trainer import Trainer

__all__ = ["Told", "Trail"]

STATE_BYTES = 64_000_000
"""What kept states may take together. With more, every second one goes."""
LONGEST_STRETCH = 16
"""Training steps made at once on a long way, between two chances to cancel it."""

Told = Callable[[float], None] | None
"""Is told how far a long way is done, from 0 to 1; what it raises ends the way."""


class Trail:
    """Keeps states at some of the steps that a trainer passed.

    The way back is exact, however far: what lies between kept states is trained again, which gives
    the same bits.

    Parameters
    ----------
    trainer
        Stands where the trail begins. It belongs to the trail from here on.

    Attributes
    ----------
    trainer
        At the step that was last gone to.
    first
        The step at which the trail begins.
    """

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.first = trainer.step
        # A deep copy: states hold nothing that training changes, whatever a trainer adds to them.
        self._states = {self.first: copy.deepcopy(trainer.state())}
        self._spacing = 1

    @property
    def kept(self) -> int:
        """How many states are kept."""
        return len(self._states)

    @property
    def spacing(self) -> int:
        """Training steps between kept states: as many are made again on the way back, at most."""
        return self._spacing

    def state(self) -> dict[str, Any]:
        """Return the state of the trainer, which nothing changes any more."""
        return copy.deepcopy(self.trainer.state())

    def go_to(self, step: int, told: Told = None) -> bool:
        """Bring the trainer to before a step; nothing changes if that was before the trail.

        Parameters
        ----------
        told
            Called on the way; if it raises, the trainer is where it was.

        Returns
        -------
        bool
            Whether it is there.
        """
        if step < self.first:
            return False
        before = None if told is None else self.state()
        try:
            self._train_to(step, told)
        except BaseException:
            if before is not None:
                self.trainer.restore(before)
            raise
        return True

    def _train_to(self, step: int, told: Told) -> None:
        trainer = self.trainer
        if step < trainer.step:
            nearest = max(kept for kept in self._states if kept <= step)
            trainer.restore(copy.deepcopy(self._states[nearest]))
        start = trainer.step
        while trainer.step < step:
            self._keep()
            due = self._spacing - (trainer.step - self.first) % self._spacing
            before = trainer.step
            trainer.advance(min(due, step - before, LONGEST_STRETCH))
            if trainer.step == before:
                break
            if told is not None:
                told((trainer.step - start) / (step - start))

    def _keep(self) -> None:
        """Keep the state of the trainer, if one is due here."""
        step = self.trainer.step
        if step in self._states or (step - self.first) % self._spacing:
            return
        state = self.state()
        self._states[step] = state
        if len(self._states) * _size(state) > STATE_BYTES and len(self._states) > 2:
            self._spacing *= 2
            self._states = {
                kept: state
                for kept, state in self._states.items()
                if (kept - self.first) % self._spacing == 0
            }


def _size(tree: Any) -> int:
    """Return about how many bytes a state takes."""
    if isinstance(tree, np.ndarray):
        return int(tree.nbytes)
    if isinstance(tree, dict):
        return 100 + sum(_size(value) for value in tree.values())
    return 100

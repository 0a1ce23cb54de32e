"""A walk that can look at any sample of the data, be it for training or not. No Qt."""

from __future__ import annotations

import dataclasses

import numpy as np

from playground.inspection.situation import NoSuchSample, Situation, situation_of
from playground.inspection.walk import Rung, Walk

__all__ = ["SampleWalk"]

QUICK_SECONDS = 0.008
"""What may be worked out between two frames."""


class SampleWalk(Walk):
    """A walk whose samples are numbered as in the data, not as in the training set."""

    @property
    def samples(self) -> tuple[int, ...]:
        """Numbers of the samples of the current step."""
        return self.recording.situation.samples

    def _situation(self, sample: int | None) -> Situation:
        trainer = self.trainer
        train = trainer.data.split.train
        if sample is None:
            situation = situation_of(trainer)
            numbers = tuple(int(number) for number in train[list(situation.samples)])
            return dataclasses.replace(situation, samples=numbers)
        samples = trainer.data.samples
        if not 0 <= sample < len(samples.inputs):
            raise NoSuchSample(
                f"sample {sample} does not exist; choose one from 0 to {len(samples.inputs) - 1}"
            )
        place = np.flatnonzero(train == sample)
        if len(place):
            return dataclasses.replace(situation_of(trainer, int(place[0])), samples=(sample,))
        # Training never sees it; this is the step that it would cause.
        return dataclasses.replace(
            situation_of(trainer, 0),
            weights=None,
            inputs=samples.inputs[sample : sample + 1].astype(np.float64),
            targets=trainer.architecture.head.targets(samples.labels[sample : sample + 1]),
            samples=(sample,),
        )

    def is_quick(self, rung: Rung, direction: int) -> bool:
        """Return whether a move takes no longer than a frame, judged by sizes alone."""
        trainer = self.trainer
        batch = trainer.spec.training.batch_for(len(trainer.data.split.train))
        step = 3e-5 + 8 * trainer.architecture.weight_count * batch / 2e10
        steps = 1 if direction > 0 else self._trail.spacing
        if rung is Rung.EPOCH:
            steps += trainer.batches_per_epoch
        if direction < 0:
            # The way back puts all samples in the order of the epoch again.
            step += 4e-10 * trainer.data.train_inputs.size
        return step * steps < QUICK_SECONDS

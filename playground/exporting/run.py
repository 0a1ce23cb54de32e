"""A run at rest: what exporters and reports are made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData
from playground.engine.network import predict
from playground.experiment.project_file import Project
from playground.experiment.spec import ExperimentSpec
from playground.training.divergence import Diverged
from playground.training.history import HistoryView
from playground.training.jobs import JobRefused, Progress
from playground.training.state import UnfitState, resumed
from playground.training.trainer import Trainer

__all__ = ["Run"]

Reals = NDArray[Any]

REPORTS = 200
"""How often training tells how far it is, from its beginning to its end."""


@dataclass(frozen=True)
class Run:
    """One trained network with everything around it, standing still.

    Attributes
    ----------
    trainer
        Owned by whoever owns the run: nobody else trains it.
    """

    trainer: Trainer

    @classmethod
    def trained(
        cls,
        spec: ExperimentSpec,
        epochs: int,
        progress: Progress,
        data: PreparedData | None = None,
    ) -> Run:
        """Train from the initial weights, until early stopping if there is one.

        Raises
        ------
        DataError
            If the samples cannot be read.
        JobRefused
            If training diverges.
        """
        trainer = Trainer(spec, data)
        total = epochs * trainer.batches_per_epoch
        chunk = max(1, min(total // REPORTS, 1000))
        try:
            while trainer.step < total:
                progress.report(trainer.step / total, f"epoch {trainer.epoch:,} of {epochs:,}")
                trainer.advance(min(chunk, total - trainer.step))
                trainer.check_finite()
                if trainer.stopped is not None:
                    break
        except Diverged as error:
            raise JobRefused(str(error)) from error
        return cls(trainer)

    @classmethod
    def of_state(
        cls, spec: ExperimentSpec, state: dict[str, Any], data: PreparedData | None = None
    ) -> Run:
        """Return a copy of a run from what :meth:`Trainer.state` gave."""
        # With parameters at hand, initial weights that take long to prepare are not made again.
        trainer = Trainer(spec, data, state["parameters"])
        trainer.restore(state)
        return cls(trainer)

    @classmethod
    def of_project(cls, project: Project) -> Run:
        """Return the run that a project holds, as it was saved.

        Raises
        ------
        DataError
            If the samples cannot be read.
        JobRefused
            If there is no training in it, or one that does not fit.
        """
        if project.state is None:
            raise JobRefused("the project holds no training; give a number of epochs to train")
        try:
            return cls(resumed(project.spec, project.state))
        except UnfitState as error:
            raise JobRefused(str(error)) from error

    @property
    def spec(self) -> ExperimentSpec:
        """What was trained."""
        return self.trainer.spec

    @property
    def data(self) -> PreparedData:
        """On what."""
        return self.trainer.data

    @cached_property
    def history(self) -> HistoryView:
        """The record of the run."""
        return self.trainer.history.view()

    @cached_property
    def outputs(self) -> Reals:
        """Outputs (n, k) of the network for all samples, in their order."""
        trainer = self.trainer
        with np.errstate(all="ignore"):
            inputs = self.data.samples.inputs
            return predict(trainer.architecture, trainer.parameters, inputs)

    @cached_property
    def splits(self) -> dict[str, NDArray[np.int64]]:
        """Indices into the samples, by the name of what they are for."""
        split = self.data.split
        names = {"training": split.train, "validation": split.validation, "test": split.test}
        return {name: indices for name, indices in names.items() if len(indices)}

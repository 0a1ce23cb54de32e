"""Initial weights in the making: drawn, then prepared by what the training inputs say."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData
from playground.engine.network import initial_parameters, resolve
from playground.engine.preparation import PreparationProgress
from playground.experiment.spec import ExperimentSpec

__all__ = ["Preparing", "drawn_vector", "is_prepared", "prepared_vector"]

Reals = NDArray[Any]


def is_prepared(spec: ExperimentSpec) -> bool:
    """Return whether the initial weights of an experiment are more than drawn."""
    return spec.training.preparation.is_needed


class Preparing:
    """Prepares initial weights a slice at a time, so that something else can be done between.

    Attributes
    ----------
    progress
        How far it is.
    is_done
        Whether ``vector`` is what training may start from.
    vector : (p,)
        All parameters.
    """

    def __init__(self, spec: ExperimentSpec, data: PreparedData) -> None:
        inputs = data.train_inputs
        architecture = resolve(spec.network, inputs.shape[1], spec.training.loss, data.task)
        seed, dtype = spec.network.seed, np.dtype(spec.training.dtype)
        parameters = initial_parameters(architecture, seed, dtype)
        self.vector = parameters.vector
        self.progress = PreparationProgress(0.0, "")
        self.is_done = False
        self._steps = spec.training.preparation.run(architecture, parameters, inputs, seed)

    def advance(self, seconds: float) -> None:
        """Go on for about so many seconds, or to the end.

        Raises
        ------
        InvalidValue
            If a setting of the preparation makes numbers that are not finite.
        """
        end = time.perf_counter() + seconds
        for progress in self._steps:
            self.progress = progress
            if time.perf_counter() >= end:
                return
        self.is_done = True


def drawn_vector(spec: ExperimentSpec, data: PreparedData) -> Reals:
    """Return all initial parameters (p,) as they are drawn, without any preparation."""
    return Preparing(spec, data).vector


def prepared_vector(spec: ExperimentSpec, data: PreparedData) -> Reals:
    """Return all initial parameters (p,), prepared in one go.

    Raises
    ------
    InvalidValue
        If a setting of the preparation makes numbers that are not finite.
    """
    preparing = Preparing(spec, data)
    while not preparing.is_done:
        preparing.advance(1.0)
    return preparing.vector

"""Small steps to take apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.engine.activations import Sigmoid
from playground.engine.layers import Dense, Output
from playground.engine.losses import HalfSquared, Loss
from playground.engine.network import (
    NetworkSpec,
    Parameters,
    initial_parameters,
    resolve,
)
from playground.inspection.situation import Situation
from playground.schema.task import Task, TaskKind
from tests.contracts.catalog import batch, small_network

FLOAT64 = np.dtype(np.float64)


def situation(activation: Any, loss: Loss, task: Task, count: int = 5, **more: Any) -> Situation:
    """Return a step of a network 2-3-2-k on random samples."""
    architecture = small_network(activation, loss, task)
    parameters = initial_parameters(architecture, 3, FLOAT64)
    inputs, labels = batch(task, count)
    return Situation(architecture, parameters, inputs, architecture.head.targets(labels), **more)


def mazur() -> Situation:
    """Return the step of "A Step by Step Backpropagation Example" (2015)."""
    task = Task(TaskKind.MULTICLASS, ("first", "second"))
    network = NetworkSpec((Dense(2, Sigmoid()),), Output(Sigmoid()))
    architecture = resolve(network, 2, HalfSquared(), task)
    hidden = [[0.15, 0.25], [0.20, 0.30], [0.35, 0.35]]
    output = [[0.40, 0.50], [0.45, 0.55], [0.60, 0.60]]
    parameters = Parameters(architecture.layers, np.array([*hidden, *output]).ravel())
    return Situation(
        architecture,
        parameters,
        np.array([[0.05, 0.10]]),
        np.array([[0.01, 0.99]]),
        learning_rate=0.5,
        is_batch=False,
    )

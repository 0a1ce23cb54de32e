"""The registry as the contract tests see it: every class of every union, and tasks to try."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from playground.data.batching import AnyBatching, AnySampling
from playground.data.registry import AnyDataset
from playground.data.scaling import AnyScaling
from playground.engine.activations import Activation, AnyActivation
from playground.engine.class_weights import AnyClassWeights
from playground.engine.clipping import AnyClipping, Clipping
from playground.engine.constraints import AnyConstraint
from playground.engine.initializers import AnyInitializer
from playground.engine.layers import AnyLayer, Dense, Output
from playground.engine.losses import AnyLoss, Loss
from playground.engine.network import Architecture, NetworkSpec, resolve
from playground.engine.optimizers import AnyOptimizer, Optimizer
from playground.engine.preparation import AnyPreparation
from playground.engine.regularizers import AnyRegularizer, Regularizer
from playground.engine.schedules import AnySchedule, Schedule
from playground.engine.stopping import AnyStopping
from playground.schema.describe import tag_of
from playground.schema.parameter import Option
from playground.schema.task import Task, TaskKind


def members(union: Any) -> tuple[type[Any], ...]:
    """Return the classes of a union, or the one class that stands for a union."""
    return get_args(union) or (union,)


REGISTRY: dict[str, tuple[type[Option], ...]] = {
    "activations": members(AnyActivation),
    "losses": members(AnyLoss),
    "optimizers": members(AnyOptimizer),
    "schedules": members(AnySchedule),
    "regularizers": members(AnyRegularizer),
    "clippings": members(AnyClipping),
    "constraints": members(AnyConstraint),
    "stoppings": members(AnyStopping),
    "initializers": members(AnyInitializer),
    "preparations": members(AnyPreparation),
    "layers": members(AnyLayer),
    "datasets": members(AnyDataset),
    "scalings": members(AnyScaling),
    "batchings": members(AnyBatching),
    "samplings": members(AnySampling),
    "class_weights": members(AnyClassWeights),
}
OPTIONS: tuple[type[Option], ...] = tuple(o for union in REGISTRY.values() for o in union)

ACTIVATIONS: tuple[type[Activation], ...] = members(AnyActivation)
LOSSES: tuple[type[Loss], ...] = members(AnyLoss)
OPTIMIZERS: tuple[type[Optimizer], ...] = members(AnyOptimizer)
SCHEDULES: tuple[type[Schedule], ...] = members(AnySchedule)
REGULARIZERS: tuple[type[Regularizer], ...] = members(AnyRegularizer)
CLIPPINGS: tuple[type[Clipping], ...] = members(AnyClipping)

TASKS: dict[TaskKind, Task] = {
    TaskKind.BINARY: Task(TaskKind.BINARY, ("no", "yes")),
    TaskKind.MULTICLASS: Task(TaskKind.MULTICLASS, ("a", "b", "c")),
    TaskKind.REGRESSION: Task(TaskKind.REGRESSION),
}
LOSS_TASKS: tuple[tuple[type[Loss], Task], ...] = tuple(
    (loss, TASKS[kind]) for loss in LOSSES for kind in loss.tasks
)


def covering(*axes: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return combinations in which every two members of different axes meet at least once.

    The first two axes are combined fully; further ones are filled in so that as many pairs as
    possible are new. Far fewer than all combinations, and nearly as good at finding what is wrong,
    which is mostly the fault of one option or of two.
    """
    missing = {
        (i, a, j, b)
        for (i, one), (j, other) in itertools.combinations(enumerate(axes), 2)
        for a, b in itertools.product(range(len(one)), range(len(other)))
    }
    rows = []
    for number, start in enumerate(itertools.product(*(range(len(axis)) for axis in axes[:2]))):
        row = list(start)
        for j in range(2, len(axes)):
            # Begin elsewhere in each row, so that ties do not all go to the first member.
            members = [(number + k) % len(axes[j]) for k in range(len(axes[j]))]
            row.append(
                max(members, key=lambda b: sum((i, a, j, b) in missing for i, a in enumerate(row)))
            )
        missing -= {(i, a, j, b) for (i, a), (j, b) in itertools.combinations(enumerate(row), 2)}
        rows.append(tuple(axis[a] for axis, a in zip(axes, row, strict=True)))
    assert not missing, "the first two axes are too short: put the longest first"
    return rows


def name(value: Any) -> str:
    """Return a short name for test identifiers."""
    match value:
        case Task(kind):
            return kind.name.lower()
        case type() if issubclass(value, Option):
            return tag_of(value)
        case _:
            return repr(value)


def small_network(
    activation: Any,
    loss: Loss,
    task: Task,
    widths: tuple[int, ...] = (3, 2),
    output: Any = None,
) -> Architecture:
    """Return a network of two inputs whose biases are not zero, so that they are tested too."""
    layers = tuple(Dense(width, activation, initial_bias=0.1) for width in widths)
    network = NetworkSpec(layers, Output(output, initial_bias=-0.2))
    return resolve(network, 2, loss, task)


def batch(task: Task, count: int, seed: int = 0) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return inputs (count, 2) and labels (count,) of a task, float64."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((count, 2))
    if task.kind is TaskKind.REGRESSION:
        return inputs, rng.standard_normal(count)
    return inputs, rng.integers(0, task.class_count, count).astype(float)

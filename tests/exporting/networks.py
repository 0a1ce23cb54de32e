"""Runs to export: one that holds many kinds at once, and small ones that hold one option."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.presets import load_experiment
from playground.experiment.spec import ExperimentSpec, checked
from playground.exporting.run import Run
from playground.schema.validation import replaced
from playground.training.trainer import Trainer

MANY_KINDS: list[dict[str, Any]] = [
    {"kind": "dense", "units": 4, "activation": {"kind": "prelu"}},
    {"kind": "batch_norm", "activation": {"kind": "gelu", "form": "exact"}},
    {"kind": "layer_norm", "activation": {"kind": "elu", "alpha": 0.7}},
    {"kind": "dropout", "rate": 0.25},
    {"kind": "dense", "units": 3, "activation": {"kind": "maxout", "pieces": 3}},
    {"kind": "skip", "reach": 2},
    {"kind": "dense", "units": 3, "activation": {"kind": "softmax"}},
    {"kind": "skip", "reach": 1, "activation": {"kind": "leaky_relu"}},
]


def spec_of(preset: str = "spirals", **changes: Any) -> ExperimentSpec:
    """Return a preset with fields replaced; ``__`` stands for the dots of a path."""
    spec = replaced(load_experiment(preset), "training.batch_size", 5)
    for path, value in changes.items():
        spec = replaced(spec, path.replace("__", "."), value)
    return checked(spec)


def run_of(preset: str = "spirals", steps: int = 6, **changes: Any) -> Run:
    """Return a run after a few steps, every parameter of which differs from its neighbours."""
    trainer = Trainer(spec_of(preset, **changes))
    trainer.advance(steps)
    rng = np.random.default_rng(1)
    vector = trainer.parameters.vector
    vector += rng.normal(0, 0.1, len(vector)).astype(vector.dtype)
    return Run(trainer)


def many_kinds(**changes: Any) -> Run:
    """Return a run of a network with every kind of layer, features and scaled inputs."""
    return run_of(
        network__layers=MANY_KINDS,
        data__points=60,
        data__scaling={"kind": "standardise"},
        data__features=["x1", "x2", "x1_squared", "x1_x2", "sin_x2"],
        **changes,
    )

"""Training steps of exported PyTorch scripts, to be held against those of the engine.

Imports PyTorch only where a script runs.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np

from playground.exporting.run import Run
from playground.exporting.scripts.torch_exporter import TorchScript
from playground.exporting.weights.exporters import tensors_of
from playground.schema.describe import tag_of
from playground.training.jobs import Progress
from playground.training.trainer import Trainer
from tests.contracts.catalog import (
    ACTIVATIONS,
    CLIPPINGS,
    LOSSES,
    OPTIMIZERS,
    REGULARIZERS,
    SCHEDULES,
)
from tests.exporting.networks import MANY_KINDS, spec_of

STEPS = 3
"""Enough for what an optimizer remembers, and for an update of several batches."""

_PRELU = {"kind": "dense", "units": 3, "activation": {"kind": "prelu"}}
_TANH = {"kind": "dense", "units": 3}


def _cases() -> dict[str, dict[str, Any]]:
    """Return the changes of each case by its name. Nothing random takes part."""
    cases: dict[str, dict[str, Any]] = {}
    for optimizer in OPTIMIZERS:
        cases[f"optimizer {tag_of(optimizer)}"] = {
            "network__layers": [_PRELU],
            "training__optimizer": {"kind": tag_of(optimizer)},
            **({"training__batching": "full_batch"} if optimizer.needs_full_batch else {}),
        }
    for activation in ACTIVATIONS:
        layer = {"kind": "dense", "units": 4, "activation": {"kind": tag_of(activation)}}
        cases[f"activation {tag_of(activation)}"] = {"network__layers": [layer]}
    for loss in LOSSES:
        for preset in ("circles", "spirals-3", "plane"):
            kind = {"circles": "BINARY", "spirals-3": "MULTICLASS", "plane": "REGRESSION"}[preset]
            if kind in [task.name for task in loss.tasks]:
                data = {"data": {"kind": "plane"}} if preset == "plane" else {}
                cases[f"loss {tag_of(loss)} {kind.lower()}"] = {
                    "preset": "spirals" if preset == "plane" else preset,
                    **data,
                    "training__loss": {"kind": tag_of(loss)},
                }
    for regularizer in REGULARIZERS:
        cases[f"regularizer {tag_of(regularizer)}"] = {
            "network__layers": [_TANH, _TANH | {"regularizer": {"kind": "l1", "strength": 0.1}}],
            "training__regularizer": {"kind": tag_of(regularizer)},
        }
    for clipping in CLIPPINGS:
        limit = {} if tag_of(clipping) == "none" else {"limit": 0.01}
        cases[f"clipping {tag_of(clipping)}"] = {
            "training__clipping": {"kind": tag_of(clipping), **limit}
        }
    for schedule in SCHEDULES:
        cases[f"schedule {tag_of(schedule)}"] = {
            "training__schedule": {"kind": tag_of(schedule), "warmup_epochs": 0.3}
        }
    norms = [layer if layer["kind"] != "dropout" else layer | {"rate": 0} for layer in MANY_KINDS]
    for dtype in ("float32", "float64"):
        cases[f"many kinds {dtype}"] = {
            "network__layers": norms,
            "data__scaling": {"kind": "min_max"},
            # Not Adam, which makes steps of nothing but rounding: a bias before a norm has no say.
            "training__optimizer": {"kind": "nesterov"},
            "training__regularizer": {"kind": "elastic_net"},
            "training__dtype": dtype,
        }
    cases["frozen"] = {
        "network__layers": [
            _TANH | {"frozen": True},
            {"kind": "batch_norm", "frozen": True},
            _PRELU | {"frozen": True},
            {"kind": "batch_norm"},
        ],
        "training__optimizer": {"kind": "adamw"},
        "training__regularizer": {"kind": "l2"},
        "training__clipping": {"kind": "norm", "limit": 0.05},
    }
    cases["max norm"] = {"training__constraint": {"kind": "max_norm", "limit": 0.5}}
    cases["class weights"] = {"training__class_weights": {"kind": "given", "values": [0.5, 3]}}
    cases["accumulation"] = {
        "training__accumulation": 3,
        "training__regularizer": {"kind": "l2", "strength": 0.1},
        "training__schedule": {"kind": "exponential", "decay": 0.5},
    }
    cases["single samples"] = {"training__batching": "single_sample", "network__layers": norms}
    return cases


CASES = _cases()


def trainer_of(case: str) -> Trainer:
    """Return the trainer of a case before its first step."""
    changes: dict[str, Any] = {
        "network__layers": [_TANH],
        "training__dtype": "float64",
        "training__learning_rate": 0.1,
        "training__optimizer": {"kind": "momentum"},
        **CASES[case],
    }
    preset = changes.pop("preset", "circles")
    if "data" not in changes:
        changes["data__points"] = 40
    else:
        changes["data"] = changes["data"] | {"points": 40}
    return Trainer(spec_of(preset, **changes))


def steps_of_engine(case: str) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """Return the arrays after the steps of a case, and the samples that each update took."""
    trainer, taken = trainer_of(case), list[np.ndarray]()
    gathered: list[np.ndarray] = []
    while len(taken) < STEPS:
        gathered.append(trainer.next_batch())
        closes = trainer.upcoming_batch.closes
        trainer.advance(1)
        if closes:
            taken.append(np.concatenate(gathered))
            gathered = []
    return tensors_of(Run(trainer)), taken


def steps_of_torch(case: str, taken: list[np.ndarray], folder: Path) -> dict[str, np.ndarray]:
    """Export a case, and let its script make the same steps; return the arrays after them."""
    import torch

    path = folder / "script.py"
    TorchScript().write(Run(trainer_of(case)), path, Progress())
    names = runpy.run_path(str(path))
    model = names["load_network"](torch.device("cpu"))
    data = names["Data"](torch.device("cpu"))
    optimizer = names["make_optimizer"](model)
    training, size = data.rows[0], names["BATCH_SIZE"]
    per_epoch = -(-len(training) // size)
    made = 0
    for rows in taken:
        last = made + -(-len(rows) // size) - 1
        for group in optimizer.param_groups:
            share = names["rate_share"](last / per_epoch, 1 / per_epoch)
            group["lr"] = names["LEARNING_RATE"] * share
        names["update"](model, optimizer, data, training[torch.from_numpy(rows)])
        made = last + 1
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}

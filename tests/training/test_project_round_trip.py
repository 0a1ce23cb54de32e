"""A training that went through a project file goes on as if it had never stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playground.experiment.project_file import Project, read_project, write_project
from playground.experiment.spec import ExperimentSpec
from playground.training.state import restore_checked
from playground.training.trainer import Trainer
from tests.contracts.catalog import OPTIMIZERS, SCHEDULES, name
from tests.training.specs import THREE_CLASSES, TINY, edited

LAYERS = [
    {"kind": "dense", "units": 6, "activation": {"kind": "prelu"}},
    {"kind": "batch_norm"},
    {"kind": "dropout", "rate": 0.3},
    {"kind": "layer_norm"},
    {"kind": "dense", "units": 6, "activation": {"kind": "maxout"}},
    {"kind": "skip"},
]


def _expect_exact_continuation(spec: ExperimentSpec, path: Path, before: int, after: int) -> None:
    whole = Trainer(spec)
    whole.advance(before)
    write_project(Project(spec, whole.state()), path)
    project = read_project(path)
    assert project.spec == spec
    assert project.state is not None
    resumed = Trainer(project.spec)
    restore_checked(resumed, project.state)
    whole.advance(after)
    resumed.advance(after)
    assert resumed.parameters.vector.tobytes() == whole.parameters.vector.tobytes()
    assert resumed.parameters.statistics.tobytes() == whole.parameters.statistics.tobytes()
    assert resumed.history.view().train_loss.tobytes() == whole.history.view().train_loss.tobytes()
    assert resumed.metrics() == whole.metrics()


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_that_every_optimizer_goes_on_exactly(
    optimizer: type[Any], dtype: str, tmp_path: Path
) -> None:
    changes = {"training__optimizer": optimizer(), "training__dtype": dtype}
    if name(optimizer) == "lbfgs":
        changes["training__batching"] = {"kind": "full_batch"}
    spec = edited(THREE_CLASSES, **changes)
    _expect_exact_continuation(spec, tmp_path / "a.gplay", 37, 60)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=name)
def test_that_every_schedule_goes_on_exactly(schedule: type[Any], tmp_path: Path) -> None:
    spec = edited(TINY, training__schedule=schedule())
    _expect_exact_continuation(spec, tmp_path / "a.gplay", 37, 60)


@pytest.mark.parametrize(
    "changes",
    [
        {"network__layers": LAYERS},
        {"training__stopping": {"kind": "early", "patience": 2}},
        {"training__accumulation": 3},
        {"training__sampling": {"kind": "with_replacement"}},
        {"training__input_noise": 0.1, "training__weight_noise": 0.01},
        {"training__constraint": {"kind": "max_norm"}},
        {"training__class_weights": {"kind": "balanced"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_that_whatever_has_a_state_of_its_own_goes_on_exactly(
    changes: dict[str, Any], tmp_path: Path
) -> None:
    _expect_exact_continuation(edited(TINY, **changes), tmp_path / "a.gplay", 37, 60)

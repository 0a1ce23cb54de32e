"""The pieces of the scripts that need no PyTorch to be run: schedules, plateaus, preparation."""

from __future__ import annotations

import ast
import math
import sys
from typing import Any

import numpy as np
import pytest

from playground.data.mnist import Mnist
from playground.data.prepared import prepare
from playground.data.scaling import Standardise
from playground.engine.schedules import (
    Constant,
    Cosine,
    Exponential,
    OneCycle,
    Plateau,
    Polynomial,
    ReduceOnPlateau,
    Schedule,
    StepDecay,
)
from playground.exporting.graph.exporter import OnnxModel
from playground.exporting.preparing import Preparation
from playground.exporting.scripts.numpy_script import made_numpy_script
from playground.exporting.scripts.text import array_source, literal
from playground.exporting.scripts.torch_schedules import schedule_source
from playground.exporting.scripts.torch_script import made_torch_script
from playground.exporting.scripts.torch_training import plateau_source
from playground.training.jobs import Progress
from tests.contracts.catalog import REGISTRY, SCHEDULES, name
from tests.exporting.networks import many_kinds, run_of

SCHEDULE_SETTINGS: tuple[Schedule, ...] = (
    Constant(),
    Constant(warmup_epochs=2.5),
    StepDecay(drop=0.3, every=2),
    Exponential(decay=0.9, warmup_epochs=1),
    Polynomial(epochs=5, power=0.9, final_share=0.1),
    Cosine(epochs=4, final_share=0.2),
    Cosine(epochs=2, restarts=True, growth=1),
    Cosine(epochs=1, restarts=True, growth=2, warmup_epochs=0.5),
    OneCycle(epochs=6),
    ReduceOnPlateau(warmup_epochs=3),
)


@pytest.mark.parametrize("schedule", SCHEDULE_SETTINGS, ids=repr)
def test_that_schedules_are_written_as_they_are(schedule: Schedule) -> None:
    names: dict[str, Any] = {"math": math}
    exec(schedule_source(schedule), names)
    for step in range(80):
        share = names["rate_share"](step / 10, 0.1)
        assert share == pytest.approx(schedule.factor(step / 10, 0.1), abs=1e-12)


def test_that_every_schedule_is_tried() -> None:
    assert {type(schedule) for schedule in SCHEDULE_SETTINGS} == set(SCHEDULES)


def test_that_a_plateau_is_seen_where_the_engine_sees_it() -> None:
    schedule = ReduceOnPlateau(drop=0.3, patience=1, threshold=0.1, cooldown=2, final_share=0.05)
    names: dict[str, Any] = {}
    exec(plateau_source(schedule), names)
    ours, theirs = Plateau(), names["Plateau"]()
    losses = np.random.default_rng(0).uniform(0.5, 1.0, 60) * 0.98 ** np.arange(60)
    for loss in [*losses.tolist(), math.nan, math.inf]:
        ours = schedule.seen(ours, loss)
        theirs.see(loss)
        assert theirs.share == ours.share
    assert ours.share < 1


@pytest.mark.parametrize("dataset", REGISTRY["datasets"], ids=name)
def test_that_raw_values_of_every_dataset_become_its_inputs(dataset: Any) -> None:
    if dataset is Mnist:
        pytest.skip("its files are not bundled; it is prepared like the digits")
    data = prepare(dataset(scaling=Standardise()))
    preparation = Preparation.of(data)
    assert len(preparation.input_names) == data.samples.inputs.shape[1]
    assert np.array_equal(preparation.inputs(preparation.raw(data)), data.samples.inputs)


def test_that_numbers_keep_every_digit() -> None:
    rng = np.random.default_rng(0)
    for dtype in (np.float32, np.float64):
        array = (rng.normal(size=(7, 30)) * 10.0 ** rng.integers(-30, 30, (7, 30))).astype(dtype)
        names: dict[str, Any] = {"np": np}
        source = array_source("a", array, f"np.{np.dtype(dtype)}")
        exec(source, names)
        assert np.array_equal(names["a"], array)
        assert max(map(len, source.splitlines())) <= 100
    for value in (0.1, 1e-8, 3.0, 1e30, -2.0):
        assert ast.literal_eval(literal(value)) == value


@pytest.mark.parametrize("frozen", [False, True])
def test_that_scripts_are_sound_and_no_line_is_too_long(frozen: bool) -> None:
    changes: dict[str, Any] = {
        "training__stopping": {"kind": "early"},
        "training__schedule": {"kind": "plateau", "warmup_epochs": 2},
        "training__weight_noise": 0.1,
        "training__class_weights": {"kind": "balanced"},
        "training__constraint": {"kind": "max_norm"},
        "training__optimizer": {"kind": "lamb"},
        "training__regularizer": {"kind": "elastic_net"},
    }
    run = many_kinds(**changes)
    if frozen:
        layers = [{"kind": "dense", "frozen": True}]
        run = run_of(network__layers=layers, network__output__frozen=True)
    for source in (made_torch_script(run, "a"), made_numpy_script(run, "a.py")):
        compile(source, "a.py", "exec")
        assert max(map(len, source.splitlines())) <= 100
        assert "  \n" not in source


def test_that_a_model_is_proved_without_a_runtime(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    run, path = many_kinds(), tmp_path / "model.onnx"
    OnnxModel().write(run, path, Progress())
    proof = OnnxModel().prove(run, path, Progress())
    assert proof.holds
    assert proof.reader == "ONNX reference evaluator"

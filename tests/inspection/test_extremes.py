"""Steps that went wrong, or nearly: there is a number for everything, and no error."""

from __future__ import annotations

import json

import numpy as np
import pytest

from playground.engine.activations import ReLU, Tanh
from playground.engine.layers import BatchNorm, Dense, Dropout, Output
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec, initial_parameters, resolve
from playground.engine.optimizers import Optimizer
from playground.inspection.check import check_all
from playground.inspection.operation import Notation
from playground.inspection.predict import Judge, hint
from playground.inspection.report import step_text, step_tree
from playground.inspection.situation import Situation, situation_of
from playground.inspection.tape import record
from playground.inspection.walk import Rung, Walk
from playground.inspection.worksheet import worksheet
from playground.schema.task import TaskKind
from playground.training.trainer import Trainer
from tests.contracts.catalog import OPTIMIZERS, TASKS, batch, name
from tests.inspection.steps import FLOAT64, situation
from tests.training.specs import THREE_CLASSES, edited

THREE = TASKS[TaskKind.MULTICLASS]


def _read_everything(here: Situation) -> None:
    """Ask for everything that can be asked."""
    for fused in (True, False):
        recording = record(here, fused=fused)
        for notation in Notation:
            for operation in recording.tape.shown(notation).operations:
                assert operation.explain(0, 0).text(3)
                assert hint(operation, 0, 0, 3)
        assert step_text(recording, "")
        assert json.dumps(step_tree(recording), allow_nan=False)
        assert worksheet(recording, "", with_answers=True)
        assert recording.update.lines(0)
        for step in check_all(recording, limit=2):
            assert step.verdict.text
        operation = recording.tape.operation("∂L/∂W.0")
        assert not Judge(recording).cell(operation, 0, 0, 17.0).is_right


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200, 1e4, 0.0])
def test_that_any_weights_can_be_looked_at(value: float) -> None:
    here = situation(ReLU(), SoftmaxCrossEntropy(), THREE, 2)
    here.parameters.vector[::2] = value
    _read_everything(here)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
@pytest.mark.parametrize("value", [np.nan, 1e200, 0.0])
def test_that_any_gradient_can_be_explained(optimizer: type[Optimizer], value: float) -> None:
    rule = optimizer()
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE, 2)
    memory = {slot: np.full_like(here.parameters.vector, value) for slot in rule.slot_names}
    here = situation(Tanh(), SoftmaxCrossEntropy(), THREE, 2, optimizer=rule, memory=memory)
    here.parameters.vector[:] = value
    for line in record(here).update.lines(3):
        assert line.text(3)


def test_that_a_sample_alone_uses_the_running_averages_of_a_batch_norm() -> None:
    layers = (Dense(4), BatchNorm(), Dropout(0.5))
    architecture = resolve(NetworkSpec(layers, Output()), 2, SoftmaxCrossEntropy(), THREE)
    parameters = initial_parameters(architecture, 0, FLOAT64)
    inputs, labels = batch(THREE, 1)
    targets = architecture.head.targets(labels)
    here = Situation(architecture, parameters, inputs, targets, is_batch=False)
    recording = record(here)
    assert "running averages" in recording.tape.operation("x̂.1").note
    assert not any(operation.key.startswith("running") for operation in recording.tape.operations)
    assert {step.verdict.words for step in check_all(recording)} == {"happy"}
    # As a batch, a single sample has no variance, and everything is 0.
    alone = record(Situation(architecture, parameters, inputs, targets))
    assert not alone.tape.operation("x̂.1").result.values.any()


def test_that_a_sample_gets_a_mask_of_its_own() -> None:
    spec = edited(THREE_CLASSES, network__layers=[{"kind": "dropout", "rate": 0.5}])
    trainer = Trainer(spec)
    here = situation_of(trainer, 3)
    assert here.masks[0] is not None
    assert here.masks[0].shape == (1, 2)
    before = trainer.state()["masks_rng"]
    situation_of(trainer)
    assert trainer.state()["masks_rng"] == before


def test_that_a_step_that_diverges_can_be_walked_through_and_back() -> None:
    walk = Walk(edited(THREE_CLASSES, training__optimizer="sgd", training__learning_rate=1e12))
    start = walk.state()
    for _ in range(30):
        assert walk.move(Rung.BATCH, 1)
        assert walk.operation.explain(0, 0).text(3)
    while walk.move(Rung.BATCH, -1):
        pass
    assert np.array_equal(walk.state()["parameters"], start["parameters"])

"""Learning really happens: every preset, at its own length with its own seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.experiment.presets import load_experiment
from playground.experiment.spec import ExperimentSpec
from playground.training.evaluation import Metrics
from playground.training.trainer import Trainer
from tests.training.specs import edited


def _trained(spec: ExperimentSpec, epochs: int | None = None) -> Metrics:
    trainer = Trainer(spec)
    epochs = spec.training.epochs if epochs is None else epochs
    trainer.advance(epochs * trainer.batches_per_epoch)
    trainer.check_finite()
    return trainer.metrics()


@pytest.mark.parametrize(
    ("preset", "test_accuracy"),
    [
        ("spirals", 0.95),
        ("spirals-3", 0.95),
        ("circles", 0.9),
        ("tf-playground", 0.95),
        ("digits", 0.95),
    ],
)
def test_that_a_preset_learns_what_it_has_not_seen(preset: str, test_accuracy: float) -> None:
    metrics = _trained(load_experiment(preset))
    assert metrics.test_accuracy is not None
    assert metrics.test_accuracy >= test_accuracy, metrics


@pytest.mark.parametrize("preset", ["and", "xor"])
def test_that_a_gate_is_learned_without_error(preset: str) -> None:
    metrics = _trained(load_experiment(preset))
    assert metrics.train_accuracy == 1
    assert metrics.train_loss is not None
    assert metrics.train_loss < 0.1


@pytest.mark.parametrize("gate", ["and", "or", "nand"])
def test_that_one_neuron_learns_every_gate_with_a_straight_border(gate: str) -> None:
    metrics = _trained(edited(load_experiment("and"), data__gate=gate))
    assert metrics.train_accuracy == 1


@pytest.mark.parametrize("seed", range(5))
def test_that_one_neuron_never_learns_xor(seed: int) -> None:
    spec = edited(load_experiment("and"), data__gate="xor", network__seed=seed)
    metrics = _trained(spec, 2000)
    assert metrics.train_accuracy is not None
    assert metrics.train_accuracy < 1


def test_that_both_number_formats_learn_the_spiral() -> None:
    for dtype in ("float32", "float64"):
        metrics = _trained(edited(load_experiment("spirals"), training__dtype=dtype))
        assert metrics.test_accuracy is not None
        assert metrics.test_accuracy >= 0.95


def test_that_real_mnist_is_learned_in_a_short_training(shared_mnist: Path) -> None:
    spec = edited(
        load_experiment("mnist"),
        data__folder=str(shared_mnist),
        data__points=10_000,
        data__training_share=0.8,
    )
    trainer = Trainer(spec)
    assert len(trainer.data.test_inputs) == 2000
    trainer.advance(15 * trainer.batches_per_epoch)
    metrics = trainer.metrics()
    assert metrics.test_accuracy is not None
    assert metrics.test_accuracy >= 0.95, metrics

"""Noise and max-norm in a training: only while training, live, and the same every time."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

from playground.training.trainer import Trainer
from tests.training.specs import THREE_CLASSES, TINY, edited

NOISY = edited(
    THREE_CLASSES,
    training__input_noise=0.2,
    training__weight_noise=0.05,
    training__constraint={"kind": "max_norm", "limit": 1.5},
)


def _trained(spec: object, *chunks: int) -> Trainer:
    trainer = Trainer(spec)  # type: ignore[arg-type]
    for chunk in chunks:
        trainer.advance(chunk)
    return trainer


def _same(one: Trainer, two: Trainer) -> bool:
    return one.parameters.vector.tobytes() == two.parameters.vector.tobytes()


@pytest.mark.parametrize("chunks", [(40,), (1,) * 40, (7, 33)], ids=len)
def test_that_noise_is_the_same_however_steps_are_grouped(chunks: tuple[int, ...]) -> None:
    assert _same(_trained(NOISY, *chunks), _trained(NOISY, 40))


def test_that_noise_matters_and_follows_the_seed() -> None:
    assert not _same(_trained(NOISY, 40), _trained(edited(NOISY, training__input_noise=0), 40))
    assert not _same(_trained(NOISY, 40), _trained(edited(NOISY, training__weight_noise=0), 40))


@pytest.mark.parametrize("accumulation", [1, 3])
def test_that_a_restored_state_goes_on_bit_by_bit(accumulation: int) -> None:
    spec = edited(NOISY, training__accumulation=accumulation)
    whole, part, resumed = _trained(spec, 22), _trained(spec, 22), _trained(spec, 5)
    resumed.restore(part.state())
    for trainer in (whole, resumed):
        trainer.advance(31)
    assert _same(resumed, whole)
    resumed.reset()
    resumed.advance(53)
    assert _same(resumed, whole)


def test_that_what_is_measured_and_kept_has_no_noise() -> None:
    trainer = _trained(edited(NOISY, training__learning_rate=0, training__constraint__limit=50), 9)
    plain = Trainer(edited(THREE_CLASSES, training__learning_rate=0))
    assert _same(trainer, plain)
    assert trainer.quick_metrics() == plain.quick_metrics()
    assert trainer.metrics() == plain.metrics()


def test_that_units_stay_within_the_norm() -> None:
    trainer = _trained(NOISY, 200)
    for index in range(3):
        norms = np.linalg.norm(trainer.parameters.weights(index), axis=0)
        assert norms.max() <= 1.5 * (1 + 1e-5)
    free = _trained(edited(NOISY, training__constraint={"kind": "none"}), 200)
    assert np.linalg.norm(free.parameters.weights(2), axis=0).max() > 1.5


def test_that_all_of_it_can_be_changed_while_training_runs() -> None:
    trainer = _trained(TINY, 11)
    plain = _trained(TINY, 11)
    noisy = edited(TINY, training__input_noise=0.5, training__weight_noise=0.1)
    trainer.apply_live(noisy)
    assert _same(trainer, plain)
    trainer.advance(5)
    plain.advance(5)
    assert not _same(trainer, plain)
    bound = edited(TINY, training__constraint={"kind": "max_norm", "limit": 0.3})
    trainer.apply_live(bound)
    trainer.advance(1)
    assert np.linalg.norm(trainer.parameters.weights(0), axis=0).max() <= 0.3 * (1 + 1e-6)


@pytest.mark.slow
def test_that_noise_does_not_grow_in_memory() -> None:
    trainer = _trained(NOISY, 2500)
    gc.collect()
    tracemalloc.start()
    try:
        trainer.advance(1000)
        before, _ = tracemalloc.get_traced_memory()
        trainer.advance(3000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 2000

"""Optimizers: the update rules at work, live settings, and large vectors in blocks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.layers import Dense
from playground.engine.network import NetworkSpec
from playground.engine.operations import run
from playground.engine.optimizers import (
    BLOCK,
    LAMB,
    LARS,
    LBFGS,
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    LearningRate,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RAdam,
    RMSProp,
)
from playground.experiment.catalogue import printed, topic_entries
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.schema.describe import fields_of
from playground.schema.validation import replaced
from playground.training.trainer import Trainer
from tests.contracts.catalog import OPTIMIZERS, name

Reals = NDArray[Any]
FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)


def _minimised(
    optimizer: Optimizer,
    rate: float,
    start: list[float],
    gradient: Callable[[Reals], Reals],
    steps: int,
) -> Reals:
    """Return where the recorded form of an optimizer ends up."""
    place = np.array(start, float)
    state = optimizer.allocate(len(place), FLOAT64)
    tape = optimizer.record(place, state, LearningRate(rate, FLOAT64))
    for _ in range(steps):
        state.gradient[:] = gradient(place)
        run(tape)
    return place


def _parabola(place: Reals) -> Reals:
    """Gradient of ½(x - 3)² + 5(y + 1)²."""
    return np.array([place[0] - 3, 10 * (place[1] + 1)])


def _rosenbrock(place: Reals) -> Reals:
    """Gradient of (1 - x)² + 100(y - x²)², whose minimum is (1, 1)."""
    x, y = place
    return np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])


def _name(value: object) -> str:
    """Return the tag of an optimizer, with what is not its default."""
    if not isinstance(value, Optimizer):
        return ""
    fields = [(field, getattr(value, field.name)) for field in fields_of(type(value))]
    changed = (f"{field.name}={now}" for field, now in fields if now != field.default)
    return "-".join([name(type(value)), *changed])


RATES: tuple[tuple[Optimizer, float, float], ...] = (
    (SGD(), 0.05, 0.001),
    (Momentum(), 0.01, 0.0005),
    (Nesterov(), 0.01, 0.0005),
    (AdaGrad(), 1.0, 0.5),
    (AdaDelta(decay=0.999), 1.0, 0.2),
    (RMSProp(), 0.01, 0.0005),
    (RMSProp(centered=True), 0.01, 0.0005),
    (RMSProp(momentum=0.5), 0.005, 0.0002),
    (Adam(), 0.05, 0.01),
    (AMSGrad(), 0.05, 0.01),
    (NAdam(), 0.05, 0.01),
    (RAdam(), 0.05, 0.003),
    (AdamW(weight_decay=0.0), 0.05, 0.01),
    (Lion(), 0.01, 0.001),
    (LARS(weight_decay=0.0), 0.5, 0.1),
    (LAMB(weight_decay=0.0), 0.005, 0.001),
    (LBFGS(), 1.0, 0.5),
    (LBFGS(history=2), 1.0, 0.5),
)
"""Learning rates for the parabola and for Rosenbrock's valley."""


def test_that_the_table_has_every_optimizer() -> None:
    assert {type(optimizer) for optimizer, _, _ in RATES} == {*OPTIMIZERS}


@pytest.mark.parametrize(("optimizer", "rate"), [row[:2] for row in RATES], ids=_name)
def test_that_every_optimizer_finds_the_bottom_of_a_parabola(
    optimizer: Optimizer, rate: float
) -> None:
    place = _minimised(optimizer, rate, [-4, 4], _parabola, 2000)
    np.testing.assert_allclose(place, [3, -1], atol=0.02)


@pytest.mark.parametrize(("optimizer", "rate"), [row[::2] for row in RATES], ids=_name)
def test_that_every_optimizer_follows_the_valley_of_rosenbrock(
    optimizer: Optimizer, rate: float
) -> None:
    # A rate in proportion to the parameters does not lead across 0.
    start = [2.0, 2.0] if isinstance(optimizer, LARS | LAMB) else [-1.0, 1.5]
    steps = 1000 if optimizer.needs_full_batch else 20_000
    place = _minimised(optimizer, rate, start, _rosenbrock, steps)
    np.testing.assert_allclose(place, [1, 1], atol=0.1)


@pytest.mark.parametrize(
    ("optimizer", "first", "second"),
    [
        (SGD(), 0.8, 0.6),
        (Momentum(0.5), 0.8, 0.5),
        (Nesterov(0.5), 0.7, 0.35),
        (AdaGrad(), 0.9, 0.9 - 0.1 / np.sqrt(2)),
        (AdaGrad(initial_squares=12.0), 0.95, 0.95 - 0.2 / np.sqrt(20)),
        (AdaDelta(0.5, 0.25), 1 - 0.1 / 1.5, 1 - 0.1 / 1.5 - 0.2 * np.sqrt(17 / 36 / 3.25)),
        (RMSProp(decay=0.75), 0.8, 0.8 - 0.1 / np.sqrt(0.4375)),
        (RMSProp(decay=0.75, centered=True), 1 - 0.2 / np.sqrt(0.75), None),
        (RMSProp(decay=0.75, momentum=0.5), 0.8, 0.8 - 0.1 - 0.1 / np.sqrt(0.4375)),
        (Adam(), 0.9, 0.8),
        (AMSGrad(), 0.9, 0.8),
        (RAdam(), 0.8, 0.6),
        (Lion(), 0.9, 0.8),
        (Lion(weight_decay=1.0), 0.8, 0.62),
        (LARS(momentum=0.5, trust=0.5, weight_decay=0.0), 0.95, 0.95 - 0.025 - 0.0475),
        (LAMB(weight_decay=0.0), 0.9, 0.81),
        (AdamW(weight_decay=1.0), 0.8, 0.62),
        # Straight down by η / ‖g‖₁ at first; a gradient that does not change has no curvature.
        (LBFGS(), 0.9, 0.7),
    ],
    ids=_name,
)
def test_that_two_steps_agree_with_hand_calculation(
    optimizer: Optimizer, first: float, second: float | None
) -> None:
    # θ = 1, g = 2 twice, η = 0.1
    def gradient(place: Reals) -> Reals:
        return np.full_like(place, 2)

    assert _minimised(optimizer, 0.1, [1.0], gradient, 1)[0] == pytest.approx(first, abs=1e-7)
    if second is not None:
        twice = _minimised(optimizer, 0.1, [1.0], gradient, 2)[0]
        assert twice == pytest.approx(second, abs=1e-7)


@pytest.mark.parametrize("dtype", [FLOAT32, FLOAT64], ids=str)
@pytest.mark.parametrize("optimizer", [row[0] for row in RATES], ids=_name)
def test_that_large_vectors_are_updated_as_small_ones_are(
    optimizer: Optimizer, dtype: np.dtype[Any]
) -> None:
    count = 2 * BLOCK + 1000
    # Layers that neither start nor end where blocks do, and one that is in several.
    spans = [slice(0, 1000), slice(1000, 2 * BLOCK - 7), slice(2 * BLOCK - 7, count)]
    rng = np.random.default_rng(0)
    start = rng.standard_normal(count).astype(dtype)
    place, slots = start, {slot: np.zeros_like(start) for slot in optimizer.slot_names}
    large = start.copy()
    state = optimizer.allocate(count, dtype)
    tape = optimizer.record(large, state, LearningRate(0.01, dtype), spans)
    for step in (1, 2, 3):
        state.gradient[:] = rng.standard_normal(count)
        place, slots = optimizer.update_layers(place, state.gradient, slots, step, 0.01, spans)
        run(tape)
    tolerance = 1e-5 if dtype == FLOAT32 else 1e-12
    np.testing.assert_allclose(large, place, rtol=tolerance, atol=tolerance)
    assert not np.array_equal(large, start)
    arrays = [large, *state.slots.values(), *state.scratch.values(), *state.factors.values()]
    assert {array.dtype for array in (*arrays, place, *slots.values())} == {dtype}


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
def test_that_a_changed_learning_rate_reaches_the_recorded_tape(
    optimizer: type[Optimizer],
) -> None:
    chosen = LARS(momentum=0.0) if optimizer is LARS else optimizer()
    place = np.ones(3)
    state = chosen.allocate(3, FLOAT64)
    rate = LearningRate(0.1, FLOAT64)
    tape = chosen.record(place, state, rate)
    state.gradient[:] = 1
    run(tape)
    rate.set(0.0)
    before = place.copy()
    run(tape)
    # (LARS with momentum goes on rolling: there η is inside the velocity.)
    assert np.array_equal(place, before)


@pytest.mark.parametrize("optimizer", [row[0] for row in RATES], ids=_name)
def test_that_memories_survive_a_round_through_the_textbook_scale(
    optimizer: Optimizer,
) -> None:
    start, gradients = np.ones(4), np.random.default_rng(1).standard_normal((3, 4))
    state = optimizer.allocate(4, FLOAT64)
    tape = optimizer.record(start, state, LearningRate(0.1, FLOAT64))
    for gradient in gradients:
        state.gradient[:] = gradient
        run(tape)
    remembered = {slot: vector.copy() for slot, vector in state.slots.items()}
    assert set(remembered) == set(optimizer.slot_names)
    optimizer.recall(state, optimizer.textbook(state))
    for slot, vector in state.slots.items():
        np.testing.assert_allclose(vector, remembered[slot], rtol=1e-14)


def test_that_a_setting_that_remembers_more_starts_it_empty_and_one_that_needs_less_drops_it() -> (
    None
):
    plain, centered = RMSProp(), RMSProp(centered=True, momentum=0.5)
    state = plain.allocate(3, FLOAT64)
    state.slots["squares"][:] = 2
    centered.recall(state, plain.textbook(state))
    assert set(state.slots) == set(centered.slot_names)
    assert np.array_equal(state.slots["squares"], [2, 2, 2])
    assert not state.slots["mean"].any()
    centered.record(np.ones(3), state, LearningRate(0.1, FLOAT64))
    plain.recall(state, centered.textbook(state))
    assert set(state.slots) == {"squares"}


def test_that_decoupled_decay_is_an_l2_penalty_for_sgd_but_not_for_adam() -> None:
    rate, strength = 0.1, 0.5
    weights, sizes = np.ones(3), np.array([0.01, 1.0, 100.0])

    def moved(optimizer: Optimizer, penalty: float) -> Reals:
        """Return by how much a pull to 0 shortens weights whose gradients differ in size."""
        place = np.ones(3)
        state = optimizer.allocate(3, FLOAT64)
        tape = optimizer.record(place, state, LearningRate(rate, FLOAT64))
        # Gradients that cancel out, so that only the pull is left.
        for sign in (1, -1) * 10:
            state.gradient[:] = sign * sizes + penalty * place
            run(tape)
        return weights - place

    decay = moved(AdamW(weight_decay=strength), 0.0) - moved(AdamW(weight_decay=0.0), 0.0)
    # All alike, whatever their gradients.
    assert np.ptp(decay) < 1e-6 < 0.5 < decay[0]
    through = moved(Adam(), strength) - moved(Adam(), 0.0)
    assert through[0] > 1.5 * through[1]
    assert through[1] > 20 * through[2] > 0
    decayed = weights
    for sign in (1, -1) * 10:
        decayed = (1 - rate * strength) * decayed - rate * sign * sizes
    np.testing.assert_allclose(moved(SGD(), strength), weights - decayed, rtol=1e-12)


@pytest.mark.parametrize("optimizer", [LARS(), LAMB()], ids=_name)
def test_that_a_layer_of_zeros_moves_too(optimizer: Optimizer) -> None:
    place = np.zeros(4)
    state = optimizer.allocate(4, FLOAT64)
    tape = optimizer.record(place, state, LearningRate(0.1, FLOAT64), [slice(0, 2), slice(2, 4)])
    state.gradient[:] = [1, 2, 0, 0]
    run(tape)
    assert (place[:2] < 0).all()
    assert not place[2:].any()


def test_that_a_gradient_without_spread_does_not_become_nan() -> None:
    optimizer = RMSProp(decay=0.9, centered=True)
    place = np.ones(1)
    state = optimizer.allocate(1, FLOAT64)
    tape = optimizer.record(place, state, LearningRate(1e-9, FLOAT64))
    for _ in range(2000):
        state.gradient[:] = 0.1
        run(tape)
    assert np.isfinite(place).all()
    assert state.slots["squares"][0] <= state.slots["mean"][0] ** 2 * (1 + 1e-12)


def test_that_nadam_goes_on_from_any_step() -> None:
    optimizer = NAdam(momentum_decay=0.1)
    gradients = np.random.default_rng(2).standard_normal((40, 3))
    whole, first = np.ones(3), np.ones(3)
    states = [optimizer.allocate(3, FLOAT64) for _ in range(3)]
    tapes = [
        optimizer.record(place, state, LearningRate(0.1, FLOAT64))
        for place, state in ((whole, states[0]), (first, states[1]))
    ]
    for step, gradient in enumerate(gradients):
        for state in states:
            state.gradient[:] = gradient
        run(tapes[0])
        if step < 20:
            run(tapes[1])
        if step == 19:
            second, resumed = first.copy(), states[2]
            optimizer.recall(resumed, optimizer.textbook(states[1]))
            resumed.steps = states[1].steps
            tapes.append(optimizer.record(second, resumed, LearningRate(0.1, FLOAT64)))
        elif step > 19:
            run(tapes[2])
    np.testing.assert_allclose(second, whole, rtol=1e-13)


@pytest.mark.parametrize(
    ("optimizer", "needs"),
    [
        (SGD(), (0, 1)),
        (Momentum(), (4, 2)),
        (Nesterov(), (4, 2)),
        (AdaGrad(), (4, 3)),
        (AdaDelta(), (8, 3)),
        (RMSProp(), (4, 3)),
        (RMSProp(centered=True), (8, 3)),
        (RMSProp(momentum=0.9), (8, 4)),
        (Adam(), (8, 3)),
        (AMSGrad(), (12, 3)),
        (NAdam(), (8, 4)),
        (RAdam(), (8, 3)),
        (AdamW(), (8, 4)),
        (Lion(), (4, 4)),
        (LARS(), (4, 4)),
        (LAMB(), (8, 4)),
        (LBFGS(), (88, 2)),
        (LBFGS(history=3), (32, 2)),
    ],
    ids=_name,
)
def test_that_an_optimizer_states_its_memory_and_its_tunables(
    optimizer: Optimizer, needs: tuple[int, int]
) -> None:
    assert (optimizer.bytes_per_parameter(FLOAT32), optimizer.tunables) == needs
    assert optimizer.bytes_per_parameter(FLOAT64) == 2 * needs[0]
    assert {*optimizer.tuned} <= {field.name for field in fields_of(type(optimizer))}
    state = optimizer.allocate(5, FLOAT32)
    assert sum(vector.nbytes for vector in state.slots.values()) == 5 * needs[0]


def test_that_needs_are_put_into_words() -> None:
    assert SGD().needs == "0 bytes of memory per parameter · 1 tunable"
    assert Adam().needs == "8 bytes of memory per parameter · 3 tunables"
    described = topic_entries("adam")
    assert described["optimizers"]["adam"]["needs"] == Adam().needs
    assert f"    {Adam().needs}." in printed(described).splitlines()


@pytest.mark.parametrize(
    "settings",
    [*(optimizer for optimizer, _, _ in RATES), RMSProp(centered=True, momentum=0.5)],
    ids=_name,
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_that_training_goes_on_bit_by_bit_from_a_saved_state(
    settings: Optimizer, dtype: str
) -> None:
    training = TrainingSpec(optimizer=settings, learning_rate=0.01, dtype=dtype)  # type: ignore[arg-type]
    spec = ExperimentSpec(network=NetworkSpec((Dense(5), Dense(3))), training=training)
    whole, part, resumed = (Trainer(spec) for _ in range(3))
    whole.advance(70)
    part.advance(40)
    state = part.state()
    assert set(state["slots"]) == set(settings.slot_names)
    resumed.advance(7)
    resumed.restore(state)
    resumed.advance(30)
    assert resumed.parameters.vector.dtype == dtype
    assert resumed.parameters.vector.tobytes() == whole.parameters.vector.tobytes()
    for slot, vector in resumed.state()["slots"].items():
        assert vector.tobytes() == whole.state()["slots"][slot].tobytes(), slot


def test_that_centring_can_be_switched_while_training_runs() -> None:
    spec = replaced(ExperimentSpec(), "training.optimizer.kind", "rmsprop")
    trainer = Trainer(spec)
    trainer.advance(20)
    for path, value in (("centered", True), ("momentum", 0.5), ("centered", False)):
        spec = replaced(spec, f"training.optimizer.{path}", value)
        trainer.apply_live(spec)
        trainer.advance(20)
        assert set(trainer.state()["slots"]) == set(spec.training.optimizer.slot_names)
    assert np.isfinite(trainer.parameters.vector).all()


@pytest.mark.parametrize("beta1", [0.0, 0.9, 1 - 1e-12])
@pytest.mark.parametrize("decay", [0.0, 1e-12, 0.004, 0.3, 1.0])
def test_that_nadam_knows_its_product_at_any_step_at_once(beta1: float, decay: float) -> None:
    optimizer = NAdam(beta1=beta1, momentum_decay=decay)
    plain = math.prod(optimizer.momentum(step) for step in range(1, 3001))
    assert optimizer.product(3000) == pytest.approx(plain, abs=1e-15, rel=1e-12)
    # As a hostile file may say; it would take years one by one.
    assert optimizer.product(2**53) <= plain

"""The Boltzmann machine against the sum over all of its states."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.preparation.boltzmann import BoltzmannMachine, first_machine

Reals = NDArray[Any]


def _machine(visible: int, hidden: int, is_gaussian: bool = False) -> BoltzmannMachine:
    rng = np.random.default_rng(3)
    return BoltzmannMachine(
        rng.normal(0, 1, (visible, hidden)),
        rng.normal(0, 0.7, visible),
        rng.normal(0, 0.7, hidden),
        is_gaussian,
    )


def _states(count: int) -> Reals:
    return np.array(list(itertools.product((0.0, 1.0), repeat=count)))


def _joint(machine: BoltzmannMachine) -> Reals:
    """Return P(v, h) of a binary machine by enumerating every pair of states."""
    visible, hidden = (_states(n) for n in machine.weights.shape)
    energy = -(
        visible @ machine.visible_biases[:, None]
        + hidden @ machine.hidden_biases
        + visible @ machine.weights @ hidden.T
    )
    weight = np.exp(-energy)
    return np.asarray(weight / weight.sum())


def test_that_conditional_probabilities_are_those_of_the_energy() -> None:
    machine = _machine(3, 2)
    visible, hidden = _states(3), _states(2)
    joint = _joint(machine)
    given_visible = joint / joint.sum(1, keepdims=True)
    assert np.allclose(machine.hidden_probabilities(visible), given_visible @ hidden, atol=1e-14)
    given_hidden = joint / joint.sum(0, keepdims=True)
    assert np.allclose(machine.visible_means(hidden), given_hidden.T @ visible, atol=1e-14)


def test_that_gaussian_means_are_those_of_the_energy() -> None:
    machine = _machine(1, 2, is_gaussian=True)
    hidden = _states(2)
    v = np.linspace(-12, 12, 4801)
    # P(v | h) ∝ exp(-E(v, h)), summed on a fine grid.
    energy = 0.5 * (v - machine.visible_biases) ** 2 - hidden @ machine.weights.T * v
    density = np.exp(-energy)
    means = (density * v).sum(1) / density.sum(1)
    assert np.allclose(machine.visible_means(hidden)[:, 0], means, atol=1e-9)


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_that_both_phases_have_the_expectation_of_the_enumeration(steps: int) -> None:
    machine = _machine(3, 2)
    visible, hidden = _states(3), _states(2)
    data = np.array([[1.0, 0.0, 1.0]])
    joint = _joint(machine)
    up, down = joint / joint.sum(1, keepdims=True), (joint / joint.sum(0, keepdims=True)).T
    # P(h) after the data and then steps - 1 times down and up.
    chance = up[np.flatnonzero((visible == data).all(1))[0]]
    for _ in range(steps - 1):
        chance = chance @ down @ up
    own = machine.visible_means(hidden)
    believed = machine.hidden_probabilities(own)
    negative = np.einsum("s,si,sj->ij", chance, own, believed)
    positive = data.T @ machine.hidden_probabilities(data)
    count = 200_000
    got = machine.gradient(np.repeat(data, count, 0), steps, np.random.default_rng(0))
    assert np.allclose(got.weights, positive - negative, atol=5e-3)
    assert np.allclose(got.visible_biases, data[0] - chance @ own, atol=5e-3)
    expected = machine.hidden_probabilities(data)[0] - chance @ believed
    assert np.allclose(got.hidden_biases, expected, atol=5e-3)


def test_that_a_long_chain_forgets_the_data() -> None:
    machine = _machine(3, 2)
    joint = _joint(machine)
    data = np.repeat([[1.0, 1.0, 1.0]], 50_000, 0)
    got = machine.gradient(data, 40, np.random.default_rng(0))
    # ⟨v⟩ of the data minus ⟨v⟩ of the machine: the gradient of the log-likelihood itself.
    assert np.allclose(got.visible_biases, 1 - joint.sum(1) @ _states(3), atol=1e-2)


def test_that_a_machine_learns_a_small_known_distribution() -> None:
    # Seen as often as they are likely: two common states, and what they become by small errors.
    wanted = np.array([0.05, 0.4, 0.05, 0.0, 0.0, 0.05, 0.4, 0.05])
    data = np.repeat(_states(3), np.rint(200 * wanted).astype(int), 0)
    rng = np.random.default_rng(1)
    machine = first_machine(data.mean(0), 3, False, rng)
    before = machine.reconstruction_error(data)
    for _ in range(1000):
        gradient = machine.gradient(data, 5, rng)
        machine.weights += 0.2 * gradient.weights
        machine.visible_biases += 0.2 * gradient.visible_biases
        machine.hidden_biases += 0.2 * gradient.hidden_biases
    assert machine.reconstruction_error(data) < 0.3 * before
    believed = _joint(machine).sum(1)
    assert 0.5 * np.abs(believed - wanted).sum() < 0.1


def test_that_extreme_energies_stay_finite() -> None:
    machine = BoltzmannMachine(np.full((2, 2), 1e6), np.zeros(2), np.zeros(2))
    with np.errstate(all="raise"):
        gradient = machine.gradient(np.array([[1.0, -1.0], [1e6, 1e6]]), 2, np.random.default_rng())
    assert np.isfinite(gradient.weights).all()

"""The restricted Boltzmann machine: two layers that explain each other.

A visible layer v and a hidden layer h with weights W between them and none within. With biases a
and b the energies are::

    binary visible units      E(v, h) = -a·v - b·h - v·W·h
    Gaussian visible units    E(v, h) = |v - a|²/2 - b·h - v·W·h

and a state is the more probable the lower its energy: P(v, h) ∝ exp(-E). Given one layer, the
units of the other are independent::

    P(hⱼ = 1 | v) = σ(bⱼ + (v W)ⱼ)
    P(vᵢ = 1 | h) = σ(aᵢ + (W h)ᵢ)         binary
    vᵢ | h        ~ N(aᵢ + (W h)ᵢ, 1)      Gaussian

Smolensky (1986); Hinton (2002), "Training products of experts by minimizing contrastive
divergence"; Hinton (2012), "A practical guide to training restricted Boltzmann machines", the
*guide* below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoltzmannMachine", "ContrastiveGradient"]

Reals = NDArray[Any]

FIRST_DEVIATION = 0.01
"""Standard deviation of the first weights (guide, section 8)."""
RAREST = 0.01
"""A unit that is on less often than this, or off, gets the bias of one that is on as often."""


@dataclass(frozen=True, slots=True)
class ContrastiveGradient:
    """One estimate by contrastive divergence of how to raise the likelihood of a batch.

    Attributes
    ----------
    weights : (visible, hidden)
        ⟨v h⟩ of the data minus ⟨v h⟩ of the machine's own states.
    visible_biases : (visible,)
    hidden_biases : (hidden,)
    error
        Mean squared difference between the data and its reconstruction, per visible unit.
    """

    weights: Reals
    visible_biases: Reals
    hidden_biases: Reals
    error: float


@dataclass(slots=True)
class BoltzmannMachine:
    """A restricted Boltzmann machine with binary hidden units.

    Attributes
    ----------
    weights : (visible, hidden)
    visible_biases : (visible,)
    hidden_biases : (hidden,)
    is_gaussian
        Whether visible units are Gaussian of variance 1, else binary.
    """

    weights: Reals
    visible_biases: Reals
    hidden_biases: Reals
    is_gaussian: bool = False

    def hidden_probabilities(self, visible: Reals) -> Reals:
        """Return P(h = 1 | v), shape (n, hidden), for visible states (n, visible)."""
        return _sigmoid(visible @ self.weights + self.hidden_biases)

    def visible_means(self, hidden: Reals) -> Reals:
        """Return the mean of v given hidden states (n, hidden): shape (n, visible)."""
        means = hidden @ self.weights.T + self.visible_biases
        return means if self.is_gaussian else _sigmoid(means)

    def gradient(self, data: Reals, steps: int, rng: np.random.Generator) -> ContrastiveGradient:
        """Estimate the gradient of the log-likelihood by CD-k.

        As the guide says in section 3: the states of hidden units that the data drives are drawn,
        and probabilities stand for states where nothing is drawn from them any more: the last
        reconstruction and what the hidden units make of it.

        Parameters
        ----------
        data : (n, visible)
            A batch; for binary units probabilities between 0 and 1 count as well.
        steps
            How often the machine goes down and up again: k, at least 1.
        rng
            Decides the states.
        """
        driven = self.hidden_probabilities(data)
        hidden = _drawn(driven, rng)
        for _ in range(steps - 1):
            visible = self._drawn_visible(self.visible_means(hidden), rng)
            hidden = _drawn(self.hidden_probabilities(visible), rng)
        own = self.visible_means(hidden)
        believed = self.hidden_probabilities(own)
        count = len(data)
        difference = data - own
        return ContrastiveGradient(
            (data.T @ driven - own.T @ believed) / count,
            difference.mean(0),
            driven.mean(0) - believed.mean(0),
            float(np.square(difference).mean()),
        )

    def reconstruction_error(self, data: Reals) -> float:
        """Return how far data (n, visible) is from what its hidden probabilities bring back."""
        back = self.visible_means(self.hidden_probabilities(data))
        return float(np.square(data - back).mean())

    def _drawn_visible(self, means: Reals, rng: np.random.Generator) -> Reals:
        if self.is_gaussian:
            return means + rng.standard_normal(means.shape, means.dtype)
        return _drawn(means, rng)


def first_machine(
    means: Reals, hidden: int, is_gaussian: bool, rng: np.random.Generator
) -> BoltzmannMachine:
    """Return a machine to start learning from, as the guide says in section 8.

    Parameters
    ----------
    means : (visible,)
        Of the data: biases make the machine right about them from the start.
    hidden
        Number of hidden units.
    """
    dtype = means.dtype
    weights = FIRST_DEVIATION * rng.standard_normal((len(means), hidden), dtype)
    biases = means
    if not is_gaussian:
        share = np.clip(means, RAREST, 1 - RAREST)
        biases = np.log(share / (1 - share))
    return BoltzmannMachine(weights, biases.astype(dtype), np.zeros(hidden, dtype), is_gaussian)


def _drawn(probabilities: Reals, rng: np.random.Generator) -> Reals:
    chances = rng.random(probabilities.shape, probabilities.dtype)
    return (chances < probabilities).astype(probabilities.dtype)


def _sigmoid(values: Reals) -> Reals:
    # By tanh, which neither overflows nor loses anything at the ends.
    return np.asarray(0.5 * np.tanh(0.5 * values) + 0.5)

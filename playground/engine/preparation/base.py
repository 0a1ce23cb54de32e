"""What every preparation of the initial weights is, and the one that does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.network import Architecture, Parameters
from playground.schema.parameter import Option

__all__ = ["NoPreparation", "Preparation", "PreparationProgress", "fixed_draw", "random_stream"]

Reals = NDArray[Any]

_STREAM = 5
"""Number of the random stream of a network's seed that preparations draw from."""
_NO_LAYER = 2**16
"""Beyond the number of every layer: the stream of what is drawn for all of them."""


@dataclass(frozen=True, slots=True)
class PreparationProgress:
    """How far a preparation is.

    Attributes
    ----------
    share
        How much is done, from 0 to 1.
    text
        What was reached, for a person to read.
    """

    share: float
    text: str


class Preparation(Option, frozen=True):
    """A computation on the training inputs that changes the initial weights."""

    is_needed: ClassVar[bool] = True
    """Whether there is anything to do at all."""

    def run(
        self, architecture: Architecture, parameters: Parameters, inputs: Reals, seed: int
    ) -> Iterator[PreparationProgress]:
        """Change the initial parameters in place, telling every few milliseconds how far it is.

        Whoever stops iterating has parameters that are prepared in part: draw them anew.

        Parameters
        ----------
        parameters
            As drawn by ``initial_parameters``.
        inputs : (n, d)
            What the network sees of the training samples, n ≥ 1.
        seed
            That of the network: equal arguments give equal parameters.

        Raises
        ------
        InvalidValue
            If a setting makes numbers that are not finite.
        """
        raise NotImplementedError


class NoPreparation(Preparation, frozen=True, tag="none"):
    """Training starts from the weights as they were drawn."""

    title: ClassVar[str] = "None"
    is_needed: ClassVar[bool] = False

    def run(
        self, architecture: Architecture, parameters: Parameters, inputs: Reals, seed: int
    ) -> Iterator[PreparationProgress]:
        return iter(())


def random_stream(seed: int, layer: int) -> np.random.Generator:
    """Return the generator for one layer, independent of what initial weights are drawn from."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAM, layer)))


def fixed_draw(inputs: Reals, count: int, seed: int) -> Reals:
    """Return ``count`` of the samples (n, d), the same for the same seed; all if n is smaller."""
    if len(inputs) <= count:
        return inputs
    rng = random_stream(seed, _NO_LAYER)
    return inputs[np.sort(rng.permutation(len(inputs))[:count])]

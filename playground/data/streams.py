"""Random numbers, one independent stream per purpose.

Everything random about a dataset follows from its seed. Separate streams keep one edit from
disturbing another: more noise moves the same points, another training share cuts the same queue.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What the random numbers are for. The numbers never change: samples depend on them."""

    POINTS = 0
    """Where the points lie before noise."""
    NOISE = 1
    """How noise of unit strength displaces each point."""
    SPLIT = 2
    """Which samples are for training."""
    SUBSET = 3
    """Which images of a larger collection are taken."""
    FOLDS = 4
    """Which samples cross-validation holds out together."""


def stream(seed: int, purpose: Purpose) -> np.random.Generator:
    """Return the generator for one purpose: same seed and purpose, same numbers.

    Parameters
    ----------
    seed
        Seed of the dataset, 0 to 2³² - 1.
    purpose
        Streams of different purposes are independent of each other.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(purpose),)))

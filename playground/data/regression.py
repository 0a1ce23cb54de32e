"""Planar regression: surfaces to be approximated, as in TensorFlow Playground."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.data.dataset import Floats, Samples, Task
from playground.data.planar import (
    REGRESSION,
    Points,
    ScatteredDataset,
    ValueNoise,
    uniform,
)
from playground.data.streams import Purpose, stream

_BUMPS = np.array([[-4, 2.5], [0, 2.5], [4, 2.5], [-4, -2.5], [0, -2.5], [4, -2.5]])
_SIGNS = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


class SurfaceDataset(ScatteredDataset, frozen=True):
    """Points U(±6) with the height of a surface at the point jittered by U(±6)ν."""

    task: ClassVar[Task] = REGRESSION

    points: Points = 1200
    noise: ValueNoise = 0.0

    def height(self, points: Floats) -> Floats:
        """Return the height (n,) of the surface over points (n, 2)."""
        raise NotImplementedError

    def samples(self) -> Samples:
        """Draw the points and look up their values."""
        points = uniform(stream(self.seed, Purpose.POINTS), self.points, 6)
        jitter = uniform(stream(self.seed, Purpose.NOISE), self.points, 6)
        values = self.height(points + jitter * (self.noise / 100))
        return self._labelled(points, values, np.zeros(self.points, np.int64))


class Plane(SurfaceDataset, frozen=True, tag="plane"):
    """A tilted plane: one linear unit fits it exactly."""

    title: ClassVar[str] = "Plane"
    formula: ClassVar[str] = r"y = \frac{x_1 + x_2}{10}"
    gallery: ClassVar[str] = "Regression"

    def height(self, points: Floats) -> Floats:
        """Return (x₁ + x₂) / 10."""
        return np.asarray(points.sum(axis=1) / 10)


class Bumps(SurfaceDataset, frozen=True, tag="bumps"):
    """Six cones, three up and three down, on a flat floor.

    The cones stand at x₁ ∈ {-4, 0, 4}, x₂ ∈ {-2.5, 2.5} with alternating sign; each falls from
    1 to 0 within a distance of 2, so that they do not meet.
    """

    title: ClassVar[str] = "Bumps"
    formula: ClassVar[str] = r"y = \sum_k s_k \max\left(0,\ 1 - \frac{|x - c_k|}{2}\right)"
    gallery: ClassVar[str] = "Regression"

    def height(self, points: Floats) -> Floats:
        """Return the sum of the six cones."""
        distance = np.linalg.norm(points[:, np.newaxis] - _BUMPS, axis=2)
        return np.asarray(np.maximum(0, 1 - distance / 2) @ _SIGNS)

"""Planar classification: clouds, rings and spirals of points.

Unless stated otherwise the formulas are those of TensorFlow Playground, with
ν = noise / 100.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from playground.data.dataset import Floats, Samples, Task, TaskKind
from playground.data.fields import (
    InputFeatures,
    InputScaling,
    Seed,
    TrainingShare,
    ValidationShare,
)
from playground.data.planar import (
    DisplacementNoise,
    LabelNoise,
    PlanarDataset,
    Points,
    ScatteredDataset,
    dealt,
    uniform,
)
from playground.data.scaling import NoScaling
from playground.data.streams import Purpose, stream
from playground.schema.parameter import real, shown


class Circles(ScatteredDataset, frozen=True, tag="circles"):
    """A disc inside a ring: no straight line separates them, x₁² + x₂² does.

    Half of the points lie at radius U(0, 2.5), half at U(3.5, 5). A point is positive where the
    point jittered by U(±5)ν is closer to the centre than 2.5.
    """

    title: ClassVar[str] = "Circles"
    formula: ClassVar[str] = r"y = 1 \text{ if } x_1^2 + x_2^2 < 2.5^2 \text{ else } 0"
    gallery: ClassVar[str] = "Classification"

    noise: LabelNoise = 0.0

    def samples(self) -> Samples:
        """Draw the points."""
        outside, _ = dealt(self.points, 2)
        unit = stream(self.seed, Purpose.POINTS).random((self.points, 2))
        radius = np.where(outside, 3.5 + 1.5 * unit[:, 0], 2.5 * unit[:, 0])
        points = _polar(radius, 2 * np.pi * unit[:, 1])
        jitter = uniform(stream(self.seed, Purpose.NOISE), self.points, 5) * (self.noise / 100)
        inside = np.hypot(*(points + jitter).T) < 2.5
        return self._labelled(points, inside, 1 - outside)


class Xor(ScatteredDataset, frozen=True, tag="xor"):
    """Four squares in the colours of a chessboard: the exclusive or of two signs.

    Points are U(±5), pushed .3 away from both axes. A point is positive where the product of
    its coordinates, jittered by U(±5)ν, is not negative.
    """

    title: ClassVar[str] = "XOR"
    formula: ClassVar[str] = r"y = 1 \text{ if } x_1 x_2 \geq 0 \text{ else } 0"
    gallery: ClassVar[str] = "Classification"

    noise: LabelNoise = 0.0

    def samples(self) -> Samples:
        """Draw the points."""
        points = uniform(stream(self.seed, Purpose.POINTS), self.points, 5)
        points += np.where(points > 0, 0.3, -0.3)
        jitter = uniform(stream(self.seed, Purpose.NOISE), self.points, 5) * (self.noise / 100)
        same_sign = np.prod(points + jitter, axis=1) >= 0
        return self._labelled(points, same_sign, np.prod(points, axis=1) >= 0)


class Gaussians(ScatteredDataset, frozen=True, tag="gaussians"):
    """Two round clouds: one neuron separates them.

    Normal distributions around (2, 2), positive, and (-2, -2), negative, of variance .5 + 7ν.
    """

    title: ClassVar[str] = "Gaussians"
    formula: ClassVar[str] = r"x \sim N(\pm(2, 2),\ 0.5 + 7\nu)"
    gallery: ClassVar[str] = "Classification"

    noise: Annotated[
        float,
        real(
            "Noise",
            ge=0,
            le=50,
            step=1,
            unit="%",
            help="How wide the clouds are: the variance is 0.5 + 7 × noise. The same points "
            "move apart.",
        ),
    ] = 0.0

    def samples(self) -> Samples:
        """Draw the points."""
        second, _ = dealt(self.points, 2)
        # All of the cloud is displacement, so the noise stream stays unused.
        normal = stream(self.seed, Purpose.POINTS).standard_normal((self.points, 2))
        centre = np.where(second, -2.0, 2.0)[:, np.newaxis]
        points = centre + np.sqrt(0.5 + 7 * self.noise / 100) * normal
        return self._labelled(points, 1 - second, 1 - second)


class Spirals(ScatteredDataset, frozen=True, tag="spirals"):
    """Two arms wound around each other: the hardest of the classic pictures.

    Point i of the n of an arm has r = 5i/n and t = 1.75·2πi/n + {0, π}; it lies at
    (r sin t, r cos t) + U(±1)ν.
    """

    title: ClassVar[str] = "Spirals"
    formula: ClassVar[str] = (
        r"x = (r \sin t,\ r \cos t),\quad r = \frac{5 i}{n},\quad "
        r"t = 3.5 \pi \frac{i}{n} + \{0, \pi\}"
    )
    gallery: ClassVar[str] = "Classification"

    noise: DisplacementNoise = 0.0

    def samples(self) -> Samples:
        """Compute the arms and displace their points."""
        second, place = dealt(self.points, 2)
        share = place / np.bincount(second, minlength=2)[second]
        points = _polar(5 * share, 1.75 * 2 * np.pi * share + np.pi * second)
        jitter = uniform(stream(self.seed, Purpose.NOISE), self.points, 1)
        points += jitter * (self.noise / 100)
        return self._labelled(points, 1 - second, 1 - second)


class Spirals3(ScatteredDataset, frozen=True, tag="spirals_3"):
    """Three arms, three classes: the spiral of Stanford's course CS231n.

    Arm j has r = linspace(0, 1) and t = linspace(4j, 4(j + 1)) + noise · N(0, 1); its points lie
    at (r sin t, r cos t). Where the points do not divide by three, earlier arms get more.
    """

    title: ClassVar[str] = "Three spirals"
    formula: ClassVar[str] = (
        r"x = (r \sin t,\ r \cos t),\quad r \in [0, 1],\quad t = 4 (j + r) + \sigma\,N(0, 1)"
    )
    gallery: ClassVar[str] = "Classification"
    task: ClassVar[Task] = Task(TaskKind.MULTICLASS, ("class 0", "class 1", "class 2"))
    extent: ClassVar[float] = 1.25

    points: Points = 300
    noise: Annotated[
        float,
        real(
            "Noise",
            ge=0,
            le=1,
            step=0.05,
            unit="rad",
            help="Standard deviation of the angle. More noise turns the same points farther.",
        ),
    ] = 0.2

    def samples(self) -> Samples:
        """Compute the arms and turn their points."""
        arm, place = dealt(self.points, 3)
        last = np.maximum(np.bincount(arm, minlength=3) - 1, 1)
        radius = place / last[arm]
        normal = stream(self.seed, Purpose.NOISE).standard_normal(self.points)
        points = _polar(radius, 4 * (arm + radius) + self.noise * normal)
        return self._labelled(points, arm, arm)


class LogicGate(PlanarDataset, frozen=True, tag="logic_gate"):
    """The truth table of a logic gate: four points, two classes.

    One neuron learns AND, OR and NAND; none learns XOR, for which a hidden layer of two is
    enough. All four points are for training unless the training share is lowered.
    """

    title: ClassVar[str] = "Logic gate"
    gallery: ClassVar[str] = "Classification"
    task: ClassVar[Task] = Task(TaskKind.BINARY, ("0", "1"))
    extent: ClassVar[float] = 1.5

    gate: Annotated[
        Literal["and", "or", "nand", "xor"],
        shown("Gate", help="Which truth table to learn."),
    ] = "and"
    training_share: TrainingShare = 1.0
    validation_share: ValidationShare = 0.0
    seed: Seed = 0
    features: InputFeatures = ("x1", "x2")
    scaling: InputScaling = NoScaling()

    @property
    def sample_count(self) -> int:
        """Four: all pairs of 0 and 1."""
        return 4

    def samples(self) -> Samples:
        """Write down the truth table."""
        points = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        truth = np.array(_TRUTH[self.gate], dtype=np.int64)
        return self._labelled(points, truth, truth)


_TRUTH = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "xor": (0, 1, 1, 0)}


def _polar(radius: Floats, angle: Floats) -> Floats:
    """Return (n, 2) coordinates; the angle is measured clockwise from the upward axis."""
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])

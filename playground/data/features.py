"""Input features: what a network is given of a point of the plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.schema.validation import InvalidValue

Floats = NDArray[np.float64]

FeatureName = Literal["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One number computed from the two coordinates of a point.

    Attributes
    ----------
    label
        As shown, such as ``x₁²``.
    function
        Maps the coordinates x₁ (n,) and x₂ (n,) to values (n,).
    help
        One sentence for a tooltip.
    """

    label: str
    function: Callable[[Floats, Floats], Floats]
    help: str


FEATURES: dict[FeatureName, Feature] = {
    "x1": Feature("x₁", lambda x1, x2: x1, "The horizontal coordinate."),
    "x2": Feature("x₂", lambda x1, x2: x2, "The vertical coordinate."),
    "x1_squared": Feature(
        "x₁²", lambda x1, x2: x1 * x1, "Distance from the vertical axis, squared."
    ),
    "x2_squared": Feature(
        "x₂²", lambda x1, x2: x2 * x2, "Distance from the horizontal axis, squared."
    ),
    "x1_x2": Feature(
        "x₁x₂", lambda x1, x2: x1 * x2, "Positive where both coordinates have the same sign."
    ),
    "sin_x1": Feature("sin x₁", lambda x1, x2: np.sin(x1), "Vertical stripes, 2π apart."),
    "sin_x2": Feature("sin x₂", lambda x1, x2: np.sin(x2), "Horizontal stripes, 2π apart."),
}
"""Every feature by its name in files, in menu order."""


def expand(points: Floats, names: Sequence[FeatureName]) -> Floats:
    """Compute features of points.

    Parameters
    ----------
    points : (n, 2) float64
        Coordinates x₁ and x₂.
    names
        At least one feature, each at most once.

    Returns
    -------
    (n, d) float64
        One column per name, in the order given.

    Raises
    ------
    InvalidValue
        If there is no name, or one appears twice or is not known; the field named is
        ``data.features``.
    """
    check(names)
    x1, x2 = points[:, 0], points[:, 1]
    inputs = np.empty((len(points), len(names)))
    for column, name in enumerate(names):
        inputs[:, column] = FEATURES[name].function(x1, x2)
    return inputs


def labels_of(names: Sequence[FeatureName]) -> tuple[str, ...]:
    """Return how features are shown, such as ``("x₁", "x₂²")``."""
    return tuple(FEATURES[name].label for name in names)


def check(names: Sequence[FeatureName]) -> None:
    """Refuse an empty, repeated or unknown choice of features.

    Raises
    ------
    InvalidValue
        Naming ``data.features``.
    """
    if not names:
        raise InvalidValue(
            "data.features", (), "names no feature", "choose at least one, such as x1"
        )
    for place, name in enumerate(names):
        if name not in FEATURES:
            known = ", ".join(FEATURES)
            raise InvalidValue("data.features", name, "is not known", f"choose from: {known}")
        if name in names[:place]:
            raise InvalidValue("data.features", name, "appears twice", "name it once")

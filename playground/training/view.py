"""What the screen wants to see: sent down to the worker, which computes only that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Colours as RGBA, uint8."""


@dataclass(frozen=True, slots=True, eq=False)
class ColorTables:
    """The colours of a theme, as the worker needs them.

    Attributes
    ----------
    values : (256, 4) uint8
        From most negative over neutral to most positive.
    classes : (k, 4) uint8
        One colour per class, at least 10.
    background : (4,) uint8
        What an undecided class fades to.
    """

    values: Pixels
    classes: Pixels
    background: Pixels


@dataclass(frozen=True, slots=True)
class View:
    """What is visible.

    Attributes
    ----------
    colors
        ``None``: nothing is painted, only numbers are reported.
    surface_size
        Width and height of the decision surface in cells; 0 for none.
    thumbnail_size
        Width and height of a unit's picture in cells; 0 for none.
    visible_units
        Per layer, hidden layers first: the units whose pictures are wanted.
    discretize
        Show the decision instead of its strength.
    focus
        (layer, unit) wanted as a large picture, layer -1 for an input; or ``None``.
    probe
        A point of the plane, whose values in all units are wanted; or ``None``.
    probe_sample
        Index of the sample whose values in all units are wanted; or ``None``.
    mistakes_of
        (true class, predicted class) whose mistakes are wanted; ``None`` for those of all.
    """

    colors: ColorTables | None = None
    surface_size: int = 0
    thumbnail_size: int = 0
    visible_units: tuple[tuple[int, ...], ...] = ()
    discretize: bool = False
    focus: tuple[int, int] | None = None
    probe: tuple[float, float] | None = None
    probe_sample: int | None = None
    mistakes_of: tuple[int, int] | None = None

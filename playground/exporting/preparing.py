"""From raw values to what a network sees, as plain numbers that any format can write down.

The same as :meth:`PreparedData.inputs_of`, which a contract test holds this to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.features import FEATURES, FeatureName
from playground.data.images import DigitImages
from playground.data.planar import PlanarDataset
from playground.data.prepared import PreparedData

__all__ = ["Preparation"]

Reals = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Preparation:
    """What is done to raw values before the first layer: (raw / ink, or features), then a scale.

    Attributes
    ----------
    raw_names
        A name per raw value: ``x1``, ``x2``, or the pixels.
    features
        What is made of the coordinates of a point; ``None``: the raw values themselves.
    ink
        What raw values are divided by: for pixels, the value of full ink.
    offset, divisor : (d,) float64 or None
        x′ = (x - offset) / divisor; ``None``: nothing.
    """

    raw_names: tuple[str, ...]
    features: tuple[FeatureName, ...] | None = None
    ink: int = 1
    offset: NDArray[np.float64] | None = None
    divisor: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, data: PreparedData) -> Preparation:
        """Return what is done to the raw values of a dataset."""
        dataset, scaling = data.dataset, data.scaling
        scale = (None, None) if scaling is None else (scaling.offset, scaling.divisor)
        if isinstance(dataset, PlanarDataset):
            return cls(("x1", "x2"), dataset.features, 1, *scale)
        ink = dataset.ink if isinstance(dataset, DigitImages) else 1
        return cls(dataset.input_names, None, ink, *scale)

    @property
    def input_names(self) -> tuple[str, ...]:
        """A name per input of the network, in letters of ASCII."""
        return self.raw_names if self.features is None else self.features

    def raw(self, data: PreparedData, rows: Any = slice(None)) -> Reals:
        """Return the raw values (n, r) of samples, by default of all; whole numbers for pixels."""
        points: Reals = data.samples.points[rows]
        return np.rint(points * self.ink).astype(np.uint16) if self.ink > 1 else points

    def inputs(self, raw: Reals) -> Reals:
        """Return what the network sees (n, d), float64, for raw values (n, r)."""
        values = np.asarray(raw, np.float64) / self.ink
        if self.features is not None:
            functions = [FEATURES[name].function for name in self.features]
            values = np.stack([function(*values.T) for function in functions], 1)
        if self.offset is not None and self.divisor is not None:
            values = (values - self.offset) / self.divisor
        return np.asarray(values)

    @property
    def sentence(self) -> str:
        """What is done, in words."""
        steps = []
        if self.ink > 1:
            steps.append(f"pixels from 0 to {self.ink} are divided by {self.ink}")
        if self.features not in (None, self.raw_names):
            steps.append(f"features {', '.join(self.features or ())} are made of x1 and x2")
        if self.offset is not None:
            steps.append("each input is scaled: (x - offset) / divisor")
        return "; ".join(steps) or "none: the network sees the raw values as they are"

    def tree(self) -> dict[str, Any]:
        """Return the same as plain values, for a file."""
        return {
            "raw_inputs": list(self.raw_names),
            "features": list(self.features) if self.features is not None else None,
            "ink": self.ink,
            "offset": self.offset.tolist() if self.offset is not None else None,
            "divisor": self.divisor.tolist() if self.divisor is not None else None,
        }

"""What a network that was exported is held to: its outputs, and how exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.network import Parameters, predict
from playground.exporting.base import Proof
from playground.exporting.preparing import Preparation
from playground.exporting.run import Run
from playground.training.jobs import JobRefused

__all__ = ["MOST_SAMPLES", "Expected"]

Reals = NDArray[Any]

MOST_SAMPLES = 1000
"""Of more samples, so many at equal distances are compared."""
_ROUNDINGS = 64
"""How many roundings of the largest output are allowed at least."""
_FACTOR = 16
"""How many times as far as rounding moves our own outputs, others may be from them."""


@dataclass(frozen=True, eq=False)
class Expected:
    """Samples, and what the playground says about them.

    Attributes
    ----------
    raw : (n, r)
        As the format takes them.
    outputs : (n, k)
        Of the playground, in the dtype of the run.
    tolerance
        Largest difference that rounding explains: from the digits of the format, and from how far
        the outputs move when everything is computed in float64 instead.
    """

    raw: Reals
    outputs: Reals
    tolerance: float

    @classmethod
    def of(cls, run: Run, dtype: str | None = None) -> Expected:
        """Return what a file must say.

        Parameters
        ----------
        dtype
            What the format computes in; by default what the run does.

        Raises
        ------
        JobRefused
            If an output is not a number.
        """
        trainer = run.trainer
        count = len(run.data.samples.points)
        chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_SAMPLES)).astype(int))
        preparation = Preparation.of(run.data)
        raw = preparation.raw(run.data, chosen)
        inputs = run.data.samples.inputs[chosen]
        outputs = predict(trainer.architecture, trainer.parameters, inputs)
        if not np.isfinite(outputs).all():
            raise JobRefused(
                "the network says what is not a number, so that nothing can be compared with it; "
                "its weights are too large: reset it, lower the learning rate and train again"
            )
        layers, own = trainer.architecture.layers, trainer.parameters

        def computed(kind: str, values: Reals) -> Reals:
            statistics = own.statistics.astype(kind)
            parameters = Parameters(layers, own.vector.astype(kind), statistics)
            return predict(trainer.architecture, parameters, values)

        precision = np.finfo(dtype or outputs.dtype)
        scale = max(1.0, float(np.abs(outputs).max(initial=0)))
        # Also by how much the last digit of an input matters, which may have been rounded.
        rough = inputs.astype("float32") if precision.dtype == np.float32 else inputs
        exact, rounded = computed("float64", inputs), computed("float32", rough)
        moved = float(np.abs(exact - rounded).max(initial=0))
        moved *= float(precision.eps) / float(np.finfo(np.float32).eps)
        return cls(raw, outputs, max(_ROUNDINGS * float(precision.eps) * scale, _FACTOR * moved))

    def proof(self, reader: str, found: Reals, remark: str = "") -> Proof:
        """Return what comparing with the outputs (n, k) that were found shows."""
        words = f"outputs of {len(self.outputs):,} samples"
        if found.shape != self.outputs.shape:
            return Proof(reader, words, float("nan"), self.tolerance, remark)
        apart = np.abs(found.astype(float) - self.outputs.astype(float))
        return Proof(reader, words, float(apart.max(initial=0)), self.tolerance, remark)

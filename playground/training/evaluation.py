"""Measuring a network while it trains, on samples that stay the same."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.network import Architecture, Parameters
from playground.engine.plan import ForwardPlan, with_ones

Reals = NDArray[Any]

EVALUATION_CAP = 1024
"""Curves are measured on at most this many training and test samples, always the same ones."""
EVALUATION_OPERATIONS = 5e7
"""Wide networks are measured on fewer samples: about so many multiplications for each set."""
SMALLEST_EVALUATION = 256


class Evaluation:
    """A fixed set of samples on which the loss is measured during training."""

    def __init__(
        self, architecture: Architecture, parameters: Parameters, inputs: Reals, labels: Reals
    ) -> None:
        dtype = parameters.vector.dtype
        self.head, self.labels, self.count = architecture.head, labels, len(inputs)
        self.inputs = with_ones(inputs, dtype)
        self.targets = self.head.targets(labels).astype(dtype)
        self.plan = ForwardPlan(architecture, parameters, self.count)
        self._tape = self.plan.record(self.inputs)

    def run(self) -> Reals:
        """Return the outputs (n, k) for the parameters as they are now (a view)."""
        for operation in self._tape:
            operation()
        return self.plan.outputs.T

    def measure(self) -> tuple[float, float]:
        """Return mean loss and accuracy; NaN where there are no samples or no classes."""
        if not self.count:
            return math.nan, math.nan
        outputs = self.run()
        accuracy = self.head.accuracy(outputs, self.labels)
        loss = float(self.head.loss.values(outputs, self.targets).mean())
        return loss, math.nan if accuracy is None else accuracy


def evaluation_sample(count: int, weight_count: int) -> NDArray[np.int64]:
    """Return the indices of the samples on which curves are measured: all, or a fixed draw."""
    affordable = int(EVALUATION_OPERATIONS / weight_count)
    cap = max(SMALLEST_EVALUATION, min(EVALUATION_CAP, affordable))
    if count <= cap:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).permutation(count)[:cap])

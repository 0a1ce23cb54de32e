"""What is written into the history of a run, and how often."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.network import Architecture, Parameters
from playground.training.history import History

Reals = NDArray[Any]

SMALLEST_HISTORY = 128
LARGEST_HISTORY = 512
"""Records kept of a small network, and half as many at the least: enough for a curve to look whole,
and each doubling of a run costs the time of 256 of them."""
RECORD_SHARE = 0.01
"""The share of its time that a large network may spend on its first records."""


def empty_history(architecture: Architecture, samples: int, batch_size: int) -> History:
    """Return a history whose cost is small, judged by sizes alone, never by a clock.

    All records of a small network cost half a second at the most, so every step can be recorded. A
    large one starts with a small share of its time for records and keeps fewer of them: the
    interval doubles each time they are full, and the share halves. Times are those of a machine
    of 5e10 operations per second.

    Parameters
    ----------
    samples
        Number of samples measured for a record.
    batch_size
        Number of samples in a training step.
    """
    weights, names = architecture.weight_count, architecture.layer_names
    evaluation_seconds = 5e-5 + 2 * weights * samples / 5e10
    step_seconds = 1e-5 + 6 * weights * batch_size / 5e10
    if evaluation_seconds * LARGEST_HISTORY < 0.5:
        return History(names, 1, LARGEST_HISTORY)
    interval = max(1, math.ceil(evaluation_seconds / (RECORD_SHARE * step_seconds)))
    affordable = int(0.5 / evaluation_seconds) // 2 * 2
    return History(names, interval, max(SMALLEST_HISTORY, min(LARGEST_HISTORY, affordable)))


def gradient_norms(parameters: Parameters, gradient: Reals) -> Reals:
    """Return the norm of each layer's gradient (layers,); NaN where there is nothing to learn."""
    return np.array(
        [_norm(gradient[span]) if span.start < span.stop else math.nan for span in parameters.spans]
    )


def update_ratios(parameters: Parameters, before: Reals) -> Reals:
    """Return ‖ΔW‖ / ‖W‖ of each layer (layers,), given all parameters (p,) one step before.

    NaN where there are no weights, or all of them were 0.
    """
    changes = parameters.vector - before
    ratios = []
    for part in parameters.main_spans:
        size = _norm(before[part])
        ratios.append(_norm(changes[part]) / size if size > 0 else math.nan)
    return np.array(ratios)


def _norm(vector: Reals) -> float:
    return math.sqrt(vector.dot(vector))

"""Is a gradient right? Compare it with central differences in float64."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.backpropagation import backpropagate
from playground.engine.network import Architecture, LayerPass, Parameters, forward
from playground.engine.regularizers import NoRegularization, Regularizer

Reals = NDArray[Any]


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """The verdict.

    Attributes
    ----------
    relative_error
        ‖analytic - numeric‖ / (‖analytic‖ + ‖numeric‖) over the parameters compared; 0 if both
        are 0.
    compared, skipped
        Number of parameters compared, and of those left out because moving them crossed a kink.
    """

    relative_error: float
    compared: int
    skipped: int

    @property
    def verdict(self) -> str:
        """The judgement in the words of the cs231n notes."""
        if self.relative_error > 1e-2:
            return "wrong"
        if self.relative_error > 1e-4:
            return "uneasy"
        return "fine with kinks" if self.relative_error > 1e-7 else "happy"


def check_gradient(
    architecture: Architecture,
    parameters: Parameters,
    inputs: Reals,
    targets: Reals,
    regularizer: Regularizer | None = None,
    step: float = 1e-5,
    masks: Sequence[Reals | None] | None = None,
    weights: Reals | None = None,
) -> GradientCheck:
    """Compare backpropagation with central differences, parameter by parameter.

    Frozen parameters are left out: their gradient is 0 by agreement.

    Parameters
    ----------
    parameters
        Converted to float64 for the check; not changed.
    inputs : (n, d)
    targets : (n, k)
    step
        Half the distance h of the central difference (C(θ + h) - C(θ - h)) / 2h.
    masks
        The factors of each dropout; ``None``: nothing is dropped.
    weights : (n,)
        A factor for the loss of each sample; ``None``: 1.
    """
    regularizer = regularizer or NoRegularization()
    vector = parameters.vector.astype(np.float64)
    here = Parameters(architecture.layers, vector, parameters.statistics.astype(np.float64))
    analytic = backpropagate(
        architecture, here, inputs, targets, regularizer, masks, weights
    ).gradient
    numeric = np.zeros_like(analytic)
    smooth = np.ones(len(vector), bool)
    trained = np.ones(len(vector), bool)
    for shape, span in zip(architecture.layers, here.spans, strict=True):
        trained[span] = not shape.layer.frozen
    for index in np.flatnonzero(trained):
        original = vector[index]
        sides, costs = [], []
        for direction in (1, -1):
            vector[index] = original + direction * step
            passes = forward(architecture, here, inputs, masks, is_training=True)
            sides.append(_sides_of_kinks(architecture, here, passes, targets, regularizer))
            costs.append(_cost(architecture, here, passes, targets, regularizer, weights))
        vector[index] = original
        numeric[index] = (costs[0] - costs[1]) / (2 * step)
        smooth[index] = np.array_equal(sides[0], sides[1])
    kept = trained & smooth
    difference = np.linalg.norm(analytic[kept] - numeric[kept])
    size = np.linalg.norm(analytic[kept]) + np.linalg.norm(numeric[kept])
    error = float(difference / size) if size > 0 else 0.0
    return GradientCheck(error, int(kept.sum()), int((~smooth).sum()))


def _cost(
    architecture: Architecture,
    parameters: Parameters,
    passes: list[LayerPass],
    targets: Reals,
    regularizer: Regularizer,
    weights: Reals | None,
) -> float:
    penalty = sum(
        shape.regularizer(regularizer).penalty(parameters.weights(i))
        for i, shape in enumerate(architecture.layers)
        if not shape.layer.frozen
    )
    losses = architecture.head.loss.values(passes[-1].activation, targets)
    return float((losses if weights is None else losses * weights).mean()) + penalty


def _sides_of_kinks(
    architecture: Architecture,
    parameters: Parameters,
    passes: list[LayerPass],
    targets: Reals,
    regularizer: Regularizer,
) -> Reals:
    """Return on which side of every kink everything lies: of activations, loss and penalty."""
    sides: list[Reals] = []
    for index, (shape, layer) in enumerate(zip(architecture.layers, passes, strict=True)):
        if shape.regularizer(regularizer).kinked:
            sides.append(np.sign(parameters.weights(index)).ravel())
        sides += [side.ravel() for side in shape.activation.sides_of_kinks(layer.pre_activation)]
    loss = architecture.head.loss
    sides += [side.ravel() for side in loss.sides_of_kinks(passes[-1].activation, targets)]
    return np.concatenate(sides) if sides else np.empty(0)

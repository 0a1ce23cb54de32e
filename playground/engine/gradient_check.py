"""Is a gradient right? Compare it with central differences in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.backpropagation import backpropagate
from playground.engine.network import Architecture, Parameters, predict
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
) -> GradientCheck:
    """Compare backpropagation with central differences, parameter by parameter.

    Parameters
    ----------
    parameters
        Converted to float64 for the check; not changed.
    inputs : (n, d)
    targets : (n, k)
    step
        Half the distance h of the central difference (C(θ + h) - C(θ - h)) / 2h.
    """
    regularizer = regularizer or NoRegularization()
    vector = parameters.vector.astype(np.float64)
    here = Parameters(architecture.layers, vector)
    analytic = backpropagate(architecture, here, inputs, targets, regularizer).gradient
    numeric = np.zeros_like(analytic)
    kept = np.ones(len(vector), bool)
    for index, original in enumerate(vector):
        sides, costs = [], []
        for direction in (1, -1):
            vector[index] = original + direction * step
            sides.append(_sides_of_kinks(architecture, here, inputs, targets, regularizer))
            costs.append(_cost(architecture, here, inputs, targets, regularizer))
        vector[index] = original
        numeric[index] = (costs[0] - costs[1]) / (2 * step)
        kept[index] = np.array_equal(sides[0], sides[1])
    difference = np.linalg.norm(analytic[kept] - numeric[kept])
    size = np.linalg.norm(analytic[kept]) + np.linalg.norm(numeric[kept])
    error = float(difference / size) if size > 0 else 0.0
    return GradientCheck(error, int(kept.sum()), int((~kept).sum()))


def _cost(
    architecture: Architecture,
    parameters: Parameters,
    inputs: Reals,
    targets: Reals,
    regularizer: Regularizer,
) -> float:
    outputs = predict(architecture, parameters, inputs)
    penalty = sum(
        regularizer.penalty(parameters.weights(i)) for i in range(len(architecture.layers))
    )
    return float(architecture.head.loss.values(outputs, targets).mean()) + penalty


def _sides_of_kinks(
    architecture: Architecture,
    parameters: Parameters,
    inputs: Reals,
    targets: Reals,
    regularizer: Regularizer,
) -> Reals:
    """Return on which side of every kink everything lies: of activations, loss and penalty."""
    sides: list[Reals] = []
    values = inputs
    for index, layer in enumerate(architecture.layers):
        if regularizer.kinked:
            sides.append(np.sign(parameters.weights(index)).ravel())
        pre_activation = values @ parameters.weights(index) + parameters.biases(index)
        sides += [np.sign(pre_activation - kink).ravel() for kink in layer.activation.kinks]
        values = layer.activation.value(pre_activation)
    loss = architecture.head.loss
    sides += [side.ravel() for side in loss.sides_of_kinks(values, targets)]
    return np.concatenate(sides) if sides else np.empty(0)

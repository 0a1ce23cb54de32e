"""Where numbers first stopped being finite: which step, which layer, which operation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.backpropagation import Trace, backpropagate

if TYPE_CHECKING:
    from playground.training.trainer import Trainer

Reals = NDArray[Any]

LARGEST_WEIGHT = 1e7
"""A parameter larger than this counts as diverged: activations that saturate hide the infinity
that would otherwise follow. Initial values are ten times smaller at the most."""


class Diverged(Exception):
    """Training produced numbers that are not finite. The message says where and what to do."""


def is_sound(vector: Reals) -> bool:
    """Return whether all parameters are finite, and none larger than ``LARGEST_WEIGHT``."""
    # No parameter is larger than their norm, which is one quick pass; look closer if that is
    # large or not a number.
    if float(vector.dot(vector)) <= LARGEST_WEIGHT**2:
        return True
    return bool(np.abs(vector).max(initial=0) <= LARGEST_WEIGHT)


def unsound_layer(trainer: Trainer) -> str:
    """Return ``weights of layer 2 became NaN`` of the first layer that is not sound."""
    for name, span in zip(trainer.layer_names, trainer.parameters.spans, strict=True):
        part = trainer.parameters.vector[span]
        if not is_sound(part):
            return f"weights of {name} became {_words(part)}"
    return "the weights of all layers together became too large"


def first_operation(trainer: Trainer) -> str | None:
    """Return what the next step of a sound trainer makes that is not finite, in order.

    ``None`` if the readable pass stays finite: then the update itself is to blame. Input and
    weight noise are left out of this second look.
    """
    chosen = trainer.next_batch()
    weights = trainer.sample_weights
    with np.errstate(all="ignore"):
        trace = backpropagate(
            trainer.architecture,
            trainer.parameters,
            trainer.data.train_inputs[chosen],
            trainer.architecture.head.targets(trainer.data.train_labels[chosen]),
            trainer.spec.training.regularizer,
            trainer.next_masks(len(chosen)),
            None if weights is None else weights[chosen],
        )
        for what, array in _operations(trace, trainer.layer_names):
            if not np.isfinite(array).all():
                return f"{what} became {_words(array)}"
    return None


def _operations(trace: Trace, names: tuple[str, ...]) -> Iterator[tuple[str, Reals]]:
    """Return the results of a pass with their names, in the order in which they are made."""
    for name, layer in zip(names, trace.layers, strict=True):
        yield f"the input of {name}", layer.inputs
        for kept, array in layer.kept.items():
            if array.dtype.kind == "f":
                yield f"the {kept} of {name}", array
        yield f"the pre-activation z of {name}", layer.pre_activation
        yield f"the activation of {name}", layer.activation
    yield "the loss", trace.losses
    for name, layer in reversed(list(zip(names, trace.layers, strict=True))):
        yield f"the gradient at the activation of {name}", layer.activation_gradient
        yield f"the gradient at the pre-activation of {name}", layer.pre_activation_gradient
        yield f"the penalty's gradient in {name}", layer.penalty_gradient
        yield f"the gradient of the weights of {name}", layer.matrix_gradient
        yield f"the gradient of the learned slopes of {name}", layer.slope_gradient


def _words(array: Reals) -> str:
    """Return what is wrong with the largest number of an array."""
    with np.errstate(all="ignore"):
        largest = float(np.abs(array).max(initial=0))
    if math.isnan(largest):
        return "NaN"
    return "infinite" if math.isinf(largest) else f"as large as {largest:.2g}"


def remedy(trainer: Trainer) -> str:
    """Return what a person can do."""
    rate = trainer.spec.training.learning_rate
    return (
        f"The network stands as before that step: lower the learning rate (now {rate:g}) and go "
        "on, or press Reset."
    )

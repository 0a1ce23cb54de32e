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


CHECKPOINT_STEPS = (1024, 128)
"""Steps between two states from which a divergence is traced: of a small network, of a large."""
SMALL_NETWORK = 20_000
"""Parameters of a network that counts as small."""


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


class Tracer:
    """Keeps a state now and then, from which a divergence can be traced step by step."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._kept: dict[str, Any] | None = None

    def forget(self) -> None:
        """Drop what was kept: steps made from there would not be the same any more."""
        self._kept = None

    def keep(self) -> None:
        """Keep the state if it is time: rarely enough to cost nothing, and only while sound."""
        trainer, kept = self._trainer, self._kept
        vector = trainer.parameters.vector
        interval = CHECKPOINT_STEPS[len(vector) > SMALL_NETWORK]
        if (kept is None or trainer.step - kept["step"] >= interval) and is_sound(vector):
            self._kept = trainer.state_but_history()

    def cause(self) -> str:
        """Return the first step and operation that went wrong, and go back to before it."""
        trainer, kept, last = self._trainer, self._kept, self._trainer.step
        if kept is None or kept["step"] >= last:
            return f"The network cannot be trained: {unsound_layer(trainer)}. Press Reset."
        self._go_back(kept)
        while trainer.step < last and is_sound(trainer.parameters.vector):
            trainer.advance(1)
        step, wrong = trainer.step, unsound_layer(trainer)
        self._go_back(kept)
        if step - 1 > trainer.step:
            trainer.advance(step - 1 - trainer.step)
        operation = first_operation(trainer)
        cause = f"{operation}, and so {wrong}" if operation else f"{wrong} in the update"
        rate = trainer.spec.training.learning_rate
        return (
            f"Training diverged in step {step:,}: {cause}. The network stands as before that "
            f"step: lower the learning rate (now {rate:g}) and go on, or press Reset."
        )

    def _go_back(self, state: dict[str, Any]) -> None:
        """Go back to an earlier state, and forget what was recorded since."""
        self._trainer.restore_but_history(state)
        self._trainer.history.forget_after(self._trainer.step)
        self._kept = state

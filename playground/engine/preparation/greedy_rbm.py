"""Greedy pre-training: a stack of restricted Boltzmann machines as initial weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from playground.engine.activations import Activation, Tanh
from playground.engine.network import Architecture, Parameters
from playground.engine.preparation.base import (
    Preparation,
    PreparationProgress,
    Reals,
    fixed_draw,
    random_stream,
)
from playground.engine.preparation.boltzmann import BoltzmannMachine, first_machine
from playground.engine.preparation.passing import is_dense, layer_output
from playground.schema.parameter import real, shown, whole
from playground.schema.validation import InvalidValue

MOST_SAMPLES = 20_000
"""Machines learn from at most this many training samples, a fixed draw: more take minutes."""
GAUSSIAN_SHARE = 0.1
"""Gaussian visible units need a learning rate ten times smaller (guide, section 13.2)."""
SMALLEST_DEVIATION = 1e-6
"""A visible unit that varies less than this is centred, not stretched."""

Visible = Literal["automatic", "binary", "gaussian"]


class GreedyRBM(Preparation, frozen=True, tag="greedy_rbm"):
    """Lets a stack of Boltzmann machines learn the inputs first, one layer after the other.

    Each hidden dense layer takes weights and biases from a restricted Boltzmann machine that has
    learned, without labels and by contrastive divergence, what the layers below make of the
    training inputs; then backpropagation goes on from there. The road by which deep networks were
    first trained: Hinton, Osindero & Teh (2006), "A fast learning algorithm for deep belief nets";
    Hinton & Salakhutdinov (2006). Settings as in Hinton (2012), "A practical guide to training
    restricted Boltzmann machines".

    Machines have sigmoid units, so sigmoid layers take their parameters as they are. So do tanh
    layers, halved, since tanh(z/2) = 2 σ(z) - 1 says the same; others take them as they are for
    what they are worth. Inputs are scaled to suit the visible units, and the scale is folded into
    the weights and biases. The output layer keeps the weights that it drew; batch normalization,
    dropout and skip connections stay as they are and pass values on.
    """

    title: ClassVar[str] = "Greedy RBM"
    formula: ClassVar[str] = (
        r"\Delta W = \eta \left( \langle v h \rangle_{data} - \langle v h \rangle_k \right)"
    )

    epochs: Annotated[
        int,
        whole(
            "Epochs",
            ge=1,
            le=10_000,
            soft_range=(1, 100),
            suggestions=(5, 10, 20, 50),
            help="How often each machine sees the training inputs.",
        ),
    ] = 10
    learning_rate: Annotated[
        float,
        real(
            "Learning rate",
            gt=0,
            le=100,
            logarithmic=True,
            suggestions=(0.01, 0.03, 0.1, 0.3),
            help="Of the machines. Gaussian visible units take a tenth of it.",
        ),
    ] = 0.1
    batch_size: Annotated[
        int,
        whole(
            "Batch size",
            ge=1,
            le=10_000,
            suggestions=(10, 20, 50, 100),
            help="How many samples each step of a machine learns from.",
        ),
    ] = 20
    momentum: Annotated[
        float,
        real("Momentum", ge=0, lt=1, step=0.05, help="How much of the last step goes on."),
    ] = 0.5
    steps: Annotated[
        int,
        whole(
            "Gibbs steps",
            ge=1,
            le=100,
            suggestions=(1, 3, 10),
            help="The k of CD-k: how often a machine goes down and up before it is compared.",
        ),
    ] = 1
    visible: Annotated[
        Visible,
        shown(
            "Visible units",
            help="What the inputs count as. Automatic: binary if all lie between 0 and 1, or "
            "between -1 and 1; else Gaussian.",
        ),
    ] = "automatic"

    def run(
        self, architecture: Architecture, parameters: Parameters, inputs: Reals, seed: int
    ) -> Iterator[PreparationProgress]:
        values = [fixed_draw(inputs, MOST_SAMPLES, seed).astype(parameters.vector.dtype)]
        hidden = architecture.layers[:-1]
        wanted = [index for index, shape in enumerate(hidden) if is_dense(shape)]
        for index, shape in enumerate(hidden):
            if index in wanted:
                rng = random_stream(seed, shape.stream)
                scale = _scale_of(values[-1], self.visible if index == 0 else "automatic")
                data = (values[-1] - scale.shift) / scale.width
                matrix = parameters.matrices[index]
                machine = first_machine(data.mean(0), matrix.shape[1], scale.is_gaussian, rng)
                done, name = wanted.index(index), architecture.layer_names[index].capitalize()
                for share, text in self._learn(machine, data, rng):
                    yield PreparationProgress((done + share) / len(wanted), f"{name} · {text}")
                matrix[:] = _folded(machine, scale, shape.activation)
            values.append(layer_output(architecture, parameters, index, values))

    def _learn(
        self, machine: BoltzmannMachine, data: Reals, rng: np.random.Generator
    ) -> Iterator[tuple[float, str]]:
        """Train one machine in place; after each batch give the share that is done, and a text."""
        rate = self.learning_rate * (GAUSSIAN_SHARE if machine.is_gaussian else 1)
        pulled = (machine.weights, machine.visible_biases, machine.hidden_biases)
        velocities = tuple(np.zeros_like(array) for array in pulled)
        starts = range(0, len(data), self.batch_size)
        total = self.epochs * len(starts)
        text = "starting"
        for epoch in range(self.epochs):
            order = rng.permutation(len(data))
            error = 0.0
            for number, start in enumerate(starts):
                batch = data[order[start : start + self.batch_size]]
                with np.errstate(all="ignore"):
                    gradient = machine.gradient(batch, self.steps, rng)
                    error += gradient.error * len(batch)
                    pulls = (gradient.weights, gradient.visible_biases, gradient.hidden_biases)
                    for array, velocity, pull in zip(pulled, velocities, pulls, strict=True):
                        velocity *= self.momentum
                        velocity += rate * pull
                        array += velocity
                yield (epoch * len(starts) + number + 1) / total, text
            error /= len(data)
            if not (np.isfinite(error) and np.isfinite(machine.weights).all()):
                raise InvalidValue(
                    "training.preparation.learning_rate",
                    self.learning_rate,
                    "makes a Boltzmann machine diverge",
                    f"lower it to {self.learning_rate / 10:g}",
                )
            text = f"epoch {epoch + 1} of {self.epochs} · reconstruction error {error:.4f}"
            yield (epoch + 1) / self.epochs, text


@dataclass(frozen=True, slots=True)
class _Scale:
    """What makes values suit visible units: (values - shift) / width, each (visible,)."""

    shift: Reals
    width: Reals
    is_gaussian: bool


def _scale_of(values: Reals, wanted: Visible) -> _Scale:
    """Return the scale for values (n, visible)."""
    dtype, count = values.dtype, values.shape[1]
    low, high = values.min(0), values.max(0)
    if wanted != "gaussian":
        for least, width in ((0, 1), (-1, 2)):
            if low.min() >= least and high.max() <= 1:
                return _Scale(np.full(count, least, dtype), np.full(count, width, dtype), False)
    if wanted == "binary":
        width = high - low
        return _Scale(low, np.where(width > SMALLEST_DEVIATION, width, 1).astype(dtype), False)
    deviation = values.std(0)
    widths = np.where(deviation > SMALLEST_DEVIATION, deviation, 1).astype(dtype)
    return _Scale(values.mean(0), widths, True)


def _folded(machine: BoltzmannMachine, scale: _Scale, activation: Activation) -> Reals:
    """Return weights and biases (visible + 1, hidden) that take values as they come."""
    weights = machine.weights / scale.width[:, np.newaxis]
    biases = machine.hidden_biases - scale.shift @ weights
    matrix = np.vstack([weights, biases])
    return matrix / 2 if isinstance(activation, Tanh) else matrix

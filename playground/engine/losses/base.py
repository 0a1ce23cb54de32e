"""What a loss is."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Activation, Identity
from playground.engine.operations import Array, Operation
from playground.schema.parameter import Option
from playground.schema.task import Task, TaskKind

Reals = NDArray[Any]


class Part(NamedTuple):
    """A number that is added up in the loss of a sample, and how it comes about.

    Attributes
    ----------
    pattern
        What is done, with {} for each of the numbers: ``½·({} − {})²``.
    numbers
        The numbers, in the order of their marks.
    """

    pattern: str
    numbers: tuple[float, ...]


class Loss(Option, frozen=True):
    """How far the outputs are from the targets."""

    tasks: ClassVar[tuple[TaskKind, ...]] = tuple(TaskKind)
    """The tasks for which the loss has a meaning."""
    gradient_formula: ClassVar[str] = ""
    """∂L/∂ŷ of one sample in LaTeX; for a loss of probabilities ∂L/∂z."""
    value_rule: ClassVar[str] = ""
    """What an output adds to the loss of its sample: a text with {o} for the output (or the
    probability made of it), {y} for its target and {K} for the number of outputs. "" if it is
    not a sum over the outputs."""
    gradient_rule: ClassVar[str] = ""
    """The derivative by an output, in the same way."""

    def value_parts(self, outputs: Reals, wanted: Reals) -> tuple[str, list[Part]]:
        """Return how the loss of one sample comes about, where ``value_rule`` cannot say it.

        Parameters
        ----------
        outputs : (k,)
            Of the sample; the probabilities, if the loss makes such of them.
        wanted : (k,)
            Its targets.

        Returns
        -------
        rule
            The whole in names: {o} for the outputs, {y} for the targets, each of them with an
            index after a colon ({o:2}) where one is meant; "" where ``value_rule`` says it.
        parts
            What is added up.
        """
        return "", []

    def output_count(self, task: Task) -> int:
        """Return the number k of output units: one per class, or 1."""
        return task.class_count if task.kind is TaskKind.MULTICLASS else 1

    def output_activation(self, task: Task) -> Activation:
        """Return the activation of the output layer, unless the user chose another."""
        return Identity()

    def target_values(self, activation: Activation) -> tuple[float, float]:
        """Return what an output unit should say for "no" and for "yes"."""
        return activation.targets

    def values(self, outputs: Reals, targets: Reals) -> Reals:
        """Return the loss of each sample, shape (n,)."""
        raise NotImplementedError

    def gradient(self, outputs: Reals, targets: Reals) -> Reals:
        """Return the gradient of ``values(...).mean()`` by the outputs, shape (n, k)."""
        return np.asarray(self.residual_factor(outputs.shape[1]) / len(outputs)) * self.residual(
            outputs, targets
        )

    def residual_factor(self, output_count: int) -> float:
        """Return the constant c of: gradient of one sample's loss = c · residual."""
        return 1.0

    def residual(self, outputs: Reals, targets: Reals) -> Reals:
        """Return the gradient of each sample's loss up to the constant factor, shape (n, k)."""
        raise NotImplementedError

    def fuses(self, output_count: int) -> str:
        """Return what the loss applies to the logits by itself: softmax, sigmoid or nothing."""
        return ""

    def wanted(self, targets: Reals) -> Reals:
        """Return what the outputs are compared with, shape (n, k)."""
        return targets

    def probabilities(self, outputs: Reals) -> Reals:
        """Return what the loss makes of the logits, shape (n, k), if it fuses anything."""
        raise NotImplementedError

    def probability_values(self, probabilities: Reals, targets: Reals) -> Reals:
        """Return the loss of each sample, shape (n,), from probabilities (n, k).

        The textbook's form, which overflows where ``values`` does not.
        """
        raise NotImplementedError

    def probability_gradient(self, probabilities: Reals, targets: Reals) -> Reals:
        """Return the gradient of each sample's loss by the probabilities, shape (n, k)."""
        raise NotImplementedError

    def sides_of_kinks(self, outputs: Reals, targets: Reals) -> tuple[Reals, ...]:
        """Return on which side of each point without derivative the samples lie, as signs."""
        return ()

    def certainty(self, outputs: Reals, activation: Activation) -> Reals:
        """Return how much the network believes in each output, shape (n, k), from 0 to 1."""
        low, high = self.target_values(activation)
        return np.asarray(np.clip((outputs - low) / (high - low), 0, 1))

    def record_prepare(self, outputs: Array, error: Array) -> list[Operation]:
        """Return operations that need no targets and run before those of ``record_residual``.

        Parameters
        ----------
        outputs : (k + 1, batch)
            The outputs and one spare row to write to.
        error : (k, batch)
            Where the residual will go; may be used for intermediate results.
        """
        return []

    def record_residual(self, outputs: Array, targets: Array, error: Array) -> list[Operation]:
        """Return operations that write the residual to ``error``, all of shape (k, batch)."""
        raise NotImplementedError

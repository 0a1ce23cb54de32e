"""The fast path: one training step compiled once into a tape of preallocated NumPy calls.

Arrays are feature-major, (units + 1, batch), with a row of ones at the bottom, so that the bias is
simply the last row of each weight matrix. Activations of all layers lie in one flat vector, and
so do slopes: the derivative of a run of layers with equal activations is one pass. What each
option computes it records itself; this module only lays out memory and order.

:mod:`playground.engine.backpropagation` is the definition; contract tests hold this to it.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Identity
from playground.engine.clipping import Clipping, NoClipping
from playground.engine.network import Architecture, Parameters, weight_mask
from playground.engine.operations import Array, Operation, call, constant
from playground.engine.optimizers import LearningRate, Optimizer, OptimizerState, spans_of
from playground.engine.regularizers import Regularizer

Reals = NDArray[Any]


def with_ones(rows: Reals, dtype: np.dtype[Any]) -> Reals:
    """Return rows (n, d) as (n, d + 1) with a last column of ones, C-contiguous."""
    result = np.ones((rows.shape[0], rows.shape[1] + 1), dtype)
    result[:, :-1] = rows
    return result


class ForwardPlan:
    """Buffers and tape of a forward pass over a fixed number of samples.

    Attributes
    ----------
    activations
        Per layer (outputs + 1, columns): what each unit says, and a last row of ones. The last
        row of the output layer is spare.
    outputs : (k, columns)
        A view of the last layer's activations.
    """

    def __init__(self, architecture: Architecture, parameters: Parameters, columns: int) -> None:
        self.architecture = architecture
        self.parameters = parameters
        self.columns = columns
        layers = architecture.layers
        dtype = parameters.vector.dtype
        ends = np.cumsum([0] + [(layer.outputs + 1) * columns for layer in layers])
        self._spans = [slice(int(a), int(b)) for a, b in itertools.pairwise(ends)]
        self._flat_activations = np.ones(int(ends[-1]), dtype)
        keeps = any(layer.activation.keeps_input for layer in layers)
        self._flat_inputs = np.zeros(int(ends[-1]), dtype) if keeps else self._flat_activations
        self.activations = [self._matrix(self._flat_activations, i) for i in range(len(layers))]
        self._pre_activations = [
            self._matrix(self._pre_activation_buffer(i), i)[:-1] for i in range(len(layers))
        ]
        self._tail: list[Operation] = []
        for index, layer in enumerate(layers):
            activation, pre = self.activations[index][:-1], self._pre_activations[index]
            if index > 0:
                weights = parameters.matrices[index]
                self._tail.append(call(weights.T.dot, self.activations[index - 1], pre))
            self._tail += layer.activation.record_value(pre, activation)

    def _matrix(self, flat: Reals, layer: int) -> Reals:
        rows = self.architecture.layers[layer].outputs + 1
        return np.asarray(flat[self._spans[layer]].reshape(rows, self.columns))

    def _pre_activation_buffer(self, layer: int) -> Reals:
        """Return where z goes: over a's place, unless the derivative needs z later."""
        keeps = self.architecture.layers[layer].activation.keeps_input
        return self._flat_inputs if keeps else self._flat_activations

    @property
    def outputs(self) -> Reals:
        """Outputs (k, columns) of the last pass."""
        return self.activations[-1][:-1]

    def record(self, inputs: Array) -> list[Operation]:
        """Return the tape of a pass over inputs (columns, d + 1) that end in a column of ones."""
        weights = self.parameters.matrices[0]
        return [call(weights.T.dot, inputs.T, self._pre_activations[0]), *self._tail]


class TrainingPlan(ForwardPlan):
    """One training step for a fixed batch size.

    Parameters
    ----------
    parameters
        Updated in place by the recorded steps.
    state
        The optimizer's vectors; its gradient is where this plan writes.
    batch_size
        Number of samples; the last, smaller batch of an epoch has a plan of its own.
    regularization
        Shared by the plans of all batch sizes, see :class:`RegularizationTape`.
    clipping
        Bound on the gradient, the penalty's included; ``None`` for none.
    """

    def __init__(
        self,
        architecture: Architecture,
        parameters: Parameters,
        optimizer: Optimizer,
        state: OptimizerState,
        learning_rate: LearningRate,
        regularization: RegularizationTape,
        batch_size: int,
        clipping: Clipping | None = None,
    ) -> None:
        super().__init__(architecture, parameters, batch_size)
        layers, dtype = architecture.layers, parameters.vector.dtype
        self._gradients = Parameters(layers, state.gradient).matrices
        flat_slopes = np.zeros_like(self._flat_activations)
        slopes = [self._matrix(flat_slopes, i)[:-1] for i in range(len(layers))]
        self._errors = [np.zeros((layer.outputs, batch_size), dtype) for layer in layers]

        loss = architecture.head.loss
        self._loss_head = loss.record_prepare(self.activations[-1], self._errors[-1])
        factor = loss.residual_factor(layers[-1].outputs) / batch_size
        self._backward: list[Operation] = []
        if factor != 1:
            scale = constant(factor, flat_slopes)
            self._backward.append(call(np.multiply, self._errors[-1], scale, self._errors[-1]))
        self._backward += self._record_slopes(flat_slopes)
        for index in reversed(range(len(layers))):
            error = self._errors[index]
            if not isinstance(layers[index].activation, Identity):
                self._backward.append(call(np.multiply, error, slopes[index], error))
            if index > 0:
                below, weights = self.activations[index - 1], parameters.weights(index)
                self._backward += [
                    call(below.dot, error.T, self._gradients[index]),
                    call(weights.dot, error, self._errors[index - 1]),
                ]
        spans = spans_of(parameters.matrices)
        self._update = [
            *regularization.operations,
            *(clipping or NoClipping()).record(state.gradient),
            *optimizer.record(parameters.vector, state, learning_rate, spans),
        ]

    def _record_slopes(self, flat_slopes: Reals) -> list[Operation]:
        """Derivatives, in one pass per run of neighbouring layers with equal activations."""
        layers = self.architecture.layers
        operations: list[Operation] = []
        first = 0
        while first < len(layers):
            last = first
            while (
                last + 1 < len(layers) and layers[last + 1].activation == layers[first].activation
            ):
                last += 1
            activation = layers[first].activation
            if not isinstance(activation, Identity):
                run = slice(self._spans[first].start, self._spans[last].stop)
                operations += activation.record_derivative(
                    self._flat_inputs[run], self._flat_activations[run], flat_slopes[run]
                )
            first = last + 1
        return operations

    def record_step(self, inputs: Array, targets: Array) -> list[Operation]:
        """Return the tape of one training step.

        Parameters
        ----------
        inputs : (batch, d + 1)
            Slice of a buffer that ends in a column of ones; read at every replay.
        targets : (batch, k)
            Slice of a buffer of targets; read at every replay.
        """
        loss = self.architecture.head.loss
        return [
            *self.record(inputs),
            *self._loss_head,
            *loss.record_residual(self.outputs, targets.T, self._errors[-1]),
            *self._backward,
            call(inputs.T.dot, self._errors[0].T, self._gradients[0]),
            *self._update,
        ]


class RegularizationTape:
    """The operations that add the penalty's gradient, and the strengths they read.

    Attributes
    ----------
    operations
        To replay after backpropagation, before the optimizer.
    """

    def __init__(
        self,
        architecture: Architecture,
        parameters: Parameters,
        regularizer: Regularizer,
        gradient: Array,
    ) -> None:
        self._mask = weight_mask(architecture, parameters.vector.dtype)
        self._scales = tuple(self._mask * strength for strength in regularizer.strengths())
        self.operations = regularizer.record(
            parameters.vector, gradient, self._scales, np.empty_like(parameters.vector)
        )

    def set(self, regularizer: Regularizer) -> None:
        """Change the strengths, not the kind: the recorded operations read the new ones."""
        for scale, strength in zip(self._scales, regularizer.strengths(), strict=True):
            np.multiply(self._mask, strength, scale)

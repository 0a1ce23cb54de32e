"""The fast path: one training step compiled once into a tape of preallocated NumPy calls.

It goes on where :mod:`playground.engine.forward_plan` ends, in the same layout: slopes lie in one
flat vector like activations, so that the derivative of a run of layers with equal activations is
one pass. What each layer and option computes it records itself; this module only lays out memory
and order.

:mod:`playground.engine.backpropagation` is the definition; contract tests hold this to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Activation, Identity
from playground.engine.clipping import Clipping, NoClipping
from playground.engine.constraints import Constraint, NoConstraint
from playground.engine.forward_plan import ForwardPlan
from playground.engine.network import Architecture, Parameters
from playground.engine.noise import NoiseTape
from playground.engine.operations import Array, Operation, call, constant
from playground.engine.optimizers import LearningRate, Optimizer, OptimizerState, spans_of
from playground.engine.regularization_tape import RegularizationTape

Reals = NDArray[Any]

SMALL_SPAN = 1024
"""Values of a layer that are computed in less time than a call takes."""


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
    rng
        Where dropouts draw from.
    update_samples
        Number of samples that an update averages its gradient over, those of all its batches;
        ``None``: those of this batch.
    constraint
        What holds of the weights after each update; ``None`` for nothing.
    noise
        On inputs and weights, shared by the plans of all batch sizes; ``None`` for none.
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
        rng: np.random.Generator | None = None,
        update_samples: int | None = None,
        constraint: Constraint | None = None,
        noise: NoiseTape | None = None,
    ) -> None:
        super().__init__(architecture, parameters, batch_size, is_training=True, rng=rng)
        self._noise = noise
        self._update_samples = update_samples or batch_size
        self._gradient = state.gradient
        layers = architecture.layers
        self._flat_slopes = np.zeros_like(self._flat_activations)
        self._slopes = [self._matrix(self._flat_slopes, i)[:-1] for i in range(len(layers))]
        self._lay_out_errors(Parameters(layers, state.gradient))
        loss = architecture.head.loss
        self._loss_head = loss.record_prepare(self.activations[-1], self._errors[-1])
        self._backward = self._record_statistics() + self._record_start()
        for index in reversed(range(len(layers))):
            self._backward += self._record_to_pre_activation(index)
            if index > 0 or not self._is_direct:
                self._backward += layers[index].layer.record_backward(self._places[index])
        spans = spans_of(parameters.blocks)
        update = [
            *regularization.operations,
            *(clipping or NoClipping()).record(state.gradient),
            *optimizer.record(parameters.vector, state, learning_rate, spans),
            *_record_constraint(constraint or NoConstraint(), architecture, parameters),
        ]
        self._update = _without_moving(_frozen_parts(architecture, parameters), update)

    @property
    def masks(self) -> tuple[Reals | None, ...]:
        """The factors (n, width) of each dropout in the last step; ``None`` for other layers."""
        return tuple(
            place.kept["mask"].T if shape.layer.draws and "mask" in place.kept else None
            for shape, place in zip(self.architecture.layers, self._places, strict=True)
        )

    def _lay_out_errors(self, gradients: Parameters) -> None:
        """Give every layer a place for ∂C/∂a, one for ∂C/∂z, and where to send the rest."""
        layers = self.architecture.layers
        self._errors = [self._error(i) for i in range(len(layers))]
        self._slope_gradients: list[Array | None] = []
        # What skip connections send back, to be added once the layers between have sent theirs.
        self._joining: list[list[Array]] = [[] for _ in layers]
        for index, shape in enumerate(layers):
            place = self._places[index]
            place.inputs_error = self._errors[index - 1] if index > 0 else None
            if shape.source:
                place.source_error = self._zeros(shape.source_width)
                self._joining[shape.source - 1].append(place.source_error)
            if shape.layer.frozen:
                gradients.matrices[index][:] = 0
                gradients.slopes[index][:] = 0
            place.gradient = None if shape.layer.frozen else gradients.matrices[index]
            self._slope_gradients.append(None if shape.layer.frozen else gradients.slopes[index])

    def _error(self, layer: int) -> Array:
        """Return the place of ∂C/∂a, and make that of ∂C/∂z: the same if they are as wide."""
        place, shape = self._places[layer], self.architecture.layers[layer]
        width = shape.pre_outputs
        if shape.layer.stacks_error:
            place.stacked_error = self._zeros(2 * width)
            place.error = place.stacked_error[width:]
        else:
            place.error = self._zeros(width)
        return place.error if width == shape.outputs else self._zeros(shape.outputs)

    def _zeros(self, rows: int) -> Array:
        return np.zeros((rows, self.columns), self._gradient.dtype)

    def _record_statistics(self) -> list[Operation]:
        """Return what lets all running statistics follow this batch, in two passes."""
        followed, layers = self.parameters.followed, self.architecture.layers
        weights = np.ones_like(followed)
        weights[1] = 0
        keeps, shares = (self.parameters.statistic_views(row) for row in weights)
        for index, (shape, place) in enumerate(zip(layers, self._places, strict=True)):
            moves = shape.layer.moves(place)
            if moves is not None:
                keeps[index][:] = moves[0]
                shares[index][:] = np.array(moves[1])[:, None]
        if not weights[1].any():
            return []
        statistics, measured = followed
        measured[:] = 0
        return [
            call(np.multiply, followed, weights, followed),
            call(np.add, statistics, measured, statistics),
        ]

    def _record_start(self) -> list[Operation]:
        """Return what follows the residual of the loss: its factor, and all derivatives."""
        operations: list[Operation] = []
        error, last = self._errors[-1], self.architecture.layers[-1]
        factor = self.architecture.head.loss.residual_factor(last.outputs) / self._update_samples
        if factor != 1:
            operations.append(call(np.multiply, error, constant(factor, error), error))
        return operations + self._record_slopes()

    def _record_slopes(self) -> list[Operation]:
        """Derivatives, in one pass per run of layers with equal activations."""
        operations: list[Operation] = []
        for activation, run in self._runs():
            operations += activation.record_derivative(
                self._flat_inputs[run], self._flat_activations[run], self._flat_slopes[run]
            )
        return operations

    def _runs(self) -> Iterator[tuple[Activation, slice]]:
        """Yield each activation that has slopes, with where a run of its layers lies.

        Small linear layers do not end a run: the slopes that it gives them are read by nobody,
        and one call more costs more than they do.
        """
        run: tuple[Activation, slice] | None = None
        for shape, span in zip(self.architecture.layers, self._spans, strict=True):
            activation = shape.activation
            if isinstance(activation, Identity):
                if run is not None and span.stop - span.start > SMALL_SPAN:
                    yield run
                    run = None
                continue
            if run is not None and run[0] == activation:
                run = activation, slice(run[1].start, span.stop)
                continue
            if run is not None:
                yield run
            run = (activation, span) if activation.element_wise else None
        if run is not None:
            yield run

    def _record_to_pre_activation(self, layer: int) -> list[Operation]:
        """Return the way from ∂C/∂a of a layer to its ∂C/∂z, all that arrives there added."""
        activation, error = self.architecture.layers[layer].activation, self._errors[layer]
        operations: list[Operation] = [
            call(np.add, error, joining, error) for joining in self._joining[layer]
        ]
        if isinstance(activation, Identity):
            return operations
        if activation.element_wise:
            return [*operations, call(np.multiply, error, self._slopes[layer], error)]
        downstream = self._places[layer].error
        assert downstream is not None
        return operations + activation.record_pull_back(
            self.activations[layer][:-1],
            self.parameters.slopes[layer],
            error,
            downstream,
            self._slope_gradients[layer],
            self._activation_buffers[layer],
        )

    def record_step(
        self,
        inputs: Array,
        targets: Array,
        weights: Array | None = None,
        gathered: Array | None = None,
        opens: bool = True,
        closes: bool = True,
    ) -> list[Operation]:
        """Return the tape of one training step.

        Parameters
        ----------
        inputs : (batch, d + 1)
            Slice of a buffer that ends in a column of ones; read at every replay.
        targets : (batch, k)
            Slice of a buffer of targets; read at every replay.
        weights : (batch,)
            Slice of a buffer with a factor for the loss of each sample; ``None``: 1.
        gathered : (p,)
            Where the gradient is kept from one batch of an update to the next. Needed only if an
            update has several; the gradient of the state is then that of the batches so far.
        opens, closes
            Whether this batch is the first and the last of its update. Only the last one adds
            penalties and changes the parameters.
        """
        loss = self.architecture.head.loss
        first = self.architecture.layers[0].layer if self._is_direct else None
        error = self._errors[-1]
        blur: list[Operation] = []
        if self._noise is not None:
            blur, inputs = self._noise.record_inputs(inputs)
        return [
            *blur,
            *(self._noise.add if self._noise is not None else ()),
            *self.record(inputs),
            *self._loss_head,
            *loss.record_residual(self.outputs, targets.T, self._errors[-1]),
            *((call(np.multiply, error, weights, error),) if weights is not None else ()),
            *self._backward,
            *(first.record_backward(self._first_place(inputs)) if first is not None else ()),
            *(self._noise.take_away if self._noise is not None else ()),
            *self._record_gathering(gathered, opens, closes),
            *(self._update if closes else ()),
        ]

    def _record_gathering(
        self, gathered: Array | None, opens: bool, closes: bool
    ) -> list[Operation]:
        """Return what adds the gradients of the batches of an update."""
        if opens and closes:
            return []
        assert gathered is not None, "an update of several batches needs a place to gather"
        operations: list[Operation] = []
        if not opens:
            operations.append(call(np.add, self._gradient, gathered, self._gradient))
        if not closes:
            operations.append(call(np.copyto, gathered, self._gradient))
        return operations


def _record_constraint(
    constraint: Constraint, architecture: Architecture, parameters: Parameters
) -> list[Operation]:
    return [
        operation
        for shape, matrix in zip(architecture.layers, parameters.matrices, strict=True)
        if shape.weight_rows and not shape.layer.frozen
        for operation in constraint.record(matrix[: shape.weight_rows])
    ]


def _frozen_parts(architecture: Architecture, parameters: Parameters) -> list[Array]:
    """Return views of all parameters that training must leave alone."""
    return [
        parameters.vector[span]
        for shape, span in zip(architecture.layers, parameters.spans, strict=True)
        if shape.layer.frozen and shape.has_parameters
    ]


def _without_moving(parts: list[Array], update: list[Operation]) -> list[Operation]:
    """Wrap an update, so that some parameters are afterwards what they were before.

    Optimizers work on the vector as a whole, and some shrink or move even what has no gradient.
    """
    saved = [np.empty_like(part) for part in parts]
    return [
        *(call(np.copyto, copy, part) for copy, part in zip(saved, parts, strict=True)),
        *update,
        *(call(np.copyto, part, copy) for copy, part in zip(saved, parts, strict=True)),
    ]

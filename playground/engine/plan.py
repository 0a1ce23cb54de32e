"""The fast path: one training step compiled once into a tape of preallocated NumPy calls.

Arrays are feature-major, (units + 1, batch), with a row of ones at the bottom, so that the bias is
simply the last row of each weight matrix. Activations of all layers lie in one flat vector, and
so do slopes: the derivative of a run of layers with equal activations is one pass. What each
layer and option computes it records itself; this module only lays out memory and order.

:mod:`playground.engine.backpropagation` is the definition; contract tests hold this to it.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Identity
from playground.engine.clipping import Clipping, NoClipping
from playground.engine.constraints import Constraint, NoConstraint
from playground.engine.layers import Dense, Place
from playground.engine.network import Architecture, Parameters, weight_mask
from playground.engine.noise import NoiseTape
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

    Parameters
    ----------
    is_training
        Whether batch norms measure each batch and dropouts silence units.
    rng
        Where dropouts draw from while training.

    Attributes
    ----------
    activations
        Per layer (outputs + 1, columns): what each unit says, and a last row of ones. The last
        row of the output layer is spare.
    pre_activations
        Per layer (width of z, columns). Overwritten by the activations where nothing needs z.
    outputs : (k, columns)
        A view of the last layer's activations.
    """

    def __init__(
        self,
        architecture: Architecture,
        parameters: Parameters,
        columns: int,
        is_training: bool = False,
        rng: np.random.Generator | None = None,
    ) -> None:
        self.architecture = architecture
        self.parameters = parameters
        self.columns = columns
        layers = architecture.layers
        dtype = parameters.vector.dtype
        ends = np.cumsum([0] + [(shape.outputs + 1) * columns for shape in layers])
        self._spans = [slice(int(a), int(b)) for a, b in itertools.pairwise(ends)]
        self._flat_activations = np.ones(int(ends[-1]), dtype)
        keeps = any(shape.activation.keeps_input for shape in layers)
        self._flat_inputs = np.zeros(int(ends[-1]), dtype) if keeps else self._flat_activations
        self.activations = [self._matrix(self._flat_activations, i) for i in range(len(layers))]
        self.pre_activations = [self._pre_activation(i) for i in range(len(layers))]
        sources = {shape.source for shape in layers}
        # A dense layer multiplies by the rows of a batch as they lie; others get a copy of them,
        # feature-major, so that all that they do is recorded once.
        self._is_direct = isinstance(layers[0].layer, Dense) and 0 not in sources
        size = (architecture.input_count + 1, 0 if self._is_direct else columns)
        self._inputs = np.ones(size, dtype)
        values = [self._inputs, *self.activations]
        self._places = [
            Place(
                inputs=values[i],
                source=None if shape.source is None else values[shape.source][:-1],
                pre_activation=self.pre_activations[i],
                matrix=parameters.matrices[i],
                running=parameters.running[i],
                is_training=is_training,
                rng=rng,
            )
            for i, shape in enumerate(layers)
        ]
        self._activation_buffers: list[dict[str, Array]] = [{} for _ in layers]
        self._tail: list[Operation] = []
        for index, shape in enumerate(layers):
            if index > 0 or not self._is_direct:
                self._tail += shape.layer.record_forward(self._places[index])
            self._tail += shape.activation.record_apply(
                self.pre_activations[index],
                self.activations[index][:-1],
                parameters.slopes[index],
                self._activation_buffers[index],
            )

    def _matrix(self, flat: Reals, layer: int) -> Reals:
        rows = self.architecture.layers[layer].outputs + 1
        return np.asarray(flat[self._spans[layer]].reshape(rows, self.columns))

    def _pre_activation(self, layer: int) -> Reals:
        """Return where z goes: over a's place, unless it is needed later or of another width."""
        shape = self.architecture.layers[layer]
        if shape.pre_outputs != shape.outputs:
            return np.zeros((shape.pre_outputs, self.columns), self.parameters.vector.dtype)
        keeps = shape.activation.keeps_input
        return self._matrix(self._flat_inputs if keeps else self._flat_activations, layer)[:-1]

    def _first_place(self, inputs: Array) -> Place:
        """Return the arrays of the first layer, for inputs (columns, d + 1) read as they lie."""
        return replace(self._places[0], inputs=inputs.T)

    @property
    def outputs(self) -> Reals:
        """Outputs (k, columns) of the last pass."""
        return self.activations[-1][:-1]

    def record(self, inputs: Array) -> list[Operation]:
        """Return the tape of a pass over inputs (columns, d + 1) that end in a column of ones."""
        if self._is_direct:
            layer = self.architecture.layers[0].layer
            return [*layer.record_forward(self._first_place(inputs)), *self._tail]
        return [call(np.copyto, self._inputs, inputs.T), *self._tail]


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
        self._backward = self._record_start()
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
        layers, dtype = self.architecture.layers, gradients.vector.dtype
        self._errors = [np.zeros((shape.outputs, self.columns), dtype) for shape in layers]
        self._slope_gradients: list[Array | None] = []
        # What skip connections send back, to be added once the layers between have sent theirs.
        self._joining: list[list[Array]] = [[] for _ in layers]
        for index, shape in enumerate(layers):
            place, error = self._places[index], self._errors[index]
            same = shape.pre_outputs == shape.outputs
            place.error = error if same else np.zeros((shape.pre_outputs, self.columns), dtype)
            place.inputs_error = self._errors[index - 1] if index > 0 else None
            if shape.source:
                place.source_error = np.zeros((shape.source_width, self.columns), dtype)
                self._joining[shape.source - 1].append(place.source_error)
            if shape.layer.frozen:
                gradients.matrices[index][:] = 0
                gradients.slopes[index][:] = 0
            place.gradient = None if shape.layer.frozen else gradients.matrices[index]
            self._slope_gradients.append(None if shape.layer.frozen else gradients.slopes[index])

    def _record_start(self) -> list[Operation]:
        """Return what follows the residual of the loss: its factor, and all derivatives."""
        operations: list[Operation] = []
        error, last = self._errors[-1], self.architecture.layers[-1]
        factor = self.architecture.head.loss.residual_factor(last.outputs) / self._update_samples
        if factor != 1:
            operations.append(call(np.multiply, error, constant(factor, error), error))
        return operations + self._record_slopes()

    def _record_slopes(self) -> list[Operation]:
        """Derivatives, in one pass per run of neighbouring layers with equal activations."""
        layers = self.architecture.layers
        operations: list[Operation] = []
        first = 0
        while first < len(layers):
            last, activation = first, layers[first].activation
            while last + 1 < len(layers) and layers[last + 1].activation == activation:
                last += 1
            if activation.element_wise and not isinstance(activation, Identity):
                run = slice(self._spans[first].start, self._spans[last].stop)
                operations += activation.record_derivative(
                    self._flat_inputs[run], self._flat_activations[run], self._flat_slopes[run]
                )
            first = last + 1
        return operations

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


class RegularizationTape:
    """The operations that add the penalties' gradients, and the strengths they read.

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
        dtype = parameters.vector.dtype
        self.operations: list[Operation] = []
        self._scales: tuple[Array, ...] = ()
        own_penalties = [shape.layer.own_regularizer for shape in architecture.layers]
        if not any(r.strengths() for r in (regularizer, *own_penalties) if r is not None):
            # Nothing to add: a wide network is spared two vectors as long as all parameters.
            return
        scratch = np.empty_like(parameters.vector)
        self._mask = weight_mask(architecture, dtype)
        for shape, span in zip(architecture.layers, parameters.spans, strict=True):
            own = shape.layer.own_regularizer
            if own is not None and not shape.layer.frozen:
                mask = self._mask[span]
                scales = tuple(mask * np.asarray(s, dtype) for s in own.strengths())
                self.operations += own.record(
                    parameters.vector[span], gradient[span], scales, scratch[span]
                )
            if own is not None or shape.layer.frozen:
                self._mask[span] = 0
        self._scales = tuple(self._mask * strength for strength in regularizer.strengths())
        self.operations += regularizer.record(parameters.vector, gradient, self._scales, scratch)

    def set(self, regularizer: Regularizer) -> None:
        """Change the strengths, not the kind: the recorded operations read the new ones."""
        for scale, strength in zip(self._scales, regularizer.strengths(), strict=True):
            np.multiply(self._mask, strength, scale)

"""From the description of a network to its parameters."""

from __future__ import annotations

import numpy as np

from playground.engine.activations import Identity, ReLU, Tanh
from playground.engine.layers import Dense, Output
from playground.engine.losses import HalfSquared, SoftmaxCrossEntropy
from playground.engine.network import (
    Architecture,
    NetworkSpec,
    Parameters,
    initial_parameters,
    resolve,
    weight_mask,
)
from playground.schema.task import TaskKind
from tests.contracts.catalog import TASKS

FLOAT32 = np.dtype(np.float32)
BINARY, THREE = TASKS[TaskKind.BINARY], TASKS[TaskKind.MULTICLASS]


def _resolved(*widths: int) -> Architecture:
    return resolve(NetworkSpec(tuple(Dense(w) for w in widths)), 2, HalfSquared(), BINARY)


def test_that_the_output_layer_follows_the_task_and_the_loss() -> None:
    assert _resolved(4).layers[-1].outputs == 1
    assert _resolved(4).layers[-1].activation == Tanh()
    softmax = resolve(NetworkSpec((Dense(4),)), 2, SoftmaxCrossEntropy(), THREE)
    assert softmax.layers[-1].outputs == 3
    assert softmax.layers[-1].activation == Identity()


def test_that_a_chosen_output_activation_wins() -> None:
    network = NetworkSpec((), Output(ReLU()))
    assert resolve(network, 2, HalfSquared(), BINARY).layers[-1].activation == ReLU()


def test_that_parameters_are_counted_with_their_biases() -> None:
    assert _resolved(4, 2).parameter_count == 3 * 4 + 5 * 2 + 3 * 1
    assert _resolved().parameter_count == 3
    assert _resolved().input_count == 2


def test_that_layers_are_views_of_one_vector() -> None:
    architecture = _resolved(4, 2)
    parameters = initial_parameters(architecture, 0, FLOAT32)
    parameters.weights(1)[3, 1] = 7
    parameters.biases(2)[0] = 8
    assert 7 in parameters.vector
    assert parameters.vector[-1] == 8
    assert parameters.vector.dtype == FLOAT32
    assert all(matrix.base is not None for matrix in parameters.matrices)


def test_that_equal_seeds_give_equal_weights_and_others_do_not() -> None:
    first, again, other = (
        initial_parameters(_resolved(4, 2), s, FLOAT32).vector for s in (5, 5, 6)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_that_widening_a_layer_leaves_the_start_of_later_ones_alone() -> None:
    narrow = initial_parameters(_resolved(4, 2, 3), 0, FLOAT32)
    wide = initial_parameters(_resolved(5, 2, 3), 0, FLOAT32)
    assert np.array_equal(narrow.matrices[2], wide.matrices[2])
    assert np.array_equal(narrow.matrices[3], wide.matrices[3])


def test_that_float32_starts_from_the_rounded_weights_of_float64() -> None:
    exact = initial_parameters(_resolved(4, 2), 0, np.dtype(np.float64)).vector
    assert np.array_equal(
        initial_parameters(_resolved(4, 2), 0, FLOAT32).vector, exact.astype(np.float32)
    )


def test_that_the_mask_marks_weights_and_spares_biases() -> None:
    architecture = _resolved(4, 2)
    mask = Parameters(architecture.layers, weight_mask(architecture, FLOAT32))
    assert all((mask.weights(i) == 1).all() for i in range(3))
    assert all((mask.biases(i) == 0).all() for i in range(3))


def test_that_layers_of_equal_shape_start_from_different_weights() -> None:
    parameters = initial_parameters(_resolved(2, 2), 0, FLOAT32)
    assert not np.array_equal(parameters.matrices[0], parameters.matrices[1])

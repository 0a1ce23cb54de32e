"""Preparing initial weights: unit variance, and a stack of Boltzmann machines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.activations import Maxout, PReLU, ReLU, Sigmoid, Tanh
from playground.engine.initializers import Constant, Normal
from playground.engine.layers import AnyLayer, BatchNorm, Dense, Dropout, LayerNorm, Output, Skip
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import (
    Architecture,
    NetworkSpec,
    Parameters,
    forward,
    initial_parameters,
    resolve,
)
from playground.engine.preparation import LSUV, AnyPreparation, GreedyRBM, NoPreparation
from playground.engine.preparation.boltzmann import BoltzmannMachine
from playground.engine.preparation.greedy_rbm import _folded, _scale_of
from playground.schema.task import Task, TaskKind
from playground.schema.validation import InvalidValue

Reals = NDArray[Any]
TASK = Task(TaskKind.MULTICLASS, ("a", "b", "c"))


def _network(*layers: AnyLayer, inputs: int = 6, output: Output | None = None) -> Architecture:
    network = NetworkSpec(layers, output or Output())
    return resolve(network, inputs, SoftmaxCrossEntropy(), TASK)


def _prepared(
    preparation: AnyPreparation,
    architecture: Architecture,
    inputs: Reals,
    seed: int = 0,
    dtype: str = "float64",
) -> tuple[Parameters, list[float], list[str]]:
    """Return the parameters, and the shares and texts that were told."""
    parameters = initial_parameters(architecture, seed, np.dtype(dtype))
    told = list(preparation.run(architecture, parameters, inputs, seed))
    return parameters, [news.share for news in told], [news.text for news in told]


def _sums(architecture: Architecture, parameters: Parameters, inputs: Reals) -> list[Reals]:
    """Return z of every dense layer."""
    sums, values = [], inputs
    for index, shape in enumerate(architecture.layers):
        sums.append(values @ parameters.weights(index) + parameters.biases(index))
        values = shape.activation.value(sums[-1])
    return sums


@pytest.mark.parametrize("activation", [Tanh(), ReLU(), Sigmoid()])
@pytest.mark.parametrize("orthogonal", [True, False])
def test_that_lsuv_gives_every_layer_unit_variance(activation: Any, orthogonal: bool) -> None:
    layers = [Dense(9, activation, Normal(3.0), 0.3) for _ in range(6)]
    architecture = _network(*layers, output=Output(None, Normal(20.0)))
    inputs = np.random.default_rng(5).normal(3, 7, (100, 6))
    parameters, shares, texts = _prepared(LSUV(orthogonal), architecture, inputs)
    for z in _sums(architecture, parameters, inputs):
        assert np.var(z) == pytest.approx(1, abs=0.01)
    assert shares == pytest.approx([(i + 1) / 7 for i in range(7)])
    assert "Output · variance of z 1.000" in texts[-1]
    if orthogonal:
        weights = parameters.weights(2)
        gram = weights.T @ weights
        assert np.allclose(gram, gram[0, 0] * np.eye(9))
    assert (parameters.biases(0) == 0.3).all()


# Every other kind of layer between dense ones, and activations that learn or look around.
MIXED = (
    Dense(8, Sigmoid()),
    BatchNorm(),
    Dropout(0.5),
    Dense(8, PReLU()),
    Skip(1),
    LayerNorm(),
    Dense(6, Maxout()),
    Skip(4),
)


def test_that_lsuv_passes_values_through_other_layers_as_in_training() -> None:
    architecture = _network(*MIXED)
    inputs = np.random.default_rng(5).normal(3, 7, (100, 6))
    parameters, _, texts = _prepared(LSUV(), architecture, inputs)
    drawn = initial_parameters(architecture, 0, np.dtype("float64"))
    passes = forward(architecture, parameters, inputs, is_training=True)
    for index, shape in enumerate(architecture.layers):
        if isinstance(shape.layer, Dense):
            assert np.var(passes[index].pre_activation) == pytest.approx(1, abs=0.01)
        else:
            assert np.array_equal(parameters.matrices[index], drawn.matrices[index])
        assert np.array_equal(parameters.slopes[index], drawn.slopes[index])
    assert np.array_equal(parameters.statistics, drawn.statistics)
    assert [text.split(" ·")[0] for text in texts] == ["Layer 1", "Layer 4", "Layer 7", "Output"]


def test_that_machines_learn_what_other_layers_hand_on() -> None:
    architecture = _network(*MIXED)
    inputs = np.random.default_rng(5).normal(3, 7, (100, 6))
    parameters, shares, texts = _prepared(GreedyRBM(epochs=2), architecture, inputs)
    drawn = initial_parameters(architecture, 0, np.dtype("float64"))
    changed = [
        not np.array_equal(parameters.matrices[index], drawn.matrices[index])
        for index in range(len(architecture.layers))
    ]
    assert changed == [True, False, False, True, False, False, True, False, False]
    assert np.isfinite(parameters.vector).all()
    assert list(dict.fromkeys(text.split(" ·")[0] for text in texts)) == [
        "Layer 1",
        "Layer 4",
        "Layer 7",
    ]
    assert shares[-1] == pytest.approx(1)


def test_that_a_layer_in_between_changes_no_other_machine() -> None:
    inputs = _patterns()
    plain = _network(Dense(8, Sigmoid()), Dense(4, Sigmoid()))
    dropped = _network(Dense(8, Sigmoid()), Dropout(0.5), Dense(4, Sigmoid()))
    first, _, _ = _prepared(GreedyRBM(epochs=2), plain, inputs)
    second, _, _ = _prepared(GreedyRBM(epochs=2), dropped, inputs)
    assert np.array_equal(first.matrices[1], second.matrices[2])


def test_that_a_network_without_hidden_layers_has_nothing_to_pretrain() -> None:
    architecture = _network()
    parameters, shares, _ = _prepared(GreedyRBM(), architecture, _patterns())
    drawn = initial_parameters(architecture, 0, np.dtype("float64"))
    assert not shares
    assert np.array_equal(parameters.vector, drawn.vector)


def test_that_lsuv_leaves_a_layer_without_variance_alone() -> None:
    architecture = _network(Dense(4, Tanh(), Constant(0.0)), Dense(3))
    with np.errstate(all="raise"):
        parameters, _, _ = _prepared(LSUV(), architecture, np.zeros((20, 6)))
    assert np.isfinite(parameters.vector).all()


def test_that_lsuv_counts_on_the_samples_it_was_given() -> None:
    architecture = _network(Dense(4))
    inputs = np.random.default_rng(0).normal(size=(500, 6))
    few, _, _ = _prepared(LSUV(samples=20), architecture, inputs)
    variance = float(np.var(_sums(architecture, few, inputs)[0]))
    assert variance != pytest.approx(1, abs=1e-6)
    assert variance == pytest.approx(1, abs=0.5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("preparation", [LSUV(), GreedyRBM(epochs=2), NoPreparation()])
def test_that_equal_seeds_give_equal_bits(preparation: AnyPreparation, dtype: str) -> None:
    architecture = _network(Dense(5, Sigmoid()), Dense(4, Tanh()))
    inputs = np.random.default_rng(0).normal(size=(50, 6))
    first, shares, _ = _prepared(preparation, architecture, inputs, 7, dtype)
    again, _, _ = _prepared(preparation, architecture, inputs, 7, dtype)
    other, _, _ = _prepared(preparation, architecture, inputs, 8, dtype)
    assert np.array_equal(first.vector, again.vector)
    assert not np.array_equal(first.vector, other.vector)
    assert first.vector.dtype == dtype
    assert shares == sorted(shares)
    if isinstance(preparation, NoPreparation):
        assert not shares
    else:
        assert shares[-1] == pytest.approx(1)


def test_that_no_preparation_leaves_the_weights_as_drawn() -> None:
    architecture = _network(Dense(5))
    parameters, _, _ = _prepared(NoPreparation(), architecture, np.ones((4, 6)))
    drawn = initial_parameters(architecture, 0, np.dtype("float64"))
    assert np.array_equal(parameters.vector, drawn.vector)


def _patterns(count: int = 200) -> Reals:
    """Return binary inputs of four prototypes with a little noise."""
    rng = np.random.default_rng(2)
    prototypes = rng.integers(0, 2, (4, 6)).astype(float)
    chosen = prototypes[rng.integers(0, 4, count)]
    return np.where(rng.random(chosen.shape) < 0.03, 1 - chosen, chosen)


def test_that_the_reconstruction_error_falls_in_every_layer() -> None:
    architecture = _network(Dense(8, Sigmoid()), Dense(4, Sigmoid()))
    # A mean activity of one half is the best guess of a machine that has learned nothing.
    _, _, texts = _prepared(
        GreedyRBM(epochs=40, learning_rate=0.5, batch_size=10), architecture, _patterns()
    )
    for layer in (1, 2):
        errors = [
            float(text.split()[-1])
            for text in dict.fromkeys(texts)
            if text.startswith(f"Layer {layer} · epoch")
        ]
        assert len(errors) == 40
        assert errors[-1] < 0.7 * errors[0]


def test_that_only_the_output_layer_keeps_its_drawn_weights() -> None:
    architecture = _network(Dense(8, Sigmoid()), Dense(4, Sigmoid()))
    parameters, _, _ = _prepared(GreedyRBM(epochs=2), architecture, _patterns())
    drawn = initial_parameters(architecture, 0, np.dtype("float64"))
    assert np.array_equal(parameters.matrices[2], drawn.matrices[2])
    assert not np.isclose(parameters.weights(0), drawn.weights(0)).any()
    assert not np.isclose(parameters.weights(1), drawn.weights(1)).any()


def test_that_tanh_layers_say_the_same_as_sigmoid_layers() -> None:
    inputs = _patterns()
    features = []
    for activation in (Sigmoid(), Tanh()):
        architecture = _network(Dense(8, activation), Dense(4, activation))
        parameters, _, _ = _prepared(GreedyRBM(epochs=3), architecture, inputs)
        z = _sums(architecture, parameters, inputs)[1]
        features.append(architecture.layers[1].activation.value(z))
    sigmoid, tanh = features
    assert np.allclose(2 * sigmoid - 1, tanh, atol=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "wanted", "gaussian"),
    [
        (0, 1, "automatic", False),
        (-1, 1, "automatic", False),
        (-6, 6, "automatic", True),
        (0, 1, "gaussian", True),
        (-6, 6, "binary", False),
    ],
)
def test_that_the_scale_of_the_inputs_is_folded_into_the_weights(
    low: float, high: float, wanted: Any, gaussian: bool
) -> None:
    rng = np.random.default_rng(4)
    values = rng.uniform(low, high, (50, 3))
    values[0], values[1], values[:, 2] = low, high, high  # the last one never changes
    scale = _scale_of(values, wanted)
    assert scale.is_gaussian is gaussian
    seen = (values - scale.shift) / scale.width
    if gaussian:
        assert np.allclose(seen[:, :2].mean(0), 0)
        assert np.allclose(seen[:, :2].std(0), 1)
    else:
        assert seen.min() >= 0
        assert seen.max() <= 1
    machine = BoltzmannMachine(rng.normal(size=(3, 2)), np.zeros(3), rng.normal(size=2), gaussian)
    matrix = _folded(machine, scale, Sigmoid())
    z = values @ matrix[:-1] + matrix[-1]
    assert np.allclose(1 / (1 + np.exp(-z)), machine.hidden_probabilities(seen))


def test_that_a_machine_that_diverges_names_the_setting() -> None:
    architecture = _network(Dense(8, Sigmoid()))
    inputs = np.random.default_rng(0).normal(0, 50, (40, 6))
    with pytest.raises(InvalidValue, match=r"training\.preparation\.learning_rate .*lower it to"):
        _prepared(GreedyRBM(epochs=60, learning_rate=90.0), architecture, inputs)

"""The experiment as a whole: checks across its parts, and what survives a file."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data.classification import Circles, LogicGate, Spirals3
from playground.data.digits import Digits
from playground.data.regression import Plane
from playground.engine.activations import Identity
from playground.engine.layers import Dense
from playground.engine.losses import HalfSquared, Hinge, SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.experiment.spec import (
    ExperimentSpec,
    TrainingSpec,
    architecture_of,
    checked,
    spec_from_tree,
    suitable_losses,
)
from playground.schema.validation import InvalidValue, decoded, replaced
from tests.schema.strategies import JUNK, trees_of


def test_that_the_default_experiment_is_valid() -> None:
    assert checked(ExperimentSpec()) == ExperimentSpec()
    assert spec_from_tree({}) == ExperimentSpec()


@given(trees_of(ExperimentSpec))
def test_that_any_spec_survives_a_file(tree: Any) -> None:
    spec = decoded(tree, ExperimentSpec)
    assert msgspec.json.decode(msgspec.json.encode(spec), type=ExperimentSpec) == spec


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (
            {"data": {"kind": "circles", "points": 80, "training_share": 0.5}}
            | {"training": {"batch_size": 64}},
            "training.batch_size 64 exceeds the 40 training points; lower it or add data",
        ),
        (
            {"training": {"optimizer": {"kind": "lbfgs"}}},
            "training.batch_size 10 is not all of the 250 training points, which L-BFGS takes in "
            "every step; set training.batching to full_batch or choose another optimizer",
        ),
        (
            {"training": {"optimizer": {"kind": "lbfgs"}, "batching": {"kind": "single_sample"}}},
            "training.batching 'single_sample' is not all of the 250 training points, which L-BFGS",
        ),
        (
            {
                "training": {
                    "optimizer": {"kind": "lbfgs"},
                    "batching": {"kind": "full_batch"},
                    "sampling": {"kind": "with_replacement"},
                }
            },
            "training.sampling 'with_replacement' draws other samples in every step, but L-BFGS",
        ),
        (
            {"data": {"kind": "plane"}, "training": {"class_weights": {"kind": "balanced"}}},
            "training.class_weights.kind 'balanced' has no meaning for regression (data.kind "
            "'plane'); choose none",
        ),
        (
            {"training": {"class_weights": {"kind": "given", "values": [1, 2, 3]}}},
            "training.class_weights.values [1.0, 2.0, 3.0] has 3 weights for the 2 classes of the "
            "data; give one for each class",
        ),
        (
            {"training": {"class_weights": {"kind": "given", "values": [1, -2]}}},
            "training.class_weights.values",
        ),
        (
            {"training": {"accumulation": 0}},
            "training.accumulation 0 is out of range; allowed is 1 <= value <= 10000",
        ),
        (
            {"data": {"kind": "circles", "points": 1}},
            "training.batch_size 10 exceeds the 1 training point; lower it or add data",
        ),
        (
            {"data": {"kind": "plane"}, "training": {"loss": {"kind": "hinge"}}},
            "training.loss.kind 'hinge' has no meaning for regression (data.kind 'plane'); "
            "choose one of: half_squared, mean_squared, mean_absolute, huber, log_cosh",
        ),
        ({"data": {"kind": "circles", "features": []}}, "data.features"),
        (
            {"data": {"kind": "circles", "features": ["x1", "x1"]}},
            "data.features 'x1' appears twice; name it once",
        ),
        (
            {"data": {"kind": "circles", "features": ["x1", "x9"]}},
            "data.features.1 'x9' is not known; choose one of: x1, x2, x1_squared",
        ),
        ({"data": {"kind": "moons"}}, "data.kind 'moons' is not known; choose one of: circles, "),
        ({"data": {"points": 3}}, "data.kind is missing; choose one of: circles, "),
        ({"training": {"learning_rate": -1}}, "training.learning_rate -1 is out of range"),
        (
            {"training": {"learning_rate": float("nan")}},
            "training.learning_rate nan is not a finite number; allowed is 0 <= value <= ",
        ),
        (
            {"training": {"optimizer": {"kind": "adam", "beta1": 1.0}}},
            "training.optimizer.beta1 1 is out of range; allowed is 0 <= value < 1",
        ),
        (
            {"network": {"layers": [{"kind": "dense"}, {"kind": "dense", "units": 0}]}},
            "network.layers.1.units 0 is out of range; allowed is 1 <= value <= ",
        ),
        (
            {"network": {"layers": [{"kind": "dense", "activation": {"kind": "rleu"}}]}},
            "network.layers.0.activation.kind 'rleu' is not known; choose one of: tanh, relu, ",
        ),
        ({"network": {"layers": [{"kind": "dense"}] * 33}}, "network.layers "),
        ({"version": 2}, "experiment version 2 is newer than 1, the newest"),
        ({"colour": 1}, "colour is not a known field; known here: version, name, about, "),
        ([], "the file is not an experiment; expected a JSON object"),
        ("hello", "the file is not an experiment; expected a JSON object"),
    ],
    ids=repr,
)
def test_that_a_typical_mistake_is_named_with_its_remedy(tree: Any, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        spec_from_tree(tree)
    assert str(caught.value).startswith(message)
    assert caught.value.remedy


@given(
    JUNK
    | st.fixed_dictionaries({}, optional=dict.fromkeys(("data", "network", "training"), JUNK))
    | trees_of(ExperimentSpec)
)
def test_that_any_tree_is_an_experiment_or_an_explained_error(tree: Any) -> None:
    problem: InvalidValue | None = None
    try:
        spec = spec_from_tree(tree)
    except InvalidValue as error:
        problem = error
    if problem is None:
        assert checked(spec) == spec
        assert architecture_of(spec).parameter_count > 0
    else:
        assert problem.remedy


def test_that_the_sizes_of_a_network_are_known_without_reading_data() -> None:
    spec = ExperimentSpec(
        data=Digits(),
        network=NetworkSpec((Dense(32), Dense(16))),
        training=TrainingSpec(loss=SoftmaxCrossEntropy()),
    )
    layers = architecture_of(spec).layers
    assert [(layer.inputs, layer.outputs) for layer in layers] == [(64, 32), (32, 16), (16, 10)]
    assert layers[-1].activation == Identity()


def test_that_the_losses_on_offer_follow_the_task() -> None:
    assert "hinge" in suitable_losses(ExperimentSpec(data=Circles()))
    assert "hinge" not in suitable_losses(ExperimentSpec(data=Plane()))
    assert "softmax_cross_entropy" in suitable_losses(ExperimentSpec(data=Spirals3()))


def test_that_every_edit_by_path_gives_a_new_spec() -> None:
    spec = ExperimentSpec()
    changed = replaced(spec, "training.optimizer.kind", "adam")
    changed = replaced(changed, "training.optimizer.beta1", 0.8)
    changed = replaced(changed, "network.output.activation.kind", "sigmoid")
    changed = replaced(changed, "data", LogicGate(gate="xor"))
    changed = replaced(changed, "training.loss", Hinge())
    assert spec == ExperimentSpec()
    assert changed.training.optimizer.beta1 == 0.8  # type: ignore[union-attr]
    assert changed.data == LogicGate(gate="xor")
    assert changed.training.loss == Hinge()


def test_that_switching_an_option_keeps_the_fields_both_have() -> None:
    spec = replaced(ExperimentSpec(data=Circles(points=77, noise=5.0)), "data.kind", "xor")
    assert spec.data.points == 77  # type: ignore[union-attr]
    assert spec.data.noise == 5.0  # type: ignore[union-attr]


def test_that_equal_specs_are_equal_and_hashable() -> None:
    first = ExperimentSpec(training=TrainingSpec(loss=HalfSquared()))
    assert first == ExperimentSpec()
    assert hash(first) == hash(ExperimentSpec())

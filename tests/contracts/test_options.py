"""What every option a person can choose must have, whatever it does."""

from __future__ import annotations

from typing import Any, Union

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.engine.activations import Activation
from playground.engine.initializers import Initializer
from playground.engine.layers import Output
from playground.engine.network import NetworkSpec
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.schema.describe import FieldKind, fields_of, summary_of, tag_of, title_of
from playground.schema.parameter import Option
from playground.schema.validation import InvalidValue, decoded, validated
from tests.contracts.catalog import (
    ACTIVATIONS,
    LOSSES,
    OPTIMIZERS,
    OPTIONS,
    REGISTRY,
    SCHEDULES,
    name,
)
from tests.schema.strategies import trees_of

# Files depend on these. A tag may be added; none may ever change or go.
TAGS = {
    "activations": {
        "tanh",
        "prelu",
        "maxout",
        "softmax",
        "relu",
        "leaky_relu",
        "elu",
        "selu",
        "silu",
        "gelu",
        "mish",
        "softplus",
        "sigmoid",
        "hard_sigmoid",
        "hard_tanh",
        "softsign",
        "sine",
        "gaussian",
        "step",
        "identity",
    },
    "losses": {
        "half_squared",
        "mean_squared",
        "mean_absolute",
        "huber",
        "log_cosh",
        "binary_cross_entropy",
        "softmax_cross_entropy",
        "focal",
        "kl_divergence",
        "hinge",
        "squared_hinge",
    },
    "optimizers": {
        "sgd",
        "momentum",
        "nesterov",
        "adagrad",
        "adadelta",
        "rmsprop",
        "adam",
        "amsgrad",
        "nadam",
        "radam",
        "adamw",
        "lion",
        "lars",
        "lamb",
        "lbfgs",
    },
    "schedules": {
        "constant",
        "step",
        "exponential",
        "polynomial",
        "cosine",
        "one_cycle",
        "plateau",
    },
    "regularizers": {"none", "l1", "l2", "elastic_net"},
    "clippings": {"none", "value", "norm"},
    "constraints": {"none", "max_norm"},
    "scalings": {"none", "standardise", "min_max"},
    "batchings": {"mini_batch", "full_batch", "single_sample"},
    "samplings": {"without_replacement", "with_replacement"},
    "class_weights": {"none", "balanced", "given"},
    "stoppings": {"never", "early"},
    "initializers": {
        "xavier_uniform",
        "xavier_normal",
        "he_uniform",
        "he_normal",
        "lecun_uniform",
        "lecun_normal",
        "orthogonal",
        "uniform",
        "normal",
        "truncated_normal",
        "identity",
        "constant",
        "given",
        "zeros",
    },
    "preparations": {"none", "lsuv", "greedy_rbm"},
    "layers": {"dense", "batch_norm", "layer_norm", "dropout", "skip"},
    "datasets": {
        "circles",
        "xor",
        "gaussians",
        "spirals",
        "spirals_3",
        "plane",
        "bumps",
        "logic_gate",
        "points",
        "digits",
        "mnist",
    },
}
GROUPS: tuple[type[msgspec.Struct], ...] = (ExperimentSpec, TrainingSpec, NetworkSpec, Output)


@pytest.mark.parametrize("union", REGISTRY)
def test_that_tags_never_change(union: str) -> None:
    tags = [tag_of(option) for option in REGISTRY[union]]
    assert len(tags) == len(set(tags))
    assert set(tags) == TAGS[union]


@pytest.mark.parametrize("union", REGISTRY)
def test_that_titles_tell_the_options_apart(union: str) -> None:
    titles = [title_of(option) for option in REGISTRY[union]]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("option", OPTIONS, ids=name)
def test_that_an_option_has_a_title_and_a_summary(option: type[Option]) -> None:
    summary = summary_of(option)
    assert title_of(option).strip()
    assert summary.endswith((".", "?", "!"))
    assert len(summary) < 120
    assert "  " not in summary


@pytest.mark.parametrize("option", (*OPTIONS, *GROUPS), ids=lambda option: option.__name__)
def test_that_every_field_has_a_label_and_help(option: type[msgspec.Struct]) -> None:
    for field in fields_of(option):
        assert field.shown.label.strip(), field.name
        assert field.shown.label[0].isupper(), field.name
        assert field.shown.help.strip().endswith((".", "?", "!")), field.name


@pytest.mark.parametrize("option", (*OPTIONS, *GROUPS), ids=lambda option: option.__name__)
def test_that_suggestions_and_slider_ends_are_within_the_bounds(
    option: type[msgspec.Struct],
) -> None:
    for field in fields_of(option):
        for value in (*field.shown.suggestions, *(field.shown.soft_range or ())):
            tree = msgspec.to_builtins(option())
            tree[field.name] = value
            decoded(tree, option)


@pytest.mark.parametrize("option", OPTIONS, ids=name)
def test_that_the_default_is_valid_and_survives_a_file(option: type[Option]) -> None:
    default = option()
    assert validated(default) == default
    union = next(options for options in REGISTRY.values() if option in options)
    anything: Any = Union[union]  # noqa: UP007 - made of a tuple
    assert msgspec.json.decode(msgspec.json.encode(default), type=anything) == default
    assert isinstance(hash(default), int)


@pytest.mark.parametrize("option", OPTIONS, ids=name)
@given(data=st.data())
@settings(max_examples=30)
def test_that_any_valid_value_survives_a_file(option: type[Option], data: st.DataObject) -> None:
    value = decoded(data.draw(trees_of(option)), option)
    assert decoded(msgspec.json.decode(msgspec.json.encode(value)), option) == value


@pytest.mark.parametrize("option", OPTIONS, ids=name)
def test_that_an_unknown_field_is_refused(option: type[Option]) -> None:
    tree = {**msgspec.to_builtins(option()), "no_such_field": 1}
    with pytest.raises(InvalidValue, match="no_such_field"):
        decoded(tree, option)


@pytest.mark.parametrize("option", OPTIONS, ids=name)
def test_that_values_outside_the_bounds_are_refused(option: type[Option]) -> None:
    for field in fields_of(option):
        beyond: list[float] = [bound - 1 for bound in (field.ge, field.gt) if bound is not None]
        beyond += [bound + 1 for bound in (field.le, field.lt) if bound is not None]
        beyond += [bound for bound in (field.gt, field.lt) if bound is not None]
        for value in beyond:
            number = int(value) if field.kind is FieldKind.WHOLE else float(value)
            tree = {**msgspec.to_builtins(option()), field.name: number}
            with pytest.raises(InvalidValue, match=f"^{field.name} .* is out of range; allowed"):
                decoded(tree, option)


@pytest.mark.parametrize("option", (*ACTIVATIONS, *LOSSES, *OPTIMIZERS, *SCHEDULES), ids=name)
def test_that_a_function_shows_its_formula(option: type[Option]) -> None:
    assert option.formula
    if issubclass(option, Activation):
        assert option.derivative_formula


@pytest.mark.parametrize("option", REGISTRY["initializers"], ids=name)
def test_that_initial_weights_follow_the_given_randomness(option: type[Initializer]) -> None:
    first, again = (option().sample(np.random.default_rng(7), 5, 3) for _ in range(2))
    assert first.shape == (5, 3)
    assert first.dtype == np.float64
    assert np.array_equal(first, again)

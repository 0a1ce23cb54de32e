"""Hidden layers as people write them down."""

from __future__ import annotations

import pytest

from playground.engine.activations import ReLU, Sigmoid
from playground.engine.layers import BatchNorm, Dense, Dropout, Skip
from playground.engine.network import NetworkSpec
from playground.experiment.architectures import (
    Widths,
    parsed_widths,
    suggested_widths,
    widths_of,
    widths_text,
    with_widths,
)
from playground.experiment.spec import ExperimentSpec, checked
from playground.schema.validation import InvalidValue


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("4", (4,)),
        ("8-8", (8, 8)),
        (" 16, 8 ", (16, 8)),
        ("8 x 4", (8, 4)),
        ("8×4×2", (8, 4, 2)),
        ("none", ()),
        ("0", ()),
    ],
)
def test_that_widths_are_read_as_people_type_them(text: str, widths: Widths) -> None:
    assert parsed_widths(text) == widths
    assert parsed_widths(widths_text(widths)) == widths


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "such as 8-8"),
        ("eight", "such as 8-8"),
        ("8--8", "such as 8-8"),
        ("²", "such as 8-8"),
        ("8-0", "1 <= units <= 1024"),
        ("2000", "1 <= units <= 1024"),
        ("9" * 5000, "1 <= units <= 1024"),
        ("-".join(["2"] * 33), "32 at most"),
    ],
)
def test_that_anything_else_is_refused_with_a_remedy(text: str, part: str) -> None:
    with pytest.raises(InvalidValue, match="layers") as caught:
        parsed_widths(text)
    assert part in str(caught.value)


def test_that_layers_keep_everything_but_their_width() -> None:
    layers = (Dense(4, ReLU()), Dense(2, Sigmoid()))
    spec = ExperimentSpec(network=NetworkSpec(layers))
    assert with_widths(spec, (4, 2)) is spec
    changed = with_widths(spec, (8, 6, 5)).network.layers
    assert changed == (Dense(8, ReLU()), Dense(6, Sigmoid()), Dense(5, Sigmoid()))
    assert with_widths(spec, ()).network.layers == ()
    empty = ExperimentSpec(network=NetworkSpec(()))
    assert with_widths(empty, (3,)).network.layers == (Dense(3),)


def test_that_what_follows_a_layer_goes_with_it() -> None:
    layers = (Dropout(), Dense(4, ReLU()), BatchNorm(), Dense(2), Dropout(0.5))
    spec = ExperimentSpec(network=NetworkSpec(layers))
    changed = with_widths(spec, (8, 6, 5)).network.layers
    assert changed == (
        Dropout(),
        Dense(8, ReLU()),
        BatchNorm(),
        *(Dense(6), Dropout(0.5)),
        *(Dense(5), Dropout(0.5)),
    )
    assert widths_of(spec.network) == (4, 2)


def test_that_suggestions_fit_a_skip_connection() -> None:
    # It adds what went into the second layer, which must be as wide as what comes out.
    layers = (Dense(4), Dense(4), Skip(1, "identity"))
    spec = checked(ExperimentSpec(network=NetworkSpec(layers)))
    suggestions = suggested_widths(spec)
    assert (4, 4) in suggestions
    assert (8, 8) in suggestions
    for widths in suggestions:
        checked(with_widths(spec, widths))


@pytest.mark.parametrize("widths", [(), (4, 2), (1,), (1024, 1024), (2,) * 32])
def test_that_suggestions_are_different_and_valid(widths: Widths) -> None:
    spec = with_widths(ExperimentSpec(), widths)
    suggestions = suggested_widths(spec)
    assert suggestions[0] == widths
    assert len(set(suggestions)) == len(suggestions) >= 3
    for suggestion in suggestions:
        assert widths_of(checked(with_widths(spec, suggestion)).network) == suggestion

"""Untrusted values either become a valid struct or an error that names field and remedy."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.engine.activations import LeakyReLU, ReLU
from playground.engine.layers import Dense
from playground.engine.network import NetworkSpec
from playground.experiment.spec import ExperimentSpec
from playground.schema.parameter import Option, real, shown, whole
from playground.schema.validation import InvalidValue, decoded, parsed_text, replaced, validated
from tests.schema.strategies import JUNK, trees_of


class Round(Option, frozen=True, tag="round"):
    """A shape without corners."""

    radius: Annotated[float, real("Radius", gt=0, le=10, help="Half its width.")] = 1.0


class Square(Option, frozen=True, tag="square"):
    """A shape with four."""

    side: Annotated[float, real("Side", ge=0, lt=5, help="Its width.")] = 2.0
    radius: Annotated[float, real("Radius", ge=0, help="Of its corners.")] = 0.0


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What there is to draw."""

    shape: Annotated[Round | Square, shown("Shape", help="What to draw.")] = Round()
    shapes: Annotated[tuple[Round | Square, ...], shown("Shapes", help="More of it.")] = ()
    frame: Annotated[Square | None, shown("Frame", help="Around it.")] = None
    colors: Annotated[tuple[Literal["red", "blue"], ...], shown("Colors", help="In order.")] = ()
    style: Annotated[Literal["plain", "bold"], shown("Style", help="Of the lines.")] = "plain"
    copies: Annotated[int, whole("Copies", ge=1, le=99, help="How many.")] = 1
    framed: Annotated[bool, shown("Framed", help="Or not.")] = False
    title: Annotated[str, shown("Title", help="Below it.")] = ""


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"copies": 0}, "copies 0 is out of range; allowed is 1 <= value <= 99"),
        ({"copies": 100}, "copies 100 is out of range; allowed is 1 <= value <= 99"),
        ({"copies": 1.5}, "copies 1.5 does not fit; expected a whole number, got a number"),
        ({"copies": "2"}, "copies '2' does not fit; expected a whole number, got a text"),
        ({"copies": None}, "copies does not fit; expected a whole number, got nothing"),
        (
            {"copies": float("nan")},
            "copies nan is not a finite number; allowed is 1 <= value <= 99",
        ),
        ({"framed": 1}, "framed 1 does not fit; expected true or false, got a whole number"),
        ({"style": "thick"}, "style 'thick' is not known; choose one of: plain, bold"),
        ({"colors": ["red", "green"]}, "colors.1 'green' is not known; choose one of: red, blue"),
        ({"colors": "red"}, "colors 'red' does not fit; expected a list, got a text"),
        ({"colour": "red"}, "colour is not a known field; known here: shape, shapes, frame, "),
        ({"shape": {"kind": "star"}}, "shape.kind 'star' is not known; choose one of: round, "),
        ({"shape": {}}, "shape.kind is missing; choose one of: round, square"),
        ({"shape": "round"}, "shape 'round' is not known; choose one of: round, square"),
        (
            {"shape": {"kind": "round", "radius": 0}},
            "shape.radius 0 is out of range; allowed is 0 < value <= 10",
        ),
        (
            {"shape": {"kind": "round", "side": 1}},
            "shape.side is not a known field; known here: radius",
        ),
        (
            {"shapes": [{"kind": "round"}, {"kind": "square", "side": 5.0}]},
            "shapes.1.side 5 is out of range; allowed is 0 <= value < 5",
        ),
        (
            {"shapes": [{"kind": "square"}, {"kind": "star"}]},
            "shapes.1.kind 'star' is not known; choose one of: round, square",
        ),
        ({"frame": {"kind": "round"}}, "frame.kind 'round' is not known; choose one of: square"),
        ({"shapes": ["round"]}, "shapes.0 'round' is not known; choose one of: round, square"),
        ({"shapes": {}}, "shapes {} does not fit; expected a list, got a group of fields"),
        ({"title": "\ud800"}, "the file cannot be written"),
        ({"copies": 2**70}, "copies 1180591620717411303424 is out of range; allowed is 1 <= "),
        ([], "the file [] does not fit; expected a group of fields, got a list"),
    ],
    ids=repr,
)
def test_that_a_mistake_is_named_with_its_remedy(tree: Any, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        decoded(tree, Picture)
    assert str(caught.value).startswith(message)
    assert caught.value.remedy


def test_that_a_struct_with_a_bad_value_is_caught_when_validated() -> None:
    # msgspec does not look at values when a struct is constructed.
    with pytest.raises(InvalidValue, match="copies 0 is out of range"):
        validated(Picture(copies=0))
    assert validated(Picture(copies=3)) == Picture(copies=3)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("copies", 7, Picture(copies=7)),
        ("title", "Hello", Picture(title="Hello")),
        ("shape.radius", 2, Picture(Round(2.0))),
        ("shape", {"kind": "square"}, Picture(Square())),
        ("shape", Square(1.0), Picture(Square(1.0))),
        ("shape.kind", "square", Picture(Square(radius=1.0))),
        ("shape", "square", Picture(Square(radius=1.0))),
        ("frame", "square", Picture(frame=Square())),
        ("frame", {"kind": "square"}, Picture(frame=Square())),
        ("frame.side", 3, Picture(frame=Square(3.0))),
        ("frame.kind", "square", Picture(frame=Square())),
        ("shapes", [{"kind": "round"}], Picture(shapes=(Round(),))),
        ("colors", ["blue"], Picture(colors=("blue",))),
    ],
    ids=repr,
)
def test_that_a_path_reaches_any_field(path: str, value: Any, expected: Picture) -> None:
    assert replaced(Picture(), path, value) == expected


def test_that_a_path_reaches_into_a_list() -> None:
    picture = Picture(shapes=(Round(), Square()), colors=("red", "red"))
    assert replaced(picture, "shapes.1.side", 4).shapes == (Round(), Square(4.0))
    assert replaced(picture, "shapes.0.kind", "square").shapes[0] == Square(radius=1.0)
    assert replaced(picture, "colors.1", "blue").colors == ("red", "blue")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("copy", 1, "copy does not exist; there is: shape, shapes, frame,"),
        ("shape.side", 1, "shape.side does not exist; there is: kind, radius"),
        ("title.size", 1, "title.size does not exist; title has no parts"),
        ("title.size.more", 1, "title.size.more does not exist; there is: nothing below it"),
        ("shapes.0", 1, "shapes.0 has no item '0'; the list is empty"),
        ("shapes.0.side", 1, "shapes.0.side has no item '0'; the list is empty"),
        ("colors.5", "red", "colors.5 has no item '5'; use a number from 0 to 0"),
        ("colors.x", "red", "colors.x has no item 'x'; use a number from 0 to 0"),
        ("colors.²", "red", "colors.² has no item '²'; use a number from 0 to 0"),
        ("colors.-1", "red", "colors.-1 has no item '-1'; use a number from 0 to 0"),
        ("shape.kind", "star", "shape.kind 'star' is not known; choose one of: round, square"),
        ("shape.kind", 3, "shape.kind 3 is not known; choose one of: round, square"),
        ("shape.kind", None, "shape.kind is not known; choose one of: round, square"),
        ("kind", "x", "kind is not a known field; known here: shape"),
        ("copies", 0, "copies 0 is out of range; allowed is 1 <= value <= 99"),
    ],
    ids=repr,
)
def test_that_a_bad_path_or_value_is_named(path: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        replaced(Picture(colors=("red",)), path, value)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("null", None),
        ('["x1","x2"]', ["x1", "x2"]),
        ('{"kind":"elu"}', {"kind": "elu"}),
        ("elu", "elu"),
        ("/data/my mnist", "/data/my mnist"),
        ("", ""),
    ],
)
def test_that_a_typed_value_is_read_as_json_or_else_as_text(text: str, value: Any) -> None:
    assert parsed_text(text) == value


def test_that_a_long_value_is_shortened_in_the_message() -> None:
    with pytest.raises(InvalidValue) as caught:
        decoded({"copies": "x" * 1000}, Picture)
    assert len(str(caught.value)) < 200


def test_that_an_option_in_a_network_can_be_switched_and_set() -> None:
    network = NetworkSpec((Dense(3, ReLU()),))
    changed = replaced(network, "layers.0.activation.kind", "leaky_relu")
    changed = replaced(changed, "layers.0.activation.negative_slope", 0.2)
    assert changed == NetworkSpec((Dense(3, LeakyReLU(0.2)),))
    with pytest.raises(InvalidValue, match=r"^layers\.0\.units 0 is out of range"):
        replaced(network, "layers.0.units", 0)


def _leaf_paths(tree: Any, prefix: str = "") -> list[str]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    paths = []
    for key, value in items:
        path = f"{prefix}.{key}".lstrip(".")
        paths.append(path)
        if isinstance(value, dict | list):
            paths += _leaf_paths(value, path)
    return paths


PATHS = sorted(_leaf_paths(msgspec.to_builtins(ExperimentSpec())))


@given(JUNK | st.dictionaries(st.sampled_from(["data", "network", "training", "name"]), JUNK))
def test_that_any_tree_is_a_valid_spec_or_an_explained_error(tree: Any) -> None:
    _valid_or_explained(lambda: decoded(tree, ExperimentSpec))


@given(st.data())
def test_that_a_valid_tree_with_one_junk_value_is_valid_or_explained(data: st.DataObject) -> None:
    tree = msgspec.json.decode(msgspec.json.encode(data.draw(trees_of(ExperimentSpec))))
    paths = _leaf_paths(tree)
    if paths:
        *parents, last = data.draw(st.sampled_from(paths)).split(".")
        node = tree
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node[parent]
        node[int(last) if isinstance(node, list) else last] = data.draw(JUNK)
    _valid_or_explained(lambda: decoded(tree, ExperimentSpec))


@given(st.sampled_from(PATHS) | st.text(max_size=20), JUNK)
@settings(max_examples=200)
def test_that_any_edit_gives_a_valid_spec_or_an_explained_error(path: str, value: Any) -> None:
    _valid_or_explained(lambda: replaced(ExperimentSpec(), path, value))


@given(st.data())
@settings(max_examples=50)
def test_that_a_valid_edit_is_what_it_says(data: st.DataObject) -> None:
    tree = data.draw(trees_of(ExperimentSpec))
    spec = decoded(tree, ExperimentSpec)
    for name, value in tree.items():
        assert getattr(replaced(ExperimentSpec(), name, value), name) == getattr(spec, name)


def _valid_or_explained(make: Any) -> None:
    problem: InvalidValue | None = None
    try:
        spec = make()
    except InvalidValue as error:
        problem = error
    if problem is None:
        assert validated(spec) == spec
    else:
        assert problem.remedy
        assert str(problem).startswith(problem.field)
        assert str(problem).endswith(problem.remedy)

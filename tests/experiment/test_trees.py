"""Trees of arrays survive as JSON and npz; what is damaged is named."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.experiment.trees import (
    BadTree,
    joined_tree,
    json_from_tree,
    packed_arrays,
    split_tree,
    tree_from_json,
    unpacked_arrays,
)

NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
ARRAYS = st.builds(
    lambda kind, shape, seed: np.array(np.random.default_rng(seed).random(shape) * 9, kind),
    st.sampled_from(["f4", "f8", "i4", "i8", "u1", "?"]),
    st.lists(st.integers(0, 4), max_size=3),
    st.integers(0, 9),
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | ARRAYS
TREES = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=12,
    ),
    max_size=4,
)


def _round_trip(tree: Any) -> Any:
    stripped, arrays = split_tree(tree)
    return joined_tree(
        tree_from_json(json_from_tree(stripped)), unpacked_arrays(packed_arrays(arrays), 10**6)
    )


def _expect_equal(left: Any, right: Any) -> None:
    assert type(left) is type(right)
    if isinstance(left, dict):
        assert left.keys() == right.keys()
        for key in left:
            _expect_equal(left[key], right[key])
    elif isinstance(left, list):
        assert len(left) == len(right)
        for one, other in zip(left, right, strict=True):
            _expect_equal(one, other)
    elif isinstance(left, np.ndarray):
        assert (left.dtype, left.shape) == (right.dtype, right.shape)
        assert left.tobytes() == right.tobytes()
    else:
        assert left == right or (math.isnan(left) and math.isnan(right))


@given(TREES)
def test_that_a_tree_survives_bit_by_bit(tree: dict[str, Any]) -> None:
    _expect_equal(_round_trip(tree), tree)


def test_that_the_state_of_a_random_generator_survives() -> None:
    state = np.random.default_rng(3).bit_generator.state
    assert _round_trip(dict(state)) == state


def test_that_any_layout_of_an_array_survives() -> None:
    array = np.arange(12.0).reshape(3, 4)
    tree = _round_trip({"a": array.T, "b": array[:, ::2], "c": array.astype(">f8")})
    np.testing.assert_array_equal(tree["a"], array.T)
    np.testing.assert_array_equal(tree["b"], array[:, ::2])
    np.testing.assert_array_equal(tree["c"], array)
    assert all(value.flags.writeable for value in tree.values())


def test_that_any_name_survives() -> None:
    tree = {"a/b": np.zeros(1), "a\\b": np.ones(1), "ε": np.ones(2), "step 1": np.ones(3)}
    tree |= {"x" * 300: np.ones(4), "x" * 299: np.ones(5), "": np.ones(6)}
    _expect_equal(_round_trip(tree), tree)


def test_that_numpy_reads_the_arrays() -> None:
    _, arrays = split_tree({"slots": {"mean": np.ones(3, np.float32)}})
    with np.load(io.BytesIO(packed_arrays(arrays)), allow_pickle=False) as loaded:
        np.testing.assert_array_equal(loaded["slots.mean"], np.ones(3, np.float32))


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"a": {"b": {1, 2}}}, "a.b is a set"),
        ({"a": np.array([object()])}, "a is an array of object"),
    ],
)
def test_that_what_cannot_be_stored_is_named(tree: Any, message: str) -> None:
    with pytest.raises(BadTree, match=message):
        split_tree(tree)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not valid JSON"),
        (b'{"a": NaN}', "it says NaN"),
        (b'{"a": 1, "a": 2}', "it says 'a' twice"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"a": ' + b"1" * 10_000 + b"}", "not valid JSON"),
        (b'{"a": "\xff"}', "not valid JSON"),
    ],
    ids=["cut off", "NaN", "twice", "deep", "long number", "not UTF-8"],
)
def test_that_broken_json_is_explained(content: bytes, message: str) -> None:
    with pytest.raises(BadTree, match=message):
        tree_from_json(content)


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"a": {"$array": "b"}}, "the array 'b' is missing"),
        ({"a": {"$array": ["x"]}}, "is missing"),
        ({"a": {"$array": "x"}, "b": {"$array": "x"}}, "used twice"),
        ({"a": {"$array": "x"}, "b": {"$float": "7"}}, "'7' is not a number"),
        ({}, "the array 'x' has no place"),
    ],
)
def test_that_arrays_without_place_and_places_without_array_are_named(
    tree: Any, message: str
) -> None:
    with pytest.raises(BadTree, match=message):
        joined_tree(tree, {"x": np.zeros(1)})


def test_that_a_deep_tree_is_refused() -> None:
    tree = json.loads("[" * 200 + "]" * 200)
    with pytest.raises(BadTree, match="levels deep"):
        joined_tree(tree, {})


def _npy(header: bytes, data: bytes) -> bytes:
    header = header.ljust(118 - 1) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "unknown header"),
        (_npy(b"{'descr': '|O8', 'fortran_order': False, 'shape': (1,), }", b"x" * 8), "header"),
        (_npy(b"{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", b"x" * 8), "type"),
        (_npy(b"{'descr': '<f8', 'fortran_order': True, 'shape': (1,), }", b"x" * 8), "header"),
        (_npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", b"x" * 8), "fit"),
        (
            _npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }", b"x" * 8),
            "does not fit",
        ),
        (_npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", b""), "header"),
        (_npy(b"__import__('os').system('true')", b""), "header"),
        (_npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1,1), }", b"x" * 8), "h"),
    ],
)
def test_that_the_header_of_an_array_is_checked_before_it_is_read(
    content: bytes, message: str
) -> None:
    from playground.experiment.archive import packed

    with pytest.raises(BadTree, match=message):
        unpacked_arrays(packed({"a.npy": content}), 10**6)

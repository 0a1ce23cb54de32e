"""Trees of arrays, numbers and texts as JSON and npz, and back. Nothing is pickled.

A tree is made of dicts, lists, numbers, texts, truth values, ``None`` and arrays. The arrays go
into the npz, as ``numpy.load`` reads it, under the path of their place; all else goes into the
JSON.
"""

from __future__ import annotations

import io
import json
import math
import re
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from playground.experiment.archive import BadArchive, Limits, packed, read_archive

_ARRAY, _FLOAT = "$array", "$float"
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_TYPES = ("<f4", "<f8", "<i4", "<i8", "<u4", "<u8", "|u1", "|i1", "|b1")
_MOST_DIMENSIONS = 4
_MOST_ARRAYS = 512
_DEEPEST = 32
_ARRAY_NAME = re.compile(r"[A-Za-z0-9_. -]{1,120}\.npy")
_UNSUITABLE = re.compile(r"[^A-Za-z0-9_. -]")
"""What a name of a member is better without. It is a label: the place is said in the JSON."""
_HEADER = re.compile(
    rb"\{'descr': '(?P<type>[<|][a-z]\d)', 'fortran_order': (?P<order>False|True), "
    rb"'shape': \((?P<shape>|\d{1,12},|\d{1,12}(?:, \d{1,12})+),?\), \} *\n"
)
_MAGIC = b"\x93NUMPY\x01\x00"


class BadTree(Exception):
    """A tree is damaged, or cannot be written. The message names the part."""


def split_tree(tree: Any) -> tuple[Any, dict[str, NDArray[Any]]]:
    """Return a tree without its arrays, fit for JSON, and the arrays by name.

    Raises
    ------
    BadTree
        If something in the tree is of none of the kinds above.
    """
    arrays: dict[str, NDArray[Any]] = {}

    def stripped(node: Any, path: str) -> Any:
        match node:
            case None | bool() | str():
                return node
            case np.ndarray():
                if node.dtype.newbyteorder("<").str not in _TYPES:
                    raise BadTree(f"{path} is an array of {node.dtype}, which cannot be stored")
                name = _UNSUITABLE.sub("_", path)[:100]
                while not name or name in arrays:
                    name = f"{name}_"
                arrays[name] = node
                return {_ARRAY: name}
            case np.generic():
                return stripped(node.item(), path)
            case int():
                return int(node)
            case float():
                return node if math.isfinite(node) else {_FLOAT: str(float(node))}
            case dict():
                return {str(k): stripped(v, f"{path}.{k}" if path else k) for k, v in node.items()}
            case list() | tuple():
                return [stripped(value, f"{path}.{i}") for i, value in enumerate(node)]
        raise BadTree(f"{path} is a {type(node).__name__}, which cannot be stored")

    return stripped(tree, ""), arrays


def joined_tree(tree: Any, arrays: dict[str, NDArray[Any]]) -> Any:
    """Put arrays back into a tree that :func:`split_tree` took them out of.

    Raises
    ------
    BadTree
        If an array is missing, or has no place, or the tree is too deep.
    """
    left = dict(arrays)

    def whole(node: Any, depth: int) -> Any:
        if depth > _DEEPEST:
            raise BadTree(f"it is nested more than {_DEEPEST} levels deep")
        if isinstance(node, list):
            return [whole(value, depth + 1) for value in node]
        if not isinstance(node, dict):
            return node
        if _ARRAY in node:
            name = node[_ARRAY]
            if len(node) != 1 or not isinstance(name, str) or name not in left:
                raise BadTree(f"the array {name!r:.60} is missing, or is used twice")
            return left.pop(name)
        if _FLOAT in node:
            name = node[_FLOAT]
            if len(node) != 1 or not isinstance(name, str) or name not in _FLOATS:
                raise BadTree(f"{name!r:.60} is not a number")
            return _FLOATS[name]
        return {key: whole(value, depth + 1) for key, value in node.items()}

    result = whole(tree, 0)
    for name in left:
        raise BadTree(f"the array {name!r:.60} has no place")
    return result


def tree_from_json(content: bytes) -> Any:
    """Return what a JSON text says.

    Raises
    ------
    BadTree
        If it is not JSON, says something twice, or is nested too deeply.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise BadTree(f"it says {twice!r:.60} twice")
        return found

    def refused(name: str) -> Any:
        raise BadTree(f"it says {name}, which is not JSON")

    try:
        return json.loads(content, object_pairs_hook=unique, parse_constant=refused)
    except (ValueError, RecursionError) as error:
        raise BadTree(f"it is not valid JSON ({error})") from error


def json_from_tree(tree: Any) -> bytes:
    """Return a tree without arrays as JSON that people can read."""
    return json.dumps(tree, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def packed_arrays(arrays: dict[str, NDArray[Any]]) -> bytes:
    """Return arrays as an npz, which ``numpy.load`` can read."""
    members = {}
    for name, array in arrays.items():
        file = io.BytesIO()
        # Version 1 of the header, in little-endian order, C-contiguous: one form for all.
        ordered = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(array.shape)
        np.lib.format.write_array(file, ordered, version=(1, 0), allow_pickle=False)
        members[f"{name}.npy"] = file.getvalue()
    return packed(members)


def unpacked_arrays(
    content: bytes, most_bytes: int, columns_first: bool = False
) -> dict[str, NDArray[Any]]:
    """Return the arrays of an npz by name.

    Parameters
    ----------
    most_bytes
        Most bytes that all arrays may have together.
    columns_first
        Whether arrays may be in Fortran's order, as others write them; we never do.

    Raises
    ------
    BadTree
        Naming the array whose header or size does not fit.
    """
    limits = Limits(
        _MOST_ARRAYS, most_bytes, lambda name: most_bytes if _ARRAY_NAME.fullmatch(name) else None
    )
    try:
        members = read_archive(io.BytesIO(content), limits)
    except BadArchive as error:
        raise BadTree(str(error)) from error
    return {
        name.removesuffix(".npy"): _array(name, member, columns_first)
        for name, member in members.items()
    }


def _array(name: str, content: bytes, columns_first: bool) -> NDArray[Any]:
    """Return the array of an npy file. The header is compared with a pattern, never evaluated."""
    length = int.from_bytes(content[8:10], "little")
    header = _HEADER.fullmatch(content, 10, 10 + length)
    is_refused = header is None or (header["order"] == b"True" and not columns_first)
    if not content.startswith(_MAGIC) or header is None or is_refused:
        raise BadTree(f"{name} has an unknown header")
    kind = header["type"].decode()
    if kind not in _TYPES:
        raise BadTree(f"{name} has numbers of the unknown type {kind}")
    shape = tuple(int(part) for part in header["shape"].split(b",") if part.strip())
    data = memoryview(content)[10 + length :]
    size = math.prod(shape) * np.dtype(kind).itemsize
    if len(shape) > _MOST_DIMENSIONS or size != len(data):
        raise BadTree(f"{name} has {len(data):,} bytes, which does not fit the shape {shape}")
    if kind == "|b1":
        # Any byte but 0 is true, so that there are only the two values that NumPy knows.
        return np.asarray(np.frombuffer(data, np.uint8).reshape(shape) != 0)
    order: Literal["C", "F"] = "F" if header["order"] == b"True" else "C"
    return np.frombuffer(data, kind).reshape(shape, order=order).copy()

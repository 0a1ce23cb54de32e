"""Files of named arrays: safetensors and npz, as bytes, and read with suspicion."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.experiment.trees import BadTree, packed_arrays, unpacked_arrays

__all__ = [
    "LARGEST_FILE",
    "WeightFile",
    "WeightFileError",
    "npz_bytes",
    "read_npz",
    "read_safetensors",
    "read_weights",
    "safetensors_bytes",
]

Reals = NDArray[Any]

LARGEST_FILE = 2**30
"""Bytes. A network of a million parameters needs 4 MB."""
_LARGEST_HEADER = 4_000_000
_MOST_ARRAYS = 512
_METADATA = "metadata"
"""Name of the array of an npz that holds the metadata, as bytes of JSON."""


class WeightFileError(Exception):
    """A file of weights cannot be read. The message names it, the reason and the remedy."""


@dataclass(frozen=True, eq=False)
class WeightFile:
    """Named arrays, and what the file says about them; neither is checked against a network.

    Attributes
    ----------
    tensors
        By name, in the order of the file.
    metadata
        Texts by name; empty if the file was written by something else.
    """

    tensors: dict[str, Reals]
    metadata: dict[str, str]

    def without_metadata(self) -> WeightFile:
        """Return the same arrays as if they came from somewhere else."""
        return WeightFile(self.tensors, {})


def safetensors_bytes(tensors: Mapping[str, Reals], metadata: Mapping[str, str]) -> bytes:
    """Return a safetensors file."""
    from safetensors.numpy import save

    # "format": what PyTorch's tools look for, to know how the tensors are laid out.
    return bytes(save(dict(tensors), {"format": "pt", **metadata}))


def npz_bytes(tensors: Mapping[str, Reals], metadata: Mapping[str, str]) -> bytes:
    """Return an npz file, which ``numpy.load`` opens; the metadata is the array ``metadata``."""
    text = json.dumps(dict(metadata), ensure_ascii=False).encode()
    return packed_arrays({**tensors, _METADATA: np.frombuffer(text, np.uint8)})


def read_safetensors(content: bytes) -> WeightFile:
    """Return what is in a safetensors file.

    Raises
    ------
    ValueError
        If it is damaged, or holds something else; the message says what, without naming it.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    if len(content) < 8:
        raise ValueError("it is too short for a safetensors file")
    length = struct.unpack("<Q", content[:8])[0]
    if length > min(_LARGEST_HEADER, len(content) - 8):
        raise ValueError(f"its header claims to be {length:,} bytes long")
    try:
        header = json.loads(content[8 : 8 + length])
        tensors = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"it is not a sound safetensors file ({error})") from error
    metadata = header.get("__metadata__") or {}
    # The library sorts by alignment; the places in the file are the order of writing.
    names = sorted(tensors, key=_natural)
    return WeightFile({n: tensors[n] for n in names}, {str(k): str(v) for k, v in metadata.items()})


def read_npz(content: bytes) -> WeightFile:
    """Return what is in an npz file.

    Raises
    ------
    ValueError
        If it is damaged, or holds something else; the message says what, without naming it.
    """
    try:
        tensors = unpacked_arrays(content, LARGEST_FILE, columns_first=True)
    except BadTree as error:
        raise ValueError(str(error)) from error
    metadata: dict[str, str] = {}
    if _METADATA in tensors:
        try:
            found = json.loads(tensors.pop(_METADATA).tobytes())
            metadata = {str(name): str(value) for name, value in dict(found).items()}
        except (ValueError, TypeError, RecursionError) as error:
            raise ValueError(f"its metadata is not JSON ({error})") from error
    return WeightFile({n: tensors[n] for n in sorted(tensors, key=_natural)}, metadata)


def read_weights(path: Path) -> WeightFile:
    """Read a file of weights in either format, told apart by how it begins.

    Raises
    ------
    WeightFileError
        If it cannot be read, is too large, or holds something else than arrays of numbers.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise WeightFileError(
                f"{path} has {size:,} bytes; weights may have {LARGEST_FILE:,} at the most"
            )
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise WeightFileError(f"{path} cannot be read ({reason}); choose another file") from error
    try:
        is_archive = content.startswith(b"PK\x03\x04")
        file = read_npz(content) if is_archive else read_safetensors(content)
        _check(file)
    except ValueError as error:
        raise WeightFileError(
            f"{path.name} is not a file of weights: {error}; choose a .safetensors or .npz file"
        ) from error
    return file


def _check(file: WeightFile) -> None:
    if not file.tensors:
        raise ValueError("it holds no arrays")
    if len(file.tensors) > _MOST_ARRAYS:
        raise ValueError(f"it holds {len(file.tensors):,} arrays; there can be {_MOST_ARRAYS}")
    for name, tensor in file.tensors.items():
        if tensor.dtype.kind not in "fiu":
            raise ValueError(f"{name} has values of type {tensor.dtype}, not numbers")
        if tensor.ndim > 2:
            raise ValueError(f"{name} has {tensor.ndim} dimensions; a layer has at most 2")


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """Return what to sort by, so that layers.10 comes after layers.9."""
    return tuple((int(p), "") if p.isdigit() else (-1, p) for p in name.split("."))

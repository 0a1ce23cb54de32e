"""IDX files, honest and hostile."""

from __future__ import annotations

import gzip
import hashlib
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.data.dataset import DataError
from playground.data.idx import SIZE_LIMIT, read_idx


def idx(array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    header = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes((0, 0, 8, array.ndim)) + header + array.tobytes()


IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
GOOD = idx(IMAGES)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "t10k-images-idx3-ubyte"


@pytest.mark.parametrize("packed", [False, True])
def test_that_a_file_is_read_whatever_its_name_says(file: Path, packed: bool) -> None:
    file.write_bytes(gzip.compress(GOOD) if packed else GOOD)
    content = read_idx(file, 3)
    np.testing.assert_array_equal(content.values, IMAGES)
    assert content.md5 == hashlib.md5(GOOD, usedforsecurity=False).hexdigest()
    assert not content.values.flags.writeable


HUGE = bytes((0, 0, 8, 3)) + struct.pack(">3I", 2**32 - 1, 2**32 - 1, 2**32 - 1)
HOSTILE = {
    "empty": (b"", "holds 0 bytes"),
    "three bytes": (GOOD[:3], "holds 3 bytes"),
    "web page": (b"<!DOCTYPE html><html>", "not an IDX file.*web page"),
    "labels": (idx(np.zeros(5, np.uint8)), "holds labels where images are expected"),
    "two dimensions": (idx(np.zeros((5, 2), np.uint8)), "holds data of 2 dimensions"),
    "other type": (b"\0\0\x0d\3" + GOOD[4:], "type 0x0d"),
    "no header": (GOOD[:10], "ends within its header"),
    "no images": (idx(np.zeros((0, 28, 28), np.uint8)), "0×28×28 values, that is none"),
    "truncated": (GOOD[:-1], "cut short: it announces 24 values and holds 23"),
    "too long": (GOOD + b"\0", "goes on after the 24 values"),
    "enormous": (HUGE, "more than the 200,000,000"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("case", HOSTILE)
def test_that_a_bad_file_is_named_with_a_remedy(file: Path, case: str, packed: bool) -> None:
    content, message = HOSTILE[case]
    file.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(DataError, match=message) as caught:
        read_idx(file, 3)
    assert str(file) in str(caught.value)
    assert ";" in str(caught.value)


@pytest.mark.parametrize("damage", ["cut", "checksum", "header"])
def test_that_a_damaged_compressed_file_is_reported(file: Path, damage: str) -> None:
    packed = bytearray(gzip.compress(GOOD))
    match damage:
        case "cut":
            del packed[-9:]
        case "checksum":
            packed[-8] ^= 1
        case "header":
            packed[2] = 99
    file.write_bytes(bytes(packed))
    with pytest.raises(DataError, match=r"is damaged .*; download it again"):
        read_idx(file, 3)


def test_that_a_missing_file_and_a_folder_are_reported(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(DataError, match="cannot be read"):
            read_idx(path, 1)


def test_that_a_decompression_bomb_is_not_unpacked(file: Path) -> None:
    # 60 MB of zeros behind a header that announces 24 bytes, in 60 kB.
    file.write_bytes(gzip.compress(GOOD + bytes(60_000_000), compresslevel=1))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="goes on after"):
            read_idx(file, 3)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_that_memory_follows_the_file_and_not_its_header(file: Path) -> None:
    count = SIZE_LIMIT // 784
    file.write_bytes(bytes((0, 0, 8, 3)) + struct.pack(">3I", count, 28, 28) + bytes(100))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="cut short"):
            read_idx(file, 3)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def outcome(file: Path, dimensions: int) -> tuple[str, int]:
    """Return the message of the error, or else the number of dimensions read."""
    try:
        return "", read_idx(file, dimensions).values.ndim
    except DataError as error:
        return str(error), 0


@given(
    edits=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6),
    length=st.integers(0, 200),
    packed=st.booleans(),
    repack=st.booleans(),
    dimensions=st.sampled_from([1, 3]),
)
@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_that_mutated_files_raise_nothing_but_data_errors(
    file: Path,
    edits: list[tuple[int, int]],
    length: int,
    packed: bool,
    repack: bool,
    dimensions: int,
) -> None:
    content = bytearray(gzip.compress(GOOD) if packed and not repack else GOOD)
    for place, value in edits:
        content[place % len(content)] = value
    del content[length:]
    file.write_bytes(gzip.compress(bytes(content), compresslevel=1) if repack else bytes(content))
    message, dimensions_found = outcome(file, dimensions)
    assert str(file) in message or dimensions_found == dimensions


@given(content=st.binary(max_size=300), gzipped=st.booleans())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_that_arbitrary_bytes_raise_nothing_but_data_errors(
    file: Path, content: bytes, gzipped: bool
) -> None:
    file.write_bytes((b"\x1f\x8b\x08" if gzipped else b"\0\0\x08\1") + content)
    message, dimensions_found = outcome(file, 1)
    assert str(file) in message or dimensions_found == 1

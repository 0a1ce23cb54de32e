"""Read IDX, the format of MNIST's files, without trusting them.

A file holds two zero bytes, a type (8 = unsigned byte), the number of dimensions, each dimension
as a big-endian 32-bit number, then the values in C order. It may be compressed with gzip.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataError

SIZE_LIMIT = 200_000_000
"""Largest number of bytes that is read from one file, after decompression."""

_UNSIGNED_BYTE = 8
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_CONTENT = {1: "labels", 3: "images"}


@dataclass(frozen=True, slots=True, eq=False)
class IdxArray:
    """The content of an IDX file.

    Attributes
    ----------
    values : uint8
        The array, read-only.
    md5
        Hexadecimal digest of the decompressed file, by which published files are recognized.
    """

    values: NDArray[np.uint8]
    md5: str


def read_idx(path: Path, dimensions: int) -> IdxArray:
    """Read an IDX file of unsigned bytes, plain or compressed with gzip.

    Never reads, nor decompresses, more than the header announces, which may not exceed
    ``SIZE_LIMIT``.

    Parameters
    ----------
    path
        The file. Whether it is compressed is told by its content, not by its name.
    dimensions
        Number of dimensions expected: 1 for labels, 3 for images.

    Raises
    ------
    DataError
        If the file cannot be read, is not of this format, is cut short or too long. The message
        names the file and the remedy.
    """
    try:
        with path.open("rb") as file:
            if file.read(2) == _GZIP:
                file.seek(0)
                with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                    return _parsed(unpacked, path, dimensions)
            file.seek(0)
            return _parsed(file, path, dimensions)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged ({error}); download it again") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"{path} cannot be read ({reason}); check the file and its folder") from (
            error
        )


def _parsed(file: BinaryIO | gzip.GzipFile, path: Path, dimensions: int) -> IdxArray:
    magic = _read(file, 4)
    wanted = bytes((0, 0, _UNSIGNED_BYTE, dimensions))
    if magic != wanted:
        raise DataError(f"{path} {_why_not(magic, dimensions)}")
    header = _read(file, 4 * dimensions)
    if len(header) < 4 * dimensions:
        raise DataError(f"{path} ends within its header; download it again")
    shape = struct.unpack(f">{dimensions}I", header)
    size = math.prod(shape)
    announced = "×".join(str(length) for length in shape)
    if size == 0:
        raise DataError(f"{path} announces {announced} values, that is none; download it again")
    if size > SIZE_LIMIT:
        raise DataError(
            f"{path} announces {announced} values, more than the {SIZE_LIMIT:,} that are read; "
            "use a smaller file"
        )
    content = _read(file, size)
    if len(content) < size:
        raise DataError(
            f"{path} is cut short: it announces {size:,} values and holds {len(content):,}; "
            "download it again"
        )
    if file.read(1):
        raise DataError(
            f"{path} goes on after the {size:,} values that it announces; download it again"
        )
    digest = hashlib.md5(magic + header, usedforsecurity=False)
    digest.update(content)
    return IdxArray(np.frombuffer(content, np.uint8).reshape(shape), digest.hexdigest())


def _read(file: BinaryIO | gzip.GzipFile, size: int) -> bytes:
    """Read ``size`` bytes, or fewer if the file ends; memory grows only with what is there."""
    parts = []
    while size > 0:
        part = file.read(min(size, _CHUNK))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _why_not(magic: bytes, dimensions: int) -> str:
    content = _CONTENT.get(dimensions, "values")
    if len(magic) < 4:
        return f"holds {len(magic)} bytes and no {content}; download it again"
    if magic[:2] != b"\0\0":
        return (
            f"is not an IDX file: it begins with {magic.hex(' ')} where 00 00 is expected; "
            "download it again and check that it is not a web page"
        )
    if magic[2] != _UNSIGNED_BYTE:
        return f"holds values of type {magic[2]:#04x}; only unsigned bytes (0x08) are read"
    found = _CONTENT.get(magic[3], f"data of {magic[3]} dimensions")
    return f"holds {found} where {content} are expected; check that files are not swapped"

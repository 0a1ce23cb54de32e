"""Find, read and recognize MNIST's files in a folder."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataError
from playground.data.idx import IdxArray, read_idx

FILE_NAMES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
"""The files as published. Either pair is enough; they may be decompressed."""

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
"""Where the files can be downloaded."""

IMAGE_SHAPE = (28, 28)
"""Height and width of the images, in pixels."""

_PARTS = ("train", "t10k")

# md5 of the decompressed files: mirrors compress anew, and Fashion-MNIST has the same names.
_OFFICIAL = {
    "train": ("6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624"),
    "t10k": ("2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637"),
}

_FEWEST_IMAGES = 10
_HOW_TO_GET = (
    f"download {FILE_NAMES[0]} with {FILE_NAMES[1]}, or {FILE_NAMES[2]} with {FILE_NAMES[3]}, "
    f"or all four, from {MIRRORS[0]} or {MIRRORS[1]} into one folder and set data.folder to it"
)


@dataclass(frozen=True, slots=True)
class PairReport:
    """One pair of files, images and their labels.

    Attributes
    ----------
    name
        ``train`` or ``t10k``.
    images
        Number of images.
    verified
        Whether both files are, byte for byte, the published MNIST.
    """

    name: str
    images: int
    verified: bool


@dataclass(frozen=True, slots=True)
class FolderReport:
    """What a folder offers.

    Attributes
    ----------
    pairs
        The pairs that can be used; empty if there is a problem that prevents it.
    problem
        What is wrong and what to do, or "". A problem beside pairs concerns files that are
        left out.
    """

    pairs: tuple[PairReport, ...]
    problem: str = ""

    @property
    def images(self) -> int:
        """Number of images in all pairs together."""
        return sum(pair.images for pair in self.pairs)

    @property
    def verified(self) -> bool:
        """Whether everything that would be used is the published MNIST."""
        return bool(self.pairs) and all(pair.verified for pair in self.pairs)

    @property
    def origin(self) -> str:
        """Say where the images come from, or "" if there are none."""
        if not self.pairs:
            return ""
        return "MNIST" if self.verified else "unverified files in MNIST's format"


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """All images of a folder.

    Attributes
    ----------
    images : (n, 28, 28) uint8
        0 is paper, 255 is ink. Read-only.
    labels : (n,) uint8
        Digits 0 to 9. Read-only.
    pairs
        Where they come from.
    digest
        Of the content of all files.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    pairs: tuple[PairReport, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two files as they were found; a file that changes makes another key for the cache."""

    name: str
    images: Path
    labels: Path
    stamps: tuple[tuple[int, int], tuple[int, int]]


def describe_folder(folder: str) -> FolderReport:
    """Look into a folder and say what it offers. Reads the files; never raises.

    The result of reading is kept, so that choosing the folder afterwards costs nothing.
    """
    try:
        collection = load_folder(folder)
        _, incomplete = _found(folder)
    except DataError as error:
        return FolderReport((), str(error))
    return FolderReport(collection.pairs, incomplete)


def load_folder(folder: str) -> Collection:
    """Read all complete pairs of a folder.

    The last folders read are kept in memory until their files change.

    Parameters
    ----------
    folder
        Path; ``~`` is the home folder.

    Raises
    ------
    DataError
        If it is empty, no folder, without a complete pair, or holds an unusable file.
    """
    pairs, incomplete = _found(folder)
    if not pairs:
        problem = incomplete or f"data.folder {folder!r} holds none of MNIST's files"
        raise DataError(f"{problem}; {_HOW_TO_GET}")
    return _read(pairs)


def _found(folder: str) -> tuple[tuple[_Pair, ...], str]:
    """Return the complete pairs, and what is missing of the others in words."""
    if not folder.strip():
        raise DataError(f"data.folder is not set; {_HOW_TO_GET}")
    place = Path(os.path.expanduser(folder))
    try:
        if not place.is_dir():
            raise DataError(f"data.folder {folder!r} is not a folder; {_HOW_TO_GET}")
        pairs = []
        lacking = []
        for part in _PARTS:
            images = _file(place, f"{part}-images", "idx3-ubyte")
            labels = _file(place, f"{part}-labels", "idx1-ubyte")
            if images and labels:
                stamps = (_stamp(images), _stamp(labels))
                pairs.append(_Pair(part, images, labels, stamps))
            elif images or labels:
                there, kind = (images, "labels-idx1") if images else (labels, "images-idx3")
                lacking.append(f"{there} has no companion {part}-{kind}-ubyte.gz beside it")
    except OSError as error:
        raise DataError(
            f"data.folder {folder!r} cannot be read ({error.strerror}); choose another folder"
        ) from error
    return tuple(pairs), "; ".join(lacking)


def _file(folder: Path, stem: str, ending: str) -> Path | None:
    names = (f"{stem}-{ending}", f"{stem}.{ending}", f"{stem}-{ending}.gz", f"{stem}.{ending}.gz")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@functools.lru_cache(maxsize=2)
def _read(pairs: tuple[_Pair, ...]) -> Collection:
    images: list[NDArray[np.uint8]] = []
    labels: list[NDArray[np.uint8]] = []
    reports: list[PairReport] = []
    digests: list[str] = []
    for pair in pairs:
        pixels, digits = read_idx(pair.images, 3), read_idx(pair.labels, 1)
        _check(pair, pixels, digits)
        verified = (pixels.md5, digits.md5) == _OFFICIAL[pair.name]
        digests += [pixels.md5, digits.md5]
        images.append(pixels.values)
        labels.append(digits.values)
        reports.append(PairReport(pair.name, len(digits.values), verified))
    return Collection(_joined(images), _joined(labels), tuple(reports), "-".join(digests))


def _check(pair: _Pair, images: IdxArray, labels: IdxArray) -> None:
    count, height, width = images.values.shape
    if (height, width) != IMAGE_SHAPE:
        raise DataError(
            f"{pair.images} holds images of {height}×{width} pixels; use files of 28×28 images"
        )
    if count != len(labels.values):
        raise DataError(
            f"{pair.images} holds {count} images but {pair.labels} {len(labels.values)} labels; "
            "download both again from one place"
        )
    if count < _FEWEST_IMAGES:
        raise DataError(f"{pair.images} holds {count} images; use at least {_FEWEST_IMAGES}")
    if labels.values.max() > 9:
        at = int(labels.values.argmax())
        raise DataError(
            f"{pair.labels} has the label {labels.values[at]} at position {at}; "
            "use files whose labels are 0 to 9"
        )


def _joined(arrays: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    if len(arrays) == 1:
        return arrays[0]
    joined = np.concatenate(arrays)
    joined.flags.writeable = False
    return joined

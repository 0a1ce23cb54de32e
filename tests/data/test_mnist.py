"""MNIST from a folder: small made-up files, and the real ones where they are at hand."""

from __future__ import annotations

import gzip
import os
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.data import mnist_folder
from playground.data.dataset import DataError
from playground.data.mnist import Mnist
from playground.data.mnist_folder import describe_folder, load_folder
from playground.data.prepared import prepare
from playground.schema.validation import InvalidValue


def write(path: Path, array: NDArray[np.uint8]) -> None:
    header = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    content = header + array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_pair(
    folder: Path, part: str, count: int, style: str = "{}-{}-ubyte", seed: int = 0
) -> None:
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(count) % 10
    write(folder / style.format(f"{part}-images", "idx3"), images)
    write(folder / style.format(f"{part}-labels", "idx1"), (np.arange(count) % 10).astype(np.uint8))


@pytest.fixture(autouse=True)
def forget_collections() -> None:
    mnist_folder._read.cache_clear()


@pytest.mark.parametrize(
    "style", ["{}-{}-ubyte", "{}-{}-ubyte.gz", "{}.{}-ubyte", "{}.{}-ubyte.gz"]
)
def test_that_files_are_found_under_their_usual_names(tmp_path: Path, style: str) -> None:
    write_pair(tmp_path, "t10k", 40, style)
    samples = Mnist(folder=str(tmp_path), points=30).samples()
    assert samples.points.shape == (30, 784)
    assert samples.image_shape == (28, 28)
    assert samples.input_names[-1] == "pixel 27,27"
    assert len(samples.input_names) == 784


def test_that_pixels_are_scaled_and_stay_with_their_labels(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", 200)
    samples = Mnist(folder=str(tmp_path), points=50).samples()
    assert samples.points.min() >= 0
    assert samples.points.max() <= 1
    np.testing.assert_allclose(samples.points[:, 0] * 255, samples.labels)


def test_that_both_pairs_make_one_collection(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", 30)
    write_pair(tmp_path, "t10k", 20, seed=1)
    report = describe_folder(str(tmp_path))
    assert [(pair.name, pair.images) for pair in report.pairs] == [("train", 30), ("t10k", 20)]
    assert report.images == 50
    assert not report.problem
    assert len(Mnist(folder=str(tmp_path), points=50).samples().points) == 50


def test_that_look_alikes_are_not_called_mnist(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", 30)
    report = describe_folder(str(tmp_path))
    assert not report.verified
    assert report.origin == "unverified files in MNIST's format"


def test_that_an_unset_folder_says_how_to_get_the_files() -> None:
    with pytest.raises(DataError, match=r"set data\.folder") as caught:
        Mnist().samples()
    for part in (*mnist_folder.FILE_NAMES, *mnist_folder.MIRRORS):
        assert part in str(caught.value)


@pytest.mark.parametrize("folder", ["", "  ", "/nowhere/at/all", "nul\0byte", "~nobody-here/x"])
def test_that_a_folder_that_is_none_is_a_data_error(folder: str) -> None:
    with pytest.raises(DataError, match=r"data\.folder"):
        Mnist(folder=folder).samples()
    report = describe_folder(folder)
    assert not report.pairs
    assert not report.verified
    assert report.origin == ""
    assert "data.folder" in report.problem


def test_that_a_name_too_long_for_the_system_is_a_data_error() -> None:
    with pytest.raises(DataError, match=r"data\.folder"):
        Mnist(folder="x" * 5000).samples()


def test_that_an_empty_folder_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds none of MNIST's files; download"):
        Mnist(folder=str(tmp_path)).samples()


def test_that_a_missing_companion_is_named(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", 30)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte has no companion train-labels"):
        Mnist(folder=str(tmp_path)).samples()


def test_that_an_incomplete_pair_does_not_spoil_a_complete_one(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", 30)
    (tmp_path / "train-images-idx3-ubyte").unlink()
    write_pair(tmp_path, "t10k", 20)
    report = describe_folder(str(tmp_path))
    assert report.images == 20
    assert "train-labels-idx1-ubyte has no companion train-images" in report.problem


def test_that_asking_for_too_many_images_names_the_number_there_is(tmp_path: Path) -> None:
    write_pair(tmp_path, "t10k", 40)
    with pytest.raises(InvalidValue, match=r"data\.points 41 exceeds the 40 images") as caught:
        Mnist(folder=str(tmp_path), points=41).samples()
    assert caught.value.field == "data.points"


def test_that_counts_must_agree(tmp_path: Path) -> None:
    write_pair(tmp_path, "t10k", 40)
    write(tmp_path / "t10k-labels-idx1-ubyte", np.zeros(39, np.uint8))
    with pytest.raises(DataError, match=r"40 images but .* 39 labels"):
        Mnist(folder=str(tmp_path)).samples()


def test_that_labels_beyond_nine_are_refused(tmp_path: Path) -> None:
    write_pair(tmp_path, "t10k", 40)
    write(tmp_path / "t10k-labels-idx1-ubyte", np.arange(40, dtype=np.uint8))
    with pytest.raises(DataError, match="has the label 39 at position 39"):
        Mnist(folder=str(tmp_path)).samples()


def test_that_images_of_another_size_are_refused(tmp_path: Path) -> None:
    write_pair(tmp_path, "t10k", 40)
    write(tmp_path / "t10k-images-idx3-ubyte", np.zeros((40, 32, 32), np.uint8))
    with pytest.raises(DataError, match="32×32 pixels; use files of 28×28"):
        Mnist(folder=str(tmp_path)).samples()


def test_that_swapped_files_are_recognized(tmp_path: Path) -> None:
    write_pair(tmp_path, "t10k", 40)
    shutil.copy(tmp_path / "t10k-labels-idx1-ubyte", tmp_path / "t10k-images-idx3-ubyte")
    assert "holds labels where images are expected" in describe_folder(str(tmp_path)).problem


def test_that_a_collection_too_small_for_any_subset_is_refused(tmp_path: Path) -> None:
    write_pair(tmp_path, "t10k", 5)
    with pytest.raises(DataError, match="holds 5 images; use at least 10"):
        Mnist(folder=str(tmp_path)).samples()


def test_that_files_are_read_once_until_they_change(tmp_path: Path) -> None:
    write_pair(tmp_path, "t10k", 40)
    first = load_folder(str(tmp_path))
    assert load_folder(str(tmp_path)) is first
    labels = tmp_path / "t10k-labels-idx1-ubyte"
    os.utime(labels, ns=(1, 1))
    assert load_folder(str(tmp_path)) is not first


def test_that_the_collection_cannot_be_changed_by_accident(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", 30)
    write_pair(tmp_path, "t10k", 20)
    collection = load_folder(str(tmp_path))
    assert not collection.images.flags.writeable
    assert not collection.labels.flags.writeable


def test_that_the_real_files_are_recognized(shared_mnist: Path) -> None:
    report = describe_folder(str(shared_mnist))
    assert report.verified
    assert report.origin == "MNIST"
    assert report.images == 10_000
    assert not report.problem


def test_that_the_real_files_hold_what_is_published(shared_mnist: Path) -> None:
    samples = Mnist(folder=str(shared_mnist), points=10_000).samples()
    counts = np.bincount(samples.labels.astype(int)).tolist()
    assert counts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert samples.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert samples.points.max() == 1


@pytest.mark.parametrize("points", [10, 137, 2000])
def test_that_a_subset_keeps_the_proportions(shared_mnist: Path, points: int) -> None:
    everything = np.bincount(load_folder(str(shared_mnist)).labels)
    samples = Mnist(folder=str(shared_mnist), points=points, seed=4).samples()
    taken = np.bincount(samples.labels.astype(int), minlength=10)
    assert taken.sum() == points
    assert (np.abs(taken - everything * points / 10_000) <= 1.5).all()
    assert (taken >= 1).all()


def test_that_more_images_keep_the_earlier_ones(shared_mnist: Path) -> None:
    few, many = (Mnist(folder=str(shared_mnist), points=points).samples() for points in (100, 1000))
    kept = {image.tobytes() for image in many.points}
    assert all(image.tobytes() in kept for image in few.points)


def test_that_the_real_subset_can_be_prepared(shared_mnist: Path) -> None:
    data = prepare(Mnist(folder=str(shared_mnist)))
    assert data.train_inputs.shape == (1600, 784)
    assert data.test_inputs.shape == (400, 784)


def test_that_an_altered_file_is_no_longer_called_mnist(shared_mnist: Path, tmp_path: Path) -> None:
    for path in shared_mnist.iterdir():
        shutil.copy(path, tmp_path)
    labels = tmp_path / "t10k-labels-idx1-ubyte.gz"
    content = bytearray(gzip.decompress(labels.read_bytes()))
    content[8] ^= 1
    labels.chmod(0o644)
    labels.write_bytes(gzip.compress(bytes(content)))
    report = describe_folder(str(tmp_path))
    assert report.images == 10_000
    assert not report.verified

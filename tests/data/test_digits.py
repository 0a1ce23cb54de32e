"""The bundled digits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.data import digits
from playground.data.dataset import DataError
from playground.data.digits import Digits
from playground.data.prepared import prepare


def test_that_all_digits_are_there() -> None:
    samples = Digits().samples()
    assert samples.points.shape == (1797, 64)
    assert samples.points.min() == 0
    assert samples.points.max() == 1
    assert (samples.points * 16 == np.round(samples.points * 16)).all()
    counts = np.bincount(samples.labels.astype(int)).tolist()
    assert counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert samples.task.class_names == tuple("0123456789")
    assert samples.image_shape == (8, 8)
    assert samples.input_names[3 * 8 + 4] == "pixel 3,4"


def test_that_the_first_image_is_the_published_zero() -> None:
    samples = Digits().samples()
    image = (samples.points[0].reshape(8, 8) * 16).astype(int)
    assert samples.labels[0] == 0
    assert image[0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]


def test_that_a_subset_is_balanced_and_grows() -> None:
    few, many = Digits(points=100).samples(), Digits(points=400).samples()
    assert (np.abs(np.bincount(few.labels.astype(int)) - 10) <= 1).all()
    kept = {image.tobytes() for image in many.points}
    assert all(image.tobytes() in kept for image in few.points)


def test_that_ten_images_show_ten_digits() -> None:
    assert sorted(Digits(points=10, seed=3).samples().labels) == list(range(10))


def test_that_the_seed_chooses_the_subset() -> None:
    first, same, other = (Digits(points=50, seed=seed).samples() for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.points, same.points)
    assert (first.points != other.points).any()


def test_that_four_fifths_are_for_training() -> None:
    data = prepare(Digits())
    assert (len(data.train_labels), len(data.test_labels)) == (1438, 359)


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    path = tmp_path / "digits.npz"
    monkeypatch.setattr(digits, "resource", lambda name: path)
    digits._bundled.cache_clear()
    yield path
    digits._bundled.cache_clear()


def test_that_a_missing_file_is_reported(bundled: Path) -> None:
    with pytest.raises(DataError, match=r"digits\.npz cannot be read .*install"):
        Digits().samples()


@pytest.mark.parametrize("content", [b"", b"PK\3\4 broken", b"no archive"])
def test_that_a_damaged_file_is_reported(bundled: Path, content: bytes) -> None:
    bundled.write_bytes(content)
    with pytest.raises(DataError, match=r"digits\.npz cannot be read .*install"):
        Digits().samples()


def test_that_other_arrays_are_refused(bundled: Path) -> None:
    images, labels = np.zeros((5, 64), np.uint8), np.zeros(5, np.uint8)
    np.savez(bundled, images=images, labels=labels)
    with pytest.raises(DataError, match="does not hold the digits"):
        Digits().samples()
    np.savez(bundled, pictures=images)
    with pytest.raises(DataError, match="cannot be read"):
        Digits().samples()

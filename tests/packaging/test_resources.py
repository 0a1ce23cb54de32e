from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.resources import RESOURCES, MissingResource, Resources, resource


def test_that_bundled_files_are_found() -> None:
    assert resource("datasets/digits.npz").is_file()
    assert resource("fonts").is_dir()


def test_that_the_folder_in_the_package_goes_before_the_one_beside_it(tmp_path: Path) -> None:
    inside, beside = tmp_path / "package" / "resources", tmp_path / "resources"
    beside.mkdir()
    assert Resources((inside, beside)).folder == beside
    inside.mkdir(parents=True)
    assert Resources((inside, beside)).folder == inside


def test_that_a_missing_file_is_named_with_what_there_is_instead() -> None:
    with pytest.raises(MissingResource, match=r"'datasets/digit\.npz'.*has: .*digits\.npz"):
        resource("datasets/digit.npz")


def test_that_a_missing_folder_says_to_install_again(tmp_path: Path) -> None:
    with pytest.raises(MissingResource, match="install Gradient Playground again"):
        Resources((tmp_path / "nowhere",)).path("fonts")


def test_that_a_listing_is_sorted_and_filtered() -> None:
    names = [path.name for path in RESOURCES.files("fonts", ".otf")]
    assert names == ["Inter-Bold.otf", "Inter-Regular.otf", "Inter-SemiBold.otf"]


def test_that_the_digits_are_the_uci_test_partition() -> None:
    with np.load(resource("datasets/digits.npz"), allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"]
    assert images.shape == (1797, 64)
    assert images.dtype == labels.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 16)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    # The first digit is a zero: ink around, none in the middle.
    assert labels[0] == 0
    assert images[0].reshape(8, 8)[3:5, 3:5].tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("suffix", [".otf", ".ttf"])
def test_that_every_font_has_its_licence_beside_it(suffix: str) -> None:
    texts = "".join(path.name for path in RESOURCES.files("fonts", ".txt"))
    fonts = RESOURCES.files("fonts", suffix)
    assert fonts
    for font in fonts:
        assert font.stem.split("-")[0] in texts
        assert font.stat().st_size < 500_000


def test_that_the_licences_name_every_bundled_font_family_and_data_set() -> None:
    text = resource("LICENSES.md").read_text(encoding="utf-8")
    for name in ("digits.npz", "10.24432/C50P49", "CC BY 4.0", "Inter", "JetBrainsMono", "Symbols"):
        assert name in text

"""The bundled handwritten digits."""

from __future__ import annotations

import functools
import zipfile
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataError
from playground.data.fields import InputScaling, Seed, TrainingShare, ValidationShare
from playground.data.images import DigitImages
from playground.data.scaling import NoScaling
from playground.resources import resource
from playground.schema.parameter import whole

_COUNT = 1797


class Digits(DigitImages, frozen=True, tag="digits"):
    """Real handwritten digits of 8 × 8 pixels, bundled with the application.

    The test partition of *Optical Recognition of Handwritten Digits* by E. Alpaydin and
    C. Kaynak (1998), UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY
    4.0. Pixels count the ink in a block of 4 × 4 dots, 0 to 16, and are divided by 16.
    """

    title: ClassVar[str] = "Digits 8×8"
    gallery: ClassVar[str] = "Images"
    image_shape: ClassVar[tuple[int, int]] = (8, 8)
    ink: ClassVar[int] = 16

    points: Annotated[
        int,
        whole(
            "Images",
            ge=10,
            le=_COUNT,
            suggestions=(100, 200, 500, 1000, _COUNT),
            help="How many of the 1797 images to use, in equal proportions of each digit.",
        ),
    ] = _COUNT
    training_share: TrainingShare = 0.8
    validation_share: ValidationShare = 0.0
    seed: Seed = 0
    scaling: InputScaling = NoScaling()

    def collection(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Read the bundled file.

        Raises
        ------
        DataError
            If the bundled file is missing or damaged.
        """
        return _bundled()


@functools.cache
def _bundled() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    name = "datasets/digits.npz"
    try:
        # Opened here: np.load leaves a file open that turns out to be no archive.
        with resource(name).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            images, labels = archive["images"], archive["labels"]
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(
            f"the bundled file {name} cannot be read ({error}); install Gradient Playground again"
        ) from error
    fits = images.shape == (_COUNT, 64) and labels.shape == (_COUNT,) and images.max() <= Digits.ink
    if not (fits and images.dtype == labels.dtype == np.uint8 and labels.max() <= 9):
        raise DataError(
            f"the bundled file {name} does not hold the digits; install Gradient Playground again"
        )
    return images.reshape(-1, 8, 8), labels

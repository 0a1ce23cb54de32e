"""MNIST, and anything in its format, from a folder of IDX files."""

from __future__ import annotations

import dataclasses
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Samples
from playground.data.fields import InputScaling, Seed, TrainingShare, ValidationShare
from playground.data.images import DigitImages
from playground.data.mnist_folder import IMAGE_SHAPE, load_folder
from playground.data.scaling import NoScaling
from playground.schema.parameter import shown, whole
from playground.schema.validation import InvalidValue


class Mnist(DigitImages, frozen=True, tag="mnist"):
    """Handwritten digits of 28 × 28 pixels, read from a folder of MNIST's files.

    Takes a balanced part, of any size, of all the images that the folder holds. Pixels are
    divided by 255. MNIST is by Y. LeCun, C. Cortes and C. J. C. Burges, CC BY-SA 3.0; it is not
    bundled.
    """

    title: ClassVar[str] = "MNIST"
    gallery: ClassVar[str] = "Images"
    image_shape: ClassVar[tuple[int, int]] = IMAGE_SHAPE
    ink: ClassVar[int] = 255

    folder: Annotated[
        str,
        shown(
            "Folder",
            help="Where the IDX files are: train-images-idx3-ubyte and its companions, "
            "compressed or not.",
        ),
    ] = ""
    points: Annotated[
        int,
        whole(
            "Images",
            ge=10,
            le=70_000,
            suggestions=(500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 70_000),
            soft_range=(100, 10_000),
            help="How many images to use, in equal proportions of each digit. Fewer train faster.",
        ),
    ] = 2000
    training_share: TrainingShare = 0.8
    validation_share: ValidationShare = 0.0
    seed: Seed = 0
    scaling: InputScaling = NoScaling()

    def collection(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Read all images of the folder, at least as many as ``points``.

        Raises
        ------
        DataError
            If the folder is not set or its files are missing or unreadable; the message says
            what to do.
        InvalidValue
            If there are fewer images than ``points``.
        """
        found = load_folder(self.folder)
        available = len(found.images)
        if self.points > available:
            raise InvalidValue(
                "data.points",
                self.points,
                f"exceeds the {available} images in {self.folder}",
                f"lower it to {available} or less, or add the other pair of files",
            )
        return found.images, found.labels

    def samples(self) -> Samples:
        """Take a part of the images, and remember which files they are from.

        Raises
        ------
        DataError
            If files are missing or unreadable; the message says what to do.
        """
        return dataclasses.replace(super().samples(), digest=load_folder(self.folder).digest)

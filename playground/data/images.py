"""What datasets of small grey images have in common."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Dataset, Samples, Task, TaskKind, stratified_queue
from playground.data.streams import Purpose, stream


class DigitImages(Dataset, frozen=True):
    """Images of handwritten digits, of which a balanced part is taken."""

    task: ClassVar[Task] = Task(TaskKind.MULTICLASS, tuple("0123456789"))
    image_shape: ClassVar[tuple[int, int]]
    ink: ClassVar[int]
    """Value of a fully inked pixel. Inputs are pixels divided by it."""

    if TYPE_CHECKING:
        # Declared by each dataset with its own bounds.
        points: int

    @property
    def sample_count(self) -> int:
        """How many images are taken."""
        return self.points

    @property
    def input_names(self) -> tuple[str, ...]:
        """``pixel 3,4`` is the one in row 3 and column 4, counted from 0 at the top left."""
        return _pixel_names(*self.image_shape)

    def collection(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return all images there are, (m, height, width), and their labels, (m,).

        Raises
        ------
        DataError
            If files are missing or unreadable; the message says what to do.
        """
        raise NotImplementedError

    def samples(self) -> Samples:
        """Take a part of the collection.

        Each digit keeps its proportion to within one image, and a larger part keeps the images
        of a smaller one.

        Raises
        ------
        DataError
            If files are missing or unreadable; the message says what to do.
        """
        images, labels = self.collection()
        strata = labels.astype(np.int64)
        if self.points < len(images):
            queue = stratified_queue(strata, stream(self.seed, Purpose.SUBSET))
            taken = np.sort(queue[: self.points])
            images, strata = images[taken], strata[taken]
        pixels = images.reshape(len(images), -1).astype(np.float64)
        pixels /= self.ink
        return Samples(
            points=pixels,
            inputs=pixels,
            labels=strata.astype(np.float64),
            strata=strata,
            task=self.task,
            input_names=self.input_names,
            image_shape=self.image_shape,
        )


@functools.cache
def _pixel_names(height: int, width: int) -> tuple[str, ...]:
    return tuple(f"pixel {row},{column}" for row in range(height) for column in range(width))

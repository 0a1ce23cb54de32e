"""All datasets. The order of the union is the order of the gallery."""

from __future__ import annotations

import typing
from typing import Any, TypeAlias

import msgspec

from playground.data.classification import Circles, Gaussians, LogicGate, Spirals, Spirals3, Xor
from playground.data.dataset import Dataset
from playground.data.digits import Digits
from playground.data.mnist import Mnist
from playground.data.points import OwnPoints
from playground.data.regression import Bumps, Plane

AnyDataset: TypeAlias = (
    Circles
    | Xor
    | Gaussians
    | Spirals
    | Spirals3
    | Plane
    | Bumps
    | LogicGate
    | OwnPoints
    | Digits
    | Mnist
)

DATASETS: tuple[type[Dataset], ...] = typing.get_args(AnyDataset)
"""The same classes as a tuple."""


def miniature(dataset: Dataset, points: int = 200) -> Dataset:
    """Return the same dataset with at most so many points, for a small picture.

    A dataset without the field ``points`` is returned as it is.
    """
    current: Any = getattr(dataset, "points", None)
    if current is None or current <= points:
        return dataset
    return msgspec.structs.replace(dataset, points=points)

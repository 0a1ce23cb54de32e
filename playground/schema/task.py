"""What is to be predicted: the one thing that data and engine must agree on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class TaskKind(Enum):
    """What is to be predicted."""

    BINARY = "binary classification"
    MULTICLASS = "multi-class classification"
    REGRESSION = "regression"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be predicted, and the names of the classes.

    Attributes
    ----------
    kind
        Binary, multi-class, or regression.
    class_names
        One name per class, in the order of the labels; empty for regression.
    """

    kind: TaskKind
    class_names: tuple[str, ...] = ()

    @property
    def class_count(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.class_names)

"""Points typed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from playground.data.points import OwnPoints
from playground.data.prepared import prepare
from playground.schema.task import TaskKind
from playground.schema.validation import InvalidValue


def test_that_points_are_what_was_typed() -> None:
    data = OwnPoints(x1=(0.05, 1.0), x2=(0.1, -2.0), targets=(9.5, -3.0), meaning="value")
    samples = data.samples()
    np.testing.assert_array_equal(samples.points, [[0.05, 0.1], [1.0, -2.0]])
    np.testing.assert_array_equal(samples.labels, [9.5, -3.0])
    assert data.task.kind is TaskKind.REGRESSION
    assert len(prepare(data).train_inputs) == 2


@pytest.mark.parametrize(
    "meaning, kind, outputs",
    [
        ("yes_or_no", TaskKind.BINARY, 2),
        ("class", TaskKind.MULTICLASS, 2),
        ("value", TaskKind.REGRESSION, 0),
    ],
)
def test_that_the_meaning_of_the_targets_makes_the_task(
    meaning: str, kind: TaskKind, outputs: int
) -> None:
    data = OwnPoints(x1=(1.0,), x2=(1.0,), targets=(1.0,), meaning=meaning)  # type: ignore[arg-type]
    assert data.task.kind is kind
    assert data.task.class_count == outputs
    assert data.samples().task == data.task


def test_that_a_point_counts_once_it_has_all_its_numbers() -> None:
    data = OwnPoints(x1=(1.0, 2.0, 3.0), x2=(1.0, 2.0), targets=(1.0, 0.0, 1.0))
    assert data.sample_count == 2
    assert len(data.samples().points) == 2


@pytest.mark.parametrize("target", [0.5, -1.0, 2.0])
def test_that_a_target_that_is_no_class_is_named(target: float) -> None:
    data = OwnPoints(x1=(1.0,), x2=(1.0,), targets=(target,))
    with pytest.raises(InvalidValue, match=r"data\.targets .* whole numbers from 0 to 1"):
        _ = data.input_names

"""Recorded calls do the same in a loop and as a single function."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.operations import call, fused, record_largest, run


def test_that_a_fused_tape_does_what_its_operations_do() -> None:
    source, doubled, largest = np.array([-1.0, 2.0]), np.zeros(2), np.zeros(2)
    counted: list[int] = []
    tape = [
        call(np.add, source, source, doubled),
        lambda: counted.append(1),
        call(np.maximum, doubled, source, out=largest),
    ]
    replay = fused(tape)
    assert not doubled.any(), "nothing happens before it is called"
    replay()
    assert (doubled.tolist(), largest.tolist(), len(counted)) == ([-2, 4], [-1, 4], 1)
    source[:] = 3
    replay()
    assert (doubled.tolist(), largest.tolist(), len(counted)) == ([6, 6], [6, 6], 2)
    doubled[:] = 0
    run(tape)
    assert (doubled.tolist(), len(counted)) == ([6, 6], 3)


def test_that_tapes_of_one_form_keep_their_own_arrays() -> None:
    first, second = np.zeros(1), np.zeros(1)
    replays = [fused([call(np.add, array, array + 1, array)]) for array in (first, second)]
    replays[0]()
    replays[0]()
    replays[1]()
    assert (first[0], second[0]) == (2, 1)


def test_that_an_empty_tape_does_nothing_and_errors_are_not_hidden() -> None:
    fused([])()
    with pytest.raises(ValueError, match="broadcast"):
        fused([call(np.add, np.zeros(2), np.zeros(3), np.zeros(2))])()


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_that_the_largest_of_few_rows_is_that_of_a_reduction(rows: int) -> None:
    values = np.random.default_rng(0).normal(size=(rows, 5))
    values[-1, 2] = np.nan
    largest = np.zeros(5)
    run(record_largest(values, largest))
    assert np.array_equal(largest, values.max(0), equal_nan=True)

"""Folds: disjoint, complete, balanced, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data.folds import stratified_folds


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    count=st.integers(2, 20),
    seed=st.integers(0, 2**32 - 1),
)
def test_that_folds_are_complete_and_balanced(sizes: list[int], count: int, seed: int) -> None:
    strata = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    if count > len(strata):
        with pytest.raises(ValueError, match="samples"):
            stratified_folds(strata, count, seed)
        return
    folds = stratified_folds(strata, count, seed)
    assert sorted(np.concatenate(folds)) == list(range(len(strata)))
    lengths = [len(fold) for fold in folds]
    assert max(lengths) - min(lengths) <= 1
    for stratum in range(len(sizes)):
        members = [int((strata[fold] == stratum).sum()) for fold in folds]
        assert max(members) - min(members) <= 1


def test_that_folds_follow_the_seed_alone() -> None:
    strata = np.arange(40) % 3
    first, again, other = (stratified_folds(strata, 4, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))

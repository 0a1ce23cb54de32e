"""Folds: parts of the samples, each of which is held out once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.data.streams import Purpose, stream

__all__ = ["stratified_folds"]


def stratified_folds(
    strata: NDArray[np.int64], count: int, seed: int
) -> tuple[NDArray[np.int64], ...]:
    """Deal samples out into folds that are as alike as whole samples allow.

    The samples of each stratum are shuffled and dealt out one by one, and the next stratum goes on
    where the last one stopped. So two folds differ by one sample at most, and so do the numbers of
    samples that they have of a stratum.

    Parameters
    ----------
    strata : (n,) int64
        Group of each sample, such as its class.
    count
        How many folds, 2 to n.
    seed
        Same seed, same folds.

    Returns
    -------
    folds
        Indices (about n / count,) of the samples of each fold, ascending; disjoint, together all.

    Raises
    ------
    ValueError
        If there would be a fold without samples, or only one.
    """
    if not 2 <= count <= len(strata):
        raise ValueError(f"{count} folds of {len(strata)} samples; there are 2 to {len(strata)}")
    rng = stream(seed, Purpose.FOLDS)
    fold_of = np.empty(len(strata), np.int64)
    dealt = 0
    for stratum in np.unique(strata):
        members = rng.permutation(np.flatnonzero(strata == stratum))
        fold_of[members] = (dealt + np.arange(len(members))) % count
        dealt += len(members)
    return tuple(np.flatnonzero(fold_of == fold) for fold in range(count))

"""Which samples the table shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData
from playground.gui.samples.columns import SETS, Column, Kind, sort_values
from playground.training.sample_scores import SampleScores

if TYPE_CHECKING:
    from playground.gui.preferences import Preferences

__all__ = [
    "ALL",
    "Arrangement",
    "arranged",
    "load_arrangement",
    "save_arrangement",
    "sorting",
]

ALL = "all"
_PREFIX = "samples."


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a person has chosen.

    Attributes
    ----------
    sort
        Key of the column by which rows are sorted; one that the data does not have counts as
        ``number``.
    falling
        Whether the largest comes first.
    of_set
        One of :data:`~playground.gui.samples.columns.SETS`, or ``all``.
    wrong_only
        Whether only mistakes are shown.
    """

    sort: str = Kind.NUMBER.value
    falling: bool = False
    of_set: str = ALL
    wrong_only: bool = False


def sorting(arrangement: Arrangement, columns: tuple[Column, ...]) -> tuple[Column, bool]:
    """Return the column by which rows are sorted, and whether the largest comes first."""
    for column in columns:
        if column.key == arrangement.sort:
            return column, arrangement.falling
    return columns[0], False


def arranged(
    arrangement: Arrangement,
    columns: tuple[Column, ...],
    data: PreparedData,
    codes: NDArray[np.int8],
    scores: SampleScores,
) -> NDArray[np.int64]:
    """Return the samples that are shown, in their order.

    Equal values stand in the order of their numbers, and what is not a number stands with the
    largest: a loss that overflowed is the worst.

    Parameters
    ----------
    columns, codes
        As ``columns_of`` and ``set_codes`` give them for the data.
    """
    keep = np.ones(len(data.samples.labels), bool)
    if arrangement.of_set in SETS:
        keep &= codes == SETS.index(arrangement.of_set)
    if arrangement.wrong_only and data.task.class_count:
        keep &= scores.wrong(data.samples.labels)
    rows = np.flatnonzero(keep)
    column, is_falling = sorting(arrangement, columns)
    if column.kind in (Kind.NUMBER, Kind.PICTURE):
        return rows[::-1] if is_falling else rows
    values = sort_values(column, data, codes, scores)[rows]
    if not is_falling:
        return rows[np.argsort(values, kind="stable")]
    # Backwards twice, so that equal ones keep their order.
    order = len(rows) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
    return np.asarray(rows[order])


def load_arrangement(preferences: Preferences) -> Arrangement:
    """Return what was chosen last; what does not fit any more is ignored."""
    sort, _, way = preferences.remembered(_PREFIX + "sort", "").rpartition(" ")
    of_set = preferences.remembered(_PREFIX + "set", ALL)
    return Arrangement(
        sort or Kind.NUMBER.value,
        way == "falling",
        of_set if of_set in SETS else ALL,
        preferences.remembered(_PREFIX + "wrong", "") == "only",
    )


def save_arrangement(preferences: Preferences, arrangement: Arrangement) -> None:
    """Remember it for the next start, by name."""
    way = "falling" if arrangement.falling else "rising"
    preferences.remember(_PREFIX + "sort", f"{arrangement.sort} {way}")
    preferences.remember(_PREFIX + "set", arrangement.of_set)
    preferences.remember(_PREFIX + "wrong", "only" if arrangement.wrong_only else "")

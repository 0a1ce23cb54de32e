"""Which card goes on showing which layer after an edit, so that the keyboard stays where it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def matched(before: Sequence[Any], after: Sequence[Any]) -> list[int | None]:
    """Find for each new layer the old one that it most likely is.

    Layers that did not move are found first, then equal ones that did; what is left is taken in
    order, as when one layer was edited.

    Returns
    -------
    list
        For each layer of ``after`` an index into ``before``, each at most once, or ``None``.
    """
    result: list[int | None] = [None] * len(after)
    shortest = min(len(before), len(after))
    head = 0
    while head < shortest and before[head] == after[head]:
        result[head] = head
        head += 1
    tail = 0
    while tail < shortest - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
        result[len(after) - tail] = len(before) - tail
    free = list(range(head, len(before) - tail))
    open_places = list(range(head, len(after) - tail))
    for place in list(open_places):
        twin = next((index for index in free if before[index] == after[place]), None)
        if twin is not None:
            result[place] = twin
            free.remove(twin)
            open_places.remove(place)
    for place, index in zip(open_places, free, strict=False):
        result[place] = index
    return result

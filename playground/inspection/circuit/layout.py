"""Where the gates of a circuit stand: in columns from left to right, with few crossings.

Layers by longest path (inputs in the first column), orders by repeated barycentres (Sugiyama,
Tagawa & Toda 1981), heights as close to those of the neighbours as the spacing allows.
"""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass

from playground.inspection.circuit.graph import Circuit, Wire
from playground.inspection.circuit.leaves import Number

__all__ = ["Layout", "arranged"]

SWEEPS = 8
BRANCH = 0.7
"""Distance of the branches of a copy, each of which carries numbers of its own."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in units: columns from 0, heights from 0 downwards; neighbours are 1 apart or more.

    Attributes
    ----------
    columns, heights
        Of each node.
    routes
        Of each wire, the points (column, height) it passes between its ends, in the columns
        that it crosses.
    width, height
        Number of columns, and the largest height.
    crossings
        How often wires cross.
    """

    columns: tuple[int, ...]
    heights: tuple[float, ...]
    routes: tuple[tuple[tuple[int, float], ...], ...]
    width: int
    height: float
    crossings: int


def arranged(circuit: Circuit) -> Layout:
    """Return places for all gates of a circuit."""
    columns = _columns(circuit)
    graph = _Ranks(circuit, columns)
    graph.sort()
    places = graph.places()
    routes = tuple(
        tuple((graph.rank_of[bend], places[bend]) for bend in graph.bends[wire.index])
        for wire in circuit.wires
    )
    used = [place for place in places if place is not None]
    return Layout(
        tuple(columns),
        tuple(places[: len(circuit.nodes)]),
        routes,
        max(columns) + 1,
        max(used),
        graph.crossings(),
    )


def _columns(circuit: Circuit) -> list[int]:
    columns: list[int] = []
    for node in circuit.nodes:
        columns.append(max((columns[source] + 1 for source in node.sources), default=0))
    for node in circuit.nodes:
        # A number stands beside its gate: it is not an input of the circuit.
        if isinstance(node.gate, Number) and circuit.outputs(node.index)[0].target is not None:
            target = circuit.outputs(node.index)[0].target
            assert target is not None
            columns[node.index] = columns[target] - 1
    return columns


class _Ranks:
    """Nodes and the bends of long wires, in columns."""

    def __init__(self, circuit: Circuit, columns: list[int]) -> None:
        self.rank_of = list(columns)
        self.bends: list[list[int]] = []
        self.sizes = [max(1.0, BRANCH * len(circuit.outputs(node.index))) for node in circuit.nodes]
        self.before: list[list[int]] = [[] for _ in columns]
        self.after: list[list[int]] = [[] for _ in columns]
        for wire in circuit.wires:
            self.bends.append(self._route(wire))
        self.orders: list[list[int]] = [[] for _ in range(max(self.rank_of) + 1)]
        # Starting in the order in which things are written, trees have no crossings at all.
        for item in self._as_written(circuit):
            self.orders[self.rank_of[item]].append(item)

    def _route(self, wire: Wire) -> list[int]:
        if wire.target is None:
            return []
        path = [wire.source]
        for rank in range(self.rank_of[wire.source] + 1, self.rank_of[wire.target]):
            self.rank_of.append(rank)
            self.before.append([])
            self.after.append([])
            self.sizes.append(1.0)
            path.append(len(self.rank_of) - 1)
        path.append(wire.target)
        for first, second in itertools.pairwise(path):
            self.after[first].append(second)
            self.before[second].append(first)
        return path[1:-1]

    def _as_written(self, circuit: Circuit) -> list[int]:
        """Return all items in the order of a walk from the result back to the inputs."""
        seen: dict[int, None] = {}
        stack = [len(circuit.nodes) - 1]
        while stack:
            item = stack.pop()
            if item not in seen:
                seen[item] = None
                stack.extend(reversed(self.before[item]))
        return list(seen)

    def sort(self) -> None:
        """Order each column so that few wires cross."""
        best, fewest = [list(order) for order in self.orders], self.crossings()
        for sweep in range(SWEEPS):
            if not fewest:
                break
            forwards = sweep % 2 == 0
            ranks = range(1, len(self.orders))
            for rank in ranks if forwards else reversed(range(len(self.orders) - 1)):
                self._sort_rank(rank, self.before if forwards else self.after)
            self._swap_neighbours()
            count = self.crossings()
            if count < fewest:
                best, fewest = [list(order) for order in self.orders], count
        self.orders = best

    def _sort_rank(self, rank: int, neighbours: list[list[int]]) -> None:
        position = self._positions()
        order = self.orders[rank]

        def center(item: int) -> float:
            near = [position[one] for one in neighbours[item]]
            return sum(near) / len(near) if near else position[item]

        order.sort(key=center)

    def _swap_neighbours(self) -> None:
        """Exchange neighbours while that removes crossings."""
        position = self._positions()
        for order in self.orders:
            for index in range(len(order) - 1):
                upper, lower = order[index], order[index + 1]
                gain = 0
                for near in (self.before, self.after):
                    above = [position[one] for one in near[upper]]
                    below = [position[one] for one in near[lower]]
                    gain += sum((a > b) - (a < b) for a in above for b in below)
                if gain > 0:
                    order[index], order[index + 1] = lower, upper
                    position[upper], position[lower] = index + 1, index

    def _positions(self) -> dict[int, int]:
        return {item: place for order in self.orders for place, item in enumerate(order)}

    def crossings(self) -> int:
        """Return how often wires cross between neighbouring columns."""
        position = self._positions()
        total = 0
        for order in self.orders[:-1]:
            ends = [
                position[target]
                for item in order
                for target in sorted(self.after[item], key=position.__getitem__)
            ]
            seen: list[int] = []
            for end in ends:
                total += len(seen) - bisect.bisect_right(seen, end)
                bisect.insort(seen, end)
        return total

    def places(self) -> list[float]:
        """Return a height for every item, at least 1 apart within a column."""
        height = [0.0] * len(self.rank_of)
        for order in self.orders:
            for place, item in enumerate(order):
                height[item] = float(place)
        for sweep in range(SWEEPS):
            forwards = sweep % 2 == 1
            neighbours = self.before if forwards else self.after
            for order in self.orders if forwards else reversed(self.orders):
                wanted = [
                    sum(height[one] for one in neighbours[item]) / len(neighbours[item])
                    if neighbours[item]
                    else height[item]
                    for item in order
                ]
                sizes = [self.sizes[item] for item in order]
                for item, found in zip(order, _spaced(wanted, sizes), strict=True):
                    height[item] = found
        top = min(height)
        return [found - top for found in height]


def _spaced(wanted: list[float], sizes: list[float]) -> list[float]:
    """Return places in this order, apart by their sizes, with the least squared distance to these.

    Pool adjacent violators: https://en.wikipedia.org/wiki/Isotonic_regression
    """
    offsets = [0.0]
    for first, second in itertools.pairwise(sizes):
        offsets.append(offsets[-1] + (first + second) / 2)
    pools: list[list[float]] = []
    for desired, offset in zip(wanted, offsets, strict=False):
        pools.append([desired - offset, 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, count = pools.pop()
            pools[-1] = [
                (pools[-1][0] * pools[-1][1] + mean * count) / (pools[-1][1] + count),
                pools[-1][1] + count,
            ]
    placed: list[float] = []
    for middle, size in pools:
        for _ in range(int(size)):
            placed.append(middle + offsets[len(placed)])
    return placed

"""The forward pass as a graph of named values: what a numerical check nudges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A value of the forward pass.

    Attributes
    ----------
    key
        Its name: ``x``, ``W.0``, ``z.0``, ``a.0``, ``L``.
    values : (r, c) float64
    arguments
        Keys of what it is worked out from.
    function
        From the values of the arguments to this value; ``None`` for what is given.
    sides
        From the same arguments to the sides of kinks on which they lie, as signs.
    """

    key: str
    values: Floats
    arguments: tuple[str, ...] = ()
    function: Callable[..., Any] | None = None
    sides: Callable[..., tuple[Floats, ...]] | None = None


class Graph:
    """Values in the order in which they are worked out."""

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}
        self._paths: dict[tuple[tuple[str, ...], str], tuple[Value, ...]] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __getitem__(self, key: str) -> Floats:
        return self._values[key].values

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, in order."""
        return tuple(self._values)

    def given(self, key: str, values: Floats) -> Floats:
        """Add a value that is there from the start; return it."""
        self._values[key] = Value(key, values)
        return values

    def add(
        self,
        key: str,
        arguments: tuple[str, ...],
        function: Callable[..., Any],
        sides: Callable[..., tuple[Floats, ...]] | None = None,
    ) -> Floats:
        """Work out a value from others that are there already; return it."""
        values = np.asarray(function(*(self[name] for name in arguments)), np.float64)
        self._values[key] = Value(key, values, arguments, function, sides)
        return values

    def evaluate(
        self, target: str, changed: Mapping[str, Floats], with_sides: bool = False
    ) -> tuple[float, list[Floats]]:
        """Work out a single number as it would be if some values were others.

        Parameters
        ----------
        target
            Key of a value of one cell.
        changed
            Keys with what their values should be instead.
        with_sides
            Whether to say on which side of each kink everything lies that depends on it.

        Returns
        -------
        number
            The target.
        sides
            Signs, or nothing.
        """
        now: dict[str, Floats] = dict(changed)
        sides: list[Floats] = []
        for value in self._path(tuple(changed), target):
            assert value.function is not None
            arguments = [now[n] if n in now else self[n] for n in value.arguments]
            now[value.key] = value.function(*arguments)
            if with_sides and value.sides is not None:
                sides += value.sides(*arguments)
        return float(np.asarray(now.get(target, self[target])).reshape(-1)[0]), sides

    def _path(self, keys: tuple[str, ...], target: str) -> tuple[Value, ...]:
        """Return the values on the way from some to another, in order."""
        path = self._paths.get((keys, target))
        if path is None:
            downstream, needed = set(keys), {target}
            for value in self._values.values():
                if downstream.intersection(value.arguments):
                    downstream.add(value.key)
            for value in reversed(self._values.values()):
                if value.key in needed:
                    needed.update(value.arguments)
            wanted = (downstream & needed).difference(keys)
            path = tuple(value for value in self._values.values() if value.key in wanted)
            self._paths[keys, target] = path
        return path

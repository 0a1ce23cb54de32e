"""Edits of the structure of a network: each returns a new description of it.

The layers that a skip connection bridges stay the same ones, whatever is put in, taken out or moved
elsewhere; what can not be kept is said in a note.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from playground.engine.activations import Identity
from playground.engine.layers import (
    MAXIMUM_LAYERS,
    AnyLayer,
    BatchNorm,
    Dense,
    LayerNorm,
    Skip,
)
from playground.engine.network import LayerShape, NetworkSpec
from playground.schema.describe import title_of

__all__ = [
    "MAXIMUM_LAYERS",
    "Change",
    "Impossible",
    "duplicated",
    "inserted",
    "moved",
    "removed",
    "why_not",
]

LEAST = "A skip connection needs a layer before it, to bridge."


class Impossible(Exception):
    """An edit that leads to no network. The message says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit of the structure leads to.

    Attributes
    ----------
    network
        The new description.
    order
        For each layer of it the one that it was before, or ``None`` if it is new.
    place
        Of the layer that the edit is about; ``None`` if it is gone.
    notes
        A sentence for each thing that had to follow.
    """

    network: NetworkSpec
    order: tuple[int | None, ...]
    place: int | None
    notes: tuple[str, ...] = ()


@dataclass
class _Draft:
    """Layers while they are being changed, each with the layers that it bridges."""

    layers: list[Any]
    keys: list[int | None]
    bridged: list[set[int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, network: NetworkSpec) -> _Draft:
        layers = list(network.layers)
        bridged = [set(range(i - layer.span, i)) for i, layer in enumerate(layers)]
        return cls(layers, list(range(len(layers))), bridged)

    def insert(self, place: int, layer: AnyLayer) -> None:
        """Put in a new layer; what bridges the gap that it comes to bridges it, too."""
        new = -1 - len(self.layers)
        before = self.keys[place - 1] if place else None
        after = self.keys[place] if place < len(self.keys) else None
        for skip, bridged in zip(self.keys, self.bridged, strict=True):
            if before in bridged and (after in bridged or after == skip):
                bridged.add(new)
        span = layer.span
        own = {key for key in self.keys[max(0, place - span) : place] if key is not None}
        self.layers.insert(place, layer)
        self.keys.insert(place, new)
        self.bridged.insert(place, own if span else set())

    def change(self, network: NetworkSpec, input_count: int, key: int | None) -> Change:
        """Return the result, skip connections made to fit."""
        self._settle()
        self._fit_shortcuts(input_count)
        order = tuple(k if k is not None and k >= 0 else None for k in self.keys)
        place = self.keys.index(key) if key in self.keys else None
        changed = msgspec.structs.replace(network, layers=tuple(self.layers))
        return Change(changed, order, place, tuple(self.notes))

    def _settle(self) -> None:
        """Count anew how far each skip connection reaches; drop those that bridge nothing."""
        place = 0
        while place < len(self.layers):
            layer = self.layers[place]
            if not isinstance(layer, Skip):
                place += 1
                continue
            places = [self.keys.index(key) for key in self.bridged[place] if key in self.keys]
            before = [other for other in places if other < place]
            if before:
                reach = place - min(before)
                self.layers[place] = msgspec.structs.replace(layer, reach=reach)
                place += 1
                continue
            self.notes.append(
                f"The skip connection {place + 1} went, too: nothing was left to bridge."
            )
            for kept in (self.layers, self.keys, self.bridged):
                del kept[place]
            place = 0

    def _fit_shortcuts(self, input_count: int) -> None:
        widths = [input_count]
        for index, layer in enumerate(self.layers):
            shape = LayerShape(layer, widths[-1])
            if isinstance(layer, Skip) and layer.shortcut == "identity":
                if widths[index - layer.reach] != widths[-1]:
                    self.layers[index] = msgspec.structs.replace(layer, shortcut="automatic")
                    self.notes.append(
                        f"The skip connection {index + 1} is projected now: "
                        "the widths it adds differ."
                    )
            widths.append(shape.outputs)


def why_not(network: NetworkSpec, place: int, kind: type[AnyLayer]) -> str:
    """Return why a kind of layer cannot be put in at a place, or ""."""
    if len(network.layers) >= MAXIMUM_LAYERS:
        return f"There are {MAXIMUM_LAYERS} layers already."
    return LEAST if kind is Skip and place == 0 else ""


def inserted(
    network: NetworkSpec, place: int, kind: type[AnyLayer] = Dense, input_count: int = 1
) -> Change:
    """Insert a hidden layer before the one at ``place``.

    A dense layer becomes like its neighbour. A norm takes over the activation of the dense layer
    before it: Ioffe & Szegedy normalise before the activation. A skip connection bridges the block
    since the last one.

    Parameters
    ----------
    place
        From 0 (first) to the number of hidden layers (last).

    Raises
    ------
    Impossible
        If it has nothing to bridge, or there are too many.
    """
    reason = why_not(network, place, kind)
    if reason:
        raise Impossible(reason)
    draft = _Draft.of(network)
    layer: AnyLayer = kind()
    before = network.layers[place - 1] if place else None
    if kind is Dense:
        layer = _like_neighbour(network, place)
    elif isinstance(layer, BatchNorm | LayerNorm) and isinstance(before, Dense):
        activation = before.activation
        if activation != Identity() and activation.pre_width(1) == 1:
            layer = msgspec.structs.replace(layer, activation=activation)
            draft.layers[place - 1] = msgspec.structs.replace(before, activation=Identity())
            draft.notes.append(
                f"{title_of(type(activation))} now follows the norm, as in the paper; "
                f"layer {place} itself is linear."
            )
    elif isinstance(layer, Skip):
        reach = _reach_of_block(network, place, input_count)
        layer = msgspec.structs.replace(layer, reach=reach)
    draft.insert(place, layer)
    key = draft.keys[place]
    return draft.change(network, input_count, key)


def removed(network: NetworkSpec, place: int, input_count: int = 1) -> Change:
    """Remove a hidden layer. A norm gives back the activation to the dense layer before it."""
    draft = _Draft.of(network)
    layer = network.layers[place]
    before = network.layers[place - 1] if place else None
    if isinstance(layer, BatchNorm | LayerNorm) and isinstance(before, Dense):
        if before.activation == Identity() and layer.activation != Identity():
            draft.layers[place - 1] = msgspec.structs.replace(before, activation=layer.activation)
            draft.notes.append(f"Layer {place} has {title_of(type(layer.activation))} again.")
    for kept in (draft.layers, draft.keys, draft.bridged):
        del kept[place]
    return draft.change(network, input_count, None)


def moved(network: NetworkSpec, place: int, target: int, input_count: int = 1) -> Change:
    """Move a hidden layer, so that it stands at ``target`` afterwards.

    Raises
    ------
    Impossible
        If a skip connection would have no layer before it.
    """
    draft = _Draft.of(network)
    for entries in (draft.layers, draft.keys, draft.bridged):
        _move(entries, place, target)
    if isinstance(draft.layers[0], Skip):
        raise Impossible(LEAST)
    for index, other in enumerate(draft.layers):
        if not isinstance(other, Skip):
            continue
        # What was put between bridged layers, or just before the sum, is bridged from now on; what
        # was taken out of them is not.
        stayed = draft.bridged[index] - {place}
        places = [p for p in range(index) if draft.keys[p] in stayed]
        first = min(places, default=index - 1)
        draft.bridged[index] = {key for key in draft.keys[first:index] if key is not None}
    return draft.change(network, input_count, draft.keys[target])


def _move(entries: list[Any], place: int, target: int) -> None:
    entries.insert(target, entries.pop(place))


def duplicated(network: NetworkSpec, place: int, input_count: int = 1) -> Change:
    """Insert a copy of a hidden layer behind it.

    Raises
    ------
    Impossible
        If there are too many layers.
    """
    if len(network.layers) >= MAXIMUM_LAYERS:
        raise Impossible(why_not(network, place, Dense))
    draft = _Draft.of(network)
    draft.insert(place + 1, network.layers[place])
    return draft.change(network, input_count, draft.keys[place + 1])


def _like_neighbour(network: NetworkSpec, place: int) -> Dense:
    """Return a layer like the nearest dense one, before or else behind."""
    layers = network.layers
    near = [*reversed(layers[:place]), *layers[place:]]
    found = next((layer for layer in near if isinstance(layer, Dense)), Dense())
    # Where a norm follows, it has the activation that the layer is meant to have.
    index = next((i for i, layer in enumerate(layers) if layer is found), -1)
    behind = layers[index + 1] if 0 <= index < len(layers) - 1 else None
    if isinstance(behind, BatchNorm | LayerNorm) and found.activation == Identity():
        found = msgspec.structs.replace(found, activation=behind.activation)
    return msgspec.structs.replace(found, frozen=False)


def _reach_of_block(network: NetworkSpec, place: int, input_count: int) -> int:
    """Return how many layers a new skip connection at a place bridges.

    As many as there are since the last one, from where the width is that of the sum; if it is that
    nowhere, those from the last dense layer on.
    """
    widths = [input_count]
    for layer in network.layers[:place]:
        widths.append(LayerShape(layer, widths[-1]).outputs)
    first = max(
        (i + 1 for i, layer in enumerate(network.layers[:place]) if isinstance(layer, Skip)),
        default=0,
    )
    dense = [i for i in range(place) if isinstance(network.layers[i], Dense)]
    last = dense[-1] if dense else place - 1
    for source in range(min(first, last), last + 1):
        if widths[source] == widths[place]:
            return place - source
    return max(1, place - last)

"""Edits of the structure of a network: each returns a new description of it."""

from __future__ import annotations

import msgspec

from playground.engine.layers import MAXIMUM_LAYERS, AnyLayer, Dense
from playground.engine.network import NetworkSpec

__all__ = ["MAXIMUM_LAYERS", "duplicated", "inserted", "moved", "removed"]


def inserted(network: NetworkSpec, place: int) -> NetworkSpec:
    """Insert a hidden layer before the one at ``place``, like its neighbour.

    Parameters
    ----------
    place
        From 0 (first) to the number of hidden layers (last).
    """
    layers = list(network.layers)
    if not layers:
        layer: AnyLayer = Dense()
    else:
        layer = layers[place - 1] if place > 0 else layers[0]
    layers.insert(place, layer)
    return msgspec.structs.replace(network, layers=tuple(layers))


def removed(network: NetworkSpec, place: int) -> NetworkSpec:
    """Remove a hidden layer."""
    layers = list(network.layers)
    del layers[place]
    return msgspec.structs.replace(network, layers=tuple(layers))


def moved(network: NetworkSpec, place: int, target: int) -> NetworkSpec:
    """Move a hidden layer, so that it stands at ``target`` afterwards."""
    layers = list(network.layers)
    layers.insert(target, layers.pop(place))
    return msgspec.structs.replace(network, layers=tuple(layers))


def duplicated(network: NetworkSpec, place: int) -> NetworkSpec:
    """Insert a copy of a hidden layer behind it."""
    layers = list(network.layers)
    layers.insert(place + 1, layers[place])
    return msgspec.structs.replace(network, layers=tuple(layers))

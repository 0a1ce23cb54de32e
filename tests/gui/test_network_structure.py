"""Edits of the structure: what follows them, and what they cannot lead to."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from playground.engine.activations import Identity, Maxout, ReLU, Tanh
from playground.engine.layers import (
    MAXIMUM_LAYERS,
    AnyLayer,
    BatchNorm,
    Dense,
    Dropout,
    LayerNorm,
    Skip,
)
from playground.engine.network import NetworkSpec, check_layers
from playground.gui.train.network.structure import (
    Impossible,
    duplicated,
    inserted,
    moved,
    removed,
)


def network(*layers: AnyLayer) -> NetworkSpec:
    return NetworkSpec(layers=layers)


def kinds(spec: NetworkSpec) -> list[type]:
    return [type(layer) for layer in spec.layers]


def reaches(spec: NetworkSpec) -> list[int]:
    return [layer.reach for layer in spec.layers if isinstance(layer, Skip)]


@pytest.mark.parametrize("norm", [BatchNorm, LayerNorm])
def test_that_a_norm_takes_over_the_activation_and_gives_it_back(norm: type[AnyLayer]) -> None:
    before = network(Dense(8, ReLU()), Dense(4))
    change = inserted(before, 1, norm, 2)
    assert change.network.layers == (Dense(8, Identity()), norm(ReLU()), Dense(4))
    assert len(change.notes) == 1
    assert "ReLU" in change.notes[0]
    back = removed(change.network, 1, 2)
    assert back.network == before
    assert "ReLU" in back.notes[0]


def test_that_a_norm_leaves_alone_what_it_cannot_take_over() -> None:
    before = network(Dense(4, Maxout()), Dropout())
    assert inserted(before, 1, BatchNorm, 2).network.layers[0] == Dense(4, Maxout())
    assert inserted(before, 2, BatchNorm, 2).network.layers[2] == BatchNorm()


def test_that_a_dense_layer_behind_a_norm_is_like_the_dense_one_with_its_activation() -> None:
    before = network(Dense(8, Identity(), frozen=True), BatchNorm(ReLU()), Dropout())
    assert inserted(before, 3, Dense, 2).network.layers[3] == Dense(8, ReLU())


def test_that_a_new_skip_bridges_the_block_since_the_last_one() -> None:
    block = (Dense(8), Dense(8))
    first = inserted(network(Dense(8), *block), 3, Skip, 2).network
    assert reaches(first) == [2]
    second = inserted(NetworkSpec(layers=(*first.layers, *block)), 6, Skip, 2).network
    assert reaches(second) == [2, 2]
    # No earlier layer is as wide: the last dense layer is bridged, and its input projected.
    assert reaches(inserted(network(Dense(8), Dense(5)), 2, Skip, 2).network) == [1]


def test_that_a_skip_needs_a_layer_before_it() -> None:
    with pytest.raises(Impossible, match="needs a layer before it"):
        inserted(network(Dense(4)), 0, Skip, 2)
    with pytest.raises(Impossible, match="needs a layer before it"):
        moved(network(Dense(4), Skip()), 1, 0, 2)
    with pytest.raises(Impossible, match="needs a layer before it"):
        moved(network(Dense(4), Skip(), Dense(4)), 0, 1, 2)


def test_that_what_is_put_between_is_bridged_and_what_is_put_before_is_not() -> None:
    before = network(Dense(4), Dense(4), Dense(4), Skip(2))
    between = [reaches(inserted(before, place, Dropout, 2).network) for place in range(5)]
    assert between == [[2], [2], [3], [3], [2]]


def test_that_a_removed_layer_is_not_bridged_any_more() -> None:
    before = network(Dense(4), Dense(4), Dense(4), Skip(2))
    after = [reaches(removed(before, place, 2).network) for place in range(3)]
    assert after == [[2], [1], [1]]


def test_that_a_skip_goes_with_the_last_layer_that_it_bridged() -> None:
    change = removed(network(Dense(4), Dense(4), Skip(1), Skip(2)), 1, 2)
    assert kinds(change.network) == [Dense]
    assert change.order == (0,)
    assert len(change.notes) == 2


def test_that_an_identity_that_does_not_fit_any_more_becomes_a_projection() -> None:
    before = network(Dense(8), Dense(4), Dense(8), Skip(2, shortcut="identity"))
    change = removed(before, 2, 2)
    skip = change.network.layers[-1]
    assert isinstance(skip, Skip)
    assert (skip.reach, skip.shortcut) == (1, "automatic")
    assert "projected" in change.notes[0]


def test_that_moving_a_layer_out_of_a_bridge_shortens_it_and_into_it_makes_it_longer() -> None:
    before = network(Dense(1), Dense(2), Dense(3), Skip(2), Dense(4))
    assert reaches(moved(before, 2, 0, 2).network) == [1]
    assert reaches(moved(before, 4, 2, 2).network) == [3]
    assert reaches(moved(before, 3, 4, 2).network) == [3]
    assert moved(before, 2, 0, 2).order == (2, 0, 1, 3, 4)


def test_that_a_duplicate_stands_behind_and_no_more_than_the_most_fit() -> None:
    change = duplicated(network(Dense(4), Dense(2), Skip(1)), 1, 2)
    assert change.network.layers == (Dense(4), Dense(2), Dense(2), Skip(2))
    assert change.place == 2
    full = network(*[Dense(1)] * MAXIMUM_LAYERS)
    for edit in (lambda: duplicated(full, 0, 2), lambda: inserted(full, 0, Dense, 2)):
        with pytest.raises(Impossible, match="already"):
            edit()


@pytest.mark.parametrize("seed", range(40))
def test_that_no_series_of_edits_leads_to_a_network_that_does_not_fit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spec, options = network(Dense(3, Tanh())), get_args(AnyLayer)
    for _ in range(30):
        count = len(spec.layers)
        place = int(rng.integers(count)) if count else 0
        try:
            match int(rng.integers(4)) if count else 0:
                case 0:
                    kind = options[rng.integers(len(options))]
                    change = inserted(spec, int(rng.integers(count + 1)), kind, 3)
                case 1 if count > 4:
                    change = removed(spec, place, 3)
                case 2:
                    change = moved(spec, place, int(rng.integers(count)), 3)
                case _:
                    change = duplicated(spec, place, 3)
        except Impossible:
            continue
        check_layers(change.network, 3)
        assert len(change.order) == len(change.network.layers)
        known = [old for old in change.order if old is not None]
        assert len(set(known)) == len(known)
        for new, old in enumerate(change.order):
            if old is not None:
                assert type(change.network.layers[new]) is type(spec.layers[old])
        spec = change.network

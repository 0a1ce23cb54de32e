"""What each column of the canvas has to hold, for a given network."""

from __future__ import annotations

from collections.abc import Sequence

from playground.engine.layers import Dense, Dropout, Layer
from playground.gui.train.network.geometry import (
    CARD_WIDTH,
    NARROW_CARD,
    SLIM_CARD,
    ColumnPlan,
)
from playground.gui.train.network.links import LinkKind, kind_of
from playground.gui.train.network.naming import Names

__all__ = ["card_width_of", "plans_of", "root_of"]


def card_width_of(layer: Layer) -> int:
    """Return the width of the card of a hidden layer."""
    if isinstance(layer, Dense):
        return CARD_WIDTH
    return SLIM_CARD if isinstance(layer, Dropout) else NARROW_CARD


def plans_of(names: Names, firsts: Sequence[int] = ()) -> list[ColumnPlan]:
    """Return a plan for each column, inputs first.

    Parameters
    ----------
    firsts
        The first unit to be shown of each column, if it is of so many columns.
    """
    layers = names.architecture.layers
    if len(firsts) != len(layers) + 1:
        firsts = [0] * (len(layers) + 1)
    plans = [ColumnPlan(layers[0].inputs, names.image_shape is not None, firsts[0])]
    for shape, first in zip(layers, firsts[1:], strict=True):
        plans.append(
            ColumnPlan(
                shape.outputs,
                first=first,
                card_width=card_width_of(shape.layer),
                is_straight=kind_of(shape) is not LinkKind.FULL,
                is_gate=isinstance(shape.layer, Dropout),
            )
        )
    return plans


def root_of(plans: Sequence[ColumnPlan], index: int) -> int:
    """Return the column whose units, and which of them are shown, a column follows."""
    while index and plans[index].follows(plans[index - 1]):
        index -= 1
    return index

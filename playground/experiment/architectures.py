"""Hidden layers as people write them down: ``8-8`` is two dense layers of eight units.

Other architectures are made of the layers that an experiment has: each dense layer keeps its
activation, its initial weights and whatever follows it before the next dense layer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from playground.engine.layers import MAXIMUM_LAYERS, MAXIMUM_UNITS, AnyLayer, Dense
from playground.engine.network import NetworkSpec
from playground.experiment.spec import ExperimentSpec, checked
from playground.schema.validation import InvalidValue

__all__ = [
    "Widths",
    "parsed_widths",
    "suggested_widths",
    "widths_of",
    "widths_text",
    "with_widths",
]

Widths = tuple[int, ...]
"""Units of each dense hidden layer, from the first; empty for a single neuron."""

NOTHING_HIDDEN = "none"
MOST_SUGGESTIONS = 6

_BETWEEN = re.compile(r"\s*[-–—,x×;/ ]\s*")
_REMEDY = f"write units per layer, such as 8-8, or {NOTHING_HIDDEN!r} for no hidden layer"


def widths_text(widths: Widths) -> str:
    """Return ``8-8``, or ``none``."""
    return "-".join(map(str, widths)) or NOTHING_HIDDEN


def parsed_widths(text: str) -> Widths:
    """Read widths as a person types them: ``8-8``, ``8, 8``, ``8 x 8``, ``none``.

    Raises
    ------
    InvalidValue
        Naming the text and what is wrong with it.
    """
    text = text.strip()
    if text.lower() in (NOTHING_HIDDEN, "0"):
        return ()
    parts = _BETWEEN.split(text)
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidValue("layers", text, "are not hidden layers", _REMEDY)
    # By their length first: Python refuses to read numbers of thousands of digits.
    if any(len(part) > 9 or not 1 <= int(part) <= MAXIMUM_UNITS for part in parts):
        problem = "have a width out of range"
        raise InvalidValue("layers", text, problem, f"allowed is 1 <= units <= {MAXIMUM_UNITS}")
    if len(parts) > MAXIMUM_LAYERS:
        raise InvalidValue("layers", text, "are too many", f"use {MAXIMUM_LAYERS} at most")
    return tuple(int(part) for part in parts)


def widths_of(network: NetworkSpec) -> Widths:
    """Return the widths of the dense hidden layers."""
    return tuple(layer.units for layer in network.layers if isinstance(layer, Dense))


def with_widths(spec: ExperimentSpec, widths: Widths) -> ExperimentSpec:
    """Return the experiment with other dense layers.

    A layer keeps everything but its width. Layers beyond those that there are repeat the last
    one, with what follows it (such as batch normalization); without any they are plain. The
    widths that the network has already give back the same experiment.
    """
    if widths == widths_of(spec.network):
        return spec
    before, blocks = _blocks(spec.network.layers)
    layers: list[AnyLayer] = list(before)
    for index, units in enumerate(widths):
        block = blocks[min(index, len(blocks) - 1)] if blocks else (Dense(),)
        layers += [
            msgspec.structs.replace(layer, units=units) if isinstance(layer, Dense) else layer
            for layer in block
        ]
    network = msgspec.structs.replace(spec.network, layers=tuple(layers))
    return msgspec.structs.replace(spec, network=network)


def suggested_widths(spec: ExperimentSpec) -> tuple[Widths, ...]:
    """Return architectures worth comparing: this one, and steps away from it in each direction.

    Left out are those that do not fit what else the network has, such as a skip connection.
    """
    now = widths_of(spec.network)
    around: tuple[Widths, ...] = ((), (2,), (4,), (8,), (4, 4), (8, 8))
    if now:
        around = _around(now)
    fitting = (widths for widths in dict.fromkeys(around) if _fits(spec, widths))
    return tuple(fitting)[:MOST_SUGGESTIONS]


def _around(now: Widths) -> tuple[Widths, ...]:
    return (
        now,
        tuple(max(1, units // 2) for units in now),
        tuple(min(MAXIMUM_UNITS, units * 2) for units in now),
        now[:-1],
        (*now, now[-1])[:MAXIMUM_LAYERS],
        (),
    )


def _fits(spec: ExperimentSpec, widths: Widths) -> bool:
    try:
        checked(with_widths(spec, widths))
    except InvalidValue:
        return False
    return True


def _blocks(layers: Sequence[AnyLayer]) -> tuple[tuple[AnyLayer, ...], list[tuple[AnyLayer, ...]]]:
    """Return what stands before the first dense layer, and each of them with what follows it."""
    blocks: list[list[AnyLayer]] = [[]]
    for layer in layers:
        if isinstance(layer, Dense):
            blocks.append([])
        blocks[-1].append(layer)
    return tuple(blocks[0]), [tuple(block) for block in blocks[1:]]

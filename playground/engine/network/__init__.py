"""A network: its architecture, its parameters, and the pass through it."""

from playground.engine.network.architecture import (
    Architecture,
    LayerShape,
    NetworkSpec,
    check_layers,
    resolve,
)
from playground.engine.network.parameters import Parameters, initial_parameters, weight_mask
from playground.engine.network.passes import LayerPass, draw_masks, forward, predict

__all__ = [
    "Architecture",
    "LayerPass",
    "LayerShape",
    "NetworkSpec",
    "Parameters",
    "check_layers",
    "draw_masks",
    "forward",
    "initial_parameters",
    "predict",
    "resolve",
    "weight_mask",
]

"""Weights from a file, into a network that has room for them, or into one made for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData
from playground.engine.activations import ReLU
from playground.engine.layers import Dense
from playground.engine.network import Architecture
from playground.experiment.spec import ExperimentSpec, architecture_of, checked, spec_from_tree
from playground.experiment.trees import BadTree, tree_from_json
from playground.exporting.weights.formats import WeightFile
from playground.exporting.weights.metadata import EXPERIMENT
from playground.exporting.weights.tensors import UnfitWeights, parameters_from
from playground.schema.validation import InvalidValue
from playground.training.trainer import Trainer

__all__ = ["linear_layers", "spec_for_weights", "trainer_with_weights"]

Reals = NDArray[Any]

_OURS = re.compile(r"(layers|activations)\.\d+\.\w+")


@dataclass(frozen=True, eq=False)
class Linear:
    """A dense layer as it stands in a file of somebody else.

    Attributes
    ----------
    name
        What its weight is called there.
    weight : (outputs, inputs)
    bias : (outputs,)
    """

    name: str
    weight: Reals
    bias: Reals


def linear_layers(file: WeightFile) -> list[Linear]:
    """Return the dense layers of a file, in the order of their names.

    Raises
    ------
    UnfitWeights
        If there is anything else in it, or widths do not follow from one another.
    """
    layers: list[Linear] = []
    left = dict(file.tensors)
    for name, tensor in file.tensors.items():
        if not name.endswith("weight"):
            continue
        if tensor.ndim != 2:
            raise UnfitWeights(
                f"{name} is no matrix: only dense layers can be told from their shapes; import the "
                "file into a network of the same layers instead"
            )
        bias_name = f"{name.removesuffix('weight')}bias"
        bias = left.pop(bias_name, np.zeros(len(tensor), tensor.dtype))
        if bias.shape != (len(tensor),):
            raise UnfitWeights(
                f"{bias_name} has the shape {bias.shape}, but {name} has {len(tensor)} outputs"
            )
        if layers and len(layers[-1].weight) != tensor.shape[1]:
            raise UnfitWeights(
                f"{name} takes {tensor.shape[1]} inputs, but {layers[-1].name} before it has "
                f"{len(layers[-1].weight)} outputs"
            )
        layers.append(Linear(name, left.pop(name), bias))
    if left or not layers:
        shown = ", ".join(list(left)[:4]) or "nothing"
        raise UnfitWeights(
            f"it holds {shown} where matrices named *.weight and vectors named *.bias are expected"
        )
    return layers


def _renamed(file: WeightFile, architecture: Architecture) -> dict[str, Reals]:
    """Return the arrays under our names: as they are, or dense layer after dense layer."""
    if all(_OURS.fullmatch(name) for name in file.tensors):
        ours = [i for i, shape in enumerate(architecture.layers) if shape.rows]
        theirs = [n for n in file.tensors if n.endswith(".weight") and n.startswith("layers.")]
        # A ModuleList of PyTorch may count its activations, too.
        is_same = {int(name.split(".")[1]) for name in theirs} == set(ours)
        if is_same or EXPERIMENT in file.metadata:
            return file.tensors
    places = [i for i, s in enumerate(architecture.layers) if isinstance(s.layer, Dense)]
    layers = linear_layers(file)
    if len(layers) != len(places):
        raise UnfitWeights(
            f"the file has {len(layers)} dense layers, the network has {len(places)}; change the "
            "network, or build one from these weights"
        )
    tensors: dict[str, Reals] = {}
    for place, layer in zip(places, layers, strict=True):
        tensors[f"layers.{place}.weight"] = layer.weight
        tensors[f"layers.{place}.bias"] = layer.bias
    return tensors


def trainer_with_weights(
    spec: ExperimentSpec, file: WeightFile, data: PreparedData | None = None
) -> Trainer:
    """Return a trainer before its first step, with the weights of a file.

    Raises
    ------
    UnfitWeights
        If they do not fit the network; the message names the layer and both shapes.
    DataError
        If the samples cannot be read.
    """
    architecture = architecture_of(spec)
    dtype = np.dtype(spec.training.dtype)
    parameters = parameters_from(architecture, _renamed(file, architecture), dtype)
    return Trainer(spec, data, parameters.vector, parameters.statistics)


def spec_for_weights(file: WeightFile, like: ExperimentSpec) -> ExperimentSpec:
    """Return an experiment whose network has room for the weights of a file.

    The playground writes the experiment into its own files. From those of others only dense layers
    can be told: they get ReLU, for no file of weights says what is between its matrices.

    Parameters
    ----------
    like
        Where data and training come from if the file has no experiment.

    Raises
    ------
    UnfitWeights
        If there is no such network, or its ends do not fit the data.
    """
    if EXPERIMENT in file.metadata:
        try:
            return spec_from_tree(tree_from_json(file.metadata[EXPERIMENT].encode()))
        except (BadTree, InvalidValue) as error:
            raise UnfitWeights(f"the experiment in the file is not sound: {error}") from error
    layers = linear_layers(file)
    widths = [len(layer.weight) for layer in layers]
    inputs, wanted = layers[0].weight.shape[1], len(like.data.input_names)
    if inputs != wanted:
        raise UnfitWeights(
            f"{layers[0].name} takes {inputs} inputs, but the data {like.name} has {wanted}; "
            "choose data with as many inputs"
        )
    outputs = architecture_of(like).head.output_count
    if widths[-1] != outputs:
        raise UnfitWeights(
            f"{layers[-1].name} has {widths[-1]} outputs, but the task of {like.name} takes "
            f"{outputs}; choose other data, or another loss"
        )
    hidden = tuple(Dense(width, ReLU()) for width in widths[:-1])
    network = msgspec.structs.replace(like.network, layers=hidden)
    try:
        return checked(msgspec.structs.replace(like, network=network))
    except InvalidValue as error:
        raise UnfitWeights(f"the network cannot be built: {error}") from error

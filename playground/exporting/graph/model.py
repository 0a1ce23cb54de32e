"""The whole ONNX model: preparation, layers, outputs and probabilities."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from playground import __version__
from playground.data.features import FeatureName
from playground.engine.activations import Identity
from playground.engine.head import Head
from playground.exporting.graph.nodes import ACTIVATIONS, LAYERS, OPSET, GraphBuilder
from playground.exporting.preparing import Preparation
from playground.exporting.probability import Certainty
from playground.exporting.run import Run
from playground.exporting.weights.exporters import tensors_of
from playground.exporting.weights.metadata import metadata_of
from playground.schema.task import TaskKind

__all__ = ["FEATURE_NODES", "INPUT", "OUTPUTS", "PROBABILITIES", "made_model"]

INPUT, OUTPUTS, PROBABILITIES = "inputs", "outputs", "probabilities"
_BATCH = "batch"
_IR_VERSION = 9
"""The form of the file that belongs to opset 20."""

FEATURE_NODES: dict[FeatureName, tuple[str, tuple[str, ...]]] = {
    "x1": ("Identity", ("x1",)),
    "x2": ("Identity", ("x2",)),
    "x1_squared": ("Mul", ("x1", "x1")),
    "x2_squared": ("Mul", ("x2", "x2")),
    "x1_x2": ("Mul", ("x1", "x2")),
    "sin_x1": ("Sin", ("x1",)),
    "sin_x2": ("Sin", ("x2",)),
}
"""Operator and inputs of each feature of a point. A contract test holds it complete."""


def made_model(run: Run) -> Any:
    """Return the network of a run as ``onnx.ModelProto``, checked by the library.

    It takes raw values (batch, r) of type float32: coordinates, or pixels as they are stored. It
    gives ``outputs`` (batch, k) and, for classes, ``probabilities`` (batch, classes).
    """
    import onnx
    from onnx import TensorProto, helper

    builder, preparation = GraphBuilder(), Preparation.of(run.data)
    architecture = run.trainer.architecture
    head = architecture.head
    value = _prepared(builder, preparation)
    tensors = tensors_of(run)
    values = [value]
    for index, shape in enumerate(architecture.layers):
        prefix = f"layers.{index}."
        arrays = {
            name.removeprefix(prefix): builder.constant(name, tensor)
            for name, tensor in tensors.items()
            if name.startswith(prefix) and tensor.ndim
        }
        slopes = f"activations.{index}.weight"
        slopes = builder.constant(slopes, tensors[slopes]) if slopes in tensors else ""
        is_last = index == len(architecture.layers) - 1
        a = OUTPUTS if is_last else f"layers.{index}.a"
        is_linear = isinstance(shape.activation, Identity)
        z = a if is_linear else f"layers.{index}.z"
        source = values[shape.source] if shape.source is not None else ""
        LAYERS[type(shape.layer)](builder, shape.layer, values[-1], source, z, arrays)
        if not is_linear:
            ACTIVATIONS[type(shape.activation)](builder, shape.activation, z, a, slopes)
        values.append(a)
    results = [(OUTPUTS, head.output_count)]
    if head.task.kind is not TaskKind.REGRESSION:
        add_probabilities(builder, head)
        results.append((PROBABILITIES, head.task.class_count))

    def described(name: str, width: int) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [_BATCH, width])

    graph = helper.make_graph(
        builder.nodes,
        run.spec.name or "network",
        [described(INPUT, len(preparation.raw_names))],
        [described(name, width) for name, width in results],
        builder.constants,
        doc_string=run.spec.about,
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=_IR_VERSION,
        producer_name="Gradient Playground",
        producer_version=__version__,
        doc_string=_description(preparation, head),
    )
    helper.set_model_props(model, _properties(run, preparation))
    onnx.checker.check_model(model, full_check=True)
    return model


def _prepared(builder: GraphBuilder, preparation: Preparation) -> str:
    """Add what is done to raw values; return the name of what the first layer sees."""
    value = INPUT
    if preparation.features is not None and preparation.features != ("x1", "x2"):
        builder.split(INPUT, ["x1", "x2"], axis=1)
        columns = []
        for name in preparation.features:
            operator, inputs = FEATURE_NODES[name]
            is_made = operator != "Identity"
            column = builder.node(operator, list(inputs), f"features/{name}") if is_made else name
            columns.append(column)
        value = builder.node("Concat", columns, "features", axis=1)
    if preparation.ink > 1:
        ink = builder.number("full_ink", preparation.ink)
        value = builder.node("Div", [value, ink], "pixels")
    if preparation.offset is not None and preparation.divisor is not None:
        offset = builder.constant("scale/offset", preparation.offset)
        divisor = builder.constant("scale/divisor", preparation.divisor)
        centred = builder.node("Sub", [value, offset], "centred")
        value = builder.node("Div", [centred, divisor], "scaled")
    return value


def add_probabilities(builder: GraphBuilder, head: Head) -> None:
    """Add what makes a share for each class of the outputs, as :meth:`Head.class_certainty`."""
    count, certain = head.output_count, Certainty.of(head)
    if certain.form == "softmax":
        builder.node("Softmax", [OUTPUTS], PROBABILITIES, axis=1)
        return
    if certain.form == "sigmoid":
        certainty = builder.node("Sigmoid", [OUTPUTS], "certainty")
    else:
        low, high = certain.low, certain.high
        above = builder.node("Sub", [OUTPUTS, builder.number("no", low)], "certainty/above")
        share = builder.node("Div", [above, builder.number("range", high - low)], "certainty/share")
        zero, one = builder.number("certainty/zero", 0), builder.number("certainty/one", 1)
        certainty = builder.node("Clip", [share, zero, one], "certainty")
    if count == 1:
        rest = builder.node("Sub", [builder.number("one", 1), certainty], "certainty/rest")
        builder.node("Concat", [rest, certainty], PROBABILITIES, axis=1)
        return
    axes = builder.constant("classes", np.array([1]))
    total = builder.node("ReduceSum", [certainty, axes], "certainty/total", keepdims=1)
    # Where no class is believed in at all, each gets the same share.
    zero = builder.number("certainty/none", 0)
    is_believed = builder.node("Greater", [total, zero], "certainty/is_believed")
    one = builder.number("certainty/unit", 1)
    divisor = builder.node("Where", [is_believed, total, one], "certainty/divisor")
    shares = builder.node("Div", [certainty, divisor], "certainty/shares")
    alike = builder.number("certainty/alike", 1 / count)
    builder.node("Where", [is_believed, shares, alike], PROBABILITIES)


def _description(preparation: Preparation, head: Head) -> str:
    lines = [
        f"{head.task.kind.value}.",
        f"Input: {INPUT} (batch, {len(preparation.raw_names)}), raw values. "
        f"Preparation inside the model: {preparation.sentence}.",
        f"Output: {OUTPUTS} (batch, {head.output_count}), as the output layer gives them.",
    ]
    if head.task.class_names:
        lines.append(
            f"Output: {PROBABILITIES} (batch, {head.task.class_count}), in this order: "
            f"{', '.join(head.task.class_names)}."
        )
    return "\n".join(lines)


def _properties(run: Run, preparation: Preparation) -> dict[str, str]:
    properties = metadata_of(run)
    properties["input_names"] = json.dumps(list(preparation.raw_names), ensure_ascii=False)
    return properties

"""The exporter of ONNX models."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from playground.engine.head import Head
from playground.exporting.base import Exporter, Preview, Proof
from playground.exporting.graph.model import INPUT, made_model
from playground.exporting.outputs import Expected
from playground.exporting.probability import Certainty
from playground.exporting.run import Run
from playground.exporting.weights.exporters import MODEL
from playground.training.jobs import Progress

__all__ = ["OnnxModel", "graph_summary"]


class OnnxModel(Exporter, frozen=True, tag="onnx"):
    """The whole model, from raw inputs to probabilities, for any runtime that reads ONNX.

    Features and scaling are inside, so that raw values go in; batches may be of any size. The
    numbers are float32, whatever the network was trained in.
    """

    title: ClassVar[str] = "Model (ONNX)"
    suffix: ClassVar[str] = ".onnx"
    group: ClassVar[str] = MODEL

    def content(self, run: Run, progress: Progress) -> bytes:
        """Return the whole file."""
        Expected.of(run, "float32")  # refuses what could not be proved
        progress.report(0.1, "Building the graph")
        return bytes(made_model(run).SerializeToString())

    def preview(self, run: Run, progress: Progress) -> Preview:
        """Return what goes in, the nodes one after another, and what comes out."""
        model = made_model(run)
        summary = (
            f"{len(model.graph.node)} nodes, opset {model.opset_import[0].version}, "
            f"{model.ByteSize():,} bytes"
        )
        return Preview(summary, graph_summary(model), True)

    def prove(self, run: Run, path: Path, progress: Progress) -> Proof:
        """Run the file: in ONNX Runtime where that is installed, else as the library defines it."""
        import onnx

        model = onnx.load(str(path))
        onnx.checker.check_model(model)
        progress.report(0.7, "Running the model")
        expected = Expected.of(run, "float32")
        reader, results = _run(path, model, np.asarray(expected.raw, np.float32))
        proof = expected.proof(reader, results[0])
        head = run.trainer.architecture.head
        if not head.task.class_names or not proof.holds:
            return proof
        return _with_probabilities(proof, head, expected, results[1])


def _with_probabilities(proof: Proof, head: Head, expected: Expected, found: Any) -> Proof:
    with np.errstate(all="ignore"):
        certainty = head.class_certainty(expected.outputs)
    apart = float(np.abs(found - certainty).max(initial=0))
    certain, tolerance = Certainty.of(head), proof.tolerance
    if certain.form == "range":
        tolerance /= min(1.0, abs(certain.high - certain.low))
    if certain.form != "softmax" and head.output_count > 1:
        # A quotient of certainties: where their sum is small, it is steep.
        tolerance *= 4 * head.task.class_count
    if not apart <= tolerance:
        return Proof(proof.reader, "probabilities", apart, tolerance)
    words = proof.compared.replace("outputs", "outputs and probabilities")
    largest = max(proof.largest_difference, apart)
    return Proof(proof.reader, words, largest, max(proof.tolerance, tolerance))


def _run(path: Path, model: Any, raw: Any) -> tuple[str, list[Any]]:
    """Return who ran the model, and what came out."""
    names = [output.name for output in model.graph.output]
    try:
        import onnxruntime
    except ImportError:
        from onnx.reference import ReferenceEvaluator

        with np.errstate(all="ignore"):
            return "ONNX reference evaluator", ReferenceEvaluator(model).run(names, {INPUT: raw})
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return "ONNX Runtime library", session.run(names, {INPUT: raw})


def graph_summary(model: Any) -> str:
    """Return a model as text: what goes in, every node, what comes out, what is said about it."""

    def shape_of(value: Any) -> str:
        sizes = value.type.tensor_type.shape.dim
        return ", ".join(size.dim_param or str(size.dim_value) for size in sizes)

    graph = model.graph
    constants = {c.name: " × ".join(map(str, c.dims)) or "1" for c in graph.initializer}
    lines = [f"in   {value.name} ({shape_of(value)})" for value in graph.input]
    width = max(len(node.op_type) for node in graph.node)
    for node in graph.node:
        inputs = [f"{n} [{constants[n]}]" if n in constants else n for n in node.input]
        outputs = ", ".join(node.output)
        lines.append(f"     {node.op_type:<{width}}  {', '.join(inputs)} → {outputs}")
    lines += [f"out  {value.name} ({shape_of(value)})" for value in graph.output]
    lines += ["", model.doc_string, "", "metadata"]
    lines += [f"  {entry.key}: {entry.value}" for entry in model.metadata_props]
    return "\n".join(lines)

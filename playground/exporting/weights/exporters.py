"""Exporters of weights: safetensors, which everybody reads, and NumPy's npz."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np

from playground.engine.network import predict
from playground.exporting.base import Exporter, Preview, Proof
from playground.exporting.outputs import Expected
from playground.exporting.preparing import Preparation
from playground.exporting.run import Run
from playground.exporting.weights.formats import (
    WeightFile,
    npz_bytes,
    read_npz,
    read_safetensors,
    safetensors_bytes,
)
from playground.exporting.weights.metadata import metadata_of
from playground.exporting.weights.tensors import named_tensors, parameters_from
from playground.training.jobs import JobRefused, Progress

__all__ = ["NpzWeights", "SafetensorsWeights", "tensors_of"]

MODEL = "Model"


def tensors_of(run: Run) -> dict[str, np.ndarray]:
    """Return the arrays of a run by their names in files.

    Raises
    ------
    JobRefused
        If a weight is not a number.
    """
    trainer = run.trainer
    if not np.isfinite(trainer.parameters.vector).all():
        raise JobRefused(
            "the network has weights that are not numbers, for its training diverged; reset it, "
            "lower the learning rate and train again"
        )
    return named_tensors(trainer.architecture, trainer.parameters, trainer.step)


class WeightExporter(Exporter, frozen=True):
    """Writes every learned number, and what is to be known about them."""

    group: ClassVar[str] = MODEL
    reader: ClassVar[str]

    def packed(self, file: WeightFile) -> bytes:
        """Return arrays and metadata as a file."""
        raise NotImplementedError

    def unpacked(self, content: bytes) -> WeightFile:
        """Return what the format's own reader finds in a file."""
        raise NotImplementedError

    def content(self, run: Run, progress: Progress) -> bytes:
        """Return the whole file."""
        return self.packed(WeightFile(tensors_of(run), metadata_of(run)))

    def preview(self, run: Run, progress: Progress) -> Preview:
        """Return a table of the arrays, and the beginning of the metadata."""
        tensors, metadata = tensors_of(run), metadata_of(run)
        width = max(len(name) for name in tensors)
        lines = [f"{'name':<{width}}  {'type':<8} {'shape':>12}  {'least':>11} {'largest':>11}"]
        for name, tensor in tensors.items():
            shape = " × ".join(map(str, tensor.shape)) or "1"
            ends = f"{tensor.min():>11.4g} {tensor.max():>11.4g}".replace("-", "−")
            lines.append(f"{name:<{width}}  {tensor.dtype!s:<8} {shape:>12}  {ends}")
        lines += ["", "metadata", *(f"  {name}: {text}" for name, text in metadata.items())]
        size = len(self.content(run, progress))
        numbers = run.trainer.architecture.parameter_count
        summary = f"{len(tensors)} arrays, {numbers:,} parameters, {size:,} bytes"
        return Preview(summary, "\n".join(lines), True)

    def prove(self, run: Run, path: Path, progress: Progress) -> Proof:
        """Read the file, put its arrays into a new network, and ask that one."""
        file = self.unpacked(path.read_bytes())
        trainer, expected = run.trainer, Expected.of(run)
        dtype = trainer.parameters.vector.dtype
        parameters = parameters_from(trainer.architecture, file.tensors, dtype)
        inputs = Preparation.of(run.data).inputs(expected.raw)
        found = predict(trainer.architecture, parameters, inputs)
        proof = expected.proof(self.reader, found)
        same = np.array_equal(parameters.vector, trainer.parameters.vector)
        # Weights are written bit by bit; only the outputs may round otherwise.
        return proof if same else Proof(self.reader, "weights", float("nan"), 0.0)


class SafetensorsWeights(WeightExporter, frozen=True, tag="safetensors"):
    """All weights under PyTorch's names, safe to open: PyTorch, JAX, Rust and others read it.

    A weight matrix is (outputs, inputs), the transpose of the playground's. The metadata holds
    the experiment, the task, the inputs and their scale.
    """

    title: ClassVar[str] = "Weights (safetensors)"
    suffix: ClassVar[str] = ".safetensors"
    reader: ClassVar[str] = "safetensors library"

    def packed(self, file: WeightFile) -> bytes:
        """Return arrays and metadata as a file."""
        return safetensors_bytes(file.tensors, file.metadata)

    def unpacked(self, content: bytes) -> WeightFile:
        """Return what the format's own reader finds in a file."""
        return read_safetensors(content)


class NpzWeights(WeightExporter, frozen=True, tag="npz"):
    """All weights under PyTorch's names, for ``numpy.load``; the metadata is JSON in bytes.

    A weight matrix is (outputs, inputs), the transpose of the playground's. The array
    ``metadata`` is read with ``json.loads(bytes(file["metadata"]))``.
    """

    title: ClassVar[str] = "Weights (npz)"
    suffix: ClassVar[str] = ".npz"
    reader: ClassVar[str] = "NumPy library"

    def packed(self, file: WeightFile) -> bytes:
        """Return arrays and metadata as a file."""
        return npz_bytes(file.tensors, file.metadata)

    def unpacked(self, content: bytes) -> WeightFile:
        """Return what ``numpy.load`` finds in a file."""
        import io

        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        ours = read_npz(content)
        same = all(np.array_equal(found[name], ours.tensors[name]) for name in ours.tensors)
        return ours if same else WeightFile(found, {})

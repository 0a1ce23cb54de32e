"""The exporter of PyTorch scripts."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np

from playground.exporting.base import PREVIEW_LETTERS, Exporter, Preview, Proof
from playground.exporting.outputs import Expected
from playground.exporting.run import Run
from playground.exporting.scripts.numpy_exporter import CODE
from playground.exporting.scripts.running import outputs_of_script
from playground.exporting.scripts.text import file_stem
from playground.exporting.scripts.torch_script import data_bytes, made_torch_script
from playground.exporting.weights.exporters import SafetensorsWeights
from playground.files import write_all_whole
from playground.schema.parameter import shown
from playground.training.jobs import Progress
from playground.training.trainer import Trainer

__all__ = ["TorchScript"]

_NOT_RUN = (
    "PyTorch is not installed here, so that the script was not run (pip install torch, or run it "
    "elsewhere: it checks itself)."
)


class TorchScript(Exporter, frozen=True, tag="pytorch"):
    """The network and its training in PyTorch: for a graphics card, a cluster, or your own ideas.

    Writes the script, the weights as safetensors and the samples as npz. It has the same loss,
    optimizer, schedule, regularization and data, and runs with ``torchrun`` on many devices.
    """

    title: ClassVar[str] = "PyTorch script"
    suffix: ClassVar[str] = ".py"
    group: ClassVar[str] = CODE

    start: Annotated[
        Literal["trained", "initial"],
        shown(
            "Start from",
            help="The weights that the script begins with: those of now, or the initial ones, "
            "to train all over again.",
        ),
    ] = "trained"

    def run_to_write(self, run: Run) -> Run:
        """Return the run as the script begins with it."""
        if self.start == "trained":
            return run
        return Run(Trainer(run.spec, run.data, run.trainer.initial))

    def preview(self, run: Run, progress: Progress) -> Preview:
        """Return the beginning of the script."""
        stem = f"{file_stem(run.spec.name)}-pytorch"
        source = made_torch_script(self.run_to_write(run), stem)
        samples = len(run.data.samples.labels)
        summary = (
            f"{source.count(chr(10)):,} lines, {len(source.encode()):,} bytes; beside it the "
            f"weights as safetensors and {samples:,} samples as npz"
        )
        text = source[: 8 * PREVIEW_LETTERS]
        return Preview(summary, text, len(text) == len(source))

    def write(self, run: Run, path: Path, progress: Progress) -> tuple[Path, ...]:
        """Write the script, the weights and the samples."""
        written = self.run_to_write(run)
        weights = SafetensorsWeights().content(written, progress)
        files = {
            path: made_torch_script(written, path.stem).encode(),
            path.with_name(f"{path.stem}-weights.safetensors"): weights,
            path.with_name(f"{path.stem}-data.npz"): data_bytes(written),
        }
        progress.check()
        write_all_whole(files)
        return tuple(files)

    def prove(self, run: Run, path: Path, progress: Progress) -> Proof:
        """Run the script, if PyTorch is at hand; else only read its weights back."""
        written = self.run_to_write(run)
        if any(importlib.util.find_spec(name) is None for name in ("torch", "safetensors.torch")):
            compile(path.read_bytes(), path.name, "exec")
            weights = SafetensorsWeights().prove(
                written, path.with_name(f"{path.stem}-weights.safetensors"), progress
            )
            return Proof(
                weights.reader,
                weights.compared,
                weights.largest_difference,
                weights.tolerance,
                _NOT_RUN,
            )
        expected = Expected.of(written)
        found = outputs_of_script(path, expected.raw, progress, ("--epochs", "0"))
        return expected.proof("script itself, run by PyTorch", np.asarray(found))

"""The exporter of NumPy scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from playground.exporting.base import PREVIEW_LETTERS, Exporter, Preview, Proof
from playground.exporting.outputs import Expected
from playground.exporting.run import Run
from playground.exporting.scripts.numpy_script import made_numpy_script
from playground.exporting.scripts.running import outputs_of_script
from playground.exporting.scripts.text import file_stem
from playground.exporting.weights.exporters import tensors_of
from playground.exporting.weights.formats import npz_bytes
from playground.exporting.weights.metadata import metadata_of
from playground.files import write_all_whole
from playground.schema.parameter import shown
from playground.training.jobs import Progress

__all__ = ["CODE", "NumpyScript"]

CODE = "Code"
_MOST_INSIDE = 2000
"""Up to so many numbers stand in the script itself unless it is asked otherwise."""


class NumpyScript(Exporter, frozen=True, tag="numpy"):
    """The network as one readable Python file, which needs NumPy and nothing else.

    It holds just the functions that this network uses, layer after layer, and checks itself.
    """

    title: ClassVar[str] = "NumPy script"
    suffix: ClassVar[str] = ".py"
    group: ClassVar[str] = CODE

    weights: Annotated[
        Literal["automatic", "inside", "beside"],
        shown(
            "Weights",
            help="Where the weights go: into the script, or into an npz file beside it. "
            f"Automatic: inside, up to {_MOST_INSIDE:,} numbers.",
        ),
    ] = "automatic"

    def weights_name(self, run: Run, path: Path) -> str:
        """Return the name of the file of weights, or "" if they are inside."""
        count = run.trainer.architecture.parameter_count
        inside = self.weights == "inside" or (self.weights == "automatic" and count <= _MOST_INSIDE)
        return "" if inside else f"{path.stem}-weights.npz"

    def preview(self, run: Run, progress: Progress) -> Preview:
        """Return the beginning of the script."""
        path = Path(f"{file_stem(run.spec.name)}-numpy.py")
        beside = self.weights_name(run, path)
        source = made_numpy_script(run, path.name, beside)
        also = f", and the weights in {beside}" if beside else ""
        summary = f"{source.count(chr(10)):,} lines, {len(source.encode()):,} bytes{also}"
        text = source[: 8 * PREVIEW_LETTERS]
        return Preview(summary, text, len(text) == len(source))

    def write(self, run: Run, path: Path, progress: Progress) -> tuple[Path, ...]:
        """Write the script, and the weights beside it if they are not inside."""
        beside = self.weights_name(run, path)
        files = {path: made_numpy_script(run, path.name, beside).encode()}
        if beside:
            files[path.with_name(beside)] = npz_bytes(tensors_of(run), metadata_of(run))
        progress.check()
        write_all_whole(files)
        return tuple(files)

    def prove(self, run: Run, path: Path, progress: Progress) -> Proof:
        """Run the script in a Python of its own, and ask it about every sample."""
        expected = Expected.of(run)
        found = outputs_of_script(path, expected.raw, progress)
        return expected.proof("script itself, run by Python", found)

"""Run a script that was exported, in a Python of its own, and ask it for outputs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.training.jobs import JobRefused, Progress

__all__ = ["outputs_of_script"]

TIMEOUT = 120.0
"""Seconds that a script may take. Importing PyTorch alone can take ten on a slow disk."""
_PATIENCE = 0.05
_ASK = """
import runpy, sys
import numpy as np
script, given, found, *arguments = sys.argv[1:]
sys.argv[:] = [script, *arguments]
names = runpy.run_path(script, run_name="__main__")
np.save(found, np.asarray(names["predict"](np.load(given))))
"""


def outputs_of_script(
    script: Path, raw: NDArray[Any], progress: Progress, arguments: tuple[str, ...] = ()
) -> NDArray[Any]:
    """Run a script, its own checks included, and return what its ``predict`` says.

    Parameters
    ----------
    raw : (n, r)
        What to ask it about.
    arguments
        Of the script, as on a command line.

    Raises
    ------
    JobRefused
        If it fails or takes too long; the message ends with what it said.
    """
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder, "given.npy"), Path(folder, "found.npy")
        np.save(given, raw)
        said = Path(folder, "said.txt")
        # -P: a file of the user named numpy.py is not taken for the library.
        files = (str(file) for file in (script.resolve(), given, found))
        command = [sys.executable, "-P", "-c", _ASK, *files, *arguments]
        with said.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait(process, script, progress)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        if process.returncode != 0 or not found.exists():
            last = said.read_text("utf-8", "replace").strip().splitlines()[-1:]
            raise JobRefused(f"{script.name} was written, but fails: {' '.join(last)}")
        outputs: NDArray[Any] = np.load(found, allow_pickle=False)
        return outputs


def _wait(process: subprocess.Popen[bytes], script: Path, progress: Progress) -> None:
    end = time.monotonic() + TIMEOUT
    while True:
        try:
            process.wait(_PATIENCE)
            return
        except subprocess.TimeoutExpired:
            progress.check()
            if time.monotonic() > end:
                raise JobRefused(
                    f"{script.name} was written, but did not end within {TIMEOUT:.0f} seconds"
                ) from None

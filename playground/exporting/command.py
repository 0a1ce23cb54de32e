"""What ``gradient-playground export`` does, apart from reading its arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.exporting import exporter_of
from playground.exporting.base import Exporter
from playground.exporting.run import Run
from playground.schema.validation import decoded
from playground.training.jobs import JobRefused, Progress

__all__ = ["made_exporter", "written_and_proved"]


def made_exporter(tag: str, options: dict[str, Any]) -> Exporter:
    """Return an exporter with its fields set.

    Raises
    ------
    KeyError
        If there is no such format.
    InvalidValue
        If a field does not exist or does not fit.
    """
    exporter: Exporter = decoded({"kind": tag, **options}, exporter_of(tag))
    return exporter


def written_and_proved(
    exporter: Exporter, run: Run, path: Path, progress: Progress
) -> tuple[tuple[Path, ...], str]:
    """Write a run, read it back, and return the files and what was found, as a sentence.

    Raises
    ------
    FileNotWritten
        If the file cannot be written.
    JobRefused
        If the format cannot hold the run, or what was read differs from what was written.
    """
    problem = exporter.unavailable()
    if problem:
        raise JobRefused(problem)
    files = exporter.write(run, path, progress)
    proof = exporter.prove(run, path, progress)
    if proof is None:
        return files, ""
    if not proof.holds:
        raise JobRefused(f"{path.name} was written, but is not right. {proof.sentence}")
    return files, proof.sentence

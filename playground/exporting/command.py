"""What ``gradient-playground export`` does, apart from reading its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playground.exporting import exporter_of
from playground.exporting.base import Exporter, Proof
from playground.exporting.run import Run
from playground.schema.validation import InvalidValue, decoded, parsed_text
from playground.training.jobs import JobRefused, Progress

__all__ = ["FormatError", "made_exporter", "written_and_proved", "written_with_proof"]


class FormatError(Exception):
    """A format, or a field of one, does not exist or does not fit. The message lists what does."""


def made_exporter(tag: str, options: Sequence[str] = ()) -> Exporter:
    """Return an exporter with its fields set.

    Parameters
    ----------
    tag
        Name of the format.
    options
        Texts such as ``separator=semicolon``.

    Raises
    ------
    FormatError
        If there is no such format or field, or a value does not fit.
    """
    tree: dict[str, Any] = {"kind": tag}
    for option in options:
        name, equals, text = option.partition("=")
        if not equals or not name:
            raise FormatError(f"--option {option!r} is not of the form name=value")
        tree[name.strip()] = parsed_text(text)
    try:
        return decoded(tree, exporter_of(tag))
    except KeyError as error:
        raise FormatError(error.args[0]) from error
    except InvalidValue as error:
        raise FormatError(str(error)) from error


def written_with_proof(
    exporter: Exporter, run: Run, path: Path, progress: Progress
) -> tuple[tuple[Path, ...], Proof | None]:
    """Write a run and read it back; return the files, the main one first, and what was found.

    Should the job be cancelled meanwhile, the files are removed again.

    Raises
    ------
    FileNotWritten
        If a file cannot be written.
    JobRefused
        If the format cannot hold the run.
    """
    progress.report(0.1, "Writing")
    files = exporter.write(run, path, progress)
    try:
        progress.report(0.6, "Reading back")
        return files, exporter.prove(run, path, progress)
    except BaseException:
        if progress.is_cancelled:
            for file in files:
                file.unlink(missing_ok=True)
        raise


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
    files, proof = written_with_proof(exporter, run, path, progress)
    if proof is None:
        return files, ""
    if not proof.holds:
        raise JobRefused(f"{path.name} was written, but is not right. {proof.sentence}")
    return files, proof.sentence

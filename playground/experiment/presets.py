"""Experiments that come with the application, and experiments in files."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from playground.experiment.spec import ExperimentSpec, spec_from_tree
from playground.files import FileNotWritten, write_whole
from playground.resources import resource
from playground.schema.validation import InvalidValue

MAXIMUM_BYTES = 1_000_000
"""A spec is a few kilobytes; anything larger is something else."""

MENU_ORDER = (
    "spirals",
    "tf-playground",
    "circles",
    "xor",
    "and",
    "one-neuron",
    "mazur",
    "spirals-3",
    "resnet-spirals",
    "digits",
    "dropout-digits",
    "early-stopping",
    "deep-sigmoid",
    "mnist",
)


class ExperimentFileError(Exception):
    """An experiment could not be read. The message names the file and the remedy."""


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets, those of the menu order first."""
    found = {path.stem for path in resource("presets").glob("*.json")}
    return tuple(n for n in MENU_ORDER if n in found) + tuple(sorted(found - set(MENU_ORDER)))


def load_experiment(name_or_path: str) -> ExperimentSpec:
    """Return the preset of that name, or the experiment in that file.

    Raises
    ------
    ExperimentFileError
        If there is neither, or the file is unreadable, corrupt or invalid.
    """
    if name_or_path in preset_names():
        return read_experiment(resource("presets") / f"{name_or_path}.json")
    path = Path(name_or_path)
    if path.is_file():
        return read_experiment(path)
    raise ExperimentFileError(
        f"{name_or_path!r} is neither a file nor a preset; presets are: {', '.join(preset_names())}"
    )


def is_project_file(name_or_path: str) -> bool:
    """Return whether a name is that of a file that begins like a project, and of no preset."""
    path = Path(name_or_path)
    if name_or_path in preset_names() or not path.is_file():
        return False
    from playground.experiment.project_file import is_project

    with path.open("rb") as file:
        return is_project(file.read(4))


def read_experiment(path: Path) -> ExperimentSpec:
    """Return the experiment in a JSON file, or that of a project without its training.

    Raises
    ------
    ExperimentFileError
        If the file is unreadable, too large, not JSON, or has a field that does not fit.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
        if content.startswith(b"PK"):
            from playground.experiment.project_file import ProjectFileError, read_project

            try:
                return read_project(path).spec
            except ProjectFileError as error:
                raise ExperimentFileError(str(error)) from error
        if len(content) > MAXIMUM_BYTES:
            raise ExperimentFileError(
                f"{path.name} is larger than {MAXIMUM_BYTES // 1000} kB; "
                "that is not an experiment of this application"
            )
        return spec_from_tree(json.loads(content))
    except OSError as error:
        raise ExperimentFileError(
            f"{path.name} cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, InvalidValue):
            raise ExperimentFileError(f"{path.name}: {error}") from error
        raise ExperimentFileError(
            f"{path.name} is not valid JSON ({error}); choose a file saved by this application"
        ) from error


def write_experiment(spec: ExperimentSpec, path: Path) -> None:
    """Write an experiment as readable JSON, replacing the file only when all is written.

    Raises
    ------
    ExperimentFileError
        If the file cannot be written.
    """
    try:
        write_whole(path, msgspec.json.format(msgspec.json.encode(spec), indent=2) + b"\n")
    except FileNotWritten as error:
        raise ExperimentFileError(str(error)) from error

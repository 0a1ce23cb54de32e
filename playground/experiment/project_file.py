"""Projects: an experiment with its weights, the state of its training and the layout, in one file.

``NAME.gplay`` is a zip archive of two members:

``project.json``
    ``format``, ``version`` and ``made_by``; the ``experiment`` as in the JSON file of one; the
    ``state`` of the training, or null; the ``layout`` of the window.
``state.npz``
    The arrays of the state. In the JSON their place says ``{"$array": NAME}``.

Nothing is pickled, no code is run, and nothing of a file is believed before it was checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from playground import __version__
from playground.experiment import migrations
from playground.experiment.archive import BadArchive, Limits, read_archive, write_archive
from playground.experiment.spec import ExperimentSpec, spec_from_tree
from playground.experiment.trees import (
    BadTree,
    joined_tree,
    json_from_tree,
    packed_arrays,
    split_tree,
    tree_from_json,
    unpacked_arrays,
)
from playground.files import FileNotWritten, whole_file
from playground.schema.validation import InvalidValue

SUFFIX = ".gplay"
FORMAT = "gradient-playground project"
LARGEST_FILE = 2**30
"""Bytes of a file, packed and unpacked. A network of a million parameters needs about 20 MB."""
_LARGEST_JSON = 4_000_000
_JSON, _ARRAYS = "project.json", "state.npz"
_LARGEST = {_JSON: _LARGEST_JSON, _ARRAYS: LARGEST_FILE}
_LIMITS = Limits(len(_LARGEST), LARGEST_FILE + _LARGEST_JSON, _LARGEST.get)
_FIELDS = ("format", "version", "made_by", "experiment", "state", "layout")


class ProjectFileError(Exception):
    """A project could not be read. The message names the file, the reason and the remedy."""


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """Everything that is in a project file.

    Attributes
    ----------
    spec
        The experiment, checked.
    state
        What :meth:`Trainer.state` gave, unchecked, or ``None`` for the initial weights. See
        :func:`playground.training.state.restore_checked`.
    layout
        How the window was arranged, unchecked: numbers, texts and truth values by name.
    made_by
        Version of the application that wrote it.
    """

    spec: ExperimentSpec
    state: dict[str, Any] | None = None
    layout: dict[str, Any] = field(default_factory=dict)
    made_by: str = __version__


def is_project(start: bytes) -> bool:
    """Return whether a file that starts so may be a project: the sign of zip archives."""
    return start.startswith(b"PK\x03\x04")


def write_project(project: Project, path: Path) -> None:
    """Write a project whole or not at all.

    Raises
    ------
    FileNotWritten
        If the file cannot be written; what was there before is unchanged.
    """
    tree = {
        "format": FORMAT,
        "version": max(migrations.PROJECT, default=0) + 1,
        "made_by": project.made_by,
        "experiment": msgspec.to_builtins(project.spec),
        "state": project.state,
        "layout": project.layout,
    }
    stripped, arrays = split_tree(tree)
    size = sum(array.nbytes for array in arrays.values())
    if size > LARGEST_FILE - 1_000_000:
        raise FileNotWritten(
            f"{path} cannot be written: weights and memory of the optimizer are {size:,} bytes, "
            f"more than the {LARGEST_FILE:,} of a project; choose an optimizer with less memory, "
            "or the precision float32. What was there before is unchanged."
        )
    members = {_JSON: json_from_tree(stripped), _ARRAYS: packed_arrays(arrays)}
    with whole_file(path) as file:
        write_archive(file, members, compressed=(_JSON,))


def read_project(path: Path) -> Project:
    """Return the project in a file.

    Raises
    ------
    ProjectFileError
        If the file cannot be read, is damaged, or says something unknown.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size > LARGEST_FILE:
                raise ProjectFileError(
                    f"{path.name} has {size:,} bytes; a project has at most {LARGEST_FILE:,}. "
                    "Choose another file"
                )
            file.seek(0)
            members = read_archive(file, _LIMITS)
        return _project(members)
    except OSError as error:
        raise ProjectFileError(
            f"{path.name} cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    except (BadArchive, BadTree, MemoryError) as error:
        raise ProjectFileError(
            f"{path.name} is not a project of this application, or is damaged: "
            f"{error or 'it is too large for the memory'}; choose another file"
        ) from error
    except InvalidValue as error:
        raise ProjectFileError(f"{path.name}: {error}") from error


def _project(members: dict[str, bytes]) -> Project:
    for name in _LARGEST:
        if name not in members:
            raise BadTree(f"{name} is missing")
    tree = tree_from_json(members[_JSON])
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise BadTree(f"{_JSON} does not say that it is a {FORMAT}")
    tree = joined_tree(tree, unpacked_arrays(members[_ARRAYS], LARGEST_FILE))
    tree = migrations.migrated(tree, migrations.PROJECT, "project")
    for name in tree.keys() - set(_FIELDS):
        raise BadTree(f"{name!r:.60} is unknown")
    state, layout = tree.get("state"), tree.get("layout", {})
    if state is not None and not isinstance(state, dict):
        raise BadTree("state is not a group of values")
    if not isinstance(layout, dict):
        raise BadTree("layout is not a group of values")
    # An array where a text or a number belongs is refused here as anything else is.
    experiment, arrays = split_tree(tree.get("experiment"))
    if arrays:
        raise BadTree("there is an array in the experiment")
    return Project(spec_from_tree(experiment), state, layout, str(tree.get("made_by", ""))[:40])

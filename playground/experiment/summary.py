"""What is in a file, for `describe`: how far it was trained, and what differs from the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from playground.experiment.presets import is_project_file, read_experiment
from playground.experiment.project_file import Project, ProjectFileError, read_project
from playground.experiment.spec import ExperimentSpec, architecture_of
from playground.schema.describe import tag_of
from playground.schema.parameter import Option

__all__ = ["differences", "printed_summary", "summary_of_file"]


def differences(struct: msgspec.Struct) -> dict[str, Any]:
    """Return a struct as a tree without the fields that have their default.

    Decoding the tree gives an equal struct.
    """
    tree: dict[str, Any] = {}
    if isinstance(struct, Option):
        tree["kind"] = tag_of(struct)
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        default = field.default
        if field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        if type(value) is not type(default) or value != default:
            tree[field.encode_name] = _plain(value)
    return tree


def summary_of_file(path: Path) -> dict[str, Any]:
    """Return what is in a project or an experiment file, in plain values.

    Raises
    ------
    ProjectFileError, ExperimentFileError
        If it cannot be read.
    """
    if not is_project_file(str(path)):
        return _summary(read_experiment(path))
    project = read_project(path)
    return {"made_by": project.made_by, **_summary(project.spec), **_training(path, project)}


def printed_summary(summary: dict[str, Any]) -> str:
    """Return a summary as text for a terminal."""
    lines = [f"{name}: {value}" for name, value in summary.items() if name != "settings"]
    lines += ["", "What differs from the defaults:"]
    lines += [f"  {path}: {value}" for path, value in _leaves(summary["settings"], "")]
    return "\n".join(lines)


def _summary(spec: ExperimentSpec) -> dict[str, Any]:
    settings = differences(spec)
    summary: dict[str, Any] = {"name": spec.name, "about": spec.about}
    summary["parameters"] = architecture_of(spec).parameter_count
    summary["settings"] = {n: v for n, v in settings.items() if n not in summary}
    return summary


def _training(path: Path, project: Project) -> dict[str, Any]:
    if project.state is None:
        return {"trained": "no"}
    step, epoch = project.state.get("step"), project.state.get("epoch")
    if not isinstance(step, int) or not isinstance(epoch, int):
        raise ProjectFileError(
            f"{path.name} does not say how far it was trained; choose another file"
        )
    return {"trained": f"{step} steps, {epoch} whole epochs"}


def _leaves(node: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(node, dict) and node:
        parts = node.items()
    elif isinstance(node, list) and node:
        parts = dict(enumerate(node)).items()
    else:
        return [(path, node)]
    return [leaf for k, v in parts for leaf in _leaves(v, f"{path}.{k}" if path else str(k))]


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return differences(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return msgspec.to_builtins(value)

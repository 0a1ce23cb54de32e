"""Every option with its fields, bounds and defaults: generated from the registries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec

from playground.data.batching import AnyBatching, AnySampling
from playground.data.registry import AnyDataset
from playground.data.scaling import AnyScaling
from playground.engine.activations import AnyActivation
from playground.engine.class_weights import AnyClassWeights
from playground.engine.clipping import AnyClipping
from playground.engine.constraints import AnyConstraint
from playground.engine.initializers import AnyInitializer
from playground.engine.layers import AnyLayer, Output
from playground.engine.losses import AnyLoss
from playground.engine.network import NetworkSpec
from playground.engine.optimizers import AnyOptimizer, Optimizer
from playground.engine.preparation import AnyPreparation
from playground.engine.regularizers import AnyRegularizer
from playground.engine.schedules import AnySchedule
from playground.engine.stopping import AnyStopping
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.schema.describe import Field, fields_of, summary_of, tag_of, title_of


def members(union: Any) -> tuple[type[msgspec.Struct], ...]:
    """Return the classes of a registry, which may be a single class."""
    return get_args(union) or (union,)


REGISTRIES: dict[str, tuple[type[msgspec.Struct], ...]] = {
    "datasets": members(AnyDataset),
    "scalings": members(AnyScaling),
    "layers": members(AnyLayer),
    "activations": members(AnyActivation),
    "initializers": members(AnyInitializer),
    "preparations": members(AnyPreparation),
    "losses": members(AnyLoss),
    "optimizers": members(AnyOptimizer),
    "schedules": members(AnySchedule),
    "batchings": members(AnyBatching),
    "samplings": members(AnySampling),
    "class_weights": members(AnyClassWeights),
    "regularizers": members(AnyRegularizer),
    "clippings": members(AnyClipping),
    "constraints": members(AnyConstraint),
    "stoppings": members(AnyStopping),
}
"""Every registry by the name of its topic."""

GROUPS: dict[str, type[msgspec.Struct]] = {
    "experiment": ExperimentSpec,
    "network": NetworkSpec,
    "output": Output,
    "training": TrainingSpec,
}
"""The fixed parts of an experiment."""


class UnknownTopic(ValueError):
    """There is no such topic. The message lists those that there are."""


Registries = Mapping[str, Sequence[type[msgspec.Struct]]]
_NONE: Registries = {}


def catalogue(further: Registries = _NONE) -> dict[str, Any]:
    """Return everything: the parts of an experiment and every registry.

    Parameters
    ----------
    further
        Registries of rooms above this one, by the names of their topics.
    """
    entries: dict[str, Any] = {name: _entry(struct) for name, struct in GROUPS.items()}
    for name, options in {**REGISTRIES, **further}.items():
        entries[name] = {tag_of(option): _entry(option) for option in options}
    return entries


def topic_entries(topic: str, further: Registries = _NONE) -> dict[str, Any]:
    """Return the part of the catalogue named by a registry, a group or an option's tag.

    Parameters
    ----------
    further
        As for :func:`catalogue`.

    Raises
    ------
    UnknownTopic
        If there is none.
    """
    everything = catalogue(further)
    if topic in everything:
        return {topic: everything[topic]}
    registries = (*REGISTRIES, *further)
    found = {
        name: {topic: everything[name][topic]} for name in registries if topic in everything[name]
    }
    if found:
        return found
    tags = [tag for name in registries for tag in everything[name]]
    raise UnknownTopic(
        f"no topic {topic!r}; topics are: {', '.join(everything)}; or an option: {', '.join(tags)}"
    )


def printed(entries: dict[str, Any]) -> str:
    """Return entries as text for a terminal."""
    lines: list[str] = []
    for name, entry in entries.items():
        lines += ["", name.upper(), "=" * len(name)]
        if name in GROUPS:
            lines += _printed_fields(entry["fields"], "  ")
            continue
        for tag, option in entry.items():
            lines += ["", f"{tag} — {option['title']}", f"    {option['summary']}"]
            lines += [f"    {option['needs']}."] if "needs" in option else []
            lines += _printed_fields(option["fields"], "    ")
    return "\n".join(lines).strip()


def _printed_fields(fields: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for name, field in fields.items():
        facts = [field["type"]]
        facts += [field["bounds"]] if field.get("bounds") else []
        facts += ["one of " + ", ".join(map(str, field["choices"]))] if "choices" in field else []
        facts += ["see " + field["topic"]] if "topic" in field else []
        facts += [f"default {_short(field['default'])}"] if "default" in field else []
        lines.append(f"{indent}{name}: {'; '.join(facts)}")
        if field.get("help"):
            lines.append(f"{indent}    {field['help']}")
    return lines


def _short(default: Any) -> str:
    if isinstance(default, dict):
        return str(default.get("kind", "its defaults"))
    if isinstance(default, list):
        return "[" + ", ".join(_short(item) for item in default) + "]"
    return str(default)


def _entry(struct: type[msgspec.Struct]) -> dict[str, Any]:
    entry: dict[str, Any] = {"title": title_of(struct), "summary": summary_of(struct)}
    for name in ("formula", "derivative_formula"):
        if getattr(struct, name, ""):
            entry[name] = getattr(struct, name)
    if issubclass(struct, Optimizer):
        entry["needs"] = struct().needs
    entry["fields"] = {field.name: _field_entry(field) for field in fields_of(struct)}
    return entry


def _field_entry(field: Field) -> dict[str, Any]:
    entry: dict[str, Any] = {"label": field.shown.label, "type": field.kind.value}
    if field.shown.help:
        entry["help"] = field.shown.help
    if field.shown.unit:
        entry["unit"] = field.shown.unit
    for bound in ("ge", "gt", "le", "lt"):
        if getattr(field, bound) is not None:
            entry[bound] = getattr(field, bound)
    if field.bounds:
        entry["bounds"] = field.bounds
    if field.choices:
        entry["choices"] = list(field.choices)
    if field.options:
        topics = {**REGISTRIES, **{name: (struct,) for name, struct in GROUPS.items()}}
        for name, options in topics.items():
            if set(field.options) <= set(options):
                entry["topic"] = name
                break
    if field.optional:
        entry["optional"] = True
    if field.shown.live:
        entry["live"] = True
    if field.default is not msgspec.NODEFAULT:
        entry["default"] = msgspec.to_builtins(field.default)
    return entry

"""A run in words and figures: what a report says."""

from __future__ import annotations

import math
import platform
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from playground import __version__
from playground.engine.layers import Dense
from playground.engine.network import LayerShape
from playground.exporting.run import Run
from playground.schema.describe import Field, FieldKind, fields_of, title_of
from playground.schema.task import TaskKind

__all__ = ["Score", "Summary", "in_words", "summary_of_run"]

_ON = "yes"
_UNSAID = ("seed", "epochs", "features")
_ALWAYS = ("loss", "optimizer", "learning_rate", "batch_size", "dtype")
_ALL = ("points", "images", "noise", "training_share")
"""Fields that are named even where they are as by default."""

Facts = tuple[tuple[str, str], ...]
"""Pairs of a label and a value in words."""


@dataclass(frozen=True, slots=True)
class Score:
    """One measure of how good a network is.

    Attributes
    ----------
    name
        What is measured.
    values
        As text, one for each set of :attr:`Summary.sets`; "–" where it has no meaning.
    """

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a report says about a run.

    Attributes
    ----------
    title, about
        Name of the experiment, and what there is to see.
    length
        How long it was trained, in a sentence.
    sets
        Names of the sets that were measured, and how many samples they have.
    scores
        Measured on all samples of each set.
    parts
        (heading, facts) about data, network and training.
    seeds, versions
        What it takes to get the same numbers again.
    """

    title: str
    about: str
    length: str
    sets: tuple[tuple[str, int], ...]
    scores: tuple[Score, ...]
    parts: tuple[tuple[str, Facts], ...]
    seeds: Facts
    versions: Facts


def summary_of_run(run: Run) -> Summary:
    """Measure a run on all its samples and put it into words."""
    spec, trainer = run.spec, run.trainer
    epochs = "1 epoch" if trainer.epoch == 1 else f"{trainer.epoch:,} epochs"
    architecture = trainer.architecture
    layers = [
        (name, _layer_words(shape))
        for name, shape in zip(run.history.layer_names, architecture.layers, strict=True)
    ]
    network = [*layers, ("Parameters", f"{architecture.parameter_count:,}")]
    data = [("Kind", title_of(type(spec.data))), *_facts(spec.data, _UNSAID, _ALL)]
    data.append(("Inputs", _shortened(run.data.samples.input_names)))
    data.append(("Task", spec.data.task.kind.value))
    return Summary(
        title=spec.name,
        about=spec.about,
        length=f"{epochs}, {trainer.step:,} steps in batches of "
        f"{spec.training.batch_for(len(run.data.split.train)):,}",
        sets=tuple((name.capitalize(), len(indices)) for name, indices in run.splits.items()),
        scores=_scores(run),
        parts=(
            ("Data", tuple(data)),
            ("Network", tuple(network)),
            ("Training", _facts(spec.training, _UNSAID, _ALWAYS)),
        ),
        seeds=(("Data", f"{spec.data.seed}"), ("Weights", f"{spec.network.seed}")),
        versions=(
            ("Gradient Playground", __version__),
            ("NumPy", np.__version__),
            ("Python", platform.python_version()),
        ),
    )


def _scores(run: Run) -> tuple[Score, ...]:
    head, labels = run.trainer.architecture.head, run.data.samples.labels
    losses, others = [], []
    with np.errstate(all="ignore"):
        for indices in run.splits.values():
            outputs, truth = run.outputs[indices], labels[indices]
            losses.append(float(head.loss.values(outputs, head.targets(truth)).mean()))
            others.append(head.metrics(outputs, truth))
    scores = [Score("Loss", tuple(_number(value) for value in losses))]
    shown = (
        (("r2", "R²", False),)
        if head.task.kind is TaskKind.REGRESSION
        else (("accuracy", "Accuracy", True), ("f1", "F1", False), ("auc", "Area under ROC", False))
    )
    for key, name, is_share in shown:
        values = [each.get(key) for each in others]
        if any(value is not None for value in values):
            texts = (_percent(value, ".1f") if is_share else _fixed(value) for value in values)
            scores.append(Score(name, tuple(texts)))
    return tuple(scores)


def in_words(option: Any, left_out: tuple[str, ...] = ()) -> str:
    """Return an option with the settings that are not as by default: ``SGD (momentum 0.9)``."""
    return _with_settings(title_of(type(option)), _settings(option, left_out))


def _with_settings(title: str, settings: list[str]) -> str:
    return f"{title} ({', '.join(settings)})" if settings else title


def _settings(option: Any, left_out: tuple[str, ...]) -> list[str]:
    """Return the settings of an option that are not as by default; what is on is only named."""
    return [
        label[:1].lower() + label[1:] + ("" if words == _ON else f" {words}")
        for label, words in _facts(option, left_out, ())
    ]


def _layer_words(shape: LayerShape) -> str:
    """Return a layer such as ``8 × Tanh``, or ``Dropout (rate 0.2)``."""
    if not isinstance(shape.layer, Dense):
        return in_words(shape.layer)
    activation = shape.activation
    settings = _settings(activation, ()) + _settings(shape.layer, ("units", "activation"))
    return _with_settings(f"{shape.outputs} × {title_of(type(activation))}", settings)


def _facts(struct: Any, left_out: tuple[str, ...], always: tuple[str, ...]) -> Facts:
    """Return the fields of a struct in words: those that are not as by default, and some always."""
    facts = []
    declared: Any = type(struct)
    for field in fields_of(declared):
        value = getattr(struct, field.name)
        words = _field_words(field, value)
        is_default = field.default is not msgspec.NODEFAULT and bool(field.default == value)
        if field.name in left_out or not words or (is_default and field.name not in always):
            continue
        facts.append((field.shown.label, words))
    return tuple(facts)


def _field_words(field: Field, value: Any) -> str:
    """Return a value in words; "" for what is switched off or left to the application."""
    if value is None or value is False:
        return ""
    if field.kind is FieldKind.FLAG:
        return _ON
    if field.kind is FieldKind.OPTION:
        return in_words(value)
    if field.name.endswith("_share"):
        return _percent(value)
    if field.kind is FieldKind.REAL:
        return _number(value) + (f" {field.shown.unit}" if field.shown.unit else "")
    if field.kind is FieldKind.CHOICES:
        return _shortened(tuple(str(each).replace("_", " ") for each in value))
    if field.kind is FieldKind.OPTIONS:
        return ", ".join(in_words(each) for each in value)
    if field.kind is FieldKind.GROUP:
        return in_words(value)
    if field.kind is FieldKind.WHOLE:
        return f"{value:,}"
    return str(value).replace("_", " ")


def _shortened(names: tuple[str, ...]) -> str:
    if len(names) > 12:
        return f"{len(names):,}"
    return ", ".join(names)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if math.isnan(value) or math.isinf(value):
        return "not finite"
    return f"{value:.4g}".replace("-", "−")


def _fixed(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return _number(value)
    return f"{value:.4f}".replace("-", "−")


def _percent(value: float | None, form: str = ".3g") -> str:
    return "–" if value is None else f"{100 * value:{form}} %"

"""What the tables say: history, predictions, weights and layers of a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground import __version__
from playground.exporting.run import Run
from playground.exporting.table import Table
from playground.schema.describe import title_of
from playground.schema.task import TaskKind

__all__ = ["history_table", "layers_table", "predictions_table", "weights_table"]

Reals = NDArray[Any]

FEW_INPUTS = 64
"""Up to so many inputs are written beside each prediction unless it is asked otherwise."""


def _facts(run: Run, content: str) -> dict[str, Any]:
    trainer = run.trainer
    return {
        "content": content,
        "written_by": f"Gradient Playground {__version__}",
        "experiment": run.spec.name,
        "step": trainer.step,
        "epoch": trainer.epoch,
        "dtype": run.spec.training.dtype,
    }


def history_table(run: Run) -> Table:
    """Return the record of a run: a row per record, a column per curve.

    What is measured per layer has a column for each layer, such as ``gradient_norm output``.
    """
    history = run.history
    columns: dict[str, Reals] = {}
    for field in dataclasses.fields(history):
        values = getattr(history, field.name)
        if not isinstance(values, np.ndarray):
            continue
        if field.name == "step":
            values = values.astype(np.int64)
        if values.ndim == 1:
            columns[field.name] = values
            continue
        for layer, name in enumerate(history.layer_names):
            columns[f"{field.name} {name}"] = values[:, layer]
    return Table(columns, _facts(run, "history"))


def predictions_table(run: Run, inputs: bool | None = None) -> Table:
    """Return what the network says about every sample.

    Parameters
    ----------
    inputs
        Whether to write what goes into the network; ``None``: if there are at most
        ``FEW_INPUTS`` inputs.
    """
    samples, head = run.data.samples, run.trainer.architecture.head
    count = len(samples.inputs)
    use = np.empty(count, "U12")
    for name, indices in run.splits.items():
        use[indices] = name
    columns: dict[str, Reals] = {"sample": np.arange(count), "split": use}
    if samples.is_planar:
        columns |= {"x1": samples.points[:, 0], "x2": samples.points[:, 1]}
    if inputs or (inputs is None and samples.inputs.shape[1] <= FEW_INPUTS):
        for place, name in enumerate(_input_names(run)):
            columns[f"input {name}"] = samples.inputs[:, place]
    outputs = run.outputs
    if head.task.kind is TaskKind.REGRESSION:
        columns |= {"target": samples.labels, "output": outputs[:, 0]}
    else:
        names = np.array(head.task.class_names)
        columns["target"] = names[samples.labels.astype(int)]
        if head.output_count == 1:
            columns["output"] = outputs[:, 0]
        else:
            columns |= {f"output {n}": outputs[:, k] for k, n in enumerate(names.tolist())}
        with np.errstate(all="ignore"):
            predicted = head.predicted_classes(outputs)
            certainty = head.class_certainty(outputs)
        columns["predicted"] = names[predicted]
        columns["certainty"] = certainty[np.arange(count), predicted]
    with np.errstate(all="ignore"):
        columns["loss"] = head.loss.values(outputs, head.targets(samples.labels))
    return Table(columns, _facts(run, "predictions"))


@dataclass(frozen=True, slots=True)
class _Part:
    """Parameters of one kind of one layer: (rows, columns), with the names of both."""

    layer: int
    name: str
    values: Reals
    gradients: Reals
    sources: list[str]
    targets: list[str]


def _parts(run: Run) -> Iterator[_Part]:
    """Return everything that is learned or measured, layer by layer, in the order of a layer."""
    trainer = run.trainer
    values, layers = trainer.parameters, trainer.architecture.layers
    slopes = type(values)(layers, trainer.gradient)
    names = [_input_names(run)]
    for index, shape in enumerate(layers):
        outputs = [f"unit {unit + 1}" for unit in range(shape.outputs)]
        inner = outputs
        if shape.pre_outputs != shape.outputs:
            inner = [f"z {place + 1}" for place in range(shape.pre_outputs)]
        sources = names[-1]
        if shape.source is not None:
            before = run.history.layer_names[shape.source - 1] if shape.source else "input"
            sources = [f"{before} {name}" for name in names[shape.source]]
        matrix, gradient, rows = values.matrices[index], slopes.matrices[index], shape.weight_rows
        if rows:
            yield _Part(index, "weight", matrix[:rows], gradient[:rows], sources, inner)
        for row, name in enumerate(shape.layer.row_names(shape.rows), rows):
            one = slice(row, row + 1)
            yield _Part(index, name, matrix[one], gradient[one], [""], inner)
        learned = values.slopes[index]
        for row in range(len(learned)):
            one = slice(row, row + 1)
            yield _Part(index, "slope", learned[one], slopes.slopes[index][one], [""], inner)
        running = values.running[index]
        for row, name in zip(
            range(len(running)), ("running_mean", "running_variance"), strict=False
        ):
            measured = running[row : row + 1]
            unknown = np.full_like(measured, np.nan)
            yield _Part(index, name, measured, unknown, [""], names[-1])
        names.append(outputs)


def weights_table(run: Run) -> Table:
    """Return every parameter, a row each: where it stands, its value, its last gradient.

    Running means and variances of batch norms are there, too; they have no gradient.
    """
    names = run.history.layer_names
    parts = list(_parts(run))
    columns: dict[str, Reals] = {
        "layer": _joined([_repeated(names[p.layer], p.values.size) for p in parts]),
        "parameter": _joined([_repeated(p.name, p.values.size) for p in parts]),
        "from": _joined([np.repeat(np.array(p.sources), len(p.targets)) for p in parts]),
        "to": _joined([np.tile(np.array(p.targets), len(p.sources)) for p in parts]),
        "value": _joined([p.values.ravel() for p in parts]),
        "gradient": _joined([p.gradients.ravel() for p in parts]),
    }
    return Table(columns, _facts(run, "weights"))


def layers_table(run: Run) -> Table:
    """Return a row per layer: sizes, and how large its weights, gradients and updates are."""
    trainer, history = run.trainer, run.history
    shapes = trainer.architecture.layers
    parts = list(_parts(run))
    columns: dict[str, list[Any]] = {"layer": list(history.layer_names)}
    columns["kind"] = [title_of(type(shape.layer)) for shape in shapes]
    columns["inputs"] = [shape.inputs for shape in shapes]
    columns["units"] = [shape.outputs for shape in shapes]
    columns["activation"] = [title_of(type(shape.activation)) for shape in shapes]
    columns["parameters"] = [shape.parameter_count for shape in shapes]
    kinds = list(dict.fromkeys(part.name for part in parts))
    for kind in kinds:
        by_layer = {
            part.layer: part.values.astype(np.float64) for part in parts if part.name == kind
        }
        for name, measure in (("mean", np.mean), ("std", np.std), ("min", np.min), ("max", np.max)):
            columns[f"{kind}_{name}"] = [
                float(measure(by_layer[layer])) if layer in by_layer else np.nan
                for layer in range(len(shapes))
            ]
    columns["gradient_norm"] = history.gradient_norm[-1].tolist()
    columns["update_ratio"] = history.update_ratio[-1].tolist()
    arrays = {name: np.array(values) for name, values in columns.items()}
    return Table(arrays, _facts(run, "layers"))


def _input_names(run: Run) -> list[str]:
    """Return a name per input of the network; pixels by row and column, from 1."""
    samples = run.data.samples
    count = samples.inputs.shape[1]
    if samples.image_shape is not None:
        width = samples.image_shape[1]
        return [f"pixel {i // width + 1} {i % width + 1}" for i in range(count)]
    if len(samples.input_names) == count:
        return list(samples.input_names)
    return [f"{i + 1}" for i in range(count)]


def _repeated(text: str, count: int) -> Reals:
    return np.full(count, text)


def _joined(arrays: list[Reals]) -> Reals:
    return np.concatenate(arrays)

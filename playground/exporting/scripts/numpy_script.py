"""A network as one readable file of NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground import __version__
from playground.engine.activations import Identity
from playground.engine.layers import BatchNorm, Dropout
from playground.engine.network import LayerShape, predict
from playground.exporting.outputs import Expected
from playground.exporting.preparing import Preparation
from playground.exporting.probability import Certainty
from playground.exporting.run import Run
from playground.exporting.scripts.numpy_parts import (
    ACTIVATIONS,
    LAYERS,
    SIGMOID,
    SOFTMAX,
    Function,
)
from playground.exporting.scripts.text import (
    array_source,
    docstring,
    literal,
    made_source,
    paragraph,
    prepare_source,
    quoted,
)
from playground.exporting.weights.tensors import places
from playground.schema.describe import title_of

__all__ = ["layer_words", "made_numpy_script", "shown_samples"]

Reals = NDArray[Any]

_LETTERS = {
    "bias": "b",
    "running_mean": "mean",
    "running_var": "variance",
}
_SHOWN_NUMBERS = 512
_MOST_SHOWN = 8


def made_numpy_script(run: Run, file_name: str, weights_name: str = "") -> str:
    """Return the source of a script.

    Parameters
    ----------
    file_name
        What the file will be called, for the line that tells how to run it.
    weights_name
        Name of the npz file beside it that holds the weights; "": they are in the script.
    """
    architecture, dtype = run.trainer.architecture, run.spec.training.dtype
    preparation, head = Preparation.of(run.data), architecture.head
    functions: dict[str, Function] = {}
    lines = []
    for index, shape in enumerate(architecture.layers):
        place, x = index + 1, f"a{index}"
        source = f"a{shape.source}" if shape.source is not None else ""
        make_z, needed = LAYERS[type(shape.layer)]
        expression, also_needed = ACTIVATIONS[type(shape.activation)](shape.activation)
        functions |= {function.name: function for function in (*needed, *also_needed)}
        z = make_z(shape.layer, x, source, place, shape.rows > 0)
        a = expression.format(z=f"z{place}", slopes=f"slopes{place}")
        lines.append(f"    # {layer_words(shape, place, len(architecture.layers))}")
        if a == f"z{place}":
            lines.append(f"    a{place} = {z}")
        else:
            lines += [f"    z{place} = {z}", f"    a{place} = {a}"]
    belief = _probabilities(Certainty.of(head), head.output_count) if head.task.class_names else []
    for function in (SIGMOID, SOFTMAX):
        if any(f"{function.name}(" in line for line in belief):
            functions[function.name] = function
    imports = [*_imports(functions), *(["from pathlib import Path"] if weights_name else [])]
    parts = [_heading(run, file_name, weights_name, preparation), "", *imports]
    parts += [*([""] if imports else []), "import numpy as np", ""]
    if head.task.class_names:
        parts += [f"CLASSES = [{', '.join(map(quoted, head.task.class_names))}]", ""]
    parts += [*_weights(run, dtype, weights_name), "", "", *prepare_source(preparation, dtype)]
    for function in functions.values():
        parts += ["", "", function.source]
    parts += [
        "",
        "",
        "def predict(raw):",
        f'    """Return the outputs, (n, {head.output_count}), for raw values '
        f'(n, {len(preparation.raw_names)})."""',
        "    a0 = prepare(raw)",
        *lines,
        f"    return a{len(architecture.layers)}",
        *belief,
        *_check(run),
    ]
    return made_source(parts)


def layer_words(shape: LayerShape, place: int, count: int, is_training: bool = False) -> str:
    """Return what a layer is, in a few words for a comment."""
    name = "output layer" if place == count else f"layer {place}"
    kind = title_of(type(shape.layer)).lower()
    words = f"{name}: {kind}, {shape.outputs} {'value' if shape.outputs == 1 else 'values'}"
    if is_training:
        return words
    if isinstance(shape.layer, BatchNorm):
        words += ", with the averages of training"
    if isinstance(shape.layer, Dropout):
        return f"{words}: silences nothing now that training is over"
    if isinstance(shape.activation, Identity):
        return words
    return f"{words}, {title_of(type(shape.activation))}"


def _imports(functions: dict[str, Function]) -> list[str]:
    return ["import math"] if any("math." in f.source for f in functions.values()) else []


def _heading(run: Run, file_name: str, weights_name: str, preparation: Preparation) -> str:
    beside = f" Its weights are in {weights_name} beside it." if weights_name else ""
    raw = preparation.raw_names
    named = ", ".join(raw) if len(raw) <= 8 else f"{raw[0]} … {raw[-1]}"
    origin = (
        f"A network that was trained for {run.trainer.epoch:,} epochs in Gradient Playground "
        f"{__version__}, as code.{beside}"
    )
    text = (
        f"{run.spec.name}\n\n{paragraph(run.spec.about)}\n\n{paragraph(origin)}\n"
        "It needs NumPy and nothing else. This checks that it says what it said there:\n\n"
        f"    python {file_name}\n\n"
        "Arrays have a row for each sample. A dense layer is a = f(x W + b), with W of the shape\n"
        "(inputs, outputs).\n\n"
        f"In: raw values (n, {len(raw)}): {named}\n"
        f"{paragraph(f'Preparation: {preparation.sentence}.')}\n"
        f"Out: {run.trainer.architecture.head.task.kind.value}, see predict."
    )
    return docstring(text)


def _letter(part: str, kind: str) -> str:
    if part == "slopes":
        return "slopes"
    names = {"Dense": {"weight": "W"}, "Skip": {"weight": "P"}}
    norm = {"weight": "scale", "bias": "shift"} | _LETTERS
    if kind in names:
        return {**_LETTERS, **names[kind]}[part]
    return {**norm, "bias": "shift"}[part]


def _weights(run: Run, dtype: str, weights_name: str) -> list[str]:
    """Return the lines that define every array."""
    trainer = run.trainer
    lines = ["# What was learned, layer by layer."]
    if weights_name:
        lines += [
            "# PyTorch's names and shapes are used in the file, where matrices are transposed.",
            f"with np.load(Path(__file__).with_name({quoted(weights_name)})) as file:",
        ]
    for place in places(trainer.architecture):
        kind = type(trainer.architecture.layers[place.layer].layer).__name__
        part = "slopes" if place.store == "slopes" else place.name.rpartition(".")[2]
        name = f"{_letter(part, kind)}{place.layer + 1}"
        if weights_name:
            transposed = ".T" if place.is_transposed else ""
            lines.append(f"    {name} = file[{quoted(place.name)}]{transposed}")
            continue
        view = place.view(trainer.parameters)
        values = view.T if place.is_transposed else view
        lines.append(array_source(name, values, f"np.{dtype}"))
    return lines


def _probabilities(certain: Certainty, count: int) -> list[str]:
    lines = [
        "",
        "",
        "def probabilities(outputs):",
        '    """Return a share for each class, rows summing to 1, in the order of CLASSES."""',
    ]
    if certain.form == "softmax":
        return [*lines, "    return softmax(outputs)"]
    if certain.form == "sigmoid":
        lines.append("    certainty = sigmoid(outputs)")
    else:
        low, high = certain.low, certain.high
        away = f"outputs - {literal(low)}" if low >= 0 else f"outputs + {literal(-low)}"
        lines.append(f"    certainty = np.clip(({away}) / {literal(high - low)}, 0, 1)")
    if count == 1:
        return [*lines, "    return np.hstack([1 - certainty, certainty])"]
    return [
        *lines,
        "    total = certainty.sum(axis=1, keepdims=True)",
        f"    return np.where(total > 0, certainty / np.where(total > 0, total, 1), 1 / {count})",
    ]


def shown_samples(run: Run) -> tuple[Reals, Reals, float]:
    """Return a few raw samples, what the playground says about them, and the tolerance."""
    expected = Expected.of(run)
    count = max(1, min(_MOST_SHOWN, _SHOWN_NUMBERS // expected.raw.shape[1], len(expected.raw)))
    chosen = np.linspace(0, len(expected.raw) - 1, count).astype(int)
    raw = expected.raw[chosen]
    trainer = run.trainer
    inputs = Preparation.of(run.data).inputs(raw)
    return raw, predict(trainer.architecture, trainer.parameters, inputs), expected.tolerance


def _check(run: Run) -> list[str]:
    raw, outputs, tolerance = shown_samples(run)
    asked = "probabilities(outputs)" if run.trainer.architecture.head.task.class_names else ""
    return [
        "",
        "",
        "# A few samples, and what the playground said about them.",
        array_source("SAMPLES", raw),
        array_source("EXPECTED", outputs),
        "",
        "",
        "def main():",
        '    """Compare with what the playground said."""',
        "    outputs = predict(SAMPLES)",
        "    difference = np.abs(outputs - EXPECTED).max()",
        f"    assert difference <= {tolerance:.3g}, (",
        '        f"outputs are off by {difference:.3g}: are all files of this export here?"',
        "    )",
        '    print(f"{len(SAMPLES)} samples agree with the playground, to {difference:.1g}:")',
        f"    print(np.round({asked or 'outputs'}, 4))",
        "",
        "",
        'if __name__ == "__main__":',
        "    main()",
    ]

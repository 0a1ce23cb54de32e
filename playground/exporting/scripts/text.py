"""Python source as text: literals, docstrings, and the preparation of raw values."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from playground.data.features import FeatureName
from playground.exporting.preparing import Preparation

__all__ = [
    "FEATURE_SOURCES",
    "array_source",
    "docstring",
    "file_stem",
    "literal",
    "made_source",
    "paragraph",
    "prepare_source",
    "quoted",
]

WIDTH = 96

FEATURE_SOURCES: dict[FeatureName, str] = {
    "x1": "x1",
    "x2": "x2",
    "x1_squared": "x1 * x1",
    "x2_squared": "x2 * x2",
    "x1_x2": "x1 * x2",
    "sin_x1": "np.sin(x1)",
    "sin_x2": "np.sin(x2)",
}
"""Each feature of a point in NumPy. A contract test holds it complete."""


def file_stem(name: str) -> str:
    """Return the name of an experiment as the dialog proposes it for a file."""
    return "-".join(name.lower().split()) or "network"


def literal(value: float) -> str:
    """Return a number as Python reads it, as shortly as it is known."""
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e6 else repr(value)


def quoted(text: str) -> str:
    """Return a text as Python reads it, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def paragraph(text: str) -> str:
    """Wrap what a person wrote; whatever it is, it stays text."""
    printable = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    return "\n".join(textwrap.fill(line, WIDTH) for line in printable.strip().splitlines())


def docstring(text: str) -> str:
    """Return a docstring. What is in it may come from anybody: it cannot end it, nor escape."""
    harmless = text.strip().replace("\\", "\\\\").replace('"', "'")
    return f'"""{harmless}\n"""'


def array_source(name: str, array: NDArray[Any], dtype: str = "") -> str:
    """Return an assignment of an array with 1 or 2 dimensions, every digit that matters."""
    kind = f", {dtype}" if dtype else ""
    short = f"{name} = np.array({_rows(array)}{kind})"
    if len(short) <= WIDTH:
        return short
    if array.ndim == 1:
        return f"{name} = np.array([\n{_wrapped(array, 4)}\n]{kind})"
    rows = []
    for row in array:
        line = f"    {_rows(row)},"
        rows.append(line if len(line) <= WIDTH else f"    [\n{_wrapped(row, 8)}\n    ],")
    return f"{name} = np.array([\n" + "\n".join(rows) + f"\n]{kind})"


def _texts(array: NDArray[Any]) -> list[str]:
    # As text NumPy gives the fewest digits from which the very same number is read.
    return list(array.astype("U32").tolist())


def _rows(array: NDArray[Any]) -> str:
    if array.ndim == 2:
        return "[" + ", ".join(_rows(row) for row in array) + "]"
    return "[" + ", ".join(_texts(array)) + "]"


def _wrapped(row: NDArray[Any], indent: int) -> str:
    lines, line = [], " " * indent
    for text in _texts(row):
        if len(line) + len(text) + 2 > WIDTH:
            lines.append(line.rstrip())
            line = " " * indent
        line += f"{text}, "
    return "\n".join([*lines, line.rstrip()])


def prepare_source(preparation: Preparation, dtype: str) -> list[str]:
    """Return the constants and the function that make inputs of raw values, as lines."""
    lines = []
    if preparation.offset is not None and preparation.divisor is not None:
        lines += [
            "# The scale of the inputs, fitted on the training samples.",
            array_source("OFFSET", preparation.offset),
            array_source("DIVISOR", preparation.divisor),
            "",
            "",
        ]
    width = len(preparation.input_names)
    lines += [
        "def prepare(raw):",
        f'    """Return what the network sees, (n, {width}), of raw values '
        f'(n, {len(preparation.raw_names)})."""',
        "    inputs = np.asarray(raw, float)",
    ]
    if preparation.ink > 1:
        lines.append(f"    inputs = inputs / {preparation.ink}")
    if preparation.features is not None and preparation.features != ("x1", "x2"):
        lines.append("    x1, x2 = inputs.T")
        columns = [FEATURE_SOURCES[name] for name in preparation.features]
        lines.append(f"    inputs = np.stack([{', '.join(columns)}], axis=1)")
    if preparation.offset is not None:
        lines.append("    inputs = (inputs - OFFSET) / DIVISOR")
    return [*lines, f"    return inputs.astype(np.{dtype})"]


def made_source(parts: Sequence[str]) -> str:
    """Join the parts of a file."""
    return "\n".join(parts).strip() + "\n"

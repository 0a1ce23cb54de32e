"""A table of named columns, as CSV and as JSON, and back."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Table", "largest_difference", "read_csv", "read_json"]

Column = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length, in order.

    Attributes
    ----------
    columns
        By heading: numbers of any dtype, or text. NaN is a value that is missing.
    facts
        What holds for all rows: where they come from. Only JSON has room for it.
    """

    columns: dict[str, Column]
    facts: dict[str, Any]

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values()), ()))

    def csv(self, separator: str = ",") -> bytes:
        """Return the table as comma-separated values, by RFC 4180 but for line ends.

        Numbers have as many digits as it takes to read back the very same value; what is missing
        is an empty cell.
        """
        text = io.StringIO()
        writer = csv.writer(text, delimiter=separator, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(zip(*map(_texts, self.columns.values()), strict=True))
        return text.getvalue().encode()

    def json(self) -> bytes:
        """Return the table as JSON: the facts, then a list for each column.

        JSON has no NaN and no infinity: such values are null.
        """
        columns = {name: _plain(column) for name, column in self.columns.items()}
        content = {**self.facts, "columns": columns}
        return (json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _texts(column: Column) -> list[str]:
    """Return the cells of a column: the shortest text that reads back as the same number."""
    if column.dtype.kind != "f":
        return [str(cell) for cell in column.tolist()]
    texts: list[str] = column.astype("U32").tolist()
    if np.isnan(column).any():
        texts = ["" if text == "nan" else text for text in texts]
    return texts


def _plain(column: Column) -> list[Any]:
    if column.dtype.kind != "f":
        cells: list[Any] = column.tolist()
        return cells
    if np.isfinite(column).all():
        return [float(text) for text in column.astype("U32").tolist()]
    return [
        float(text) if math.isfinite(value) else None
        for text, value in zip(column.astype("U32").tolist(), column.tolist(), strict=True)
    ]


def read_csv(content: bytes, separator: str = ",") -> dict[str, list[str]]:
    """Return the columns of what :meth:`Table.csv` wrote."""
    rows = csv.reader(io.StringIO(content.decode()), delimiter=separator)
    heading = next(rows, [])
    cells = list(zip(*rows, strict=True)) or [()] * len(heading)
    return dict(zip(heading, map(list, cells), strict=True))


def read_json(content: bytes) -> dict[str, list[Any]]:
    """Return the columns of what :meth:`Table.json` wrote."""
    columns: dict[str, list[Any]] = json.loads(content)["columns"]
    return columns


def largest_difference(table: Table, found: Mapping[str, Sequence[Any]]) -> float:
    """Return how far the cells that were read are from those of a table, at the most.

    NaN if columns or rows are missing, a text differs, or a number stands on one side only.
    """
    if list(found) != list(table.columns):
        return math.nan
    largest = 0.0
    for name, column in table.columns.items():
        cells = found[name]
        if len(cells) != len(column):
            return math.nan
        if column.dtype.kind != "f":
            if [str(cell) for cell in cells] != [str(cell) for cell in column.tolist()]:
                return math.nan
            continue
        numbers = np.array([math.nan if cell in ("", None) else cell for cell in cells], "U32")
        read = numbers.astype(column.dtype)
        known = np.isfinite(column)
        if not np.array_equal(np.isfinite(read), known):
            return math.nan
        if known.any():
            apart = np.abs(read[known].astype(float) - column[known].astype(float))
            largest = max(largest, float(apart.max()))
    return largest

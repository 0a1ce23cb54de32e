"""Rows of the table as text for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from playground.gui.samples.columns import Column, Kind
from playground.gui.samples.model import SamplesModel

__all__ = ["MOST_COPIED", "tab_separated"]

MOST_COPIED = 2000
"""Rows that are put on the clipboard at most: so many take a moment, more would stop the window."""


def tab_separated(model: SamplesModel, rows: Iterable[int]) -> str:
    """Return rows as tab-separated values under headings: numbers with all their digits."""
    columns = [each for each in model.columns if each.kind is not Kind.PICTURE]
    lines = ["\t".join(_plain(_heading(column)) for column in columns)]
    for row in rows:
        sample = model.sample(row)
        lines.append("\t".join(_plain(model.full_text(sample, each)) for each in columns))
    return "\n".join(lines) + "\n"


def _heading(column: Column) -> str:
    match column.kind:
        case Kind.NUMBER:
            return "number"
        case Kind.MARK:
            return "answer"
        case Kind.INPUT:
            return column.title
        case _:
            return column.title.lower()


def _plain(text: str) -> str:
    """Return a text without what would end a cell or a row."""
    return " ".join(text.split())

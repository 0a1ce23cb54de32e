"""Exporters of tables, to be opened in a spreadsheet or read by a few lines of any script."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from playground.exporting.base import PREVIEW_LETTERS, Exporter, Preview, Proof
from playground.exporting.contents import (
    history_table,
    layers_table,
    predictions_table,
    weights_table,
)
from playground.exporting.run import Run
from playground.exporting.table import Table, largest_difference, read_csv, read_json
from playground.schema.parameter import shown
from playground.training.jobs import Progress

_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


class TableExporter(Exporter, frozen=True):
    """Writes a table."""

    group: ClassVar[str] = "Tables"

    def table(self, run: Run) -> Table:
        """Return what is to be written."""
        raise NotImplementedError

    def written(self, table: Table) -> bytes:
        """Return the table as a file."""
        raise NotImplementedError

    def content(self, run: Run, progress: Progress) -> bytes:
        """Return the whole file."""
        return self.written(self.table(run))

    def preview(self, run: Run, progress: Progress) -> Preview:
        """Return the first rows, and how many there are."""
        table = self.table(run)
        content = self.written(table)
        text = content[: 4 * PREVIEW_LETTERS].decode("utf-8", "ignore")[:PREVIEW_LETTERS]
        summary = (
            f"{table.row_count:,} rows of {len(table.columns):,} columns, {len(content):,} bytes"
        )
        return Preview(summary, text, len(text.encode()) == len(content))


class CsvExporter(TableExporter, frozen=True):
    """Writes comma-separated values, with a heading for each column."""

    suffix: ClassVar[str] = ".csv"

    separator: Annotated[
        Literal["comma", "semicolon", "tab"],
        shown(
            "Separator",
            help="What stands between two cells. Spreadsheets of countries that write 0,5 for a "
            "half expect semicolons.",
        ),
    ] = "comma"

    def written(self, table: Table) -> bytes:
        """Return the table as a file."""
        return table.csv(_SEPARATORS[self.separator])

    def prove(self, run: Run, path: Path, progress: Progress) -> Proof:
        """Read the file with the csv module and compare every cell."""
        table = self.table(run)
        found = read_csv(path.read_bytes(), _SEPARATORS[self.separator])
        return _proof("csv module", table, largest_difference(table, found))


class JsonExporter(TableExporter, frozen=True):
    """Writes JSON: what the run was, then a list for each column."""

    suffix: ClassVar[str] = ".json"

    def written(self, table: Table) -> bytes:
        """Return the table as a file."""
        return table.json()

    def prove(self, run: Run, path: Path, progress: Progress) -> Proof:
        """Read the file with the json module and compare every cell."""
        table = self.table(run)
        found = read_json(path.read_bytes())
        return _proof("json module", table, largest_difference(table, found))


def _proof(reader: str, table: Table, difference: float) -> Proof:
    cells = table.row_count * len(table.columns)
    return Proof(reader, f"all {cells:,} cells", difference, 0.0)


_INPUTS = shown(
    "Inputs",
    help="Whether what goes into the network is written beside each prediction. Automatic: if "
    "there are at most 64 inputs.",
)
_InputsChoice = Literal["automatic", "always", "never"]
_WANTED = {"automatic": None, "always": True, "never": False}


class HistoryCsv(CsvExporter, frozen=True, tag="history-csv"):
    """Every curve of the run over steps and epochs, a row for each record."""

    title: ClassVar[str] = "History (CSV)"

    def table(self, run: Run) -> Table:
        """Return what is to be written."""
        return history_table(run)


class HistoryJson(JsonExporter, frozen=True, tag="history-json"):
    """Every curve of the run over steps and epochs, a list for each curve."""

    title: ClassVar[str] = "History (JSON)"

    def table(self, run: Run) -> Table:
        """Return what is to be written."""
        return history_table(run)


class PredictionsCsv(CsvExporter, frozen=True, tag="predictions-csv"):
    """Every sample with its inputs, target, outputs, certainty, loss and what it is used for."""

    title: ClassVar[str] = "Predictions (CSV)"

    inputs: Annotated[_InputsChoice, _INPUTS] = "automatic"

    def table(self, run: Run) -> Table:
        """Return what is to be written."""
        return predictions_table(run, _WANTED[self.inputs])


class PredictionsJson(JsonExporter, frozen=True, tag="predictions-json"):
    """Every sample with its inputs, target, outputs, certainty, loss and what it is used for."""

    title: ClassVar[str] = "Predictions (JSON)"

    inputs: Annotated[_InputsChoice, _INPUTS] = "automatic"

    def table(self, run: Run) -> Table:
        """Return what is to be written."""
        return predictions_table(run, _WANTED[self.inputs])


class WeightsCsv(CsvExporter, frozen=True, tag="weights-csv"):
    """Every weight and bias with its place, its value and its last gradient, a row each."""

    title: ClassVar[str] = "Weights (CSV)"

    def table(self, run: Run) -> Table:
        """Return what is to be written."""
        return weights_table(run)


class WeightsJson(JsonExporter, frozen=True, tag="weights-json"):
    """Every weight and bias with its place, its value and its last gradient."""

    title: ClassVar[str] = "Weights (JSON)"

    def table(self, run: Run) -> Table:
        """Return what is to be written."""
        return weights_table(run)


class LayersCsv(CsvExporter, frozen=True, tag="layers-csv"):
    """A row per layer: sizes, activation, and how large weights, gradient and updates are."""

    title: ClassVar[str] = "Layer table (CSV)"

    def table(self, run: Run) -> Table:
        """Return what is to be written."""
        return layers_table(run)


class LayersJson(JsonExporter, frozen=True, tag="layers-json"):
    """For each layer its sizes, activation, and how large weights, gradient and updates are."""

    title: ClassVar[str] = "Layer table (JSON)"

    def table(self, run: Run) -> Table:
        """Return what is to be written."""
        return layers_table(run)

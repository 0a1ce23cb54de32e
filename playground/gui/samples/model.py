"""The samples for Qt: a window onto the data, which are never copied.

Nothing is worked out for a row that is not seen, and the rows are an array of sample numbers: to
sort or filter is to show another array.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from playground.data.prepared import PreparedData
from playground.gui.samples.columns import (
    SETS,
    Column,
    Kind,
    columns_of,
    input_value,
    loss_format,
    number_format,
    set_codes,
    value_format,
    written,
)
from playground.gui.train.output.number_text import percent
from playground.schema.task import TaskKind
from playground.training.sample_scores import SampleScores

__all__ = ["SamplesModel"]

Index = QModelIndex | QPersistentModelIndex

_ROLE = Qt.ItemDataRole
_UNKNOWN = "…"
_RIGHT, _WRONG = "✓", "✗"
_HORIZONTAL = Qt.Orientation.Horizontal


class SamplesModel(QAbstractTableModel):
    """Rows of samples, columns as :func:`columns_of` says.

    Attributes
    ----------
    columns
        What the columns are about.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()
        self._data: PreparedData | None = None
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._codes: NDArray[np.int8] = np.zeros(0, np.int8)
        self._scores = SampleScores.unknown(0)
        self._formats: dict[str, str] = {}
        self._largest_loss = 0.0
        self._largest_value = 0.0

    # --- what is shown ---

    @property
    def samples(self) -> PreparedData | None:
        """The data, or ``None``."""
        return self._data

    @property
    def rows(self) -> NDArray[np.int64]:
        """The samples that are shown (n,), in their order."""
        return self._rows

    @property
    def codes(self) -> NDArray[np.int8]:
        """To which set each sample belongs, as an index into ``SETS``."""
        return self._codes

    @property
    def scores(self) -> SampleScores:
        """What the network says about all samples."""
        return self._scores

    def show_data(self, data: PreparedData | None) -> None:
        """Show other samples, all of them in order; nothing is known about them yet."""
        self.beginResetModel()
        self._data = data
        self._formats = {}
        count = len(data.samples.labels) if data is not None else 0
        self.columns = columns_of(data) if data is not None else ()
        self._codes = set_codes(data) if data is not None else np.zeros(0, np.int8)
        self._scores = SampleScores.unknown(count)
        self._rows = np.arange(count)
        self._largest_loss = 0.0
        self._largest_value = self._largest_target()
        self.endResetModel()

    def show_scores(self, scores: SampleScores) -> None:
        """Show what a network says; the order stays."""
        self._scores = scores
        finite = scores.losses[np.isfinite(scores.losses)]
        self._largest_loss = float(finite.max(initial=0.0))
        self._formats.pop(Kind.LOSS.value, None)
        results = [n for n, column in enumerate(self.columns) if column.is_result]
        if results:
            self._tell_changed(results[0], results[-1])

    def show_rows(self, rows: NDArray[np.int64]) -> None:
        """Show other samples, or in another order.

        Rows are added or taken at the end and the others change what they say, so that the view
        keeps its place.
        """
        before, after = len(self._rows), len(rows)
        if after < before:
            self.beginRemoveRows(QModelIndex(), after, before - 1)
            self._rows = self._rows[:after]
            self.endRemoveRows()
        elif after > before:
            self.beginInsertRows(QModelIndex(), before, after - 1)
            self._rows = np.concatenate([self._rows, rows[before:]])
            self.endInsertRows()
        self._rows = rows
        self._tell_changed(0, len(self.columns) - 1)

    def _tell_changed(self, first: int, last: int) -> None:
        """Tell that all rows say something else, from one column to another."""
        if len(self._rows):
            end = self.index(len(self._rows) - 1, last)
            self.dataChanged.emit(self.index(0, first), end)

    def sample(self, row: int) -> int:
        """Return the number of the sample in a row."""
        return int(self._rows[row])

    def row_of(self, sample: int) -> int | None:
        """Return in which row a sample is, or ``None`` if it is not shown."""
        found = np.flatnonzero(self._rows == sample)
        return int(found[0]) if len(found) else None

    # --- numbers ---

    def is_known(self, sample: int) -> bool:
        """Whether the network was asked about a sample."""
        return bool(self._scores.known[sample])

    def is_wrong(self, sample: int) -> bool:
        """Whether the network gives a sample another class than its own."""
        assert self._data is not None  # there is a sample
        label = self._data.samples.labels[sample]
        return self.is_known(sample) and bool(self._scores.predicted[sample] != label)

    def value(self, sample: int, column: Column) -> float:
        """Return the number behind a cell; NaN where there is none."""
        assert self._data is not None  # there is a sample
        match column.kind:
            case Kind.TARGET:
                return float(self._data.samples.labels[sample])
            case Kind.PREDICTED:
                return float(self._scores.predicted[sample])
            case Kind.ERROR:
                return float(self._scores.predicted[sample] - self._data.samples.labels[sample])
            case Kind.LOSS:
                return float(self._scores.losses[sample])
            case Kind.CERTAINTY:
                return float(self._scores.certainty[sample])
            case Kind.INPUT:
                return input_value(self._data, sample, column.index)
            case _:
                return float(sample)

    def share_of_loss(self, sample: int) -> float:
        """Return how large the loss of a sample is beside the largest, from 0 to 1."""
        loss = float(self._scores.losses[sample])
        if not np.isfinite(loss):
            return 1.0 if self.is_known(sample) else 0.0
        return min(max(loss / self._largest_loss, 0.0), 1.0) if self._largest_loss > 0 else 0.0

    def shade(self, value: float) -> float:
        """Return a regression's value on the scale of values, from -1 to 1."""
        if not np.isfinite(value) or not self._largest_value:
            return 0.0
        return min(max(value / self._largest_value, -1.0), 1.0)

    def _largest_target(self) -> float:
        if self._data is None or self._data.task.kind is not TaskKind.REGRESSION:
            return 0.0
        labels = self._data.samples.labels
        return float(np.abs(labels[np.isfinite(labels)]).max(initial=0.0))

    # --- words ---

    def text(self, sample: int, column: Column) -> str:
        """Return what a cell says."""
        assert self._data is not None  # there is a sample
        names = self._data.task.class_names
        if column.is_result and not self.is_known(sample):
            return _UNKNOWN
        match column.kind:
            case Kind.NUMBER:
                return str(sample)
            case Kind.MARK:
                return _WRONG if self.is_wrong(sample) else _RIGHT
            case Kind.PICTURE:
                return ""
            case Kind.SET:
                return SETS[self._codes[sample]]
            case Kind.CERTAINTY:
                return percent(self.value(sample, column))
            case Kind.TARGET | Kind.PREDICTED if names:
                label = self.value(sample, column)
                return names[int(label)] if np.isfinite(label) else "–"
        return written(self.value(sample, column), self._format(column))

    def full_text(self, sample: int, column: Column) -> str:
        """Return what a cell says for another program: a number with all its digits."""
        assert self._data is not None  # there is a sample
        if column.kind is Kind.MARK:
            if not self.is_known(sample):
                return ""
            return "wrong" if self.is_wrong(sample) else "right"
        if column.is_numeric:
            value = self.value(sample, column)
            if np.isnan(value):
                return ""
            return str(sample) if column.kind is Kind.NUMBER else format(value, ".9g")
        text = self.text(sample, column)
        return "" if text == _UNKNOWN else text

    def _format(self, column: Column) -> str:
        """Return how the numbers of a column are written, worked out once."""
        # Values, answers and errors are compared with each other: one way for all of them.
        key = column.key if column.kind in (Kind.INPUT, Kind.LOSS) else Kind.TARGET.value
        found = self._formats.get(key)
        if found is None:
            found = self._formats[key] = self._fitting_format(column)
        return found

    def _fitting_format(self, column: Column) -> str:
        assert self._data is not None  # there is a sample
        samples = self._data.samples
        if column.kind is Kind.LOSS:
            return loss_format(self._largest_loss)
        if column.kind is not Kind.INPUT:
            return value_format(samples.labels)
        values = samples.inputs[:, column.index]
        if self._data.scaling is not None:
            some = range(0, len(values), max(1, len(values) // 100))
            values = np.array([input_value(self._data, each, column.index) for each in some])
            values = np.round(values, 9)
        return number_format(values)

    # --- Qt ---

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many samples are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Return the text of a cell, what it means, or how it stands."""
        if not index.isValid() or self._data is None:
            return None
        column = self.columns[index.column()]
        sample = self.sample(index.row())
        match role:
            case _ROLE.DisplayRole:
                return self.text(sample, column)
            case _ROLE.TextAlignmentRole:
                return (_AT_RIGHT if column.is_numeric else _AT_LEFT).value
            case _ROLE.ToolTipRole:
                return self._tip(sample, column)
            case _ROLE.AccessibleTextRole:
                return self._spoken(sample, column)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        """Return the heading of a column, or what it teaches."""
        if orientation is not _HORIZONTAL or section >= len(self.columns):
            return None
        column = self.columns[section]
        match role:
            case _ROLE.DisplayRole:
                return column.title
            case _ROLE.AccessibleTextRole:
                return "Right or wrong" if column.kind is Kind.MARK else column.title
            case _ROLE.ToolTipRole:
                # Names may come from a file, and markup in them is not ours.
                return f"<b>{escape(column.title)}</b><br>{column.tip}<br>Click to sort."
        return None

    def _spoken(self, sample: int, column: Column) -> str:
        match column.kind:
            case Kind.NUMBER:
                return f"Sample {sample}"
            case Kind.MARK:
                return "" if not self.is_known(sample) else self.full_text(sample, column)
            case Kind.PICTURE:
                return "Image"
        return f"{column.title} {self.text(sample, column)}"

    def _tip(self, sample: int, column: Column) -> str:
        assert self._data is not None  # there is a sample
        if column.kind is Kind.INPUT and self._data.scaling is not None:
            scaled = written(float(self._data.samples.inputs[sample, column.index]), ".4g")
            return f"{self.text(sample, column)}, scaled {scaled}: what the network sees"
        if column.kind in (Kind.LOSS, Kind.ERROR) and self.is_known(sample):
            return written(self.value(sample, column), ".9g")
        return ""


_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_AT_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

"""The comparison as a table for Qt: one row per architecture."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from playground.gui.plots.ticks import nice_interval
from playground.gui.theme import monospace_font, text_font, theme
from playground.training.cross_validation import Candidate, CrossValidation, Measure
from playground.training.cross_validation_table import MISSING, measure_text

__all__ = ["Column", "ResultsModel"]

_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Column(IntEnum):
    """What each column shows."""

    LAYERS = 0
    PARAMETERS = 1
    DOTS = 2
    MEAN = 3
    OTHER = 4
    TRAIN = 5
    SECONDS = 6


class ResultsModel(QAbstractTableModel):
    """What came of a comparison so far, measured in one way.

    Attributes
    ----------
    result
        The comparison; ``None`` before the first report.
    measure
        By what architectures are compared.
    interval
        (low, high) that the axis of the dots shows.
    best, simplest
        Rows that are marked, or ``None``.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.result: CrossValidation | None = None
        self.measure = Measure.ACCURACY
        self.interval = (0.0, 1.0)
        self.best: int | None = None
        self.simplest: int | None = None

    def show_result(self, result: CrossValidation | None, measure: Measure) -> None:
        """Show a comparison; rows that stay keep what is selected."""
        before = None if self.result is None else [each.widths for each in self.result.candidates]
        after = None if result is None else [each.widths for each in result.candidates]
        if before != after:
            self.beginResetModel()
        self.result, self.measure = result, measure
        self.best = self.simplest = None
        if result is not None:
            self.best, self.simplest = result.best(measure), result.simplest(measure)
            self.interval = _interval(result, measure)
        if before != after:
            self.endResetModel()
        elif after:
            end = self.index(self.rowCount() - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), end)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def candidate(self, row: int) -> Candidate:
        """Return the architecture of a row."""
        assert self.result is not None
        return self.result.candidates[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of architectures."""
        return 0 if self.result is None or parent.isValid() else len(self.result.candidates)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return text, font, colour and so on of a cell."""
        if not index.isValid() or self.result is None:
            return None
        candidate, column = self.candidate(index.row()), Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return "" if column is Column.DOTS else self._text(candidate, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if column is Column.LAYERS else _RIGHT
            case Qt.ItemDataRole.FontRole:
                is_bold = index.row() == self.best and column in (Column.LAYERS, Column.MEAN)
                return monospace_font(13, is_bold)
            case Qt.ItemDataRole.ForegroundRole:
                plain = column in (Column.LAYERS, Column.MEAN) and candidate.runs
                return theme().color("text" if plain else "text_muted")
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._heading(column)}: {self._spoken(candidate, column)}"
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(candidate)
            case _:
                return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the heading of a column."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._heading(Column(section))
            case Qt.ItemDataRole.FontRole:
                return text_font(11)
            case _:
                return None

    def _heading(self, column: Column) -> str:
        is_accuracy = self.measure is Measure.ACCURACY
        match column:
            case Column.LAYERS:
                return "Hidden layers"
            case Column.PARAMETERS:
                return "Parameters"
            case Column.DOTS:
                return f"{self.measure.value.capitalize()} by fold"
            case Column.MEAN:
                return "Mean ± deviation"
            case Column.OTHER:
                return "Held-out loss" if is_accuracy else "Accuracy"
            case Column.TRAIN:
                return "Train loss"
            case Column.SECONDS:
                return "Time"

    def _text(self, candidate: Candidate, column: Column) -> str:
        match column:
            case Column.LAYERS:
                return candidate.name
            case Column.PARAMETERS:
                return f"{candidate.parameter_count:,}"
            case Column.DOTS:
                return self._dots_in_words(candidate)
            case Column.MEAN:
                mean = measure_text(candidate.mean(self.measure), self.measure)
                spread = candidate.deviation(self.measure)
                if spread is None:
                    return mean
                return f"{mean} ± {measure_text(spread, self.measure).rstrip(' %')}"
            case Column.OTHER:
                other = Measure.LOSS if self.measure is Measure.ACCURACY else Measure.ACCURACY
                return measure_text(candidate.mean(other), other)
            case Column.TRAIN:
                return measure_text(candidate.mean_train_loss, Measure.LOSS)
            case Column.SECONDS:
                return f"{candidate.seconds:.1f} s" if candidate.runs else MISSING

    def _spoken(self, candidate: Candidate, column: Column) -> str:
        text = self._text(candidate, column)
        if column is not Column.LAYERS or self.result is None:
            return text
        row = self.result.candidates.index(candidate)
        marks = [
            word
            for word, marked in (("best", self.best), ("smaller, about as good", self.simplest))
            if marked == row and (word == "best" or self.simplest != self.best)
        ]
        return ", ".join([text, *marks])

    def _dots_in_words(self, candidate: Candidate) -> str:
        return ", ".join(
            "diverged" if run.problem else measure_text(run.value(self.measure), self.measure)
            for run in candidate.runs
        )

    def _tip(self, candidate: Candidate) -> str:
        if not candidate.runs:
            return "Waits for its turn."
        problem = next((run.problem for run in candidate.runs if run.problem), "")
        folds = f"By fold: {self._dots_in_words(candidate)}"
        return f"{folds}\n{problem}" if problem else folds


def _interval(result: CrossValidation, measure: Measure) -> tuple[float, float]:
    """Return what the axis shows: all folds and all error bars, with round ends."""
    seen: list[float] = []
    for candidate in result.candidates:
        seen += candidate.values(measure)
        mean, deviation = candidate.mean(measure), candidate.deviation(measure)
        if mean is not None and deviation is not None:
            seen += [mean - deviation, mean + deviation]
    seen = [value for value in seen if math.isfinite(value)]
    if not seen:
        return 0.0, 1.0
    low, high = nice_interval(min(seen), max(seen), logarithmic=False)
    low = max(low, 0.0)
    return low, min(high, 1.0) if measure is Measure.ACCURACY else high

"""How good the network is, in a few numbers and one bar per class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.data.prepared import PreparedData
from playground.gui.theme import monospace_font, text_font, theme
from playground.gui.train.output.number_text import percent
from playground.gui.train.output.probability_bars import paint_bars
from playground.training.snapshot import Snapshot

__all__ = ["Results", "ResultsCard", "planar_results"]

_ROW = 20
_PADDING = 10
_COLUMN = 82
_NAMES = 62
"""Room for the names of the rows, with the padding."""
_CLASS_ROW = 18


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What the card shows.

    Attributes
    ----------
    columns
        Names of the sets of samples.
    rows
        Name, and a text for each column.
    class_names
        Of the classes; empty for none.
    class_shares : (classes,) or None
        Share of right answers in each class; NaN where a class has no samples.
    measured_on
        ``test``, ``validation`` or ``training``: the samples that the shares are of.
    """

    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...] = ("Training", "Test")
    class_names: tuple[str, ...] = ()
    class_shares: NDArray[np.float64] | None = None
    measured_on: str = "test"


class ResultsCard(QWidget):
    """A small table for training, validation and test data, painted in one go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results = Results(())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Results")
        theme().changed.connect(self.update)

    @property
    def results(self) -> Results:
        """What is shown."""
        return self._results

    def show_results(self, results: Results) -> None:
        """Show other numbers."""
        before, self._results = self._results, results
        shape = (len(results.rows), len(results.class_names))
        if shape != (len(before.rows), len(before.class_names)):
            self.updateGeometry()
        if results.rows != before.rows:
            names = [column.lower() for column in results.columns]
            words = (
                f"{name}: " + ", ".join(f"{n} {v}" for n, v in zip(names, values, strict=True))
                for name, *values in results.rows
            )
            self.setAccessibleDescription("; ".join(words))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of the table and the bars."""
        results = self._results
        height = 2 * _PADDING + _ROW * (len(results.rows) + 1)
        if results.class_names:
            height += 8 + _ROW + _CLASS_ROW * len(results.class_names)
        return QSize(260, height)

    def minimumSizeHint(self) -> QSize:
        """Return a width at which the numbers stand apart."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, table and bars."""
        colors, results = theme().current, self._results
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.background))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        right = self.width() - _PADDING
        width = min(_COLUMN, (right - _NAMES) // max(1, len(results.columns)))
        columns = [right - width * place for place in range(len(results.columns), 0, -1)]
        size = 13 if width == _COLUMN else 12
        painter.setFont(text_font(11))
        painter.setPen(QColor(colors.text_muted))
        for left, text in zip(columns, results.columns, strict=True):
            painter.drawText(QRectF(left, _PADDING, width, _ROW), _RIGHT, text)
        y = _PADDING + _ROW
        for index, (name, *values) in enumerate(results.rows):
            painter.setFont(text_font(size))
            painter.setPen(QColor(colors.text))
            painter.drawText(QRectF(_PADDING, y, columns[0], _ROW), _LEFT, name)
            painter.setFont(monospace_font(size, bold=index == 0))
            for left, text in zip(columns, values, strict=True):
                painter.drawText(QRectF(left, y, width, _ROW), _RIGHT, text)
            y += _ROW
        if results.class_names:
            y += 8
            painter.setFont(text_font(11))
            painter.setPen(QColor(colors.text_muted))
            caption = f"Right answers per class, {results.measured_on}"
            painter.drawText(QRectF(_PADDING, y, right, _ROW), _LEFT, caption)
            height = _CLASS_ROW * len(results.class_names)
            area = QRectF(_PADDING, y + _ROW, right - _PADDING, height)
            names = results.class_names
            inks = [colors.of_class(index) for index in range(len(names))]
            every = set(range(len(names)))
            paint_bars(painter, area, colors, names, results.class_shares, inks, every, True)
        painter.end()


def planar_results(snapshot: Snapshot, data: PreparedData) -> Results:
    """Return the numbers of a planar dataset.

    Classification is counted over all samples; a regression shows its mean loss.
    """
    task, split, wrong, metrics = data.task, data.split, snapshot.wrong, snapshot.metrics
    sets = [
        ("Training", split.train, metrics.train_loss),
        ("Validation", split.validation, metrics.validation_loss),
        ("Test", split.test, metrics.test_loss),
    ]
    if not len(split.validation):
        del sets[1]
    columns = tuple(name for name, _, _ in sets)
    if not task.class_count or wrong is None or len(wrong) != len(data.samples.points):
        return Results((("Mean loss", *(_loss(loss) for _, _, loss in sets)),), columns)
    accuracy, mistakes = ["Accuracy"], ["Mistakes"]
    for _, indices, _ in sets:
        count, bad = len(indices), int(np.count_nonzero(wrong[indices]))
        accuracy.append(percent(1 - bad / count) if count else "–")
        mistakes.append(f"{bad} / {count}" if count else "–")
    measured_on, shown = split.judged
    labels = data.samples.labels[shown].astype(np.int64)
    count = task.class_count
    totals = np.bincount(labels, minlength=count)
    rights = np.bincount(labels[~wrong[shown]], minlength=count)
    with np.errstate(invalid="ignore"):
        shares = rights / totals
    rows = (tuple(accuracy), tuple(mistakes))
    return Results(rows, columns, task.class_names, shares, measured_on)


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

"""Which class is taken for which: the confusion matrix."""

from __future__ import annotations

import csv
from io import StringIO

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.figures.figure import Figure
from playground.gui.figures.menu import copy_picture, figure_menu
from playground.gui.theme import theme
from playground.gui.train.output.confusion_picture import LEFT, TOP, ConfusionPicture

__all__ = ["ConfusionView"]

Counts = NDArray[np.int64]
Cell = tuple[int, int]


class ConfusionView(QWidget):
    """A heat map of counts: a row for each true class, a column for each answer.

    Right answers are blue, mistakes orange; the strength is the share of the row.

    Signals
    -------
    cell_chosen(object)
        (true, predicted) of a mistake whose examples are wanted, or ``None`` for all.
    cell_pointed(object)
        (true, predicted) under the pointer or the keyboard's frame, or ``None``.
    """

    cell_chosen = Signal(object)
    cell_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._counts: Counts | None = None
        self._picture: QPixmap | None = None
        self._pointed: Cell | None = None
        self._chosen: Cell | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(200, 200)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Confusion matrix")
        self.setAccessibleDescription(
            "Rows are true classes, columns what the network says. Arrow keys move from cell to "
            "cell, Enter shows only the mistakes of a cell, Escape shows all."
        )
        theme().changed.connect(self._forget_picture)

    @property
    def chosen(self) -> Cell | None:
        """The cell whose mistakes are shown."""
        return self._chosen

    @property
    def pointed(self) -> Cell | None:
        """The cell under the pointer or the keyboard's frame."""
        return self._pointed

    def set_names(self, names: tuple[str, ...]) -> None:
        """Set the classes; counts and choices go."""
        self._names, self._counts = names, None
        self._pointed = self._chosen = None
        self._forget_picture()

    def set_counts(self, counts: Counts) -> None:
        """Show other counts, (classes, classes): row true, column predicted."""
        if counts is not self._counts:
            if self._counts is None or not np.array_equal(counts, self._counts):
                self._picture = None
            self._counts = counts
            if self._picture is None:
                self.update()

    def choose(self, cell: Cell | None) -> None:
        """Frame a cell, or none, and say so."""
        if cell != self._chosen:
            self._chosen = cell
            self.update()
            self.cell_chosen.emit(cell)

    def describe(self, cell: Cell) -> str:
        """Return a cell in words, such as ``true 4 called 9: 12 of 180``."""
        true, predicted = cell
        verb = "called" if true != predicted else "recognized as"
        text = f"true {self._names[true]} {verb} {self._names[predicted]}"
        if self._counts is None:
            return text
        total = int(self._counts[true].sum())
        return f"{text}: {int(self._counts[true, predicted]):,} of {total:,}"

    # --- geometry ---

    def hasHeightForWidth(self) -> bool:
        """Return true: its cells are squares."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height at which the cells are squares."""
        return width - LEFT + TOP

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(288, 288)

    def _cell_size(self) -> float:
        return min(self.width() - LEFT, self.height() - TOP) / max(1, len(self._names))

    def _cell_rect(self, true: int, predicted: int) -> QRectF:
        size = self._cell_size()
        return QRectF(LEFT + predicted * size, TOP + true * size, size, size)

    def _cell_at(self, place: QPointF) -> Cell | None:
        size = self._cell_size()
        column = int((place.x() - LEFT) // size)
        row = int((place.y() - TOP) // size)
        inside = 0 <= row < len(self._names) and 0 <= column < len(self._names)
        return (row, column) if inside else None

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the matrix and the frames."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._picture is None or self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(theme().color("surface"))
            inner = QPainter(self._picture)
            self.paint_picture(inner)
            inner.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colors = theme().current
        for cell, color, width in (
            (self._pointed, colors.text, 1.5),
            (self._chosen, colors.accent, 2.5),
        ):
            if cell is not None:
                painter.setPen(QPen(QColor(color), width))
                painter.drawRoundedRect(self._cell_rect(*cell).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def figure(self) -> Figure | None:
        """Return the matrix as a picture."""
        if not self._names:
            return None
        side = round(self._cell_size() * len(self._names))
        size = QSize(LEFT + side, TOP + side)
        return Figure("Confusion matrix", size, self.paint_picture, data=self._csv_text)

    def _csv_text(self) -> str:
        """Return the counts, a row for each true class."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["true", *(f"predicted {name}" for name in self._names)])
        counts = np.zeros((len(self._names),) * 2, int) if self._counts is None else self._counts
        for name, row in zip(self._names, counts.tolist(), strict=True):
            writer.writerow([name, *row])
        return text.getvalue()

    def paint_picture(self, painter: QPainter) -> None:
        """Paint the matrix without its ground."""
        if self._names:
            ConfusionPicture(self._names, self._counts, self._cell_size()).paint(painter)

    def _forget_picture(self) -> None:
        self._picture = None
        self.update()

    # --- pointer and keys ---

    def _point(self, cell: Cell | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.update()
            self.cell_pointed.emit(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Frame the cell under the pointer."""
        self._point(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Frame none."""
        self._point(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the mistakes under the pointer; again, or elsewhere, all mistakes."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._toggle(self._cell_at(event.position()))

    def _toggle(self, cell: Cell | None) -> None:
        if cell is None or cell == self._chosen or cell[0] == cell[1]:
            self.choose(None)
        else:
            self.choose(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from cell to cell, choose, or copy the picture."""
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        last = len(self._names) - 1
        if event.matches(QKeySequence.StandardKey.Copy):
            if figure := self.figure():
                copy_picture(figure)
        elif key in moves and last >= 0:
            row, column = self._pointed or (0, -1 if key == Qt.Key.Key_Right else 0)
            down, right = moves[key]
            self._point((min(last, max(0, row + down)), min(last, max(0, column + right))))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._toggle(self._pointed)
        elif key == Qt.Key.Key_Escape and self._chosen is not None:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Frame a cell, to show where the keys act."""
        keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() in keyboard and self._pointed is None and self._names:
            self._point(self._chosen or (0, 0))
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Frame none."""
        self._point(None)
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy or save the picture."""
        if figure := self.figure():
            figure_menu(self, figure).popup(event.globalPos())

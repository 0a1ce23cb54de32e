"""A matrix with real numbers: cells that can be pointed at, chosen by keys, and filled in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QWidget,
)

from playground.gui.inspect.step import matrix_paint
from playground.gui.inspect.step.answer_delegate import AnswerDelegate
from playground.gui.inspect.step.matrix_model import Answer, Cell
from playground.gui.inspect.step.matrix_table import MatrixTable
from playground.gui.theme import theme
from playground.inspection.operation import Matrix, Shade
from playground.inspection.spelling import Lit

__all__ = ["MatrixView"]


class MatrixView(MatrixTable):
    """Shows a matrix in the colours of values or of gradients.

    A table in the eyes of Qt, so that arrow keys, in-place typing and screen readers work as in
    any table; painted by hand, so that 100,000 cells are one image.

    Signals
    -------
    cell_pointed(object)
        (row, column) under the pointer, or ``None``.
    cell_chosen(object)
        (row, column) that was clicked or reached by keys.
    answered(int, int, str)
        A masked cell was filled in.
    """

    cell_pointed = Signal(object)
    cell_chosen = Signal(object)
    answered = Signal(int, int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(AnswerDelegate(self))
        self._image: QImage | None = None
        self._selected: Cell | None = None
        self._pointed: Cell | None = None
        self.lit: tuple[Lit, ...] = ()
        self.shade = Shade.VALUE
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.matrix_model.answered.connect(self.answered)
        self.entered.connect(self._on_entered)
        theme().changed.connect(self._recolor)

    # --- what is shown ---

    def show_matrix(
        self, matrix: Matrix | None, decimals: int, page: int = 0, fitted: bool = True
    ) -> None:
        """Show another matrix; the same cell stays chosen if there still is one.

        Parameters
        ----------
        page
            Which sample, where each has a matrix of its own.
        fitted
            Whether to find the size of the cells at once; if not, :meth:`fit` or :meth:`set_room`
            must follow.
        """
        self._selected = self._pointed = None
        self.lit = ()
        self.matrix_model.show_matrix(matrix, decimals, page)
        self.shade = matrix.shade if matrix is not None else Shade.VALUE
        self._image = None
        self._zoom_step = 0
        if fitted:
            self.fit()
        self.viewport().update()
        rows, columns = self.matrix_model.values.shape
        name = matrix.name if matrix is not None else ""
        self.setAccessibleName(f"{name}, {rows} by {columns}")

    def set_mask(self, mask: NDArray[np.bool_] | None, answers: dict[Cell, Answer]) -> None:
        """Hide cells, and show what was answered for some of them."""
        self.matrix_model.set_mask(mask, answers)
        self._image = None
        self.viewport().update()

    def light(self, lit: Sequence[Lit]) -> None:
        """Let cells light up and the others recede; nothing lights up with an empty sequence."""
        if tuple(lit) != self.lit:
            self.lit = tuple(lit)
            self.viewport().update()

    def select(self, cell: Cell | None) -> None:
        """Frame a cell and bring it into sight; emits nothing."""
        if cell is not None and not self._has(cell):
            cell = None
        if cell != self._selected:
            self._selected = cell
            index = self.matrix_model.index(*cell) if cell is not None else QModelIndex()
            if self.currentIndex() != index:
                self.blockSignals(True)
                self.setCurrentIndex(index)
                self.blockSignals(False)
            if cell is not None:
                self.bring_into_sight(cell)
            self.viewport().update()

    def fill_in(self, cell: Cell) -> None:
        """Open the box in which a masked cell is filled in."""
        self.select(cell)
        index = self.matrix_model.index(*cell)
        if self.matrix_model.is_masked(*cell):
            if not self.shows_numbers:
                self.zoom_to_numbers(cell)
            self.setCurrentIndex(index)
            self.edit(index)

    @property
    def selected(self) -> Cell | None:
        """The framed cell."""
        return self._selected

    @property
    def pointed(self) -> Cell | None:
        """The cell under the pointer."""
        return self._pointed

    def _has(self, cell: Cell) -> bool:
        rows, columns = self.matrix_model.values.shape
        return bool(0 <= cell[0] < rows and 0 <= cell[1] < columns)

    # --- as it is painted ---

    @property
    def heat_map(self) -> QImage:
        """The matrix as an image, a pixel for each cell."""
        if self._image is None:
            self._image = matrix_paint.heat_map(self.matrix_model, self.shade, theme().current)
        return self._image

    def lit_rect(self, lit: Lit) -> QRect | None:
        """Return the area of cells that light up together, or ``None`` if there are none."""
        rows, columns = self.matrix_model.values.shape
        top, bottom = (0, rows - 1) if lit.row is None else (lit.row, lit.row)
        left, right = (0, columns - 1) if lit.column is None else (lit.column, lit.column)
        if bottom >= rows or right >= columns:
            return None
        return self.cell_rect(top, left).united(self.cell_rect(bottom, right))

    def zoom_to_numbers(self, cell: Cell) -> None:
        """Make cells so large that their numbers can be read, around one of them."""
        self._selected = cell
        while not self.shows_numbers:
            before = self._cell
            self.zoom(1, cell)
            if self._cell == before:
                break
        self.bring_into_sight(cell)

    def _recolor(self) -> None:
        self._image = None
        self.viewport().update()

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells that are seen."""
        painter = QPainter(self.viewport())
        matrix_paint.paint(self, painter, event.rect())
        painter.end()

    # --- pointer and keys ---

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: object
    ) -> None:
        """Frame the cell that was clicked or reached by keys, and say so."""
        super().currentChanged(current, previous)  # type: ignore[arg-type]
        if self.signalsBlocked() or not current.isValid():
            return
        cell = (current.row(), current.column())
        if cell != self._selected:
            self._selected = cell
            self.bring_into_sight(cell)
            self.viewport().update()
            self.cell_chosen.emit(cell)

    def _on_entered(self, index: QModelIndex) -> None:
        self._point((index.row(), index.column()) if index.isValid() else None)

    def _point(self, cell: Cell | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            if cell is not None:
                self.viewport().setToolTip(self.matrix_model.spoken(*cell))
            self.cell_pointed.emit(cell)

    def viewportEvent(self, event: QEvent) -> bool:
        """Forget the cell under the pointer when it leaves."""
        if event.type() == QEvent.Type.Leave:
            self._point(None)
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell; a masked one can be filled in at once."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            event.ignore()
            return
        cell = (index.row(), index.column())
        self.setCurrentIndex(index)
        if self._selected != cell:
            self._selected = cell
            self.viewport().update()
        self.cell_chosen.emit(cell)
        if self.matrix_model.is_masked(*cell):
            self.fill_in(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell under the pointer, without choosing."""
        index = self.indexAt(event.position().toPoint())
        self._point((index.row(), index.column()) if index.isValid() else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do nothing more: the press has chosen already."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom in on the numbers around a cell, or out again."""
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        if self.shows_numbers:
            self.zoom_out()
        else:
            self.zoom_to_numbers((index.row(), index.column()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl; scroll a matrix that has the focus; else leave it to the panel."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            index = self.indexAt(event.position().toPoint())
            if index.isValid() and self._selected is None:
                self._selected = (index.row(), index.column())
            self.zoom(1 if event.angleDelta().y() > 0 else -1, self._selected)
            event.accept()
        elif self.hasFocus() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Keep arrow keys to the table that was reached by Tab, before any shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._is_ours(event):
                event.accept()
                return True
        return super().event(event)

    def _is_ours(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        ):
            return bool(event.matches(QKeySequence.StandardKey.Copy))
        if self.state() == QAbstractItemView.State.EditingState:
            return True
        if event.key() in _ZOOMS:
            return True
        if event.key() in _MOVES:
            return not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        return self._starts_answer(event) or self._opens(event)

    def _starts_answer(self, event: QKeyEvent) -> bool:
        """Return whether a key is the first of a number for the masked cell that is framed."""
        masked = self._selected is not None and self.matrix_model.is_masked(*self._selected)
        return masked and bool(event.text()) and event.text() in _NUMBER

    def _opens(self, event: QKeyEvent) -> bool:
        return self._selected is not None and event.key() in _OPENS

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, zoom, copy, fill in; Escape gives the focus back."""
        key = Qt.Key(event.key())
        if self.state() == QAbstractItemView.State.EditingState:
            # Left over by the line that is typed into: Enter would open it again.
            event.accept()
        elif event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self.as_text())
        elif self._starts_answer(event):
            super().keyPressEvent(event)
        elif key in _ZOOMS:
            self.zoom(_ZOOMS[key] or -self._zoom_step, self._selected)
        elif self._opens(event) and self._selected is not None:
            if self.matrix_model.is_masked(*self._selected):
                self.fill_in(self._selected)
            elif not self.shows_numbers:
                self.zoom_to_numbers(self._selected)
        elif key in _MOVES and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        else:
            # No search by typed letters: letters are keys of the panel.
            event.ignore()

    def focusInEvent(self, event: object) -> None:
        """Frame a cell, to show where the keys act."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        if self._selected is None and self.matrix_model.values.size:
            self.setCurrentIndex(self.matrix_model.index(0, 0))

    def as_text(self) -> str:
        """Return the whole matrix as text with tabs, at full precision; hidden cells as ``?``."""
        model = self.matrix_model
        rows, columns = model.values.shape
        return "\n".join(
            "\t".join(
                "?" if model.is_masked(row, column) else repr(float(model.values[row, column]))
                for column in range(columns)
            )
            for row in range(rows)
        )

    def sizeHint(self) -> QSize:
        """Return the size that the cells need, within the room there is."""
        return self.size()


_MOVES = {
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
}
_ZOOMS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_0: 0}
_NUMBER = frozenset("0123456789+-.−")
_OPENS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2}

"""The card of the current operation: formula, shapes, numbers, and the sum behind a cell."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.gui.figures.figure import Figure
from playground.gui.formula import FormulaLabel
from playground.gui.inspect.pictures import as_shown, show_menu
from playground.gui.inspect.step.equation_row import EquationRow
from playground.gui.inspect.step.lines import CheckLine, SumLine
from playground.gui.inspect.step.matrix_model import Answer, Cell
from playground.gui.inspect.step.wrapped_label import WrappedLabel
from playground.gui.theme import monospace_font, text_font, theme
from playground.inspection.operation import Axis, Matrix, Operation

__all__ = ["EquationCard", "sample_of"]


class EquationCard(QFrame):
    """Three lines for every operation: formula, shapes, numbers. Below, the sum behind a cell.

    Signals
    -------
    cell_chosen(object)
        (row, column) of the result that was chosen.
    answered(int, int, str)
        A masked cell of the result was filled in.
    """

    cell_chosen = Signal(object)
    answered = Signal(int, int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._operation: Operation | None = None
        self._decimals = 3
        self._cell: Cell = (0, 0)
        self._pointed: Cell | None = None
        self._page = 0
        self._title = WrappedLabel()
        self._title.setTextFormat(Qt.TextFormat.RichText)
        self._formula = FormulaLabel(size=17)
        self._shapes = QLabel()
        self._shapes.setProperty("role", "muted")
        self.row = EquationRow()
        self.sum = SumLine()
        self.check = CheckLine()
        self._note = WrappedLabel()
        self._note.setProperty("role", "muted")
        second = QHBoxLayout()
        second.setSpacing(24)
        second.addWidget(self._formula)
        second.addWidget(self._shapes)
        second.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 13, 18, 14)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addLayout(second)
        column.addWidget(self.row)
        column.addWidget(self.sum)
        column.addWidget(self.check)
        column.addWidget(self._note)
        self._column = column
        self.set_type_size(12)
        # A pointer that only passes over the cells should not redo the text for each of them.
        self._pointer_timer = QTimer(self)
        self._pointer_timer.setSingleShot(True)
        self._pointer_timer.setInterval(20)
        self._pointer_timer.timeout.connect(self._explain)
        theme().changed.connect(self._write_title)
        self.row.cell_pointed.connect(self._on_pointed)
        self.row.cell_chosen.connect(self._on_chosen)
        self.row.answered.connect(self.answered)

    @property
    def operation(self) -> Operation | None:
        """What is shown."""
        return self._operation

    @property
    def cell(self) -> Cell:
        """The chosen cell of the result."""
        return self._cell

    def figure(self) -> Figure | None:
        """Return the operation as a picture, with its numbers unless they are asked for."""
        operation = self._operation
        if operation is None:
            return None
        is_open = self.row.result.view.matrix_model.mask is not None
        matrices = () if is_open else (operation.result, *operation.operands)
        return as_shown(self, operation.name, matrices)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture."""
        show_menu(self, event)

    def put_below_sum(self, widget: QWidget) -> None:
        """Give a widget its place below the sum."""
        self._column.insertWidget(self._column.indexOf(self.sum) + 1, widget)

    def set_mask(self, mask: NDArray[np.bool_] | None, answers: dict[Cell, Answer]) -> None:
        """Hide cells of the result, and show what was answered for some of them."""
        view = self.row.result.view
        if mask is not None or view.matrix_model.mask is not None:
            view.set_mask(mask, answers)

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers; the other letters follow."""
        self._title.setFont(text_font(pixels + 2))
        self._formula.set_size(pixels + 5)
        self._shapes.setFont(monospace_font(pixels + 1))
        self._note.setFont(text_font(pixels + 1))
        self.sum.set_type_size(pixels + 1)
        self.check.set_type_size(pixels + 1)
        self.row.set_type_size(pixels)

    def show_operation(self, operation: Operation, decimals: int, cell: Cell) -> None:
        """Show another operation; :meth:`choose` follows, to explain a cell of its result."""
        self._operation, self._decimals = operation, decimals
        self._pointed = None
        self._cell = self._inside(cell)
        self._write_title()
        self._formula.set_formula(operation.latex)
        self._shapes.setText(operation.shapes)
        self._note.setText(operation.note)
        self._note.setVisible(bool(operation.note))
        self._page = self._page_of(self._cell)
        self.row.show_operation(operation, decimals, self._page)

    def _write_title(self) -> None:
        operation = self._operation
        if operation is not None:
            muted, caption = theme().current.text_muted, escape(operation.caption)
            self._title.setText(
                f"<b>{escape(operation.name)}</b>&nbsp;&nbsp;"
                f"<span style='color:{muted}'>{caption}</span>"
            )
            self._title.setAccessibleName(f"{operation.name}, {operation.caption}")

    def choose(self, cell: Cell) -> None:
        """Choose a cell of the result; emits nothing."""
        self._cell = self._inside(cell)
        self._pointed = None
        self._turn_page()
        self._explain()

    def _inside(self, cell: Cell) -> Cell:
        assert self._operation is not None
        rows, columns = self._operation.result.shape
        return min(max(0, cell[0]), rows - 1), min(max(0, cell[1]), columns - 1)

    def _page_of(self, cell: Cell) -> int:
        """Return which sample a cell belongs to, where each has a matrix of its own."""
        assert self._operation is not None
        sample = sample_of(self._operation.result, cell)
        stacks = [m.stack for m in self._operation.operands if m.stack is not None]
        return min(sample, *(len(stack) - 1 for stack in stacks)) if stacks else 0

    def _turn_page(self) -> None:
        """Show the matrices of the sample of the chosen cell."""
        assert self._operation is not None
        page = self._page_of(self._cell)
        if page != self._page:
            self._page = page
            for place, matrix in enumerate(self._operation.operands):
                if matrix.stack is not None:
                    self.row.operand(place).show_matrix(matrix, self._decimals, page)

    def _on_pointed(self, place: int, cell: Cell | None) -> None:
        if place < 0 and cell != self._pointed:
            self._pointed = cell
            self._pointer_timer.start()

    def _on_chosen(self, place: int, cell: Cell) -> None:
        if place < 0:
            self.choose(cell)
            self.cell_chosen.emit(cell)
        else:
            self.row.operand(place).view.select(cell)

    def _explain(self) -> None:
        """Spell out the cell under the pointer, or else the chosen one, and light its terms."""
        if self._operation is None:
            return
        cell = self._pointed or self._cell
        result = self.row.result.view
        result.select(cell)
        if result.matrix_model.is_masked(*cell):
            name = result.matrix_model.cell_name(*cell)
            self.sum.show_text(f"{name} = ?   Type its value into the cell.")
            for place in range(len(self._operation.operands)):
                self.row.operand(place).view.light(())
            return
        spelling = self._operation.explain(*cell)
        self.sum.show_spelling(spelling, max(self._decimals, 3))
        for place in range(len(self._operation.operands)):
            view = self.row.operand(place).view
            view.light([lit for lit in spelling.lit if lit.operand == place])


def sample_of(matrix: Matrix, cell: Cell) -> int:
    """Return the sample that a cell belongs to, 0 where the matrix is not about samples."""
    if matrix.rows is Axis.SAMPLE:
        return cell[0]
    return cell[1] if matrix.columns is Axis.SAMPLE else 0

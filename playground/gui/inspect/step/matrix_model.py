"""What a matrix on the screen says: its cells, which are masked, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from playground.gui.inspect.step.looks import FIGURE_SPACE, Look, cell_text, look_of
from playground.inspection.operation import Matrix

__all__ = ["Answer", "Cell", "MatrixModel", "Verdict"]

Cell = tuple[int, int]
Floats = NDArray[np.float64]
Index = QModelIndex | QPersistentModelIndex


class Verdict(Enum):
    """What became of a masked cell."""

    RIGHT = "right"
    WRONG = "wrong"
    SHOWN = "shown"
    """Given up: the answer was shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was typed into a masked cell, and what became of it."""

    text: str
    verdict: Verdict


class MatrixModel(QAbstractTableModel):
    """The cells of one matrix.

    Signals
    -------
    answered(int, int, str)
        A masked cell was filled in: row, column and what was typed.
    """

    answered = Signal(int, int, str)

    def __init__(self) -> None:
        super().__init__()
        self.look = Look(np.zeros((0, 0)))
        self.matrix: Matrix | None = None
        self.decimals = 3
        self.mask: NDArray[np.bool_] | None = None
        self.answers: dict[Cell, Answer] = {}

    @property
    def values(self) -> Floats:
        """What is shown (rows, columns), masked cells included."""
        return self.look.values

    def show_matrix(self, matrix: Matrix | None, decimals: int, page: int = 0) -> None:
        """Show another matrix, nothing of it masked."""
        self.beginResetModel()
        self.matrix, self.decimals = matrix, decimals
        values = np.zeros((0, 0)) if matrix is None else matrix.page(page)
        self.look = look_of(np.asarray(values, np.float64))
        self.mask, self.answers = None, {}
        self.endResetModel()

    def set_mask(self, mask: NDArray[np.bool_] | None, answers: dict[Cell, Answer]) -> None:
        """Hide cells (rows, columns), and show what was answered for some of them."""
        self.mask, self.answers = mask, dict(answers)
        self._tell_all()

    @property
    def characters(self) -> int:
        """How many characters the longest number has, roughly so for a large matrix."""
        return self.look.characters(self.decimals)

    def set_decimals(self, decimals: int) -> None:
        """Write all numbers with so many decimals."""
        if decimals != self.decimals:
            self.decimals = decimals
            self._tell_all()

    def _tell_all(self) -> None:
        if self.values.size:
            last = self.index(self.values.shape[0] - 1, self.values.shape[1] - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def is_masked(self, row: int, column: int) -> bool:
        """Return whether the number of a cell is still hidden."""
        if self.mask is None or not self.mask[row, column]:
            return False
        answer = self.answers.get((row, column))
        return answer is None or answer.verdict is Verdict.WRONG

    def text(self, row: int, column: int) -> str:
        """Return what a cell says: its number, or what was typed, or a question mark."""
        if self.is_masked(row, column):
            answer = self.answers.get((row, column))
            return answer.text if answer is not None else "?"
        return cell_text(float(self.values[row, column]), self.decimals)

    def cell_name(self, row: int, column: int) -> str:
        """Return the name of a cell, such as ``∂L/∂W¹[1,0]``."""
        return self.matrix.cell_name(row, column) if self.matrix is not None else ""

    def spoken(self, row: int, column: int) -> str:
        """Return a cell in words, for screen readers."""
        name = self.cell_name(row, column)
        if not self.is_masked(row, column):
            return f"{name}: {self.text(row, column).strip(FIGURE_SPACE)}"
        answer = self.answers.get((row, column))
        if answer is None:
            return f"{name}: hidden, type its value"
        return f"{name}: {answer.text}, not right"

    # --- as Qt asks ---

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else int(self.values.shape[0])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else int(self.values.shape[1])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell, for the eye or for a screen reader."""
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.spoken(row, column)
            case Qt.ItemDataRole.EditRole:
                answer = self.answers.get((row, column))
                return answer.text if answer is not None else ""
            case _:
                return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed into a masked cell."""
        text = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not text:
            return False
        self.answered.emit(index.row(), index.column(), text)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let masked cells be filled in."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self.is_masked(index.row(), index.column()):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

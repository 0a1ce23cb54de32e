"""The line into which a masked cell is filled in."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from playground.gui.inspect.step.matrix_table import MatrixTable

__all__ = ["AnswerDelegate"]


class AnswerDelegate(QStyledItemDelegate):
    """Opens a line to type into, over the masked cell."""

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        """Return a line in the font of the numbers."""
        view = self.parent()
        assert isinstance(view, MatrixTable)
        line = QLineEdit(parent)
        line.setProperty("answer", True)
        line.setFont(view.number_font)
        line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line.setAccessibleName(view.matrix_model.spoken(index.row(), index.column()))
        return line

    def updateEditorGeometry(
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Lay the line exactly over the cell."""
        view = self.parent()
        assert isinstance(view, MatrixTable)
        editor.setGeometry(view.cell_rect(index.row(), index.column()))

"""A matrix in its box: what it is to the operation, its name, its numbers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.gui.inspect.step.matrix_view import MatrixView
from playground.gui.theme import text_font, theme
from playground.inspection.operation import Matrix, Role, Shade

__all__ = ["MatrixBox"]

MARGIN = 10
HEAD = 20
_ROLES = {
    Role.INPUT: "INPUT",
    Role.PARAMETER: "PARAMETER",
    Role.UPSTREAM: "UPSTREAM",
    Role.LOCAL: "LOCAL",
    Role.DOWNSTREAM: "DOWNSTREAM",
    Role.RESULT: "RESULT",
    Role.KEPT: "",
    Role.MEMORY: "MEMORY",
}


class MatrixBox(QFrame):
    """A matrix with a caption above, and below it how much of it is in sight.

    Signals
    -------
    resized()
        The matrix takes another size, as after zooming.
    """

    resized = Signal()

    def __init__(self, framed: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._framed = framed
        self._is_result = False
        self._matrix: Matrix | None = None
        self._room = QSize(420, 240)
        self.view = MatrixView()
        self._caption = QLabel()
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setProperty("role", "muted")
        self._caption.setFont(text_font(11, bold=True))
        self._footer = QLabel()
        self._footer.setProperty("role", "caption")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        margin = MARGIN if framed else 0
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, 7 if framed else 0, margin, margin)
        column.setSpacing(4)
        column.addWidget(self._caption)
        column.addWidget(self.view)
        column.addWidget(self._footer)
        self.view.zoomed.connect(self._on_zoomed)
        self.view.horizontalScrollBar().valueChanged.connect(self._show_footer)
        self.view.verticalScrollBar().valueChanged.connect(self._show_footer)
        theme().changed.connect(self.update)

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers; the caption follows."""
        self._caption.setFont(text_font(max(11, pixels - 4), bold=True))
        self.view.set_type_size(pixels)

    @property
    def matrix(self) -> Matrix | None:
        """What is shown."""
        return self._matrix

    def show_matrix(
        self, matrix: Matrix, decimals: int, page: int = 0, is_result: bool = False
    ) -> None:
        """Show another matrix."""
        self._matrix, self._is_result = matrix, is_result
        words = " ".join(part for part in (_ROLES[matrix.role], matrix.name) if part)
        many = matrix.stack is not None and len(matrix.stack) > 1
        self._caption.setText(f"{words} · sample {page}" if many else words)
        self.view.show_matrix(matrix, decimals, page)
        self.view.setAccessibleName(f"{words.capitalize()}, {self.shape_text}")
        self._show_footer()
        self.update()

    @property
    def shape_text(self) -> str:
        """The shape in words."""
        rows, columns = self.view.matrix_model.values.shape
        return f"{rows} by {columns}"

    def natural_width(self) -> int:
        """Return the width at which all numbers have room."""
        head = self._caption.sizeHint().width()
        return max(self.view.natural_width(), head) + 2 * (MARGIN if self._framed else 0)

    def natural_height(self) -> int:
        """Return the height at which all numbers have room."""
        return self.view.natural_height() + HEAD + 2 * (MARGIN if self._framed else 0)

    def set_room(self, width: int, height: int) -> None:
        """Set the largest size of the whole box."""
        margin = 2 * MARGIN if self._framed else 0
        head = max(HEAD, self._caption.sizeHint().height() + 5)
        self.view.set_room(width - margin, height - margin - head)
        self._show_footer()

    def _on_zoomed(self) -> None:
        self._show_footer()
        self.resized.emit()

    def _show_footer(self) -> None:
        """Say which part of a large matrix is in sight."""
        view = self.view
        rows, columns = view.matrix_model.values.shape
        if view.shows_numbers and view.is_whole:
            self._footer.hide()
            return
        text = f"{rows} × {columns}"
        if not view.is_whole:
            (top, left), (bottom, right) = view.cells_in(view.viewport().rect())
            parts = []
            if bottom - top + 1 < rows:
                parts.append(f"rows {top}–{bottom} of {rows}")
            if right - left + 1 < columns:
                parts.append(f"columns {left}–{right} of {columns}")
            text = ", ".join(parts) or text
        self._footer.setText(text)
        self._footer.setToolTip(
            "Too many cells for numbers: double-click, or Ctrl and the wheel, or + and − zoom in."
        )
        self._footer.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the outline; that of a result in the colour of what it is."""
        if not self._framed or self._matrix is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = "border"
        if self._is_result:
            is_value = self._matrix.shade is Shade.VALUE
            role = "value_positive" if is_value else "gradient_positive"
        painter.setPen(QPen(theme().color(role), 1.5 if self._is_result else 1))
        painter.setBrush(theme().color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()

"""A matrix in its box: what it is to the operation, its name, its numbers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from playground.gui.inspect.step.matrix_view import MatrixView
from playground.gui.theme import text_font, theme
from playground.inspection.operation import Matrix, Role, Shade

__all__ = ["MatrixBox"]

MARGIN = 10
TOP = 7
SPACING = 4
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

    It places its parts by itself, at once: with each step several boxes change their sizes, and a
    layout would go through all that is around them each time.

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
        self._size = QSize(0, 0)
        self.view = MatrixView(self)
        self._caption = QLabel(self)
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setProperty("role", "muted")
        self._caption.setFont(text_font(11, bold=True))
        self._footer = QLabel(self)
        self._footer.setProperty("role", "caption")
        self._footer.setToolTip(
            "Too many cells for numbers: double-click, or Ctrl and the wheel, or + and − zoom in."
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.view.zoomed.connect(self._on_zoomed)
        self.view.horizontalScrollBar().valueChanged.connect(self._show_footer)
        self.view.verticalScrollBar().valueChanged.connect(self._show_footer)
        theme().changed.connect(self.update)

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers; the caption follows."""
        self._caption.setFont(text_font(max(11, pixels - 4), bold=True))
        self.view.set_type_size(pixels)
        self._place()

    @property
    def matrix(self) -> Matrix | None:
        """What is shown."""
        return self._matrix

    def show_matrix(
        self, matrix: Matrix, decimals: int, page: int = 0, is_result: bool = False
    ) -> None:
        """Show another matrix in the room that there was for the one before."""
        self.take(matrix, decimals, page, is_result)
        self.view.fit()
        self._place()

    def take(self, matrix: Matrix, decimals: int, page: int = 0, is_result: bool = False) -> None:
        """Show another matrix; :meth:`set_room` must follow, which says how large it may be."""
        self._matrix, self._is_result = matrix, is_result
        words = " ".join(part for part in (_ROLES[matrix.role], matrix.name) if part)
        many = matrix.stack is not None and len(matrix.stack) > 1
        self._caption.setText(f"{words} · sample {page}" if many else words)
        self.view.show_matrix(matrix, decimals, page, fitted=False)
        self.view.setAccessibleName(f"{words.capitalize()}, {self.shape_text}")
        self.update()

    @property
    def shape_text(self) -> str:
        """The shape in words."""
        rows, columns = self.view.matrix_model.values.shape
        return f"{rows} by {columns}"

    def natural_size(self, compact: bool) -> QSize:
        """Return the size at which all numbers have room, written as usual or compactly."""
        view, margins = self.view.natural_size(compact), 2 * (MARGIN if self._framed else 0)
        width = max(view.width(), self._caption.sizeHint().width())
        return QSize(width + margins, view.height() + HEAD + margins)

    def set_room(self, width: int, height: int, compact: bool | None = None) -> None:
        """Set the largest size of the whole box; :meth:`sizeHint` says what it takes of it.

        Parameters
        ----------
        compact
            Whether numbers are a little smaller and closer; ``None``: as they were.
        """
        margin = 2 * MARGIN if self._framed else 0
        head = max(HEAD, self._caption.sizeHint().height() + 5)
        self.view.set_room(width - margin, height - margin - head, compact)
        self._place()

    def sizeHint(self) -> QSize:
        """Return the size that caption, matrix and footer take."""
        return self._size

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self._size

    def _place(self) -> None:
        """Put caption, matrix and footer below each other."""
        self._show_footer()
        parts: list[QLabel | MatrixView] = [self._caption, self.view]
        if not self._footer.isHidden():
            parts.append(self._footer)
        sizes = [part.size() if part is self.view else part.sizeHint() for part in parts]
        width = max(size.width() for size in sizes)
        margin = MARGIN if self._framed else 0
        y = TOP if self._framed else 0
        for part, size in zip(parts, sizes, strict=True):
            if part is self.view:
                part.move(margin, y)
            else:
                part.setGeometry(margin, y, width, size.height())
            y += size.height() + SPACING
        self._size = QSize(width + 2 * margin, y - SPACING + margin)

    def _on_zoomed(self) -> None:
        self._place()
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

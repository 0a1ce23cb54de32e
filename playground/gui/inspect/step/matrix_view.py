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
    QFont,
    QFontMetrics,
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
    QFrame,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from playground.gui.inspect.step import matrix_paint
from playground.gui.inspect.step.matrix_model import Answer, Cell, MatrixModel
from playground.gui.theme import monospace_font, theme
from playground.inspection.operation import Matrix, Shade
from playground.inspection.spelling import Lit

__all__ = ["MatrixView"]

SMALLEST_CELL = 3
"""Side of a cell of a heat map, in device-independent pixels; with less room it scrolls."""
LARGEST_PLAIN_CELL = 20
"""Side of a cell without a number."""
ZOOM = 1.6
_SCROLL_BAR = 10


class MatrixView(QTableView):
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
    zoomed()
        Cells have another size.
    """

    cell_pointed = Signal(object)
    cell_chosen = Signal(object)
    answered = Signal(int, int, str)
    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matrix_model = MatrixModel()
        self.matrix_model.setParent(self)
        self.setModel(self.matrix_model)
        self.setItemDelegate(_AnswerDelegate(self))
        self._room = QSize(420, 240)
        self._type_size = 12
        self._cell = self._number_cell = QSize(1, 1)
        self._zoom_step = 0
        self._compact = False
        self._laid_out: tuple[int, ...] = ()
        self._steps: NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self._selected: Cell | None = None
        self._pointed: Cell | None = None
        self.lit: tuple[Lit, ...] = ()
        self.shade = Shade.VALUE
        self.number_font = QFont()
        self.setProperty("matrix", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAutoScroll(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.matrix_model.answered.connect(self.answered)
        self.entered.connect(self._on_entered)
        theme().changed.connect(self._recolor)

    # --- what is shown ---

    def show_matrix(self, matrix: Matrix | None, decimals: int, page: int = 0) -> None:
        """Show another matrix; the same cell stays chosen if there still is one.

        Parameters
        ----------
        page
            Which sample, where each has a matrix of its own.
        """
        self._selected = self._pointed = None
        self.lit = ()
        self.matrix_model.show_matrix(matrix, decimals, page)
        self.shade = matrix.shade if matrix is not None else Shade.VALUE
        self._steps = None
        self._image = None
        self._zoom_step = 0
        self._resize_cells()
        self.viewport().update()
        rows, columns = self.matrix_model.values.shape
        name = matrix.name if matrix is not None else ""
        self.setAccessibleName(f"{name}, {rows} by {columns}")

    def natural_width(self) -> int:
        """Return the width at which all numbers have room."""
        return int(self.matrix_model.values.shape[1]) * self._number_cell.width()

    def natural_height(self) -> int:
        """Return the height at which all numbers have room."""
        return int(self.matrix_model.values.shape[0]) * self._number_cell.height()

    def set_mask(self, mask: NDArray[np.bool_] | None, answers: dict[Cell, Answer]) -> None:
        """Hide cells, and show what was answered for some of them."""
        self.matrix_model.set_mask(mask, answers)
        self._image = None
        self.viewport().update()

    def set_decimals(self, decimals: int) -> None:
        """Write numbers with so many decimals."""
        self.matrix_model.set_decimals(decimals)
        self._resize_cells()

    def set_room(self, width: int, height: int) -> None:
        """Set the largest size that the matrix may take; larger ones scroll."""
        room = QSize(max(width, 60), max(height, 40))
        if room != self._room:
            self._room = room
            self._resize_cells()

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers."""
        if pixels != self._type_size:
            self._type_size = pixels
            self._resize_cells()

    def set_compact(self, compact: bool) -> None:
        """Write numbers a little smaller and closer, or as usual."""
        if compact != self._compact:
            self._compact = compact
            self._resize_cells()

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

    # --- sizes ---

    @property
    def steps(self) -> NDArray[np.uint8]:
        """Place of each cell in the colour table."""
        if self._steps is None:
            self._steps = matrix_paint.positions(self.matrix_model.values)
        return self._steps

    @property
    def shows_numbers(self) -> bool:
        """Whether cells are large enough for their numbers."""
        return self._cell.width() >= self._number_cell.width()

    @property
    def is_whole(self) -> bool:
        """Whether everything is in sight."""
        size = self.matrix_rect.size()
        return size.width() <= self._room.width() and size.height() <= self._room.height()

    @property
    def heat_map(self) -> QImage:
        """The matrix as an image, a pixel for each cell."""
        if self._image is None:
            self._image = matrix_paint.heat_map(
                self.matrix_model, self.steps, self.shade, theme().current
            )
        return self._image

    @property
    def matrix_rect(self) -> QRect:
        """Where the matrix lies in the viewport, parts out of sight included."""
        rows, columns = self.matrix_model.values.shape
        return QRect(
            -self.horizontalOffset(),
            -self.verticalOffset(),
            columns * self._cell.width(),
            rows * self._cell.height(),
        )

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where a cell lies in the viewport."""
        width, height = self._cell.width(), self._cell.height()
        return QRect(
            column * width - self.horizontalOffset(),
            row * height - self.verticalOffset(),
            width,
            height,
        )

    def cells_in(self, area: QRect) -> tuple[Cell, Cell]:
        """Return the first and the last cell in an area of the viewport."""
        rows, columns = self.matrix_model.values.shape
        width, height = self._cell.width(), self._cell.height()
        x, y = self.horizontalOffset(), self.verticalOffset()
        first = (area.top() + y) // height, (area.left() + x) // width
        last = (area.bottom() + y) // height, (area.right() + x) // width
        return (max(0, first[0]), max(0, first[1])), (
            min(rows - 1, last[0]),
            min(columns - 1, last[1]),
        )

    def lit_rect(self, lit: Lit) -> QRect | None:
        """Return the area of cells that light up together, or ``None`` if there are none."""
        rows, columns = self.matrix_model.values.shape
        top, bottom = (0, rows - 1) if lit.row is None else (lit.row, lit.row)
        left, right = (0, columns - 1) if lit.column is None else (lit.column, lit.column)
        if bottom >= rows or right >= columns:
            return None
        return self.cell_rect(top, left).united(self.cell_rect(bottom, right))

    def _resize_cells(self) -> None:
        """Find the size of the cells: with numbers if they fit, else as large as there is room."""
        model = self.matrix_model
        rows, columns = model.values.shape
        about = (rows, columns, model.characters, self._room.width(), self._room.height(),
                 self._type_size, self._compact, self._zoom_step)  # fmt: skip
        if about == self._laid_out:
            return
        self._laid_out = about
        self.number_font = monospace_font(self._type_size - (2 if self._compact else 0))
        self._number_cell = self._measure_numbers()
        if not rows or not columns:
            self.setFixedSize(1, 1)
            return
        room, number = self._room, self._number_cell
        fits = columns * number.width() <= room.width() and rows * number.height() <= room.height()
        if fits:
            self._cell = number
        else:
            side_x = min(LARGEST_PLAIN_CELL, max(SMALLEST_CELL, room.width() // columns))
            side_y = min(LARGEST_PLAIN_CELL, max(SMALLEST_CELL, room.height() // rows))
            # Neither needles nor ribbons.
            width, height = min(side_x, 3 * side_y), min(side_y, 3 * side_x)
            for _ in range(self._zoom_step):
                width, height = int(width * ZOOM + 0.5), int(height * ZOOM + 0.5)
            if width >= number.width():
                width, height = number.width(), number.height()
            self._cell = QSize(width, height)
        self.horizontalHeader().setDefaultSectionSize(self._cell.width())
        self.verticalHeader().setDefaultSectionSize(self._cell.height())
        whole = QSize(columns * self._cell.width(), rows * self._cell.height())
        wide, high = whole.width() > room.width(), whole.height() > room.height()
        self.setFixedSize(
            min(whole.width(), room.width()) + (_SCROLL_BAR if high else 0),
            min(whole.height(), room.height()) + (_SCROLL_BAR if wide else 0),
        )
        never, always = (
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff,
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn,
        )
        self.setHorizontalScrollBarPolicy(always if wide else never)
        self.setVerticalScrollBarPolicy(always if high else never)
        self.updateGeometries()
        self.viewport().update()

    def _measure_numbers(self) -> QSize:
        metrics = QFontMetrics(self.number_font)
        width = metrics.horizontalAdvance("0") * self.matrix_model.characters
        if self._compact:
            return QSize(width + 7, metrics.height() + 9)
        return QSize(width + 14, max(30, metrics.height() + 14))

    def zoom(self, steps: int) -> None:
        """Make cells larger (positive) or smaller, around the framed cell."""
        if self.shows_numbers and (steps > 0 or self._zoom_step == 0):
            return
        before = self._cell
        self._zoom_step = max(0, self._zoom_step + steps)
        self._resize_cells()
        if self._cell != before:
            if self._selected is not None:
                self.bring_into_sight(self._selected)
            self.zoomed.emit()

    def zoom_to_numbers(self, cell: Cell) -> None:
        """Make cells so large that their numbers can be read, around one of them."""
        self._selected = cell
        while not self.shows_numbers:
            before = self._cell
            self.zoom(1)
            if self._cell == before:
                break
        self.bring_into_sight(cell)

    def zoom_out(self) -> None:
        """Show as much as there is room for."""
        self.zoom(-self._zoom_step)

    def bring_into_sight(self, cell: Cell) -> None:
        """Scroll until a cell is seen."""
        for bar, place, size, room in (
            (
                self.horizontalScrollBar(),
                cell[1] * self._cell.width(),
                self._cell.width(),
                self.viewport().width(),
            ),
            (
                self.verticalScrollBar(),
                cell[0] * self._cell.height(),
                self._cell.height(),
                self.viewport().height(),
            ),
        ):
            if place < bar.value():
                bar.setValue(place)
            elif place + size > bar.value() + room:
                bar.setValue(place + size - room)

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
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
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
            self.zoom(_ZOOMS[key] or -self._zoom_step)
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


class _AnswerDelegate(QStyledItemDelegate):
    """Opens a line to type into, over the masked cell."""

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        """Return a line in the font of the numbers."""
        view = self.parent()
        assert isinstance(view, MatrixView)
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
        assert isinstance(view, MatrixView)
        editor.setGeometry(view.cell_rect(index.row(), index.column()))

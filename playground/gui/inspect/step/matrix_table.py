"""A table whose cells are as large as there is room for, and can be zoomed."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QTableView,
    QWidget,
)

from playground.gui.inspect.step.matrix_model import Cell, MatrixModel
from playground.gui.theme import monospace_font

__all__ = ["MatrixTable"]

SMALLEST_CELL = 3
"""Side of a cell of a heat map, in device-independent pixels; with less room it scrolls."""
LARGEST_PLAIN_CELL = 20
"""Side of a cell without a number."""
SCROLLED_ROWS = 40
"""Up to so many rows keep their numbers although they have to be scrolled."""
ZOOM = 1.6
_SCROLL_BAR = 10


class MatrixTable(QTableView):
    """Finds the size of the cells, and scrolls.

    Signals
    -------
    zoomed()
        Cells have another size.
    """

    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matrix_model = MatrixModel()
        self.matrix_model.setParent(self)
        self.setModel(self.matrix_model)
        self._room = QSize(420, 240)
        self._type_size = 12
        self._cell = self._number_cell = QSize(1, 1)
        self._zoom_step = 0
        self._compact = False
        self._laid_out: tuple[int, ...] = ()
        self.number_font = QFont()
        self.setProperty("matrix", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAutoScroll(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    # --- room ---

    def natural_size(self, compact: bool) -> QSize:
        """Return the size at which all numbers have room, written as usual or compactly."""
        number = self._number_size(compact)
        rows, columns = self.matrix_model.values.shape
        return QSize(columns * number.width(), rows * number.height())

    def set_decimals(self, decimals: int) -> None:
        """Write numbers with so many decimals."""
        self.matrix_model.set_decimals(decimals)
        self.fit()

    def set_room(self, width: int, height: int, compact: bool | None = None) -> None:
        """Set the largest size that the matrix may take; larger ones scroll.

        Parameters
        ----------
        compact
            Whether numbers are a little smaller and closer; ``None``: as they were.
        """
        self._room = QSize(max(width, 60), max(height, 40))
        if compact is not None:
            self._compact = compact
        self.fit()

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers."""
        if pixels != self._type_size:
            self._type_size = pixels
            self.fit()

    # --- geometry ---

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

    def fit(self) -> None:
        """Find the size of the cells: with numbers if they fit, else as large as there is room."""
        model = self.matrix_model
        rows, columns = model.values.shape
        about = (rows, columns, model.characters, self._room.width(), self._room.height(),
                 self._type_size, self._compact, self._zoom_step)  # fmt: skip
        if about == self._laid_out:
            # At once, or a timer would have everything painted a second time.
            self.executeDelayedItemsLayout()
            return
        self._laid_out = about
        self.number_font = self._font(self._compact)
        self._number_cell = self._number_size(self._compact)
        if not rows or not columns:
            self.setFixedSize(1, 1)
            return
        room, number = self._room, self._number_cell
        # A column of a few dozen numbers is better scrolled than turned into a strip of colours.
        is_short = rows * number.height() <= room.height() or rows <= SCROLLED_ROWS
        if columns * number.width() <= room.width() and is_short:
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
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        self.viewport().update()

    def _font(self, compact: bool) -> QFont:
        return monospace_font(self._type_size - (2 if compact else 0))

    def _number_size(self, compact: bool) -> QSize:
        """Return the size of a cell that has room for the longest number."""
        metrics = QFontMetrics(self._font(compact))
        width = metrics.horizontalAdvance("0") * self.matrix_model.characters
        if compact:
            return QSize(width + 7, metrics.height() + 9)
        return QSize(width + 14, max(30, metrics.height() + 14))

    def zoom(self, steps: int, around: Cell | None = None) -> None:
        """Make cells larger (positive) or smaller, with a cell in sight."""
        if self.shows_numbers and (steps > 0 or self._zoom_step == 0):
            return
        before = self._cell
        self._zoom_step = max(0, self._zoom_step + steps)
        self.fit()
        if self._cell != before:
            if around is not None:
                self.bring_into_sight(around)
            self.zoomed.emit()

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

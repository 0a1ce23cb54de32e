"""The table itself: keys, sorting by its headings, copying, and the way into the inspector."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from playground.data.prepared import PreparedData
from playground.gui.icons import icon
from playground.gui.inspect_requests import SamplePlace, ask_to_inspect, offer_inspection
from playground.gui.samples.columns import Column, Kind
from playground.gui.samples.copying import MOST_COPIED, tab_separated
from playground.gui.samples.header import SamplesHeader
from playground.gui.samples.model import SamplesModel
from playground.gui.samples.row_painter import IMAGE_SIDE, Place, RowPainter, Stripe
from playground.gui.theme import theme
from playground.gui.train.output.sample_images import SampleImages

__all__ = ["SamplesTable"]

ROW_HEIGHT, IMAGE_ROW_HEIGHT = 24, IMAGE_SIDE + 6
_FOCUS_WIDTH = 3
"""Of the stripe at the row where the keys act."""
_BY_KEYS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_FLAGS = QItemSelectionModel.SelectionFlag


class SamplesTable(QTableView):
    """Shows a :class:`SamplesModel`. Enter, a double click or I leads a sample to the inspector.

    Attributes
    ----------
    last_key
        When a key was pressed here last, in seconds of ``time.monotonic``.

    Signals
    -------
    sort_wanted(Column, bool)
        Rows should be sorted by a column, the largest first or not.
    go_to_wanted(str)
        A digit was typed: the number of a sample begins with it.
    wrong_only_toggled()
        W was pressed.
    current_changed(int)
        Another sample is chosen; -1 for none.
    inspected(int)
        The inspector was asked to show a sample.
    scrolled()
        Other rows are seen.
    told(str)
        Something was done that is not seen.
    """

    sort_wanted = Signal(object, bool)
    go_to_wanted = Signal(str)
    wrong_only_toggled = Signal()
    current_changed = Signal(int)
    inspected = Signal(int)
    scrolled = Signal()
    told = Signal(str)

    def __init__(self, model: SamplesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples = model
        self._painter = RowPainter(model)
        self._sorted: tuple[str, bool] = (Kind.NUMBER.value, False)
        self.last_key = -math.inf
        self.setModel(model)
        self.setProperty("matrix", True)
        self.setAccessibleName("Table of samples")
        self.setAccessibleDescription(
            "Arrow keys choose a sample, Enter or I steps through it in the inspector, a number "
            "goes to that sample, W shows mistakes only, Ctrl+C copies rows."
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        self._header = SamplesHeader(model, self)
        self.setHorizontalHeader(self._header)
        self._header.sectionClicked.connect(self._on_heading)
        self.doubleClicked.connect(lambda index: self.inspect(index.row()))
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.verticalScrollBar().valueChanged.connect(self.scrolled)
        theme().changed.connect(self.viewport().update)

    # --- what is shown ---

    def show_data(self, data: PreparedData | None) -> None:
        """Show other samples, once the model has them."""
        has_images = data is not None and data.samples.image_shape is not None
        self._painter.images = SampleImages(data) if data is not None and has_images else None
        height = IMAGE_ROW_HEIGHT if has_images else ROW_HEIGHT
        self.verticalHeader().setDefaultSectionSize(height)
        self._header.show_columns()
        self._header.fit(self.viewport().width())
        self.horizontalScrollBar().setValue(0)
        self.verticalScrollBar().setValue(0)

    def show_sorting(self, column: Column, falling: bool) -> None:
        """Mark the heading by which rows are sorted."""
        self._sorted = (column.key, falling)
        order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(self._samples.columns.index(column), order)

    @property
    def images(self) -> SampleImages | None:
        """What paints the samples, if they are images."""
        return self._painter.images

    @property
    def sample(self) -> int | None:
        """The sample of the current row, or ``None``."""
        index = self.currentIndex()
        return self._samples.sample(index.row()) if index.isValid() else None

    @property
    def chosen_rows(self) -> list[int]:
        """The selected rows from top to bottom."""
        return sorted({row for part in self._selected_parts() for row in part})

    @property
    def chosen_count(self) -> int:
        """How many rows are selected."""
        return sum(len(part) for part in self._selected_parts())

    def _selected_parts(self) -> list[range]:
        """Return the selected rows as intervals: all of them may be selected."""
        # A list in Python, which its stubs do not tell.
        parts: Any = self.selectionModel().selection()
        return [range(part.top(), part.bottom() + 1) for part in parts]

    def seen_rows(self) -> range:
        """Return the rows that are in sight, partly or whole."""
        count = self._samples.rowCount()
        first = self.rowAt(0)
        if not count or first < 0:
            return range(0)
        last = self.rowAt(self.viewport().height() - 1)
        return range(first, count if last < 0 else last + 1)

    def choose(self, sample: int | None, is_centered: bool = False) -> bool:
        """Make a sample the current one; return whether it is shown."""
        row = self._samples.row_of(sample) if sample is not None else None
        if row is None:
            self.selectionModel().clear()
            return False
        index = self._samples.index(row, 0)
        # The number is in sight wherever one has scrolled to the side.
        at_side = self.horizontalScrollBar().value()
        self.selectionModel().setCurrentIndex(index, _FLAGS.ClearAndSelect | _FLAGS.Rows)
        hint = QAbstractItemView.ScrollHint.PositionAtCenter
        if is_centered:
            self.scrollTo(index, hint)
        self.horizontalScrollBar().setValue(at_side)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows and columns that are asked for, without a delegate."""
        rows = self.seen_rows()
        if not rows:
            return
        area, height = event.rect(), self.verticalHeader().defaultSectionSize()
        top = self.rowViewportPosition(rows.start)
        selected: set[int] = set()
        for part in self._selected_parts():
            selected.update(range(max(part.start, rows.start), min(part.stop, rows.stop)))
        stripes = []
        for number, row in enumerate(rows):
            place = top + number * height
            if place + height > area.top() and place <= area.bottom():
                stripes.append(Stripe(self._samples.sample(row), place, row in selected))
        # Of a table with hundreds of inputs, only the few that are seen.
        first, last = self.columnAt(area.left()), self.columnAt(area.right())
        columns = self._samples.columns
        places = [
            Place(columns[n], self.columnViewportPosition(n), self.columnWidth(n))
            for n in range(max(first, 0), (last if last >= 0 else len(columns) - 1) + 1)
        ]
        painter = QPainter(self.viewport())
        self._painter.paint(painter, stripes, places, height)
        if self.hasFocus() and self.currentIndex().row() in selected:
            place = top + (self.currentIndex().row() - rows.start) * height
            painter.fillRect(0, place, _FOCUS_WIDTH, height, theme().color("accent"))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give columns their share of the room."""
        super().resizeEvent(event)
        self._header.fit(self.viewport().width())
        self.scrolled.emit()

    # --- sorting ---

    def _on_heading(self, place: int) -> None:
        column = self._samples.columns[place]
        if column.kind is Kind.PICTURE:
            self._mark_again()
            return
        key, falling = self._sorted
        self.sort_wanted.emit(column, not falling if key == column.key else column.falls_first)

    def _mark_again(self) -> None:
        key, falling = self._sorted
        column = next(each for each in self._samples.columns if each.key == key)
        self.show_sorting(column, falling)

    def _fill_sort_menu(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        key, falling = self._sorted
        for column in self._samples.columns[:40]:
            if column.kind is Kind.PICTURE:
                continue
            title = "Right or wrong" if column.kind is Kind.MARK else column.title
            action = QAction(title.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(column.key == key)
            action.triggered.connect(
                partial(self.sort_wanted.emit, column, column.falls_first)
                if column.key != key
                else partial(self.sort_wanted.emit, column, falling)
            )
            group.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        current = next((each for each in self._samples.columns if each.key == key), None)
        turn = menu.addAction("Largest first")
        turn.setCheckable(True)
        turn.setChecked(falling)
        if current is not None:
            turn.triggered.connect(partial(self.sort_wanted.emit, current, not falling))

    # --- what a person does ---

    def inspect(self, row: int) -> None:
        """Show the sample of a row in the inspector."""
        if 0 <= row < self._samples.rowCount():
            sample = self._samples.sample(row)
            if ask_to_inspect(self, SamplePlace(sample)):
                self.inspected.emit(sample)

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard, with headings, as tab-separated values."""
        rows = self.chosen_rows
        if not rows:
            return
        text = tab_separated(self._samples, rows[:MOST_COPIED])
        QGuiApplication.clipboard().setText(text)
        if len(rows) > MOST_COPIED:
            self.told.emit(
                f"Copied the first {MOST_COPIED:,} of {len(rows):,} rows; File › Export writes all."
            )
        else:
            self.told.emit(f"Copied {len(rows):,} row{'s' if len(rows) > 1 else ''}.")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Inspect, copy, go to a number, or walk through the rows."""
        self.last_key = time.monotonic()
        key, row = event.key(), self.currentIndex().row()
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif is_plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_I):
            self.inspect(row)
        elif is_plain and key == Qt.Key.Key_W:
            self.wrong_only_toggled.emit()
        elif is_plain and event.text().isdecimal():
            self.go_to_wanted.emit(event.text())
        elif is_plain and key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._samples.rowCount():
            target = 0 if key == Qt.Key.Key_Home else self._samples.rowCount() - 1
            self.choose(self._samples.sample(target))
        elif is_plain and event.text().isalpha():
            # Letters look for nothing here; those of the window may mean something.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a row, and how rows can be sorted."""
        index = self.indexAt(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
        self.open_menu(index).popup(event.globalPos())

    def open_menu(self, index: QModelIndex) -> QMenu:
        """Return the menu of a row, not yet shown; it is deleted when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if index.isValid():
            count = self.chosen_count
            text = f"Copy {count:,} rows\tCtrl+C" if count > 1 else "Copy row\tCtrl+C"
            menu.addAction(icon("copy"), text, self.copy_rows)
            menu.addSeparator()
        self._fill_sort_menu(menu.addMenu("Sort by"))
        if index.isValid():
            sample = self._samples.sample(index.row())
            text = f"Inspect this sample (#{sample})\tI"
            action = offer_inspection(menu, self, SamplePlace(sample), text)
            action.triggered.connect(lambda: self.inspected.emit(sample))
        return menu

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab leave the table."""
        return QWidget.focusNextPrevChild(self, forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys act, if they brought the focus here."""
        super().focusInEvent(event)
        if self.selectionModel().hasSelection():
            return
        seen = self.seen_rows()
        if event.reason() in _BY_KEYS and seen:
            self.choose(self._samples.sample(seen.start))
        else:
            # Qt makes the first row the current one, which nobody sees.
            self.selectionModel().clearCurrentIndex()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show no empty tooltips."""
        if event.type() == QEvent.Type.ToolTip and not self._tip_at(event):
            return True
        return super().viewportEvent(event)

    def _tip_at(self, event: QEvent) -> str:
        position = getattr(event, "pos", None)
        index = self.indexAt(position()) if position is not None else QModelIndex()
        return str(index.data(Qt.ItemDataRole.ToolTipRole) or "") if index.isValid() else ""

    def _on_current(self, current: QModelIndex, previous: QModelIndex) -> None:
        row = current.row()
        is_row = 0 <= row < self._samples.rowCount()
        self.current_changed.emit(self._samples.sample(row) if is_row else -1)

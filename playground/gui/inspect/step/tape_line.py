"""One line of the tape: chips with arrows between them, scrolled so that the current one shows."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from playground.gui.icons import icon
from playground.gui.inspect.step.tape_chip import HEIGHT, TapeChip
from playground.gui.theme import text_font, theme
from playground.inspection.operation import Operation, Phase

__all__ = ["Stretch", "TapeLine"]

ARROW = 18
_END = 22
"""Width of the buttons at the ends of a line that is too long."""


class Stretch:
    """Operations in a row that belong to one layer: folded, they become one chip."""

    def __init__(self, operations: range, layer: int | None, layer_name: str) -> None:
        self.operations = operations
        self.layer, self.layer_name = layer, layer_name

    @property
    def folds(self) -> bool:
        """Whether folding saves anything."""
        return len(self.operations) > 1 and self.layer is not None


def stretches(operations: tuple[Operation, ...], places: range) -> list[Stretch]:
    """Return the operations at these places, those of a layer together."""
    result: list[Stretch] = []
    for place in places:
        operation = operations[place]
        if result and result[-1].layer == operation.layer:
            result[-1].operations = range(result[-1].operations.start, place + 1)
        else:
            result.append(Stretch(range(place, place + 1), operation.layer, operation.layer_name))
    return result


class TapeLine(QWidget):
    """The chips of one part of the step.

    Signals
    -------
    chosen(int)
        The place of an operation that was clicked.
    """

    chosen = Signal(int)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._operations: tuple[Operation, ...] = ()
        self._stretches: list[Stretch] = []
        self._chips: list[TapeChip] = []
        self._folded = False
        self._current = 0
        self._offset = 0
        self._type_size = 12
        self._strip = QWidget(self)
        self._inner = QWidget(self._strip)
        self._ends = (self._end("chevron-left", -1), self._end("chevron-right", 1))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        self.setFixedHeight(HEIGHT + 6)
        theme().changed.connect(self.update)

    @property
    def chips(self) -> list[TapeChip]:
        """The chips, in order."""
        return self._chips

    def _end(self, name: str, direction: int) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name, "text_muted"))
        button.setIconSize(QSize(14, 14))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoRepeat(True)
        button.setAccessibleName(f"Scroll {self._title} {'right' if direction > 0 else 'left'}")
        button.clicked.connect(lambda: self.scroll_by(direction * self._strip.width() // 2))
        button.hide()
        return button

    def show_operations(self, operations: tuple[Operation, ...], places: range) -> None:
        """Show the operations at these places of a tape."""
        self._drop(self._chips)
        self._chips = []
        self._operations = operations
        self._stretches = stretches(operations, places)
        self._offset = 0
        self._rebuild()
        self.setVisible(bool(self._stretches))

    def show_current(self, current: int) -> None:
        """Show which operation is current, and bring it into sight."""
        before, self._current = self._current, current
        if self._folded and self._open_stretch(before) is not self._open_stretch(current):
            self._rebuild()
            return
        for chip in self._chips:
            chip.show_time(current)
        self._follow()

    def set_folded(self, folded: bool) -> None:
        """Fold every layer but that of the current operation, or none."""
        if folded != self._folded:
            self._folded = folded
            self._rebuild()

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the letters."""
        if pixels != self._type_size:
            self._type_size = pixels
            self._rebuild()

    def unfolded_width(self) -> int:
        """Return the width of all operations side by side."""
        texts = (_text_of(self._operations[p]) for s in self._stretches for p in s.operations)
        wide = self._type_size * 0.62
        return sum(int(len(text) * wide) + 18 + ARROW for text in texts)

    def _open_stretch(self, current: int) -> Stretch | None:
        return next((s for s in self._stretches if current in s.operations), None)

    def _rebuild(self) -> None:
        # Where a layer is unfolded and another folded, most chips stay.
        before = {(chip.operations, chip.text()): chip for chip in self._chips}
        self._chips = []
        open_one = self._open_stretch(self._current)
        for stretch in self._stretches:
            if self._folded and stretch.folds and stretch is not open_one:
                first = self._operations[stretch.operations.start]
                count = len(stretch.operations)
                spoken = f"{stretch.layer_name}: {count} operations, folded"
                chip = before.pop((stretch.operations, stretch.layer_name), None)
                self._add(chip, stretch.layer_name, spoken, first.phase, stretch.operations)
                continue
            for place in stretch.operations:
                operation = self._operations[place]
                spoken = f"{operation.name}: {operation.text}"
                text, alone = _text_of(operation), range(place, place + 1)
                self._add(before.pop((alone, text), None), text, spoken, operation.phase, alone)
        self._drop(before.values())
        self._lay_out()

    def _drop(self, chips: Iterable[TapeChip]) -> None:
        for chip in chips:
            chip.setParent(None)
            chip.deleteLater()

    def _add(
        self, chip: TapeChip | None, text: str, spoken: str, phase: Phase, operations: range
    ) -> None:
        """Put a chip at the end: one that is there already, or a new one."""
        if chip is None:
            chip = TapeChip(text, spoken, phase, operations, self._inner)
            chip.clicked.connect(lambda: self.chosen.emit(operations.start))
        chip.set_type_size(self._type_size)
        chip.show_time(self._current)
        chip.show()
        self._chips.append(chip)

    def _lay_out(self) -> None:
        x, height = 0, HEIGHT
        for chip in self._chips:
            chip.resize(chip.sizeHint())
            chip.move(x, 2)
            x += chip.width() + ARROW
            height = max(height, chip.height())
        self._inner.resize(max(0, x - ARROW), height + 4)
        self.setFixedHeight(height + 6)
        self._place()

    def _place(self) -> None:
        overflows = self._inner.width() > self.width() - self._label_width
        for button in self._ends:
            button.setVisible(overflows)
        left = self._label_width + (_END if overflows else 0)
        right = self.width() - (_END if overflows else 0)
        self._ends[0].setGeometry(self._label_width - 2, 3, _END - 2, self.height() - 6)
        self._ends[1].setGeometry(self.width() - _END + 2, 3, _END - 2, self.height() - 6)
        self._strip.setGeometry(left, 1, max(0, right - left), self.height() - 2)
        self._follow()
        self.update()

    @property
    def _label_width(self) -> int:
        return 78 if self._type_size < 15 else 100

    def scroll_by(self, pixels: int) -> None:
        """Move the chips; positive shows what is further right."""
        furthest = max(0, self._inner.width() - self._strip.width())
        offset = min(max(0, self._offset + pixels), furthest)
        self._ends[0].setEnabled(offset > 0)
        self._ends[1].setEnabled(offset < furthest)
        if offset != self._offset or self._inner.x() != -offset:
            self._offset = offset
            self._inner.move(-offset, 0)
            self.update()

    def _follow(self) -> None:
        chip = next((c for c in self._chips if self._current in c.operations), None)
        room = self._strip.width()
        if chip is None:
            before = [c for c in self._chips if c.operations[-1] < self._current]
            chip = before[-1] if before else None
        shift = 0
        if chip is not None:
            margin = min(90, room // 4)
            if chip.x() - margin < self._offset:
                shift = chip.x() - margin - self._offset
            elif chip.geometry().right() + margin > self._offset + room:
                shift = chip.geometry().right() + margin - self._offset - room
        self.scroll_by(shift)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out whether all chips have room."""
        super().resizeEvent(event)
        self._place()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll a line that is too long."""
        if self._ends[0].isVisible():
            turned = event.angleDelta().x() or event.angleDelta().y()
            self.scroll_by(-turned // 2)
            event.accept()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the title and the arrows."""
        painter = QPainter(self)
        painter.setFont(text_font(max(11, self._type_size - 1)))
        painter.setPen(theme().color("text_muted"))
        area = QRect(0, 0, self._label_width - 8, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._title)
        left = self._strip.x()
        painter.setClipRect(self._strip.geometry())
        for chip in self._chips[:-1]:
            x = left + chip.geometry().right() - self._offset
            painter.drawText(
                QRect(x, 0, ARROW + 1, self.height()), Qt.AlignmentFlag.AlignCenter, "→"
            )
        painter.end()

    def sizeHint(self) -> QSize:
        """Return the height of a line."""
        return QSize(300, self.height())


def _text_of(operation: Operation) -> str:
    """Return what a chip says: forwards the whole formula if it is short, else the symbol."""
    if operation.phase in (Phase.FORWARD, Phase.ERROR) and len(operation.text) <= 16:
        return operation.text
    return operation.symbol

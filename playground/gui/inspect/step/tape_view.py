"""The tape: every operation of the step, forward on one line, backward below, then the update."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from playground.gui.figures.figure import Figure
from playground.gui.inspect.pictures import as_shown, show_menu
from playground.gui.inspect.step.tape_chip import Mark, TapeChip
from playground.gui.inspect.step.tape_line import TapeLine
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import theme
from playground.inspection.operation import Operation, Phase, Tape

__all__ = ["TapeView"]

_LINES = (
    ("Forward", (Phase.FORWARD, Phase.ERROR)),
    ("Backward", (Phase.BACKWARD,)),
    ("Update", (Phase.UPDATE,)),
)


class TapeView(QWidget):
    """Shows where in the step we are; a click on an operation goes there.

    Signals
    -------
    chosen(int)
        The place of an operation that was clicked.
    fold_chosen(bool)
        Layers were folded or unfolded by hand.
    """

    chosen = Signal(int)
    fold_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tape: Tape | None = None
        self._current = 0
        self._marks: dict[str, Mark] = {}
        self._fold: bool | None = None
        self.setProperty("panel", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._lines = [TapeLine(title) for title, _ in _LINES]
        column = QVBoxLayout()
        column.setSpacing(1)
        for line in self._lines:
            column.addWidget(line)
            line.chosen.connect(self.chosen)
        self._fold_button = QToolButton()
        self._fold_button.setText("Fold")
        self._fold_button.setCheckable(True)
        self._fold_button.setProperty("pill", True)
        self._fold_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fold_button.clicked.connect(self._on_fold)
        set_tip(
            self._fold_button,
            "Fold by layer",
            "Shows each layer as one chip, except the one we are in.",
            shortcut="F",
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 7)
        row.setSpacing(8)
        row.addLayout(column, 1)
        row.addWidget(self._fold_button, 0, Qt.AlignmentFlag.AlignTop)
        theme().changed.connect(self.update)

    @property
    def chips(self) -> list[TapeChip]:
        """All chips, in order of the tape."""
        return [chip for line in self._lines for chip in line.chips]

    @property
    def is_folded(self) -> bool:
        """Whether layers are folded."""
        return self._fold_button.isChecked()

    def figure(self) -> Figure | None:
        """Return the tape as a picture, as far as it is in sight."""
        return as_shown(self, "Tape") if self._tape is not None else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture."""
        show_menu(self, event)

    def show_tape(self, tape: Tape, current: int) -> None:
        """Show another tape; verdicts of the one before go."""
        self._tape, self._current = tape, current
        self._marks = {}
        for line, (_, phases) in zip(self._lines, _LINES, strict=True):
            places = [i for i, op in enumerate(tape.operations) if op.phase in phases]
            line.show_current(current)
            line.show_operations(
                tape.operations, range(places[0], places[-1] + 1) if places else range(0)
            )
        self._fold_if_long()
        self._tell(tape[current])

    def show_current(self, current: int) -> None:
        """Show which operation is current."""
        if self._tape is None or current == self._current:
            return
        self._current = current
        for line in self._lines:
            line.show_current(current)
        self._show_marks()
        self._tell(self._tape[current])

    def show_marks(self, marks: Mapping[str, Mark]) -> None:
        """Show what the numerical check says, by keys of operations."""
        self._marks = dict(marks)
        self._show_marks()

    def set_fold(self, fold: bool | None) -> None:
        """Fold layers, unfold them, or (``None``) fold them where there is no room."""
        self._fold = fold
        self._fold_if_long()

    def toggle_fold(self) -> None:
        """Fold layers if they are not, and the other way round."""
        self._fold_button.click()

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the letters."""
        for line in self._lines:
            line.set_type_size(pixels)
        self._fold_if_long()

    def _show_marks(self) -> None:
        if self._tape is None:
            return
        order = list(Mark)
        for chip in self.chips:
            marks = [self._marks.get(self._tape[i].key) for i in chip.operations]
            known = [mark for mark in marks if mark is not None]
            chip.show_mark(max(known, key=order.index) if known else None)

    def _on_fold(self, folded: bool) -> None:
        self._fold = folded
        self._fold_if_long()
        self.fold_chosen.emit(folded)

    def _fold_if_long(self) -> None:
        room = self.width() - 190
        is_long = any(line.unfolded_width() > room for line in self._lines)
        folded = is_long if self._fold is None else self._fold
        self._fold_button.setChecked(folded)
        for line in self._lines:
            line.set_folded(folded)
        self._show_marks()

    def _tell(self, operation: Operation) -> None:
        assert self._tape is not None
        place = self._tape.index(operation.key) + 1
        self.setAccessibleName(
            f"Tape: operation {place} of {len(self._tape)}, {operation.phase.value}, "
            f"{operation.name}"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold where there is no room any more."""
        super().resizeEvent(event)
        if self._tape is not None and event.oldSize().width() != self.width():
            self._fold_if_long()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line below, and a frame while the keys act here."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(theme().color("accent" if self.hasFocus() else "separator"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    def focusInEvent(self, event: object) -> None:
        """Show that the keys act here."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.update()

    def focusOutEvent(self, event: object) -> None:
        """Stop to show it."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Return the height of the lines."""
        return QSize(300, super().minimumSizeHint().height())

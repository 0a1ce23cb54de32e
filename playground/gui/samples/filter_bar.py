"""What stands above the table: which set, mistakes only, and the way to a number."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QWidget

from playground.data.prepared import PreparedData
from playground.gui.editors.base import TagCombo
from playground.gui.samples.arrangement import ALL, Arrangement
from playground.gui.samples.columns import SETS
from playground.gui.teaching_tip import Tip, hide_tip, set_tip, show_problem
from playground.gui.theme import monospace_font

__all__ = ["FilterBar"]

_HEIGHT = 28


class FilterBar(QWidget):
    """Chooses which samples the table shows.

    Signals
    -------
    set_chosen(object)
        A set of samples, or ``all``.
    wrong_only_chosen(bool)
        Whether only mistakes are wanted.
    asked(int)
        The number of a sample was typed to its end.
    left()
        The keyboard should go back to the table.
    """

    set_chosen = Signal(object)
    wrong_only_chosen = Signal(bool)
    asked = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sets = TagCombo()
        self.sets.add(ALL, "All sets", Tip("All sets", "Every sample that there is."))
        for name in SETS:
            self.sets.add(name, name.capitalize())
        self.sets.setAccessibleName("Set of samples")
        self.sets.setFixedHeight(_HEIGHT)
        self.sets.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.sets.setMaximumWidth(150)
        set_tip(
            self.sets,
            "Set",
            "Training samples are learned from; on validation samples choices are judged; test "
            "samples tell how well all of it works on what the network never saw.",
        )
        self.wrong_only = QToolButton()
        self.wrong_only.setText("Wrong only")
        self.wrong_only.setCheckable(True)
        self.wrong_only.setProperty("pill", True)
        self.wrong_only.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_tip(
            self.wrong_only,
            "Wrong only",
            "Shows the mistakes alone: where the class that the network believes in most is not "
            "the true one. Sort by loss to see the worst first.",
            shortcut="W in the table",
        )
        self.go_to = _GoTo()
        self.go_to.setFixedHeight(_HEIGHT)
        top = QHBoxLayout(self)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(6)
        top.addWidget(self.sets, 1)
        top.addWidget(self.wrong_only)
        top.addStretch(1)
        top.addWidget(self.go_to)
        self.sets.chosen.connect(self.set_chosen)
        self.wrong_only.toggled.connect(self.wrong_only_chosen)
        self.go_to.asked.connect(self.asked)
        self.go_to.left.connect(self.left)

    def show_arrangement(self, arrangement: Arrangement) -> None:
        """Show what is chosen; emits nothing."""
        self.sets.select(arrangement.of_set)
        self.wrong_only.blockSignals(True)
        self.wrong_only.setChecked(arrangement.wrong_only)
        self.wrong_only.blockSignals(False)

    def show_data(self, data: PreparedData) -> None:
        """Offer what the data have: sets with samples, and mistakes where there are classes."""
        self.wrong_only.setVisible(data.task.class_count > 0)
        split = data.split
        for name, indices in zip(SETS, (split.train, split.validation, split.test), strict=True):
            text = f"{len(indices):,} samples." if len(indices) else "There are none."
            self.sets.set_available(name, bool(len(indices)), Tip(name.capitalize(), text))

    def begin_number(self, digits: str = "") -> None:
        """Let a number be typed, the first digits of which may have been typed elsewhere."""
        self.go_to.begin(digits)

    def show_no_sample(self, count: int) -> None:
        """Say that there is no sample of the number that was typed, but so many others."""
        text = f"Samples are numbered from 0 to {count - 1:,}." if count else "There are none."
        show_problem(self.go_to, "No such sample", text)

    def hide_problem(self) -> None:
        """Say nothing about what was typed any more."""
        hide_tip(self.go_to)


class _GoTo(QLineEdit):
    """Where the number of a sample is typed.

    Signals
    -------
    asked(int)
        A number was typed to its end.
    left()
        The keyboard should go back to the table.
    """

    asked = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Go to #")
        self.setFont(monospace_font(12))
        self.setMaxLength(9)
        self.setFixedWidth(78)
        self.setAccessibleName("Go to the sample with this number")
        set_tip(
            self,
            "Go to a sample",
            "Type the number of a sample and press Enter. In the table, simply type it.",
            shortcut="Ctrl+G",
        )

    def begin(self, digits: str = "") -> None:
        """Take the keyboard, with the first digits if they were typed elsewhere."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if digits:
            self.setText(digits)
        else:
            self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Leave Space to the window: no number has one, and training is started with it."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take digits; ask with Enter, leave with Escape."""
        key, text = event.key(), event.text()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.text().isdecimal():
                self.asked.emit(int(self.text()))
                self.selectAll()
        elif key == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif text.isprintable() and text and not text.isdecimal():
            # What is no digit does nothing; keys of the window have been looked at before.
            event.accept()
        else:
            super().keyPressEvent(event)

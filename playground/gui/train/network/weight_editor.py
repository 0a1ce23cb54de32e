"""A small editor for one weight, bias or the like, beside its link or unit."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QLocale, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QFrame, QLabel, QVBoxLayout, QWidget

from playground.gui.teaching_tip import set_tip
from playground.gui.theme import monospace_font, text_font, theme
from playground.gui.train.network.naming import WeightAt

LARGEST = 1e6
_GAP = 12


class ValueBox(QDoubleSpinBox):
    """A number in fine steps, written with as many digits as it needs.

    Signals
    -------
    committed()
        Enter was pressed.
    cancelled()
        Escape was pressed, or the keyboard went elsewhere.
    """

    committed = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLocale(QLocale.c())
        self.setRange(-LARGEST, LARGEST)
        self.setDecimals(8)
        self.setSingleStep(0.01)
        self.setFont(monospace_font(13))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.UpDownArrows)
        self.setMinimumWidth(132)

    def textFromValue(self, value: float) -> str:
        """Return a number without superfluous zeros."""
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        """Return the number that was typed; a comma counts as a point."""
        try:
            return float(text.replace(",", ".").replace("−", "-"))
        except ValueError:
            return self.value()

    def validate(self, text: str, position: int) -> Any:
        """Let anything be typed that is, or may become, a number."""
        plain = text.replace(",", ".").replace("−", "-")
        try:
            number = float(plain)
        except ValueError:
            good = set(plain) <= set("+-.eE0123456789")
            state = QValidator.State.Intermediate if good else QValidator.State.Invalid
            return state, text, position
        # "nan" and "inf" are numbers to Python.
        fits = -LARGEST <= number <= LARGEST
        return (
            QValidator.State.Acceptable if fits else QValidator.State.Invalid, text, position
        )  # fmt: skip

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter commits, Escape cancels."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.interpretText()
            self.committed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Escape from dialogs and menus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
                event.accept()
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Cancel when the keyboard goes elsewhere."""
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.cancelled.emit()


class WeightEditor(QFrame):
    """Edits one parameter by hand.

    Signals
    -------
    committed(WeightAt, float, float)
        What was edited, the value before, and the new one.
    closed()
        The editor is gone.
    """

    committed = Signal(object, float, float)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("weight_editor")
        self._at: WeightAt | None = None
        self._before = 0.0
        self._title = QLabel()
        self._title.setFont(text_font(11))
        self._title.setProperty("role", "caption")
        self.box = ValueBox()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(5)
        column.addWidget(self._title)
        column.addWidget(self.box)
        self.box.committed.connect(self._on_committed)
        self.box.cancelled.connect(self.close_editor)
        set_tip(
            self.box,
            "Edit by hand",
            "Enter takes the value, Escape leaves it. The arrows step by 0.01, Page up and Page "
            "down by 0.1.",
        )
        theme().changed.connect(self.update)
        self.hide()

    @property
    def at(self) -> WeightAt | None:
        """What is edited, or ``None`` while the editor is closed."""
        return self._at

    def open_for(self, at: WeightAt, name: str, value: float, anchor: QRect) -> None:
        """Open beside a box, in the coordinates of the parent."""
        self._at, self._before = at, value
        self._title.setText(name)
        self.box.setAccessibleName(name)
        self.box.setValue(value)
        self.adjustSize()
        parent = self.parentWidget()
        assert parent is not None
        room = parent.rect().adjusted(4, 4, -4, -4)
        x = anchor.right() + _GAP
        if x + self.width() > room.right():
            x = anchor.left() - _GAP - self.width()
        y = anchor.center().y() - self.height() // 2
        self.move(
            max(room.left(), min(x, room.right() - self.width())),
            max(room.top(), min(y, room.bottom() - self.height())),
        )
        self.show()
        self.raise_()
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.box.selectAll()

    def close_editor(self) -> None:
        """Close without a change."""
        if self._at is not None:
            self._at = None
            self.hide()
            self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and outline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("accent"), 1.5))
        painter.setBrush(theme().color("surface_raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        painter.end()

    def _on_committed(self) -> None:
        at, new = self._at, self.box.value()
        # What is shown is rounded: an untouched text means an untouched value.
        unchanged = self.box.textFromValue(self._before) == self.box.textFromValue(new)
        before = self._before
        self.close_editor()
        if at is not None and not unchanged:
            self.committed.emit(at, before, new)

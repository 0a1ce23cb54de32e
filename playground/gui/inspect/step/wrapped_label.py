"""Text that is broken into lines, and measured as rarely as can be."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

__all__ = ["WrappedLabel"]

LEAST_WIDTH = 60
"""What it can do with in a row, in device-independent pixels."""
MOST_KEPT = 256


class WrappedLabel(QLabel):
    """A label with line breaks for a column whose width is given from outside.

    A plain ``QLabel`` sets rich text a dozen times for each new text, to find widths and heights
    that nobody asked for. This one only says how high it is at the width that it gets, and
    remembers it: who steps to and fro comes upon the same texts again.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._heights: dict[tuple[str, int], int] = {}

    def hasHeightForWidth(self) -> bool:
        """Return that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines at some width."""
        key = self.text(), width
        height = self._heights.get(key)
        if height is None:
            if len(self._heights) >= MOST_KEPT:
                self._heights.clear()
            height = self._heights[key] = super().heightForWidth(width)
        return height

    def sizeHint(self) -> QSize:
        """Return that any width will do: the height follows."""
        return QSize(LEAST_WIDTH, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint once: text set anew while it is painted would ask to be painted again."""
        super().paintEvent(event)
        QCoreApplication.removePostedEvents(self, QEvent.Type.UpdateLater.value)

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew with other letters."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._heights.clear()
        super().changeEvent(event)

"""The words about the probe at the top of the output panel."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.theme import monospace_font, theme

__all__ = ["ProbeReadout"]


class ProbeReadout(QWidget):
    """Where the probe is, and in bold what the network says there, at the right.

    Painted, not laid out: the words change with every frame.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place, self._answer = "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Probe")
        theme().changed.connect(self.update)

    @property
    def words(self) -> str:
        """All that is said."""
        return f"{self._place} {self._answer}".strip()

    def show_words(self, place: str, answer: str) -> None:
        """Say something else."""
        if (place, answer) != (self._place, self._answer):
            self._place, self._answer = place, answer
            self.setAccessibleDescription(self.words)
            self.update()

    def sizeHint(self) -> QSize:
        """Return the height of a line."""
        return QSize(120, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, eliding the place where there is no room."""
        painter = QPainter(self)
        colors = theme().current
        painter.setPen(QColor(colors.text_muted))
        painter.setFont(monospace_font(12, bold=True))
        taken = painter.fontMetrics().horizontalAdvance(self._answer)
        area = QRectF(self.rect())
        painter.drawText(area, _RIGHT, self._answer)
        painter.setFont(monospace_font(12))
        gap = painter.fontMetrics().horizontalAdvance(" ") if self._answer else 0
        room = area.adjusted(0, 0, -taken - gap, 0)
        text = painter.fontMetrics().elidedText(
            self._place, Qt.TextElideMode.ElideLeft, int(room.width())
        )
        painter.drawText(room, _RIGHT, text)
        painter.end()


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

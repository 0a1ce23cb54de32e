"""The names of the curves of a plot, beside its title."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.theme import text_font, theme

__all__ = ["Legend"]

Entry = tuple[str, str]
"""Name and colour role."""

DOT = 7.0
GAP = 5.0
SPACING = 11.0


class Legend(QWidget):
    """Chips with a dot and a name, flush right; as much of the names as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Name these curves: pairs of a name and a colour role."""
        wanted = tuple(entries)
        if wanted != self._entries:
            self._entries = wanted
            self.setToolTip(", ".join(name for name, _ in wanted))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(60, 18)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_picture(painter, QRectF(self.rect()))

    def labels(self, width: float) -> list[Entry]:
        """Return what is written in this width: full names, or last words, or a first few."""
        metrics = QFontMetricsF(text_font(11))

        def needed(names: Sequence[str]) -> float:
            chips = sum(metrics.horizontalAdvance(name) + DOT + GAP for name in names)
            return chips + SPACING * max(len(names) - 1, 0)

        names = [name for name, _ in self._entries]
        roles = [role for _, role in self._entries]
        if needed(names) > width:
            names = [_last_word(name) for name in names]
        if needed(names) > width:
            names = ["" for _ in names]
        while len(names) > 1 and needed(names) > width:
            names.pop()
        return list(zip(names, roles, strict=False))

    def paint_picture(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the chips flush right into a rectangle."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(11))
        metrics = painter.fontMetrics()
        right = rect.right() - 1
        for name, role in reversed(self.labels(rect.width())):
            width = metrics.horizontalAdvance(name)
            painter.setPen(theme().color("text_muted"))
            painter.drawText(
                QRectF(right - width, rect.top(), width + 1, rect.height()),
                Qt.AlignmentFlag.AlignVCenter,
                name,
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color(role))
            left = right - width - (GAP if name else 0.0) - DOT
            painter.drawEllipse(QRectF(left, rect.center().y() - DOT / 2, DOT, DOT))
            right = left - SPACING
        painter.restore()


def _last_word(name: str) -> str:
    """Return the number of ``Layer 2``, short words, and the first letters of others."""
    word = name.split()[-1] if name.split() else ""
    return word if len(word) <= _SHORT else f"{word[:3]}."


_SHORT = 5
"""Letters of a word that an abbreviation would hardly make shorter."""

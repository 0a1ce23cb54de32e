"""One operation on the tape, or a layer whose operations are folded into one."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from playground.gui.palette import contrast, mix
from playground.gui.theme import monospace_font, theme
from playground.inspection.operation import Phase

__all__ = ["Mark", "TapeChip", "Time"]

HEIGHT = 26
_PADDING = 9


class Time(Enum):
    """Where an operation stands as seen from the current one."""

    PAST = "done"
    NOW = "current"
    FUTURE = "to come"


class Mark(Enum):
    """What the numerical check says about a gradient, from best to worst."""

    GOOD = "happy"
    KINKS = "fine with kinks"
    CROSSED = "a kink was crossed"
    UNEASY = "uneasy"
    WRONG = "wrong"


_COLORS = {
    Phase.FORWARD: "value_positive",
    Phase.ERROR: "value_positive",
    Phase.BACKWARD: "gradient_positive",
    Phase.UPDATE: "accent",
}
_MARKS = {
    Mark.GOOD: ("good_line", "✓"),
    Mark.KINKS: ("good_line", "≈"),
    Mark.CROSSED: ("warning_line", "∧"),
    Mark.UNEASY: ("warning_line", "!"),
    Mark.WRONG: ("danger_line", "✗"),
}


@lru_cache(maxsize=8)
def _ink_on(ground: str) -> str:
    """Return the colour in which letters can be read best."""
    return max(("#ffffff", "#14171c"), key=lambda each: contrast(each, ground))


class TapeChip(QAbstractButton):
    """A button with the symbol of an operation, in the colour of its phase.

    Parameters
    ----------
    text
        What is written on it.
    spoken
        What it is, in words.
    phase
        Gives the colour.
    operations
        Places in the tape: one, or those that are folded together.
    """

    def __init__(
        self, text: str, spoken: str, phase: Phase, operations: range, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.operations = operations
        self.time = Time.FUTURE
        self.mark: Mark | None = None
        self._phase, self._spoken = phase, spoken
        self._size = 12
        self.setText(text)
        self.setToolTip(spoken)
        # The tape as a whole has the focus: its keys go from operation to operation.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tell()

    @property
    def is_folded(self) -> bool:
        """Whether it stands for several operations."""
        return len(self.operations) > 1

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the letters."""
        self._size = pixels
        self.resize(self.sizeHint())

    def show_time(self, current: int) -> None:
        """Show whether it is done, current or to come."""
        if current in self.operations:
            time = Time.NOW
        else:
            time = Time.PAST if self.operations[-1] < current else Time.FUTURE
        if time is not self.time:
            self.time = time
            self._tell()
            self.update()

    def show_mark(self, mark: Mark | None) -> None:
        """Show what the numerical check says."""
        if mark is not self.mark:
            self.mark = mark
            self._tell()
            self.update()

    def _tell(self) -> None:
        check = f", gradient check: {self.mark.value}" if self.mark is not None else ""
        self.setAccessibleName(f"{self._spoken}, {self.time.value}{check}")

    def sizeHint(self) -> QSize:
        """Return the size of the text with its frame."""
        metrics = QFontMetrics(monospace_font(self._size))
        width = metrics.horizontalAdvance(self.text()) + 2 * _PADDING + 3
        return QSize(width + (8 if self.is_folded else 0), max(HEIGHT, metrics.height() + 8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a filled chip now, an outlined one before, a pale one to come."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme().current
        tone = colors.role(_COLORS[self._phase])
        # The mark of the check hangs over the corner.
        area = QRectF(self.rect()).adjusted(1, 3, -4, -1)
        ground, edge, ink = mix(colors.surface, tone, 0.08), tone, colors.text
        match self.time:
            case Time.NOW:
                ground = tone
                ink = _ink_on(tone)
            case Time.FUTURE:
                ground, edge, ink = colors.surface, colors.border, colors.text_disabled
        if self.underMouse() and self.time is not Time.NOW:
            ground, ink = mix(ground, tone, 0.14), colors.text
        if self.is_folded:
            painter.setPen(QPen(QColor(edge), 1))
            painter.setBrush(QColor(colors.surface))
            painter.drawRoundedRect(area.adjusted(4, 0, 0, -3), 7, 7)
            area = area.adjusted(0, 0, -4, 0)
        painter.setPen(QPen(QColor(edge), 1.2))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(area, 7, 7)
        painter.setFont(monospace_font(self._size))
        painter.setPen(QColor(ink))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text())
        if self.mark is not None:
            self._paint_mark(painter, self.mark)
        painter.end()

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        role, sign = _MARKS[mark]
        center = QPointF(self.width() - 6.0, 5.8)
        painter.setPen(QPen(theme().color("surface"), 1.2))
        painter.setBrush(theme().color(role))
        painter.drawEllipse(center, 5.2, 5.2)
        painter.setFont(monospace_font(8, bold=True))
        painter.setPen(QColor("#ffffff"))
        box = QRectF(center.x() - 6, center.y() - 6.5, 12, 12)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, sign)

    def enterEvent(self, event: object) -> None:
        """Light up under the pointer."""
        self.update()
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: object) -> None:
        """Go back to the usual look."""
        self.update()
        super().leaveEvent(event)  # type: ignore[arg-type]

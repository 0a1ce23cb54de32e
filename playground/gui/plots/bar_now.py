"""Bars of the newest value of each curve, on the same axis as the curves beside them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from playground.gui.plots.series import Interval
from playground.gui.plots.ticks import readable
from playground.gui.theme import text_font, theme

__all__ = ["Bar", "NowBars"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes
    ----------
    name
        What it measures.
    color_role
        Its colour.
    value
        The value itself, for the tooltip.
    height
        The value in the unit of the axis; NaN draws nothing.
    """

    name: str
    color_role: str
    value: float
    height: float


class NowBars(QWidget):
    """Upright bars from the bottom of the axis to the newest values, with the word *now* below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._interval: Interval = (0.0, 1.0)
        self._frame = QRectF()

    @staticmethod
    def width_for(count: int) -> int:
        """Return the width in pixels that this many bars want."""
        return 0 if count == 0 else min(max(14 + 10 * count, 34), 94)

    def set_bars(self, bars: tuple[Bar, ...], interval: Interval, frame: QRectF) -> None:
        """Draw these bars.

        Parameters
        ----------
        bars
            From left to right.
        interval
            What the axis shows.
        frame
            The rectangle in this widget whose bottom and top are the ends of the interval.
        """
        if (bars, interval, frame) != (self._bars, self._interval, self._frame):
            self._bars, self._interval, self._frame = bars, interval, frame
            self.update()

    def _rectangles(self) -> list[tuple[Bar, QRectF]]:
        """Return each bar with the place that it fills."""
        low, high = self._interval
        frame = self._frame
        pitch = frame.width() / max(len(self._bars), 1)
        width = max(min(pitch - 2.0, 8.0), 1.0)
        result = []
        for index, bar in enumerate(self._bars):
            share = (bar.height - low) / (high - low)
            share = 0.0 if share != share else min(max(share, 0.0), 1.0)
            left = frame.left() + pitch * (index + 0.5) - width / 2
            top = frame.bottom() - share * frame.height()
            result.append((bar, QRectF(left, top, width, frame.bottom() - top)))
        return result

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_picture(painter)

    def paint_picture(self, painter: QPainter) -> None:
        """Paint the bars, this widget's top left at the painter's origin."""
        if not self._bars:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for bar, rectangle in self._rectangles():
            slot = QRectF(rectangle)
            slot.setTop(self._frame.top())
            painter.setBrush(theme().color("grid"))
            painter.drawRoundedRect(slot, 2.0, 2.0)
            painter.setBrush(theme().color(bar.color_role))
            painter.drawRoundedRect(rectangle, 2.0, 2.0)
        painter.setPen(theme().color("text_muted"))
        painter.setFont(text_font(11))
        below = QRectF(0.0, self._frame.bottom() + 2, self.width(), 16.0)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "now")
        painter.restore()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            lines = [f"{bar.name}: {readable(bar.value)}" for bar in self._bars]
            QToolTip.showText(event.globalPos(), "\n".join(lines), self)
            return True
        return super().event(event)

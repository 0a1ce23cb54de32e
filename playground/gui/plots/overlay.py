"""What lies over the curves: crosshair, readout, zoom box. It also takes the mouse.

It is painted only while the pointer is there, so that it costs a training run nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from playground.gui.plots.readout import Readout
from playground.gui.theme import monospace_font, text_font, theme

__all__ = ["Overlay"]

ZOOM_PER_NOTCH = 0.84
LINE = 15.0


class Overlay(QWidget):
    """Transparent surface over a canvas.

    Signals
    -------
    zoomed
        Place, factor in x, factor in y: the wheel was turned.
    dragged
        Movement in pixels with the left button down.
    boxed
        Rectangle drawn with the right button, or with Shift and the left.
    reset
        Double-click.
    menu_wanted
        Right click, in global coordinates.
    hovered
        Place of the pointer, or ``None`` when it left.
    """

    zoomed = Signal(QPointF, float, float)
    dragged = Signal(QPointF)
    boxed = Signal(QRectF)
    reset = Signal()
    menu_wanted = Signal(QPoint)
    hovered = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.frame = QRect()
        self._readout: Readout | None = None
        self._last: QPointF | None = None
        self._corner: QPointF | None = None
        self._box: QRectF | None = None

    def set_readout(self, readout: Readout | None) -> None:
        """Show this beside the pointer, or nothing."""
        if readout is not None or self._readout is not None:
            self._readout = readout
            self.update()

    # Mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        place = event.position()
        notches = event.angleDelta().y() / 120.0
        if notches == 0.0:
            event.ignore()
            return
        factor = ZOOM_PER_NOTCH**notches
        # On an axis, the wheel scales that axis alone.
        on_y_axis = place.x() < self.frame.left()
        on_x_axis = place.y() > self.frame.bottom() and not on_y_axis
        self.zoomed.emit(place, 1.0 if on_y_axis else factor, 1.0 if on_x_axis else factor)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.button() == Qt.MouseButton.RightButton or (
            event.button() == Qt.MouseButton.LeftButton and shift
        ):
            self._corner = event.position()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._last = event.position()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._corner is not None:
            moved = (place - self._corner).manhattanLength() > QApplication.startDragDistance()
            if moved or self._box is not None:
                bounds = QRectF(self.frame)
                self._box = QRectF(self._corner, place).normalized().intersected(bounds)
                self.set_readout(None)
                self.update()
            return
        if self._last is not None and event.buttons() & Qt.MouseButton.LeftButton:
            if place != self._last:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.dragged.emit(place - self._last)
                self._last = place
            return
        self.hovered.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None
        self.unsetCursor()
        if self._corner is None:
            return
        box, self._box, self._corner = self._box, None, None
        self.update()
        if box is not None:
            if box.width() > 3 and box.height() > 3:
                self.boxed.emit(box)
        elif event.button() == Qt.MouseButton.RightButton:
            self.menu_wanted.emit(event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.hovered.emit(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(None)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._readout is None and self._box is None:
            return
        painter = QPainter(self)
        if self._box is not None:
            painter.setPen(theme().color("accent"))
            painter.setBrush(theme().color("accent", 0.15))
            painter.drawRect(self._box)
        elif self._readout is not None:
            self._paint_readout(painter, self._readout)

    def _paint_readout(self, painter: QPainter, readout: Readout) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme().color("text_muted"), 1.0, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        at = round(readout.x) + 0.5
        painter.drawLine(QPointF(at, self.frame.top()), QPointF(at, self.frame.bottom()))
        painter.setPen(QPen(theme().color("surface"), 1.5))
        for row in readout.rows:
            if row.place is not None and QRectF(self.frame).contains(row.place):
                painter.setBrush(theme().color(row.color_role))
                painter.drawEllipse(row.place, 4.0, 4.0)
        self._paint_box_of(painter, readout)

    def _paint_box_of(self, painter: QPainter, readout: Readout) -> None:
        names, numbers = text_font(11), monospace_font(11)
        measure = QFontMetricsF(names).horizontalAdvance
        # Always room for nine figures, so that the box does not breathe while values change.
        value = QFontMetricsF(numbers).horizontalAdvance("0" * 9)
        rows = readout.rows
        column = 14.0 + max((measure(row.name) for row in rows), default=0.0) + 10.0 + value
        fitting = max(int((self.height() - 10.0) // LINE) - 1, 1)
        columns = -(-len(rows) // fitting)
        per_column = -(-len(rows) // columns)
        width = max(columns * column + (columns - 1) * 14.0, measure(readout.title)) + 16.0
        left = readout.x + 10.0
        if left + width > self.frame.right():
            left = max(readout.x - 10.0 - width, 0.0)
        height = LINE * (per_column + 1) + 9.0
        top = max(min(self.frame.top() + 2.0, self.height() - height), 0.0)
        box = QRectF(left, top, width, height)
        painter.setPen(theme().color("border"))
        painter.setBrush(theme().color("surface_raised", 0.95))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setFont(names)
        painter.setPen(theme().color("text_muted"))
        painter.drawText(QRectF(left + 8.0, top + 4.0, width, LINE), readout.title)
        middle = Qt.AlignmentFlag.AlignVCenter
        for index, row in enumerate(rows):
            place = QRectF(
                left + 8.0 + index // per_column * (column + 14.0),
                top + 4.0 + LINE * (index % per_column + 1),
                column,
                LINE,
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color(row.color_role))
            painter.drawEllipse(QPointF(place.left() + 4.0, place.center().y()), 3.5, 3.5)
            painter.setPen(theme().color("text"))
            painter.setFont(names)
            painter.drawText(place.adjusted(14.0, 0.0, 0.0, 0.0), middle, row.name)
            painter.setFont(numbers)
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, row.text)

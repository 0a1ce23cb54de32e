"""How skip connections are painted."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from playground.gui.palette import Colors, mix
from playground.gui.theme import text_font
from playground.gui.train.network.arcs import HANDLE_RADIUS, SUM_RADIUS, Arc
from playground.gui.train.network.geometry import Column

__all__ = ["paint_arcs", "paint_dragged"]

_CORNER = 11.0


def paint_arcs(
    painter: QPainter, arcs: Iterable[Arc], colors: Colors, pointed: int | None = None
) -> None:
    """Paint all arcs with their sums and labels.

    Parameters
    ----------
    pointed
        Layer of the skip connection that stands out, if any.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for arc in sorted(arcs, key=lambda arc: arc.layer == pointed):
        is_pointed = arc.layer == pointed
        ink = colors.accent if is_pointed else mix(colors.background, colors.accent, 0.62)
        _paint_arc(painter, arc, QColor(ink), 2.4 if is_pointed else 1.6, colors)
        _paint_sum(painter, arc, QColor(ink), colors)
        handle = QPointF(arc.start, arc.foot)
        painter.setPen(QPen(QColor(ink), 1.6))
        painter.setBrush(QColor(ink if is_pointed else colors.background))
        radius = HANDLE_RADIUS + (1.0 if is_pointed else -1.0)
        painter.drawEllipse(handle, radius, radius)
        if arc.text:
            _paint_label(painter, arc, QColor(ink if is_pointed else colors.text_muted), colors)
    painter.restore()


def paint_dragged(
    painter: QPainter, arc: Arc, column: Column | None, pointer: QPointF, colors: Colors
) -> None:
    """Paint an arc whose source is being dragged: to a column, or where none can be taken."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(colors.accent if column is not None else colors.danger)
    end = QPointF(arc.end, arc.head)
    start = pointer
    if column is not None:
        start = QPointF(column.center + 8, float(column.tops.min()) - 5)
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        top = float(column.tops.min()) - 4
        bottom = float(column.tops.max()) + column.size + 4
        box = QRectF(column.left - 5, top, column.right - column.left + 10, bottom - top)
        painter.drawRoundedRect(box, 8, 8)
    painter.setPen(QPen(ink, 2, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(_path(start, end, min(arc.level, start.y() - 4)))
    painter.setBrush(ink)
    painter.drawEllipse(start, HANDLE_RADIUS, HANDLE_RADIUS)
    painter.restore()


def _path(start: QPointF, end: QPointF, level: float) -> QPainterPath:
    """Return up, along and down, with round corners."""
    sign = 1.0 if end.x() >= start.x() else -1.0
    corner = min(
        _CORNER,
        abs(end.x() - start.x()) / 2,
        max(1.0, start.y() - level),
        max(1.0, end.y() - level),
    )
    path = QPainterPath(start)
    path.lineTo(start.x(), level + corner)
    path.quadTo(start.x(), level, start.x() + sign * corner, level)
    path.lineTo(end.x() - sign * corner, level)
    path.quadTo(end.x(), level, end.x(), level + corner)
    path.lineTo(end)
    return path


def _paint_arc(painter: QPainter, arc: Arc, ink: QColor, width: float, colors: Colors) -> None:
    start, end = QPointF(arc.start, arc.foot), QPointF(arc.end, arc.head)
    path = _path(start, end, arc.level)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # A rim of the ground keeps it apart from what it crosses.
    painter.setPen(QPen(QColor(colors.background), width + 3.5))
    painter.drawPath(path)
    style = Qt.PenStyle.DashLine if arc.is_projected else Qt.PenStyle.SolidLine
    painter.setPen(QPen(ink, width, style, Qt.PenCapStyle.RoundCap))
    painter.drawPath(path)


def _paint_sum(painter: QPainter, arc: Arc, ink: QColor, colors: Colors) -> None:
    middle = QPointF(arc.end, arc.head + SUM_RADIUS)
    painter.setPen(QPen(ink, 1.6))
    painter.setBrush(QColor(colors.background))
    painter.drawEllipse(middle, SUM_RADIUS, SUM_RADIUS)
    arm = 3.4
    painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
    painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))


def _paint_label(painter: QPainter, arc: Arc, ink: QColor, colors: Colors) -> None:
    font = text_font(11)
    metrics = QFontMetricsF(font)
    room = abs(arc.end - arc.start) - 3 * _CORNER
    text = arc.text if metrics.horizontalAdvance(arc.text) <= room else arc.text.split()[0]
    if metrics.horizontalAdvance(text) > room:
        return
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height()
    area = QRectF((arc.start + arc.end - width) / 2, arc.level - height / 2, width, height)
    painter.fillRect(area, QColor(colors.background))
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

"""Every picture that a window shows at the moment."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from playground.gui.figures.figure import Figure, HasFigure
from playground.gui.theme import theme

__all__ = ["figures_in", "whole"]


SHARPNESS = 2.0
"""Pixels per point of the parts of a window that are not vectors."""
_ROW = 60
"""Views whose tops are closer than this stand in one row."""


def figures_in(window: QWidget) -> list[Figure]:
    """Return the pictures of all visible views below a widget, in reading order."""
    found = [(_place(view, window), figure) for view, figure in _shown(window)]
    found.sort(key=lambda each: (each[0].y() // _ROW, each[0].x()))
    return [figure for _, figure in found]


def whole(widget: QWidget, title: str) -> Figure:
    """Return a widget with everything in it as one picture, as it is on the screen.

    Views that have a picture of their own are painted by it, so that they are vectors in an SVG;
    around them, controls are pixels.
    """

    def paint(painter: QPainter) -> None:
        controls = QImage(widget.size() * SHARPNESS, QImage.Format.Format_RGB32)
        controls.setDevicePixelRatio(SHARPNESS)
        controls.fill(theme().color("background"))
        widget.render(controls, QPoint(0, 0))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(widget.rect()), controls)
        if not isinstance(painter.device(), QSvgGenerator):
            return
        for view, figure in _shown(widget):
            area = QRect(_place(view, widget), view.size())
            if not _sight(view, widget).contains(area):
                continue  # scrolled: an SVG of Qt cannot clip what clips itself
            painter.save()
            painter.fillRect(area, theme().color(figure.ground))
            painter.translate(_place(view, widget))
            (figure.within or figure.paint)(painter)
            painter.restore()

    return Figure(title, widget.size(), paint, ground="background", has_themes=False)


def _shown(window: QWidget) -> list[tuple[QWidget, Figure]]:
    found: list[tuple[QWidget, Figure]] = []
    for view in window.findChildren(QWidget):
        if isinstance(view, HasFigure) and view.isVisibleTo(window):
            figure = view.figure()
            if figure is not None:
                found.append((view, figure))
    return found


def _place(view: QWidget, window: QWidget) -> QPoint:
    return view.mapTo(window, QPoint(0, 0))


def _sight(view: QWidget, window: QWidget) -> QRect:
    """Return the part of the window in which a view can be seen: it may be scrolled."""
    area = QRect(QPoint(0, 0), window.size())
    parent = view.parentWidget()
    while parent is not None and parent is not window:
        area &= QRect(_place(parent, window), parent.size())
        parent = parent.parentWidget()
    return area

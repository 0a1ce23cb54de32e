"""What the inspector shows as pictures to take away."""

from __future__ import annotations

import csv
import io

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QContextMenuEvent, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from playground.gui.figures.figure import Figure, HasFigure
from playground.inspection.operation import Matrix

__all__ = ["as_shown", "matrices_csv", "show_menu"]

SHARPNESS = 3.0
"""Pixels per point of what cannot be vectors."""


def as_shown(widget: QWidget, title: str, matrices: tuple[Matrix, ...] = ()) -> Figure:
    """Return a part of the screen with everything in it as a picture.

    Parameters
    ----------
    matrices
        Whose numbers are its data.
    """

    def paint(painter: QPainter) -> None:
        if not isinstance(painter.device(), QSvgGenerator):
            widget.render(painter, QPoint(0, 0), renderFlags=QWidget.RenderFlag.DrawChildren)
            return
        # Formulas and lines of rich text clip themselves, which an SVG of Qt gets wrong.
        pixels = QImage(widget.size() * SHARPNESS, QImage.Format.Format_RGB32)
        pixels.setDevicePixelRatio(SHARPNESS)
        widget.render(pixels, QPoint(0, 0))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(widget.rect()), pixels)

    data = (lambda: matrices_csv(matrices)) if matrices else None
    return Figure(title, widget.size(), paint, data=data, has_themes=False)


def matrices_csv(matrices: tuple[Matrix, ...]) -> str:
    """Return matrices at full precision, a line for each row: name, row, numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for matrix in matrices:
        for row, numbers in enumerate(matrix.values.tolist()):
            writer.writerow([matrix.name, row, *map(repr, numbers)])
    return text.getvalue()


def show_menu(view: QWidget, event: QContextMenuEvent) -> None:
    """Show the menu in which the picture of a view is copied or saved."""
    from playground.gui.figures.menu import figure_menu

    figure = view.figure() if isinstance(view, HasFigure) else None
    if figure is not None:
        figure_menu(view, figure).popup(event.globalPos())

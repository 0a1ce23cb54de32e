"""A live plot of curves over epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMargins, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.gui.figures.figure import Figure
from playground.gui.figures.menu import copy_picture
from playground.gui.plots.bar_now import NowBars
from playground.gui.plots.canvas import Canvas, Line, Mark
from playground.gui.plots.commands import Command, HoverButtons, plot_menu
from playground.gui.plots.contents import bars_of, healthy_band, lines_of
from playground.gui.plots.export import csv_text
from playground.gui.plots.frame import PlotFrame
from playground.gui.plots.legend import Legend
from playground.gui.plots.overlay import Overlay
from playground.gui.plots.readout import readout_at
from playground.gui.plots.series import Series, Shape, shape_of
from playground.gui.plots.ticks import readable
from playground.gui.plots.viewport import Viewport
from playground.gui.theme import text_font, theme

__all__ = ["TimePlot"]

FIT_INTERVAL = 500
"""Milliseconds between two changes of the axes while following."""

MARGINS = QMargins(12, 8, 4, 4)


class TimePlot(PlotFrame):
    """Curves over epochs that follow the training until the user looks somewhere else.

    Wheel and right-drag zoom, left-drag pans, double-click or ``A`` follows again. The range is
    moved at most twice a second, and nothing is drawn while the widget is hidden.

    Parameters
    ----------
    title
        Heading, also the name for screen readers and files.
    logarithmic
        Whether the y axis begins as a logarithmic one.
    healthy
        (low, high) in which the curves should stay; ``None`` for no such band.
    bars
        Whether the newest values stand as bars beside the curves.
    parent
        Parent widget.

    Signals
    -------
    message
        A sentence for the status bar: what was copied or saved.
    """

    message = Signal(str)

    def __init__(
        self,
        title: str,
        logarithmic: bool = True,
        healthy: tuple[float, float] | None = None,
        bars: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.empty_text = "Press Space to train"
        self.setMinimumSize(180, 150)
        self.setAccessibleName(f"Plot: {title}")
        self.setAccessibleDescription(self.empty_text)
        self._series: tuple[Series, ...] = ()
        self._shapes: tuple[Shape, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._y_limit = math.inf
        self._healthy = healthy
        self._smoothing = True
        self._is_stale = True
        self._is_unfitted = True
        self._pointer: QPointF | None = None
        self._viewport = Viewport(logarithmic)

        self._title = QLabel(title)
        self._title.setProperty("role", "heading")
        self._legend = Legend()
        header = QHBoxLayout()
        header.setContentsMargins(0, 0, 10, 0)
        header.setSpacing(10)
        header.addWidget(self._title)
        header.addWidget(self._legend, 1)
        self._canvas = Canvas()
        self._canvas.x_unit = "epochs"
        self._canvas.message = self.empty_text
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGINS)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self._canvas, 1)
        self._bars = NowBars(self._canvas) if bars else None
        self._overlay = Overlay(self._canvas)
        self._buttons = HoverButtons(self)
        self._buttons.hide()
        self._connect()

        self._fit_timer = QTimer(self)
        self._fit_timer.setSingleShot(True)
        self._fit_timer.setInterval(FIT_INTERVAL)
        self._fit_timer.timeout.connect(self._fit_late)
        self._apply_axis()

    def _connect(self) -> None:
        self._overlay.zoomed.connect(self._zoom_at)
        self._overlay.dragged.connect(self._drag)
        self._overlay.boxed.connect(self._zoom_to)
        self._overlay.reset.connect(self.autoscale)
        self._overlay.menu_wanted.connect(self.open_menu)
        self._overlay.hovered.connect(self._hover)
        self._buttons.autoscale_clicked.connect(self.autoscale)
        self._buttons.copy_clicked.connect(self.copy_image)
        self._buttons.menu_clicked.connect(self.open_menu)
        self.commanded.connect(self._obey)
        theme().changed.connect(self._recolor)

    # Data

    @property
    def series(self) -> tuple[Series, ...]:
        """What is shown, in full."""
        return self._series

    @property
    def viewport(self) -> Viewport:
        """What part of it is shown."""
        return self._viewport

    def set_series(self, series: Sequence[Series]) -> None:
        """Show these curves. Those without any value, or of one point only, are left out."""
        self._series = tuple(each for each in series if len(each.x) > 1 and each.has_values)
        self._is_stale = True
        self._is_unfitted = True
        if self.isVisible():
            self._refresh()

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        """Mark these places of the x axis; while following, at most as often as the axes move."""
        self._marks = marks
        if not self._fit_timer.isActive() or not self._viewport.following:
            self._canvas.set_marks(marks)

    def _refresh(self) -> None:
        """Draw the series anew."""
        self._is_stale = False
        canvas = self._canvas
        message = "" if self._series else self.empty_text
        if message != canvas.message:
            canvas.message = message
            canvas.invalidate()
            self._place_children()
        self._legend.set_entries([(each.name, each.color_role) for each in self._series])
        if not self._series:
            self._shapes = ()
            canvas.set_lines([])
            self._viewport.follow()
            self._update_bars()
            self._update_readout()
            return
        span = min(s.x[0] for s in self._series), max(s.x[-1] for s in self._series)
        x = float(span[0]), float(span[1])
        fits = self._viewport.following and (
            not self._fit_timer.isActive() or self._viewport.is_left_behind(x)
        )
        shown = None if self._viewport.following else self._viewport.x
        # Two points in a column of pixels already show everything; many curves share the time.
        points = min(max(2 * canvas.plot_rect.width(), 200), 1000)
        if len(self._series) > 4:
            points = max(points * 4 // len(self._series), 150)
        self._shapes = tuple(
            shape_of(each, self._viewport.logarithmic, self._smoothing, shown, points, fits)
            for each in self._series
        )
        if fits:
            self._fit(x)
        canvas.set_lines(self._lines())
        self._update_bars()
        self._update_readout()

    def _fit(self, x: tuple[float, float]) -> None:
        intervals = [shape.y_interval for shape in self._shapes if shape.y_interval is not None]
        y = (min(i[0] for i in intervals), max(i[1] for i in intervals)) if intervals else None
        if y is not None and y[0] < self._y_limit < y[1]:
            y = y[0], self._y_limit
        self._viewport.fit(x, y)
        self._canvas.set_marks(self._marks)
        self._canvas.set_ranges(self._viewport.x, self._viewport.y)
        self._is_unfitted = self._viewport.has_headroom
        self.setAccessibleDescription(self._in_words(x[1]))
        self._fit_timer.start()

    def _in_words(self, newest: float) -> str:
        values = ", ".join(f"{each.name} {readable(float(each.y[-1]))}" for each in self._series)
        return f"{self.title} at epoch {newest:g}: {values}"

    def _fit_late(self) -> None:
        """Fit what arrived since the last time, also when it was the last to arrive."""
        self._canvas.set_marks(self._marks)
        if self._is_unfitted and self._viewport.following and self.isVisible():
            self._refresh()

    def _lines(self) -> list[Line]:
        """Return what is drawn: first all raw curves, then the lines above them."""
        return lines_of(self._series, self._shapes)

    def _update_bars(self) -> None:
        if self._bars is None:
            return
        bars = bars_of(self._series, self._viewport.logarithmic)
        width = NowBars.width_for(len(bars))
        if width != self._canvas.right_margin:
            self._canvas.right_margin = width
            self._place_children()
        frame = QRectF(self._canvas.plot_rect)
        frame.setRect(4, frame.top(), max(width - 8, 0), frame.height())
        self._bars.set_bars(bars, self._viewport.y, frame)

    # View

    @property
    def logarithmic(self) -> bool:
        """Whether the y axis is logarithmic."""
        return self._viewport.logarithmic

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Choose the y axis; the plot follows the data again."""
        if logarithmic != self._viewport.logarithmic:
            self._viewport = Viewport(logarithmic)
            self._apply_axis()
            self.autoscale()

    @property
    def smoothing(self) -> bool:
        """Whether noisy curves are drawn under their smooth mean."""
        return self._smoothing

    def set_smoothing(self, smoothing: bool) -> None:
        """Choose whether noisy curves are drawn under their smooth mean."""
        self._smoothing = smoothing
        self._refresh()

    def _apply_axis(self) -> None:
        """Tell the canvas and the viewport what belongs to the kind of axis."""
        logarithmic = self._viewport.logarithmic
        self._canvas.logarithmic = logarithmic
        if self._healthy is None:
            return
        band, at_least = healthy_band(self._healthy, logarithmic)
        self._canvas.band, self._viewport.at_least = band, at_least
        self._viewport.y = self._viewport.at_least

    def autoscale(self) -> None:
        """Show everything, and follow the training from now on."""
        self._viewport.follow()
        self._fit_timer.stop()
        self._refresh()

    def zoom(self, factor: float) -> None:
        """Scale both axes about the middle; a factor below 1 shows less, larger."""
        middle = QPointF(self._canvas.plot_rect.center())
        self._zoom_at(middle, factor, factor)

    def pan(self, x_share: float, y_share: float) -> None:
        """Move by shares of what is shown."""
        self._viewport.pan(x_share, y_share)
        self._show_viewport()

    def _zoom_at(self, place: QPointF, x_factor: float, y_factor: float) -> None:
        self._viewport.zoom(x_factor, y_factor, self._canvas.point_at(place))
        self._show_viewport()

    def _zoom_to(self, box: QRectF) -> None:
        (left, top), (right, bottom) = map(
            self._canvas.point_at, (box.topLeft(), box.bottomRight())
        )
        self._viewport.show((left, right), (bottom, top))
        self._show_viewport()

    def _drag(self, movement: QPointF) -> None:
        rect = self._canvas.plot_rect
        self.pan(-movement.x() / rect.width(), movement.y() / rect.height())

    def _show_viewport(self) -> None:
        self._canvas.set_ranges(self._viewport.x, self._viewport.y)
        self._refresh()

    def _recolor(self) -> None:
        self._canvas.invalidate()
        self._is_stale = True
        if self.isVisible():
            self._refresh()

    # Readout

    def _hover(self, place: QPointF | None) -> None:
        self._pointer = place
        self._update_readout()

    def _update_readout(self) -> None:
        place = self._pointer
        self._overlay.set_readout(
            None if place is None else readout_at(place, self._canvas, self._series)
        )

    # Copy and save

    def figure(self) -> Figure | None:
        """Return the plot as a picture, or ``None`` while there are no curves."""
        if not self._series:
            return None
        return Figure(self.title, self.size(), self.paint_picture, data=self.csv_text)

    def paint_picture(self, painter: QPainter) -> None:
        """Paint the plot as it is shown, without ground, buttons and readout, as vectors."""
        if self._is_stale:
            self._refresh()
        painter.setFont(text_font(bold=True))
        painter.setPen(theme().color("text"))
        how = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(self._title.geometry(), how, self.title)
        self._legend.paint_picture(painter, QRectF(self._legend.geometry()))
        for child in (self._canvas, self._bars):
            if child is not None:
                painter.save()
                painter.translate(child.mapTo(self, QPoint(0, 0)))
                if child is self._canvas:
                    # The lines that it holds have the colours of the screen.
                    self._canvas.paint_picture(painter, self._lines())
                else:
                    child.paint_picture(painter)
                painter.restore()

    def copy_image(self) -> None:
        """Put a picture of the plot on the clipboard."""
        figure = self.figure()
        if figure is not None:
            copy_picture(figure)
            self.message.emit(f"Copied the plot “{self.title}”")

    def csv_text(self) -> str:
        """Return all values, undecimated, as comma-separated values."""
        return csv_text("epoch", self._series)

    def open_menu(self, place: QPoint) -> None:
        """Open the menu of the plot at a place on the screen."""
        plot_menu(self).popup(place)

    # Events

    def sizeHint(self) -> QSize:
        return QSize(280, 190)

    def _place_children(self) -> None:
        canvas = self._canvas
        canvas.layout_view()
        self._overlay.setGeometry(canvas.rect())
        self._overlay.frame = canvas.plot_rect
        if self._bars is not None:
            rect = canvas.plot_rect
            left = rect.right() + 1
            self._bars.setGeometry(left, 0, canvas.width() - left, canvas.height())
            self._bars.raise_()
        self._buttons.adjustSize()
        self._buttons.move(self.width() - self._buttons.width() - 8, 5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # The layout has placed the canvas before this arrives only if it is active.
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self._place_children()
        self._is_stale = True
        if self.isVisible():
            self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        self._place_children()
        if self._is_stale:
            self._refresh()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._buttons.setVisible(bool(self._series))

    def leaveEvent(self, event: QEvent) -> None:
        self._buttons.hide()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # With the mouse the overlay opens the menu, when the button goes up without a drag.
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.open_menu(self.mapToGlobal(self.rect().center()))

    def _obey(self, command: Command) -> None:
        match command:
            case "copy":
                self.copy_image()
            case "autoscale":
                self.autoscale()
            case "zoom", factor:
                self.zoom(factor)
            case "pan", x_share, y_share:
                self.pan(x_share, y_share)

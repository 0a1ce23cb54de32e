"""The decision surface with its samples, and the probe that moves over it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.data.prepared import PreparedData
from playground.gui.figures.figure import Figure
from playground.gui.figures.menu import copy_picture, figure_menu
from playground.gui.inspect_requests import SamplePlace, ask_to_inspect, offer_inspection
from playground.gui.theme import theme
from playground.gui.train.output.point_layer import RING_DARK, RING_LIGHT, SETS, PointLayer
from playground.gui.train.output.surface_picture import (
    CORNER_RADIUS,
    SurfacePicture,
    paint_ground,
)

__all__ = ["SurfaceView"]

Point = tuple[float, float]
Pixels = NDArray[np.uint8]

_STEPS = 50
"""Key presses from the middle to an edge; with Shift ten times as many."""
_SAME_PLACE = 6.0
_NEAR = 14.0
"""How far from a sample one may point at it, in device-independent pixels."""


class SurfaceView(QWidget):
    """Shows what the network says over the plane.

    The probe follows the pointer. A click pins it, so that it stays when the pointer leaves; a
    click on the pinned probe, or Escape, takes it away. Arrow keys move it, too.

    Signals
    -------
    probe_changed(object)
        The point of the plane under the probe, (x1, x2), or ``None``.
    resized()
        It has another size.
    """

    probe_changed = Signal(object)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data: PreparedData | None = None
        self._layer: PointLayer | None = None
        self._pixels: Pixels | None = None
        self._painted_in = theme().current
        self._image = QImage()
        self._wrong: NDArray[np.bool_] | None = None
        self._points_picture: QPixmap | None = None
        self._mistakes_picture: QPixmap | None = None
        self._shown_sets: frozenset[str] = frozenset(SETS)
        self._show_mistakes = True
        self._crisp = False
        self._probe: Point | None = None
        self._pinned: Point | None = None
        self._ring = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(160, 160)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Decision surface")
        self.setAccessibleDescription(
            "What the network says over the plane. Arrow keys move the probe, Escape removes it."
        )
        theme().changed.connect(self._recolor)

    # --- what is shown ---

    @property
    def probe(self) -> Point | None:
        """The point of the plane under the probe."""
        return self._probe

    @property
    def pinned(self) -> Point | None:
        """Where the probe was pinned by a click or by keys."""
        return self._pinned

    @property
    def extent(self) -> float:
        """The plane is shown from -extent to extent."""
        return self._data.samples.extent if self._data is not None else 1.0

    def set_data(self, data: PreparedData) -> None:
        """Show other samples; the surface of the ones before goes."""
        keep = self._data is not None and self._data.samples.extent == data.samples.extent
        self._data, self._layer = data, PointLayer(data)
        self._pixels, self._image = None, QImage()
        self._wrong = None
        self._forget_pictures()
        if not keep:
            self.clear_probe()

    def set_surface(self, pixels: Pixels | None, wrong: NDArray[np.bool_] | None) -> None:
        """Show another surface.

        Parameters
        ----------
        pixels : (h, w, 4) uint8 or None
            RGBA, first row at the top. Kept, not copied.
        wrong : (n,) bool or None
            Which samples are misclassified.
        """
        if pixels is not None and pixels is not self._pixels:
            height, width = pixels.shape[:2]
            self._pixels, self._painted_in = pixels, theme().current
            stride = pixels.strides[0]
            self._image = QImage(pixels.data, width, height, stride, _RGBA)
        if wrong is None or self._data is None or len(wrong) != len(self._data.samples.points):
            wrong = None
        if not _same(wrong, self._wrong):
            self._wrong = wrong
            self._mistakes_picture = None
        self.update()

    def set_shown(self, sets: Collection[str], mistakes: bool, crisp: bool) -> None:
        """Choose what is drawn over the surface, and whether its cells have hard edges."""
        self._shown_sets, self._show_mistakes = frozenset(sets), mistakes
        self._crisp = crisp
        self._forget_pictures()

    def _forget_pictures(self) -> None:
        self._points_picture = self._mistakes_picture = None
        self.update()

    def _recolor(self) -> None:
        self._forget_pictures()

    # --- the probe ---

    def clear_probe(self) -> None:
        """Take the probe away."""
        self._pinned = None
        self._set_probe(None)

    def pin(self, point: Point) -> None:
        """Put the probe at a point of the plane, to stay."""
        extent = self.extent
        x1, x2 = (min(extent, max(-extent, value)) for value in point)
        self._pinned = (x1, x2)
        self._set_probe(self._pinned)

    def _set_probe(self, point: Point | None) -> None:
        if point != self._probe:
            self._probe = point
            self.update()
            self.probe_changed.emit(point)

    def _point_at(self, place: QPointF) -> Point:
        size, extent = self._side(), self.extent
        x1 = (place.x() / size * 2 - 1) * extent
        x2 = (1 - place.y() / size * 2) * extent
        return min(extent, max(-extent, x1)), min(extent, max(-extent, x2))

    def _place_of(self, point: Point) -> QPointF:
        size, extent = self._side(), self.extent
        return QPointF((point[0] / extent + 1) / 2 * size, (1 - point[1] / extent) / 2 * size)

    # --- painting ---

    def hasHeightForWidth(self) -> bool:
        """Return true: it is a square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of a square."""
        return width

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(288, 288)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say so: another size may want another fineness."""
        super().resizeEvent(event)
        self.resized.emit()

    def _side(self) -> int:
        return min(self.width(), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint surface, samples and probe."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("surface"))
        painter.save()
        paint_ground(painter, self._side(), self._image, self._crisp, theme().current)
        if self._layer is not None:
            self._paint_samples(painter, self._layer, self._side())
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_probe(painter)
        if self.hasFocus() and self._ring:
            painter.setPen(QPen(theme().color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            side = self._side()
            painter.drawRoundedRect(QRectF(1, 1, side - 2, side - 2), CORNER_RADIUS, CORNER_RADIUS)
        painter.end()

    def figure(self) -> Figure | None:
        """Return surface and samples as a picture."""
        if self._data is None or self._image.isNull():
            return None
        side = self._side()
        return Figure("Decision surface", QSize(side, side), self.paint_picture)

    def paint_picture(self, painter: QPainter) -> None:
        """Paint surface and samples as a picture, in the colours of the theme."""
        if self._data is None or self._pixels is None:
            return
        SurfacePicture(
            self._data,
            self._pixels,
            self._wrong if self._show_mistakes else None,
            self._painted_in,
            self._shown_sets,
            self._crisp,
            self._layer,
        ).paint(painter, self._side())

    def _paint_samples(self, painter: QPainter, layer: PointLayer, side: int) -> None:
        ratio = self.devicePixelRatioF()
        pixels = round(side * ratio)
        if self._points_picture is None or self._points_picture.width() != pixels:
            colors = theme().current
            self._points_picture = layer.points_picture(side, ratio, colors, self._shown_sets)
            self._mistakes_picture = None
        painter.drawPixmap(0, 0, self._points_picture)
        if self._show_mistakes and self._wrong is not None:
            if self._mistakes_picture is None:
                self._mistakes_picture = layer.mistakes_picture(
                    side, ratio, self._wrong, self._shown_sets
                )
            painter.drawPixmap(0, 0, self._mistakes_picture)

    def _paint_probe(self, painter: QPainter) -> None:
        if self._probe is None:
            return
        center = self._place_of(self._probe)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # Light within dark, to be seen on any ground.
        dark, light = theme().color("background", 0.9), QColor(RING_LIGHT)
        if not theme().current.is_dark:
            dark, light = QColor(255, 255, 255, 210), QColor(RING_DARK)
        for color, width in ((dark, 4.0), (light, 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(center, 8, 8)
            if self._pinned is None or self._pinned != self._probe:
                for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                    step = QPointF(dx, dy)
                    painter.drawLine(center + step * 8, center + step * 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(light)
        painter.drawEllipse(center, 2.6, 2.6)

    # --- pointer and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the probe to the pointer."""
        self._set_probe(self._point_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pin the probe, or take the pinned one away."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._pinned is not None:
            away = self._place_of(self._pinned) - event.position()
            if away.manhattanLength() < _SAME_PLACE:
                self._pinned = None
                self.update()
                return
        self.pin(self._point_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Go back to the pinned probe, if there is one."""
        self._set_probe(self._pinned)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the probe, remove it, or copy the picture."""
        moves = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        if event.matches(QKeySequence.StandardKey.Copy):
            if figure := self.figure():
                copy_picture(figure)
        elif event.key() == Qt.Key.Key_Escape and self._probe is not None:
            self.clear_probe()
        elif event.key() == Qt.Key.Key_I and not event.modifiers() and self._probe is not None:
            sample = self.sample_at(self._place_of(self._probe))
            if sample is not None:
                ask_to_inspect(self, SamplePlace(sample))
        elif Qt.Key(event.key()) in moves:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            step = self.extent / _STEPS / (10 if fine else 1)
            x1, x2 = self._probe or (0.0, 0.0)
            right, up = moves[Qt.Key(event.key())]
            self.pin((x1 + right * step, x2 + up * step))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus if it came by the keyboard."""
        self._ring = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        )
        super().focusInEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to inspect the sample that is pointed at, and to copy or save the picture."""
        if figure := self.figure():
            menu = figure_menu(self, figure)
            sample = self.sample_at(QPointF(event.pos()))
            if sample is not None:
                place = SamplePlace(sample)
                offer_inspection(menu, self, place, f"Inspect this sample (#{sample})\tI")
            menu.popup(event.globalPos())

    def sample_at(self, place: QPointF) -> int | None:
        """Return the shown sample that is next to a place, or ``None`` if none is near."""
        if self._layer is None:
            return None
        return self._layer.nearest(place, self._side(), self._shown_sets, _NEAR)


_RGBA = QImage.Format.Format_RGBA8888


def _same(first: NDArray[np.bool_] | None, second: NDArray[np.bool_] | None) -> bool:
    if first is None or second is None:
        return first is second
    return np.array_equal(first, second)

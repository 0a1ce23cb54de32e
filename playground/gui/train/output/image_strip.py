"""A strip of samples, one of which is the probe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from playground.gui.inspect_requests import SamplePlace, ask_to_inspect, offer_inspection
from playground.gui.theme import theme
from playground.gui.train.output.sample_images import SampleImages

__all__ = ["ImageStrip"]

_SIDE = 38
_STEP = _SIDE + 6
_EDGE = 3
_PAGE = 5


class ImageStrip(QWidget):
    """Shows samples side by side; only those in view are painted.

    The wheel scrolls, a click chooses, arrow keys go to the next one.

    Signals
    -------
    sample_chosen(int)
        The index of the sample that was chosen.
    """

    sample_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: SampleImages | None = None
        self._samples: NDArray[np.int64] = np.zeros(0, np.int64)
        self._chosen = -1
        self._offset = 0.0
        self._ring = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Samples")
        self.setAccessibleDescription("Arrow keys choose the sample that the network is asked.")
        theme().changed.connect(self.update)

    @property
    def chosen(self) -> int | None:
        """Index of the chosen sample, or ``None``."""
        return int(self._samples[self._chosen]) if self._chosen >= 0 else None

    def set_images(self, images: SampleImages, samples: NDArray[np.int64]) -> None:
        """Show other samples and choose the first; emits nothing.

        Parameters
        ----------
        images
            Paints them.
        samples : (n,) int64
            Which ones, in order.
        """
        self._images, self._samples = images, samples
        self._chosen, self._offset = (0 if len(samples) else -1), 0.0
        self.update()

    def choose(self, sample: int) -> None:
        """Choose a sample by its index into all samples, and bring it into view."""
        found = np.flatnonzero(self._samples == sample)
        if len(found):
            self._choose_place(int(found[0]))

    def _choose_place(self, place: int) -> None:
        place = max(0, min(place, len(self._samples) - 1))
        if place != self._chosen and len(self._samples):
            self._chosen = place
            self.sample_chosen.emit(int(self._samples[place]))
        self._bring_into_view()
        self.update()

    def _bring_into_view(self) -> None:
        left = _EDGE + self._chosen * _STEP
        # Half a neighbour stays in view, to say that there are more.
        room = self.width() - _STEP - _STEP / 2
        self._scroll_to(min(max(self._offset, left - room), left - _STEP / 2))

    def _scroll_to(self, offset: float) -> None:
        last = max(0.0, 2 * _EDGE + len(self._samples) * _STEP - 6 - self.width())
        self._offset = max(0.0, min(offset, last))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of one row."""
        return QSize(260, _SIDE + 2 * _EDGE)

    def minimumSizeHint(self) -> QSize:
        """Return room for three."""
        return QSize(3 * _STEP, _SIDE + 2 * _EDGE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the samples in view."""
        if self._images is None:
            return
        colors, ratio = theme().current, self.devicePixelRatioF()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = int(max(0, (self._offset - _EDGE) // _STEP))
        last = min(len(self._samples), int((self._offset + self.width()) // _STEP) + 1)
        for place in range(first, last):
            left = round(_EDGE + place * _STEP - self._offset)
            picture = self._images.picture(int(self._samples[place]), _SIDE, ratio)
            painter.drawPixmap(left, _EDGE, picture)
            if place == self._chosen:
                strong = self.hasFocus() and self._ring
                color = colors.text if strong else colors.accent
                painter.setPen(QPen(QColor(color), 2.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                frame = QRectF(left, _EDGE, _SIDE, _SIDE).adjusted(-1.5, -1.5, 1.5, 1.5)
                painter.drawRoundedRect(frame, 4, 4)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the end of the strip at the right edge."""
        super().resizeEvent(event)
        self._scroll_to(self._offset)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll sideways; a plain wheel turns the panel."""
        delta = event.angleDelta()
        sideways = delta.x() or (
            delta.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if not sideways and not self.hasFocus():
            event.ignore()
            return
        self._scroll_to(self._offset - (sideways or delta.y()) / 120 * _STEP * 2)
        event.accept()

    def _place_at(self, point: QPointF) -> int:
        return int((point.x() + self._offset - _EDGE) // _STEP)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the sample under the pointer."""
        place = self._place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and 0 <= place < len(self._samples):
            self._choose_place(place)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to inspect the sample under the pointer."""
        place = self._place_at(QPointF(event.pos()))
        if 0 <= place < len(self._samples):
            sample = int(self._samples[place])
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            offer_inspection(menu, self, SamplePlace(sample), f"Inspect this sample (#{sample})\tI")
            menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a neighbour."""
        last = len(self._samples) - 1
        targets = {
            Qt.Key.Key_Left: self._chosen - 1,
            Qt.Key.Key_Right: self._chosen + 1,
            Qt.Key.Key_PageUp: self._chosen - _PAGE,
            Qt.Key.Key_PageDown: self._chosen + _PAGE,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in targets and last >= 0:
            self._choose_place(targets[key])
        elif key == Qt.Key.Key_I and not event.modifiers() and self.chosen is not None:
            ask_to_inspect(self, SamplePlace(self.chosen))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus if it came by the keyboard."""
        self._ring = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.update()
        super().focusInEvent(event)

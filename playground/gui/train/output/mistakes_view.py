"""The mistakes of which the network is most certain, with its beliefs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from playground.gui.inspect_requests import SamplePlace, ask_to_inspect, offer_inspection
from playground.gui.palette import Colors
from playground.gui.theme import monospace_font, text_font, theme
from playground.gui.train.output.enlarged_sample import EnlargedSample
from playground.gui.train.output.number_text import percent
from playground.gui.train.output.sample_images import SampleImages
from playground.training.snapshot import Mistake

__all__ = ["MistakesView"]

_COLUMNS = 4
_GAP = 6
_TILE_HEIGHT = 96
_BARS = 3


class MistakesView(QWidget):
    """A grid of little images, each with true → predicted and the three strongest beliefs.

    Signals
    -------
    sample_chosen(int)
        A mistake was clicked: it should become the probe.
    """

    sample_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: SampleImages | None = None
        self._names: tuple[str, ...] = ()
        self._mistakes: tuple[Mistake, ...] = ()
        self._empty = ""
        self._current = -1
        self._ring = False
        self._card: EnlargedSample | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Worst mistakes")
        theme().changed.connect(self.update)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What is shown."""
        return self._mistakes

    @property
    def empty_text(self) -> str:
        """What is said in place of mistakes."""
        return self._empty

    def set_images(self, images: SampleImages, names: tuple[str, ...]) -> None:
        """Set the samples and classes; the mistakes go."""
        self._images, self._names = images, names
        self._mistakes, self._current = (), -1
        self._hide_card()
        self.updateGeometry()
        self.update()

    def show_mistakes(self, mistakes: tuple[Mistake, ...], empty_text: str) -> None:
        """Show mistakes, or a sentence if there are none."""
        rows = self._rows()
        self._mistakes, self._empty = mistakes, empty_text
        if self._current >= len(mistakes):
            self._current = -1
            self._hide_card()
        elif self._card is not None and self._card.isVisible():
            self._show_card()
        if rows != self._rows():
            self.updateGeometry()
        words = (f"{self._words(mistake)}" for mistake in mistakes)
        self.setAccessibleDescription("; ".join(words) or empty_text)
        self.update()

    def _words(self, mistake: Mistake) -> str:
        true, predicted = self._names[mistake.label], self._names[mistake.predicted]
        return f"true {true}, predicted {predicted}"

    # --- geometry ---

    def _rows(self) -> int:
        return max(1, -(-len(self._mistakes) // _COLUMNS))

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        if not self._mistakes:
            return QSize(260, 40)
        return QSize(260, self._rows() * (_TILE_HEIGHT + _GAP) - _GAP)

    def minimumSizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(220, self.sizeHint().height())

    def tile_rect(self, index: int) -> QRect:
        """Return where a mistake is shown."""
        width = (self.width() - (_COLUMNS - 1) * _GAP) / _COLUMNS
        left = (index % _COLUMNS) * (width + _GAP)
        top = (index // _COLUMNS) * (_TILE_HEIGHT + _GAP)
        return QRect(round(left), top, round(width), _TILE_HEIGHT)

    def _index_at(self, place: QMouseEvent) -> int:
        point = place.position().toPoint()
        for index in range(len(self._mistakes)):
            if self.tile_rect(index).contains(point):
                return index
        return -1

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles that are visible."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme().current
        if not self._mistakes:
            painter.setFont(text_font(12))
            painter.setPen(QColor(colors.text_muted))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            painter.drawText(self.rect(), flags | Qt.TextFlag.TextWordWrap, self._empty)
        for index, mistake in enumerate(self._mistakes):
            tile = self.tile_rect(index)
            if tile.intersects(event.rect()):
                self._paint_tile(painter, colors, index, QRectF(tile), mistake)
        painter.end()

    def _paint_tile(
        self, painter: QPainter, colors: Colors, index: int, tile: QRectF, mistake: Mistake
    ) -> None:
        current = index == self._current
        painter.setBrush(QColor(colors.hover if current else colors.background))
        framed = current and self.hasFocus() and self._ring
        painter.setPen(QPen(QColor(colors.accent), 2) if framed else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 7, 7)
        side = 40
        if self._images is not None:
            picture = self._images.picture(mistake.sample, side, self.devicePixelRatioF())
            painter.drawPixmap(round(tile.center().x() - side / 2), round(tile.top()) + 6, picture)
        painter.setFont(monospace_font(11, bold=True))
        painter.setPen(QColor(colors.text))
        text = f"{self._names[mistake.label]} → {self._names[mistake.predicted]}"
        line = QRectF(tile.left() + 2, tile.top() + 48, tile.width() - 4, 16)
        metrics = painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
        self._paint_beliefs(painter, colors, tile, mistake)

    def _paint_beliefs(
        self, painter: QPainter, colors: Colors, tile: QRectF, mistake: Mistake
    ) -> None:
        shares = np.nan_to_num(mistake.certainty)
        painter.setFont(monospace_font(9))
        for row, label in enumerate(np.argsort(-shares, kind="stable")[:_BARS]):
            top = tile.top() + 65 + row * 9
            name = QRectF(tile.left() + 6, top, 12, 9)
            right = label == mistake.label
            painter.setPen(QColor(colors.text if right else colors.text_muted))
            painter.drawText(name, Qt.AlignmentFlag.AlignLeft | _MIDDLE, self._names[label][:2])
            track = QRectF(tile.left() + 18, top + 2.5, tile.width() - 26, 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.separator))
            painter.drawRoundedRect(track, 2, 2)
            width = max(track.width() * float(shares[label]), 3.0)
            painter.setBrush(QColor(colors.value_positive if right else colors.value_negative))
            painter.drawRoundedRect(QRectF(track.left(), track.top(), width, 4), 2, 2)

    # --- pointer and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Enlarge the mistake under the pointer."""
        self._set_current(self._index_at(event))

    def leaveEvent(self, event: QEvent) -> None:
        """Enlarge none."""
        self._set_current(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make the mistake the probe."""
        index = self._index_at(event)
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.sample_chosen.emit(self._mistakes[index].sample)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to inspect the mistake that is framed."""
        if self._current >= 0:
            sample = self._mistakes[self._current].sample
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            offer_inspection(menu, self, SamplePlace(sample), f"Inspect this sample (#{sample})\tI")
            self._hide_card()
            menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between mistakes, or make one the probe."""
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -_COLUMNS,
            Qt.Key.Key_Down: _COLUMNS,
        }
        key = Qt.Key(event.key())
        if key in moves and self._mistakes:
            self._ring = True
            target = max(self._current, 0) + (moves[key] if self._current >= 0 else 0)
            if 0 <= target < len(self._mistakes):
                self._set_current(target)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._current >= 0:
                self.sample_chosen.emit(self._mistakes[self._current].sample)
        elif key == Qt.Key.Key_Escape and self._current >= 0:
            self._set_current(-1)
        elif key == Qt.Key.Key_I and not event.modifiers() and self._current >= 0:
            ask_to_inspect(self, SamplePlace(self._mistakes[self._current].sample))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Frame the first mistake, to show where the keys act."""
        keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._ring = event.reason() in keyboard
        if self._ring and self._mistakes:
            self._set_current(max(self._current, 0))
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Enlarge none."""
        self._set_current(-1)
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Enlarge none."""
        self._set_current(-1)
        super().hideEvent(event)

    def _set_current(self, index: int) -> None:
        if index == self._current:
            return
        self._current = index
        self.update()
        if index < 0:
            self._hide_card()
        else:
            self._show_card()

    def _show_card(self) -> None:
        if self._images is None:
            return
        if self._card is None:
            self._card = EnlargedSample(self)
        mistake = self._mistakes[self._current]
        title = f"True {self._names[mistake.label]} → {self._names[mistake.predicted]}"
        note = f"{percent(float(mistake.certainty[mistake.predicted]))} certain, and wrong"
        self._card.show_sample(
            self._images, mistake.sample, title, note, self._names, mistake.certainty
        )
        self._card.place_beside(self, self.tile_rect(self._current))

    def _hide_card(self) -> None:
        if self._card is not None:
            self._card.hide()


_MIDDLE = Qt.AlignmentFlag.AlignVCenter

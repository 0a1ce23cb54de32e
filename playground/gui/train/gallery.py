"""The picture gallery of datasets."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QSizePolicy,
    QWidget,
)

from playground.data.dataset import DataError, Dataset
from playground.data.registry import DATASETS
from playground.gui.teaching_tip import set_option_tip
from playground.gui.theme import text_font, theme
from playground.gui.train.dataset_picture import PictureSource, paint_picture, picture_source
from playground.gui.train.roving_focus import RovingFocus
from playground.schema.describe import title_of

__all__ = ["COLUMNS", "DatasetCard", "DatasetGallery"]

COLUMNS = 3
_RADIUS = 8.0
_TITLE_HEIGHT = 20
_TITLE_SIZES = (11, 10)
"""Sizes of a title in pixels: the first at which it fits."""
_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class DatasetCard(QAbstractButton):
    """One dataset to choose: a picture and its title.

    Parameters
    ----------
    dataset
        The class that it stands for.
    """

    def __init__(self, dataset: type[Dataset], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dataset = dataset
        self._source: PictureSource | None = None
        self._picture: QPixmap | None = None
        self._ring = False
        self.setText(title_of(dataset))
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{dataset.gallery}: {title_of(dataset)}")
        set_option_tip(self, dataset)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme().changed.connect(self._forget_picture)

    @property
    def has_picture(self) -> bool:
        """Whether the samples of the picture are there."""
        return self._source is not None

    def set_source(self, source: PictureSource) -> None:
        """Give what the picture is painted from."""
        self._source = source
        self._forget_picture()

    def sizeHint(self) -> QSize:
        """Return the size in the design."""
        return QSize(68, 76)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size at which the picture says something."""
        return QSize(52, 76)

    def nextCheckState(self) -> None:
        """Do nothing: what is chosen is shown when it is true, not when it is clicked."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, picture and title."""
        colors = theme().current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        width = 2.0 if chosen else 1.0
        ground = colors.accent_soft if chosen else colors.surface
        if self.underMouse() and not chosen:
            ground = colors.hover
        border = colors.accent if chosen else colors.border
        if self.underMouse() and not chosen:
            border = colors.text_muted
        painter.setPen(QPen(QColor(border), width))
        painter.setBrush(QColor(ground))
        frame = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
        if self.hasFocus() and self._ring:
            painter.setPen(QPen(QColor(colors.text if chosen else colors.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inner = QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5)
            painter.drawRoundedRect(inner, _RADIUS - 3, _RADIUS - 3)
        self._paint_picture(painter)
        self._paint_title(painter, colors.text if chosen else colors.text_muted)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus if it came by the keyboard."""
        self._ring = event.reason() in _KEYBOARD
        super().focusInEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the picture anew in another font or style."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.update()

    def _forget_picture(self) -> None:
        self._picture = None
        self.update()

    def _paint_picture(self, painter: QPainter) -> None:
        if self._source is None:
            return
        area = self.rect().adjusted(6, 6, -6, -_TITLE_HEIGHT)
        ratio = self.devicePixelRatioF()
        size = QSize(round(area.width() * ratio), round(area.height() * ratio))
        if size.isEmpty():
            return  # painted before the layout has given it its room
        if self._picture is None or self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._picture)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            target = QRectF(0, 0, area.width(), area.height())
            paint_picture(inner, target, self._source, theme().current)
            inner.end()
        painter.drawPixmap(area.topLeft(), self._picture)

    def _paint_title(self, painter: QPainter, color: str) -> None:
        available = self.width() - 6
        for size in _TITLE_SIZES:
            painter.setFont(text_font(size))
            metrics = painter.fontMetrics()
            if metrics.horizontalAdvance(self.text()) <= available:
                break
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, available)
        painter.setPen(QColor(color))
        place = QRectF(3, self.height() - _TITLE_HEIGHT, available, _TITLE_HEIGHT - 4)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


class DatasetGallery(QWidget):
    """Cards of all datasets, in the order of the registry.

    Signals
    -------
    chosen(type)
        A dataset class that was clicked, other than the one shown as chosen.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Datasets")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        self._cards: dict[type[Dataset], DatasetCard] = {}
        for index, dataset in enumerate(DATASETS):
            card = DatasetCard(dataset)
            self._cards[dataset] = card
            grid.addWidget(card, index // COLUMNS, index % COLUMNS)
            card.clicked.connect(self._clicked)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self._focus = RovingFocus(list(self._cards.values()), self, COLUMNS)
        # One picture per turn of the event loop, and only once the window stands.
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._draw_next)

    @property
    def cards(self) -> tuple[DatasetCard, ...]:
        """The cards, in the order of the registry."""
        return tuple(self._cards.values())

    def card(self, dataset: type[Dataset]) -> DatasetCard:
        """Return the card of a dataset class."""
        return self._cards[dataset]

    def show_chosen(self, dataset: type[Dataset]) -> None:
        """Mark a dataset as the one in use; emits nothing."""
        for card in self._cards.values():
            card.setChecked(card.dataset is dataset)
        self._focus.set_stop(self._cards[dataset])

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to paint the pictures."""
        super().showEvent(event)
        if not all(card.has_picture for card in self._cards.values()):
            self._idle.start()

    def _draw_next(self) -> None:
        missing = [card for card in self._cards.values() if not card.has_picture]
        if not missing:
            self._idle.stop()
            return
        card = missing[0]
        try:
            card.set_source(picture_source(card.dataset))
        except DataError as error:
            card.set_source(PictureSource(None, "missing"))
            card.setToolTip(str(error))

    def _clicked(self) -> None:
        card = self.sender()
        if isinstance(card, DatasetCard) and not card.isChecked():
            self.chosen.emit(card.dataset)

"""Tells how far the preparation of the initial weights is, and lets a person skip it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.teaching_tip import set_tip
from playground.gui.theme import monospace_font, theme

__all__ = ["PreparationBar"]

SHOWN_AFTER = 250
"""Milliseconds; what is done sooner is not worth a word."""
_WIDTH = 560
_MARGIN = 44
_PARTS = 1000


class PreparationBar(QFrame):
    """Lies over a widget while initial weights are prepared.

    Signals
    -------
    skip_requested()
        Training is to start from the weights as they were drawn.
    """

    skip_requested = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setAccessibleName("Preparing the initial weights")
        heading = QLabel("Preparing the initial weights")
        heading.setProperty("role", "heading")
        self._text = QLabel()
        self._text.setFont(monospace_font(12))
        self._text.setProperty("role", "muted")
        self._progress = QProgressBar()
        self._progress.setRange(0, _PARTS)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("Progress of the preparation")
        self._skip = QPushButton("Skip")
        self._skip.clicked.connect(self.skip_requested)
        set_tip(self._skip, "Skip", "Start at once, from the weights as they were drawn.")
        words = QVBoxLayout()
        words.setSpacing(5)
        for widget in (heading, self._text, self._progress):
            words.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 14)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self._skip)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_AFTER)
        self._timer.timeout.connect(self._appear)
        over.installEventFilter(self)
        theme().changed.connect(self.update)
        self.hide()

    @property
    def text(self) -> str:
        """What was reached."""
        return self._text.text()

    @property
    def skip_button(self) -> QPushButton:
        """The button that skips what is left."""
        return self._skip

    def show_progress(self, share: float, text: str) -> None:
        """Show how far it is, once it has taken a moment."""
        self._progress.setValue(round(share * _PARTS))
        self._text.setText(text or "Starting")
        self.setAccessibleDescription(self._text.text())
        if not self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def end(self) -> None:
        """There is nothing more to tell."""
        self._timer.stop()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        colors = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colors.color("accent"))
        painter.setBrush(colors.color("surface_raised"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 9, 9)
        painter.end()

    def _appear(self) -> None:
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setFixedWidth(min(_WIDTH, parent.width() - 20))
            self.adjustSize()
            x = (parent.width() - self.width()) // 2
            self.move(max(0, x), parent.height() - self.height() - _MARGIN)

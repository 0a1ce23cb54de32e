"""A line that tells what just happened, over the canvas, without stopping anybody."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from playground.gui.icons import icon
from playground.gui.theme import theme

_MARGIN = 14
_WIDEST = 640
_INFO_MILLISECONDS = 5000
_ROLES = {
    "info": ("info", "accent"),
    "finished": ("info", "accent"),
    "warning": ("warning", "warning"),
    "error": ("error", "danger"),
}


class NoticeBar(QFrame):
    """Shows one notice at a time at the top of the widget it lies over.

    Information goes away by itself; warnings and errors, and that a training has finished while
    nobody looked, stay until they are closed, or until the next edit makes them untrue.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("notice")
        self.setAccessibleName("Notice")
        self._level = "info"
        self._sign = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setIcon(icon("close"))
        self._close.setAccessibleName("Close the notice")
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def text(self) -> str:
        """What is told; "" when nothing is."""
        return self._text.text() if self.isVisible() else ""

    def tell(self, level: str, text: str) -> None:
        """Show a notice.

        Parameters
        ----------
        level
            ``info``, ``finished``, ``warning`` or ``error``.
        """
        self._level = level
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self._restyle()
        self._place()
        self.show()
        self.raise_()
        if level == "info":
            self._timer.start(_INFO_MILLISECONDS)
        else:
            self._timer.stop()

    def clear_finished(self) -> None:
        """Take back that training has finished: it goes on."""
        if self._level == "finished":
            self.hide()

    def clear(self) -> None:
        """Take back a warning or an error that is no longer true."""
        if self._level != "info":
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme()
        role = _ROLES[self._level][1]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colors.color(role))
        painter.setBrush(colors.color("surface_raised"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 9, 9)
        painter.end()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(_WIDEST, parent.width() - 2 * _MARGIN)
        text_width = width - 90
        self._text.setFixedWidth(
            min(text_width, self._text.fontMetrics().horizontalAdvance(self._text.text()) + 12)
        )
        self.adjustSize()
        self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - 44)

    def _restyle(self) -> None:
        name, role = _ROLES[self._level]
        self._sign.setPixmap(icon(name, role).pixmap(20, 20))
        self.update()

"""A line above everything that offers what was not saved when the application ended."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from playground.gui.icons import icon
from playground.gui.teaching_tip import set_tip

__all__ = ["RecoveryBar", "how_long_ago"]


class RecoveryBar(QToolBar):
    """Asks without stopping anybody: Restore, Discard, or leave it for the next start.

    Signals
    -------
    restore_requested(), discard_requested(), postponed()
        What was clicked.
    """

    restore_requested = Signal()
    discard_requested = Signal()
    postponed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recovery")
        self.setMovable(False)
        self.toggleViewAction().setVisible(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAccessibleName("Unsaved work of an earlier session")
        frame = QFrame()
        frame.setProperty("notice", "warning")
        frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        sign = QLabel()
        sign.setPixmap(icon("warning", "warning").pixmap(18, 18))
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        restore = QPushButton("Restore")
        restore.setProperty("primary", True)
        restore.clicked.connect(self.restore_requested)
        set_tip(
            restore,
            "Restore",
            "Opens it with its weights, as it was when it was last kept. What is in the window now "
            "comes back by undo.",
        )
        discard = QPushButton("Discard")
        discard.clicked.connect(self.discard_requested)
        set_tip(discard, "Discard", "Removes it for good.")
        later = QToolButton()
        later.setAutoRaise(True)
        later.setIcon(icon("close", "text_muted"))
        later.setIconSize(QSize(14, 14))
        later.setAccessibleName("Ask again at the next start")
        later.clicked.connect(self.postponed)
        set_tip(later, "Not now", "Keeps it, and asks again at the next start.")
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 3, 8, 3)
        row.setSpacing(10)
        row.addWidget(sign)
        row.addWidget(self._text, 1)
        row.addWidget(restore)
        row.addWidget(discard)
        row.addWidget(later)
        self.addWidget(frame)

    @property
    def text(self) -> str:
        """What is offered."""
        return self._text.text()

    def offer(self, name: str, seconds: float, further: int) -> None:
        """Say what there is.

        Parameters
        ----------
        name
            What the experiment was called.
        seconds
            How long ago it was kept.
        further
            How many more there are.
        """
        text = (
            f"“{name}” was not saved when the application ended {how_long_ago(seconds)}. "
            "It was kept with its weights."
        )
        if further:
            text += f" There {'is 1 more' if further == 1 else f'are {further} more'} after it."
        self._text.setText(text)
        self.setAccessibleDescription(text)


def how_long_ago(seconds: float) -> str:
    """Return a time as a person would say it: ``3 minutes ago``."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "a moment ago"

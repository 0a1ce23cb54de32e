"""What the table says while it has no rows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

__all__ = ["EmptyNote"]


class EmptyNote(QWidget):
    """A sentence in the middle of a view, and a way out of it.

    Parameters
    ----------
    around
        The view over which it lies.

    Signals
    -------
    all_wanted()
        All samples should be shown again.
    """

    all_wanted = Signal()

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self._text = QLabel()
        self._text.setProperty("role", "muted")
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._all = QToolButton()
        self._all.setProperty("link", True)
        self._all.setText("Show all samples")
        self._all.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._all.clicked.connect(self.all_wanted)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(16, 16, 16, 16)
        inside.setSpacing(4)
        inside.addWidget(self._text)
        inside.addWidget(self._all, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        over = QVBoxLayout(around)
        over.addStretch(1)
        over.addWidget(self)
        over.addStretch(1)
        self.hide()

    @property
    def words(self) -> str:
        """What is said."""
        return self._text.text()

    def show_text(self, text: str, offers_all: bool) -> None:
        """Say something, and offer to show all samples or not."""
        self._text.setText(text)
        self._all.setVisible(offers_all)
        self.show()

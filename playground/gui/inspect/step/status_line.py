"""What stands at the foot of the window: where we are, how far a long computation is, colours."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QWidget

from playground.gui.theme import theme

__all__ = ["StatusLine"]


class StatusLine(QWidget):
    """A line of text, a progress bar while something takes long, and the legend of the colours.

    Signals
    -------
    cancelled()
        What takes long shall end.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._text = QLabel()
        self._text.setProperty("role", "muted")
        self._task = QLabel()
        self._task.setProperty("role", "muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._cancel = QToolButton()
        self._cancel.setText("Cancel")
        self._cancel.setProperty("link", True)
        self._cancel.clicked.connect(self.cancelled)
        self._legend = QLabel()
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 14, 0)
        row.setSpacing(10)
        row.addWidget(self._text)
        row.addStretch(1)
        for widget in (self._task, self._bar, self._cancel, self._legend):
            row.addWidget(widget)
        self.show_progress(None)
        theme().changed.connect(self._write_legend)
        self._write_legend()

    @property
    def text(self) -> str:
        """Where we are."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Say where we are."""
        self._text.setText(text)
        self.setAccessibleName(text)

    def show_progress(self, share: float | None, text: str = "") -> None:
        """Show how far something is, from 0 to 1; ``None``: nothing takes long."""
        for widget in (self._task, self._bar, self._cancel):
            widget.setVisible(share is not None)
        if share is not None:
            self._bar.setValue(round(1000 * share))
            self._bar.setAccessibleName(text)
            self._task.setText(text)

    def _write_legend(self) -> None:
        colors = theme().current
        parts = []
        for name, low, high in (
            ("values", colors.value_negative, colors.value_positive),
            ("gradients", colors.gradient_negative, colors.gradient_positive),
        ):
            parts.append(
                f"{name} <span style='color:{low}'>■</span>− <span style='color:{high}'>■</span>+"
            )
        self._legend.setText("&nbsp;&nbsp;&nbsp;".join(parts))
        self._legend.setAccessibleName(
            "values: orange negative, blue positive; gradients: green negative, purple positive"
        )

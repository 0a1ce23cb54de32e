"""A side panel whose contents scroll when the window is low, without changing their width."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

__all__ = ["MARGIN", "PanelScroll"]

MARGIN = 14
"""Space at the left and right of a side panel, in device-independent pixels."""


class PanelScroll(QScrollArea):
    """Scrolls a column of widgets.

    The scroll bar takes its place from the right margin, so that nothing moves when it appears.

    Parameters
    ----------
    ground
        What it lies on: ``panel``, or ``canvas`` for a column of cards.

    Attributes
    ----------
    column
        Layout to which the widgets are added.
    """

    def __init__(self, parent: QWidget | None = None, ground: str = "panel") -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Focus goes to the widgets inside, which the area then brings into view.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        content.setProperty(ground, True)
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        self.column.setSpacing(8)
        self.setWidget(content)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the contents as wide as before, with or without a scroll bar."""
        super().resizeEvent(event)
        taken = self.width() - self.viewport().width()
        margins = self.column.contentsMargins()
        right = max(0, MARGIN - taken)
        if margins.right() != right:
            margins.setRight(right)
            self.column.setContentsMargins(margins)
            # At once: the contents must not be seen at the wrong width for a frame.
            self.column.activate()

"""A formula as a graph of gates, stepped through forwards and backwards."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from playground.gui.preferences import Preferences
from playground.gui.session import Session


class CircuitPanel(QWidget):
    """Walks a circuit gate by gate.

    Attributes
    ----------
    controls
        What stands in the row above while this tab is shown.
    """

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = preferences
        self.controls = QWidget()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

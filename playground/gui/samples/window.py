"""The table of samples in a window of its own, with room for all columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from playground.gui.preferences import Preferences
from playground.gui.samples.view import SamplesView
from playground.gui.session import Session
from playground.training.messages import Loaded
from playground.training.snapshot import Snapshot

if TYPE_CHECKING:
    from playground.gui.inspect.step.inspector import Inspector

__all__ = ["SamplesWindow"]

_LAYOUT = "samples"
_SIZE = (760, 560)


class SamplesWindow(QDialog):
    """Shows the samples; whoever leads one to the inspector has chosen, and it closes.

    Parameters
    ----------
    inspector
        Where a step is taken apart: then the network is the one that is looked at there, and not
        the one that training stopped at.
    """

    def __init__(
        self,
        session: Session,
        preferences: Preferences,
        inspector: Inspector | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = preferences
        self._inspector = inspector
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Samples" if inspector is None else "Choose a sample to inspect")
        self.view = SamplesView(preferences)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addWidget(self.view)
        self.resize(*_SIZE)
        geometry = preferences.layout(_LAYOUT)
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        self.view.inspected.connect(self.close)
        self.view.failed.connect(session.failed)
        session.loaded.connect(self._show_loaded)
        session.load_failed.connect(self._show_nothing)
        if inspector is None:
            session.snapshot_ready.connect(self._show_snapshot)
            # As in the main window: one wants to see the rows change.
            QShortcut(QKeySequence("Space"), self, session.toggle)
        else:
            inspector.recorded.connect(self._show_inspected)
        if session.current_run is not None:
            self._show_loaded(session.current_run)
        else:
            self._show_nothing()
        self.view.table.setFocus()

    def _show_loaded(self, loaded: Loaded) -> None:
        self.view.show_data(loaded.data, loaded.architecture)

    def _show_nothing(self) -> None:
        self.view.show_data(None, None)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.parameters is not None:
            self.view.show_network(snapshot.parameters, snapshot.running)

    def _show_inspected(self) -> None:
        if self._inspector is None or not self._inspector.is_open:
            return
        trainer = self._inspector.trainer
        if trainer.data is self.view.model.samples:
            self.view.show_network(trainer.parameters.copy())

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the network as it is now, and show which sample is inspected."""
        super().showEvent(event)
        if self._inspector is None:
            self._session.refresh()
            return
        self._show_inspected()
        settings = self._inspector.settings
        if self._inspector.is_open and not settings.is_batch:
            self.view.choose_sample(settings.sample)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember size and place."""
        self._preferences.keep_layout(_LAYOUT, self.saveGeometry())
        # Not QDialog's, which asks reject(), which asks to close.
        event.accept()

    def reject(self) -> None:
        """Close, on Escape."""
        self.close()

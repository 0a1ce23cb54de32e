"""The right panel: what the network says."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.experiment.spec import ExperimentSpec
from playground.gui.teaching_tip import set_tip
from playground.gui.train.output.image_output import ImageOutput
from playground.gui.train.output.planar_output import PlanarOutput
from playground.gui.train.output.probe_readout import ProbeReadout
from playground.gui.train.panel_scroll import MARGIN, PanelScroll
from playground.training.messages import Loaded
from playground.training.snapshot import Snapshot

__all__ = ["OutputPanel"]


class OutputPanel(QWidget):
    """Shows the decision surface, or for images the confusion matrix and the worst mistakes.

    Signals
    -------
    wishes_changed()
        Something else is wanted in the next snapshots: see :meth:`wishes`.
    """

    wishes_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.setAccessibleName("Output")
        self.setMinimumWidth(290)
        self._run_id = -1
        self._shows_images = False
        heading = QLabel("Output")
        heading.setProperty("role", "heading")
        set_tip(
            heading,
            "Output",
            "What the network says about every point of the plane, or about every image. Move "
            "over the surface to probe it; a click pins the probe, Escape removes it.",
        )
        self._readout = ProbeReadout()
        header = QHBoxLayout()
        header.setContentsMargins(MARGIN, 0, MARGIN, 0)
        header.addWidget(heading)
        header.addWidget(self._readout, 1)

        self.planar = PlanarOutput()
        self.images = ImageOutput()
        for part in (self.planar, self.images):
            part.wishes_changed.connect(self.wishes_changed)
            part.readout_changed.connect(self._show_readout)
        self.images.hide()
        self._empty = QLabel("The answers of the network appear here as soon as there is data.")
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._empty.hide()
        scroll = PanelScroll()
        scroll.column.addWidget(self._empty)
        scroll.column.addWidget(self.planar)
        scroll.column.addWidget(self.images)
        scroll.column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(header)
        layout.addWidget(scroll, 1)

    @property
    def readout(self) -> str:
        """The words about the probe."""
        return self._readout.words

    def wishes(self) -> dict[str, Any]:
        """Return what the next snapshots should have, as arguments of ``View``."""
        if not self.isVisible():
            return {"surface_size": 0, "discretize": False, "probe": None, "probe_sample": None}
        if self._shows_images:
            return {
                "surface_size": 0,
                "discretize": False,
                "probe": None,
                "probe_sample": self.images.probe_sample,
                "mistakes_of": self.images.chosen_cell,
            }
        return {
            "surface_size": self.planar.surface_size(),
            "discretize": self.planar.discretize,
            "probe": self.planar.surface.probe,
            "probe_sample": None,
        }

    def options(self) -> dict[str, bool]:
        """Return what a person chose to see, by name, to be remembered."""
        return self.planar.options()

    def set_options(self, options: dict[str, bool]) -> None:
        """Show what was chosen before; unknown names are ignored."""
        self.planar.set_options(options)

    # --- what the session says ---

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Do nothing: what is shown follows when the data of the experiment is loaded."""

    def show_loaded(self, loaded: Loaded) -> None:
        """Show the samples of a new run."""
        self._run_id = loaded.run_id
        self._shows_images = loaded.data.samples.image_shape is not None
        self._empty.hide()
        self.planar.setVisible(not self._shows_images)
        self.images.setVisible(self._shows_images)
        part = self.images if self._shows_images else self.planar
        part.show_loaded(loaded)
        self.wishes_changed.emit()

    def show_nothing(self) -> None:
        """Show that there is no data, rather than what the data before had."""
        self._run_id = -1
        self._readout.show_words("", "")
        for part in (self.planar, self.images):
            part.hide()
        self._empty.show()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a frame, if it belongs to the data that is shown."""
        if snapshot.run_id != self._run_id or not self.isVisible():
            return
        if self._shows_images:
            self.images.show_snapshot(snapshot)
        else:
            self.planar.show_snapshot(snapshot)

    def _show_readout(self, place: str, answer: str) -> None:
        part = self.images if self._shows_images else self.planar
        if self.sender() is part:
            self._readout.show_words(place, answer)

    # --- being seen ---

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for pictures again."""
        super().showEvent(event)
        self.wishes_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for no more pictures."""
        super().hideEvent(event)
        self.wishes_changed.emit()

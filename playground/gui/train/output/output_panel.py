"""The right panel: what the network says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.experiment.spec import ExperimentSpec
from playground.gui.preferences import Preferences
from playground.gui.train.output.image_output import ImageOutput
from playground.gui.train.output.part_switch import PICTURE, TABLE, PartSwitch
from playground.gui.train.output.planar_output import PlanarOutput
from playground.gui.train.output.probe_readout import ProbeReadout
from playground.gui.train.panel_scroll import MARGIN, PanelScroll
from playground.training.messages import Loaded
from playground.training.snapshot import Snapshot

if TYPE_CHECKING:
    from playground.gui.samples.view import SamplesView

__all__ = ["OutputPanel"]


class OutputPanel(QWidget):
    """Shows the decision surface, or for images the confusion matrix and the worst mistakes; or,
    in their place, a table of the samples.

    Parameters
    ----------
    preferences
        Where the table remembers how it is sorted.

    Signals
    -------
    wishes_changed()
        Something else is wanted in the next snapshots: see :meth:`wishes`.
    window_wanted()
        The table should be shown in a window of its own.
    failed(str, str)
        An unexpected error: message and traceback.
    """

    wishes_changed = Signal()
    window_wanted = Signal()
    failed = Signal(str, str)

    def __init__(
        self, parent: QWidget | None = None, preferences: Preferences | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._loaded: Loaded | None = None
        self._table: SamplesView | None = None
        self.setProperty("panel", True)
        self.setAccessibleName("Output")
        self.setMinimumWidth(290)
        self._run_id = -1
        self._shows_images = False
        self.switch = PartSwitch()
        self.switch.chosen.connect(self._show_part)
        self.switch.window_wanted.connect(self.window_wanted)
        self._readout = ProbeReadout()
        header = QHBoxLayout()
        header.setContentsMargins(MARGIN, 0, MARGIN, 0)
        header.addWidget(self.switch)
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
        scroll = self._scroll = PanelScroll()
        scroll.column.addWidget(self._empty)
        scroll.column.addWidget(self.planar)
        scroll.column.addWidget(self.images)
        scroll.column.addStretch(1)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(header)
        layout.addWidget(scroll, 1)

    @property
    def readout(self) -> str:
        """The words about the probe."""
        return self._readout.words

    @property
    def shows_table(self) -> bool:
        """Whether the table is shown in place of pictures."""
        return self.switch.part == TABLE

    @property
    def table(self) -> SamplesView:
        """The table of samples, which is built when it is first asked for."""
        if self._table is None:
            from playground.gui.samples.view import SamplesView

            self._table = table = SamplesView(self._preferences)
            table.layout().setContentsMargins(MARGIN, 0, MARGIN, 10)  # type: ignore[union-attr]
            table.hide()
            table.current_changed.connect(self._ask_about)
            table.failed.connect(self.failed)
            self._column.addWidget(table, 1)
            if self._loaded is not None:
                table.show_data(self._loaded.data, self._loaded.architecture)
        return self._table

    def show_samples(self) -> None:
        """Show the table, with the keyboard on it."""
        self.switch.choose(TABLE)
        self.table.setFocus()

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
            "surface_size": 0 if self.shows_table else self.planar.surface_size(),
            "discretize": self.planar.discretize,
            "probe": self.planar.surface.probe,
            "probe_sample": None,
        }

    def options(self) -> dict[str, bool]:
        """Return what a person chose to see, by name, to be remembered."""
        return {**self.planar.options(), TABLE: self.shows_table}

    def set_options(self, options: dict[str, bool]) -> None:
        """Show what was chosen before; unknown names are ignored."""
        self.planar.set_options(options)
        if TABLE in options:
            self.switch.choose(TABLE if options[TABLE] else PICTURE)

    # --- what the session says ---

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Do nothing: what is shown follows when the data of the experiment is loaded."""

    def show_loaded(self, loaded: Loaded) -> None:
        """Show the samples of a new run."""
        self._run_id = loaded.run_id
        self._loaded = loaded
        self._shows_images = loaded.data.samples.image_shape is not None
        self._empty.hide()
        self.planar.setVisible(not self._shows_images)
        self.images.setVisible(self._shows_images)
        part = self.images if self._shows_images else self.planar
        part.show_loaded(loaded)
        if self._table is not None:
            self._table.show_data(loaded.data, loaded.architecture)
        self.wishes_changed.emit()

    def show_nothing(self) -> None:
        """Show that there is no data, rather than what the data before had."""
        self._run_id = -1
        self._loaded = None
        self._readout.show_words("", "")
        if self._table is not None:
            self._table.show_data(None, None)
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
        if self.shows_table and snapshot.parameters is not None:
            self.table.show_network(snapshot.parameters, snapshot.running)

    def _show_part(self, part: str) -> None:
        """Put the pictures or the table into the panel."""
        self.table.setVisible(part == TABLE)
        self._scroll.setVisible(part != TABLE)
        self._readout.setVisible(part != TABLE)
        self.wishes_changed.emit()

    def _ask_about(self, sample: int) -> None:
        """Let the sample of the chosen row be the one that the network is asked."""
        if self._loaded is None:
            return
        if self._shows_images:
            self.images.choose_sample(sample)
        elif self._loaded.data.samples.is_planar:
            x1, x2 = self._loaded.data.samples.points[sample]
            self.planar.surface.pin((float(x1), float(x2)))

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

"""What the network says about the plane: surface, legend, toggles and results."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from playground.data.prepared import PreparedData
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import theme
from playground.gui.train.output.color_bar import ColorBar
from playground.gui.train.output.number_text import percent, place_text, signed
from playground.gui.train.output.point_layer import SETS, legend_picture
from playground.gui.train.output.probability_bars import ProbabilityBars
from playground.gui.train.output.results_card import ResultsCard, planar_results
from playground.gui.train.output.surface_view import SurfaceView
from playground.schema.task import TaskKind
from playground.training.messages import Loaded
from playground.training.snapshot import ProbeValues, Snapshot

__all__ = ["PlanarOutput"]

_TOGGLES = {
    "train": ("Training", True, "Points to learn from, with a light outline."),
    "validation": ("Validation", True, "Points, shown as diamonds, on which choices are judged "
                                       "while training. The network never learns from them."),
    "test": ("Test", True, "Points that are kept back to test what was learned, with a dark "
                           "outline. The network never learns from them."),
    "mistakes": ("Mistakes", True, "Mark the points that the network gets wrong with a wider "
                                   "outline and a dot."),
    "discretize": ("Discretize", False, "Show the decision alone, not how sure it is."),
}  # fmt: skip
_FULL, _REDUCED = 100, 64
"""Cells of the surface in each direction, and where it is small on the screen."""
_SMALL = 280


class PlanarOutput(QWidget):
    """The output panel's contents for a planar dataset.

    Signals
    -------
    wishes_changed()
        Something else is wanted in the next snapshots.
    readout_changed(str, str)
        Where the probe is, and what the network says there.
    """

    wishes_changed = Signal()
    readout_changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data: PreparedData | None = None
        self._probe_values: ProbeValues | None = None
        self.surface = SurfaceView()
        self.surface.probe_changed.connect(self._probe_moved)
        self.surface.resized.connect(self._resized)
        self._asked_size = 0
        self.color_bar = ColorBar()
        self.classes = ProbabilityBars()
        self.results = ResultsCard()
        self.toggles: dict[str, QCheckBox] = {}
        grid = self._grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        for name, (label, is_on, text) in _TOGGLES.items():
            box = QCheckBox(label, self)
            box.setChecked(is_on)
            set_tip(box, label, text)
            box.setAccessibleName(label)
            box.toggled.connect(self._toggled)
            self.toggles[name] = box
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self._results_heading = QLabel("Results")
        self._results_heading.setProperty("role", "heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.surface)
        layout.addWidget(self.color_bar)
        layout.addWidget(self.classes)
        layout.addLayout(grid)
        self._place_toggles({"validation"})
        layout.addSpacing(4)
        layout.addWidget(self._results_heading)
        layout.addWidget(self.results)
        theme().changed.connect(self._draw_icons)
        self._draw_icons()
        self._apply_toggles()
        self.classes.hide()

    # --- what is wanted ---

    def surface_size(self) -> int:
        """Return how many cells the surface should have in each direction."""
        pixels = self.surface.width() * self.devicePixelRatioF()
        self._asked_size = _FULL if pixels >= _SMALL else _REDUCED
        return self._asked_size

    def _resized(self) -> None:
        before = self._asked_size
        if before and self.surface_size() != before:
            self.wishes_changed.emit()

    @property
    def discretize(self) -> bool:
        """Whether the decision alone is shown."""
        return self.toggles["discretize"].isChecked()

    def options(self) -> dict[str, bool]:
        """Return which toggles are on, by name."""
        return {name: box.isChecked() for name, box in self.toggles.items()}

    def set_options(self, options: dict[str, bool]) -> None:
        """Set toggles by name; unknown names are ignored."""
        for name, is_on in options.items():
            if name in self.toggles:
                self.toggles[name].setChecked(is_on)

    # --- what the session says ---

    def show_loaded(self, loaded: Loaded) -> None:
        """Show the samples of a new run."""
        data = loaded.data
        self._data = data
        self._probe_values = None
        classes = data.task.class_count
        self.surface.set_data(data)
        many = data.task.kind is TaskKind.MULTICLASS
        self.color_bar.setVisible(not many)
        self.classes.setVisible(many)
        self.classes.set_names(data.task.class_names if many else ())
        self.classes.set_values(None)
        self.color_bar.set_marker(None)
        split = data.split
        absent = {"mistakes"} if not classes else set()
        self._place_toggles(absent if len(split.validation) else absent | {"validation"})
        self.toggles["test"].setEnabled(len(split.test) > 0)
        self._count("train", len(split.train))
        self._count("validation", len(split.validation))
        self._count("test", len(split.test))
        self.readout_changed.emit(*self.readout())

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a frame."""
        if self._data is None:
            return
        self.surface.set_surface(snapshot.surface, snapshot.wrong)
        results = planar_results(snapshot, self._data)
        self.results.show_results(results)
        if snapshot.wrong is not None:
            self._count("mistakes", int(np.count_nonzero(snapshot.wrong)))
        if self.surface.probe is not None and snapshot.probe is not None:
            self._show_probe(snapshot.probe)

    # --- the probe ---

    def readout(self) -> tuple[str, str]:
        """Return where the probe is, and what the network says there."""
        probe, values = self.surface.probe, self._probe_values
        if probe is None or self._data is None:
            return "hover to probe", ""
        return f"{place_text(*probe)} →", self._answer(values)

    def _answer(self, values: ProbeValues | None) -> str:
        assert self._data is not None  # only asked with a probe over data
        if values is None:
            return "…"
        if values.certainty is None:
            return signed(float(values.activations[-1][0]))
        if len(values.certainty) == 2:
            return signed(float(values.certainty[1] - values.certainty[0]))
        best = int(np.argmax(np.nan_to_num(values.certainty)))
        return f"{self._data.task.class_names[best]} {percent(float(values.certainty[best]))}"

    def _show_probe(self, values: ProbeValues) -> None:
        self._probe_values = values
        certainty = values.certainty
        if certainty is not None and len(certainty) > 2:
            self.classes.set_values([float(share) for share in certainty])
        else:
            value = (
                float(values.activations[-1][0])
                if certainty is None
                else float(certainty[1] - certainty[0])
            )
            self.color_bar.set_marker(value)
        self.readout_changed.emit(*self.readout())

    def _probe_moved(self) -> None:
        if self.surface.probe is None:
            self._probe_values = None
            self.classes.set_values(None)
            self.color_bar.set_marker(None)
        self.readout_changed.emit(*self.readout())
        self.wishes_changed.emit()

    # --- toggles ---

    def _place_toggles(self, absent: set[str]) -> None:
        """Lay out two in a row those that have a meaning, and hide the others."""
        present = [name for name in self.toggles if name not in absent]
        for name in absent:
            self.toggles[name].hide()
            self._grid.removeWidget(self.toggles[name])
        for index, name in enumerate(present):
            self._grid.addWidget(self.toggles[name], index // 2, index % 2)
            self.toggles[name].show()

    def _count(self, name: str, count: int) -> None:
        text = f"{_TOGGLES[name][0]} {count:,}"
        if self.toggles[name].text() != text:
            self.toggles[name].setText(text)

    def _toggled(self) -> None:
        self._apply_toggles()
        if self.sender() is self.toggles["discretize"]:
            self.wishes_changed.emit()

    def _apply_toggles(self) -> None:
        on = self.options()
        shown = [name for name in SETS if on[name]]
        self.surface.set_shown(shown, on["mistakes"], on["discretize"])

    def _draw_icons(self) -> None:
        colors, ratio = theme().current, self.devicePixelRatioF()
        pictures = {name: legend_picture(colors, name, ratio) for name in SETS}
        pictures["mistakes"] = legend_picture(colors, "train", ratio, is_wrong=True)
        for name, picture in pictures.items():
            self.toggles[name].setIcon(QIcon(picture))

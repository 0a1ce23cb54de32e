"""The Train workspace: transport on top; data, network with curves, and output below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from playground.experiment.spec import ExperimentSpec
from playground.gui.notice_bar import NoticeBar
from playground.gui.palette import value_lut
from playground.gui.preferences import Preferences
from playground.gui.samples.requests import ask_for_samples
from playground.gui.session import Session
from playground.gui.theme import theme
from playground.gui.train.data_panel import DataPanel
from playground.gui.train.network.view import NetworkView
from playground.gui.train.output.output_panel import OutputPanel
from playground.gui.train.preparation_bar import PreparationBar
from playground.gui.train.transport import TransportBar
from playground.training.messages import Loaded
from playground.training.snapshot import ColorTables, Snapshot, View

if TYPE_CHECKING:
    from playground.gui.plots.panels import PlotStrip

LEFT, RIGHT, STRIP = 250, 316, 200
"""Widths of the side panels and height of the curves at a first start."""


class TrainWorkspace(QWidget):
    """Puts the views together, and asks the worker for what they want to see.

    Every view follows the session: ``show_spec`` after an edit, ``show_loaded`` when data and
    network are ready, ``show_snapshot`` once per frame.
    """

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = preferences
        # From the outside inwards: a style sheet is applied anew to all that is moved.
        self.transport = TransportBar(self)
        self._columns = QSplitter(Qt.Orientation.Horizontal, self)
        self._columns.setObjectName("columns")
        self.data_panel = DataPanel(self._columns)
        self._middle = QSplitter(Qt.Orientation.Vertical, self._columns)
        self._middle.setObjectName("middle")
        self.network = NetworkView(self._middle)
        self.output = OutputPanel(self._columns, preferences)
        self.plots: PlotStrip | None = None
        self._last_snapshot: Snapshot | None = None
        self._views: list[Any] = [self.transport, self.data_panel, self.network, self.output]

        # The curves come later: their library takes longer to load than all the rest.
        self._plot_place = QFrame(self._middle)
        self._plot_place.setObjectName("plots")
        self._plot_place.setMinimumHeight(120)
        plot_layout = QVBoxLayout(self._plot_place)
        plot_layout.setContentsMargins(0, 0, 0, 0)

        self._middle.addWidget(self.network)
        self._middle.addWidget(self._plot_place)
        self._middle.setStretchFactor(0, 1)
        self._middle.setSizes([600, STRIP])
        self._middle.setChildrenCollapsible(False)
        for widget in (self.data_panel, self._middle, self.output):
            self._columns.addWidget(widget)
        self._columns.setStretchFactor(1, 1)
        self._columns.setSizes([LEFT, 800, RIGHT])
        self._columns.setChildrenCollapsible(False)
        for splitter in (self._middle, self._columns):
            splitter.setHandleWidth(1)
        self._columns.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.transport)
        layout.addWidget(self._columns, 1)
        self.notices = NoticeBar(self.network)
        self.preparation = PreparationBar(self.network)

        # Several wishes that change in one turn make one request.
        self._wish_timer = QTimer(self)
        self._wish_timer.setSingleShot(True)
        self._wish_timer.setInterval(0)
        self._wish_timer.timeout.connect(self._ask)
        self._colors = _color_tables()
        self._connect()

    def _connect(self) -> None:
        session, transport = self._session, self.transport
        session.spec_changed.connect(self.show_spec)
        session.loaded.connect(self.show_loaded)
        session.snapshot_ready.connect(self.show_snapshot)
        session.running_changed.connect(transport.show_running)
        session.notice.connect(self.notices.tell)
        session.running_changed.connect(self._forget_the_finish)
        session.load_failed.connect(self._tell_load_failed)
        session.preparing.connect(self.preparation.show_progress)
        for ended in (session.loaded, session.load_failed, session.failed):
            ended.connect(self.preparation.end)
        self.preparation.skip_requested.connect(session.skip_preparation)
        transport.play_toggled.connect(session.toggle)
        transport.reset_requested.connect(session.reset)
        transport.new_weights_requested.connect(session.draw_new_weights)
        transport.step_requested.connect(session.step)
        transport.pace.chosen.connect(self._set_pace)
        transport.pace.choose(self._preferences.pace)
        for view in self._views:
            if hasattr(view, "edited"):
                view.edited.connect(session.edit)
            if hasattr(view, "proposed"):
                view.proposed.connect(session.propose)
            if hasattr(view, "noted"):
                view.noted.connect(session.notice)
            if hasattr(view, "wishes_changed"):
                view.wishes_changed.connect(self._wish_timer.start)
        self.network.parameter_edited.connect(session.edit_parameter)
        self.output.set_options(self._preferences.output_options)
        self.output.failed.connect(session.failed)
        self.output.window_wanted.connect(lambda: ask_for_samples(self))
        theme().changed.connect(self._recolor)

    def load_plots(self) -> None:
        """Import the plotting library and show the curves. Takes a few tenths of a second."""
        if self.plots is not None:
            return
        from playground.gui.plots.panels import PlotStrip

        self.plots = PlotStrip(self._plot_place)
        layout = self._plot_place.layout()
        assert layout is not None  # made in __init__
        layout.addWidget(self.plots)
        if self._last_snapshot is not None:
            self.plots.show_history(self._last_snapshot.history)
            self.plots.show_best(self._last_snapshot.best_epoch)

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Show an edited experiment in every view."""
        self.notices.clear()
        for view in self._views:
            view.show_spec(spec)

    def show_loaded(self, loaded: Loaded) -> None:
        """Show a new run, at step 0, in every view."""
        for view in self._views:
            if hasattr(view, "show_loaded"):
                view.show_loaded(loaded)
        self._ask()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a frame in every view."""
        self._last_snapshot = snapshot
        for view in self._views:
            if hasattr(view, "show_snapshot"):
                view.show_snapshot(snapshot)
        if self.plots is not None:
            self.plots.show_history(snapshot.history, snapshot.running)
            self.plots.show_best(snapshot.best_epoch)

    @property
    def last_snapshot(self) -> Snapshot | None:
        """The frame that is shown."""
        return self._last_snapshot

    def set_panel_visible(self, name: str, visible: bool) -> None:
        """Show or hide a panel: ``data``, ``output`` or ``plots``."""
        panels = {"data": self.data_panel, "output": self.output, "plots": self._plot_place}
        panels[name].setVisible(visible)

    def save_layout(self) -> None:
        """Remember where the splitters are."""
        self._preferences.keep_layout("columns", self._columns.saveState())
        self._preferences.keep_layout("middle", self._middle.saveState())
        self._preferences.output_options = self.output.options()

    def restore_layout(self) -> None:
        """Put the splitters where they were left."""
        for name, splitter in (("columns", self._columns), ("middle", self._middle)):
            state = self._preferences.layout(name)
            if not state.isEmpty():
                splitter.restoreState(state)
                splitter.setHandleWidth(1)

    def splitters(self) -> dict[str, QSplitter]:
        """Return the splitters by the name under which projects keep their sizes."""
        return {"columns": self._columns, "middle": self._middle}

    def reset_layout(self) -> None:
        """Put the splitters where they are at a first start."""
        self._columns.setSizes([LEFT, max(self.width() - LEFT - RIGHT, 100), RIGHT])
        self._middle.setSizes([max(self._middle.height() - STRIP, 100), STRIP])

    def _forget_the_finish(self, running: bool) -> None:
        if running:
            self.notices.clear_finished()

    def _tell_load_failed(self, message: str) -> None:
        self._last_snapshot = None
        self.transport.show_nothing()
        self.output.show_nothing()
        if getattr(self._session.spec.data, "folder", None) == "":
            # The form of the data says how to get the files; here one sentence is enough.
            self.notices.tell("warning", "Choose the folder with the files in the data panel.")
        else:
            self.notices.tell("error", message)

    def _set_pace(self, epochs_per_second: float | None) -> None:
        self._preferences.pace = epochs_per_second
        self._session.set_pace(epochs_per_second)

    def _recolor(self) -> None:
        self._colors = _color_tables()
        self._ask()

    def _ask(self) -> None:
        """Tell the worker what the views want to see."""
        wishes: dict[str, Any] = {}
        for view in (self.network, self.output):
            if view.isVisible():
                wishes.update(view.wishes())
        self._session.show(View(colors=self._colors, **wishes))


def _color_tables() -> ColorTables:
    """Return the colours of the theme as the worker paints with them."""
    colors = theme().current
    values = np.full((256, 4), 255, np.uint8)
    values[:, :3] = value_lut(colors)
    classes = np.array([_rgba(color) for color in colors.classes], np.uint8)
    return ColorTables(values, classes, np.array(_rgba(colors.value_zero), np.uint8))


def _rgba(color: str) -> tuple[int, int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16), 255

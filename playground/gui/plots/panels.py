"""The three plots of a training, and the strip that holds them."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QSplitter, QVBoxLayout, QWidget

from playground.gui.plots.canvas import Mark
from playground.gui.plots.series import Series
from playground.gui.plots.time_plot import TimePlot
from playground.gui.plots.training_series import (
    HistoryArrays,
    gradient_norms,
    losses,
    update_ratios,
)

__all__ = [
    "GradientPlot",
    "HistoryArrays",
    "LossPlot",
    "PlotStrip",
    "TrainingPlot",
    "UpdateRatioPlot",
]

HEALTHY_UPDATE = (1e-4, 1e-2)
"""Where the size of an update, over the size of the weights, should be."""


class TrainingPlot(TimePlot):
    """A plot that knows what it wants of the record of a run.

    Parameters
    ----------
    title
        Heading.
    curves
        What it wants.
    healthy, bars, parent
        See :class:`TimePlot`.
    """

    def __init__(
        self,
        title: str,
        curves: Callable[[HistoryArrays], list[Series]],
        healthy: tuple[float, float] | None = None,
        bars: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, healthy=healthy, bars=bars, parent=parent)
        self._curves = curves

    def show_history(self, history: HistoryArrays) -> None:
        """Show the record of a run as it is now."""
        self.set_series(self._curves(history))


class LossPlot(TrainingPlot):
    """Loss on the training, the validation and the test set."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Loss", losses, parent=parent)

    def show_best(self, epoch: int) -> None:
        """Mark the epoch to whose weights early stopping would go back; 0 for none."""
        self.set_marks((Mark(float(epoch), f"best {epoch:,}", "good"),) if epoch else ())


class GradientPlot(TrainingPlot):
    """Size of the gradient of each layer, over time and now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Gradient norms", gradient_norms, bars=True, parent=parent)


class UpdateRatioPlot(TrainingPlot):
    """Size of each layer's updates over the size of its weights, with its healthy band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Update : weight", update_ratios, healthy=HEALTHY_UPDATE, parent=parent)


class PlotStrip(QWidget):
    """The three plots side by side.

    Signals
    -------
    message
        A sentence for the status bar, from one of the plots.
    """

    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(170)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.loss = LossPlot()
        self.gradients = GradientPlot()
        self.updates = UpdateRatioPlot()
        self._turns = itertools.cycle((self.loss, self.gradients, self.loss, self.updates))
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        for index, plot in enumerate(self.plots):
            splitter.addWidget(plot)
            splitter.setStretchFactor(index, 1)
            plot.message.connect(self.message)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    @property
    def plots(self) -> tuple[TrainingPlot, ...]:
        """The plots, from left to right."""
        return self.loss, self.gradients, self.updates

    def show_history(self, history: HistoryArrays, is_running: bool = False) -> None:
        """Show the record of a run, in all plots or, while it goes on, in the next of them.

        A curve moves by less than a pixel from frame to frame, and takes as long to draw as all
        the rest of the window: the loss comes in every second frame, the others between.
        """
        if not is_running:
            for plot in self.plots:
                plot.show_history(history)
            return
        next(self._turns).show_history(history)

    def show_best(self, epoch: int) -> None:
        """Mark the best epoch so far in the plot of the loss; 0 for none."""
        self.loss.show_best(epoch)

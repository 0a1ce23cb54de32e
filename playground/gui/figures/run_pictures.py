"""Pictures of a run without a window: for animations and reports, painted in any thread."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter

from playground.gui.palette import Colors, value_lut
from playground.gui.plots.curve_picture import CurvePicture
from playground.gui.plots.series import Interval
from playground.gui.plots.training_series import gradient_norms, losses, update_ratios
from playground.gui.train.network.naming import Names
from playground.gui.train.network.scene import NetworkScene
from playground.gui.train.output.confusion_picture import LEFT, TOP, ConfusionPicture
from playground.gui.train.output.surface_picture import SurfacePicture
from playground.training.snapshot import Snapshot, SnapshotBuilder
from playground.training.trainer import Trainer
from playground.training.view import ColorTables, View

__all__ = ["RunPictures", "color_tables"]

HEALTHY_UPDATE = (1e-4, 1e-2)
_CELLS = 100
_THUMBNAIL, _SMALLEST_THUMBNAIL = 50, 12
_COMFORTABLE, _SMALLEST = 290.0, 0.75
"""Height at which eight units stand below each other; scale at which names can still be read."""
_MOST_UNITS = 256
"""More units of a layer are not painted: they would be smaller than a few pixels."""


def color_tables(colors: Colors) -> ColorTables:
    """Return the colours of a theme as snapshots are painted with them."""
    values = np.full((256, 4), 255, np.uint8)
    values[:, :3] = value_lut(colors)
    classes = np.array([_rgba(color) for color in colors.classes], np.uint8)
    return ColorTables(values, classes, np.array(_rgba(colors.value_zero), np.uint8))


def _rgba(color: str) -> tuple[int, int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16), 255


class RunPictures:
    """Paints a trainer as it is at that moment. The painter's colours are those of ``theme()``.

    Parameters
    ----------
    trainer
        What is painted. It may go on training between two looks.
    colors
        The theme in which surfaces and pictures of units are made.
    cells
        Width and height of the surface in cells.
    most_bytes
        What the pictures of all units may take in one look, about; they get smaller, or fewer,
        where it is not enough.
    """

    def __init__(
        self,
        trainer: Trainer,
        colors: Colors,
        cells: int = _CELLS,
        most_bytes: float = math.inf,
    ) -> None:
        self._trainer, self._colors = trainer, colors
        self._builder = SnapshotBuilder(trainer, 0)
        self._names = Names(trainer.spec)
        layers = trainer.architecture.layers
        counts = [min(shape.outputs, _MOST_UNITS) for shape in layers]
        thumbnail = _THUMBNAIL
        if self.is_planar:
            affordable = math.sqrt(most_bytes / (4 * sum(counts)))
            thumbnail = int(max(min(affordable, _THUMBNAIL), _SMALLEST_THUMBNAIL))
        else:
            # Pictures of weights are as large as what they look at.
            each = 4 * max(shape.inputs for shape in layers)
            share = min(1.0, most_bytes / (each * sum(counts)))
            counts = [max(1, int(count * share)) for count in counts]
        self._view = View(
            colors=color_tables(colors),
            surface_size=cells if self.is_planar else 0,
            thumbnail_size=thumbnail,
            visible_units=tuple(tuple(range(count)) for count in counts),
        )
        self.snapshot: Snapshot = self._builder.build(self._view, False, None)

    @property
    def is_planar(self) -> bool:
        """Whether there is a surface; otherwise there may be a confusion matrix."""
        return self._trainer.data.samples.is_planar

    @property
    def title(self) -> str:
        """Name of the experiment."""
        return self._trainer.spec.name

    def look(self) -> Snapshot:
        """Take a new look at the trainer; what is painted from now on is as it is now."""
        self.snapshot = self._builder.build(self._view, False, None)
        return self.snapshot

    def paint_output(self, painter: QPainter, area: QRectF) -> None:
        """Paint what the network says, as a square at the top left of an area."""
        side = min(area.width(), area.height())
        painter.save()
        painter.translate(area.topLeft())
        snapshot = self.snapshot
        if snapshot.surface is not None:
            data = self._trainer.data
            SurfacePicture(data, snapshot.surface, snapshot.wrong, self._colors).paint(
                painter, side
            )
        elif snapshot.images is not None:
            names = self._trainer.architecture.head.task.class_names
            cell = (side - max(LEFT, TOP)) / len(names)
            ConfusionPicture(names, snapshot.images.confusion, cell).paint(painter)
        painter.restore()

    def paint_network(self, painter: QPainter, area: QRectF) -> None:
        """Paint the network, made smaller where it needs more room than there is."""
        natural = QSize(round(area.width()), round(area.height()))
        scene = NetworkScene.of_snapshot(self._names, self.snapshot, natural)
        # Rather somewhat smaller than in a grid: a column of units shows best what a layer is.
        scale = max(min(1.0, area.height() / _COMFORTABLE), _SMALLEST)
        scale = min(scale, area.width() / scene.layout_now.width)
        if scale < 1.0:
            natural = QSize(round(area.width() / scale), round(area.height() / scale))
            scene = NetworkScene.of_snapshot(self._names, self.snapshot, natural)
        samples = self._trainer.data.samples
        if samples.image_shape is not None:
            mean = samples.inputs[self._trainer.data.split.train[:500]].mean(0)
            scene.sample = (mean, "mean image")
        painter.save()
        painter.translate(area.topLeft())
        painter.scale(scale, scale)
        scene.paint(painter)
        painter.restore()

    def curves(
        self, which: str, x: Interval | None = None, y: Interval | None = None
    ) -> CurvePicture:
        """Return a plot: ``loss``, ``gradients`` or ``updates``, with given ranges or its own."""
        history = self.snapshot.history
        match which:
            case "loss":
                return CurvePicture("Loss", losses(history), None, x, y)
            case "gradients":
                return CurvePicture("Gradient norms", gradient_norms(history), None, x, y)
            case "updates":
                series = update_ratios(history)
                return CurvePicture("Update : weight", series, HEALTHY_UPDATE, x, y)
            case other:
                raise ValueError(f"curves {other!r} are not known; use loss, gradients or updates")

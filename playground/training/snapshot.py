"""What the screen shows, prepared off the screen's thread: numbers, curves, ready pixels.

The view says what is visible; only that is computed. Pixels are RGBA, uint8, so that the screen
has nothing left to do but to copy them.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.network import predict
from playground.engine.plan import ForwardPlan, with_ones
from playground.schema.task import TaskKind
from playground.training.history import HistoryView
from playground.training.trainer import Metrics, Trainer

Reals = NDArray[Any]
Pixels = NDArray[np.uint8]

MISTAKES_SHOWN = 12
CONFUSION_CAP = 2000
"""The confusion matrix of a running training is measured on at most this many test samples."""


@dataclass(frozen=True, slots=True, eq=False)
class ColorTables:
    """The colours of a theme, as the worker needs them.

    Attributes
    ----------
    values : (256, 4) uint8
        From most negative over neutral to most positive.
    classes : (k, 4) uint8
        One colour per class, at least 10.
    background : (4,) uint8
        What an undecided class fades to.
    """

    values: Pixels
    classes: Pixels
    background: Pixels


@dataclass(frozen=True, slots=True)
class View:
    """What is visible.

    Attributes
    ----------
    colors
        ``None``: nothing is painted, only numbers are reported.
    surface_size
        Width and height of the decision surface in cells; 0 for none.
    thumbnail_size
        Width and height of a unit's picture in cells; 0 for none.
    visible_units
        Per layer, hidden layers first: the units whose pictures are wanted.
    discretize
        Show the decision instead of its strength.
    focus
        (layer, unit) wanted as a large picture, layer -1 for an input; or ``None``.
    probe
        A point of the plane, whose values in all units are wanted; or ``None``.
    probe_sample
        Index of the sample whose values in all units are wanted; or ``None``.
    mistakes_of
        (true class, predicted class) whose mistakes are wanted; ``None`` for those of all.
    """

    colors: ColorTables | None = None
    surface_size: int = 0
    thumbnail_size: int = 0
    visible_units: tuple[tuple[int, ...], ...] = ()
    discretize: bool = False
    focus: tuple[int, int] | None = None
    probe: tuple[float, float] | None = None
    probe_sample: int | None = None
    mistakes_of: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """A test sample that the network gets wrong.

    Attributes
    ----------
    sample
        Index into the samples.
    label, predicted
        True and predicted class.
    certainty : (classes,)
        The network's belief in each class.
    """

    sample: int
    label: int
    predicted: int
    certainty: Reals


@dataclass(frozen=True, slots=True, eq=False)
class ImageResults:
    """How an image classifier does on its test set (or on the training set if there is none).

    Attributes
    ----------
    confusion : (classes, classes) int64
        Row: true class; column: predicted class.
    mistakes
        The most certain mistakes first.
    measured, available
        Number of samples measured, and of samples in the set.
    """

    confusion: NDArray[np.int64]
    mistakes: tuple[Mistake, ...]
    measured: int
    available: int


@dataclass(frozen=True, slots=True, eq=False)
class ProbeValues:
    """What every unit says about one input.

    Attributes
    ----------
    inputs : (d,)
    activations
        Per layer (outputs,).
    certainty : (classes,) or None
        The network's belief in each class.
    """

    inputs: Reals
    activations: tuple[Reals, ...]
    certainty: Reals | None


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One look at a running training. Immutable; everything in it is a copy.

    Attributes
    ----------
    run_id
        Which load it belongs to; the screen drops those of earlier ones.
    learning_rate
        That of the next step, the schedule's factor included.
    matrices
        Per layer (inputs + 1, outputs): weights, and biases as the last row.
    gradient_matrices
        The same for the gradient of the last batch.
    input_maps, unit_maps
        Pictures (n, h, w, 4): of all inputs; per layer, of its visible units.
    unit_scales
        Per layer (visible,): the value that the most positive colour stands for.
    surface : (h, w, 4) or None
        Decision surface, first row at the top.
    focus_map : (h, w, 4) or None
        The large picture that was asked for.
    wrong : (n,) bool or None
        Per sample of a planar classification, whether it is misclassified.
    """

    run_id: int
    running: bool
    step: int
    epoch: int
    epoch_fraction: float
    steps_per_second: float | None
    learning_rate: float
    metrics: Metrics
    history: HistoryView
    matrices: tuple[Reals, ...]
    gradient_matrices: tuple[Reals, ...]
    input_maps: Pixels | None = None
    unit_maps: tuple[Pixels, ...] = ()
    unit_scales: tuple[Reals, ...] = ()
    surface: Pixels | None = None
    focus: tuple[int, int] | None = None
    focus_map: Pixels | None = None
    wrong: NDArray[np.bool_] | None = None
    images: ImageResults | None = None
    probe: ProbeValues | None = None
    view: View = field(default_factory=View)


class SnapshotBuilder:
    """Makes snapshots of one trainer, keeping buffers between them."""

    SLOW_INTERVAL = 0.25
    """Seconds between measurements of what is slow (the confusion matrix) while training."""

    def __init__(self, trainer: Trainer, run_id: int) -> None:
        self._trainer = trainer
        self._run_id = run_id
        self._grid: _Grid | None = None
        self._points: _PointCheck | None = None
        self._images: ImageResults | None = None
        self._images_time = -math.inf
        self._images_of: tuple[int, int] | None = None

    def build(self, view: View, running: bool, steps_per_second: float | None) -> Snapshot:
        """Return a snapshot of what ``view`` wants to see, as it is now."""
        trainer = self._trainer
        with np.errstate(all="ignore"):
            gradients = type(trainer.parameters)(trainer.architecture.layers, trainer.gradient)
            pictures = self._pictures(view) if view.colors is not None else {}
            return Snapshot(
                run_id=self._run_id,
                running=running,
                step=trainer.step,
                epoch=trainer.epoch,
                epoch_fraction=trainer.epoch_fraction,
                steps_per_second=steps_per_second,
                learning_rate=trainer.learning_rate,
                metrics=trainer.quick_metrics() if running else trainer.metrics(),
                history=trainer.history.view(),
                matrices=tuple(m.copy() for m in trainer.parameters.matrices),
                gradient_matrices=tuple(m.copy() for m in gradients.matrices),
                probe=self._probe(view),
                view=view,
                **pictures,
                **self._sample_results(view, running),
            )

    def _pictures(self, view: View) -> dict[str, Any]:
        assert view.colors is not None
        samples = self._trainer.data.samples
        if samples.is_planar:
            size = max(view.surface_size, view.thumbnail_size)
            if size == 0:
                return {}
            if self._grid is None or self._grid.size != size:
                self._grid = _Grid(self._trainer, size)
            return self._grid.pictures(view, view.colors)
        return _weight_pictures(self._trainer, view, view.colors)

    def _probe(self, view: View) -> ProbeValues | None:
        data = self._trainer.data
        if view.probe is not None and data.samples.is_planar:
            inputs = self._trainer.spec.data.inputs_of(np.array([view.probe], float))
        elif view.probe_sample is not None and view.probe_sample < len(data.samples.inputs):
            inputs = data.samples.inputs[view.probe_sample : view.probe_sample + 1]
        else:
            return None
        architecture, parameters = self._trainer.architecture, self._trainer.parameters
        values, activations = np.asarray(inputs, parameters.vector.dtype), []
        for index, layer in enumerate(architecture.layers):
            values = layer.activation.value(
                values @ parameters.weights(index) + parameters.biases(index)
            )
            activations.append(values[0].copy())
        head = architecture.head
        certainty = head.class_certainty(values)[0] if head.task.class_count else None
        return ProbeValues(np.asarray(inputs)[0].copy(), tuple(activations), certainty)

    def _sample_results(self, view: View, running: bool) -> dict[str, Any]:
        trainer = self._trainer
        if not trainer.architecture.head.task.class_count or view.colors is None:
            return {}
        if trainer.data.samples.is_planar:
            if self._points is None:
                self._points = _PointCheck(trainer)
            return {"wrong": self._points.wrong()}
        if trainer.data.samples.image_shape is None:
            return {}
        now = time.monotonic()
        is_old = now - self._images_time > self.SLOW_INTERVAL
        if not running or is_old or view.mistakes_of != self._images_of:
            cap = CONFUSION_CAP if running else None
            self._images = _image_results(trainer, cap, view.mistakes_of)
            self._images_time, self._images_of = now, view.mistakes_of
        return {"images": self._images}


class _PointCheck:
    """Which samples of the plane are misclassified."""

    def __init__(self, trainer: Trainer) -> None:
        samples = trainer.data.samples
        dtype = trainer.parameters.vector.dtype
        self._labels, self._head = samples.labels, trainer.architecture.head
        self._inputs = with_ones(samples.inputs, dtype)
        self._plan = ForwardPlan(trainer.architecture, trainer.parameters, len(samples.inputs))
        self._tape = self._plan.record(self._inputs)

    def wrong(self) -> NDArray[np.bool_]:
        for operation in self._tape:
            operation()
        predicted = self._head.predicted_classes(self._plan.outputs.T)
        return np.asarray(predicted != self._labels)


class _Grid:
    """Every unit's value over the plane, on a square grid of cells."""

    def __init__(self, trainer: Trainer, size: int) -> None:
        self.size = size
        self._architecture = trainer.architecture
        extent = trainer.data.samples.extent
        middle = (np.arange(size) + 0.5) / size * 2 - 1
        x1, x2 = np.meshgrid(middle * extent, -middle * extent)
        points = np.stack([x1.ravel(), x2.ravel()], 1)
        inputs = trainer.spec.data.inputs_of(points)
        self._inputs = with_ones(inputs, trainer.parameters.vector.dtype)
        self._plan = ForwardPlan(trainer.architecture, trainer.parameters, size * size)
        self._tape = self._plan.record(self._inputs)
        self._input_maps: tuple[ColorTables, int, Pixels] | None = None

    def pictures(self, view: View, colors: ColorTables) -> dict[str, Any]:
        for operation in self._tape:
            operation()
        result: dict[str, Any] = {}
        if view.thumbnail_size:
            result["input_maps"] = self._inputs_painted(view, colors)
            maps, scales = [], []
            for layer, units in enumerate(view.visible_units[: len(self._architecture.layers)]):
                rows = self._plan.activations[layer][:-1]
                chosen = [u for u in units if u < len(rows)]
                values = rows[chosen].reshape(len(chosen), self.size, self.size)
                values = _reduced(values, view.thumbnail_size)
                scale = self._scales(layer, values)
                maps.append(_painted(values / scale[:, None, None], colors))
                scales.append(scale)
            result["unit_maps"], result["unit_scales"] = tuple(maps), tuple(scales)
        if view.surface_size:
            result["surface"] = self._surface(view, colors)
        if view.focus is not None:
            result["focus"] = view.focus
            result["focus_map"] = self._focus(view.focus, colors)
        return result

    def _scales(self, layer: int, values: Reals) -> Reals:
        """Return what full colour stands for: 1 where a function is bounded by it, else the
        largest size."""
        bounded = self._architecture.layers[layer].activation.bounded
        top = np.abs(np.nan_to_num(values)).max((1, 2)) if values.size else np.ones(len(values))
        return np.ones_like(top) if bounded else np.maximum(top, 1e-6)

    def _inputs_painted(self, view: View, colors: ColorTables) -> Pixels:
        cached = self._input_maps
        if cached is None or cached[0] is not colors or cached[1] != view.thumbnail_size:
            values = self._inputs.T[:-1].reshape(-1, self.size, self.size)
            values = _reduced(values, view.thumbnail_size)
            values = values / np.maximum(np.abs(values).max((1, 2), keepdims=True), 1e-6)
            cached = (colors, view.thumbnail_size, _painted(values, colors))
            self._input_maps = cached
        return cached[2]

    def _surface(self, view: View, colors: ColorTables) -> Pixels:
        head = self._architecture.head
        outputs = self._plan.outputs.T
        shape = (self.size, self.size)
        if head.task.kind is TaskKind.MULTICLASS:
            certainty = head.class_certainty(outputs)
            palette = colors.classes[: head.task.class_count].astype(np.float32)
            if view.discretize:
                painted = colors.classes[np.argmax(certainty, 1)]
            else:
                # Undecided cells fade to the background, decided ones to their class's colour.
                count = head.task.class_count
                strength = np.nan_to_num((certainty.max(1) * count - 1) / (count - 1))[:, None]
                mixed = np.nan_to_num(certainty).astype(np.float32) @ palette
                painted = colors.background + strength * (mixed - colors.background)
                painted = painted.astype(np.uint8)
            return np.ascontiguousarray(painted.reshape(*shape, 4))
        values = head.signed_value(outputs)
        if view.discretize:
            values = np.sign(values)
        return _painted(values.reshape(shape), colors)

    def _focus(self, focus: tuple[int, int], colors: ColorTables) -> Pixels | None:
        layer, unit = focus
        if layer >= len(self._architecture.layers):
            return None
        rows = self._inputs.T[:-1] if layer < 0 else self._plan.activations[layer][:-1]
        if unit >= len(rows):
            return None
        values = rows[unit].reshape(1, self.size, self.size)
        if layer < 0:
            scale = np.maximum(np.abs(values).max((1, 2)), 1e-6)
        else:
            scale = self._scales(layer, values)
        return np.asarray(_painted(values / scale[:, None, None], colors)[0])


def _weight_pictures(trainer: Trainer, view: View, colors: ColorTables) -> dict[str, Any]:
    """Paint the incoming weights of units as little images, where there is no plane to paint."""
    maps, scales = [], []
    shape = trainer.data.samples.image_shape
    for layer, units in enumerate(view.visible_units[: len(trainer.architecture.layers)]):
        weights = trainer.parameters.weights(layer)
        chosen = [u for u in units if u < weights.shape[1]]
        values = _as_images(weights[:, chosen].T, shape if layer == 0 else None)
        scale = np.maximum(np.abs(np.nan_to_num(values)).max((1, 2), initial=0), 1e-6)
        maps.append(_painted(values / scale[:, None, None], colors))
        scales.append(scale)
    result: dict[str, Any] = {"unit_maps": tuple(maps), "unit_scales": tuple(scales)}
    if view.focus is not None and 0 <= view.focus[0] < len(trainer.architecture.layers):
        layer, unit = view.focus
        weights = trainer.parameters.weights(layer)
        if unit < weights.shape[1]:
            values = _as_images(weights[:, unit][None], shape if layer == 0 else None)
            scale = np.maximum(np.abs(np.nan_to_num(values)).max(initial=0), 1e-6)
            result["focus"] = view.focus
            result["focus_map"] = _painted(values / scale, colors)[0]
    return result


def _as_images(rows: Reals, shape: tuple[int, int] | None) -> Reals:
    """Fold rows (n, d) into images (n, h, w), nearly square, filled up with zeros."""
    count, length = rows.shape
    height, width = shape or (0, 0)
    if height * width != length:
        width = math.ceil(math.sqrt(length))
        height = math.ceil(length / width)
    padded = np.zeros((count, height * width), rows.dtype)
    padded[:, :length] = rows
    return padded.reshape(count, height, width)


def _image_results(trainer: Trainer, cap: int | None, cell: tuple[int, int] | None) -> ImageResults:
    data, head = trainer.data, trainer.architecture.head
    indices = data.split.test if len(data.split.test) else data.split.train
    available = len(indices)
    if cap is not None and available > cap:
        # A fixed draw: the first ones could all be of one class.
        indices = indices[np.random.default_rng(0).permutation(available)[:cap]]
    labels = data.samples.labels[indices].astype(np.int64)
    outputs = predict(trainer.architecture, trainer.parameters, data.samples.inputs[indices])
    predicted = head.predicted_classes(outputs)
    count = head.task.class_count
    confusion = np.bincount(labels * count + predicted, minlength=count * count)
    is_wrong = predicted != labels
    if cell is not None:
        is_wrong &= (labels == cell[0]) & (predicted == cell[1])
    wrong = np.flatnonzero(is_wrong)
    certainty = head.class_certainty(outputs[wrong])
    order = np.argsort(-certainty.max(1, initial=0), kind="stable")[:MISTAKES_SHOWN]
    mistakes = tuple(
        Mistake(
            int(indices[wrong[i]]), int(labels[wrong[i]]), int(predicted[wrong[i]]), certainty[i]
        )
        for i in order
    )
    return ImageResults(confusion.reshape(count, count), mistakes, len(indices), available)


def _reduced(values: Reals, size: int) -> Reals:
    """Take every k-th cell of maps (n, s, s), to come close to ``size`` cells."""
    stride = max(1, round(values.shape[1] / size))
    offset = stride // 2
    return values[:, offset::stride, offset::stride]


def _painted(values: Reals, colors: ColorTables) -> Pixels:
    """Turn values, -1 to 1, into pixels; what is not a number is painted neutral."""
    index = np.clip(np.nan_to_num(values, nan=0.0) * 127.5 + 127.5, 0, 255).astype(np.uint8)
    return np.take(colors.values, index, axis=0)

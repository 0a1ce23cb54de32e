"""What the screen shows, prepared off the screen's thread: numbers, curves, ready pixels.

The view says what is visible; only that is computed. Pixels are RGBA, uint8, so that the screen
has nothing left to do but to copy them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.forward_plan import ForwardPlan, with_ones
from playground.engine.network import Parameters, forward, predict
from playground.training.evaluation import Metrics
from playground.training.history import HistoryView
from playground.training.pictures import PlanePictures, weight_pictures
from playground.training.thrift import Thrifty
from playground.training.trainer import Trainer
from playground.training.view import ColorTables, Pixels, View

__all__ = [
    "ColorTables",
    "ImageResults",
    "Mistake",
    "ProbeValues",
    "Snapshot",
    "SnapshotBuilder",
    "View",
]

Reals = NDArray[Any]

MISTAKES_SHOWN = 12
CONFUSION_CAP = 2000
"""The confusion matrix of a running training is measured on at most this many test samples."""


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
    """How an image classifier does on the samples that results are measured on: the test set,
    if there is one.

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
        Per layer its parameters as in :class:`~playground.engine.network.Parameters`: of a dense
        one (inputs + 1, outputs), weights, and biases as the last row.
    gradient_matrices
        The same for the gradient of the last batch.
    slopes, gradient_slopes
        Per layer (rows, width of z) what its activation learns, and the gradient; mostly no rows.
    parameters
        All that is learned, with the running statistics: what ``matrices`` and ``slopes`` are of.
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
    best_epoch
        The epoch with the least loss, as early stopping sees it; 0 if it does not look.
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
    slopes: tuple[Reals, ...] = ()
    gradient_slopes: tuple[Reals, ...] = ()
    input_maps: Pixels | None = None
    unit_maps: tuple[Pixels, ...] = ()
    unit_scales: tuple[Reals, ...] = ()
    surface: Pixels | None = None
    focus: tuple[int, int] | None = None
    focus_map: Pixels | None = None
    wrong: NDArray[np.bool_] | None = None
    images: ImageResults | None = None
    probe: ProbeValues | None = None
    best_epoch: int = 0
    view: View = field(default_factory=View)
    parameters: Parameters | None = None


class SnapshotBuilder:
    """Makes snapshots of one trainer, keeping buffers between them.

    Parameters
    ----------
    run_id
        Which load it belongs to.
    clock
        Returns seconds: what is slow is shown less often.
    """

    SLOW_INTERVAL = 0.25
    """Seconds between measurements of what is slow (the confusion matrix) while training."""

    def __init__(
        self, trainer: Trainer, run_id: int, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._trainer = trainer
        self._run_id = run_id
        self._clock = clock
        self._metrics: Thrifty[Metrics] = Thrifty(clock=clock)
        self._measured_step = -1
        self._learned: Thrifty[tuple[Parameters, Parameters]] = Thrifty(clock=clock)
        self._grid: PlanePictures | None = None
        self._points: _PointCheck | None = None
        self._images: ImageResults | None = None
        self._images_time = -math.inf
        self._images_of: tuple[int, int] | None = None

    def build(self, view: View, running: bool, steps_per_second: float | None) -> Snapshot:
        """Return a snapshot of what ``view`` wants to see, as it is now."""
        trainer = self._trainer
        with np.errstate(all="ignore"):
            learned = self._learned.value(self._copy_learned, not running)
            pictures = self._pictures(view) if view.colors is not None else {}
            return Snapshot(
                run_id=self._run_id,
                running=running,
                step=trainer.step,
                epoch=trainer.epoch,
                epoch_fraction=trainer.epoch_fraction,
                steps_per_second=steps_per_second,
                learning_rate=trainer.learning_rate,
                metrics=self._measure(running),
                history=trainer.history.view(),
                matrices=tuple(learned[0].matrices),
                gradient_matrices=tuple(learned[1].matrices),
                slopes=tuple(learned[0].slopes),
                gradient_slopes=tuple(learned[1].slopes),
                parameters=learned[0],
                probe=self._probe(view),
                best_epoch=trainer.best_epoch,
                view=view,
                **pictures,
                **self._sample_results(view, running),
            )

    def renew(self) -> None:
        """Show weights and measurements anew the next time: somebody changed them by hand."""
        self._learned.forget()
        self._metrics.forget()

    def _measure(self, running: bool) -> Metrics:
        """Return loss and accuracy; while training, those of a new record if there is one."""
        trainer = self._trainer
        if running:
            step, recorded = trainer.recorded_metrics()
            if step != self._measured_step:
                self._measured_step = step
                self._metrics.take(recorded)
        return self._metrics.value(
            trainer.quick_metrics if running else trainer.metrics, not running
        )

    def _copy_learned(self) -> tuple[Parameters, Parameters]:
        """Return copies of all that is learned, and of its gradient."""
        parameters, layers = self._trainer.parameters, self._trainer.architecture.layers
        return parameters.copy(), Parameters(layers, self._trainer.gradient.copy())

    def _pictures(self, view: View) -> dict[str, Any]:
        assert view.colors is not None
        samples = self._trainer.data.samples
        if samples.is_planar:
            size = max(view.surface_size, view.thumbnail_size)
            if size == 0:
                return {}
            if self._grid is None or self._grid.size != size:
                self._grid = PlanePictures(self._trainer, size)
            return self._grid.paint(view, view.colors)
        return weight_pictures(self._trainer, view, view.colors)

    def _probe(self, view: View) -> ProbeValues | None:
        data = self._trainer.data
        if view.probe is not None and data.samples.is_planar:
            inputs = data.inputs_of(np.array([view.probe], float))
        elif view.probe_sample is not None and view.probe_sample < len(data.samples.inputs):
            inputs = data.samples.inputs[view.probe_sample : view.probe_sample + 1]
        else:
            return None
        architecture, parameters = self._trainer.architecture, self._trainer.parameters
        layers = forward(architecture, parameters, inputs)
        activations = tuple(layer.activation[0].copy() for layer in layers)
        head = architecture.head
        outputs = layers[-1].activation
        certainty = head.class_certainty(outputs)[0] if head.task.class_count else None
        return ProbeValues(np.asarray(inputs)[0].copy(), activations, certainty)

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
        now = self._clock()
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


def _image_results(trainer: Trainer, cap: int | None, cell: tuple[int, int] | None) -> ImageResults:
    data, head = trainer.data, trainer.architecture.head
    _, indices = data.split.judged
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

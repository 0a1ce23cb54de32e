"""The trainer: deterministic steps over one experiment. No threads, no clock, no Qt."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData, prepare
from playground.engine.network import Parameters, initial_parameters, resolve, weight_mask
from playground.engine.noise import Noise, NoiseTape
from playground.engine.optimizers import LearningRate, OptimizerState
from playground.engine.plan import TrainingPlan
from playground.engine.regularization_tape import RegularizationTape
from playground.experiment.change import Impact, impact
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.training.batches import Batch, EpochSamples, EpochTapes
from playground.training.divergence import Diverged, Tracer, is_sound
from playground.training.evaluation import Evaluations, Metrics, full_metrics
from playground.training.lookahead import masks_to_come, noise_to_come
from playground.training.preparing import is_prepared, prepared_vector
from playground.training.recording import empty_history, gradient_norms, update_ratios
from playground.training.watch import EpochWatch, StoppedEarly

Reals = NDArray[Any]

SMALLEST_NORMAL = 1e-30
"""Smaller optimizer memories are set to 0 now and then: denormal numbers are slow."""
FLUSH_INTERVAL = 128
"""Steps between two looks for such numbers, at least: at a decay of 0.9 it takes longer than that
to get from here to where numbers become denormal."""


class Trainer:
    """Trains one experiment, step by step, always in the same way.

    Parameters
    ----------
    spec
        A checked experiment.
    data
        Its samples, if already at hand.
    initial : (p,)
        All parameters to start from, if not those that the spec asks for.
    statistics : (s,)
        Running statistics that belong to them, if not those of a new network.

    Attributes
    ----------
    spec, data, architecture
        What is trained, on what, with which sizes.
    parameters
        Weights and biases, updated in place.
    step, epoch
        Training steps made; passes over the training data completed.
    history
        The record of the run.
    evaluations
        The samples on which curves are measured.

    Raises
    ------
    DataError
        If the samples cannot be read.
    """

    def __init__(
        self,
        spec: ExperimentSpec,
        data: PreparedData | None = None,
        initial: Reals | None = None,
        statistics: Reals | None = None,
    ) -> None:
        self.spec = spec
        self.data = data if data is not None else prepare(spec.data)
        self.architecture = resolve(
            spec.network, self.data.train_inputs.shape[1], spec.training.loss, self.data.task
        )
        self._dtype = np.dtype(spec.training.dtype)
        if initial is None and is_prepared(spec):
            initial = prepared_vector(spec, self.data)
        self._initial, self._initial_statistics = initial, statistics
        self.parameters = self._initial_parameters()
        self._samples = EpochSamples(self.data, self.architecture.head, self._dtype)
        self._before = np.zeros_like(self.parameters.vector)
        self.evaluations = Evaluations(self.architecture, self.parameters, self.data)
        self._start()

    def _start(self) -> None:
        """Set everything but the parameters to how it is before the first step."""
        spec = self.spec
        self._samples.start(spec.network.seed)
        self._samples.weigh(spec.training)
        self._masks = np.random.default_rng(
            np.random.SeedSequence(spec.network.seed, spawn_key=(2,))
        )
        self._noise = np.random.default_rng(
            np.random.SeedSequence(spec.network.seed, spawn_key=(3,))
        )
        self.step = 0
        self.epoch = 0
        self._position = 0
        self._tracer = Tracer(self)
        self._allocate_optimizer()
        self._compile()
        self._watch = EpochWatch(spec.training, self.evaluations, self.parameters)
        batch_size = spec.training.batch_for(len(self._samples))
        self.history = empty_history(self.architecture, self.evaluations.count, batch_size)
        self._record(is_first=True)

    def _initial_parameters(self) -> Parameters:
        parameters = initial_parameters(self.architecture, self.spec.network.seed, self._dtype)
        if self._initial is not None:
            # Kept, for a preparation may have taken long.
            parameters.vector[:] = self._initial
        if self._initial_statistics is not None:
            parameters.statistics[:] = self._initial_statistics
        return parameters

    @property
    def initial(self) -> Reals | None:
        """The initial parameters (p,) as they were prepared; ``None`` if they are only drawn."""
        return self._initial if is_prepared(self.spec) else None

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Names of the layers for legends: ``layer 1``, …, ``output``."""
        return self.architecture.layer_names

    @property
    def batches_per_epoch(self) -> int:
        """Steps in one pass over the training data; the last batch may be smaller."""
        return len(self._tapes)

    @property
    def step_in_epoch(self) -> int:
        """Steps made of the current pass over the training data."""
        return self._position

    @property
    def epoch_fraction(self) -> float:
        """Passes over the training data, with the part of the current one."""
        return self.epoch + self._position / len(self._tapes)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step: what the schedule leaves of the one that is set."""
        training = self.spec.training
        factor = training.schedule.factor(self.epoch_fraction, 1 / len(self._tapes))
        return training.learning_rate * factor * self._watch.rate_share

    @property
    def stopped(self) -> StoppedEarly | None:
        """Why training has stopped by itself; :meth:`advance` goes on nevertheless."""
        return self._watch.stopped

    @property
    def best_epoch(self) -> int:
        """The epoch with the least loss as early stopping sees it; 0 if there is none."""
        return self._watch.best_epoch

    @property
    def gradient(self) -> Reals:
        """Gradient (p,) of the cost by all parameters, at the last batch; clipped, if it is."""
        return self._state.gradient

    @property
    def optimizer_state(self) -> OptimizerState:
        """What the optimizer works on and remembers; for looking, not for changing."""
        return self._state

    @property
    def upcoming_batch(self) -> Batch:
        """Where the next step stands in its epoch and in its update."""
        return self._tapes.batches[self._position]

    @property
    def sample_weights(self) -> Reals | None:
        """The weight of each training sample by its class; ``None`` if all count the same."""
        return self._samples.weights

    def next_batch(self) -> NDArray[np.int64]:
        """Return which training samples the next step takes, in order, without taking them."""
        order = self._samples.order
        if self._position == 0:
            order = self._samples.drawn(self.spec.training)
        return order[self.upcoming_batch.rows].copy()

    def next_masks(self, count: int) -> tuple[Reals | None, ...]:
        """Return the masks that dropouts would draw now for so many samples, float64.

        ``None`` for layers that draw none. Nothing is taken from the random stream.
        """
        return masks_to_come(self.architecture, self._masks, self._dtype, count)

    def next_noise(self, count: int) -> tuple[Reals | None, Reals | None]:
        """Return the noise that the next step puts on so many inputs and on the weights, float64.

        ``None`` where there is none. Nothing is taken from the random stream.
        """
        training = self.spec.training
        noise = Noise(training.input_noise, training.weight_noise)
        return noise_to_come(self.architecture, noise, self._noise, self._dtype, count)

    def reset(self) -> None:
        """Go back to exactly the initial weights, before the first step."""
        initial = self._initial_parameters()
        self.parameters.vector[:] = initial.vector
        self.parameters.statistics[:] = initial.statistics
        self._start()

    def apply_live(self, spec: ExperimentSpec) -> None:
        """Go on with another learning rate, schedule, optimizer, regularization, clipping,
        constraint or stopping rule, other batches, class weights or noise.

        A new kind of optimizer starts with empty memory; another setting of the same kind keeps
        it. Other batches start a new pass over the training data, and a gradient that was
        being gathered is dropped. Another way to sample begins with the next pass.

        Raises
        ------
        ValueError
            If the edit needs a rebuild.
        """
        if impact(self.spec, spec) > Impact.LIVE:
            raise ValueError("this edit needs a new Trainer")
        self._tracer.forget()
        is_same_network = self.spec.network == spec.network
        before, after = self.spec.training, spec.training
        self.spec = spec
        self._learning_rate.set(after.learning_rate)
        self._watch.apply(after)
        if type(before.optimizer) is not type(after.optimizer):
            self._allocate_optimizer()
        elif before.optimizer != after.optimizer:
            after.optimizer.recall(self._state, before.optimizer.textbook(self._state))
        count = len(self._samples)
        cuts = [(t.batch_for(count), t.accumulation) for t in (before, after)]
        if cuts[0] != cuts[1]:
            self._position = 0
        if before.class_weights != after.class_weights:
            self._samples.weigh(after)
        if type(before.regularizer) is type(after.regularizer):
            self._regularization.set(after.regularizer)
        if not is_same_network:
            # Live settings of layers matter only while training: measurements stay as recorded.
            self.architecture = resolve(
                spec.network, self.architecture.input_count, after.loss, self.data.task
            )
        if not is_same_network or self._tape_settings(before) != self._tape_settings(after):
            self._compile()

    def set_parameter(self, layer: int, row: int, column: int, value: float) -> float:
        """Set one parameter by hand; return the value before.

        Parameters
        ----------
        row
            In the matrix of the layer: a weight, or (last row) a bias. Behind its last row come
            the slopes that the activation learns.
        """
        self._tracer.forget()
        matrix, slopes = self.parameters.matrices[layer], self.parameters.slopes[layer]
        if row >= len(matrix) + len(slopes):
            raise IndexError(f"layer {layer} has no row {row} of parameters")
        if row >= len(matrix):
            row, matrix = row - len(matrix), slopes
        before = float(matrix[row, column])
        matrix[row, column] = value
        return before

    def advance(self, steps: int) -> None:
        """Make training steps, recording history on the way.

        Fewer, if training stops by itself: then ``stopped`` says why, and ``step`` how far it
        came. The next call goes on.

        Parameters
        ----------
        steps
            Number of mini-batches.
        """
        self._watch.go_on()
        with np.errstate(all="ignore"):
            self._tracer.keep()
            while steps > 0:
                if self._position == 0:
                    self._samples.draw(self.spec.training)
                    self._tapes.gather()
                until_record = self.history.steps_until_due(self.step)
                count = min(steps, len(self._tapes) - self._position, until_record)
                records = count == until_record
                self._replay(count - 1 if records else count)
                if records:
                    # The step before a record is made alone, to see what it changes.
                    np.copyto(self._before, self.parameters.vector)
                    self._replay(1)
                self.step += count
                steps -= count
                if self._position == len(self._tapes):
                    self.epoch += 1
                    self._position = 0
                    before_epoch = self.step - len(self._tapes)
                    if self.step // FLUSH_INTERVAL != before_epoch // FLUSH_INTERVAL:
                        self._flush_denormals()
                    self._watch.end_epoch(self.epoch)
                if records:
                    self._record()
                if self._watch.stopped is not None:
                    self._stop_early()
                    return

    def metrics(self) -> Metrics:
        """Measure loss and accuracy on all samples of the training, validation and test sets."""
        return full_metrics(self.architecture, self.parameters, self.data)

    def quick_metrics(self) -> Metrics:
        """Measure on the samples of the curves: all of a small set, a fixed draw of a large one."""
        return self.evaluations.metrics()

    def recorded_metrics(self) -> tuple[int, Metrics]:
        """Return the step of the last record, and what was measured for it.

        There always is one: that of the start, if no other.
        """
        step, losses, accuracies = self.history.last_measured()
        return step, self.evaluations.metrics_of(losses, accuracies)

    def check_finite(self) -> None:
        """Make sure that all parameters are finite, and none larger than ``LARGEST_WEIGHT``.

        Raises
        ------
        Diverged
            Naming the layer, the step and the remedy.
        """
        with np.errstate(all="ignore"):
            if not is_sound(self.parameters.vector):
                raise Diverged(self._tracer.cause())

    def state(self) -> dict[str, Any]:
        """Return everything that :meth:`restore` needs to go on bit-identically."""
        state = {**self.state_but_history(), "history": self.history.state()}
        if self.initial is not None:
            # Whoever goes on from here, and then presses Reset, need not prepare them again.
            state["initial"] = self.initial
        if self.data.samples.digest:
            state["data"] = self.data.samples.digest
        return state

    def state_but_history(self) -> dict[str, Any]:
        """Return the same without the record of the run, which is long and steers nothing."""
        return {
            "parameters": self.parameters.vector.copy(),
            "statistics": self.parameters.statistics.copy(),
            "gradient": self._state.gradient.copy(),
            "slots": {name: vector.copy() for name, vector in self._state.slots.items()},
            "optimizer_steps": self._state.steps,
            "rng": self._samples.rng.bit_generator.state,
            "masks_rng": self._masks.bit_generator.state,
            "noise_rng": self._noise.bit_generator.state,
            "order": self._samples.order.copy(),
            "step": self.step,
            "epoch": self.epoch,
            "position": self._position,
            "watch": self._watch.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a state of a trainer with an equal spec."""
        self.restore_but_history(state)
        self.history.restore(state["history"])
        if self.initial is not None:
            self._initial = state.get("initial", self._initial)
        self._tracer.forget()

    def restore_but_history(self, state: dict[str, Any]) -> None:
        """Continue from a state of this very training, and leave the record as it is."""
        self.parameters.vector[:] = state["parameters"]
        # What a batch has measured is used up; it could be not finite.
        self.parameters.followed[:] = state["statistics"], np.zeros_like(state["statistics"])
        self._state.gradient[:] = state["gradient"]
        # Between the batches of an update, what they gathered so far is the gradient.
        if self._gathered.size:
            self._gathered[:] = state["gradient"]
        for name, vector in state["slots"].items():
            self._state.slots[name][:] = vector
        self._state.steps = state["optimizer_steps"]
        self._samples.rng.bit_generator.state = state["rng"]
        self._masks.bit_generator.state = state["masks_rng"]
        self._noise.bit_generator.state = state["noise_rng"]
        # Within an epoch the order stays, and to gather a set anew takes its time.
        if not np.array_equal(state["order"], self._samples.order):
            self._samples.order[:] = state["order"]
            self._tapes.gather()
        self.step, self.epoch = state["step"], state["epoch"]
        self._position = state["position"]
        self._watch.restore(state["watch"])

    def _stop_early(self) -> None:
        if self._watch.restore_best():
            # What the optimizer remembers is about other weights.
            for vector in self._state.slots.values():
                vector.fill(0)
            self._state.steps = 0

    def _allocate_optimizer(self) -> None:
        training = self.spec.training
        self._state = training.optimizer.allocate(len(self.parameters.vector), self._dtype)
        self._learning_rate = LearningRate(training.learning_rate, self._dtype)

    def _compile(self) -> None:
        """Record the tapes of all batches of an epoch over the current buffers."""
        training = self.spec.training
        self._regularization = RegularizationTape(
            self.architecture, self.parameters, training.regularizer, self._state.gradient
        )
        noisy = Noise(training.input_noise, training.weight_noise)
        # Only where there is noise on weights: it is as long as all parameters.
        mask = weight_mask(self.architecture, self._dtype) if noisy.weights else np.zeros(0)
        noise = NoiseTape(noisy, self.parameters.vector, mask, self._noise)

        def plan(batch_size: int, update_samples: int) -> TrainingPlan:
            return TrainingPlan(
                self.architecture,
                self.parameters,
                training.optimizer,
                self._state,
                self._learning_rate,
                self._regularization,
                batch_size,
                training.clipping,
                self._masks,
                update_samples,
                training.constraint,
                noise,
            )

        # Where the gradient of an update is gathered, if it takes more than one batch.
        gathers = training.accumulation > 1
        self._gathered = np.zeros(len(self.parameters.vector) if gathers else 0, self._dtype)
        self._tapes = EpochTapes(self._samples, training, self._gathered, plan)

    def _tape_settings(self, training: TrainingSpec) -> tuple[object, ...]:
        """Return what the tapes were recorded for; all else they read while they run."""
        return (
            training.optimizer,
            training.batch_for(len(self._samples)),
            training.accumulation,
            training.class_weights,
            training.clipping,
            training.constraint,
            training.input_noise,
            training.weight_noise,
            type(training.regularizer),
        )

    def _replay(self, count: int) -> None:
        """Make steps of the current pass, each with the learning rate that the schedule gives."""
        if self.spec.training.schedule.is_constant:
            self._replay_batches(count)
            return
        for _ in range(count):
            self._learning_rate.set(self.learning_rate)
            self._replay_batches(1)

    def _replay_batches(self, count: int) -> None:
        start = self._position
        self._position += count
        self._tapes.replay(start, count)

    def _flush_denormals(self) -> None:
        for vector in self._state.slots.values():
            vector[np.abs(vector) < SMALLEST_NORMAL] = 0

    def _record(self, is_first: bool = False) -> None:
        losses, accuracies = self.evaluations.measure()
        with np.errstate(all="ignore"):
            norms = gradient_norms(self.parameters, self._state.gradient)
            ratios = update_ratios(self.parameters, self._before)
        if is_first:
            norms, ratios = np.full_like(norms, np.nan), np.full_like(ratios, np.nan)
        elif not self._tapes.batches[self._position - 1].closes:
            # Nothing moved yet: this batch only adds to the gradient of the next update.
            ratios = self.history.last_update_ratio()
        self.history.append(self.step, self.epoch_fraction, losses, accuracies, norms, ratios)

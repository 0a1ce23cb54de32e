"""The trainer: the same steps every time, whatever is asked of it in between."""

from __future__ import annotations

import gc
import math
import tracemalloc
from typing import Any

import numpy as np
import pytest

from playground.data.batching import MiniBatch
from playground.data.classification import Circles
from playground.engine.activations import Identity, ReLU, Sigmoid, Tanh
from playground.engine.backpropagation import backpropagate
from playground.engine.layers import Dense
from playground.engine.losses import BinaryCrossEntropy
from playground.engine.network import NetworkSpec, Parameters, initial_parameters, predict
from playground.engine.optimizers import spans_of
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.training import batches as batches_module
from playground.training.divergence import Diverged
from playground.training.trainer import Trainer
from tests.contracts.catalog import OPTIMIZERS, name
from tests.training.specs import (
    NO_TEST_SET,
    REGRESSION,
    THREE_CLASSES,
    TINY,
    WITH_VALIDATION,
    edited,
)

FLOAT64 = np.dtype(np.float64)


def _trained(spec: ExperimentSpec, *chunks: int) -> Trainer:
    trainer = Trainer(spec)
    for chunk in chunks:
        trainer.advance(chunk)
    return trainer


def _expect_equal(first: Trainer, second: Trainer) -> None:
    """Compare bit by bit everything that training leaves behind."""
    assert (first.step, first.epoch, first.step_in_epoch) == (
        second.step,
        second.epoch,
        second.step_in_epoch,
    )
    assert first.parameters.vector.tobytes() == second.parameters.vector.tobytes()
    assert first.gradient.tobytes() == second.gradient.tobytes()
    one, two = first.history.view(), second.history.view()
    for column in ("step", "epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy"):
        assert np.array_equal(getattr(one, column), getattr(two, column), equal_nan=True), column
    assert np.array_equal(one.gradient_norm, two.gradient_norm, equal_nan=True)
    assert np.array_equal(one.update_ratio, two.update_ratio, equal_nan=True)


class TestDeterminism:
    @pytest.mark.parametrize("spec", [TINY, THREE_CLASSES, REGRESSION, NO_TEST_SET])
    def test_that_equal_specs_train_to_identical_bits(self, spec: ExperimentSpec) -> None:
        _expect_equal(_trained(spec, 50), _trained(spec, 50))

    def test_that_another_seed_trains_to_other_weights(self) -> None:
        other = _trained(edited(TINY, network__seed=1), 50)
        assert not np.array_equal(other.parameters.vector, _trained(TINY, 50).parameters.vector)

    @pytest.mark.parametrize("chunks", [(1,) * 40, (7,) * 5 + (5,), (39, 1), (0, 40, 0)], ids=str)
    def test_that_it_does_not_matter_how_steps_are_grouped(self, chunks: tuple[int, ...]) -> None:
        _expect_equal(_trained(THREE_CLASSES, *chunks), _trained(THREE_CLASSES, 40))

    def test_that_looking_changes_nothing(self) -> None:
        watched = Trainer(TINY)
        for _ in range(30):
            watched.advance(1)
            watched.metrics()
            watched.quick_metrics()
            watched.check_finite()
            watched.state()
            watched.history.view()
        _expect_equal(watched, _trained(TINY, 30))

    @pytest.mark.parametrize("spec", [TINY, THREE_CLASSES])
    def test_that_reset_restores_exactly(self, spec: ExperimentSpec) -> None:
        trainer = _trained(spec, 33)
        trainer.reset()
        _expect_equal(trainer, Trainer(spec))
        trainer.advance(33)
        _expect_equal(trainer, _trained(spec, 33))

    @pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
    def test_that_a_restored_state_goes_on_identically(self, optimizer: type[Any]) -> None:
        spec = edited(THREE_CLASSES, training__optimizer=optimizer())
        state = _trained(spec, 33).state()
        resumed = _trained(spec, 5)
        resumed.restore(state)
        resumed.advance(21)
        _expect_equal(resumed, _trained(spec, 33, 21))

    def test_that_a_state_is_not_changed_by_training_on(self) -> None:
        trainer = _trained(TINY, 10)
        state = trainer.state()
        kept = state["parameters"].copy()
        trainer.advance(10)
        assert np.array_equal(state["parameters"], kept)

    def test_that_many_batches_take_the_staged_path_to_the_same_bits(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        direct = _trained(TINY, 40)
        monkeypatch.setattr(batches_module, "GATHERED_BATCHES", 3)
        staged = _trained(TINY, 40)
        assert staged._tapes.is_staged
        assert staged._tapes.tape_count == 2
        _expect_equal(staged, direct)

    def test_that_thousands_of_batches_are_staged(self) -> None:
        spec = ExperimentSpec(
            data=Circles(points=2500, training_share=1.0), training=TrainingSpec(batch_size=1)
        )
        trainer = _trained(spec, 2501)
        assert trainer._tapes.is_staged
        assert (trainer.batches_per_epoch, trainer.epoch, trainer.step_in_epoch) == (2500, 1, 1)


class TestTheTextbook:
    @pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
    @pytest.mark.parametrize("spec", [TINY, THREE_CLASSES, REGRESSION, NO_TEST_SET])
    def test_that_training_is_shuffled_batches_of_backpropagation(
        self, spec: ExperimentSpec, optimizer: type[Any]
    ) -> None:
        regularizer = {"kind": "elastic_net", "l1": 0.001, "l2": 0.002}
        spec = edited(
            spec,
            training__dtype="float64",
            training__optimizer=optimizer(),
            training__regularizer=regularizer,
        )
        trainer = Trainer(spec)
        expected = _textbook_parameters(trainer, epochs=3)
        trainer.advance(3 * trainer.batches_per_epoch)
        np.testing.assert_allclose(trainer.parameters.vector, expected, rtol=1e-9, atol=1e-10)

    def test_that_every_sample_is_used_once_per_epoch(self) -> None:
        trainer = Trainer(TINY)
        for _ in range(3):
            trainer.advance(trainer.batches_per_epoch)
            seen = trainer._tapes.inputs[:, :-1]
            there = trainer.data.train_inputs.astype(seen.dtype)
            assert np.array_equal(seen[np.lexsort(seen.T)], there[np.lexsort(there.T)])
        assert trainer.epoch == 3
        assert trainer.step == 18


def _textbook_parameters(trainer: Trainer, epochs: int) -> Any:
    """Train as the readable modules say, from the same start in the same order."""
    training, architecture = trainer.spec.training, trainer.architecture
    parameters = initial_parameters(architecture, trainer.spec.network.seed, FLOAT64)
    inputs = trainer.data.train_inputs
    targets = architecture.head.targets(trainer.data.train_labels)
    seed = np.random.SeedSequence(trainer.spec.network.seed, spawn_key=(1,))
    rng = np.random.default_rng(seed)
    vector, steps, spans = parameters.vector, 0, spans_of(parameters.matrices)
    slots = {slot: np.zeros_like(vector) for slot in training.optimizer.slot_names}
    batches = trainer.batches_per_epoch
    for _ in range(epochs):
        order = np.arange(len(inputs))
        size = training.batch_for(len(order))
        if size < len(order) or training.batching == MiniBatch():
            rng.shuffle(order)
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            here = Parameters(architecture.layers, vector)
            trace = backpropagate(
                architecture, here, inputs[chosen], targets[chosen], training.regularizer
            )
            rate = training.learning_rate * training.schedule.factor(steps / batches, 1 / batches)
            gradient = training.clipping.clipped(trace.gradient)
            steps += 1
            vector, slots = training.optimizer.update_layers(
                vector, gradient, slots, steps, rate, spans
            )
    return vector


class TestLiveEdits:
    def test_that_a_new_learning_rate_applies_from_the_next_step(self) -> None:
        trainer = _trained(TINY, 7)
        before = trainer.parameters.vector.copy()
        trainer.apply_live(edited(TINY, training__learning_rate=0))
        trainer.advance(5)
        assert np.array_equal(trainer.parameters.vector, before)
        assert trainer.step == 12
        trainer.apply_live(TINY)
        trainer.advance(1)
        assert not np.array_equal(trainer.parameters.vector, before)

    def test_that_a_rate_changed_and_changed_back_leaves_no_trace(self) -> None:
        trainer = _trained(THREE_CLASSES, 7)
        trainer.apply_live(edited(THREE_CLASSES, training__learning_rate=5))
        trainer.apply_live(THREE_CLASSES)
        trainer.advance(8)
        _expect_equal(trainer, _trained(THREE_CLASSES, 15))

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("training.learning_rate", 0.1),
            ("training.optimizer.kind", "adam"),
            ("training.regularizer", {"kind": "l2", "strength": 0.1}),
            ("training.regularizer", {"kind": "l1", "strength": 0.1}),
        ],
    )
    def test_that_an_edit_before_the_first_step_is_as_if_it_had_always_been(
        self, path: str, value: Any
    ) -> None:
        spec = edited(TINY, **{path.replace(".", "__"): value})
        trainer = Trainer(TINY)
        trainer.apply_live(spec)
        trainer.advance(20)
        _expect_equal(trainer, _trained(spec, 20))

    def test_that_a_changed_strength_is_as_if_it_had_always_been(self) -> None:
        weak = edited(TINY, training__regularizer={"kind": "l2", "strength": 0.01})
        strong = edited(TINY, training__regularizer={"kind": "l2", "strength": 0.3})
        trainer = Trainer(weak)
        trainer.apply_live(strong)
        trainer.advance(20)
        _expect_equal(trainer, _trained(strong, 20))

    def test_that_a_new_batch_size_starts_a_new_pass(self) -> None:
        trainer = _trained(TINY, 8)
        trainer.apply_live(edited(TINY, training__batch_size=20))
        assert (trainer.batches_per_epoch, trainer.step_in_epoch, trainer.step) == (3, 0, 8)
        trainer.advance(4)
        assert (trainer.epoch, trainer.step_in_epoch) == (2, 1)

    def test_that_a_new_kind_of_optimizer_starts_with_an_empty_memory(self) -> None:
        trainer = _trained(edited(TINY, training__optimizer__kind="momentum"), 8)
        trainer.apply_live(edited(TINY, training__optimizer__kind="rmsprop"))
        assert not trainer.state()["slots"]["squares"].any()

    def test_that_a_new_beta_keeps_the_memory_of_the_textbook(self) -> None:
        before = edited(TINY, training__optimizer__kind="adam")
        after = edited(before, training__optimizer__beta1=0.5, training__optimizer__beta2=0.9)
        trainer = _trained(before, 8)
        remembered = before.training.optimizer.textbook(trainer._state)
        trainer.apply_live(after)
        for slot, vector in after.training.optimizer.textbook(trainer._state).items():
            np.testing.assert_allclose(vector, remembered[slot], rtol=1e-5)
        assert trainer.state()["optimizer_steps"] == 8

    @pytest.mark.parametrize(
        ("path", "value"),
        [("training__loss__kind", "hinge"), ("network__seed", 1), ("data__noise", 9)],
    )
    def test_that_an_edit_which_needs_a_rebuild_is_refused(self, path: str, value: Any) -> None:
        with pytest.raises(ValueError, match="needs a new Trainer"):
            Trainer(TINY).apply_live(edited(TINY, **{path: value}))

    def test_that_a_weight_set_by_hand_is_used_and_the_old_value_returned(self) -> None:
        trainer = Trainer(TINY)
        before = float(trainer.parameters.weights(0)[1, 2])
        assert trainer.set_parameter(0, 1, 2, 0.75) == before
        assert trainer.parameters.weights(0)[1, 2] == 0.75
        trainer.set_parameter(0, 2, 2, -0.5)
        assert trainer.parameters.biases(0)[2] == -0.5
        with pytest.raises(IndexError):
            trainer.set_parameter(0, 3, 2, 0.0)


class TestMetrics:
    def test_that_metrics_are_those_of_a_full_prediction(self) -> None:
        trainer = _trained(TINY, 30)
        outputs = predict(trainer.architecture, trainer.parameters, trainer.data.test_inputs)
        labels = np.where(trainer.data.test_labels == 1, 1, -1)[:, None]
        metrics = trainer.metrics()
        assert metrics.test_loss == pytest.approx(np.mean(0.5 * (outputs - labels) ** 2))
        assert metrics.test_accuracy == pytest.approx(np.mean((outputs > 0) == (labels > 0)))

    @pytest.mark.parametrize(
        "spec", [TINY, THREE_CLASSES, REGRESSION, NO_TEST_SET, WITH_VALIDATION]
    )
    def test_that_quick_metrics_are_exact_on_small_data(self, spec: ExperimentSpec) -> None:
        trainer = _trained(spec, 10)
        quick, full = trainer.quick_metrics(), trainer.metrics()
        for column in quick.__slots__:
            expected = getattr(full, column)
            expected = expected if expected is None else pytest.approx(expected, rel=1e-5)
            assert getattr(quick, column) == expected

    def test_that_what_has_no_meaning_is_none(self) -> None:
        regression, alone = Trainer(REGRESSION).metrics(), Trainer(NO_TEST_SET).metrics()
        assert regression.train_accuracy is regression.test_accuracy is None
        assert regression.test_loss is not None
        assert regression.validation_loss is regression.validation_accuracy is None
        assert alone.test_loss is alone.test_accuracy is None
        assert alone.train_accuracy is not None

    def test_that_regularization_is_not_part_of_the_shown_loss(self) -> None:
        spec = edited(TINY, training__regularizer={"kind": "l2", "strength": 10})
        assert Trainer(spec).metrics() == Trainer(TINY).metrics()

    def test_that_the_history_starts_at_the_untrained_network(self) -> None:
        trainer = _trained(TINY, 12)
        view = trainer.history.view()
        assert view.step.tolist() == list(range(13))
        assert view.epoch[6] == 1
        assert view.train_loss[0] == pytest.approx(Trainer(TINY).metrics().train_loss)
        assert view.test_accuracy[-1] == pytest.approx(trainer.metrics().test_accuracy)
        assert np.isnan(view.gradient_norm[0]).all()
        assert np.isnan(view.update_ratio[0]).all()
        assert view.layer_names == ("layer 1", "layer 2", "output")

    def test_that_norms_and_ratios_are_those_of_the_last_step(self) -> None:
        before, after = _trained(TINY, 11), _trained(TINY, 12)
        view = after.history.view()
        gradients = Parameters(after.architecture.layers, after.gradient)
        for layer in range(3):
            norm = np.linalg.norm(gradients.matrices[layer])
            assert view.gradient_norm[-1, layer] == pytest.approx(norm, rel=1e-5)
            old, new = before.parameters.weights(layer), after.parameters.weights(layer)
            ratio = np.linalg.norm(new - old) / np.linalg.norm(old)
            assert view.update_ratio[-1, layer] == pytest.approx(ratio, rel=1e-4)

    def test_that_validation_is_measured_but_never_changes_the_training(self) -> None:
        without, validated = _trained(TINY, 30), _trained(WITH_VALIDATION, 30)
        assert np.array_equal(without.parameters.vector, validated.parameters.vector)
        view, metrics = validated.history.view(), validated.metrics()
        data = validated.data
        assert len(data.validation_labels) == 20
        outputs = predict(validated.architecture, validated.parameters, data.validation_inputs)
        labels = np.where(data.validation_labels == 1, 1, -1)[:, None]
        loss, accuracy = (
            np.mean(0.5 * (outputs - labels) ** 2),
            np.mean((outputs > 0) == (labels > 0)),
        )
        assert metrics.validation_loss == pytest.approx(loss)
        assert metrics.validation_accuracy == pytest.approx(accuracy)
        assert view.validation_loss[-1] == pytest.approx(metrics.validation_loss, rel=1e-5)
        assert view.validation_accuracy[-1] == pytest.approx(accuracy)
        assert np.array_equal(view.train_loss, without.history.view().train_loss)
        assert not np.array_equal(view.test_loss, without.history.view().test_loss)

    def test_that_no_test_set_leaves_gaps_in_the_history(self) -> None:
        view = _trained(NO_TEST_SET, 3).history.view()
        assert np.isnan(view.test_loss).all()
        assert np.isnan(view.validation_loss).all()
        assert np.isfinite(view.train_loss).all()


class TestDivergence:
    @pytest.mark.parametrize("loss", ["half_squared", "binary_cross_entropy", "hinge"])
    @pytest.mark.parametrize("optimizer", ["sgd", "adam"])
    @pytest.mark.parametrize("activation", [Identity(), ReLU(), Tanh(), Sigmoid()], ids=repr)
    def test_that_an_absurd_learning_rate_is_noticed_and_explained(
        self, activation: Any, optimizer: str, loss: str
    ) -> None:
        network = NetworkSpec((Dense(4, activation), Dense(2, activation)))
        spec = edited(
            ExperimentSpec(data=TINY.data, network=network),
            training__learning_rate=1e9,
            training__optimizer__kind=optimizer,
            training__loss__kind=loss,
        )
        trainer = _trained(spec, 60)
        with pytest.raises(Diverged) as caught:
            trainer.check_finite()
        message = str(caught.value)
        assert message.startswith("Training diverged in step ")
        assert "weights of " in message
        assert "lower the learning rate (now 1e+09) and go on, or press Reset." in message
        # It stands as before that step, so that nothing is lost.
        assert np.isfinite(trainer.parameters.vector).all()
        assert trainer.step < 60
        trainer.check_finite()
        assert max(trainer.history.view().step) == trainer.step

    def test_that_the_step_is_named_however_often_one_looks(self) -> None:
        identity = {"kind": "identity"}
        spec = edited(
            TINY,
            training__learning_rate=2.0,
            network__layers__0__activation=identity,
            network__layers__1__activation=identity,
            network__output__activation=identity,
        )
        told = set()
        for chunk in (1, 7, 60):
            trainer = Trainer(spec)
            with pytest.raises(Diverged) as caught:
                _train_and_check(trainer, chunk)
            told.add((str(caught.value), trainer.step, trainer.parameters.vector.tobytes()))
        assert len(told) == 1
        ((message, step, _),) = told
        assert message.startswith(f"Training diverged in step {step + 1}: ")
        assert step > 1

    def test_that_the_operation_and_its_layer_are_named(self) -> None:
        huge = {"kind": "constant", "value": 1e6}
        layer = {"kind": "dense", "activation": {"kind": "identity"}, "initializer": huge}
        spec = edited(TINY, network__layers=[layer] * 8, training__loss__kind="hinge")
        trainer = Trainer(spec)
        before = trainer.parameters.vector.copy()
        trainer.advance(3)
        with pytest.raises(Diverged, match="in step 1: the pre-activation z of layer 6 became"):
            trainer.check_finite()
        assert np.array_equal(trainer.parameters.vector, before)

    @pytest.mark.parametrize(
        ("value", "words"), [(math.nan, "NaN"), (math.inf, "infinite"), (-1e9, "as large as 1e+09")]
    )
    def test_that_the_message_names_the_layer(self, value: float, words: str) -> None:
        trainer = Trainer(TINY)
        trainer.set_parameter(1, 0, 0, value)
        message = f"cannot be trained: weights of layer 2 became {words}"
        with pytest.raises(Diverged, match=message.replace("+", r"\+")):
            trainer.check_finite()

    def test_that_a_reset_heals(self) -> None:
        spec = edited(TINY, training__learning_rate=1e9, training__loss__kind="hinge")
        trainer = _trained(spec, 60)
        trainer.apply_live(edited(spec, training__learning_rate=0.03))
        trainer.reset()
        trainer.check_finite()
        trainer.advance(60)
        _expect_equal(trainer, _trained(edited(spec, training__learning_rate=0.03), 60))

    def test_that_large_but_sane_weights_pass(self) -> None:
        huge = {"kind": "constant", "value": 1e6}
        Trainer(edited(TINY, network__layers__0__initializer=huge)).check_finite()


class TestOddShapes:
    @pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
    def test_that_one_point_can_be_trained_on(self, share: float) -> None:
        spec = ExperimentSpec(
            data=Circles(points=1, training_share=share), training=TrainingSpec(batch_size=1)
        )
        trainer = _trained(spec, 10)
        assert trainer.metrics().test_loss is None
        assert math.isfinite(trainer.metrics().train_loss or math.nan)

    def test_that_a_network_may_have_no_hidden_layers(self) -> None:
        spec = ExperimentSpec(network=NetworkSpec(()), training=TrainingSpec(BinaryCrossEntropy()))
        trainer = _trained(spec, 10)
        assert trainer.layer_names == ("output",)

    def test_that_a_network_may_be_wide_and_deep(self) -> None:
        layers = tuple(Dense(64, ReLU()) for _ in range(10))
        trainer = _trained(ExperimentSpec(network=NetworkSpec(layers)), 30)
        trainer.check_finite()
        assert len(trainer.history.view().layer_names) == 11

    def test_that_a_single_unit_per_layer_works(self) -> None:
        layers = tuple(Dense(1) for _ in range(3))
        _trained(ExperimentSpec(network=NetworkSpec(layers)), 30).check_finite()


def _train_and_check(trainer: Trainer, chunk: int) -> None:
    while trainer.step < 600:
        trainer.advance(chunk)
        trainer.check_finite()


GATHERED = edited(
    THREE_CLASSES,
    training__sampling="with_replacement",
    training__class_weights="balanced",
    training__accumulation=3,
)


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(TINY, id="W1"),
        pytest.param(THREE_CLASSES, id="softmax", marks=pytest.mark.slow),
        pytest.param(GATHERED, id="gathered", marks=pytest.mark.slow),
    ],
)
def test_that_training_does_not_grow_in_memory(spec: ExperimentSpec) -> None:
    trainer = _trained(spec, 5000)
    gc.collect()
    tracemalloc.start()
    try:
        trainer.advance(4000)  # also fills what Python and NumPy cache
        before, _ = tracemalloc.get_traced_memory()
        trainer.advance(5000)
        between, _ = tracemalloc.get_traced_memory()
        trainer.advance(5000)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # What grows does so in both halves; a thread that reports on the tests, now and then.
    assert min(between - before, after - between) < 1000
    # A halving of the history copies half of it for a moment.
    assert peak - before < 400_000

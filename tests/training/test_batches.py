"""Batches: how an epoch is cut, drawn, gathered into updates and weighted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data.classification import Gaussians, Spirals3
from playground.engine.backpropagation import backpropagate
from playground.engine.network import Parameters, initial_parameters
from playground.experiment.spec import ExperimentSpec, checked
from playground.training import batches as batches_module
from playground.training.batches import batches_of
from playground.training.trainer import Trainer
from tests.training.specs import THREE_CLASSES, TINY, edited

FLOAT64 = np.dtype(np.float64)
WEIGHTED = {"kind": "given", "values": [0.2, 3.0]}


def _trained(spec: ExperimentSpec, *chunks: int) -> Trainer:
    trainer = Trainer(spec)
    for chunk in chunks:
        trainer.advance(chunk)
    return trainer


def _expect_equal(first: Trainer, second: Trainer) -> None:
    assert (first.step, first.epoch, first.step_in_epoch) == (
        second.step,
        second.epoch,
        second.step_in_epoch,
    )
    assert first.parameters.vector.tobytes() == second.parameters.vector.tobytes()
    assert first.gradient.tobytes() == second.gradient.tobytes()
    one, two = first.history.view(), second.history.view()
    for column in ("train_loss", "gradient_norm", "update_ratio"):
        assert np.array_equal(getattr(one, column), getattr(two, column), equal_nan=True), column


class TestCutting:
    @given(count=st.integers(1, 60), size=st.integers(1, 60), per_update=st.integers(1, 9))
    @settings(deadline=None)
    def test_that_batches_and_updates_are_partitions(
        self, count: int, size: int, per_update: int
    ) -> None:
        size = min(size, count)
        batches = batches_of(count, size, per_update)
        assert [i for b in batches for i in range(b.rows.start, b.rows.stop)] == list(range(count))
        assert all(batch.size == size for batch in batches[:-1])
        updates: list[list[Any]] = []
        for batch in batches:
            if batch.opens:
                updates.append([])
            updates[-1].append(batch)
            assert batch.closes == (len(updates[-1]) == per_update or batch is batches[-1])
        for update in updates:
            assert {b.update_samples for b in update} == {sum(b.size for b in update)}

    def test_that_a_full_batch_is_one_step_per_epoch(self) -> None:
        trainer = Trainer(edited(TINY, training__batching="full_batch"))
        assert trainer.batches_per_epoch == 1
        assert len(trainer.next_batch()) == len(trainer.data.train_inputs) == 55
        larger = Trainer(edited(trainer.spec, data__training_share=0.8))
        assert larger.batches_per_epoch == 1
        assert len(larger.next_batch()) == 80

    def test_that_a_single_sample_is_a_step(self) -> None:
        assert Trainer(edited(TINY, training__batching="single_sample")).batches_per_epoch == 55

    def test_that_a_full_batch_is_gradient_descent(self) -> None:
        spec = edited(TINY, training__batching="full_batch", training__dtype="float64")
        trainer = _trained(spec, 3)
        parameters = initial_parameters(trainer.architecture, spec.network.seed, FLOAT64)
        targets = trainer.architecture.head.targets(trainer.data.train_labels)
        for _ in range(3):
            trace = backpropagate(
                trainer.architecture, parameters, trainer.data.train_inputs, targets
            )
            parameters.vector[:] -= spec.training.learning_rate * trace.gradient
        np.testing.assert_allclose(trainer.parameters.vector, parameters.vector, rtol=1e-10)


class TestSampling:
    def test_that_drawing_with_replacement_repeats_some_and_leaves_out_others(self) -> None:
        trainer = Trainer(edited(TINY, training__sampling="with_replacement", data__points=1000))
        orders = []
        for _ in range(3):
            trainer.advance(trainer.batches_per_epoch)
            orders.append(trainer._samples.order.copy())
            assert 0.57 < len(set(orders[-1].tolist())) / len(orders[-1]) < 0.69
            inputs = trainer.data.train_inputs[orders[-1]].astype(np.float32)
            assert np.array_equal(trainer._tapes.inputs[:, :-1], inputs)
        assert not np.array_equal(orders[0], orders[1])

    @pytest.mark.parametrize("sampling", ["without_replacement", "with_replacement"])
    def test_that_sampling_is_deterministic_and_resumes(self, sampling: str) -> None:
        spec = edited(THREE_CLASSES, training__sampling=sampling)
        _expect_equal(_trained(spec, 5, 26), _trained(spec, 31))
        resumed = _trained(spec, 2)
        resumed.restore(_trained(spec, 13).state())
        resumed.advance(18)
        _expect_equal(resumed, _trained(spec, 31))

    @pytest.mark.parametrize("sampling", ["without_replacement", "with_replacement"])
    def test_that_the_next_batch_is_told_without_being_taken(self, sampling: str) -> None:
        trainer = Trainer(edited(TINY, training__sampling=sampling))
        for _ in range(14):
            told = trainer.next_batch()
            position = trainer.step_in_epoch
            trainer.advance(1)
            rows = trainer._tapes.batches[position].rows
            assert np.array_equal(trainer._samples.order[rows], told)

    def test_that_another_way_to_sample_begins_with_the_next_pass(self) -> None:
        trainer = _trained(TINY, 2)
        trainer.apply_live(edited(TINY, training__sampling="with_replacement"))
        assert trainer.step_in_epoch == 2
        trainer.advance(4)
        expected = _trained(TINY, 6)
        assert np.array_equal(trainer.parameters.vector, expected.parameters.vector)
        trainer.advance(6)
        expected.advance(6)
        assert not np.array_equal(trainer.parameters.vector, expected.parameters.vector)


class TestAccumulation:
    @pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
    @pytest.mark.parametrize(("size", "per_update"), [(10, 2), (5, 4), (7, 3), (1, 20)])
    def test_that_gathered_batches_are_one_large_batch(
        self, size: int, per_update: int, optimizer: str
    ) -> None:
        spec = edited(
            TINY,
            training__dtype="float64",
            training__regularizer={"kind": "l2", "strength": 0.01},
            training__clipping={"kind": "norm", "limit": 0.05},
            training__optimizer={"kind": optimizer},
        )
        small = Trainer(edited(spec, training__batch_size=size, training__accumulation=per_update))
        large = Trainer(edited(spec, training__batch_size=size * per_update))
        for _ in range(3):
            small.advance(small.batches_per_epoch)
            large.advance(large.batches_per_epoch)
        np.testing.assert_allclose(
            small.parameters.vector, large.parameters.vector, rtol=1e-9, atol=1e-12
        )

    def test_that_weights_move_only_when_an_update_is_complete(self) -> None:
        trainer = Trainer(edited(TINY, training__accumulation=4))
        moved = []
        for _ in range(6):
            before = trainer.parameters.vector.copy()
            trainer.advance(1)
            moved.append(not np.array_equal(before, trainer.parameters.vector))
        assert moved == [False, False, False, True, False, True]
        ratios = trainer.history.view().update_ratio
        assert np.isnan(ratios[:4]).all()
        assert (ratios[4] > 0).all()
        assert np.array_equal(ratios[5], ratios[4])
        assert not np.array_equal(ratios[6], ratios[4])

    def test_that_the_gradient_in_between_is_what_was_gathered_so_far(self) -> None:
        trainer = Trainer(edited(TINY, training__accumulation=3, training__dtype="float64"))
        chosen = trainer._samples.drawn(trainer.spec.training)[:20]
        trainer.advance(2)
        targets = trainer.architecture.head.targets(trainer.data.train_labels)
        trace = backpropagate(
            trainer.architecture,
            trainer.parameters,
            trainer.data.train_inputs[chosen],
            targets[chosen],
        )
        np.testing.assert_allclose(trainer.gradient, trace.gradient * 20 / 30, rtol=1e-10)

    @pytest.mark.parametrize("gathered_batches", [3, 2000])
    @pytest.mark.parametrize("step", [1, 2, 3, 4, 6, 8])
    def test_that_a_state_in_the_middle_of_an_update_goes_on_identically(
        self, step: int, gathered_batches: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(batches_module, "GATHERED_BATCHES", gathered_batches)
        spec = edited(THREE_CLASSES, training__batch_size=4, training__accumulation=5)
        resumed = _trained(spec, 9)
        resumed.restore(_trained(spec, step).state())
        resumed.advance(20)
        _expect_equal(resumed, _trained(spec, step + 20))

    def test_that_staged_batches_gather_and_weigh_to_the_same_bits(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spec = edited(
            TINY,
            training__batch_size=4,
            training__accumulation=3,
            training__class_weights=WEIGHTED,
        )
        direct = _trained(spec, 40)
        monkeypatch.setattr(batches_module, "GATHERED_BATCHES", 3)
        staged = _trained(spec, 40)
        assert staged._tapes.is_staged
        _expect_equal(staged, direct)

    def test_that_a_large_set_is_gathered_batch_by_batch_to_the_same_bits(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spec = edited(THREE_CLASSES, training__class_weights="balanced")
        direct = _trained(spec, 40)
        monkeypatch.setattr(batches_module, "GATHERED_BYTES", 100)
        staged = _trained(spec, 40)
        assert not direct._tapes.is_staged
        assert staged._tapes.is_staged
        assert len(staged._tapes.inputs) == spec.training.batch_for(len(staged.data.train_inputs))
        _expect_equal(staged, direct)
        resumed = _trained(spec, 3)
        resumed.restore(_trained(spec, 11).state())
        resumed.advance(29)
        _expect_equal(resumed, direct)

    def test_that_another_number_of_batches_drops_what_was_gathered(self) -> None:
        trainer = _trained(edited(TINY, training__accumulation=6), 3)
        before = trainer.parameters.vector.copy()
        trainer.apply_live(TINY)
        assert trainer.step_in_epoch == 0
        chosen = trainer.next_batch()
        trainer.advance(1)
        targets = trainer.architecture.head.targets(trainer.data.train_labels)
        here = Parameters(trainer.architecture.layers, before)
        trace = backpropagate(
            trainer.architecture, here, trainer.data.train_inputs[chosen], targets[chosen]
        )
        expected = before - TINY.training.learning_rate * trace.gradient
        np.testing.assert_allclose(trainer.parameters.vector, expected, rtol=1e-4, atol=1e-6)


class TestClassWeights:
    def test_that_a_step_follows_the_weighted_cost(self) -> None:
        spec = edited(TINY, training__class_weights=WEIGHTED, training__dtype="float64")
        trainer = Trainer(spec)
        chosen = trainer.next_batch()
        before = trainer.parameters.vector.copy()
        labels = trainer.data.train_labels[chosen].astype(int)
        trainer.advance(1)
        here = Parameters(trainer.architecture.layers, before)
        trace = backpropagate(
            trainer.architecture,
            here,
            trainer.data.train_inputs[chosen],
            trainer.architecture.head.targets(trainer.data.train_labels)[chosen],
            weights=np.array([0.2, 3.0])[labels],
        )
        np.testing.assert_allclose(trainer.gradient, trace.gradient, rtol=1e-10, atol=1e-14)

    def test_that_weights_of_one_change_nothing(self) -> None:
        ones = edited(TINY, training__class_weights={"kind": "given", "values": [1, 1]})
        _expect_equal(_trained(ones, 20), _trained(TINY, 20))

    def test_that_equal_classes_are_balanced_already(self) -> None:
        spec = ExperimentSpec(data=Spirals3(points=90, training_share=1.0))
        spec = edited(spec, training__loss="softmax_cross_entropy")
        balanced = edited(spec, training__class_weights="balanced")
        _expect_equal(_trained(balanced, 20), _trained(spec, 20))

    def test_that_weighting_a_class_is_repeating_its_samples(self) -> None:
        # A gradient of the whole set, in which class 1 counts three times as much.
        spec = edited(TINY, training__batching="full_batch", training__dtype="float64")
        weights = {"kind": "given", "values": [1, 3]}
        trainer = _trained(edited(spec, training__class_weights=weights), 1)
        start = Trainer(spec)
        labels = start.data.train_labels
        repeated = np.repeat(np.arange(len(labels)), np.where(labels == 1, 3, 1))
        trace = backpropagate(
            start.architecture,
            start.parameters,
            start.data.train_inputs[repeated],
            start.architecture.head.targets(labels[repeated]),
        )
        scale = len(repeated) / len(labels)
        np.testing.assert_allclose(trainer.gradient, trace.gradient * scale, rtol=1e-9)

    def test_that_a_batch_without_one_of_the_classes_is_fine(self) -> None:
        spec = checked(ExperimentSpec(data=Gaussians(points=24)))
        single = edited(
            spec, training__batching="single_sample", training__class_weights="balanced"
        )
        trainer = _trained(single, 30)
        assert np.isfinite(trainer.parameters.vector).all()

    def test_that_shown_losses_are_without_weights(self) -> None:
        weighted = edited(TINY, training__class_weights=WEIGHTED)
        assert Trainer(weighted).metrics() == Trainer(TINY).metrics()

    def test_that_weights_change_while_training_and_back(self) -> None:
        trainer = _trained(TINY, 2)
        trainer.apply_live(edited(TINY, training__class_weights=WEIGHTED))
        assert trainer.step_in_epoch == 2
        trainer.apply_live(TINY)
        trainer.advance(10)
        expected = _trained(TINY, 12)
        assert np.array_equal(trainer.parameters.vector, expected.parameters.vector)

    def test_that_weights_resume_identically(self) -> None:
        spec = edited(THREE_CLASSES, training__class_weights="balanced")
        resumed = _trained(spec, 3)
        resumed.restore(_trained(spec, 7).state())
        resumed.advance(10)
        _expect_equal(resumed, _trained(spec, 17))


def test_that_trainers_of_the_same_data_share_what_they_only_read() -> None:
    first = Trainer(TINY)
    second, other = Trainer(TINY, first.data), Trainer(edited(TINY, training__dtype="float64"))
    first.advance(3)
    assert second._samples.inputs is first._samples.inputs
    assert not np.shares_memory(second._tapes.inputs, first._tapes.inputs)
    assert other._samples.inputs.dtype == np.float64

"""The division into training and test, and data made ready to learn from."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data.classification import Circles, Gaussians, LogicGate, Spirals, Xor
from playground.data.dataset import stratified_queue
from playground.data.digits import Digits
from playground.data.prepared import PreparedData, prepare
from playground.data.regression import Plane
from playground.schema.validation import InvalidValue

PATTERNS = [Circles, Xor, Gaussians, Spirals, Plane]


@pytest.mark.parametrize("dataset", PATTERNS, ids=lambda d: d.__name__)
def test_that_moving_noise_keeps_the_split(dataset: Any) -> None:
    clean, noisy = prepare(dataset(noise=0)), prepare(dataset(noise=50))
    np.testing.assert_array_equal(clean.split.train, noisy.split.train)
    np.testing.assert_array_equal(clean.split.test, noisy.split.test)


@pytest.mark.parametrize("dataset", [*PATTERNS, Digits], ids=lambda d: d.__name__)
def test_that_a_larger_share_only_moves_samples_from_test_to_training(dataset: Any) -> None:
    previous: set[int] = set()
    for share in (0.1, 0.3, 0.55, 0.9, 1.0):
        train = set(prepare(dataset(training_share=share)).split.train.tolist())
        assert previous < train
        previous = train


@pytest.mark.parametrize("dataset", [*PATTERNS, Digits], ids=lambda d: d.__name__)
def test_that_a_larger_training_share_leaves_the_validation_samples_alone(dataset: Any) -> None:
    splits = [
        prepare(dataset(training_share=share, validation_share=0.2)).split
        for share in (0.1, 0.4, 0.65, 0.79)
    ]
    for split in splits[1:]:
        np.testing.assert_array_equal(split.validation, splits[0].validation)
    for before, after in itertools.pairwise(splits):
        assert set(before.train) < set(after.train)
        assert set(before.test) > set(after.test)


@pytest.mark.parametrize("dataset", [*PATTERNS, Digits], ids=lambda d: d.__name__)
def test_that_a_larger_validation_share_only_takes_from_the_test_samples(dataset: Any) -> None:
    splits = [
        prepare(dataset(training_share=0.5, validation_share=share)).split
        for share in (0, 0.1, 0.25, 0.5)
    ]
    assert not len(splits[0].validation)
    assert not len(splits[-1].test)
    for before, after in itertools.pairwise(splits):
        np.testing.assert_array_equal(before.train, after.train)
        assert set(before.validation) < set(after.validation)


def test_that_each_of_the_three_sets_keeps_the_proportions_of_the_classes() -> None:
    data = prepare(Digits(training_share=0.6, validation_share=0.2))
    whole = np.bincount(data.samples.labels.astype(int)) / len(data.samples.labels)
    for indices in (data.split.train, data.split.validation, data.split.test):
        counts = np.bincount(data.samples.labels[indices].astype(int))
        assert np.abs(counts - whole * len(indices)).max() <= 2


@pytest.mark.parametrize("points", range(1, 12))
def test_that_shares_of_one_in_sum_leave_nothing_for_testing(points: int) -> None:
    split = prepare(Circles(points=points, training_share=0.7, validation_share=0.3)).split
    assert len(split.test) == 0


def test_that_a_small_validation_share_is_one_sample_at_least() -> None:
    assert Circles(points=10, training_share=0.5, validation_share=0.01).validation_count == 1
    assert Circles(points=1, training_share=0.5, validation_share=0.5).validation_count == 0


def test_that_shares_that_are_more_than_everything_are_refused_with_a_remedy() -> None:
    message = (
        r"data\.validation_share 0\.4 and data\.training_share 0\.8 are more than all samples; "
        r"lower it to 0\.2, or lower the training share"
    )
    with pytest.raises(InvalidValue, match=message):
        prepare(Circles(training_share=0.8, validation_share=0.4))


def test_that_moving_the_share_keeps_the_points() -> None:
    first, second = prepare(Circles(training_share=0.2)), prepare(Circles(training_share=0.8))
    np.testing.assert_array_equal(first.samples.points, second.samples.points)


def test_that_another_seed_gives_another_split() -> None:
    first, second = prepare(Spirals(seed=0)), prepare(Spirals(seed=1))
    assert (first.split.train != second.split.train).any()


@given(
    points=st.integers(1, 60),
    share=st.floats(0.1, 1),
    rest=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
    dataset=st.sampled_from(PATTERNS),
)
@settings(max_examples=60, deadline=None)
def test_that_the_split_is_a_partition_of_the_stated_size(
    points: int, share: float, rest: float, seed: int, dataset: Any
) -> None:
    validation_share = rest * (1 - share)
    chosen = dataset(
        points=points, training_share=share, validation_share=validation_share, seed=seed
    )
    data = prepare(chosen)
    train, validation, test = data.split.train, data.split.validation, data.split.test
    assert sorted([*train, *validation, *test]) == list(range(points))
    assert len(train) == max(1, round(share * points)) == chosen.training_count
    assert len(validation) == chosen.validation_count
    assert len(test) == chosen.test_count
    assert (len(validation) > 0) == (validation_share > 0 and len(train) < points)
    assert len(data.samples.points) == points == chosen.sample_count


@given(
    strata=st.lists(st.integers(0, 4), min_size=1, max_size=80),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_that_every_beginning_of_the_queue_is_balanced(strata: list[int], seed: int) -> None:
    groups = np.array(strata)
    queue = stratified_queue(groups, np.random.default_rng(seed))
    assert sorted(queue) == list(range(len(groups)))
    sizes = np.bincount(groups, minlength=5)
    for count in range(len(groups) + 1):
        taken = np.bincount(groups[queue[:count]], minlength=5)
        assert (np.abs(taken - sizes * count / len(groups)) <= len(np.unique(groups)) / 2).all()


def test_that_classes_keep_their_proportion_in_training() -> None:
    data = prepare(Digits(training_share=0.8))
    whole = np.bincount(data.samples.labels.astype(int))
    train = np.bincount(data.train_labels.astype(int))
    assert (np.abs(train - 0.8 * whole) <= 1).all()


def test_that_a_logic_gate_is_all_training() -> None:
    data = prepare(LogicGate())
    assert len(data.train_inputs) == 4
    assert data.test_inputs.shape == (0, 2)
    assert data.test_labels.shape == (0,)


def test_that_one_point_can_be_prepared() -> None:
    data = prepare(Spirals(points=1))
    assert data.train_inputs.shape == (1, 2)
    assert data.test_inputs.shape == (0, 2)


def test_that_prepared_rows_belong_together() -> None:
    dataset = Xor(points=50, features=("x1_x2",))
    data = prepare(dataset)
    assert isinstance(data, PreparedData)
    assert data.dataset is dataset
    assert data.task is data.samples.task
    np.testing.assert_array_equal(data.train_labels, data.train_inputs[:, 0] >= 0)
    np.testing.assert_array_equal(data.test_labels, data.test_inputs[:, 0] >= 0)
    np.testing.assert_array_equal(data.train_inputs, data.samples.inputs[data.split.train])


def test_that_samples_are_drawn_anew_only_if_asked() -> None:
    dataset = Circles()
    again = prepare(msgspec.structs.replace(dataset, training_share=0.6))
    np.testing.assert_array_equal(prepare(dataset).samples.labels, again.samples.labels)

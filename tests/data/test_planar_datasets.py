"""The formulas of the planar datasets, and what noise does to them."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from playground.data.classification import (
    Circles,
    Gaussians,
    LogicGate,
    Spirals,
    Spirals3,
    Xor,
)
from playground.data.dataset import TaskKind
from playground.data.planar import ScatteredDataset
from playground.data.registry import DATASETS
from playground.data.regression import Bumps, Plane
from playground.schema.describe import field_of

SCATTERED: list[type[Any]] = [d for d in DATASETS if issubclass(d, ScatteredDataset)]
DISPLACED = [Gaussians, Spirals]
STAYING = [Circles, Xor, Plane, Bumps]

scattered = pytest.mark.parametrize("dataset", SCATTERED, ids=lambda d: d.__name__)


def test_that_circles_are_a_disc_inside_a_ring() -> None:
    samples = Circles(points=2000).samples()
    radius = np.hypot(*samples.points.T)
    inside = samples.labels == 1
    assert inside.sum() == 1000
    assert radius[inside].max() < 2.5
    assert radius[~inside].min() >= 3.5
    assert radius[~inside].max() < 5
    # The radius, not the area, is uniform: its mean lies in the middle.
    assert radius[inside].mean() == pytest.approx(1.25, abs=0.08)
    assert radius[~inside].mean() == pytest.approx(4.25, abs=0.05)


def test_that_xor_leaves_the_axes_free() -> None:
    samples = Xor(points=2000).samples()
    distance = np.abs(samples.points)
    assert distance.min() >= 0.3
    assert distance.max() <= 5.3
    np.testing.assert_array_equal(samples.labels, np.prod(samples.points, axis=1) >= 0)
    assert samples.labels.mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("noise", "variance"), [(0, 0.5), (50, 4.0)])
def test_that_gaussians_have_the_stated_centres_and_variance(noise: float, variance: float) -> None:
    samples = Gaussians(points=10_000, noise=noise).samples()
    for label, centre in ((1, 2), (0, -2)):
        cloud = samples.points[samples.labels == label]
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.08)
        np.testing.assert_allclose(cloud.var(axis=0), variance, rtol=0.06)


def test_that_spirals_follow_the_formula() -> None:
    samples = Spirals(points=8).samples()
    for label, turned in ((1, 0.0), (0, np.pi)):
        i = np.arange(4)
        angle = 1.75 * 2 * np.pi * i / 4 + turned
        expected = np.stack([5 * i / 4 * np.sin(angle), 5 * i / 4 * np.cos(angle)], axis=1)
        np.testing.assert_allclose(samples.points[samples.labels == label], expected, atol=1e-12)


def test_that_noise_displaces_spirals_by_at_most_its_share() -> None:
    clean, noisy = (Spirals(noise=noise).samples() for noise in (0, 40))
    displacement = np.abs(noisy.points - clean.points)
    assert 0.38 < displacement.max() <= 0.4


def test_that_the_cs231n_spiral_follows_its_formula() -> None:
    samples = Spirals3(points=300, noise=0.0).samples()
    assert samples.task.kind is TaskKind.MULTICLASS
    for arm in range(3):
        radius = np.linspace(0, 1, 100)
        angle = np.linspace(4 * arm, 4 * (arm + 1), 100)
        expected = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
        np.testing.assert_allclose(samples.points[samples.labels == arm], expected, atol=1e-12)


def test_that_the_cs231n_noise_is_the_deviation_of_the_angle() -> None:
    clean, noisy = (Spirals3(points=9999, noise=noise).samples().points for noise in (0.0, 0.2))
    turned = np.angle((noisy @ [1j, 1]) / np.where(clean.any(axis=1), clean @ [1j, 1], 1))
    assert turned[3:].std() == pytest.approx(0.2, rel=0.03)
    np.testing.assert_allclose(np.hypot(*noisy.T), np.hypot(*clean.T), atol=1e-12)


def test_that_earlier_arms_get_the_remainder() -> None:
    counts = np.bincount(Spirals3(points=11).samples().labels.astype(int))
    assert counts.tolist() == [4, 4, 3]


def test_that_plane_has_a_tenth_of_the_sum() -> None:
    samples = Plane().samples()
    assert len(samples.points) == 1200
    assert np.abs(samples.points).max() <= 6
    np.testing.assert_allclose(samples.labels, samples.points.sum(axis=1) / 10)


def test_that_bumps_alternate_in_sign_and_fall_to_zero_at_distance_two() -> None:
    centres = np.array([[-4, 2.5], [0, 2.5], [4, 2.5], [-4, -2.5], [0, -2.5], [4, -2.5]])
    heights = Bumps().height(centres)
    assert np.abs(heights).tolist() == [1.0] * 6
    assert heights[0] == -heights[1] == heights[2]
    assert heights[3] == -heights[4] == heights[5] == -heights[0]
    assert Bumps().height(np.array([[0.5, 2.5]]))[0] == -0.75
    np.testing.assert_allclose(Bumps().height(centres + np.array([0, 2.0])), 0, atol=1e-12)
    assert Bumps().height(np.array([[0.0, 0.0]]))[0] == 0


@pytest.mark.parametrize(
    ("gate", "truth"),
    [("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("nand", [1, 1, 1, 0]), ("xor", [0, 1, 1, 0])],
)
def test_that_a_gate_is_its_truth_table(gate: Any, truth: list[int]) -> None:
    samples = LogicGate(gate=gate).samples()
    assert samples.points.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert samples.labels.tolist() == truth


@pytest.mark.parametrize("dataset", STAYING, ids=lambda d: d.__name__)
def test_that_noise_in_labels_leaves_the_points_where_they_are(dataset: Any) -> None:
    clean, noisy = dataset(noise=0).samples(), dataset(noise=50).samples()
    np.testing.assert_array_equal(clean.points, noisy.points)
    changed = (clean.labels != noisy.labels).mean()
    assert changed > 0.02


@pytest.mark.parametrize("dataset", DISPLACED, ids=lambda d: d.__name__)
def test_that_more_noise_moves_the_same_points_farther(dataset: Any) -> None:
    clean, some, more = (dataset(noise=noise).samples() for noise in (0, 10, 40))
    np.testing.assert_array_equal(clean.labels, more.labels)
    near = np.linalg.norm(some.points - clean.points, axis=1)
    far = np.linalg.norm(more.points - clean.points, axis=1)
    assert (far > near).all()


def test_that_spiral_displacement_is_proportional_to_noise() -> None:
    clean, some, more = (Spirals(noise=noise).samples().points for noise in (0, 10, 40))
    np.testing.assert_allclose(4 * (some - clean), more - clean, atol=1e-12)


@scattered
def test_that_strata_do_not_depend_on_noise(dataset: Any) -> None:
    high = field_of(dataset, "noise").le
    clean, noisy = dataset(noise=0.0).samples(), dataset(noise=high).samples()
    np.testing.assert_array_equal(clean.strata, noisy.strata)


@scattered
def test_that_clean_strata_are_the_classes(dataset: Any) -> None:
    samples = dataset(noise=0.0).samples()
    if samples.task.class_count:
        np.testing.assert_array_equal(samples.strata, samples.labels)
    else:
        assert not samples.strata.any()


@scattered
def test_that_equal_fields_give_equal_samples(dataset: Any) -> None:
    first, second = dataset(seed=7).samples(), dataset(seed=7).samples()
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(first.labels, second.labels)


@pytest.mark.parametrize("dataset", [Circles, Xor, Gaussians, Plane, Bumps])
def test_that_another_seed_gives_other_points(dataset: Any) -> None:
    assert (dataset(seed=1).samples().points != dataset(seed=2).samples().points).any()


@pytest.mark.parametrize("dataset", [Circles, Xor, Gaussians, Plane, Bumps])
def test_that_more_points_keep_the_earlier_ones(dataset: Any) -> None:
    few, many = (dataset(points=points, noise=20).samples() for points in (33, 200))
    np.testing.assert_array_equal(few.points, many.points[:33])
    np.testing.assert_array_equal(few.labels, many.labels[:33])


@scattered
@pytest.mark.parametrize("points", [1, 2, 3, 10])
def test_that_a_handful_of_points_is_enough(dataset: Any, points: int) -> None:
    samples = dataset(points=points, noise=1.0).samples()
    assert samples.points.shape == (points, 2)
    assert np.isfinite(samples.points).all()
    assert np.isfinite(samples.labels).all()


@scattered
def test_that_clean_points_lie_within_the_extent(dataset: Any) -> None:
    samples = dataset(noise=0.0).samples()
    assert np.abs(samples.points).max() <= samples.extent
    assert samples.is_planar


@scattered
def test_that_the_features_chosen_become_the_inputs(dataset: Any) -> None:
    chosen = msgspec.structs.replace(dataset(), features=("x2", "x1_squared", "sin_x1"))
    samples = chosen.samples()
    x1, x2 = samples.points.T
    np.testing.assert_array_equal(samples.inputs, np.stack([x2, x1 * x1, np.sin(x1)], axis=1))
    assert samples.input_names == chosen.input_names == ("x₂", "x₁²", "sin x₁")
    np.testing.assert_array_equal(chosen.inputs_of(samples.points), samples.inputs)

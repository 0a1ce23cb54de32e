"""What holds for every dataset there is."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from playground.data.digits import Digits
from playground.data.mnist import Mnist
from playground.data.registry import DATASETS, AnyDataset, miniature
from playground.schema.describe import field_of, fields_of, summary_of, tag_of, title_of
from playground.schema.validation import InvalidValue, decoded, replaced, validated

TAGS = [
    "circles",
    "xor",
    "gaussians",
    "spirals",
    "spirals_3",
    "plane",
    "bumps",
    "logic_gate",
    "points",
    "digits",
    "mnist",
]

each = pytest.mark.parametrize("dataset", DATASETS, ids=tag_of)
each_without_files = pytest.mark.parametrize(
    "dataset", [d for d in DATASETS if d is not Mnist], ids=tag_of
)


class Holder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stands for an experiment."""

    data: AnyDataset


def test_that_tags_and_their_order_are_those_of_saved_files() -> None:
    assert [tag_of(dataset) for dataset in DATASETS] == TAGS


@each
def test_that_a_dataset_survives_a_file(dataset: Any) -> None:
    holder = Holder(dataset())
    assert decoded(msgspec.to_builtins(holder), Holder) == holder
    assert validated(holder.data) == holder.data


@each
def test_that_a_dataset_introduces_itself(dataset: Any) -> None:
    assert title_of(dataset)
    assert summary_of(dataset).endswith(".")
    assert len(summary_of(dataset)) < 100
    assert dataset.gallery in ("Classification", "Regression", "Images")
    for field in fields_of(dataset):
        assert field.shown.help, field.name


@each
def test_that_common_fields_come_after_a_datasets_own(dataset: Any) -> None:
    names = [field.name for field in fields_of(dataset)]
    shared = ("training_share", "validation_share", "seed", "features", "scaling")
    common = [n for n in names if n in shared]
    assert names[-len(common) :] == common
    assert common[:3] == ["training_share", "validation_share", "seed"]


@each
def test_that_seeds_of_four_bytes_are_allowed(dataset: Any) -> None:
    assert validated(dataset(seed=2**32 - 1)).seed == 2**32 - 1
    with pytest.raises(InvalidValue, match="seed"):
        validated(dataset(seed=2**32))


@each_without_files
def test_that_a_dataset_says_what_it_is_before_it_is_drawn(dataset: Any) -> None:
    chosen = dataset()
    samples = chosen.samples()
    assert samples.task == chosen.task
    assert samples.input_names == chosen.input_names
    assert len(samples.input_names) == samples.inputs.shape[1]
    assert samples.extent == chosen.extent
    assert samples.image_shape == chosen.image_shape
    assert len(samples.points) == chosen.sample_count
    assert samples.is_planar == (samples.image_shape is None)


@each_without_files
def test_that_samples_have_the_types_promised(dataset: Any) -> None:
    samples = dataset().samples()
    count = len(samples.points)
    assert samples.points.dtype == samples.inputs.dtype == samples.labels.dtype == np.float64
    assert samples.strata.dtype == np.int64
    assert samples.labels.shape == samples.strata.shape == (count,)
    if samples.task.class_count:
        assert set(samples.labels) == set(range(samples.task.class_count))


@each_without_files
def test_that_a_gallery_picture_can_be_made(dataset: Any) -> None:
    small = miniature(dataset(), 60)
    assert 4 <= len(small.samples().points) <= 60
    assert miniature(small, 60) is small


def test_that_whole_numbers_are_accepted_for_real_fields() -> None:
    holder = decoded({"data": {"kind": "circles", "noise": 5, "training_share": 1}}, Holder)
    assert holder.data.training_share == 1


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"kind": "circles", "points": 0}, r"data\.points 0 is out of range"),
        ({"kind": "circles", "noise": 51}, r"data\.noise 51 is out of range"),
        ({"kind": "spirals_3", "noise": 1.5}, r"data\.noise 1\.5 is out of range"),
        ({"kind": "xor", "training_share": 0}, r"data\.training_share 0 is out of range"),
        ({"kind": "digits", "points": 1798}, r"data\.points 1798 is out of range"),
        ({"kind": "mnist", "points": 9}, r"data\.points 9 is out of range"),
        ({"kind": "logic_gate", "gate": "nor"}, r"data\.gate 'nor' is not known"),
        ({"kind": "plane", "features": ["x1", "y"]}, r"data\.features\.1 'y' is not known"),
        ({"kind": "moons"}, r"data\.kind 'moons' is not known"),
    ],
)
def test_that_a_wrong_field_is_named(tree: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        decoded({"data": tree}, Holder)


def test_that_switching_the_dataset_keeps_common_fields() -> None:
    holder = Holder(Digits(training_share=0.7, seed=5))
    switched = replaced(holder, "data.kind", "xor")
    assert tag_of(switched.data) == "xor"
    assert (switched.data.training_share, switched.data.seed) == (0.7, 5)


def test_that_defaults_are_those_of_the_published_playground() -> None:
    for dataset in DATASETS[:4]:
        assert field_of(dataset, "points").default == 500
        assert field_of(dataset, "training_share").default == 0.5
        assert field_of(dataset, "noise").default == 0

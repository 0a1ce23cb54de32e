"""What an edit touches, and what follows it."""

from __future__ import annotations

from typing import Any

import pytest

from playground.data.batching import FullBatch
from playground.data.classification import Circles, LogicGate, Spirals, Spirals3
from playground.data.digits import Digits
from playground.data.regression import Plane
from playground.engine.class_weights import BalancedClasses, GivenClassWeights, NoClassWeights
from playground.engine.losses import BinaryCrossEntropy, HalfSquared, Hinge, SoftmaxCrossEntropy
from playground.experiment.change import Impact, fitted, impact, may_need_fitting, remarks
from playground.experiment.spec import ExperimentSpec, TrainingSpec, checked
from playground.schema.describe import field_of, fields_of
from playground.schema.validation import replaced

SPEC = ExperimentSpec()


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("name", "Mine", Impact.NOTHING),
        ("about", "Mine", Impact.NOTHING),
        ("training.learning_rate", 0.1, Impact.LIVE),
        ("training.batch_size", 5, Impact.LIVE),
        ("training.optimizer.kind", "adam", Impact.LIVE),
        ("training.schedule.kind", "cosine", Impact.LIVE),
        ("training.schedule.warmup_epochs", 3, Impact.LIVE),
        ("training.regularizer.kind", "l2", Impact.LIVE),
        ("training.clipping.kind", "norm", Impact.LIVE),
        ("training.batching.kind", "full_batch", Impact.LIVE),
        ("training.sampling.kind", "with_replacement", Impact.LIVE),
        ("training.accumulation", 4, Impact.LIVE),
        ("training.class_weights.kind", "balanced", Impact.LIVE),
        ("training.stopping.kind", "early", Impact.LIVE),
        ("training.epochs", 5, Impact.LIVE),
        ("training.loss.kind", "hinge", Impact.NETWORK),
        ("training.dtype", "float64", Impact.NETWORK),
        ("network.seed", 1, Impact.NETWORK),
        ("network.layers.0.units", 5, Impact.NETWORK),
        ("network.layers.0.activation.kind", "relu", Impact.NETWORK),
        ("network.layers.0.initializer.kind", "zeros", Impact.NETWORK),
        ("network.output.activation.kind", "relu", Impact.NETWORK),
        ("data.noise", 10, Impact.DATA),
        ("data.training_share", 0.7, Impact.DATA),
        ("data.validation_share", 0.1, Impact.DATA),
        ("data.features", ["x1"], Impact.DATA),
        ("data.scaling", "min_max", Impact.DATA),
        ("data.kind", "circles", Impact.DATA),
    ],
)
def test_that_an_edit_touches_as_little_as_it_must(path: str, value: Any, expected: Impact) -> None:
    assert impact(SPEC, replaced(SPEC, path, value)) is expected


def test_that_no_edit_touches_nothing() -> None:
    assert impact(SPEC, ExperimentSpec()) is Impact.NOTHING


@pytest.mark.parametrize("name", [field.name for field in fields_of(TrainingSpec)])
def test_that_fields_shown_as_live_are_live(name: str) -> None:
    others = {"loss": Hinge(), "dtype": "float64", "learning_rate": 1, "batch_size": 2, "epochs": 3}
    others |= {"accumulation": 4, "input_noise": 0.1, "weight_noise": 0.1}
    kinds = {
        "optimizer": {"kind": "adam"},
        "schedule": {"kind": "step"},
        "regularizer": {"kind": "l1"},
        "clipping": {"kind": "value"},
        "batching": {"kind": "full_batch"},
        "sampling": {"kind": "with_replacement"},
        "class_weights": {"kind": "balanced"},
        "stopping": {"kind": "early"},
        "constraint": {"kind": "max_norm"},
        "preparation": {"kind": "lsuv"},
    }
    changed = replaced(SPEC, f"training.{name}", (others | kinds)[name])
    is_live = field_of(TrainingSpec, name).shown.live
    assert (impact(SPEC, changed) is Impact.LIVE) == is_live


def test_that_the_loss_follows_the_task() -> None:
    spec, notes = fitted(
        ExperimentSpec(data=Plane(), training=TrainingSpec(loss=SoftmaxCrossEntropy()))
    )
    assert spec.training.loss == HalfSquared()
    assert notes == ("Loss is now ½ squared error: the data asks for regression.",)
    assert checked(spec) == spec


def test_that_an_optimizer_that_needs_all_samples_gets_them() -> None:
    spec, notes = fitted(replaced(SPEC, "training.optimizer", {"kind": "lbfgs"}))
    assert spec.training.batching == FullBatch()
    assert notes == ("Each step now takes the full batch, as L-BFGS needs.",)
    assert checked(spec) == spec
    more, notes = fitted(replaced(spec, "data.training_share", 0.8))
    assert more.training.batch_for(more.data.training_count) == 400
    assert notes == ()
    drawn, notes = fitted(replaced(spec, "training.sampling", "with_replacement"))
    assert drawn == spec
    assert notes == ("Sampling is now without replacement, as L-BFGS needs.",)


def test_that_a_full_batch_follows_the_data() -> None:
    full = replaced(SPEC, "training.batching", "full_batch")
    fewer, notes = fitted(replaced(full, "data.points", 12))
    assert fewer.training.batch_for(fewer.data.training_count) == 6
    assert notes == ()
    mini, notes = fitted(replaced(fewer, "training.batching", "mini_batch"))
    assert mini.training.batch_size == 6
    assert notes == ("Batch size is now 6: there are no more training points.",)


def test_that_class_weights_follow_the_classes_of_the_data() -> None:
    given = replaced(SPEC, "training.class_weights", {"kind": "given", "values": [1, 5]})
    three, notes = fitted(replaced(given, "data.kind", "spirals_3"))
    assert three.training.class_weights == GivenClassWeights((1.0, 1.0, 1.0))
    assert "Class weights are now 1 each: there are 3 classes." in notes
    balanced = replaced(SPEC, "training.class_weights", "balanced")
    plane, notes = fitted(replaced(balanced, "data.kind", "plane"))
    assert plane.training.class_weights == NoClassWeights()
    assert notes == ("Class weights are off: the data asks for regression.",)
    assert fitted(replaced(balanced, "data.kind", "spirals_3"))[0].training.class_weights == (
        BalancedClasses()
    )


def test_that_only_choices_are_followed_not_numbers() -> None:
    given = replaced(SPEC, "training.class_weights", {"kind": "given", "values": [1, 5]})
    assert may_need_fitting(SPEC, given)
    assert not may_need_fitting(given, replaced(given, "training.class_weights.values", [1, 2, 3]))
    assert may_need_fitting(SPEC, replaced(SPEC, "training.batching", "full_batch"))
    assert not may_need_fitting(SPEC, replaced(SPEC, "training.batch_size", 9999))


def test_that_the_validation_share_gives_way_to_training() -> None:
    spec, notes = fitted(ExperimentSpec(data=Digits(training_share=0.8, validation_share=0.3)))
    assert spec.data.validation_share == 0.2
    assert notes == ("Validation share is now 0.2: training takes the rest.",)
    assert checked(spec) == spec


def test_that_what_follows_the_loss_says_whose_it_is() -> None:
    for field, kind, name in (
        ("stopping", "early", "Early stopping"),
        ("schedule", "plateau", "Reduce on plateau"),
    ):
        chosen = replaced(SPEC, f"training.{field}", {"kind": kind})
        (remark,) = remarks(SPEC, chosen)
        assert remark.startswith(f"{name} watches the training loss: no samples are set apart")
        assert not remarks(chosen, replaced(chosen, "training.learning_rate", 0.1))
        apart = replaced(SPEC, "data.validation_share", 0.2)
        assert not remarks(apart, replaced(apart, f"training.{field}", {"kind": kind}))


def test_that_a_rule_made_for_another_rate_says_so() -> None:
    for kind, name in (("lbfgs", "L-BFGS"), ("adadelta", "AdaDelta")):
        chosen = replaced(SPEC, "training.optimizer", {"kind": kind})
        (remark,) = remarks(SPEC, chosen)
        assert remark == f"{name} is made for a learning rate near 1; it is 0.03 now."
        near = replaced(SPEC, "training.learning_rate", 0.3)
        assert not remarks(near, replaced(near, "training.optimizer", {"kind": kind}))
    assert not remarks(SPEC, replaced(SPEC, "training.optimizer", {"kind": "adam"}))


def test_that_a_batch_is_never_larger_than_the_training_set() -> None:
    spec, notes = fitted(ExperimentSpec(data=LogicGate(gate="xor")))
    assert spec.training.batch_size == 4
    assert notes == ("Batch size is now 4: there are no more training points.",)


def test_that_what_fits_is_left_alone() -> None:
    for data in (Spirals(), Circles(), Spirals3()):
        spec = ExperimentSpec(data=data, training=TrainingSpec(loss=BinaryCrossEntropy()))
        assert fitted(spec) == (spec, ())

"""What the kinds of layer other than dense look like on the tape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.engine.activations import Identity
from playground.engine.activations.coupled import Maxout, PReLU, Softmax
from playground.engine.layers import BatchNorm, Dense, Dropout, LayerNorm, Output, Skip
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec, initial_parameters, resolve
from playground.inspection.operation import Product
from playground.inspection.situation import Situation
from playground.inspection.tape import Recording, record
from playground.schema.task import TaskKind
from tests.contracts.catalog import TASKS, batch
from tests.inspection.steps import FLOAT64

THREE = TASKS[TaskKind.MULTICLASS]


def _recorded(*layers: Any, **more: Any) -> Recording:
    architecture = resolve(NetworkSpec(layers, Output()), 2, SoftmaxCrossEntropy(), THREE)
    parameters = initial_parameters(architecture, 1, FLOAT64)
    inputs, labels = batch(THREE, 4)
    targets = architecture.head.targets(labels)
    return record(Situation(architecture, parameters, inputs, targets, **more))


def test_that_gradients_of_a_skip_connection_arrive_apart_and_are_summed() -> None:
    tape = _recorded(Dense(3), Dense(3), Skip(1)).tape
    meeting = tape.operation("∂L/∂a.0")
    assert meeting.product is Product.SUM
    assert [m.symbol for m in meeting.upstreams] == ["∂L/∂a¹|3", "∂L/∂a¹|2"]
    arriving = [m.values for m in meeting.upstreams]
    np.testing.assert_allclose(meeting.result.values, arriving[0] + arriving[1])
    assert meeting.explain(2, 1).rule == "∂L/∂a¹|3[2,1] + ∂L/∂a¹|2[2,1]"
    assert [op.key for op in tape.makers(meeting)] == ["∂L/∂a.0|3", "∂L/∂a.0|2"]
    # A part of a gradient is none that could be checked; the sum is.
    assert not tape.operation("∂L/∂a.0|2").is_gradient
    assert meeting.is_gradient


def test_that_a_projected_skip_has_a_matrix_of_its_own() -> None:
    tape = _recorded(Dense(3), Dense(2), Skip(1)).tape
    assert tape.operation("q.2").text == "q³ = a¹·P³"
    assert tape.operation("∂L/∂W.2").text == "∂L/∂P³ = a¹ᵀ·∂L/∂q³"


def test_that_dropout_routes_the_gradient_past_what_it_silenced() -> None:
    mask = np.array([[0.0, 2.0, 2.0]] * 4)
    tape = _recorded(Dense(3), Dropout(0.5), masks=(None, mask, None)).tape
    back = tape.operation("∂L/∂a.0")
    assert back.caption == "routed"
    assert not back.result.values[:, 0].any()
    np.testing.assert_allclose(back.result.values[:, 1], 2 * back.upstreams[0].values[:, 1])


def test_that_batch_norm_goes_through_mean_and_variance() -> None:
    recording = _recorded(Dense(3, Identity()), BatchNorm())
    tape, z = recording.tape, recording.graph["z.0"]
    np.testing.assert_allclose(tape.operation("mean.1").result.values[0], z.mean(0))
    np.testing.assert_allclose(tape.operation("variance.1").result.values[0], z.var(0))
    # What mean and variance take away leaves no gradient along them.
    back = tape.operation("∂L/∂z.0").result.values
    np.testing.assert_allclose(back.sum(0), 0, atol=1e-15)
    scale = tape.operation("∂L/∂γ.1")
    assert scale.text == "∂L/∂γ² = Σₛ ∂L/∂z² ⊙ x̂²"
    assert len(scale.explain(0, 1).terms) == 4


def test_that_layer_norm_measures_each_sample() -> None:
    recording = _recorded(Dense(3, Identity()), LayerNorm())
    assert recording.tape.operation("mean.1").result.shape == (4, 1)
    assert recording.tape.operation("mean.1").text == "μ² = 1/3 · Σⱼ z¹"
    np.testing.assert_allclose(recording.graph["x̂.1"].mean(1), 0, atol=1e-12)


def test_that_maxout_routes_to_the_largest_piece() -> None:
    recording = _recorded(Dense(2, Maxout(pieces=3)))
    back = recording.tape.operation("∂L/∂z.0")
    assert back.product is Product.ROUTED
    assert (np.count_nonzero(back.result.values, axis=1) == 2).all()
    forward = recording.tape.operation("a.0").explain(0, 1)
    assert forward.rule == "max(z¹[0,1], z¹[0,3], z¹[0,5])"


def test_that_a_learned_slope_is_a_parameter_like_any_other() -> None:
    tape = _recorded(Dense(3, PReLU())).tape
    assert tape.operation("∂L/∂s.0").text == "∂L/∂s¹ = Σₛ ∂L/∂a¹ ⊙ min(0, z¹)"
    assert "update.s.0" in tape


def test_that_softmax_between_layers_has_a_jacobian_for_each_sample() -> None:
    back = _recorded(Dense(3, Softmax())).tape.operation("∂L/∂z.0")
    assert back.product is Product.JACOBIAN
    local = back.operands[1]
    assert local.stack is not None
    np.testing.assert_allclose(back.result.values[2], back.operands[0].values[2] @ local.page(2))


@pytest.mark.parametrize("frozen", [True, False])
def test_that_a_frozen_layer_is_left_as_it_is(frozen: bool) -> None:
    recording = _recorded(Dense(3, frozen=frozen))
    place = recording.places["W.0"]
    before = recording.situation.parameters.vector[place.indices]
    moved = not np.array_equal(recording.update.after[place.indices], before)
    assert moved is not frozen
    operation = recording.tape.operation("update.W.0")
    assert ("frozen" in operation.note) is frozen
    assert operation.explain(0, 0).value == operation.result.values[0, 0]

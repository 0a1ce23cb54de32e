"""What the screen is given: numbers, pictures of the right shape and colour, all of it copies."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from playground.data.classification import Circles
from playground.data.digits import Digits
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import predict
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.training import snapshot as snapshot_module
from playground.training.snapshot import ColorTables, Snapshot, SnapshotBuilder, View
from playground.training.trainer import Trainer
from tests.training.specs import NO_TEST_SET, REGRESSION, THREE_CLASSES, TINY, edited

# From (255, 0, 0) over white to (0, 0, 255): red and blue tell the sign, green the size.
_RAMP = np.linspace(-1, 1, 256)
VALUES = np.stack(
    [
        np.where(_RAMP < 0, 255, 255 * (1 - _RAMP)),
        255 * (1 - np.abs(_RAMP)),
        np.where(_RAMP > 0, 255, 255 * (1 + _RAMP)),
        np.full(256, 255),
    ],
    axis=1,
).astype(np.uint8)
CLASSES = np.array([[20 * i, 255 - 20 * i, 7 * i, 255] for i in range(10)], np.uint8)
COLORS = ColorTables(VALUES, CLASSES, np.array([240, 240, 240, 255], np.uint8))
DIGITS = ExperimentSpec(
    data=Digits(points=300),
    training=TrainingSpec(SoftmaxCrossEntropy(), learning_rate=0.1),
)
ALL_UNITS = ((0, 1, 2, 3), (0, 1), (0,))


def _snapshot(trainer: Trainer, running: bool = False, **view: Any) -> Snapshot:
    view = {"colors": COLORS, **view}
    return SnapshotBuilder(trainer, 1).build(View(**view), running, None)


def _trained(spec: ExperimentSpec, steps: int = 30) -> Trainer:
    trainer = Trainer(spec)
    trainer.advance(steps)
    return trainer


def test_that_nothing_is_painted_unless_wanted() -> None:
    shown = SnapshotBuilder(_trained(TINY), 3).build(View(), True, 1234.5)
    assert (shown.run_id, shown.step, shown.epoch, shown.running) == (3, 30, 5, True)
    assert shown.steps_per_second == 1234.5
    assert shown.surface is shown.focus_map is shown.input_maps is None
    assert shown.unit_maps == ()
    assert shown.wrong is None
    assert shown.images is None
    assert shown.probe is None


def test_that_everything_in_it_is_a_copy() -> None:
    trainer = _trained(TINY)
    shown = _snapshot(trainer, probe=(1.0, 2.0), surface_size=8, thumbnail_size=4)
    weights, gradients = shown.matrices[0].copy(), shown.gradient_matrices[0].copy()
    probed = shown.probe
    assert probed is not None
    values = probed.activations[0].copy()
    trainer.advance(30)
    trainer.parameters.vector[:] = 9
    assert np.array_equal(shown.matrices[0], weights)
    assert np.array_equal(shown.gradient_matrices[0], gradients)
    assert np.array_equal(probed.activations[0], values)
    assert shown.history.step[-1] == 30


def test_that_gradients_are_those_of_the_last_batch() -> None:
    trainer = _trained(TINY)
    flat = np.concatenate([m.ravel() for m in _snapshot(trainer).gradient_matrices])
    assert np.array_equal(flat, trainer.gradient)


class TestPlane:
    def test_that_pictures_have_the_shapes_that_were_asked_for(self) -> None:
        shown = _snapshot(
            _trained(TINY),
            surface_size=60,
            thumbnail_size=20,
            visible_units=ALL_UNITS,
            focus=(0, 2),
        )
        assert shown.surface is not None
        assert shown.surface.shape == (60, 60, 4)
        assert shown.input_maps is not None
        assert shown.input_maps.shape == (2, 20, 20, 4)
        assert [maps.shape for maps in shown.unit_maps] == [
            (4, 20, 20, 4),
            (2, 20, 20, 4),
            (1, 20, 20, 4),
        ]
        assert [scales.shape for scales in shown.unit_scales] == [(4,), (2,), (1,)]
        assert shown.focus == (0, 2)
        assert shown.focus_map is not None
        assert shown.focus_map.shape == (60, 60, 4)
        for pixels in (shown.surface, shown.input_maps, *shown.unit_maps, shown.focus_map):
            assert pixels.dtype == np.uint8
            assert (pixels[..., 3] == 255).all()

    def test_that_only_visible_units_are_painted(self) -> None:
        shown = _snapshot(_trained(TINY), thumbnail_size=10, visible_units=((3, 1), (), (0,)))
        assert [len(maps) for maps in shown.unit_maps] == [2, 0, 1]

    def test_that_the_surface_is_the_sign_of_the_prediction_with_north_up(self) -> None:
        trainer = _trained(TINY, 300)
        size = 24
        surface = _snapshot(trainer, surface_size=size, discretize=True).surface
        assert surface is not None
        extent = trainer.data.samples.extent
        middle = ((np.arange(size) + 0.5) / size * 2 - 1) * extent
        for row in range(size):
            points = np.stack([middle, np.full(size, -middle[row])], axis=1)
            outputs = predict(trainer.architecture, trainer.parameters, points)
            expected = np.where(outputs > 0, VALUES[255], VALUES[0])
            assert np.array_equal(surface[row], expected)

    def test_that_an_undecided_network_is_painted_neutral(self) -> None:
        zeros = {"kind": "zeros"}
        spec = edited(TINY, network__layers__0__initializer=zeros)
        spec = edited(spec, network__layers__1__initializer=zeros)
        surface = _snapshot(Trainer(spec), surface_size=8).surface
        assert surface is not None
        assert (surface[..., :3] > 250).all()

    def test_that_classes_show_in_their_colours(self) -> None:
        trainer = _trained(THREE_CLASSES, 300)
        surface = _snapshot(trainer, surface_size=24, discretize=True).surface
        assert surface is not None
        colors = {tuple(color) for color in surface.reshape(-1, 4).tolist()}
        assert colors == {tuple(color) for color in CLASSES[:3].tolist()}

    def test_that_unsure_classes_fade_to_the_background(self) -> None:
        spec = edited(THREE_CLASSES, network__output__initializer={"kind": "zeros"})
        surface = _snapshot(Trainer(spec), surface_size=8).surface
        assert surface is not None
        assert (np.abs(surface.astype(int) - COLORS.background) <= 1).all()

    def test_that_regression_paints_the_value_itself(self) -> None:
        trainer = _trained(REGRESSION, 500)
        surface = _snapshot(trainer, surface_size=16).surface
        assert surface is not None
        # The plane rises towards the upper right: blue there, red at the lower left.
        assert surface[0, -1, 2] == 255
        assert surface[0, -1, 0] < 200
        assert surface[-1, 0, 0] == 255
        assert surface[-1, 0, 2] < 200

    def test_that_bounded_units_share_one_scale_and_others_fill_theirs(self) -> None:
        tanh = _snapshot(_trained(TINY), thumbnail_size=8, visible_units=ALL_UNITS)
        assert all((scales == 1).all() for scales in tanh.unit_scales)
        relu = _snapshot(_trained(THREE_CLASSES), thumbnail_size=8, visible_units=((0, 1),))
        assert (relu.unit_scales[0] != 1).all()

    @pytest.mark.parametrize("focus", [(-1, 5), (0, 99), (1, 99), (7, 0)])
    def test_that_looking_at_what_is_gone_shows_nothing(self, focus: tuple[int, int]) -> None:
        shown = _snapshot(
            Trainer(TINY), surface_size=8, thumbnail_size=8, focus=focus, visible_units=((0, 99),)
        )
        assert shown.focus_map is None
        assert len(shown.unit_maps[0]) == 1

    def test_that_an_input_can_be_looked_at(self) -> None:
        focus_map = _snapshot(Trainer(TINY), surface_size=10, focus=(-1, 0)).focus_map
        assert focus_map is not None
        assert (focus_map[:, 0, 0] == 255).all()
        assert (focus_map[:, -1, 2] == 255).all()

    def test_that_wrong_points_are_marked(self) -> None:
        trainer = _trained(TINY)
        wrong = _snapshot(trainer).wrong
        assert wrong is not None
        assert wrong.shape == (100,)
        metrics = trainer.metrics()
        assert metrics.train_accuracy == pytest.approx(1 - wrong[trainer.data.split.train].mean())
        assert metrics.test_accuracy == pytest.approx(1 - wrong[trainer.data.split.test].mean())

    def test_that_regression_has_no_wrong_points(self) -> None:
        assert _snapshot(Trainer(REGRESSION)).wrong is None

    def test_that_other_colours_repaint_everything(self) -> None:
        builder = SnapshotBuilder(_trained(TINY), 1)
        view = View(colors=COLORS, surface_size=10, thumbnail_size=10, visible_units=ALL_UNITS)
        inverted = ColorTables(VALUES[::-1].copy(), CLASSES, COLORS.background)
        first = builder.build(view, False, None)
        second = builder.build(dataclasses.replace(view, colors=inverted), False, None)
        assert first.input_maps is not None
        assert second.input_maps is not None
        assert not np.array_equal(first.input_maps, second.input_maps)

    def test_that_broken_numbers_can_still_be_painted(self) -> None:
        for spec in (TINY, THREE_CLASSES):
            trainer = Trainer(spec)
            for value in (math.nan, math.inf):
                trainer.parameters.vector[:] = value
                shown = _snapshot(
                    trainer,
                    surface_size=8,
                    thumbnail_size=8,
                    visible_units=ALL_UNITS,
                    focus=(0, 0),
                    probe=(0.0, 0.0),
                )
                assert shown.surface is not None


class TestProbe:
    @pytest.mark.parametrize("spec", [TINY, THREE_CLASSES, REGRESSION])
    def test_that_a_probe_reads_what_the_network_predicts(self, spec: ExperimentSpec) -> None:
        trainer = _trained(spec)
        probe = _snapshot(trainer, probe=(0.3, -0.7)).probe
        assert probe is not None
        assert probe.inputs.tolist() == [0.3, -0.7]
        outputs = predict(trainer.architecture, trainer.parameters, np.array([[0.3, -0.7]]))
        np.testing.assert_array_equal(probe.activations[-1], outputs[0])
        widths = [layer.outputs for layer in trainer.architecture.layers]
        assert [len(values) for values in probe.activations] == widths
        head = trainer.architecture.head
        if head.task.class_count:
            assert probe.certainty is not None
            np.testing.assert_allclose(probe.certainty, head.class_certainty(outputs)[0])
        else:
            assert probe.certainty is None

    def test_that_a_probe_goes_through_the_input_features(self) -> None:
        spec = edited(TINY, data__features=["x1_x2", "x1_squared", "sin_x2"])
        probe = _snapshot(Trainer(spec), probe=(2.0, 3.0)).probe
        assert probe is not None
        np.testing.assert_allclose(probe.inputs, [6, 4, math.sin(3)])

    def test_that_a_sample_can_be_probed(self) -> None:
        trainer = _trained(DIGITS)
        probe = _snapshot(trainer, probe_sample=17).probe
        assert probe is not None
        inputs = trainer.data.samples.inputs[17:18]
        np.testing.assert_array_equal(probe.inputs, inputs[0])
        outputs = predict(trainer.architecture, trainer.parameters, inputs)
        np.testing.assert_array_equal(probe.activations[-1], outputs[0])

    def test_that_a_sample_beyond_the_data_is_no_probe(self) -> None:
        assert _snapshot(Trainer(TINY), probe_sample=100).probe is None


class TestImages:
    def test_that_the_confusion_matrix_counts_every_test_image(self) -> None:
        trainer = _trained(DIGITS, 200)
        images = _snapshot(trainer).images
        assert images is not None
        assert images.confusion.shape == (10, 10)
        assert images.confusion.sum() == images.measured == images.available == 60
        labels = trainer.data.test_labels.astype(int)
        assert images.confusion.sum(1).tolist() == np.bincount(labels, minlength=10).tolist()
        accuracy = np.trace(images.confusion) / images.measured
        assert accuracy == pytest.approx(trainer.metrics().test_accuracy)

    def test_that_the_surest_mistakes_come_first(self) -> None:
        trainer = _trained(DIGITS, 20)
        images = _snapshot(trainer).images
        assert images is not None
        assert 0 < len(images.mistakes) <= snapshot_module.MISTAKES_SHOWN
        sureness = [mistake.certainty.max() for mistake in images.mistakes]
        assert sureness == sorted(sureness, reverse=True)
        for mistake in images.mistakes:
            assert mistake.label != mistake.predicted
            assert mistake.label == trainer.data.samples.labels[mistake.sample]
            assert mistake.predicted == np.argmax(mistake.certainty)
            assert mistake.sample in trainer.data.split.test

    def test_that_a_running_training_measures_a_fixed_part(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(snapshot_module, "CONFUSION_CAP", 25)
        images = _snapshot(Trainer(DIGITS), running=True).images
        assert images is not None
        assert (images.measured, images.available, images.confusion.sum()) == (25, 60, 25)

    def test_that_without_a_test_set_the_training_images_are_shown(self) -> None:
        images = _snapshot(Trainer(edited(DIGITS, data__training_share=1.0))).images
        assert images is not None
        assert images.available == 300

    def test_that_units_show_their_incoming_weights(self) -> None:
        trainer = Trainer(DIGITS)
        shown = _snapshot(trainer, thumbnail_size=20, visible_units=((1, 3), (0,)), focus=(0, 3))
        assert [maps.shape for maps in shown.unit_maps] == [(2, 8, 8, 4), (1, 2, 2, 4)]
        assert shown.surface is None
        weights = trainer.parameters.weights(0)[:, 3]
        assert shown.unit_scales[0][1] == np.abs(weights).max()
        assert shown.focus_map is not None
        assert np.array_equal(shown.focus_map, shown.unit_maps[0][1])
        is_positive = weights.reshape(8, 8) > 0.02
        assert (shown.focus_map[is_positive][:, 2] == 255).all()

    @pytest.mark.parametrize("focus", [(-1, 0), (0, 99), (7, 0)])
    def test_that_looking_at_what_is_gone_shows_nothing(self, focus: tuple[int, int]) -> None:
        assert _snapshot(Trainer(DIGITS), thumbnail_size=20, focus=focus).focus_map is None


def test_that_a_tiny_dataset_can_be_shown() -> None:
    one = ExperimentSpec(data=Circles(points=1), training=TrainingSpec(batch_size=1))
    for spec in (one, NO_TEST_SET):
        for running in (False, True):
            shown = _snapshot(_trained(spec), running, surface_size=8, thumbnail_size=4)
            assert shown.metrics.test_loss is None
            assert shown.surface is not None


def test_that_a_new_record_is_shown_rather_than_measured_again() -> None:
    trainer = Trainer(TINY)
    builder = SnapshotBuilder(trainer, 1)
    trainer.advance(3)
    measured: list[int] = []
    quick = trainer.quick_metrics

    def counting() -> Any:
        measured.append(trainer.step)
        return quick()

    trainer.quick_metrics = counting  # type: ignore[method-assign]
    builder._metrics._seconds = 1e6
    shown = builder.build(View(), running=True, steps_per_second=None).metrics
    assert not measured
    assert shown == quick()
    assert shown.train_loss == trainer.history.view().train_loss[-1]

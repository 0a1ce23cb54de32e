"""The session: one truth, undo for every edit, and a worker that always stops."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.data.batching import FullBatch, MiniBatch
from playground.engine.layers import Dense
from playground.engine.optimizers import Adam
from playground.experiment.presets import load_experiment
from playground.gui.session import Session
from playground.training.snapshot import Snapshot


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(load_experiment("tf-playground"))
    with qtbot.waitSignal(session.snapshot_ready):
        session.start()
    yield session
    assert session.close(), "the worker did not stop"
    session.deleteLater()


def _next(qtbot: QtBot, session: Session, wanted: object = None) -> Snapshot:
    """Wait for a snapshot for which ``wanted(snapshot)`` holds."""
    found: list[Snapshot] = []
    with qtbot.waitSignal(
        session.snapshot_ready,
        check_params_cb=lambda s: (wanted is None or wanted(s)) and not found.append(s),  # type: ignore[operator,func-returns-value]
    ):
        session.refresh()
    return found[-1]


def test_that_an_edit_reaches_the_spec_and_can_be_undone(session: Session) -> None:
    before = session.spec
    assert session.edit("training.learning_rate", 0.1, "Set learning rate")
    assert session.spec.training.learning_rate == 0.1
    assert session.undo_stack.undoText() == "Set learning rate"
    session.undo_stack.undo()
    assert session.spec == before
    session.undo_stack.redo()
    assert session.spec.training.learning_rate == 0.1


def test_that_dragging_a_slider_is_one_undo_step(session: Session) -> None:
    for noise in (5.0, 10.0, 15.0):
        session.edit("data.noise", noise, "Set noise", "data.noise")
    session.edit("data.seed", 7, "Set seed")
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert session.spec.data.noise == 0


def test_that_a_refused_edit_changes_nothing_and_says_why(qtbot: QtBot, session: Session) -> None:
    before = session.spec
    with (
        qtbot.waitSignal(session.notice) as notice,
        qtbot.waitSignal(session.spec_changed),
    ):
        assert not session.edit("training.batch_size", 1000, "Set batch size")
    assert notice.args is not None
    assert "1000 exceeds the 250 training points; lower it or add data" in notice.args[1]
    assert session.spec == before
    assert session.undo_stack.count() == 0


def test_that_choosing_regression_data_brings_a_loss_that_fits(
    qtbot: QtBot, session: Session
) -> None:
    session.edit("training.loss.kind", "hinge", "Set loss")
    with qtbot.waitSignal(session.notice) as notice:
        assert session.edit("data.kind", "plane", "Choose data")
    assert notice.args is not None
    assert "Loss is now" in notice.args[1]
    session.undo_stack.undo()
    assert session.spec.training.loss.__struct_config__.tag == "hinge"


def test_that_choosing_lbfgs_brings_the_full_batch_as_one_undo_step(
    qtbot: QtBot, session: Session
) -> None:
    with qtbot.waitSignal(session.notice) as notice:
        assert session.edit("training.optimizer.kind", "lbfgs", "Set optimizer")
    assert notice.args is not None
    assert "Each step now takes the full batch" in notice.args[1]
    assert "made for a learning rate near 1" in notice.args[1]
    assert session.spec.training.batching == FullBatch()
    session.undo_stack.undo()
    assert session.spec.training.batching == MiniBatch()
    assert session.undo_stack.index() == 0


def test_that_a_training_that_stops_by_itself_says_so_and_can_go_on(
    qtbot: QtBot, session: Session
) -> None:
    # An improvement that is never made: it stops after its patience.
    stopping = {"kind": "early", "patience": 3, "improvement": 1e6}
    with qtbot.waitSignal(session.notice) as remark:
        session.edit("training.stopping", stopping, "Set stopping")
    assert remark.args is not None
    assert "watches the training loss: no samples are set apart" in remark.args[1]
    with qtbot.waitSignal(session.notice) as notice:
        session.play()
    assert notice.args is not None
    assert notice.args[0] == "finished"
    assert notice.args[1].startswith("Training stopped early at epoch 4: 3 epochs without a lower")
    assert notice.args[1].endswith("Press Play to go on.")
    assert not session.is_running
    snapshot = _next(qtbot, session, lambda s: s.epoch == 4 and not s.running)
    assert snapshot.best_epoch == 1
    with qtbot.waitSignal(session.notice) as notice:
        session.toggle()
    assert notice.args is not None
    assert "at epoch 7" in notice.args[1]


def test_that_live_edits_go_on_and_structural_ones_start_again(
    qtbot: QtBot, session: Session
) -> None:
    session.step(whole_epoch=True)
    _next(qtbot, session, lambda s: s.epoch == 1 and not s.running)
    session.edit("training.optimizer", Adam(), "Set optimizer")
    assert _next(qtbot, session).epoch == 1
    with qtbot.waitSignal(session.loaded):
        session.edit("network.layers.0.units", 5, "Set width")
    assert _next(qtbot, session).step == 0


def test_that_training_goes_on_after_a_structural_edit(qtbot: QtBot, session: Session) -> None:
    session.play()
    _next(qtbot, session, lambda s: s.running and s.step > 0)
    layers = (*session.spec.network.layers, Dense(3))
    network = msgspec.structs.replace(session.spec.network, layers=layers)
    with qtbot.waitSignal(session.loaded):
        session.propose(msgspec.structs.replace(session.spec, network=network), "Add layer")
    snapshot = _next(qtbot, session, lambda s: s.running and s.step > 0)
    assert [m.shape for m in snapshot.matrices] == [(3, 4), (5, 2), (3, 3), (4, 1)]


def test_that_reset_restores_exactly_the_same_weights(qtbot: QtBot, session: Session) -> None:
    initial = _next(qtbot, session).matrices
    session.play()
    _next(qtbot, session, lambda s: s.step > 100)
    session.reset()
    after = _next(qtbot, session, lambda s: s.step == 0 and not s.running).matrices
    for one, other in zip(initial, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_that_new_weights_draw_a_new_seed_and_can_be_undone(qtbot: QtBot, session: Session) -> None:
    initial = _next(qtbot, session).matrices[0]
    with qtbot.waitSignal(session.loaded):
        session.draw_new_weights()
    other = _next(qtbot, session).matrices[0]
    assert not np.array_equal(initial, other)
    with qtbot.waitSignal(session.loaded):
        session.undo_stack.undo()
    np.testing.assert_array_equal(_next(qtbot, session).matrices[0], initial)


def test_that_a_weight_edited_by_hand_can_be_undone(qtbot: QtBot, session: Session) -> None:
    before = float(_next(qtbot, session).matrices[0][1, 2])
    session.edit_parameter(0, 1, 2, before, 2.5)
    assert _next(qtbot, session).matrices[0][1, 2] == 2.5
    session.undo_stack.undo()
    assert float(_next(qtbot, session).matrices[0][1, 2]) == before


def test_that_divergence_pauses_and_says_what_to_do(qtbot: QtBot, session: Session) -> None:
    session.edit("training.loss", msgspec.to_builtins(session.spec.training.loss), "Same loss")
    session.edit("network.layers.0.activation.kind", "relu", "Set activation")
    session.edit("network.output.activation", {"kind": "identity"}, "Set output")
    session.edit("training.learning_rate", 1e9, "Set learning rate")
    with qtbot.waitSignal(session.notice) as notice:
        session.play()
    assert notice.args is not None
    assert notice.args[0] == "error"
    assert "lower the learning rate" in notice.args[1]
    assert not session.is_running
    session.edit("training.learning_rate", 0.03, "Set learning rate")
    session.reset()
    session.play()
    _next(qtbot, session, lambda s: s.running and s.step > 0)


def test_that_a_missing_folder_is_told_and_undo_brings_the_network_back(
    qtbot: QtBot, session: Session
) -> None:
    with qtbot.waitSignal(session.load_failed) as told:
        session.edit("data.kind", "mnist", "Choose MNIST")
    assert told.args is not None
    assert "data.folder" in told.args[0]
    with qtbot.waitSignal(session.loaded):
        session.undo_stack.undo()
    assert _next(qtbot, session).step == 0


def test_that_results_do_not_depend_on_the_pace(qtbot: QtBot, session: Session) -> None:
    session.train_epochs(20)
    fast = _next(qtbot, session, lambda s: s.epoch == 20 and not s.running)
    session.reset()
    session.set_pace(300)
    session.play()
    _next(qtbot, session, lambda s: s.epoch >= 20)
    session.pause()
    paused = _next(qtbot, session, lambda s: not s.running)
    session.reset()
    session.train_epochs(paused.epoch)
    again = _next(qtbot, session, lambda s: s.epoch == paused.epoch and not s.running)
    assert fast.epoch == 20
    # A longer run may have thinned out its record.
    steps, ours, theirs = np.intersect1d(fast.history.step, again.history.step, return_indices=True)
    assert len(steps) > 100
    np.testing.assert_array_equal(fast.history.train_loss[ours], again.history.train_loss[theirs])

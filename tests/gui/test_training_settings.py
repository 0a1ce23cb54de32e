"""The dialog with everything about how the network learns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from playground.engine.class_weights import GivenClassWeights
from playground.experiment.presets import load_experiment
from playground.gui.dialogs.training_settings import TrainingSettings
from playground.gui.session import Session


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(load_experiment("spirals-3"))
    with qtbot.waitSignal(session.snapshot_ready):
        session.start()
    yield session
    assert session.close(), "the worker did not stop"
    session.deleteLater()


def test_that_what_has_no_say_cannot_be_edited(qtbot: QtBot, session: Session) -> None:
    dialog = TrainingSettings(session)
    qtbot.addWidget(dialog)
    form = dialog.form
    assert form.editor("batch_size").isEnabled()
    session.edit("training.batching", "full_batch", "Set batches")
    assert not form.editor("batch_size").isEnabled()
    session.undo_stack.undo()
    assert form.editor("batch_size").isEnabled()
    assert form.editor("class_weights").isEnabled()
    session.edit("data.kind", "plane", "Choose data")
    assert not form.editor("class_weights").isEnabled()


def test_that_weights_given_by_hand_start_with_one_for_each_class(
    qtbot: QtBot, session: Session
) -> None:
    assert session.edit("training.class_weights.kind", "given", "Set class weights")
    assert session.spec.training.class_weights == GivenClassWeights((1.0, 1.0, 1.0))
    assert session.edit("training.class_weights.values", (1.0, 2.0, 3.0), "Set class weights")
    with qtbot.waitSignal(session.notice) as notice:
        assert not session.edit("training.class_weights.values", (1.0, 2.0), "Set class weights")
    assert notice.args is not None
    assert "give one for each class" in notice.args[1]

"""Preparing initial weights in the window: told how far, and skipped on request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from playground.engine.preparation import LSUV, AnyPreparation
from playground.gui.menu_contents import fill_preparations
from playground.gui.preferences import Preferences
from playground.gui.session import Session
from playground.gui.train.preparation_bar import PreparationBar
from playground.gui.train.workspace import TrainWorkspace
from playground.schema.describe import title_of
from playground.schema.validation import replaced
from tests.training.specs import TINY

# Far longer than any test waits.
ENDLESS = replaced(TINY, "training.preparation", {"kind": "greedy_rbm", "epochs": 10_000})


@pytest.fixture
def workspace(qtbot: QtBot) -> Iterator[TrainWorkspace]:
    session = Session(ENDLESS)
    workspace = TrainWorkspace(session, Preferences())
    qtbot.addWidget(workspace)
    workspace.show_spec(ENDLESS)
    workspace.resize(1100, 600)
    workspace.show()
    session.setParent(workspace)
    session.start()
    yield workspace
    assert session.close()


def test_that_progress_is_shown_and_can_be_skipped(qtbot: QtBot, workspace: TrainWorkspace) -> None:
    session, bar = workspace._session, workspace.preparation
    qtbot.waitUntil(lambda: bar.isVisible() and "reconstruction error" in bar.text)
    assert session.is_loading
    assert bar.parentWidget().rect().contains(bar.geometry())
    with qtbot.waitSignals([session.loaded, session.notice]):
        qtbot.mouseClick(bar.skip_button, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    assert "as they were drawn" in workspace.notices.text
    assert not session.is_loading


def test_that_another_edit_ends_the_preparation(qtbot: QtBot, workspace: TrainWorkspace) -> None:
    session, bar = workspace._session, workspace.preparation
    qtbot.waitUntil(bar.isVisible)
    with qtbot.waitSignal(session.loaded):
        session.edit("training.preparation", "none", "Set preparation")
    assert not bar.isVisible()


def test_that_what_is_done_at_once_is_not_worth_a_word(qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    over.show()
    bar = PreparationBar(over)
    bar.show_progress(0.5, "half")
    bar.end()
    assert not bar.isVisible()
    assert not bar._timer.isActive()


def test_that_the_menu_offers_every_preparation_and_marks_the_present_one(
    qtbot: QtBot, workspace: TrainWorkspace
) -> None:
    session, menu = workspace._session, QMenu(workspace)
    fill_preparations(menu, session)
    titles = [action.text() for action in menu.actions()]
    assert titles == [title_of(option) for option in get_args(AnyPreparation)]
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Greedy RBM"]
    assert "Greedy RBM" in workspace.network.footer.note
    menu.actions()[titles.index("LSUV")].trigger()
    assert isinstance(session.spec.training.preparation, LSUV)
    assert session.undo_stack.undoText() == "Set weight preparation"
    assert "LSUV" in workspace.network.footer.note
    fill_preparations(menu, session)
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["LSUV"]

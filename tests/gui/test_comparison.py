"""The window that compares architectures, used as a person would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.data.regression import Plane
from playground.experiment.architectures import widths_of
from playground.experiment.spec import ExperimentSpec, checked
from playground.gui.comparison.model import Column
from playground.gui.comparison.window import ComparisonWindow
from playground.gui.preferences import Preferences
from playground.gui.session import Session
from playground.gui.theme import load_fonts, theme
from playground.training.cross_validation import FoldSettings, Measure
from tests.training.specs import TINY, edited


@pytest.fixture
def session(qapp: QApplication) -> Session:
    load_fonts(qapp)
    theme().apply(qapp, "light")
    return Session(TINY)


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> Iterator[ComparisonWindow]:
    window = _open(qtbot, session)
    yield window
    window.close()
    assert not window.is_running


def _open(qtbot: QtBot, session: Session) -> ComparisonWindow:
    preferences = Preferences()
    preferences.comparison = {"folds": 2, "epochs": 2}
    window = ComparisonWindow(session, preferences)
    # Deleted by the test, not by closing it.
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(window)
    window.show()
    return window


def _compare(qtbot: QtBot, window: ComparisonWindow) -> None:
    qtbot.mouseClick(window.compare_button, Qt.MouseButton.LeftButton)
    assert window.is_running
    qtbot.waitUntil(lambda: not window.is_running, timeout=20_000)


def _type(qtbot: QtBot, window: ComparisonWindow, text: str) -> None:
    window.candidates.line.setText(text)
    window.candidates.line.setFocus()
    qtbot.keyClick(window.candidates.line, Qt.Key.Key_Return)


def _cell(window: ComparisonWindow, row: int, column: Column) -> str:
    return str(window.model.index(row, column).data())


def test_that_it_opens_with_suggestions_around_the_network(window: ComparisonWindow) -> None:
    assert window.candidates.candidates[0] == (4, 2)
    assert len(window.candidates.candidates) >= 4
    assert "12 trainings of 2 epochs" in window.said
    assert not window.use_button.isEnabled()
    assert not window.copy_button.isEnabled()


def test_that_comparing_fills_the_table_and_names_the_best(
    qtbot: QtBot, window: ComparisonWindow
) -> None:
    _compare(qtbot, window)
    model = window.model
    assert model.result is not None
    assert model.result.is_complete
    assert model.rowCount() == len(window.candidates.candidates)
    assert _cell(window, 0, Column.LAYERS) == "4-2"
    assert "±" in _cell(window, 0, Column.MEAN)
    assert "%" in _cell(window, 0, Column.MEAN)
    assert model.best is not None
    assert "Took" in window.said
    spoken = model.index(model.best, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith("best")
    assert len(window.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole).split(",")) == 2


def test_that_the_best_is_selected_and_used_as_one_step(
    qtbot: QtBot, window: ComparisonWindow, session: Session
) -> None:
    _type(qtbot, window, "3-3-3")
    _compare(qtbot, window)
    row = window.candidates.candidates.index((3, 3, 3))
    window.view.selectRow(row)
    assert window.use_button.isEnabled()
    qtbot.mouseClick(window.use_button, Qt.MouseButton.LeftButton)
    assert widths_of(session.spec.network) == (3, 3, 3)
    assert session.undo_stack.undoText() == "Use architecture 3-3-3"
    assert not window.use_button.isEnabled()
    session.undo_stack.undo()
    assert session.spec == TINY


def test_that_candidates_are_added_and_removed_by_keys(
    qtbot: QtBot, window: ComparisonWindow
) -> None:
    window.candidates.show_candidates([(4,), (8,)])
    _type(qtbot, window, "8, 8")
    assert window.candidates.candidates == ((4,), (8,), (8, 8))
    _type(qtbot, window, "16 none 4")
    assert window.candidates.candidates == ((4,), (8,), (8, 8), (16,), ())
    pill = window.candidates._pills[(8,)]
    qtbot.keyClick(pill, Qt.Key.Key_Delete)
    assert window.candidates.candidates == ((4,), (8, 8), (16,), ())


def test_that_what_cannot_be_compared_is_refused_in_place(
    qtbot: QtBot, window: ComparisonWindow
) -> None:
    before = window.candidates.candidates
    _type(qtbot, window, "wide")
    assert window.candidates.candidates == before
    assert window.candidates.line.property("invalid")
    window.start()
    assert not window.is_running
    window.candidates.line.clear()


def test_that_stop_keeps_what_was_measured(qtbot: QtBot, window: ComparisonWindow) -> None:
    window.candidates.show_candidates([(4,)])
    window.form.show_value(FoldSettings(folds=2, epochs=1_000_000))
    qtbot.mouseClick(window.compare_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.model.rowCount() == 1)
    assert window.compare_button.text() == "Stop"
    assert not window.candidates.isEnabled()
    qtbot.mouseClick(window.compare_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.is_running)
    assert "Stopped" in window.said
    assert window.model.rowCount() == 1


def test_that_closing_ends_a_comparison(qtbot: QtBot, window: ComparisonWindow) -> None:
    window.form.show_value(FoldSettings(folds=2, epochs=1_000_000))
    window.start()
    assert window.is_running
    window.close()
    assert not window.is_running


def test_that_escape_closes_it_and_enter_presses_what_has_the_focus(
    qtbot: QtBot, window: ComparisonWindow
) -> None:
    window.compare_button.setFocus()
    qtbot.keyClick(window.compare_button, Qt.Key.Key_Return)
    assert window.is_running
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert not window.is_running


def test_that_the_measure_can_be_changed_afterwards(qtbot: QtBot, window: ComparisonWindow) -> None:
    window.candidates.show_candidates([(4,), (2,)])
    _compare(qtbot, window)
    qtbot.mouseClick(window.measures.pills[Measure.LOSS], Qt.MouseButton.LeftButton)
    assert window.model.measure is Measure.LOSS
    assert "%" not in _cell(window, 0, Column.MEAN)
    assert (
        "loss by fold"
        in str(window.model.headerData(Column.DOTS, Qt.Orientation.Horizontal)).lower()
    )


def test_that_tables_are_copied(qtbot: QtBot, window: ComparisonWindow) -> None:
    window.candidates.show_candidates([(4,), (2,)])
    _compare(qtbot, window)
    window.view.setFocus()
    qtbot.keyClick(window.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "held-out accuracy" in QApplication.clipboard().text()
    window.copy_csv()
    assert QApplication.clipboard().text().startswith("layers,parameters,fold")
    window.copy_picture()
    assert QApplication.clipboard().image().width() > 500


def test_that_a_refusal_is_shown(qtbot: QtBot, window: ComparisonWindow) -> None:
    window.form.show_value(FoldSettings(folds=20, epochs=1))
    few = edited(TINY, training__batch_size=1, data__points=20)
    window._session.propose(few, "Fewer points")
    _compare(qtbot, window)
    assert "folds 20 exceeds the 11 samples" in window.said


def test_that_settings_are_remembered(qtbot: QtBot, session: Session) -> None:
    window = _open(qtbot, session)
    window.form.show_value(FoldSettings(folds=3, epochs=2, seed=5))
    window.candidates.show_candidates([(2,)])
    _compare(qtbot, window)
    window.close()
    again = ComparisonWindow(session, Preferences())
    qtbot.addWidget(again)
    assert again.form.value() == FoldSettings(folds=3, epochs=2, seed=5)


def test_that_a_regression_has_one_measure(qtbot: QtBot, qapp: QApplication) -> None:
    session = Session(checked(ExperimentSpec(data=Plane(points=60))))
    window = _open(qtbot, session)
    assert not window.measures.isVisible()
    window.candidates.show_candidates([(2,)])
    _compare(qtbot, window)
    assert window.model.measure is Measure.LOSS
    window.close()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_it_paints_in_both_themes(
    qtbot: QtBot, window: ComparisonWindow, qapp: QApplication, name: str
) -> None:
    window.candidates.show_candidates([(4,), (2,)])
    _compare(qtbot, window)
    theme().apply(qapp, name)
    assert not window.grab().isNull()
    theme().apply(qapp, "light")


def test_that_tab_goes_through_the_candidates_to_the_line(window: ComparisonWindow) -> None:
    window.candidates.show_candidates([(4,), (8,)])
    first, second = (window.candidates._pills[widths] for widths in ((4,), (8,)))
    assert first.nextInFocusChain() is second
    assert second.nextInFocusChain() is window.candidates.line

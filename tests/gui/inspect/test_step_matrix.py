"""The matrix on the screen: numbers or a heat map, zoom, keys, light, and what is spoken."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.inspect.step.looks import cell_text, positions
from playground.gui.inspect.step.matrix_model import Answer, Verdict
from playground.gui.inspect.step.matrix_view import MatrixView
from playground.gui.palette import LIGHT, gradient_lut, value_lut
from playground.gui.theme import load_fonts, theme
from playground.inspection.operation import Matrix, Role, Shade
from playground.inspection.spelling import Lit


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> MatrixView:
    load_fonts(qapp)
    theme().apply(qapp, "light")
    made = MatrixView()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def focus(qtbot: QtBot, view: MatrixView) -> None:
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.hasFocus)


def matrix(values: NDArray[np.float64], shade: Shade = Shade.GRADIENT) -> Matrix:
    return Matrix("∂L/∂W¹", "W", values, Role.RESULT, shade)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.2316, "+0.232"),
        (-0.0094, "−0.009"),
        (0.000438567, "+4.4e−4"),
        (0.0, "\u20070.000"),
        (float("nan"), "NaN"),
        (-1234567.0, "−1.2e6"),
    ],
)
def test_that_numbers_stand_in_line_and_none_is_hidden_by_rounding(value: float, text: str) -> None:
    assert cell_text(value, 3) == text


def test_that_colours_are_those_of_values_or_of_gradients(view: MatrixView) -> None:
    values = np.array([[-2.0, 0.0, 2.0]])
    assert positions(values).tolist() == [[0, 127, 255]]
    for shade, table in ((Shade.VALUE, value_lut(LIGHT)), (Shade.GRADIENT, gradient_lut(LIGHT))):
        view.show_matrix(matrix(values, shade), 3)
        for column, step in ((0, 0), (2, 255)):
            color = view.heat_map.pixelColor(column, 0)
            assert [color.red(), color.green(), color.blue()] == table[step].tolist()


def test_that_infinite_and_missing_numbers_are_drawn_and_named(view: MatrixView) -> None:
    view.show_matrix(matrix(np.array([[np.nan, np.inf, -np.inf, 1.0]])), 3)
    assert not view.grab().isNull()
    assert view.matrix_model.text(0, 0) == "NaN"
    assert "∞" in view.matrix_model.text(0, 1)


def test_that_a_large_matrix_is_a_heat_map_that_pages_and_zooms(
    qtbot: QtBot, view: MatrixView
) -> None:
    values = np.random.default_rng(0).normal(size=(784, 128))
    view.set_room(420, 240)
    view.show_matrix(matrix(values), 3)
    assert not view.shows_numbers
    assert not view.is_whole
    assert (view.heat_map.width(), view.heat_map.height()) == (128, 784)
    focus(qtbot, view)
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert view.selected is not None
    assert view.selected[0] > 20
    for _ in range(8):
        qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.shows_numbers
    assert view.viewport().rect().intersects(view.cell_rect(*view.selected))
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert not view.shows_numbers
    view.zoom_to_numbers((500, 100))
    assert view.viewport().rect().contains(view.cell_rect(500, 100))


def test_that_arrows_choose_cells_and_copy_takes_the_whole(qtbot: QtBot, view: MatrixView) -> None:
    view.show_matrix(matrix(np.array([[1.0, 2.0], [3.0, 0.1]])), 3)
    focus(qtbot, view)
    with qtbot.waitSignal(view.cell_chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert chosen.args == [(1, 0)]
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.selected == (1, 1)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "1.0\t2.0\n3.0\t0.1"


def test_that_the_pointer_tells_which_cell_it_is_over(qtbot: QtBot, view: MatrixView) -> None:
    view.show_matrix(matrix(np.array([[1.0, 2.0]])), 3)
    center = view.cell_rect(0, 1).center()
    with qtbot.waitSignal(view.cell_pointed) as pointed:
        qtbot.mouseMove(view.viewport(), center + QPoint(1, 1))
    assert pointed.args == [(0, 1)]


def test_that_rows_columns_and_cells_light_up(view: MatrixView) -> None:
    view.show_matrix(matrix(np.zeros((3, 4))), 3)
    view.light((Lit(0, 1, None), Lit(0, None, 2)))
    row, column = (view.lit_rect(lit) for lit in view.lit)
    assert row is not None
    assert column is not None
    assert row == view.cell_rect(1, 0).united(view.cell_rect(1, 3))
    assert column == view.cell_rect(0, 2).united(view.cell_rect(2, 2))
    assert view.lit_rect(Lit(0, 7, 0)) is None


def test_that_screen_readers_are_told_every_cell(view: MatrixView) -> None:
    view.show_matrix(matrix(np.array([[0.25, -0.5]])), 3)
    view.set_mask(np.array([[False, True]]), {})
    model = view.matrix_model
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.data(model.index(0, 0), role) == "∂L/∂W¹[0,0]: +0.250"
    assert model.data(model.index(0, 1), role) == "∂L/∂W¹[0,1]: hidden, type its value"


def test_that_hidden_cells_keep_their_secret_in_colours_too(view: MatrixView) -> None:
    view.show_matrix(matrix(np.array([[1.0, -1.0]])), 3)
    view.set_mask(np.array([[True, True]]), {(0, 1): Answer("-1", Verdict.RIGHT)})
    assert view.heat_map.pixelColor(0, 0).name() == LIGHT.field
    assert view.heat_map.pixelColor(1, 0).name() != LIGHT.field
    assert view.as_text() == "?\t-1.0"
    assert view.matrix_model.text(0, 0) == "?"

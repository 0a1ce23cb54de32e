"""The Circuits tab, driven by keys and clicks as a person would."""

from __future__ import annotations

import random
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.figures.figure import AS_SHOWN, image, svg_bytes
from playground.gui.inspect.circuits import CircuitPanel
from playground.gui.inspect.circuits.expression_bar import ValueBox
from playground.gui.inspect.circuits.placement import Placement
from playground.gui.preferences import Preferences
from playground.gui.session import Session
from playground.gui.teaching_tip import tip_of
from playground.gui.theme import load_fonts, theme
from playground.inspection.circuit.predict import Slip
from playground.inspection.circuit.presets import circuit_names, load_circuit

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def host(qtbot: QtBot, qapp: QApplication) -> Iterator[QWidget]:
    load_fonts(qapp)
    theme().apply(qapp, "light")
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1280, 640)
    yield host
    host.close()


@pytest.fixture
def panel(qtbot: QtBot, host: QWidget) -> CircuitPanel:
    return _panel(qtbot, host)


def _panel(qtbot: QtBot, host: QWidget) -> CircuitPanel:
    panel = CircuitPanel(Mock(spec=Session), Preferences(), host)
    panel.setGeometry(0, 60, 1280, 580)
    panel.controls.setParent(host)
    panel.controls.setGeometry(300, 0, 940, 58)
    host.show()
    qtbot.waitExposed(host)
    panel.show()
    panel.controls.show()
    panel.view.setFocus()
    return panel


def _type(qtbot: QtBot, panel: CircuitPanel, text: str) -> QLineEdit:
    line = next(w for w in panel.findChildren(QLineEdit) if w.accessibleName() == "Expression")
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    return line


def _answer(qtbot: QtBot, panel: CircuitPanel, text: str) -> None:
    line = next(w for w in panel.findChildren(QLineEdit) if w.accessibleName() == "Your answer")
    line.clear()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_that_keys_walk_the_film_both_ways_and_find_every_number(
    qtbot: QtBot, panel: CircuitPanel
) -> None:
    view, model = panel.view, panel.model
    said = []
    for _ in range(len(model.tape) - 1):
        qtbot.keyClick(view, Qt.Key.Key_Right)
        said.append(view.accessibleName())
    assert "q₁ = x + y = 3" in said[0]
    assert "f = q₁ · z = −12" in said[1]
    assert "∂f/∂f = 1" in said[2]
    assert "∂f/∂z = ∂f/∂f × q₁ = 1 × 3 = 3" in said[3]
    assert "∂f/∂x = ∂f/∂q₁ × 1 = (−4) × 1 = −4" in said[4]
    for expected in reversed(said[:-1]):
        qtbot.keyClick(view, Qt.Key.Key_Left)
        assert view.accessibleName() == expected
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert model.now == len(model.tape) - 1
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert model.now == 0
    qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert model.now == 1
    qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert model.now == model.tape.seed
    qtbot.keyClick(view, Qt.Key.Key_Left, SHIFT)
    assert model.now == 1


def test_that_space_plays_to_the_end_and_stops(
    qtbot: QtBot, panel: CircuitPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.controls._timer.setInterval(1)
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    assert panel.controls.is_playing
    qtbot.waitUntil(lambda: not panel.controls.is_playing)
    assert panel.model.now == len(panel.model.tape) - 1


def test_that_a_typed_expression_is_drawn_with_values_kept(
    qtbot: QtBot, panel: CircuitPanel
) -> None:
    line = _type(qtbot, panel, "g = x * y + w")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert panel.model.circuit.variables == ("x", "y", "w")
    assert panel.model.values["x"] == -2
    assert panel.view.hasFocus(), "the arrow keys step at once"
    qtbot.waitUntil(
        lambda: (
            [b.accessibleName() for b in panel.findChildren(ValueBox) if b.isVisible()]
            == ["Value of x", "Value of y", "Value of w"]
        )
    )


def test_that_a_wrong_expression_is_told_while_typing_and_harms_nothing(
    qtbot: QtBot, panel: CircuitPanel
) -> None:
    line = _type(qtbot, panel, "x + __import__")
    assert "cannot be the name of a variable" in panel.expression.problem
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert panel.model.file.expression == "f = (x + y) * z"
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "f = (x + y) * z"
    assert not panel.expression.problem


def test_that_ten_thousand_pasted_characters_are_refused(qtbot: QtBot, panel: CircuitPanel) -> None:
    QGuiApplication.clipboard().setText("x+" * 5_000 + "x")
    line = _type(qtbot, panel, "")
    qtbot.keyClick(line, Qt.Key.Key_V, CONTROL)
    assert "10,001 characters" in panel.expression.problem


def test_that_values_are_typed_stepped_and_undone(qtbot: QtBot, panel: CircuitPanel) -> None:
    box = next(b for b in panel.findChildren(ValueBox) if b.accessibleName() == "Value of x")
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "-0,25")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert panel.model.values["x"] == -0.25
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert panel.model.values["x"] == -0.15
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_Z, CONTROL)
    assert panel.model.values["x"] == -2
    qtbot.keyClick(panel.view, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert panel.model.values["x"] == -0.15
    assert panel.model.numbers.result == pytest.approx((5 - 0.15) * -4)


def test_that_dragging_a_name_scrubs_its_value(qtbot: QtBot, panel: CircuitPanel) -> None:
    box = next(b for b in panel.findChildren(ValueBox) if b.accessibleName() == "Value of y")
    name = next(w for w in panel.expression.findChildren(QWidget) if getattr(w, "_box", 0) is box)
    qtbot.mousePress(name, Qt.MouseButton.LeftButton, pos=QPoint(2, 5))
    qtbot.mouseMove(name, QPoint(14, 5))
    qtbot.mouseRelease(name, Qt.MouseButton.LeftButton, pos=QPoint(14, 5))
    assert panel.model.values["y"] == pytest.approx(5.3)


def test_that_what_is_undefined_is_said_and_nothing_breaks(
    qtbot: QtBot, panel: CircuitPanel
) -> None:
    line = _type(qtbot, panel, "log(x) * y")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    for _ in range(len(panel.model.tape)):
        qtbot.keyClick(panel.view, Qt.Key.Key_Right)
        panel.grab()
    texts = [w.text() for w in panel.caption.findChildren(QWidget) if hasattr(w, "text")]
    assert any("only positive numbers" in text for text in texts)


def test_that_each_slip_is_named_and_the_score_is_kept(qtbot: QtBot, panel: CircuitPanel) -> None:
    model = panel.model
    qtbot.keyClick(panel.view, Qt.Key.Key_P)
    model.go(model.tape.seed + 1)
    assert model.question is not None
    assert "is asked for" in panel.view.accessibleName()
    assert "−4" not in panel.view.accessibleName()
    for typed, slip in (("4", Slip.SIGN), ("1", Slip.FORGOTTEN_LOCAL), ("3", Slip.OWN_VALUE)):
        _answer(qtbot, panel, typed)
        assert panel.quiz.message == slip.value
    _answer(qtbot, panel, "-4")
    assert panel.quiz.message == "Right. And the next?"
    _answer(qtbot, panel, "3")
    assert panel.quiz.message == "Right. Press → to go on."
    assert panel.view.hasFocus()
    assert "∂f/∂z = ∂f/∂f × q₁ = 1 × 3 = 3" in panel.view.accessibleName()
    assert model.score.text == "2 of 2 right, 1 at the first try"


def test_that_a_fork_asks_for_the_sum(qtbot: QtBot, panel: CircuitPanel) -> None:
    panel.model.open(load_circuit("gates-max"))
    panel.model.set_predicts(True)
    qtbot.keyClick(panel.view, Qt.Key.Key_End)
    _answer(qtbot, panel, "3")
    assert panel.quiz.message == Slip.FORGOTTEN_SUM.value
    _answer(qtbot, panel, "6")
    assert panel.model.question is None


def test_that_hints_end_with_the_answer_and_no_point(qtbot: QtBot, panel: CircuitPanel) -> None:
    panel.model.set_predicts(True)
    panel.model.go(panel.model.tape.seed + 1)
    hint = next(b for b in panel.quiz.findChildren(QPushButton) if b.text() == "Hint")
    heard = []
    for _ in range(4):
        qtbot.mouseClick(hint, Qt.MouseButton.LeftButton)
        heard.append(panel.quiz.message)
    assert "upstream × local" in heard[0]
    assert heard[3] == "The gradient is −4."
    assert panel.model.score.right == 0
    assert panel.model.score.tried == 1


def test_that_words_instead_of_a_number_are_not_judged(qtbot: QtBot, panel: CircuitPanel) -> None:
    panel.model.set_predicts(True)
    panel.model.go(panel.model.tape.seed)
    _answer(qtbot, panel, "no idea")
    assert panel.model.score.tried == 0
    assert panel.quiz.message


def test_that_a_click_on_a_gate_goes_to_it(qtbot: QtBot, panel: CircuitPanel) -> None:
    model, view = panel.model, panel.view
    model.go(len(model.tape) - 1)
    multiply = len(model.circuit.nodes) - 1
    center = Placement(model).gates[multiply].center()
    point = (center * view._scale + view._origin).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)
    assert model.step.node == multiply
    assert model.now == model.tape.seed + 1


def test_that_the_tip_is_about_the_gate_under_the_pointer(
    qtbot: QtBot, panel: CircuitPanel
) -> None:
    view = panel.view
    add = Placement(panel.model).gates[3].center()
    point = (add * view._scale + view._origin).toPoint()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, point, view.mapToGlobal(point)))
    tip = tip_of(view)
    assert tip is not None
    assert tip.title == "Addition: distributes"
    assert "q₁ = x + y" in tip.text


def test_that_the_whole_circuit_is_a_figure_at_any_zoom(panel: CircuitPanel) -> None:
    panel.view.zoom(2.5)
    figure = panel.view.figure()
    pixels = image(figure, AS_SHOWN)
    assert not pixels.isNull()
    assert pixels.width() >= figure.size.width()
    assert b"<svg" in svg_bytes(figure, AS_SHOWN)


def test_that_the_picture_zooms_and_fits(qtbot: QtBot, panel: CircuitPanel) -> None:
    view = panel.view
    fitted = view._scale
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view._scale == pytest.approx(fitted * 1.2)
    view.zoom(1e6, QPointF(3, 3))
    assert view._scale <= 3
    qtbot.keyClick(view, Qt.Key.Key_F)
    assert view._scale == pytest.approx(fitted)


def test_that_the_print_goes_to_the_clipboard(qtbot: QtBot, panel: CircuitPanel) -> None:
    qtbot.keyClick(panel.view, Qt.Key.Key_C, CONTROL)
    assert "∂f/∂z = ∂f/∂f × q₁ = 1 × 3 = 3" in QGuiApplication.clipboard().text()


def test_that_the_last_circuit_is_remembered_and_a_damaged_one_forgotten(
    qtbot: QtBot, host: QWidget
) -> None:
    first = _panel(qtbot, host)
    first.model.open(load_circuit("gates-tanh"))
    again = _panel(qtbot, host)
    assert again.model.file.expression == load_circuit("gates-tanh").expression
    assert not again.model.undo_stack.canUndo()
    Preferences().remember("inspect.circuit", '{"expression": "9**9**9"}')
    assert _panel(qtbot, host).model.file.expression == "f = (x + y) * z"


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_every_moment_of_every_circuit_is_painted(
    qtbot: QtBot, qapp: QApplication, panel: CircuitPanel, name: str
) -> None:
    theme().apply(qapp, name)
    # Qt's warnings fail a test: grabbing is enough.
    for circuit in circuit_names():
        panel.model.open(load_circuit(circuit))
        for now in sorted(random.Random(0).sample(range(len(panel.model.tape)), 4)):
            panel.model.go(now)
            assert not panel.grab().isNull()


def test_that_numbers_and_gates_do_not_cover_each_other(panel: CircuitPanel) -> None:
    for circuit in circuit_names():
        panel.model.open(load_circuit(circuit))
        place = Placement(panel.model)
        chips = [r for wire in place.wires for r in (wire.value, wire.gradient)]
        for index, chip in enumerate(chips):
            others = [*chips[index + 1 :], *place.gates]
            assert not any(chip.intersects(other) for other in others), circuit

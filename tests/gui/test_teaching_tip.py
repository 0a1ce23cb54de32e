"""Tips that teach, and the formulas in them."""

from __future__ import annotations

import typing
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from playground.data.registry import DATASETS
from playground.data.scaling import AnyScaling
from playground.engine.activations import ELU, AnyActivation
from playground.engine.class_weights import AnyClassWeights
from playground.engine.clipping import AnyClipping
from playground.engine.initializers import AnyInitializer
from playground.engine.layers import Dense
from playground.engine.losses import AnyLoss
from playground.engine.optimizers import Adam, AnyOptimizer, Momentum, RMSProp
from playground.engine.regularizers import L2, AnyRegularizer
from playground.engine.schedules import AnySchedule
from playground.gui import formula
from playground.gui.editors.base import TagCombo
from playground.gui.formula import FormulaLabel, lines_of, readable, typeset
from playground.gui.teaching_tip import option_tip, set_item_tip, set_option_tip, set_tip, tip_of
from playground.schema.describe import tag_of

UNIONS = (
    AnyActivation,
    AnyLoss,
    AnyOptimizer,
    AnySchedule,
    AnyRegularizer,
    AnyClipping,
    AnyInitializer,
    AnyScaling,
    AnyClassWeights,
)
OPTIONS: tuple[type[Any], ...] = (
    *(option for union in UNIONS for option in typing.get_args(union)),
    *DATASETS,
    Dense,
)

FORMULAS = sorted(
    {
        line
        for option in OPTIONS
        for formula in (option.formula, getattr(option, "derivative_formula", ""))
        for line in lines_of(formula)
    }
)


# --- formulas ---


@pytest.mark.parametrize("line", FORMULAS)
def test_that_every_formula_can_be_typeset_and_drawn(line: str, qapp: QApplication) -> None:
    renderer = QSvgRenderer(QByteArray(typeset(line).encode()))
    assert renderer.isValid()
    assert renderer.defaultSize().width() > 20
    assert 10 < renderer.defaultSize().height() < 200
    plain = readable(line)
    assert plain
    assert "\\" not in plain
    assert plain.count("(") == plain.count(")")


def test_that_formulas_read_well_in_plain_characters() -> None:
    assert readable(r"f(z) = \frac{1}{1 + e^{-z}}") == "f(z) = 1/(1 + e^(-z))"
    assert readable(r"\theta \leftarrow \theta - \eta g") == "θ ← θ - η g"
    assert readable(ELU.formula) == "f(z) = z if z > 0; α (e^z - 1) if z ≤ 0"
    assert readable(L2.formula) == "λ/2 Σw²"


def test_that_a_formula_is_text_until_it_is_typeset(qtbot: QtBot) -> None:
    # Typesetting waits, however quick it is.
    with formula._lock:
        label = FormulaLabel(r"q = \frac{1}{1 + \sqrt{2 + x^{17}}}")
        qtbot.addWidget(label)
        label.show()
        assert label.accessibleName() == "q = 1/(1 + √(2 + x¹⁷))"
        before = label.sizeHint()
    qtbot.waitUntil(lambda: label.is_typeset)
    assert label.sizeHint() != before
    assert not label.grab().isNull()


def test_that_a_formula_that_cannot_be_typeset_stays_text(qtbot: QtBot) -> None:
    label = FormulaLabel(r"\frac{1}")
    qtbot.addWidget(label)
    label.show()
    with pytest.raises(ValueError, match="cannot be typeset"):
        typeset(r"\frac{1}")
    assert not label.is_typeset
    assert not label.grab().isNull()


# --- tips ---


def visible_card(widget: Any) -> str:
    """Return the texts of the card that is shown for something in a window, or ""."""
    for card in widget.window().findChildren(object, "teaching_tip"):
        if card.isVisible():
            return "\n".join(label.text() for label in card.findChildren(QLabel))
    return ""


def tipped_button(qtbot: QtBot) -> QPushButton:
    button = QPushButton("Play")
    qtbot.addWidget(button)
    set_tip(button, "Play", "Train until paused.", r"\eta > 0", shortcut="Space")
    with qtbot.waitExposed(button):
        button.show()
    return button


def test_that_a_tip_reaches_screen_readers_and_plain_tooltips(qtbot: QtBot) -> None:
    button = tipped_button(qtbot)
    assert button.toolTip() == "Play (Space)\nTrain until paused.\nη > 0"
    assert button.accessibleDescription() == "Play (Space). Train until paused. η > 0."


def test_that_a_tip_opens_under_the_pointer_and_leaves_with_it(qtbot: QtBot) -> None:
    button = tipped_button(qtbot)
    place = QPoint(5, 5)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, button.mapToGlobal(place))
    QApplication.sendEvent(button, event)
    assert "Train until paused." in visible_card(button)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert visible_card(button) == ""


def test_that_shift_f1_opens_a_tip_and_escape_closes_it(qtbot: QtBot) -> None:
    button = tipped_button(qtbot)
    qtbot.keyClick(button, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert "Space" in visible_card(button)
    set_tip(button, "Pause", "Stop after this step.")
    assert "Stop after this step." in visible_card(button), "an open card follows"
    qtbot.keyClick(button, Qt.Key.Key_Escape)
    assert visible_card(button) == ""


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.__name__)
def test_that_every_option_has_a_card_that_teaches(qtbot: QtBot, option: type[Any]) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    set_option_tip(button, option())
    with qtbot.waitExposed(button):
        button.show()
    qtbot.keyClick(button, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    tip = tip_of(button)
    assert tip is not None
    assert tip.text.endswith(".")
    assert tip.text in visible_card(button)
    (card,) = button.findChildren(object, "teaching_tip")
    assert not card.grab().isNull()


def test_that_the_card_of_an_optimizer_states_its_memory_and_tunables() -> None:
    assert option_tip(Adam).text.endswith("\n8 bytes of memory per parameter · 3 tunables.")
    assert option_tip(RMSProp(centered=True)).text.endswith(
        "\n" + RMSProp(centered=True).needs + "."
    )


def test_that_a_highlighted_entry_of_a_list_shows_its_card(qtbot: QtBot) -> None:
    combo = TagCombo()
    qtbot.addWidget(combo)
    for option in (Momentum, Adam):
        combo.add(tag_of(option), option.title)
        set_item_tip(combo, combo.count() - 1, option_tip(option))
    with qtbot.waitExposed(combo):
        combo.show()
    combo.showPopup()
    qtbot.keyClick(combo.view(), Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "almost untuned" in visible_card(combo.view()))
    combo.hidePopup()
    assert visible_card(combo.view()) == ""

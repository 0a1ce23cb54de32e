"""A training and the panel that inspects it, without the rest of the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.gui.formula import typesetter
from playground.gui.inspect.step_panel import StepPanel
from playground.gui.preferences import Preferences
from playground.gui.session import Session
from playground.gui.theme import load_fonts, theme
from playground.training.messages import StateTaken


class Bench:
    """A session with a panel in a window of 1280 × 720."""

    def __init__(self, qtbot: QtBot, preset: str) -> None:
        self.qtbot = qtbot
        self.session = Session(load_experiment(preset))
        with qtbot.waitSignal(self.session.loaded):
            self.session.start()
        self.panel = StepPanel(self.session, Preferences())
        self.window = QWidget()
        qtbot.addWidget(self.window)
        column = QVBoxLayout(self.window)
        column.addWidget(self.panel.controls)
        column.addWidget(self.panel, 1)
        self.window.resize(1280, 720)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.wait()

    def wait(self) -> None:
        """Wait until there is a step to walk through, and give it the keys."""
        self.qtbot.waitUntil(lambda: self.panel.inspector.is_open)
        self.panel.setFocus()

    def leave(self) -> None:
        """Go elsewhere."""
        self.panel.hide()

    def enter(self) -> None:
        """Come back."""
        self.panel.show()
        self.qtbot.waitUntil(lambda: not self.panel._is_entering)
        self.wait()

    def state(self) -> dict[str, Any]:
        """Return the state of the training."""
        answers: list[StateTaken] = []
        self.session.take_state(answers.append)
        self.qtbot.waitUntil(lambda: bool(answers))
        assert answers[0].state is not None
        return answers[0].state

    @property
    def numbers(self) -> NDArray[np.float64]:
        """What the box of the result shows."""
        return self.panel.view.card.row.result.view.matrix_model.values

    def press(self, key: Any, *modifiers: Any) -> None:
        """Press a key where the keyboard is."""
        self.qtbot.keyClick(QApplication.focusWidget() or self.panel, key, *modifiers)


@contextmanager
def bench(qtbot: QtBot, application: QApplication, preset: str = "mazur") -> Iterator[Bench]:
    """Give a bench, and end its training afterwards."""
    load_fonts(application)
    if not theme().choice:
        theme().apply(application, "light")
    made = Bench(qtbot, preset)
    try:
        yield made
    finally:
        made.window.close()
        made.session.close()
        typesetter().stop()

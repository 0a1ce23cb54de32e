"""Predict mode at the keyboard: cells that open one after another, hints, whole matrices."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from playground.gui.inspect.step.inspector import Inspector
from playground.gui.inspect.step.predictor import Predictor
from playground.gui.inspect.step.screen import StepScreen

__all__ = ["PredictControl"]


class PredictControl(QObject):
    """Passes answers on to the predictor, and what it says on to the screen.

    Signals
    -------
    left()
        Nothing is to be typed any more: the keys are steps again.
    """

    left = Signal()

    def __init__(
        self, inspector: Inspector, predictor: Predictor, screen: StepScreen, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._inspector, self._predictor, self._screen = inspector, predictor, screen
        screen.card.answered.connect(self._on_answered)
        screen.predict.hint_requested.connect(self.give_hint)
        screen.predict.answer_typed.connect(self._on_whole_answer)
        screen.predict.rest_requested.connect(self._show_rest)
        predictor.said.connect(screen.predict.say)
        predictor.changed.connect(self._show_answers)

    def invite(self) -> None:
        """Say what there is to do."""
        self._screen.predict.say(
            "muted", "", "Work it out, and type it into the cells. H gives a hint."
        )

    def fill_in(self) -> None:
        """Open the chosen cell to be typed into, or the next one that is hidden."""
        if not self._inspector.is_open:
            return
        operation, cell = self._inspector.operation, self._inspector.cell
        if not self._predictor.is_open(operation, cell):
            following = self._predictor.next_open(operation, cell)
            if following is None:
                return
            cell = following
            self._inspector.choose(cell)
        self._screen.card.row.result.view.fill_in(cell)

    def give_hint(self) -> None:
        """Say a little more about the chosen cell."""
        if self._inspector.is_open and self._predictor.is_on:
            decimals = self._inspector.settings.decimals
            self._predictor.give_hint(self._inspector.operation, self._inspector.cell, decimals)

    def _on_answered(self, row: int, column: int, text: str) -> None:
        operation = self._inspector.operation
        if not self._predictor.answer(operation, (row, column), text):
            return
        following = self._predictor.next_open(operation, (row, column))
        if following is None:
            self.left.emit()
            return
        self._inspector.choose(following)
        # After the editor that has just been left is gone.
        QTimer.singleShot(0, self, self.fill_in)

    def _on_whole_answer(self, text: str) -> None:
        if self._inspector.is_open and self._predictor.answer_all(self._inspector.operation, text):
            self._screen.predict.clear_line()
            self.left.emit()

    def _show_rest(self) -> None:
        if self._inspector.is_open:
            self._predictor.show_rest(self._inspector.operation)

    def _show_answers(self) -> None:
        if self._inspector.is_open:
            self._screen.show_mask()
            self._screen.show_cell()

"""Predict mode: which cells are hidden, what was answered, which hint comes next."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from playground.gui.inspect.step.matrix_model import Answer, Cell, Verdict
from playground.inspection.operation import Notation, Operation, Product
from playground.inspection.predict import (
    HINTS,
    Judge,
    Judgement,
    NotANumber,
    Score,
    hint,
    parse_number,
)
from playground.inspection.tape import Recording

__all__ = ["Predictor", "parse_matrix"]

MOST_NUMBERS = 2000


class Predictor(QObject):
    """Holds the answers about one recording, and the score of the session.

    Everything is kept with rows as samples; cells come and go as they are shown.

    Signals
    -------
    changed()
        Other cells are hidden, or answers were given.
    said(str, str, str)
        Something is to be told: look (good, warning, danger, muted), title, message.
    """

    changed = Signal()
    said = Signal(str, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = False
        self.score = Score()
        self._judge: Judge | None = None
        self._step = 0
        self._answers: dict[str, dict[Cell, Answer]] = {}
        self._hints: dict[tuple[str, Cell], int] = {}

    def set_on(self, on: bool) -> None:
        """Hide cells, or show everything again."""
        if on != self.is_on:
            self.is_on = on
            self.changed.emit()

    def show_recording(self, recording: Recording | None, step: int, figures: int) -> None:
        """Forget the answers about another step; the score stays."""
        same = self._judge is not None and self._judge.recording is recording
        if recording is None:
            self._judge = None
        elif not same or (self._judge is not None and self._judge.figures != figures):
            self._judge = Judge(recording, figures)
        if not same:
            self._answers, self._hints = {}, {}
        self._step = step

    # --- what is hidden ---

    def hides(self, operation: Operation) -> bool:
        """Return whether results of an operation are hidden until they are answered."""
        return self.is_on and operation.product is not Product.GIVEN

    def mask(self, operation: Operation) -> NDArray[np.bool_] | None:
        """Return which cells ask for an answer, as shown, or ``None`` if none does."""
        return np.ones(operation.result.shape, bool) if self.hides(operation) else None

    def answers(self, operation: Operation) -> dict[Cell, Answer]:
        """Return what was answered, by cells as shown."""
        kept = self._answers.get(operation.key, {})
        return {_turned(operation, cell): answer for cell, answer in kept.items()}

    def is_done(self, operation: Operation) -> bool:
        """Return whether nothing of an operation is hidden any more."""
        return not self.hides(operation) or self.open_count(operation) == 0

    def is_open(self, operation: Operation, cell: Cell) -> bool:
        """Return whether a cell is still hidden."""
        if not self.hides(operation):
            return False
        answer = self._answers.get(operation.key, {}).get(_turned(operation, cell))
        return answer is None or answer.verdict is Verdict.WRONG

    def open_count(self, operation: Operation) -> int:
        """Return how many cells are still hidden."""
        if not self.hides(operation):
            return 0
        kept = self._answers.get(operation.key, {}).values()
        done = sum(answer.verdict is not Verdict.WRONG for answer in kept)
        rows, columns = operation.result.shape
        return rows * columns - done

    def next_open(self, operation: Operation, after: Cell) -> Cell | None:
        """Return the next hidden cell in reading order, from the start again at the end."""
        rows, columns = operation.result.shape
        start = after[0] * columns + after[1]
        for step in range(1, rows * columns + 1):
            place = (start + step) % (rows * columns)
            cell = (place // columns, place % columns)
            if self.is_open(operation, cell):
                return cell
        return None

    # --- answers ---

    def answer(self, operation: Operation, cell: Cell, text: str) -> bool:
        """Judge what was typed into a cell; return whether it is right."""
        if self._judge is None or not self.is_open(operation, cell):
            return False
        try:
            typed = parse_number(text)
        except NotANumber as error:
            self.said.emit("warning", "Not a number", str(error))
            self.changed.emit()
            return False
        judgement = self._judge.cell(operation, *cell, typed)
        self._keep(operation, cell, text, judgement.is_right)
        self._tell(operation, judgement)
        self.changed.emit()
        return judgement.is_right

    def answer_all(self, operation: Operation, text: str) -> bool:
        """Judge a whole matrix that was typed; return whether all of it is right."""
        if self._judge is None or not self.hides(operation):
            return False
        try:
            texts, typed = parse_matrix(text, operation.result.shape)
        except NotANumber as error:
            self.said.emit("warning", "Not a matrix", str(error))
            return False
        judgement, right = self._judge.matrix(operation, typed)
        if typed.shape == right.shape:
            for row, column in np.ndindex(*typed.shape):
                cell = (row, column)
                if not np.isnan(typed[cell]) and self.is_open(operation, cell):
                    self._keep(operation, cell, texts[row][column], bool(right[cell]))
        self._tell(operation, judgement)
        self.changed.emit()
        return judgement.is_right

    def give_hint(self, operation: Operation, cell: Cell, decimals: int) -> None:
        """Say a little more about a cell than the last time; at last, the answer."""
        if not self.is_open(operation, cell):
            following = self.next_open(operation, cell)
            if following is None:
                return
            cell = following
        key = (operation.key, _turned(operation, cell))
        level = self._hints.get(key, 0)
        self._hints[key] = level + 1
        text = hint(operation, *cell, level, max(decimals, 4))
        number = min(level, len(HINTS) - 1)
        if HINTS[number] == "answer":
            self.show_answer(operation, cell)
        title = f"Hint {number + 1} of {len(HINTS)}: {HINTS[number]}"
        self.said.emit("muted", title, text)

    def show_answer(self, operation: Operation, cell: Cell) -> None:
        """Give a cell up, and show what it holds."""
        if self.is_open(operation, cell):
            at = _turned(operation, cell)
            self._answers.setdefault(operation.key, {})[at] = Answer("", Verdict.SHOWN)
            self.score.give_up(self._step, operation.key, *at)
            self.changed.emit()

    def show_rest(self, operation: Operation) -> None:
        """Show all cells that are still hidden. Those never tried do not count."""
        kept = self._answers.setdefault(operation.key, {})
        for row, column in np.ndindex(*operation.result.shape):
            at = _turned(operation, (row, column))
            if self.is_open(operation, (row, column)):
                if at in kept:
                    self.score.give_up(self._step, operation.key, *at)
                kept[at] = Answer("", Verdict.SHOWN)
        self.said.emit("muted", "", "Shown. What you had not tried does not count.")
        self.changed.emit()

    def _keep(self, operation: Operation, cell: Cell, text: str, is_right: bool) -> None:
        verdict = Verdict.RIGHT if is_right else Verdict.WRONG
        at = _turned(operation, cell)
        self._answers.setdefault(operation.key, {})[at] = Answer(text, verdict)
        self.score.tried(self._step, operation.key, *at, is_right)

    def _tell(self, operation: Operation, judgement: Judgement) -> None:
        if not judgement.is_right:
            self.said.emit("danger", "✗ Not yet", judgement.message)
        elif self.is_done(operation):
            self.said.emit("good", "✓ Done", f"{operation.symbol} is complete. → goes on.")
        else:
            left = self.open_count(operation)
            cells = "cell is" if left == 1 else "cells are"
            self.said.emit("good", "✓ Right", f"{left} more {cells} hidden.")


def _turned(operation: Operation, cell: Cell) -> Cell:
    """Return a shown cell with rows as samples, and the other way round."""
    return cell if operation.notation is Notation.ROWS else cell[::-1]


def parse_matrix(text: str, shape: tuple[int, int]) -> tuple[list[list[str]], NDArray[np.float64]]:
    """Read a matrix: numbers separated by spaces, rows by semicolons or line ends.

    A ``?`` stands for a cell that is left open. All numbers in one row fit any shape of as many
    cells.

    Returns
    -------
    texts
        What was typed, cell by cell.
    values
        Their values, NaN for ``?``.

    Raises
    ------
    NotANumber
        If something is no number, or the rows have different lengths.
    """
    bare = text.replace("[", " ").replace("]", " ").replace("(", " ").replace(")", " ")
    rows = [row.split() for row in re.split(r"[;\n]", bare) if row.strip()]
    count = sum(map(len, rows))
    if not rows or count > MOST_NUMBERS:
        raise NotANumber(
            f"expected from 1 to {MOST_NUMBERS} numbers such as 0.23 -0.01; 0.45 0.12, got {count}"
        )
    if len(rows) == 1 and count == shape[0] * shape[1]:
        rows = [rows[0][at : at + shape[1]] for at in range(0, count, shape[1])]
    if len({len(row) for row in rows}) > 1:
        lengths = ", ".join(str(len(row)) for row in rows)
        raise NotANumber(f"the rows have different lengths ({lengths}); make them equally long")
    values = np.array([[np.nan if t == "?" else parse_number(t) for t in row] for row in rows])
    return rows, values

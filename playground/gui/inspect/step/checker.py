"""Gradient checks beside the screen: of the cell that is looked at, and of the whole tape."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from playground.engine.arithmetic import number_text
from playground.gui.inspect.step.background import Background
from playground.gui.inspect.step.matrix_model import Cell
from playground.gui.inspect.step.tape_chip import Mark
from playground.inspection.check import HAPPY, UNEASY, CellCheck, Verdict, check_all, check_cell
from playground.inspection.operation import Notation, Operation
from playground.inspection.tape import Recording
from playground.training.jobs import Progress

__all__ = ["Checker", "cell_text", "mark_of"]

REST_MILLISECONDS = 60
"""How long a cell must be looked at before it is checked, so that stepping stays quick."""

_MARKS = {
    "happy": Mark.GOOD,
    "fine with kinks": Mark.KINKS,
    "uneasy": Mark.UNEASY,
    "wrong": Mark.WRONG,
}


class Checker(QObject):
    """Works out central differences in the background.

    Signals
    -------
    cell_checked(object)
        The :class:`CellCheck` of the cell that is looked at.
    verdicts_changed()
        More gradients of the tape have a verdict.
    progressed(object, str)
        How far checking everything is, from 0 to 1, or ``None`` when it has ended.
    """

    cell_checked = Signal(object)
    verdicts_changed = Signal()
    progressed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._verdicts: dict[str, Verdict] = {}
        self._recording: Recording | None = None
        self._wanted: tuple[Operation, Cell] | None = None
        self._cell_job, self._tape_job = Background(self), Background(self)
        self._tape_job.progressed.connect(self._take)
        self._tape_job.busy_changed.connect(self._on_busy)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self._check_cell)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """What is known of the tape, by keys of operations."""
        return self._verdicts

    @property
    def marks(self) -> dict[str, Mark]:
        """The same as marks for the tape."""
        return {key: mark_of(verdict) for key, verdict in self._verdicts.items()}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being checked, nor about to be."""
        jobs = (self._cell_job, self._tape_job)
        return not self._rest.isActive() and not any(job.is_busy for job in jobs)

    def show_recording(self, recording: Recording | None) -> None:
        """Forget the verdicts of another step."""
        if recording is self._recording:
            return
        self.stop()
        self._recording, self._verdicts = recording, {}

    def look_at(self, operation: Operation, cell: Cell) -> None:
        """Check a cell as it is shown, once it has been looked at for a moment."""
        self._wanted = (operation, cell) if operation.is_gradient else None
        self._rest.start()

    def check_all(self) -> None:
        """Check every gradient of the tape, with progress."""
        recording = self._recording
        if recording is None or self._tape_job.is_busy:
            return

        def work(progress: Progress) -> None:
            # All there are each time: of several reports only the latest arrives.
            found: dict[str, Verdict] = {}
            for done in check_all(recording):
                found[done.verdict.key] = done.verdict
                progress.report(done.done / done.total, done.verdict.symbol, dict(found))

        self._verdicts = {}
        self._tape_job.run("check all gradients", work, lambda _: None)

    def stop(self) -> None:
        """End what is being worked out."""
        self._rest.stop()
        self._wanted = None
        self._cell_job.stop()
        self._tape_job.stop()

    def _check_cell(self) -> None:
        recording, wanted = self._recording, self._wanted
        if recording is None or wanted is None:
            return
        operation, cell = wanted
        row, column = cell if operation.notation is Notation.ROWS else cell[::-1]

        def told(checked: CellCheck) -> None:
            if self._wanted is wanted:
                self.cell_checked.emit(checked)

        self._cell_job.run(
            "gradient check", lambda _: check_cell(recording, operation, row, column), told
        )

    def _take(self, share: float, symbol: str, found: dict[str, Verdict]) -> None:
        self._verdicts = found
        self.verdicts_changed.emit()
        self.progressed.emit(share, f"Checking {symbol}")

    def _on_busy(self, busy: bool) -> None:
        self.progressed.emit(0.0 if busy else None, "Checking gradients")


def mark_of(verdict: Verdict | CellCheck) -> Mark:
    """Return the mark for a verdict."""
    # What is left is a stand-in for a slope, or nothing but kinks: neither right nor wrong.
    return _MARKS.get(verdict.words, Mark.CROSSED)


def cell_text(checked: CellCheck, decimals: int) -> str:
    """Return what the check of a cell says, with its figures."""
    numeric = number_text(checked.numeric, max(decimals, 6))
    figures = f"central difference, h = {_power(checked.step)}: {numeric}"
    if checked.crossed_kink:
        return f"{figures} · a kink lies within h, so that there is no slope to compare with"
    error = f"relative error {checked.relative_error:.1e}"
    words = checked.words
    bounds = {"happy": f"≤ {_power(HAPPY)}", "fine with kinks": f"≤ {_power(UNEASY)}"}
    bound = bounds.get(words, "")
    return f"{figures} · {error} (“{words}”{f' {bound}' if bound else ''})"


def _power(value: float) -> str:
    """Write a small number shortly: ``1e-5``."""
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}"

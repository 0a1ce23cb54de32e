"""One computation at a time beside the screen, looked at with a timer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from playground.training.jobs import Cancelled, Failed, Finished, Job, Progress, Progressed

__all__ = ["Background"]

POLL_MILLISECONDS = 15


class Background(QObject):
    """Runs jobs one after another; a new one ends the one before.

    Signals
    -------
    progressed(float, str, object)
        Share from 0 to 1, what is being done, and what there is of the result.
    busy_changed(bool)
        A job has begun, or none is left.
    failed(str, str)
        Message and, for a mistake of ours, traceback.
    """

    progressed = Signal(float, str, object)
    busy_changed = Signal(bool)
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Job[Any] | None = None
        self._then: Callable[[Any], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self._look)

    @property
    def is_busy(self) -> bool:
        """Whether a job runs."""
        return self._job is not None

    def run(self, name: str, task: Callable[[Progress], Any], then: Callable[[Any], None]) -> None:
        """Start a job; ``then`` is called with its result, from the event loop."""
        self.stop()
        self._then = then
        self._job = Job(name, task)
        self._job.start()
        self._timer.start()
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Ask the job to end, and stay busy until it has: it may still hold what it works on."""
        if self._job is not None:
            self._job.cancel()

    def stop(self) -> None:
        """Ask the job to end; its result is dropped."""
        job, self._job = self._job, None
        if job is not None:
            self._timer.stop()
            job.cancel()
            self.busy_changed.emit(False)

    def wait(self) -> None:
        """Wait until the job has ended, and take its result."""
        if self._job is not None:
            self._job.wait()
            self._look()

    def _look(self) -> None:
        job = self._job
        if job is None:
            return
        for event in job.poll():
            match event:
                case Progressed(share, text, partial):
                    self.progressed.emit(share, text, partial)
                case Finished(result):
                    self._end()
                    if self._then is not None:
                        self._then(result)
                case Cancelled():
                    self._end()
                case Failed(message, trace):
                    self._end()
                    self.failed.emit(message, trace)

    def _end(self) -> None:
        self._job = None
        self._timer.stop()
        self.busy_changed.emit(False)

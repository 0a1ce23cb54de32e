"""Files are read and written beside the window; what comes of it arrives in the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from playground.experiment.presets import ExperimentFileError
from playground.experiment.project_file import ProjectFileError
from playground.files import FileNotWritten
from playground.training.jobs import Failed, Finished, Job, JobRefused

__all__ = ["FileJobs"]

_LOOK_MILLISECONDS = 15
Result = TypeVar("Result")


class FileJobs(QObject):
    """Runs short jobs with files, each in a thread, and tells how they ended."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[tuple[Job[Any], Callable[[Any], object], Callable[[str], object]]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._look)

    @property
    def are_running(self) -> bool:
        """Whether something is being read or written."""
        return bool(self._running)

    def start(
        self,
        name: str,
        task: Callable[[], Result],
        done: Callable[[Result], object],
        failed: Callable[[str], object],
    ) -> None:
        """Start a job.

        Parameters
        ----------
        name
            What it does, for the name of the thread.
        task
            Called in the thread; must touch nothing of the window.
        done, failed
            Called from the event loop, with the result or with what went wrong, in words.
        """

        def carry_out(_: object) -> Result:
            try:
                return task()
            except (ExperimentFileError, FileNotWritten, ProjectFileError) as error:
                raise JobRefused(str(error)) from error

        job = Job(name, carry_out)
        self._running.append((job, done, failed))
        job.start()
        self._timer.start()

    def finish(self, seconds: float = 10.0) -> None:
        """Wait until everything is written, and tell how it ended."""
        for job, _, _ in self._running:
            job.wait(seconds)
        self._look()

    def _look(self) -> None:
        for entry in list(self._running):
            job, done, failed = entry
            for event in job.poll():
                match event:
                    case Finished(result):
                        self._running.remove(entry)
                        done(result)
                    case Failed(message):
                        self._running.remove(entry)
                        failed(message)
        if not self._running:
            self._timer.stop()

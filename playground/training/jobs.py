"""Long computations beside the training: a thread each, with progress and cancel. Free of Qt.

A job is a function that is given a :class:`Progress`. It reports how far it is, and each report is
where it can be cancelled; what it returns is the result. The screen looks at :meth:`Job.poll` with
a timer of its own, so that nothing is ever called from another thread::

    job = Job("range test", lambda progress: rate_range(spec, progress))
    job.start()
    ...
    for event in job.poll():
        match event:
            case Progressed(share, text, partial): ...
            case Finished(result): ...
            case Cancelled(): ...
            case Failed(message, traceback): ...
"""

from __future__ import annotations

import threading
import traceback as tracebacks
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from playground.data.dataset import DataError
from playground.schema.validation import InvalidValue

Result = TypeVar("Result")

STOP_SECONDS = 5.0
"""How long :meth:`Job.stop` waits for a job that is to end."""


class JobRefused(Exception):
    """A job cannot be done as asked. The message says why, and what would help."""


class _CancelledHere(BaseException):
    """Unwinds a cancelled job. Not an ``Exception``: no handler of the job should catch it."""


@dataclass(frozen=True, slots=True)
class Progressed:
    """A job has come further.

    Attributes
    ----------
    share
        How much is done, from 0 to 1.
    text
        What is being done, in a few words, or "".
    partial
        What there is of the result so far, never changed afterwards, or ``None``.
    """

    share: float
    text: str = ""
    partial: Any = None


@dataclass(frozen=True, slots=True)
class Finished(Generic[Result]):
    """A job is done."""

    result: Result


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A job has ended because it was told to."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A job could not be done.

    Attributes
    ----------
    message
        For a person to read.
    traceback
        Where an unexpected error came from; "" where the message says all.
    """

    message: str
    traceback: str = ""


JobEvent = Progressed | Finished[Any] | Cancelled | Failed


class Progress:
    """What a job tells, and where it learns that it is to end.

    Made by :class:`Job`; on its own it serves callers that compute in their own thread.

    Parameters
    ----------
    told
        Called with each report, in the thread of the computation.
    """

    def __init__(self, told: Callable[[Progressed], None] | None = None) -> None:
        self._told = told
        self._cancelled = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        """Whether the job was told to end."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Let the next report or check end the job. May be called from any thread."""
        self._cancelled.set()

    def check(self) -> None:
        """End the job here if it was told to; cheap enough for an inner loop."""
        if self._cancelled.is_set():
            raise _CancelledHere

    def report(self, share: float, text: str = "", partial: Any = None) -> None:
        """Tell how far the job is; end it here if it was told to.

        Parameters
        ----------
        share
            How much is done, from 0 to 1.
        text
            What is being done, in a few words.
        partial
            What there is of the result so far. It is handed to another thread: never change it.
        """
        self.check()
        if self._told is not None:
            self._told(Progressed(min(max(share, 0.0), 1.0), text, partial))


class Job(Generic[Result]):
    """One computation in a thread of its own.

    Parameters
    ----------
    name
        What the job is, such as ``range test``; the thread is named after it.
    task
        Computes the result. :class:`JobRefused`, ``DataError`` and ``InvalidValue`` count as
        answers for a person; any other exception as a mistake of ours, kept with its traceback.
    """

    def __init__(self, name: str, task: Callable[[Progress], Result]) -> None:
        self._task = task
        self._lock = threading.Lock()
        self._latest: Progressed | None = None
        self._end: JobEvent | None = None
        self._progress = Progress(self._keep)
        self._thread = threading.Thread(target=self._run, name=f"job: {name}", daemon=True)

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Ask the job to end at its next report; returns at once."""
        self._progress.cancel()

    def stop(self, timeout: float = STOP_SECONDS) -> bool:
        """Ask the job to end and wait for it.

        Returns
        -------
        bool
            Whether it ended within ``timeout`` seconds.
        """
        self.cancel()
        return self.wait(timeout)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the job to end by itself; return whether it did within ``timeout`` seconds."""
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def poll(self) -> tuple[JobEvent, ...]:
        """Return what is new since the last call.

        Of several reports only the latest is kept, so that a slow screen never queues them. How
        the job ended is never skipped, comes last, and comes once.
        """
        with self._lock:
            events = tuple(event for event in (self._latest, self._end) if event is not None)
            self._latest = self._end = None
            return events

    def _keep(self, progressed: Progressed) -> None:
        with self._lock:
            self._latest = progressed

    def _run(self) -> None:
        end: JobEvent
        try:
            end = Finished(self._task(self._progress))
        except _CancelledHere:
            end = Cancelled()
        except (JobRefused, DataError, InvalidValue) as error:
            end = Failed(str(error))
        except Exception as error:
            end = Failed(str(error) or type(error).__name__, tracebacks.format_exc())
        with self._lock:
            self._end = end

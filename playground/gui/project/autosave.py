"""What is not saved yet is kept once a minute, and found again after a crash.

Each window keeps one file in the user's data folder, and holds a lock beside it for as long as it
lives. A file whose lock nobody holds was left by an application that ended without closing.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from playground.experiment.project_file import SUFFIX, Project, write_project
from playground.gui.project.document import DocumentTracker
from playground.gui.project.files import fitting_state
from playground.gui.project.layout import layout_of
from playground.training.messages import StateTaken

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

__all__ = ["Autosave", "Leftover", "leftovers", "origin_of"]

EVERY_MILLISECONDS = 60_000
_ORIGIN = "origin"
"""Name in the layout under which the file of the project is noted."""
_GIVE_UP_AFTER = 300.0
"""Seconds after which an answer that never came is no longer waited for."""


class Autosave(QObject):
    """Keeps the window's experiment in a file of its own while it differs from the saved one.

    The worker copies the state between two steps, and a thread writes it: training and screen go
    on. A failure is told once, and tried again.

    Signals
    -------
    failed(str)
        It could not be written. The message says why.
    """

    failed = Signal(str)

    def __init__(self, window: MainWindow, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._tracker: DocumentTracker = window.project.tracker
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.path = folder / f"{name}{SUFFIX}"
        self._lock = QLockFile(str(folder / f"{name}.lock"))
        # The lock lasts as long as the process, however long that is.
        self._lock.setStaleLockTime(0)
        self._kept: tuple[object, ...] = ()
        self._asked = 0.0
        self._has_failed = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MILLISECONDS)
        self._timer.timeout.connect(self.keep)
        self._tracker.changed.connect(self._drop_if_saved)

    def begin(self) -> None:
        """Keep from now on."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._fail(f"{self.path.parent} cannot be made ({error.strerror})")
            return
        self._lock.tryLock(0)
        self._timer.start()

    def keep(self, then: Callable[[], object] | None = None) -> None:
        """Write the experiment as it is now, unless it is saved, or kept already.

        Parameters
        ----------
        then
            Called when it is written.
        """
        now = self._marker()
        waits = self._asked and time.monotonic() - self._asked < _GIVE_UP_AFTER
        if waits or now == self._kept or not self._is_worth_it():
            return
        self._asked = time.monotonic()
        spec, layout = self._window.session.spec, layout_of(self._window)
        origin = self._tracker.document.path
        layout[_ORIGIN] = str(origin) if origin is not None else ""

        def receive(taken: StateTaken) -> None:
            project = Project(spec, fitting_state(spec, taken), layout)
            self._window.project.jobs.start(
                "autosave", lambda: write_project(project, self.path), written, self._fail
            )

        def written(_: None) -> None:
            self._asked, self._kept, self._has_failed = 0.0, now, False
            self._drop_if_saved()
            if then is not None:
                then()

        self._window.session.take_state(receive)

    def end(self, discard: bool) -> None:
        """Stop keeping.

        Parameters
        ----------
        discard
            Whether the file is not needed any more; else it is offered at the next start.
        """
        self._timer.stop()
        if discard:
            self.path.unlink(missing_ok=True)
        self._lock.unlock()

    def _marker(self) -> tuple[object, ...]:
        session = self._window.session
        return session.spec, self._tracker.step, session.hand_edits, self._tracker.document.path

    def _is_worth_it(self) -> bool:
        """Return whether something would be lost, be it only the weights of a preset."""
        tracker = self._tracker
        return tracker.is_modified or tracker.step != tracker.document.step

    def _drop_if_saved(self) -> None:
        """Remove what is in a file of the user's by now."""
        if self._kept and not self._is_worth_it():
            self._kept = ()
            self.path.unlink(missing_ok=True)

    def _fail(self, message: str) -> None:
        self._asked = 0.0
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(message)


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that was not saved when an application ended.

    Attributes
    ----------
    path
        Where it was kept.
    seconds
        How long ago.
    """

    path: Path
    seconds: float

    def discard(self) -> None:
        """Remove it for good."""
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(".lock").unlink(missing_ok=True)


def leftovers(folder: Path) -> list[Leftover]:
    """Return what ended applications left in a folder, the latest first."""
    found = []
    for lock_path in folder.glob("*.lock"):
        if not lock_path.with_suffix(SUFFIX).exists():
            # Left by an application that was killed with nothing to keep.
            lock = QLockFile(str(lock_path))
            lock.setStaleLockTime(0)
            if lock.tryLock(0):
                lock.unlock()
    for path in folder.glob(f"*{SUFFIX}"):
        lock = QLockFile(str(path.with_suffix(".lock")))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            continue
        lock.unlock()
        try:
            found.append(Leftover(path, max(0.0, time.time() - path.stat().st_mtime)))
        except FileNotFoundError:
            # Another window has just taken it.
            continue
    return sorted(found, key=lambda leftover: leftover.seconds)


def origin_of(project: Project) -> Path | None:
    """Return the file that a kept project belongs to, if that is still there."""
    origin = project.layout.get(_ORIGIN)
    path = Path(origin) if isinstance(origin, str) and origin else None
    return path if path is not None and path.is_file() else None

"""Nothing is lost: asks before closing, keeps what is not saved, and offers it after a crash."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from playground.experiment.project_file import Project, read_project
from playground.gui.project.autosave import Autosave, Leftover, leftovers, origin_of

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow
    from playground.gui.project.close_question import CloseQuestion
    from playground.gui.project.recovery_bar import RecoveryBar

__all__ = ["Guard"]

_logger = logging.getLogger(__name__)


class Guard(QObject):
    """Watches over the work in a window that a person works in.

    Windows that only paint a picture, or are driven by a test, do without.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._tracker = window.project.tracker
        self._question: CloseQuestion | None = None
        self._may_close = False
        self._keeps = False
        self._bar: RecoveryBar | None = None
        folder = window.preferences.data_folder / "recovery"
        self.autosave = Autosave(window, folder, self)
        self.autosave.failed.connect(self._tell_autosave_failed)
        window.session.failed.connect(self._keep_after_error)
        window.reporter.caught.connect(self._keep_after_error)
        self._leftovers = leftovers(folder)
        self.autosave.begin()
        self._offer_next()

    # --- closing ---

    def may_close(self) -> bool:
        """Return whether the window may close at once; if not, the person is being asked."""
        if self._may_close or not self._tracker.is_modified:
            return True
        if self._question is None:
            self._ask()
        return False

    def keep_and_let_go(self) -> None:
        """Keep what is not saved, to be offered at the next start, and let the window close."""
        self._may_close = self._keeps = True
        if self._window.session.has_started:
            self.autosave.keep()
            # Answers come in order: with this one, that for the autosave is here as well.
            self._window.session.wait_for_state(2.0)
            self._window.project.jobs.finish()

    def end(self) -> None:
        """Let go of everything, as the window has closed."""
        self.autosave.end(discard=not (self._keeps and self._tracker.is_modified))

    def _ask(self) -> None:
        from playground.gui.project.close_question import CloseQuestion

        tracker = self._tracker
        has_file = tracker.document.path is not None
        question = CloseQuestion(tracker.name, tracker.changes, has_file, self._window)
        question.save_chosen.connect(self._save_and_close)
        question.discard_chosen.connect(self._close)
        question.finished.connect(self._forget_question)
        self._question = question
        question.open()

    def _forget_question(self) -> None:
        self._question = None

    def _save_and_close(self) -> None:
        # What training still changes while the file is written must not ask the question again.
        self._window.session.pause()
        self._window.project.save(then=self._close)

    def _close(self) -> None:
        self._may_close = True
        self._window.close()

    # --- after a crash ---

    def _keep_after_error(self) -> None:
        self.autosave.keep()

    def _tell_autosave_failed(self, message: str) -> None:
        text = f"Unsaved changes cannot be kept for the case of a crash: {message} Save your work."
        self._window.session.notice.emit("warning", text)

    def _offer_next(self) -> None:
        """Offer what was kept last, if there is anything."""
        if not self._leftovers:
            if self._bar is not None:
                self._window.removeToolBar(self._bar)
                self._bar.deleteLater()
                self._bar = None
            return
        latest = self._leftovers[0]
        self._window.project.jobs.start(
            "read what was kept",
            lambda: read_project(latest.path),
            partial(self._offer, latest),
            partial(self._set_aside, latest),
        )

    def _offer(self, leftover: Leftover, project: Project) -> None:
        from playground.gui.project.recovery_bar import RecoveryBar

        if self._bar is not None:
            self._window.removeToolBar(self._bar)
            self._bar.deleteLater()
        self._bar = bar = RecoveryBar(self._window)
        origin = origin_of(project)
        name = origin.stem if origin is not None else project.spec.name
        bar.offer(name, leftover.seconds, len(self._leftovers) - 1)
        bar.restore_requested.connect(partial(self._restore, leftover, project))
        bar.discard_requested.connect(partial(self._discard, leftover))
        bar.postponed.connect(self._postpone)
        self._window.addToolBar(bar)
        bar.show()

    def _restore(self, leftover: Leftover, project: Project) -> None:
        self._window.project.show_recovered(project, origin_of(project))
        # It is only given up when it is in the autosave of this window.
        self.autosave.keep(then=leftover.discard)
        self._go_on(leftover)

    def _discard(self, leftover: Leftover) -> None:
        leftover.discard()
        self._go_on(leftover)

    def _postpone(self) -> None:
        self._leftovers = []
        self._offer_next()

    def _set_aside(self, leftover: Leftover, message: str) -> None:
        """Keep a damaged file, for whoever can mend it, but do not offer it again."""
        _logger.info("what was kept cannot be offered: %s", message)
        leftover.path.rename(leftover.path.with_suffix(".damaged"))
        self._go_on(leftover)

    def _go_on(self, done: Leftover) -> None:
        self._leftovers = [each for each in self._leftovers if each is not done]
        self._offer_next()

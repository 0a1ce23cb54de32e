"""A window beside the main one in which something is worked out that takes long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QWidget

from playground.gui.session import Session
from playground.training.jobs import Cancelled, Failed, Finished, Job, Progress, Progressed

__all__ = ["JobWindow"]

_PARTS = 1000


class JobWindow(QDialog):
    """Runs a job at a time and ends it when it is closed; subclasses say what comes of it.

    Parameters
    ----------
    title
        Of the window.
    session
        Where an unexpected error is reported.
    poll_milliseconds
        Time between two looks at what the job reports.
    """

    def __init__(
        self,
        title: str,
        session: Session,
        poll_milliseconds: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._job: Job[Any] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(poll_milliseconds)
        self._timer.timeout.connect(self._poll)
        self.progress = QProgressBar()
        self.progress.setRange(0, _PARTS)
        self.progress.setTextVisible(False)
        # So that nothing moves when it comes and goes.
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the focus."""
        # A default button would also be pressed by the Enter that ends typing a number.
        focused = self.focusWidget()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.isAutoRepeat() and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the job."""
        # Not QDialog's: it would ask reject(), which asks to close, and would then refuse.
        self._end()
        event.accept()

    def reject(self) -> None:
        """Close, which stops the job."""
        self.close()

    def _begin_job(self, name: str, task: Callable[[Progress], Any]) -> None:
        self._job = Job(name, task)
        self._job.start()
        self._timer.start()

    def _poll(self) -> None:
        if self._job is None:
            return
        for event in self._job.poll():
            match event:
                case Progressed(share, text, partial):
                    self.progress.setValue(round(share * _PARTS))
                    self._on_progress(share, text, partial)
                case Finished(result):
                    self._end()
                    self._on_result(result)
                case Cancelled():
                    self._end()
                    self._on_cancelled()
                case Failed(message, traceback):
                    self._end()
                    self._on_failure(message)
                    if traceback:
                        self._session.failed.emit(message, traceback)

    def _end(self) -> None:
        self._timer.stop()
        if self._job is not None:
            self._job.stop()
            self._job = None

    def _on_progress(self, share: float, text: str, partial: Any) -> None:
        """Show how far the job is, and what there is so far."""
        raise NotImplementedError

    def _on_result(self, result: Any) -> None:
        """Show what the job worked out."""
        raise NotImplementedError

    def _on_cancelled(self) -> None:
        """Say that the job was stopped."""
        raise NotImplementedError

    def _on_failure(self, message: str) -> None:
        """Say why there is no result."""
        raise NotImplementedError

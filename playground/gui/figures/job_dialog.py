"""Waiting for a job: what it does, how far it is, and a button that ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from playground.training.jobs import Cancelled, Failed, Finished, Job, Progress, Progressed

__all__ = ["JobDialog"]

_POLL_MILLISECONDS = 50
_STEPS = 1000


class JobDialog(QDialog):
    """Runs a job and shows its progress; the window behind goes on to work.

    Parameters
    ----------
    title
        What is being done, such as ``Writing the report``.
    task
        The job.
    done
        Called with the result, when there is one.
    failed
        Called with message and traceback ("" where the message says all).
    """

    def __init__(
        self,
        title: str,
        task: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[str, str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._done, self._failed = done, failed
        heading = QLabel(f"{title}…")
        heading.setProperty("role", "heading")
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(title)
        self._text = QLabel(" ")
        self._text.setProperty("role", "caption")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for widget in (heading, self._bar, self._text, buttons):
            layout.addWidget(widget)
        self.setFixedWidth(380)
        self._job: Job[Any] | None = Job(title.lower(), task)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)
        self._timer.start()
        self._job.start()

    def _poll(self) -> None:
        if self._job is None:
            return
        for event in self._job.poll():
            match event:
                case Progressed(share, text):
                    self._bar.setValue(round(share * _STEPS))
                    self._text.setText(text or " ")
                case Finished(result):
                    self._end()
                    self._done(result)
                    self.accept()
                case Cancelled():
                    self._end()
                    self.close()
                case Failed(message, traceback):
                    self._end()
                    self._failed(message, traceback)
                    self.accept()

    def _end(self) -> None:
        self._timer.stop()
        job, self._job = self._job, None
        if job is not None:
            job.stop()

    def reject(self) -> None:
        """End the job; nothing is written."""
        self._end()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the job with the dialog, also when the application closes."""
        self._end()
        super().closeEvent(event)

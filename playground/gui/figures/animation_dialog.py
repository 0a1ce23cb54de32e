"""Choosing what an animation shows, with a picture of its last frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
)

from playground.exporting.run import Run
from playground.gui.figures.animation import AnimationChoices, frame, record, write_animation
from playground.gui.figures.commands import run_job
from playground.gui.figures.dialog import PicturePreview
from playground.gui.figures.menu import ask_for_path
from playground.gui.figures.run_pictures import RunPictures
from playground.gui.parameter_form import ParameterForm
from playground.schema.validation import InvalidValue, replaced
from playground.training.jobs import Failed, Finished, Job, Progress
from playground.training.messages import StateTaken

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

__all__ = ["AnimationDialog"]

_KINDS = {".gif": "GIF animation", ".zip": "PNG frames in a zip"}
_SETTLING = 120
"""Milliseconds after an edit, before the preview is painted anew."""
_POLLING = 30
_last_choices = AnimationChoices()
"""What was chosen last, for the next dialog of this session."""


class AnimationDialog(QDialog):
    """Lets a person choose size, speed and content, and starts the making.

    Parameters
    ----------
    taken
        The run up to now, with a state.
    window
        Parent, and where the result is told.
    """

    def __init__(self, taken: StateTaken, window: MainWindow) -> None:
        super().__init__(window)
        assert taken.state is not None  # the command asks for one that has a state
        self.setWindowTitle("Export animation")
        self._window, self._taken = window, taken
        self._steps = int(taken.state["step"])
        self.choices = _last_choices
        self._job: Job[QImage] | None = None
        self.preview = PicturePreview()
        self.preview.setAccessibleName("Preview of the last frame")
        self._facts = QLabel()
        self._facts.setProperty("role", "caption")
        note = QLabel(
            "The run is trained again from its initial weights, in the background: exactly the "
            "same, unless weights or settings were changed by hand while it ran."
        )
        note.setProperty("role", "caption")
        note.setWordWrap(True)
        self.form = ParameterForm(AnimationChoices)
        self.form.setFixedWidth(250)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._save = QPushButton("Save…")
        self._save.setProperty("primary", True)
        self._save.setDefault(True)
        self._save.setEnabled(self._steps > 0)
        buttons.addButton(self._save, QDialogButtonBox.ButtonRole.ActionRole)
        left = QVBoxLayout()
        left.addWidget(self.preview, 1)
        left.addWidget(self._facts)
        left.addWidget(note)
        right = QVBoxLayout()
        heading = QLabel("Options")
        heading.setProperty("role", "heading")
        right.addWidget(heading)
        right.addWidget(self.form)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addLayout(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(row, 1)
        layout.addWidget(buttons)

        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLING)
        self._settle.timeout.connect(self._paint_preview)
        self._poll = QTimer(self)
        self._poll.setInterval(_POLLING)
        self._poll.timeout.connect(self._look)
        self.form.edited.connect(self._edit)
        self._save.clicked.connect(self._write)
        buttons.rejected.connect(self.reject)
        self.finished.connect(self._end)
        self._show()
        self._paint_preview()

    def _edit(self, path: str, value: Any) -> None:
        global _last_choices
        try:
            self.choices = _last_choices = replaced(self.choices, path, value)
        except InvalidValue as error:
            self._facts.setText(str(error))
            return
        self._show()
        self._settle.start()

    def _show(self) -> None:
        choices = self.choices
        self.form.show_value(choices)
        self.form.editor("loop").setEnabled(choices.format == "GIF")
        width, height = choices.size
        facts = f"{width:,} × {height:,} pixels · {choices.frames} frames · {choices.seconds:.1f} s"
        problem = "" if self._steps else "Nothing was trained yet: train first, then export."
        problem = problem or choices.problem
        self._facts.setText(problem or facts)
        self._save.setEnabled(not problem)

    def _paint_preview(self) -> None:
        """Paint the last frame in a thread."""
        if self._job is not None:
            self._settle.start()
            return
        taken, choices = self._taken, self.choices

        def paint(progress: Progress) -> QImage:
            assert taken.state is not None  # see above
            pictures = RunPictures(Run.of_state(taken.spec, taken.state).trainer, choices.colors)
            progress.check()
            return frame(pictures, pictures.snapshot, choices)

        self._job = Job("preview", paint)
        self._job.start()
        self._poll.start()

    def _look(self) -> None:
        for event in self._job.poll() if self._job is not None else ():
            match event:
                case Finished(image):
                    self.preview.show_image(image, 1.0)
                    self._end_job()
                case Failed(message, _):
                    self._facts.setText(message)
                    self._end_job()

    def _end_job(self) -> None:
        self._poll.stop()
        if self._job is not None:
            self._job.stop()
            self._job = None

    def _write(self) -> None:
        choices, taken, steps = self.choices, self._taken, self._steps
        name = taken.spec.name.lower().replace(" ", "-")
        path = ask_for_path(
            self, "Export animation", name, {choices.suffix: _KINDS[choices.suffix]}
        )
        if path is None:
            return
        window = self._window

        def make(progress: Progress) -> tuple[Path, str]:
            assert taken.state is not None  # see above
            initial = taken.state.get("initial")
            recording = record(taken.spec, steps, choices, progress, initial=initial)
            write_animation(recording, path, choices, progress)
            if np.array_equal(recording.vector, taken.state["parameters"]):
                return path, ""
            return path, (
                "It shows the settings of now from the start: the run on the screen was changed "
                "while it trained, and cannot be repeated."
            )

        self.accept()
        run_job(window, "Making the animation", make)

    def _end(self) -> None:
        self._settle.stop()
        self._end_job()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the preview with the dialog."""
        self._end_job()
        super().closeEvent(event)

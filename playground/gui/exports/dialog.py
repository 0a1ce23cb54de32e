"""The Export dialog: formats and their settings, made from the registry of exporters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.exporting import exporters
from playground.exporting.base import Exporter, Preview, Proof
from playground.exporting.command import written_with_proof
from playground.exporting.run import Run
from playground.gui.figures.menu import ask_for_path
from playground.gui.parameter_form import ParameterForm
from playground.gui.theme import monospace_font
from playground.schema.describe import summary_of, tag_of, title_of
from playground.schema.validation import InvalidValue, replaced
from playground.training.jobs import Cancelled, Failed, Finished, Job, Progress, Progressed
from playground.training.messages import StateTaken

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

__all__ = ["ExportDialog"]

_POLLING = 30
_SHARES = 1000
"""Steps of the bar."""
_SETTLING = 150
"""Milliseconds after an edit, before the preview is made anew."""
_last_format = ""


class ExportDialog(QDialog):
    """Lets a person choose a format, shows what will be written, writes it and proves it.

    Parameters
    ----------
    taken
        The run as it was when the dialog opened, with a state.
    window
        Parent.
    """

    def __init__(self, taken: StateTaken, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Export weights and tables")
        self._taken = taken
        self._run: Run | None = None
        self._job: Job[Any] | None = None
        self._receive: Callable[[Any], None] = lambda result: None
        self._is_writing = False
        self._chosen: dict[str, Exporter] = {}
        self._form: ParameterForm | None = None
        self._written: tuple[Path, ...] = ()
        self._build()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLING)
        self._settle.timeout.connect(self._preview)
        self._poll = QTimer(self)
        self._poll.setInterval(_POLLING)
        self._poll.timeout.connect(self._look)
        self.list.currentItemChanged.connect(self._show)
        self.finished.connect(self._end)
        self._fill()

    def _build(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName("Formats")
        self.list.setFixedWidth(190)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        self._about = QLabel()
        self._about.setProperty("role", "muted")
        self._about.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(monospace_font(12))
        self.text.setAccessibleName("What will be written")
        self.text.setTabChangesFocus(True)
        self.text.setMinimumSize(470, 240)
        self._summary = QLabel(" ")
        self._summary.setProperty("role", "caption")
        self._proof = QLabel(" ")
        self._proof.setWordWrap(True)
        self._proof.setMinimumHeight(38)
        self._proof.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bar = QProgressBar()
        self._bar.setRange(0, _SHARES)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Export")
        self._bar.setSizePolicy(_keeping_its_place(self._bar))
        self._bar.hide()
        self.folder_button = self._result_button("Open folder", self._open_folder)
        self.copy_button = self._result_button("Copy path", self._copy_path)
        self._form_place = QVBoxLayout()
        middle = QVBoxLayout()
        middle.setSpacing(8)
        for widget in (self._heading, self._about):
            middle.addWidget(widget)
        middle.addLayout(self._form_place)
        middle.addWidget(self.text, 1)
        middle.addWidget(self._summary)
        middle.addWidget(self._bar)
        outcome = QHBoxLayout()
        outcome.setSpacing(8)
        outcome.addWidget(self._proof, 1)
        outcome.addWidget(self.folder_button, 0, Qt.AlignmentFlag.AlignTop)
        outcome.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        middle.addLayout(outcome)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.list)
        row.addLayout(middle, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.save_button = QPushButton("Save…")
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._write)
        buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(row, 1)
        layout.addWidget(buttons)
        self.resize(980, 620)

    def _result_button(self, text: str, act: Callable[[], None]) -> QPushButton:
        """Return a button that is there once something was written."""
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setSizePolicy(_keeping_its_place(button))
        button.clicked.connect(act)
        button.hide()
        return button

    def _fill(self) -> None:
        group = ""
        for exporter in exporters():
            if exporter.group != group:
                group = exporter.group
                heading = QListWidgetItem(group)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                font = self.list.font()
                font.setBold(True)
                heading.setFont(font)
                self.list.addItem(heading)
            item = QListWidgetItem(title_of(exporter))
            item.setData(Qt.ItemDataRole.UserRole, tag_of(exporter))
            item.setToolTip(summary_of(exporter))
            self.list.addItem(item)
            self._chosen[tag_of(exporter)] = exporter()
            if tag_of(exporter) == _last_format:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(1)

    @property
    def exporter(self) -> Exporter:
        """The format that is chosen, with its settings."""
        return self._chosen[str(self.list.currentItem().data(Qt.ItemDataRole.UserRole))]

    def _show(self) -> None:
        """Show another format."""
        global _last_format
        exporter = self.exporter
        _last_format = tag_of(exporter)
        self._heading.setText(title_of(type(exporter)))
        self._about.setText(summary_of(type(exporter)))
        self._forget_outcome()
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
        self._form = ParameterForm(type(exporter))
        self._form.setMaximumWidth(300)
        self._form.show_value(exporter)
        self._form.edited.connect(self._edit)
        self._form_place.addWidget(self._form)
        self._form.setVisible(not self._form.is_empty)
        problem = exporter.unavailable()
        self.save_button.setEnabled(not problem)
        if problem:
            self.text.setPlainText("")
            self._summary.setText(problem)
        else:
            self._look_again()

    def _look_again(self) -> None:
        self._summary.setText("Looking…")
        self._settle.start()

    def _edit(self, path: str, value: Any) -> None:
        try:
            changed = replaced(self.exporter, path, value)
        except InvalidValue as error:
            self._summary.setText(str(error))
            return
        self._chosen[tag_of(changed)] = changed
        assert self._form is not None  # it sent this
        self._form.show_value(changed)
        self._forget_outcome()
        self._look_again()

    # --- jobs ---

    def _start(self, task: Callable[[Progress], Any], receive: Callable[[Any], None]) -> None:
        self._receive = receive
        self._job = Job("export", task)
        self._job.start()
        self._poll.start()

    def _run_of(self, progress: Progress) -> Run:
        """Return the copy of the network, made once; in the job."""
        if self._run is None:
            assert self._taken.state is not None  # the command asks for one that has a state
            progress.report(0.0, "Copying the network")
            self._run = Run.of_state(self._taken.spec, self._taken.state)
        return self._run

    def _preview(self) -> None:
        if self._job is not None:
            self._settle.start()
            return
        exporter = self.exporter

        def show(preview: Preview) -> None:
            if exporter == self.exporter:
                self._show_preview(preview)
            else:
                self._settle.start()

        self._start(lambda p: exporter.preview(self._run_of(p), p), show)

    def _show_preview(self, preview: Preview) -> None:
        self.text.setPlainText(preview.text + ("" if preview.is_whole else "…"))
        self._summary.setText(preview.summary)

    def _write(self) -> None:
        if self._is_writing and self._job is not None:
            self._job.cancel()
            return
        exporter = self.exporter
        words = title_of(type(exporter))
        name = "-".join(self._taken.spec.name.lower().split())
        topic = tag_of(exporter).rpartition("-")[0] or tag_of(exporter)
        path = ask_for_path(self, f"Export {words}", f"{name}-{topic}", {exporter.suffix: words})
        if path is None:
            return
        self._settle.stop()
        self._end_job()
        self._forget_outcome()

        def task(progress: Progress) -> tuple[tuple[Path, ...], Proof | None]:
            return written_with_proof(exporter, self._run_of(progress), path, progress)

        self._set_writing(True)
        self._start(task, self._show_written)

    def _set_writing(self, is_writing: bool) -> None:
        self._is_writing = is_writing
        self._bar.setValue(0)
        self._bar.setVisible(is_writing)
        self.save_button.setText("Stop" if is_writing else "Save…")
        self.list.setEnabled(not is_writing)
        if self._form is not None:
            self._form.setEnabled(not is_writing)

    def _show_written(self, written: tuple[tuple[Path, ...], Proof | None]) -> None:
        files, proof = written
        self._written = files
        self.folder_button.show()
        self.copy_button.show()
        names = ", ".join(file.name for file in files)
        words = f"Saved {names}."
        holds = proof is None or proof.holds
        self._tell(words if proof is None else f"{words} {proof.sentence}", holds)

    def _forget_outcome(self) -> None:
        self._written = ()
        self._proof.setText(" ")
        self.folder_button.hide()
        self.copy_button.hide()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written[0].resolve().parent)))

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(str(self._written[0].resolve()))
        self._summary.setText("The path is on the clipboard.")

    def _tell(self, words: str, is_good: bool) -> None:
        self._proof.setProperty("role", "good" if is_good else "error")
        self._proof.style().unpolish(self._proof)
        self._proof.style().polish(self._proof)
        self._proof.setText(("✓ " if is_good else "") + words)

    def _look(self) -> None:
        for event in self._job.poll() if self._job is not None else ():
            match event:
                case Progressed(share, text):
                    if self._is_writing:
                        self._bar.setValue(round(share * _SHARES))
                        self._proof.setText(f"{text}…")
                case Finished(result):
                    self._end_job()
                    self._receive(result)
                case Cancelled():
                    self._end_job()
                    self._proof.setText("Stopped. Nothing was written.")
                case Failed(message, _):
                    was_writing = self._is_writing
                    self._end_job()
                    if was_writing:
                        self._tell(message, False)
                    else:
                        self.text.setPlainText("")
                        self._summary.setText(message)

    def _end_job(self) -> None:
        self._poll.stop()
        if self._job is not None:
            self._job.stop()
            self._job = None
        if self._is_writing:
            self._set_writing(False)

    def _end(self) -> None:
        self._settle.stop()
        self._end_job()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End what runs with the dialog, also when the application closes."""
        self._end_job()
        super().closeEvent(event)


def _keeping_its_place(widget: QWidget) -> QSizePolicy:
    """Return the size policy of a widget, so that nothing moves when it comes and goes."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    return policy

"""New, Open, Save and their kin: what the File menu does with the experiment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from playground.experiment.change import Impact, impact
from playground.experiment.presets import (
    ExperimentFileError,
    load_experiment,
    preset_names,
    read_experiment,
    write_experiment,
)
from playground.experiment.project_file import (
    SUFFIX,
    Project,
    is_project,
    read_project,
    write_project,
)
from playground.experiment.spec import ExperimentSpec
from playground.gui.project.background import FileJobs
from playground.gui.project.document import Document, DocumentTracker
from playground.gui.project.layout import apply_layout, layout_of
from playground.gui.project.opening import OpenCommand, step_of
from playground.gui.session import renamed
from playground.training.messages import StateTaken

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

__all__ = ["ProjectFiles"]

_OPENED = "Projects and experiments (*.gplay *.json);;All files (*)"
_PROJECTS = "Projects (*.gplay)"
_EXPERIMENTS = "Experiments without weights (*.json)"
_NEW = "spirals"
_LONGEST_WAIT = 1.0
"""Seconds that a window which closes waits for the worker, should that be busy with its data."""


def _nothing() -> None:
    """What follows a save that nothing follows."""


class ProjectFiles(QObject):
    """Opens and saves the experiment of a window.

    Opening is a step that undo takes back, so nothing has to be asked before it. Reading and
    writing take place beside the window, which never waits for a disk.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._preferences = window.preferences
        self.tracker = DocumentTracker(window.session, self)
        self.jobs = FileJobs(self)

    # --- open ---

    def new(self) -> None:
        """Show a new experiment without a name."""
        self.show_experiment(renamed(load_experiment(_NEW), "Untitled"), "New")

    def open_preset(self, name: str) -> None:
        """Show a preset."""
        self._open_experiment(name)

    def ask_and_open(self) -> None:
        """Ask for a file and show what is in it."""
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Open", self._preferences.folder, _OPENED
        )
        if path:
            self._preferences.folder = str(Path(path).parent)
            self.open_path(Path(path))

    def open_path(self, path: Path, label: str = "") -> None:
        """Show what is in a file: a project as it was left, an experiment from its beginning.

        Parameters
        ----------
        label
            For the Edit menu; "" for "Open" with the name.
        """
        try:
            with path.open("rb") as file:
                start = file.read(4)
        except OSError as error:
            self._refuse(f"{path.name} cannot be read ({error.strerror}); choose another file")
            self._preferences.forget_recent(path)
            return
        if not is_project(start):
            self._open_experiment(str(path))
            return
        self.jobs.start(
            f"open {path.name}",
            lambda: read_project(path),
            lambda project: self.show_project(project, path, label),
            self._refuse,
        )

    def show_project(self, project: Project, path: Path, label: str = "") -> None:
        """Show a project that was read from a file."""
        self._preferences.add_recent(path)
        apply_layout(self._window, project.layout)
        self._session.pause()
        document = Document(path, project.spec, step_of(project.state))
        self._push(label or f"Open {path.stem}", project.spec, project.state, document)

    def start_with(self, project: Project, path: Path) -> None:
        """Take a project for what the window was filled with, before its worker starts."""
        self._preferences.add_recent(path)
        apply_layout(self._window, project.layout)
        step = step_of(project.state)
        self.tracker.become(Document(path, project.spec, step), step)

    def show_experiment(
        self, spec: ExperimentSpec, label: str, state: dict[str, Any] | None = None
    ) -> None:
        """Show an experiment that has no project file."""
        self._push(label, spec, state, Document(None, spec, step_of(state)))

    def show_weights(self, spec: ExperimentSpec, state: dict[str, Any], label: str) -> None:
        """Show the current experiment with weights from elsewhere, as a change to be saved."""
        self._push(label, spec, state, Document(self.tracker.document.path, None))

    def show_recovered(self, project: Project, path: Path | None) -> None:
        """Show what was not saved when the application ended, under its old name."""
        self._session.pause()
        apply_layout(self._window, project.layout)
        name = path.stem if path is not None else project.spec.name
        self._push(f"Restore {name}", project.spec, project.state, Document(path, None))

    def revert(self) -> None:
        """Show the project as it was saved last; undo brings the changes back."""
        path = self.tracker.document.path
        if path is not None:
            self.open_path(path, f"Revert to the saved {path.stem}")

    def reopen_last(self) -> None:
        """Show what was in the window when it was closed the last time."""
        path = self._preferences.last_project()
        if path is None:
            self._session.notice.emit("info", "There is no earlier experiment to reopen.")
        elif path.suffix == SUFFIX and path.parent != self._preferences.data_folder:
            self.open_path(path)
        else:
            self.jobs.start("reopen", lambda: _read_any(path), self._show_last, self._refuse)

    def _show_last(self, project: Project) -> None:
        self._session.pause()
        apply_layout(self._window, project.layout)
        name = project.spec.name
        self.show_experiment(project.spec, f"Reopen {name}", project.state)

    def _open_experiment(self, name_or_path: str) -> None:
        try:
            spec = load_experiment(name_or_path)
        except ExperimentFileError as error:
            self._refuse(str(error))
            return
        self.show_experiment(spec, f"Open {spec.name}")
        if name_or_path not in preset_names():
            self._preferences.add_recent(Path(name_or_path))

    def _push(
        self, label: str, spec: ExperimentSpec, state: dict[str, Any] | None, document: Document
    ) -> None:
        command = OpenCommand(self._session, self.tracker, label, spec, state, document)
        self._session.undo_stack.push(command)

    # --- save ---

    def save(self, then: Callable[[], object] = _nothing) -> None:
        """Write the project to its file; ask for one if it has none.

        Parameters
        ----------
        then
            Called when it is written; not if that fails or is given up.
        """
        path = self.tracker.document.path
        if path is None:
            self.ask_and_save(then)
        else:
            self._write(path, then)

    def ask_and_save(self, then: Callable[[], object] = _nothing) -> None:
        """Ask for a file and write the project to it."""
        folder = Path(self._preferences.folder)
        suggestion = folder / f"{_file_name(self.tracker.name)}{SUFFIX}"
        chosen, kind = QFileDialog.getSaveFileName(
            self._window, "Save as", str(suggestion), f"{_PROJECTS};;{_EXPERIMENTS}"
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() not in (SUFFIX, ".json"):
            path = path.with_name(path.name + (".json" if kind == _EXPERIMENTS else SUFFIX))
            if path.exists():
                # The dialog could only ask about the name without its ending.
                self._refuse(f"{path.name} exists already; choose it in the list to replace it")
                return
        self._preferences.folder = str(path.parent)
        if path.suffix.lower() == ".json":
            self._write_experiment(path)
        else:
            self._write(path, then)

    def _write_experiment(self, path: Path) -> None:
        try:
            write_experiment(renamed(self._session.spec, path.stem), path)
        except ExperimentFileError as error:
            self._refuse(str(error))
            return
        self._tell(f"Saved the experiment without its weights as {path.name}.")

    def _write(self, path: Path, then: Callable[[], object]) -> None:
        spec = renamed(self._session.spec, path.stem)
        layout = layout_of(self._window)
        before, count = self.tracker.document, self._session.hand_edits

        def receive(taken: StateTaken) -> None:
            project = Project(spec, fitting_state(spec, taken), layout)
            self.jobs.start(
                f"save {path.name}",
                lambda: write_project(project, path),
                lambda _: written(step_of(project.state)),
                self._refuse,
            )

        def written(step: int) -> None:
            self._preferences.add_recent(path)
            if self.tracker.document is before:
                self._session.rename(path.stem)
                self.tracker.become(Document(path, spec, step, count))
            self._tell(f"Saved {path.name}.")
            then()

        self._session.take_state(receive)

    def end(self) -> None:
        """Finish what is being written, and keep what is in the window for Reopen."""
        self.jobs.finish()
        spec, document = self._session.spec, self.tracker.document
        taken = self._session.wait_for_state(_LONGEST_WAIT)
        state = fitting_state(spec, taken) if taken is not None else None
        saved = None if self.tracker.is_modified else document.path
        self._preferences.keep_last(Project(spec, state, layout_of(self._window)), saved)

    # --- share ---

    def copy_as_text(self) -> None:
        """Put the experiment on the clipboard, as a short text for a message."""
        from playground.experiment.share import ShareError, text_of

        try:
            text = text_of(self._session.spec)
        except ShareError as error:
            self._refuse(str(error))
            return
        QGuiApplication.clipboard().setText(text)
        self._tell(f"Copied as {len(text)} characters. Whoever pastes them has this experiment.")

    def paste_text(self) -> None:
        """Show the experiment whose text is on the clipboard."""
        from playground.experiment.share import ShareError, spec_from_text

        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._tell("There is no text on the clipboard. Copy that of an experiment first.")
            return
        try:
            spec = spec_from_text(text)
        except ShareError as error:
            self._refuse(str(error))
            return
        self.show_experiment(spec, f"Paste {spec.name}")

    def _refuse(self, message: str) -> None:
        self._session.notice.emit("error", message)

    def _tell(self, message: str) -> None:
        self._session.notice.emit("info", message)


def fitting_state(spec: ExperimentSpec, taken: StateTaken) -> dict[str, Any] | None:
    """Return a state if it is that of the experiment, whatever that is called."""
    return taken.state if impact(taken.spec, spec) is Impact.NOTHING else None


def _read_any(path: Path) -> Project:
    return read_project(path) if path.suffix == SUFFIX else Project(read_experiment(path))


def _file_name(name: str) -> str:
    """Return a name that every file system accepts."""
    kept = "".join(c if c.isalnum() or c in "-_ ." else "-" for c in name).strip(" .")
    return kept or "experiment"

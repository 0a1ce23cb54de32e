"""What the File menu offers to take away: weights, pictures, an animation, a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from playground.gui.main_window import MainWindow
    from playground.training.jobs import Progress
    from playground.training.messages import StateTaken

__all__ = [
    "export_animation",
    "export_files",
    "export_picture",
    "export_report",
    "import_weights",
    "run_job",
]


def export_picture(window: MainWindow) -> None:
    """Open the dialog with every picture that the window shows now, itself included."""
    from playground.gui.figures.collection import figures_in, whole
    from playground.gui.figures.dialog import PictureDialog

    workspace = window.centralWidget()
    assert workspace is not None  # there is a menu, so the window is filled
    figures = figures_in(workspace)
    figures.append(whole(workspace, "Workspace"))
    figures.append(whole(window, "Whole window"))
    PictureDialog(figures, window).open()


def export_report(window: MainWindow) -> None:
    """Ask for a file, and write a report of the run as it is now."""
    from playground.gui.figures.menu import ask_for_path

    path = ask_for_path(
        window,
        "Export report",
        f"{window.session.spec.name.lower().replace(' ', '-')}-report",
        {".pdf": "PDF, one page", ".html": "HTML, for a browser"},
    )
    if path is None:
        return

    def write(taken: StateTaken) -> None:
        def task(progress: Progress) -> tuple[Path, str]:
            from playground.exporting.run import Run
            from playground.gui.reports.report import write_report

            assert taken.state is not None  # run_job asked for one that has a state
            progress.report(0.0, "Copying the network")
            write_report(Run.of_state(taken.spec, taken.state), path, progress)
            return path, ""

        run_job(window, "Writing the report", task)

    with_state(window, write)


def export_files(window: MainWindow) -> None:
    """Open the dialog that writes weights and tables in any format."""
    from playground.gui.exports.dialog import ExportDialog

    def show(taken: StateTaken) -> None:
        ExportDialog(taken, window).open()

    with_state(window, show)


def import_weights(window: MainWindow) -> None:
    """Ask for a file of weights, and take them."""
    from playground.gui.exports.importing import ask_and_import

    ask_and_import(window)


def export_animation(window: MainWindow) -> None:
    """Open the dialog that makes an animation of the run up to now."""
    from playground.gui.figures.animation_dialog import AnimationDialog

    def show(taken: StateTaken) -> None:
        AnimationDialog(taken, window).open()

    with_state(window, show)


def with_state(window: MainWindow, receive: Callable[[StateTaken], None]) -> None:
    """Take the state of the training, and go on with it once it is there."""

    def take(taken: StateTaken) -> None:
        if taken.state is None:
            words = "There is no network to export: its data could not be read."
            window.session.notice.emit("warning", words)
        else:
            receive(taken)

    window.session.take_state(take)


def run_job(
    window: MainWindow, title: str, task: Callable[[Progress], tuple[Path, str]]
) -> QWidget:
    """Run a job that writes a file, and say how it ended.

    Parameters
    ----------
    task
        Returns the file, and what there is to know about it, or "".
    """
    from PySide6.QtWidgets import QMessageBox

    from playground.gui.figures.job_dialog import JobDialog

    def done(result: tuple[Path, str]) -> None:
        path, remark = result
        window.session.notice.emit("info", f"Saved {path.name}. {remark}".strip())

    def failed(message: str, traceback: str) -> None:
        if traceback and "FileNotWritten" not in traceback:
            window.report_error(message, traceback)
        else:
            QMessageBox.warning(window, "Nothing was written", message)

    dialog = JobDialog(title, task, done, failed, window)
    dialog.open()
    return dialog

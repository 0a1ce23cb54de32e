"""A picture of the window after some training, without a screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEventLoop, QTimer

from playground.experiment.project_file import Project
from playground.experiment.spec import ExperimentSpec
from playground.gui.application import application
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.gui.theme import theme
from playground.training.snapshot import Snapshot

LONGEST_WAIT = 600.0
"""Seconds after which training for a picture is given up."""
SETTLING_MILLISECONDS = 900
"""What is drawn with a delay (ranges of curves, gallery pictures) has this long to appear."""


class ScreenshotError(Exception):
    """The picture could not be made. The message says why."""


class _ForgetfulPreferences(Preferences):
    """Neither reads nor changes what the user has arranged: equal calls, equal pictures."""

    def layout(self, name: str) -> QByteArray:
        return QByteArray()

    def keep_layout(self, name: str, state: QByteArray) -> None:
        pass

    @property
    def output_options(self) -> dict[str, bool]:
        return {}

    @output_options.setter
    def output_options(self, options: dict[str, bool]) -> None:
        pass

    def remembered(self, name: str, default: str) -> str:
        return default

    def remember(self, name: str, value: str) -> None:
        pass

    @property
    def pace(self) -> float | None:
        return None

    @pace.setter
    def pace(self, epochs_per_second: float | None) -> None:
        pass

    def add_recent(self, path: Path) -> None:
        pass

    def keep_last(self, project: Project, saved: Path | None) -> None:
        pass


def take_screenshot(
    spec: ExperimentSpec,
    theme_name: str,
    size: tuple[int, int],
    epochs: int,
    output: Path,
    workspace: str = "train",
    operation: int = 1,
    saved: tuple[Project, Path] | None = None,
) -> None:
    """Train in the window for some epochs and write a PNG of it.

    Parameters
    ----------
    epochs
        How long to train, if it is not ``saved`` that is shown.
    workspace
        ``train``, ``inspect`` or ``circuits``.
    operation
        For the last two: which moment of the tape is shown, counted from 1.
    saved
        A project with its weights and its layout, and its file.

    Raises
    ------
    ScreenshotError
        If training fails, takes too long, there is no such operation, or the file cannot be
        written.
    """
    app = application()
    theme().apply(app, theme_name)
    window = MainWindow(_ForgetfulPreferences())
    window.fill(spec)
    window.resize(*size)
    window.show()
    problems: list[str] = []
    window.session.notice.connect(
        lambda level, text: problems.append(text) if level == "error" else None
    )
    window.session.load_failed.connect(problems.append)
    window.session.failed.connect(lambda message, trace: problems.append(message))
    stopped: list[str] = []
    window.session.notice.connect(
        lambda level, text: stopped.append(text) if level == "finished" else None
    )
    shown: list[Snapshot] = []
    window.session.snapshot_ready.connect(shown.append)
    try:
        window.begin(*(saved if saved is not None else (None, None)))
        _wait(lambda: bool(problems) or bool(shown))
        if epochs and saved is None and not problems:
            window.session.train_epochs(epochs)
            _wait(
                lambda: (
                    bool(problems)
                    or ((stopped or shown[-1].epoch >= epochs) and not shown[-1].running)
                )
            )
        if problems:
            raise ScreenshotError(problems[0])
        if workspace == "train":
            window.workspace.load_plots()
            window.session.refresh()
        else:
            _inspect(window, workspace, operation)
        _settle()
        if not window.grab().save(str(output), "PNG"):
            raise ScreenshotError(f"{output} cannot be written; choose another folder or a .png")
    finally:
        window.close()
        window.deleteLater()


def _inspect(window: MainWindow, workspace: str, operation: int) -> None:
    """Open the inspector, and go to an operation."""
    window.workspaces.choose("inspect")
    inspect = window.workspaces.inspect
    if workspace == "circuits":
        inspect.choose("circuits")
        model = inspect.circuits.model
        _check_operation(operation, len(model.tape))
        model.go(operation - 1)
        return
    inspect.choose("network")
    inspector = inspect.step_panel.inspector
    _wait(lambda: inspector.is_open)
    _check_operation(operation, len(inspector.tape))
    inspector.go_to(operation - 1)


def _check_operation(operation: int, count: int) -> None:
    if not 1 <= operation <= count:
        raise ScreenshotError(f"--operation {operation} does not exist; choose from 1 to {count}")


def _wait(done: Callable[[], bool]) -> None:
    """Run the event loop until ``done()``."""
    loop = QEventLoop()
    timer = QTimer()
    deadline = time.monotonic() + LONGEST_WAIT
    timed_out = False

    def look() -> None:
        nonlocal timed_out
        timed_out = time.monotonic() > deadline
        if timed_out or done():
            loop.quit()

    timer.timeout.connect(look)
    timer.start(10)
    loop.exec()
    if timed_out:
        raise ScreenshotError(
            f"training took longer than {LONGEST_WAIT:.0f} s; ask for fewer epochs"
        )


def _settle() -> None:
    loop = QEventLoop()
    QTimer.singleShot(SETTLING_MILLISECONDS, loop.quit)
    loop.exec()

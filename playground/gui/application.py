"""Start the application: fonts, theme, window; everything heavy after the window is seen."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from playground.gui.main_window import MainWindow
from playground.gui.preferences import APPLICATION, ORGANIZATION, Preferences
from playground.gui.theme import load_fonts, theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from playground.experiment.project_file import Project
    from playground.experiment.spec import ExperimentSpec


def application() -> QApplication:
    """Return the one QApplication, with names and fonts set."""
    app = bare_application()
    load_fonts(app)
    return app


def bare_application() -> QApplication:
    """Return the one QApplication with its names; the first frame has no text, so no fonts."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
    else:
        app = QApplication(sys.argv[:1])
    app.setApplicationName(APPLICATION)
    app.setApplicationDisplayName("Gradient Playground")
    app.setOrganizationName(ORGANIZATION)
    app.setDesktopFileName("gradient-playground")
    return app


def run(
    load: Callable[[], ExperimentSpec], project: Project | None = None, path: Path | None = None
) -> int:
    """Open the window and return the exit status when it is closed.

    Parameters
    ----------
    load
        Returns the experiment to show; called when the empty window is on the screen already.
    project, path
        The project that the experiment belongs to, if it does, and its file.
    """
    app = bare_application()
    preferences = Preferences()
    theme().preview(app, preferences.theme)
    window = MainWindow(preferences)
    window.fit_screen()
    window.show()

    def fill() -> None:
        from playground.gui.heap import spare_heap

        load_fonts(app)
        theme().apply(app, preferences.theme)
        window.fill(load())
        window.begin(project, path)
        window.guard()
        spare_heap(window)

    # Ctrl+C in the terminal, or the end of the desktop session, closes the window without a
    # question that nobody would see. Python looks at signals only between calls.
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, lambda *_: window.end())
    pulse = QTimer()
    pulse.timeout.connect(lambda: None)
    pulse.start(200)
    after_first_frame(window, fill)
    return app.exec()


def after_first_frame(window: QWidget, carry_out: Callable[[], None]) -> None:
    """Call a function as soon as the window has been painted once."""

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, carry_out)
                self.deleteLater()
            return False

    window.installEventFilter(FirstPaint(window))

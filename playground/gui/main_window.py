"""The window: menus around the workspace. It passes on; what happens, happens elsewhere.

It is shown before anything but Qt and the theme is loaded, and filled a moment later. That is why
most imports stand in the methods that need them, even of Qt, which makes each of its classes only
when it is asked for.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

from playground.gui.preferences import Preferences
from playground.gui.skeleton import Skeleton
from playground.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QMenuBar

    from playground.experiment.project_file import Project
    from playground.experiment.spec import ExperimentSpec
    from playground.gui.actions import Actions
    from playground.gui.dialogs.error_dialog import ErrorReporter
    from playground.gui.project.files import ProjectFiles
    from playground.gui.project.guard import Guard
    from playground.gui.session import Session
    from playground.gui.train.workspace import TrainWorkspace
    from playground.gui.workspaces import Workspaces
    from playground.training.messages import Loaded

FIRST_SIZE = (1440, 900)
SMALLEST_SIZE = (1160, 640)
TITLE_BAR = 32
"""About as high as the bar that the desktop puts above a window."""


class MainWindow(QMainWindow):
    """Menus, status bar and the workspaces around one session."""

    session: Session
    project: ProjectFiles
    reporter: ErrorReporter
    workspace: TrainWorkspace
    workspaces: Workspaces
    menus: Actions
    menu_bar: QMenuBar

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.preferences = preferences
        self.setMinimumSize(*SMALLEST_SIZE)
        self.setWindowTitle("Gradient Playground")
        self.setCentralWidget(Skeleton())
        self.resize(*FIRST_SIZE)
        geometry = preferences.layout("window")
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        self._is_filled = False
        self._loaded: Loaded | None = None
        self._has_failed = False
        self._status = QLabel()
        self._status.setObjectName("status")
        self._name = QLabel()
        self._guard: Guard | None = None

    def fit_screen(self) -> None:
        """Become no larger than the screen has room for, title bar included."""
        room = self.screen().availableSize() - QSize(0, TITLE_BAR)
        self.resize(self.size().boundedTo(room))

    def fill(self, spec: ExperimentSpec) -> None:
        """Put menus and workspace into the window, showing an experiment."""
        from PySide6.QtCore import Qt

        from playground.gui.actions import Actions
        from playground.gui.dialogs.error_dialog import ErrorReporter
        from playground.gui.project.files import ProjectFiles
        from playground.gui.session import Session
        from playground.gui.train.workspace import TrainWorkspace
        from playground.gui.workspaces import Workspaces

        self.session = session = Session(spec, self)
        # With their parents from the start: a style sheet is applied anew to all that is moved.
        self.workspace = TrainWorkspace(session, self.preferences, self)
        self.workspaces = Workspaces(self.workspace, session, self.preferences, self)
        self.project = ProjectFiles(self)
        self._add_menu_row()
        self.menus = Actions(self)
        self.statusBar().addWidget(self._status, 1)
        self.statusBar().setSizeGripEnabled(False)
        self.reporter = ErrorReporter(self)
        self.reporter.caught.connect(self.report_error)
        session.spec_changed.connect(self._show_spec)
        self.project.tracker.changed.connect(self._show_title)
        session.loaded.connect(self._show_loaded)
        session.load_failed.connect(lambda _: self._show_loaded(None))
        session.running_changed.connect(self._show_status)
        session.failed.connect(self.report_error)
        self.workspace.show_spec(spec)
        self._show_title()
        self._show_status()
        self.setCentralWidget(self.workspaces)
        self.workspace.restore_layout()
        # The first Tab then leads to the first control, and none is marked before it.
        self.workspace.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.workspace.setFocus()
        self._is_filled = True

    def _add_menu_row(self) -> None:
        """Put the menus between the name of the application and that of the experiment."""
        from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenuBar

        from playground.gui.icons import application_icon

        icon = application_icon()
        self.setWindowIcon(icon)
        if sys.platform == "darwin":
            # There the menus belong to the top of the screen.
            self.menu_bar = self.menuBar()
            return
        self.menu_bar = QMenuBar()
        picture, name = QLabel(), QLabel("Gradient Playground")
        picture.setPixmap(icon.pixmap(QSize(18, 18), self.devicePixelRatioF()))
        name.setObjectName("brand")
        self._name.setObjectName("experiment")
        top = QFrame()
        top.setObjectName("menuRow")
        row = QHBoxLayout(top)
        row.setContentsMargins(14, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(picture)
        row.addWidget(name)
        row.addWidget(self.menu_bar, 1)
        row.addWidget(self._name)
        self.setMenuWidget(top)

    def begin(self, opened: Project | None = None, path: Path | None = None) -> None:
        """Start the worker, then load what the first frame did not need.

        Parameters
        ----------
        opened, path
            The project of the experiment that the window was filled with, and its file.
        """
        from playground.gui.project.file_drop import FileDrop
        from playground.gui.space_key import SpaceKey

        self.reporter.install()
        FileDrop(self, self.open_path)
        self._space_key = SpaceKey(self)
        if opened is not None and path is not None:
            self.project.start_with(opened, path)
        self.session.start(opened.state if opened is not None else None)
        QTimer.singleShot(0, self.workspace.load_plots)
        QTimer.singleShot(0, self.workspaces.restore)

    # --- the experiment as a file ---

    def open_preset(self, name: str) -> None:
        """Show a preset."""
        self.project.open_preset(name)

    def open_path(self, path: Path) -> None:
        """Show what is in a file."""
        self.project.open_path(path)

    # --- what is shown around the workspace ---

    def set_theme(self, name: str) -> None:
        """Change and remember the theme."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.preferences.theme = name
        theme().apply(app, name)

    def report_error(self, message: str, details: str) -> None:
        """Tell about an unexpected error; everything goes on."""
        from playground.gui.dialogs.error_dialog import ErrorDialog

        self.session.pause()
        ErrorDialog(message, details, self).open()

    def _show_spec(self) -> None:
        self._show_title()
        self._show_status()

    def _show_title(self) -> None:
        tracker = self.project.tracker
        self.setWindowTitle(f"{tracker.name}[*] — Gradient Playground")
        self.setWindowModified(tracker.is_modified)
        self._name.setText(f"{tracker.name}{' — edited' if tracker.is_modified else ''}")
        self._name.setToolTip(str(tracker.document.path or "Not saved in a file yet"))

    def _show_loaded(self, loaded: Loaded | None) -> None:
        self._loaded, self._has_failed = loaded, loaded is None
        self._show_status()

    def _show_status(self) -> None:
        if self._loaded is None:
            self._status.setText("No data" if self._has_failed else "Preparing…")
            return
        loaded, spec = self._loaded, self.session.spec
        running = "Training" if self.session.is_running else "Paused"
        count = loaded.architecture.parameter_count
        split = loaded.data.split
        validation = f"{len(split.validation):,} validation and " if len(split.validation) else ""
        joint = ", " if validation else " and "
        self._status.setText(
            f"{running} · {count:,} parameters · {len(split.train):,} training{joint}{validation}"
            f"{len(split.test):,} test samples · {spec.training.dtype}"
        )

    def reset_layout(self) -> None:
        """Put window and panels as at a first start."""
        self.preferences.forget_layout()
        self.menus.show_all_panels()
        self.resize(*FIRST_SIZE)
        self.fit_screen()
        self.workspace.reset_layout()

    # --- closing ---

    def guard(self) -> None:
        """From now on, ask before changes are lost, and keep them in case of a crash."""
        from playground.gui.project.guard import Guard

        self._guard = Guard(self)

    def end(self) -> None:
        """Close without a question, as when the system shuts down; what is not saved is kept."""
        if self._guard is not None:
            self._guard.keep_and_let_go()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the worker, always, and remember the layout."""
        if self._guard is not None and not self._guard.may_close():
            event.ignore()
            return
        self.preferences.keep_layout("window", self.saveGeometry())
        if self._is_filled:
            self.workspace.save_layout()
            if self.session.has_started:
                self._space_key.stop()
                self.reporter.remove()
                self.project.end()
                if self._guard is not None:
                    self._guard.end()
                self.session.close()
        super().closeEvent(event)

"""What is remembered between two starts: window layout, theme, the last experiment."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

if TYPE_CHECKING:
    from playground.experiment.project_file import Project

ORGANIZATION = "Gradient Playground"
APPLICATION = "Gradient Playground"

_MOST_RECENT = 10
_LAST = "last-project.gplay"
_LAST_OF_OLD = "last-experiment.json"
"""What the first version wrote, without weights."""

_logger = logging.getLogger(__name__)


class Preferences:
    """Named values in the settings of the user's account.

    Everything is stored by name, never by position, and a value that does not fit any more is
    ignored.
    """

    def __init__(self) -> None:
        self._settings = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANIZATION, APPLICATION
        )

    @property
    def theme(self) -> str:
        """``system``, ``light`` or ``dark``."""
        value = self._settings.value("theme", "system")
        return value if value in ("system", "light", "dark") else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._settings.setValue("theme", name)

    @property
    def pace(self) -> float | None:
        """Epochs per second while training runs in the window; ``None`` is flat out."""
        value = str(self._settings.value("pace", "30"))
        if value == "flat out":
            return None
        try:
            return float(value)
        except ValueError:
            return 30.0

    @pace.setter
    def pace(self, epochs_per_second: float | None) -> None:
        value = "flat out" if epochs_per_second is None else f"{epochs_per_second:g}"
        self._settings.setValue("pace", value)

    @property
    def output_options(self) -> dict[str, bool]:
        """What the output shows, by name: test data, mistakes and so on."""
        self._settings.beginGroup("output")
        options = {
            name: self._settings.value(name) in ("true", True)
            for name in self._settings.childKeys()
        }
        self._settings.endGroup()
        return options

    @output_options.setter
    def output_options(self, options: dict[str, bool]) -> None:
        for name, is_on in options.items():
            self._settings.setValue(f"output/{name}", "true" if is_on else "false")

    @property
    def comparison(self) -> dict[str, int]:
        """How architectures were compared last, by name of the setting."""
        self._settings.beginGroup("comparison")
        kept = {name: str(self._settings.value(name, "")) for name in self._settings.childKeys()}
        self._settings.endGroup()
        return {name: int(text) for name, text in kept.items() if text.isdecimal()}

    @comparison.setter
    def comparison(self, settings: dict[str, int]) -> None:
        for name, value in settings.items():
            self._settings.setValue(f"comparison/{name}", str(value))

    @property
    def folder(self) -> str:
        """Folder of the last file that was opened or saved."""
        return str(self._settings.value("folder", "")) or _documents()

    @folder.setter
    def folder(self, path: str) -> None:
        self._settings.setValue("folder", path)

    def remembered(self, name: str, default: str) -> str:
        """Return what a person chose last under a name such as ``inspect.tab``."""
        value = self._settings.value(f"remembered/{name}")
        return value if isinstance(value, str) else default

    def remember(self, name: str, value: str) -> None:
        """Store a choice for the next start."""
        self._settings.setValue(f"remembered/{name}", value)

    def layout(self, name: str) -> QByteArray:
        """Return a stored window or splitter state; empty if there is none."""
        value = self._settings.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep_layout(self, name: str, state: QByteArray) -> None:
        """Store a window or splitter state."""
        self._settings.setValue(f"layout/{name}", state)

    def forget_layout(self) -> None:
        """Go back to the layout of a first start, at the next start."""
        self._settings.remove("layout")

    @property
    def data_folder(self) -> Path:
        """Where the application keeps files of its own for the user; it may not exist yet."""
        place = QStandardPaths.StandardLocation.AppDataLocation
        return Path(QStandardPaths.writableLocation(place))

    @property
    def recent(self) -> list[Path]:
        """Files that were opened or saved, the latest first."""
        value = self._settings.value("recent")
        try:
            names = json.loads(value) if isinstance(value, str) else []
        except ValueError:
            names = []
        return [Path(n) for n in names if isinstance(n, str)] if isinstance(names, list) else []

    def add_recent(self, path: Path) -> None:
        """Put a file at the top of those that were opened or saved."""
        path = path.absolute()
        self._keep_recent([path, *(each for each in self.recent if each != path)])

    def forget_recent(self, path: Path | None = None) -> None:
        """Take a file, or (``None``) all, off that list."""
        gone = path and path.absolute()
        self._keep_recent([each for each in self.recent if gone and each != gone])

    def _keep_recent(self, paths: list[Path]) -> None:
        names = [str(path) for path in paths[:_MOST_RECENT]]
        self._settings.setValue("recent", json.dumps(names))

    def keep_last(self, project: Project, saved: Path | None) -> None:
        """Store what is in the window for the next start.

        Parameters
        ----------
        saved
            The file that has all of it already, if there is one.
        """
        from playground.experiment.project_file import write_project
        from playground.files import FileNotWritten

        path = self.data_folder / _LAST
        if saved is not None:
            self.remember("last", str(saved))
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_project(project, path)
        except (OSError, FileNotWritten) as error:
            # Not worth a dialog while somebody leaves; it costs them one menu entry.
            _logger.info("the experiment could not be kept for the next start: %s", error)
            return
        self.remember("last", "")

    def last_project(self) -> Path | None:
        """Return the file of what was in the window last, or ``None``."""
        saved = self.remembered("last", "")
        names = [Path(saved)] if saved else []
        names += [self.data_folder / name for name in (_LAST, _LAST_OF_OLD)]
        return next((path for path in names if path.is_file()), None)


def _documents() -> str:
    """Return where a person keeps files, rather than where the application was started."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return folder if Path(folder).is_dir() else str(Path.home())

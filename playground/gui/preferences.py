"""What is remembered between two starts: window layout, theme, the last experiment."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

if TYPE_CHECKING:
    from playground.experiment.spec import ExperimentSpec

ORGANIZATION = "Gradient Playground"
APPLICATION = "Gradient Playground"

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
        return str(self._settings.value("folder", ""))

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

    def keep_experiment(self, spec: ExperimentSpec) -> None:
        """Store the experiment, to be reopened after the next start."""
        from playground.experiment.presets import ExperimentFileError, write_experiment

        path = _last_experiment()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_experiment(spec, path)
        except (OSError, ExperimentFileError) as error:
            # Not worth a dialog while somebody works; it costs them one menu entry.
            _logger.info("the experiment could not be kept for the next start: %s", error)

    def last_experiment(self) -> ExperimentSpec | None:
        """Return the experiment of the last session, or ``None``."""
        from playground.experiment.presets import ExperimentFileError, read_experiment

        path = _last_experiment()
        if not path.is_file():
            return None
        try:
            return read_experiment(path)
        except ExperimentFileError as error:
            _logger.info("the last experiment cannot be reopened: %s", error)
            return None


def _last_experiment() -> Path:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    return Path(folder) / "last-experiment.json"

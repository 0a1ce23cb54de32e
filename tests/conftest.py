"""What every test stands on: no screen, settings of its own, and nothing left behind."""

from __future__ import annotations

import os

# Before anything imports Qt or NumPy, which read these once.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import gc
import itertools
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
MNIST_VARIABLE = "PLAYGROUND_MNIST"
ENDING_SECONDS = 2.0
"""How long a thread that is about to end is waited for before it counts as leaked."""

# Shared machines are slow now and then; how long an example takes says nothing.
hypothesis.settings.register_profile(
    "playground",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    print_blob=True,
)
hypothesis.settings.load_profile("playground")

_settings_folders = itertools.count()


@pytest.fixture(scope="module", autouse=True)
def _light_collector() -> None:
    """Spare the garbage collector what is there for good each time it looks for leaks.

    That is thousands of collected tests, and what the modules before have imported.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def _settings_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settings")


@pytest.fixture(autouse=True)
def isolated_settings(_settings_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty place for QSettings; return the folder."""
    folder = _settings_root / str(next(_settings_folders))
    # Files of the application's own are kept below this on Linux.
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    core: Any = sys.modules.get("PySide6.QtCore")
    if core is not None:
        settings = core.QSettings
        for file_format in (settings.Format.NativeFormat, settings.Format.IniFormat):
            settings.setPath(file_format, settings.Scope.UserScope, str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_leaks() -> Iterator[None]:
    """Fail a test that leaves a thread running or a top-level widget behind."""
    threads = set(threading.enumerate())
    widgets = _top_level_widgets()
    yield
    leaked_threads = _leaked_threads(threads)
    leaked_widgets = _leaked_widgets(widgets)
    if leaked_threads:
        pytest.fail(f"leaked threads: {leaked_threads}; stop the worker")
    if leaked_widgets:
        pytest.fail(f"leaked widgets: {leaked_widgets}; give them to qtbot.addWidget or a parent")


@pytest.fixture(scope="session")
def shared_mnist() -> Path:
    """Return a folder with real MNIST files, or skip the test."""
    default = ROOT.parent / "shared" / "data" / "mnist"
    folder = Path(os.environ.get(MNIST_VARIABLE) or default)
    if not any(folder.glob("*-images-idx3-ubyte*")):
        pytest.skip(f"no MNIST files in {folder}; set {MNIST_VARIABLE} to a folder that has them")
    return folder


def _leaked_threads(before: set[threading.Thread]) -> list[str]:
    leaked = []
    for thread in threading.enumerate():
        is_ours = thread.name == "training" or thread.name.startswith("job: ")
        if thread in before or (thread.daemon and not is_ours):
            continue
        thread.join(ENDING_SECONDS)
        if thread.is_alive():
            leaked.append(thread.name)
    return leaked


def _leaked_widgets(before: list[Any]) -> list[str]:
    if not _foreign_widgets(before):
        return []
    # Widgets in reference cycles, or asked to delete themselves later, are on their way out.
    gc.collect()
    core: Any = sys.modules["PySide6.QtCore"]
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    return [repr(widget) for widget in _foreign_widgets(before)]


def _foreign_widgets(before: list[Any]) -> list[Any]:
    return [
        widget
        for widget in _top_level_widgets()
        # Qt owns the one tooltip; a window with a parent goes when its parent does.
        if widget not in before
        and widget.parent() is None
        and widget.metaObject().className() != "QTipLabel"
    ]


def _top_level_widgets() -> list[Any]:
    """Return Qt's top-level widgets, without importing Qt for tests that do not."""
    widgets: Any = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    return list(widgets.QApplication.topLevelWidgets())

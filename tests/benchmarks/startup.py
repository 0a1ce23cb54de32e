"""How long until the first window is seen, against an empty one.

``python -m tests.benchmarks.startup``. Each run is a fresh process. Both start Python, import NumPy
and PySide6, and end when the window has painted its first frame; the runs alternate, so that a slow
moment of the machine hits both alike.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile

EMPTY = """
import sys
import numpy
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
"""

PLAYGROUND = """
import sys
import numpy
from playground.gui.preflight import check_or_explain
problem = check_or_explain()
assert problem is None, problem
from PySide6.QtCore import QEvent, QObject, QTimer
from playground.gui.application import bare_application
from playground.gui.main_window import MainWindow
from playground.gui.preferences import Preferences
from playground.gui.theme import load_fonts, theme
app = bare_application()
preferences = Preferences()
theme().preview(app, preferences.theme)
window = MainWindow(preferences)
"""

ENDING = """
class Look(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            window.removeEventFilter(self)
            QTimer.singleShot(0, seen)
        return False
def seen():
    import time
    print(time.time(), "pyqtgraph" in sys.modules, flush=True)
    end()
look = Look()
window.installEventFilter(look)
window.show()
app.exec()
"""

END = """
def end():
    import os
    os._exit(0)
"""

END_WHEN_READY = """
def end():
    import os, time
    from playground.experiment.presets import load_experiment
    def ready(snapshot):
        print(time.time(), flush=True)
        os._exit(0)
    load_fonts(app)
    theme().apply(app, preferences.theme)
    window.fill(load_experiment("spirals"))
    window.session.snapshot_ready.connect(ready)
    window.begin()
"""


def main() -> None:
    """Print medians in milliseconds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    times: dict[str, list[float]] = {"empty": [], "playground": []}
    ready: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        for run in range(runs + 1):
            for name, code in (
                ("empty", EMPTY + END),
                ("playground", PLAYGROUND + END_WHEN_READY),
            ):
                painted, complete = _run(code + ENDING, environment)
                if run:  # the first one fills the caches
                    times[name].append(painted)
                    ready += [complete] if complete else []
    for name, values in times.items():
        print(f"{name:12} {statistics.median(values):7.0f} ms  (from {min(values):.0f})")
    ratios = [b / a for a, b in zip(times["empty"], times["playground"], strict=True)]
    print(f"{'complete':12} {statistics.median(ready):7.0f} ms  (network and surface shown)")
    print(f"{'ratio':12} {statistics.median(ratios):7.2f}     (target: at most 1.30)")


def _run(code: str, environment: dict[str, str]) -> tuple[float, float | None]:
    """Return milliseconds until the first frame, and until a network is shown."""
    import time

    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    painted, has_pyqtgraph, *complete = done.stdout.split()
    assert has_pyqtgraph == "False", "pyqtgraph was loaded before the first frame"
    first = (float(painted) - started) * 1000
    return first, (float(complete[0]) - started) * 1000 if complete else None


if __name__ == "__main__":
    main()

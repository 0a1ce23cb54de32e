"""How long it takes to show another operation, as somebody who steps sees it.

    python -m tests.benchmarks.inspect [FOLDER] [--rounds N]

In the main window, keys → and ← go through a whole step of 784-128-64-10 with a batch of 32 real
images of MNIST and back, again and again. The time of a key press ends when the window is painted.
Between two presses the operation is looked at until everything beside it is done: its gradient is
checked, formulas to come are typeset. Printed are, for each operation, the first visit, and the
median and the slowest of all later ones.

Times are those of this process alone, since the machine may be busy with something else; the
time on the clock stands beside them. The slowest press of a round counts, and of the rounds after
the first visits the median: it fails if that is 50 ms or more.

The folder holds files of MNIST; without it the variable PLAYGROUND_MNIST is used, or images made of
the bundled digits.
"""

from __future__ import annotations

import argparse
import os
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from playground.gui.inspect.step_panel import StepPanel
    from playground.gui.main_window import MainWindow

LIMIT = 0.050
"""Seconds that a step may take."""
SIZE = (1440, 900)
BATCH = 32
MADE = 500
"""Images that are made if there are none."""
LOOKING_SECONDS = 0.12
"""How long an operation is looked at: as long as what waits for a rest needs to begin."""
PATIENCE_SECONDS = 60.0


@dataclass
class Presses:
    """The key presses that led to an operation from one side, in seconds."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


def main() -> int:
    """Print the times; return 1 if stepping takes too long."""
    parser = argparse.ArgumentParser(description="Time steps in the inspector.")
    parser.add_argument("folder", nargs="?", default=os.environ.get("PLAYGROUND_MNIST", ""))
    parser.add_argument("--rounds", type=int, default=5, help="after the first visits (default 5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        # Neither read nor changed: what somebody has arranged on this machine.
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = home
        if not options.folder:
            print("no folder of MNIST: images made of the bundled digits")
            options.folder = _made_images(Path(home))
        return _measure(options.folder, options.rounds)


def _measure(folder: str, rounds: int) -> int:
    from PySide6.QtWidgets import QApplication

    from playground.gui.formula import typesetter

    window = _window(folder)
    panel = window.workspaces.inspect.step_panel
    _wait(lambda: panel.inspector.is_open and not panel._is_entering)
    window.activateWindow()
    _wait(lambda: QApplication.focusWidget() is not None)
    _look(panel, 3.0)
    found: dict[tuple[bool, int], Presses] = {}
    # The first one there and back is a visit to each operation from the one side, the other
    # side is no longer new.
    for _ in range(1 + rounds):
        _walk(window, panel, found)
    tape = panel.inspector.tape
    firsts = {place: found[True, place] for place in range(1, len(tape))}
    print(f"{'':14}{'first visit':>18}{'median':>10}{'slowest':>10}   CPU (clock), ms")
    for (forwards, place), presses in found.items():
        arrow = "→" if forwards else "←"
        first = f"{1e3 * presses.cpu[0]:.1f} ({1e3 * presses.wall[0]:.1f})" if forwards else ""
        later = presses.cpu[1:]
        print(
            f"{arrow} {tape[place].symbol:12}{first:>18}{1e3 * statistics.median(later):10.1f}"
            f"{1e3 * max(later):10.1f}"
        )
    worst = [max(presses.cpu[turn] for presses in found.values()) for turn in range(1, 1 + rounds)]
    clock = [max(presses.wall[turn] for presses in found.values()) for turn in range(1, 1 + rounds)]
    first = max(presses.cpu[0] for presses in firsts.values())
    every = [seconds for presses in found.values() for seconds in presses.cpu[1:]]
    slowest = statistics.median(worst)
    print(f"median step: {1e3 * statistics.median(every):.1f} ms")
    print(f"slowest first visit: {1e3 * first:.1f} ms")
    print(
        f"slowest of {len(found)} steps, median of {rounds} rounds: {1e3 * slowest:.1f} ms "
        f"({1e3 * statistics.median(clock):.1f} ms by the clock); "
        f"the limit is {1e3 * LIMIT:.0f} ms"
    )
    window.close()
    typesetter().stop()
    return int(slowest >= LIMIT)


def _window(folder: str) -> MainWindow:
    """Return the main window with the inspector open on a batch."""
    from playground.experiment.presets import load_experiment
    from playground.gui.application import application
    from playground.gui.heap import spare_heap
    from playground.gui.main_window import MainWindow
    from playground.gui.preferences import Preferences
    from playground.gui.theme import theme
    from playground.schema.validation import replaced

    theme().apply(application(), "light")
    spec = replaced(load_experiment("mnist"), "data.folder", folder)
    if folder.startswith(tempfile.gettempdir()):
        spec = replaced(spec, "data.points", MADE)
    spec = replaced(spec, "training.batch_size", BATCH)
    preferences = Preferences()
    preferences.remember("inspect.step.is_batch", "True")
    window = MainWindow(preferences)
    window.fill(spec)
    window.resize(*SIZE)
    window.show()
    window.begin()
    spare_heap(window)
    _wait(lambda: not window.session.is_loading)
    window.workspaces.choose("inspect")
    return window


def _walk(window: MainWindow, panel: StepPanel, found: dict[tuple[bool, int], Presses]) -> None:
    """Step from the first operation to the last by keys, and back."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    last = len(panel.inspector.tape) - 1
    screen = window.windowHandle()
    for forwards in (True, False):
        for _ in range(last):
            place = panel.inspector.index + (1 if forwards else -1)
            cpu, wall = time.process_time(), time.perf_counter()
            QTest.keyClick(screen, Qt.Key.Key_Right if forwards else Qt.Key.Key_Left)
            QApplication.processEvents()
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            if panel.inspector.index != place:
                raise RuntimeError(f"the key led to {panel.inspector.index}, not to {place}")
            presses = found.setdefault((forwards, place), Presses())
            presses.cpu.append(cpu)
            presses.wall.append(wall)
            _look(panel, LOOKING_SECONDS)


def _look(panel: StepPanel, seconds: float) -> None:
    """Look at what is shown for a while, and until nothing is being done beside it."""
    from playground.gui.formula import typesetter

    until = time.monotonic() + seconds
    _wait(
        lambda: (
            time.monotonic() >= until
            and panel.checker.is_idle
            and panel.view.is_idle
            and typesetter().is_idle
        )
    )


def _wait(done: Callable[[], bool]) -> None:
    from PySide6.QtWidgets import QApplication

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        QApplication.processEvents()
        time.sleep(0.001)
        if time.monotonic() > deadline:
            raise TimeoutError("the window is not ready after a minute")


def _made_images(folder: Path) -> str:
    """Write images in the format of MNIST, made of the bundled digits, and return the folder."""
    from playground.data.digits import Digits

    samples = Digits().samples()
    rng = np.random.default_rng(0)
    small = samples.points.reshape(-1, *(samples.image_shape or (8, 8)))
    large = np.kron(small, np.ones((1, 3, 3)))
    edge = 28 - large.shape[1]
    large = np.pad(large, ((0, 0), (edge // 2, edge - edge // 2), (edge // 2, edge - edge // 2)))
    noise = rng.uniform(0, 0.1, large.shape) * (large > 0)
    pixels = np.clip(255 * (large + noise), 0, 255).astype(np.uint8)
    _write_idx(folder / "train-images-idx3-ubyte", pixels)
    _write_idx(folder / "train-labels-idx1-ubyte", samples.labels.astype(np.uint8))
    return str(folder)


def _write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    header = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(header + array.tobytes())


if __name__ == "__main__":
    sys.exit(main())

"""Training flat out behind a live window. ``python -m tests.benchmarks.gui``

Prints how late the event loop of the GUI thread is (a 5 ms timer), how many frames per second the
plots get, and how many of its headless steps per second the worker keeps. With ``--minutes`` it
prints memory at the end of each minute instead.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections import deque
from pathlib import Path

NOTES = 1_000
"""Measurements kept of each kind, the last ones."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="tf-playground")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--minutes", type=int, default=0, help="memory run instead")
    parser.add_argument("--size", default="1440x900")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    headless = _headless(options.preset, 3.0)

    from PySide6.QtCore import QElapsedTimer, Qt, QTimer

    from playground.experiment.presets import load_experiment
    from playground.gui.application import application
    from playground.gui.main_window import MainWindow
    from playground.gui.preferences import Preferences
    from playground.gui.theme import theme

    app = application()
    theme().apply(app, "dark")
    window = MainWindow(Preferences())
    window.fill(load_experiment(options.preset))
    width, height = map(int, options.size.split("x"))
    window.resize(width, height)
    window.show()
    window.begin()
    window.workspace.load_plots()
    session = window.session
    session.set_pace(None)
    # Bounded: a memory run must not measure its own notes.
    frames: deque[float] = deque(maxlen=NOTES)
    rates: deque[float] = deque(maxlen=NOTES)
    costs: deque[float] = deque(maxlen=NOTES)

    show = window.workspace.show_snapshot

    def frame(snapshot) -> None:  # type: ignore[no-untyped-def]
        before = time.perf_counter()
        show(snapshot)
        costs.append((time.perf_counter() - before) * 1000)
        frames.append(time.perf_counter())
        if snapshot.steps_per_second:
            rates.append(snapshot.steps_per_second)

    session.snapshot_ready.disconnect(window.workspace.show_snapshot)
    session.snapshot_ready.connect(frame)

    lateness: deque[float] = deque(maxlen=NOTES)
    clock = QElapsedTimer()
    ticker = QTimer()
    ticker.setTimerType(Qt.TimerType.PreciseTimer)
    interval = 5

    def tick() -> None:
        if clock.isValid():
            lateness.append(clock.nsecsElapsed() / 1e6 - interval)
        clock.start()

    ticker.timeout.connect(tick)
    QTimer.singleShot(1000, session.play)
    QTimer.singleShot(2000, lambda: (frames.clear(), rates.clear(), costs.clear()))
    QTimer.singleShot(2000, lambda: ticker.start(interval))
    if options.minutes:
        minute = QTimer()
        passed = [0]

        def remember() -> None:
            passed[0] += 1
            print(f"minute {passed[0]:2}: {_resident_megabytes():.1f} MB", flush=True)
            if passed[0] >= options.minutes:
                app.quit()

        minute.timeout.connect(remember)
        minute.start(60_000)
    else:
        QTimer.singleShot(int(2000 + options.seconds * 1000), app.quit)
    app.exec()
    last = window.workspace.last_snapshot
    window.close()

    late = sorted(max(0.0, value) for value in lateness)
    seconds = frames[-1] - frames[0]
    shown = statistics.median(rates)
    print(f"{options.preset} at {options.size}, flat out for {seconds:.0f} s")
    print(f"event loop late: median {late[len(late) // 2]:.2f} ms, ", end="")
    print(f"p99 {late[int(len(late) * 0.99)]:.2f} ms, worst {late[-1]:.2f} ms (target p99 < 16)")
    print(f"frames per second: {len(frames) / seconds:.1f} (target ≥ 30)")
    print(f"show_snapshot: median {statistics.median(costs):.2f} ms, without painting")
    print(f"steps per second: {shown:,.0f} of {headless:,.0f} headless", end="")
    print(f" = {shown / headless:.0%} (target ≥ 70 %)")
    if last is not None:
        print(f"history: {len(last.history.step)} records up to step {last.history.step[-1]:,.0f}")


def _headless(preset: str, seconds: float) -> float:
    """Return steps per second of the same worker without a window."""
    from playground.experiment.presets import load_experiment
    from playground.training import messages
    from playground.training.snapshot import View
    from playground.training.worker import Worker

    worker = Worker()
    worker.start()
    worker.send(messages.Load(load_experiment(preset), 1))
    worker.send(messages.Show(View()))
    worker.send(messages.Play())
    time.sleep(1.0)
    worker.mailbox.take()
    time.sleep(0.05)
    first = worker.mailbox.take()
    before = time.perf_counter()
    time.sleep(seconds)
    worker.mailbox.take()
    time.sleep(0.05)
    last = worker.mailbox.take()
    elapsed = time.perf_counter() - before
    worker.stop()
    assert first is not None
    assert last is not None
    return (last.step - first.step) / elapsed


def _resident_megabytes() -> float:
    if not sys.platform.startswith("linux"):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()

"""How long it takes to show another operation. ``python -m tests.benchmarks.inspect``

It steps through a whole step of
784-128-64-10 with a batch of 32, forwards and backwards, and times each key press until the window
is painted. It fails if the slowest takes 50 ms or more.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

LIMIT = 0.050
"""Seconds that a step may take."""
SIZE = (1440, 900)
ROUNDS = 4
"""Times that each step is made; the quickest counts."""


def main() -> int:
    """Print the times; return 1 if one is too long."""
    from PySide6.QtWidgets import QApplication

    from playground.data.dataset import Samples, Split
    from playground.data.prepared import PreparedData
    from playground.engine.layers import Dense
    from playground.experiment.presets import load_experiment
    from playground.gui.application import application
    from playground.gui.inspect.step.inspector import Inspector
    from playground.gui.inspect.step.predictor import Predictor
    from playground.gui.inspect.step.sample_walk import SampleWalk
    from playground.gui.inspect.step.screen import StepScreen
    from playground.gui.inspect.step.settings import Settings
    from playground.gui.theme import theme
    from playground.schema.validation import replaced

    app = application()
    theme().apply(app, "light")
    spec = load_experiment("mnist")
    spec = replaced(spec, "network.layers", (Dense(128), Dense(64)))
    spec = replaced(spec, "training.batch_size", 32)
    rng = np.random.default_rng(0)
    inputs = np.clip(rng.normal(0.1, 0.3, (200, 784)), 0, 1)
    labels = rng.integers(0, 10, 200)
    names = tuple(f"pixel {number}" for number in range(784))
    samples = Samples(
        inputs, inputs, labels.astype(float), labels, spec.data.task, names, 0.0, (28, 28)
    )
    nothing = np.zeros(0, np.int64)
    data = PreparedData(spec.data, samples, Split(np.arange(200), nothing, nothing))
    inspector = Inspector(Settings(is_batch=True))
    screen = StepScreen(inspector, Predictor())
    screen.resize(*SIZE)
    screen.show_settings(inspector.settings)
    inspector.recorded.connect(screen.show_tape)
    inspector.moved.connect(screen.show_operation)
    inspector.open(SampleWalk(spec, data))
    screen.show()
    QApplication.processEvents()
    tape = inspector.tape
    best: dict[tuple[bool, int], float] = {}
    forwards = [(True, place) for place in range(len(tape))]
    ways = [*forwards, *((False, place) for _, place in reversed(forwards))]
    # The first round makes fonts and typesets formulas; a busy machine disturbs any of them.
    for _ in range(ROUNDS):
        for way, place in ways:
            # Of this process alone: the machine may be busy with something else.
            started = time.process_time()
            inspector.go_to(place)
            QApplication.processEvents()
            seconds = time.process_time() - started
            best[way, place] = min(seconds, best.get((way, place), seconds))
    for way, place in ways:
        arrow = "→" if way else "←"
        print(f"{arrow} {tape[place].symbol:12} {1000 * best[way, place]:6.1f} ms")
    worst = max(best.values())
    print(f"slowest of {len(ways)}: {1000 * worst:.1f} ms; the limit is {1000 * LIMIT:.0f} ms")
    from playground.gui.formula import typesetter

    typesetter().stop()
    return int(worst >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())

"""Train without a window."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from typing import TYPE_CHECKING, Any

from playground.cli.arguments import add_epochs, add_experiment, epochs, experiment, positive
from playground.cli.runs import continued, new_trainer
from playground.cli.terminal import REPORTS_PER_SECOND, progress_bar

if TYPE_CHECKING:
    from playground.engine.preparation import PreparationProgress
    from playground.training.evaluation import Metrics
    from playground.training.trainer import Trainer

LARGEST_CHUNK = 100_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the experiment, how long to train, and the form of the report."""
    add_experiment(parser)
    length = parser.add_mutually_exclusive_group()
    add_epochs(length)
    length.add_argument("--seconds", type=positive, metavar="S", help="train for this long")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")


def run(options: argparse.Namespace) -> int:
    """Train, report ten times a second, and say what came out."""
    from playground.training.divergence import Diverged

    spec = experiment(options)
    trainer = continued(options, spec)
    if trainer is None:
        trainer = new_trainer(spec, _print_preparation if options.json else None)
    first = trainer.step
    wanted_epochs = epochs(options, spec)
    report = (
        _JsonReport() if options.json else _BarReport(None if options.seconds else wanted_epochs)
    )
    started = time.perf_counter()
    seconds = 0.0
    problem = ""
    steps_wanted = (
        math.inf if options.seconds else first + wanted_epochs * trainer.batches_per_epoch
    )
    limit = options.seconds or math.inf
    chunk = 1
    try:
        while trainer.step < steps_wanted and seconds < limit:
            before = time.perf_counter()
            steps = int(min(chunk, steps_wanted - trainer.step))
            trainer.advance(steps)
            trainer.check_finite()
            now = time.perf_counter()
            seconds = now - started
            # Aim at a report ten times a second, and never beyond the time that is left.
            wanted = steps * min(1 / REPORTS_PER_SECOND, limit - seconds) / max(now - before, 1e-7)
            chunk = int(min(max(wanted, 1), chunk * 2, LARGEST_CHUNK))
            report.progress(trainer, seconds, trainer.step - first)
            if trainer.stopped is not None:
                break
    except Diverged as error:
        problem = str(error)
    rate = (trainer.step - first) / seconds if seconds > 0 else None
    report.end(trainer, trainer.metrics(), rate, problem)
    if problem:
        print(f"gradient-playground: {problem}", file=sys.stderr)
        return 1
    return 0


def _print_preparation(progress: PreparationProgress) -> None:
    print(json.dumps({"preparation": progress.share, "text": progress.text}), flush=True)


def _finite(value: float | None) -> float | None:
    """JSON has no NaN and no infinity: a value without meaning is null."""
    return value if value is not None and math.isfinite(value) else None


class _JsonReport:
    """One JSON object per line."""

    def _print(self, trainer: Trainer, metrics: Metrics, rate: float | None, **more: Any) -> None:
        line = {
            "epoch": trainer.epoch,
            "step": trainer.step,
            "train_loss": _finite(metrics.train_loss),
            "validation_loss": _finite(metrics.validation_loss),
            "test_loss": _finite(metrics.test_loss),
            "train_accuracy": _finite(metrics.train_accuracy),
            "validation_accuracy": _finite(metrics.validation_accuracy),
            "test_accuracy": _finite(metrics.test_accuracy),
            "steps_per_second": _finite(rate),
            **more,
        }
        print(json.dumps(line), flush=True)

    def progress(self, trainer: Trainer, seconds: float, steps: int) -> None:
        rate = steps / seconds if seconds > 0 else None
        self._print(trainer, trainer.quick_metrics(), rate)

    def end(self, trainer: Trainer, metrics: Metrics, rate: float | None, problem: str) -> None:
        more: dict[str, Any] = _test_scores(trainer)
        stopped = trainer.stopped
        if stopped is not None:
            more["stopped_early"] = True
            more["best_epoch"] = stopped.best_epoch
            more["best_loss"] = _finite(stopped.best_loss)
            more["watched"] = stopped.watched
        if problem:
            more["error"] = problem
        self._print(trainer, metrics, rate, **more)


def _test_scores(trainer: Trainer) -> dict[str, float | None]:
    """Return what is worth knowing of a finished training besides loss and accuracy."""
    import numpy as np

    from playground.engine.network import predict

    with np.errstate(all="ignore"):
        outputs = predict(trainer.architecture, trainer.parameters, trainer.data.test_inputs)
    scores = trainer.architecture.head.metrics(outputs, trainer.data.test_labels)
    return {f"test_{name}": _finite(scores[name]) for name in ("f1", "auc", "r2")}


class _BarReport:
    """A progress bar on a terminal, and the results at the end."""

    def __init__(self, epochs: int | None) -> None:
        self._bar = progress_bar(epochs, " epochs")

    def progress(self, trainer: Trainer, seconds: float, steps: int) -> None:
        self._bar.update(steps // trainer.batches_per_epoch - self._bar.n)
        if not self._bar.disable:
            metrics = trainer.quick_metrics()
            self._bar.set_postfix_str(_sentence(metrics), refresh=False)

    def end(self, trainer: Trainer, metrics: Metrics, rate: float | None, problem: str) -> None:
        self._bar.close()
        speed = f" · {rate:,.0f} steps/s" if rate else ""
        print(f"{trainer.spec.name}: epoch {trainer.epoch:,} · step {trainer.step:,}{speed}")
        print(_sentence(metrics))
        if trainer.stopped is not None:
            print(trainer.stopped.sentence)


def _sentence(metrics: Metrics) -> str:
    parts = []
    for name, loss, accuracy in (
        ("train", metrics.train_loss, metrics.train_accuracy),
        ("validation", metrics.validation_loss, metrics.validation_accuracy),
        ("test", metrics.test_loss, metrics.test_accuracy),
    ):
        if loss is not None:
            right = f" ({accuracy:.1%} right)" if accuracy is not None else ""
            parts.append(f"{name} loss {loss:.4g}{right}")
    return " · ".join(parts)

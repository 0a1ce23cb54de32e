"""The command ``gradient-playground``. Qt is imported only by what opens a window."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground import __version__

if TYPE_CHECKING:
    from playground.engine.preparation import PreparationProgress
    from playground.experiment.project_file import Project
    from playground.experiment.spec import ExperimentSpec
    from playground.exporting.run import Run
    from playground.training.evaluation import Metrics
    from playground.training.trainer import Trainer

DEFAULT_EXPERIMENT = "spirals"
REPORTS_PER_SECOND = 10
LARGEST_CHUNK = 100_000


class UsageError(Exception):
    """Input that cannot be carried out; its text is the one line that is printed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status: 0 done, 1 failed, 2 bad input."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        options = parser.parse_args(["open", *(sys.argv[1:] if arguments is None else arguments)])
    try:
        return int(options.run(options))
    except UsageError as error:
        print(f"gradient-playground: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away (as in `| head`): nothing is left to say.
        sys.stderr.close()
        return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> Any:
        print(f"gradient-playground: {message}; see --help", file=sys.stderr)
        raise SystemExit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gradient-playground",
        description="Build a multilayer perceptron, watch it learn, take the weights away.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    command = commands.add_parser("open", help="open the window (the default)")
    command.add_argument("experiment", nargs="?", metavar="FILE|PRESET")
    command.set_defaults(run=_open)

    command = commands.add_parser("train", help="train without a window")
    _add_experiment(command)
    length = command.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=_whole(0), metavar="N", help="passes over the data")
    length.add_argument("--seconds", type=_positive, metavar="S", help="train for this long")
    command.add_argument("--json", action="store_true", help="print one JSON object per line")
    command.set_defaults(run=_train)

    command = commands.add_parser(
        "cross-validate", help="compare hidden layers by k-fold cross-validation"
    )
    _add_experiment(command)
    command.add_argument(
        "--layers",
        action="append",
        default=[],
        metavar="UNITS",
        help="hidden layers such as 8-8, or none; may be repeated; without it, suggestions",
    )
    command.add_argument("--folds", type=_whole(2), metavar="K", help="how many parts (5)")
    command.add_argument("--epochs", type=_whole(1), metavar="N", help="passes each (50)")
    command.add_argument("--fold-seed", type=_whole(0), metavar="N", help="seed of the folds (0)")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=_cross_validate)

    command = commands.add_parser(
        "rate-range", help="find a learning rate: train a copy with rising rates"
    )
    _add_experiment(command)
    command.add_argument("--from", type=_positive, metavar="RATE", dest="lowest", help="(1e-5)")
    command.add_argument("--to", type=_positive, metavar="RATE", dest="highest", help="(10)")
    command.add_argument("--steps", type=_whole(20), metavar="N", help="training steps (500)")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=_rate_range)

    command = commands.add_parser("inspect", help="print a training step with all its numbers")
    _add_experiment(command)
    scope = command.add_mutually_exclusive_group()
    scope.add_argument(
        "--sample", type=_whole(0), metavar="K", help="look at one training sample alone"
    )
    scope.add_argument(
        "--batch", action="store_true", help="look at the batch that comes next (the default)"
    )
    command.add_argument(
        "--after", type=_whole(0), default=0, metavar="N", help="make so many steps before (0)"
    )
    command.add_argument(
        "--steps", type=_whole(1), default=1, metavar="N", help="print so many steps (1)"
    )
    command.add_argument("--notation", choices=("rows", "columns"), default="rows")
    command.add_argument(
        "--unfused", action="store_true", help="softmax and loss one operation at a time"
    )
    command.add_argument("--check", action="store_true", help="check gradients numerically")
    command.add_argument("--json", action="store_true", help="print one JSON object per step")
    command.set_defaults(run=_inspect)

    command = commands.add_parser("describe", help="list every option, or what is in a file")
    command.add_argument("topic", nargs="?", metavar="TOPIC|FILE", help="such as optimizers or elu")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_describe)

    command = commands.add_parser("screenshot", help="picture of the window after training")
    _add_experiment(command)
    command.add_argument("--workspace", choices=("train",), default="train")
    command.add_argument("--theme", choices=("light", "dark"), default="light")
    command.add_argument("--size", type=_size, default=(1440, 900), metavar="WxH")
    command.add_argument("--epochs", type=_whole(0), metavar="N", help="passes over the data")
    command.add_argument("--output", type=Path, required=True, metavar="F.png")
    command.set_defaults(run=_screenshot)

    command = commands.add_parser("export", help="train, then write tables or weights to a file")
    _add_experiment(command)
    command.add_argument("--format", required=True, metavar="F", help="see describe exporters")
    command.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="format_options",
        help="set a field of the format, such as separator=semicolon; may be repeated",
    )
    command.add_argument("--epochs", type=_whole(0), metavar="N", help="passes over the data")
    command.add_argument("--output", type=Path, required=True, metavar="PATH")
    command.set_defaults(run=_export)

    command = commands.add_parser("report", help="train, then write one page about the run")
    _add_experiment(command)
    command.add_argument("--epochs", type=_whole(0), metavar="N", help="passes over the data")
    command.add_argument("--output", type=Path, required=True, metavar="F.pdf|F.html")
    command.set_defaults(run=_report)
    return parser


def _add_experiment(command: argparse.ArgumentParser) -> None:
    command.add_argument("experiment", metavar="PRESET|FILE")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="changes",
        help="set any field, such as training.learning_rate=0.1; may be repeated",
    )
    command.add_argument(
        "--seed", type=_whole(0), metavar="N", help="seed of initial weights and batches"
    )
    command.add_argument("--dtype", choices=("float32", "float64"))


def _whole(least: int) -> Any:
    def parse(text: str) -> int:
        if not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} on")
        return int(text)

    return parse


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return value


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write it like 1440x900")
    size = int(width), int(height)
    if not (640 <= size[0] <= 7680 and 480 <= size[1] <= 4320):
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; from 640x480 to 7680x4320")
    return size


def _experiment(options: argparse.Namespace) -> ExperimentSpec:
    """Return the experiment that the options ask for."""
    from playground.experiment.presets import ExperimentFileError, load_experiment
    from playground.experiment.spec import checked
    from playground.schema.validation import InvalidValue, parsed_text, replaced

    try:
        spec = load_experiment(options.experiment)
        for change in options.changes:
            path, equals, text = change.partition("=")
            if not equals or not path:
                raise UsageError(f"--set {change!r} is not of the form path=value")
            spec = replaced(spec, path.strip(), _fitting(spec, path.strip(), parsed_text(text)))
        if options.seed is not None:
            spec = replaced(spec, "network.seed", options.seed)
        if options.dtype is not None:
            spec = replaced(spec, "training.dtype", options.dtype)
        return checked(spec)
    except (ExperimentFileError, InvalidValue) as error:
        raise UsageError(str(error)) from error


def _fitting(spec: ExperimentSpec, path: str, value: Any) -> Any:
    """Keep a text that looks like JSON (a folder named 2024) a text where the field is one."""
    import msgspec

    node: Any = msgspec.to_builtins(spec)
    for step in path.split("."):
        if isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            node = node.get(step) if isinstance(node, dict) else None
    if isinstance(node, str) and not isinstance(value, str | dict | list):
        return json.dumps(value)
    return value


def _open(options: argparse.Namespace) -> int:
    from playground.gui.preflight import check_or_explain

    problem = check_or_explain()
    if problem is not None:
        print(problem, file=sys.stderr)
        return 1
    name = options.experiment or DEFAULT_EXPERIMENT
    if options.experiment is not None:
        # What somebody asked for by name is checked before a window opens.
        _loaded(name)
    project = _project(name)
    from playground.gui.application import run

    if project is not None:
        return run(lambda: project.spec, project, Path(name))
    return run(lambda: _loaded(name))


def _project(name_or_path: str) -> Project | None:
    """Return the project in a file, or ``None`` if it is a preset, or an experiment alone."""
    from playground.experiment.presets import is_project_file

    if not is_project_file(name_or_path):
        return None
    from playground.experiment.project_file import ProjectFileError, read_project

    try:
        return read_project(Path(name_or_path))
    except ProjectFileError as error:
        raise UsageError(str(error)) from error


def _loaded(name_or_path: str) -> ExperimentSpec:
    from playground.experiment.presets import ExperimentFileError, load_experiment

    try:
        return load_experiment(name_or_path)
    except ExperimentFileError as error:
        raise UsageError(str(error)) from error


def _train(options: argparse.Namespace) -> int:
    from playground.training.divergence import Diverged

    spec = _experiment(options)
    trainer = _continued(options, spec)
    if trainer is None:
        trainer = _trainer(spec, _print_preparation if options.json else None)
    first = trainer.step
    epochs = options.epochs if options.epochs is not None else spec.training.epochs
    report = _JsonReport() if options.json else _BarReport(None if options.seconds else epochs)
    started = time.perf_counter()
    seconds = 0.0
    problem = ""
    steps_wanted = math.inf if options.seconds else first + epochs * trainer.batches_per_epoch
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


def _continued(options: argparse.Namespace, spec: ExperimentSpec) -> Trainer | None:
    """Return a trainer that stands where a project was saved, or ``None`` if there is none.

    What may be changed while training runs may also be changed here; anything else starts anew.
    """
    project = _project(options.experiment)
    if project is None or project.state is None:
        return None
    from playground.data.dataset import DataError
    from playground.experiment.change import Impact, impact
    from playground.schema.validation import InvalidValue
    from playground.training.state import UnfitState, restore_checked
    from playground.training.trainer import Trainer

    if impact(project.spec, spec) > Impact.LIVE:
        print("Other data or another network: training starts from the beginning.", file=sys.stderr)
        return None
    try:
        trainer = Trainer(project.spec)
        restore_checked(trainer, project.state)
        trainer.apply_live(spec)
    except (DataError, InvalidValue, UnfitState) as error:
        raise UsageError(f"{options.experiment}: {error}") from error
    return trainer


def _trainer(
    spec: ExperimentSpec, told: Callable[[PreparationProgress], None] | None = None
) -> Trainer:
    """Return a trainer; if its initial weights are prepared, show or tell how far that is."""
    from tqdm import tqdm

    from playground.data.dataset import DataError
    from playground.data.prepared import prepare
    from playground.schema.validation import InvalidValue
    from playground.training.preparing import Preparing, is_prepared
    from playground.training.trainer import Trainer

    try:
        if not is_prepared(spec):
            return Trainer(spec)
        data = prepare(spec.data)
        preparing = Preparing(spec, data)
        with tqdm(total=100, unit="%", disable=None, leave=False, dynamic_ncols=True) as bar:
            while not preparing.is_done:
                preparing.advance(1 / REPORTS_PER_SECOND)
                bar.update(int(preparing.progress.share * 100) - bar.n)
                bar.set_postfix_str(preparing.progress.text, refresh=False)
                if told is not None:
                    told(preparing.progress)
        if told is None:
            print(f"Initial weights prepared. {preparing.progress.text}")
        return Trainer(spec, data, preparing.vector)
    except (DataError, InvalidValue) as error:
        raise UsageError(str(error)) from error


def _print_preparation(progress: PreparationProgress) -> None:
    print(json.dumps({"preparation": progress.share, "text": progress.text}), flush=True)


def _cross_validate(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from playground.data.dataset import DataError
    from playground.experiment.architectures import parsed_widths, suggested_widths
    from playground.schema.validation import InvalidValue
    from playground.training.cross_validation import FoldSettings, cross_validate
    from playground.training.cross_validation_table import json_tree, text_table
    from playground.training.jobs import JobRefused, Progress, Progressed

    spec = _experiment(options)
    given = {"folds": options.folds, "epochs": options.epochs, "seed": options.fold_seed}
    with tqdm(total=100, unit="%", disable=None, leave=False, dynamic_ncols=True) as bar:

        def told(report: Progressed) -> None:
            bar.update(int(report.share * 100) - bar.n)
            bar.set_postfix_str(report.text, refresh=False)

        try:
            candidates = tuple(map(parsed_widths, options.layers)) or suggested_widths(spec)
            settings = FoldSettings(**{k: v for k, v in given.items() if v is not None})
            result = cross_validate(spec, candidates, settings, Progress(told))
        except (DataError, InvalidValue, JobRefused) as error:
            raise UsageError(str(error)) from error
    print(json.dumps(json_tree(result)) if options.json else text_table(result))
    return 0


def _rate_range(options: argparse.Namespace) -> int:
    from playground.data.dataset import DataError
    from playground.schema.validation import InvalidValue
    from playground.training.jobs import JobRefused
    from playground.training.rate_range import RangeSettings, rate_range
    from playground.training.rate_range_text import json_tree, text_table

    spec = _experiment(options)
    given = {name: getattr(options, name) for name in ("lowest", "highest", "steps")}
    try:
        settings = RangeSettings(**{k: v for k, v in given.items() if v is not None})
        result = rate_range(spec, settings)
    except (DataError, InvalidValue, JobRefused) as error:
        raise UsageError(str(error)) from error
    print(json.dumps(json_tree(result)) if options.json else text_table(result))
    return 0


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
        from tqdm import tqdm

        self._bar = tqdm(
            total=epochs, unit=" epochs", disable=None, leave=False, dynamic_ncols=True
        )

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


def _inspect(options: argparse.Namespace) -> int:
    from playground.inspection.circuit.presets import circuit_names
    from playground.inspection.operation import Notation
    from playground.inspection.report import step_text, step_tree
    from playground.inspection.situation import NoSuchSample, situation_of
    from playground.inspection.tape import record

    if options.experiment in circuit_names():
        from playground.inspection.circuit.report import printed

        print(printed(options.experiment, options.check, options.json))
        return 0
    spec = _experiment(options)
    trainer = _continued(options, spec) or _trainer(spec)
    trainer.advance(options.after)
    notation = Notation(options.notation)
    for number in range(options.steps):
        try:
            situation = situation_of(trainer, options.sample)
        except NoSuchSample as error:
            raise UsageError(str(error)) from error
        recording = record(situation, fused=not options.unfused)
        if options.json:
            head = {"experiment": spec.name, "step": trainer.step + 1}
            print(json.dumps(head | step_tree(recording, notation, options.check)), flush=True)
        else:
            title = f"{spec.name} · step {trainer.step + 1:,}"
            print(("\n" if number else "") + step_text(recording, title, notation, options.check))
        if number + 1 < options.steps:
            trainer.advance(1)
    return 0


def _describe(options: argparse.Namespace) -> int:
    from playground.experiment.catalogue import UnknownTopic, catalogue, printed, topic_entries
    from playground.exporting import exporters

    further = {"exporters": exporters()}
    if options.topic and Path(options.topic).is_file():
        return _describe_file(Path(options.topic), options.json)
    try:
        entries = topic_entries(options.topic, further) if options.topic else catalogue(further)
    except UnknownTopic as error:
        raise UsageError(str(error)) from error
    print(json.dumps(entries, indent=2) if options.json else printed(entries))
    return 0


def _describe_file(path: Path, as_json: bool) -> int:
    from playground.experiment.presets import ExperimentFileError
    from playground.experiment.project_file import ProjectFileError
    from playground.experiment.summary import printed_summary, summary_of_file

    try:
        summary = summary_of_file(path)
    except (ExperimentFileError, ProjectFileError) as error:
        raise UsageError(str(error)) from error
    print(json.dumps(summary, indent=2) if as_json else printed_summary(summary))
    return 0


def _screenshot(options: argparse.Namespace) -> int:
    import os

    if sys.platform.startswith("linux"):
        # A picture needs no screen.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from playground.gui.preflight import check_or_explain

    problem = check_or_explain()
    if problem is not None:
        print(problem, file=sys.stderr)
        return 1
    spec = _experiment(options)
    trainer_check = _trainer(spec, lambda _: None)
    del trainer_check  # only to refuse bad data before a window is made
    from playground.gui.screenshot import ScreenshotError, take_screenshot

    epochs = options.epochs if options.epochs is not None else spec.training.epochs
    try:
        take_screenshot(spec, options.theme, options.size, epochs, options.output)
    except ScreenshotError as error:
        raise UsageError(str(error)) from error
    return 0


def _export(options: argparse.Namespace) -> int:
    from playground.exporting.command import FormatError, made_exporter, written_and_proved
    from playground.files import FileNotWritten
    from playground.training.jobs import JobRefused, Progress

    _check_folder(options.output)
    try:
        exporter = made_exporter(options.format, options.format_options)
        run = _trained_run(options)
        files, proof = written_and_proved(exporter, run, options.output, Progress())
    except (FormatError, FileNotWritten, JobRefused) as error:
        raise UsageError(str(error)) from error
    for file in files:
        print(file)
    if proof:
        print(proof, file=sys.stderr)
    return 0


def _report(options: argparse.Namespace) -> int:
    _check_folder(options.output)
    if options.output.suffix.lower() not in (".pdf", ".html"):
        raise UsageError(f"--output {options.output} is neither a .pdf nor an .html file")
    _prepare_painting()
    from playground.files import FileNotWritten
    from playground.gui.application import application
    from playground.gui.reports.report import write_report
    from playground.training.jobs import JobRefused, Progress

    try:
        run = _trained_run(options)
        application()
        write_report(run, options.output, Progress())
    except (FileNotWritten, JobRefused) as error:
        raise UsageError(str(error)) from error
    print(options.output)
    return 0


def _check_folder(output: Path) -> None:
    """Refuse a file that cannot be written before time is spent on what should go into it."""
    if not output.absolute().parent.is_dir():
        raise UsageError(f"--output {output} is in no folder that exists; make it first")


def _prepare_painting() -> None:
    """Let Qt paint without a screen, or say what it misses."""
    import os

    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from playground.gui.preflight import check_or_explain

    problem = check_or_explain()
    if problem is not None:
        raise UsageError(problem)


def _trained_run(options: argparse.Namespace) -> Run:
    """Return the experiment that the options ask for, trained; the terminal shows how far it is.

    A project is taken as it was saved, unless epochs or changes are asked for: then it is trained
    anew, from its initial weights.
    """
    from tqdm import tqdm

    from playground.data.dataset import DataError
    from playground.exporting.run import Run
    from playground.schema.validation import InvalidValue
    from playground.training.jobs import Progress

    spec = _experiment(options)
    saved = _project(options.experiment) if options.epochs is None else None
    if saved is not None and saved.state is not None and saved.spec == spec:
        try:
            return Run.of_project(saved)
        except DataError as error:
            raise UsageError(str(error)) from error
    epochs = options.epochs if options.epochs is not None else spec.training.epochs
    with tqdm(total=100, unit="%", disable=None, leave=False, dynamic_ncols=True) as bar:
        progress = Progress(lambda told: bar.update(int(told.share * 100) - bar.n))
        try:
            return Run.trained(spec, epochs, progress)
        except (DataError, InvalidValue) as error:
            raise UsageError(str(error)) from error

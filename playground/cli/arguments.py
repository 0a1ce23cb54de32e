"""What several commands take: an experiment with changes, a length, numbers, a file to write."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from playground.experiment.spec import ExperimentSpec


class UsageError(Exception):
    """Input that cannot be carried out; its text is the one line that is printed."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        print(f"gradient-playground: {message}; see --help", file=sys.stderr)
        raise SystemExit(2)


def add_experiment(parser: argparse.ArgumentParser) -> None:
    """Add an experiment and what changes it; `experiment` reads them."""
    parser.add_argument("experiment", metavar="PRESET|FILE")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="changes",
        help="set any field, such as training.learning_rate=0.1; may be repeated",
    )
    parser.add_argument(
        "--seed", type=whole(0), metavar="N", help="seed of initial weights and batches"
    )
    parser.add_argument("--dtype", choices=("float32", "float64"))


def add_epochs(parser: argparse._ActionsContainer) -> None:
    """Add how long to train; without it, as long as the experiment says."""
    parser.add_argument("--epochs", type=whole(0), metavar="N", help="passes over the data")


def epochs(options: argparse.Namespace, spec: ExperimentSpec) -> int:
    """Return how many passes over the data are asked for."""
    return int(options.epochs if options.epochs is not None else spec.training.epochs)


def add_output(parser: argparse.ArgumentParser, metavar: str) -> None:
    """Add the file to write, which must be given; `check_folder` looks at its folder."""
    parser.add_argument("--output", type=Path, required=True, metavar=metavar)


def is_file(argument: str) -> bool:
    """Return whether an argument is meant as a project or an experiment, and not as a command."""
    return Path(argument).suffix.lower() in (".gplay", ".json")


def check_folder(output: Path) -> None:
    """Refuse a file that cannot be written before time is spent on what should go into it."""
    if not output.absolute().parent.is_dir():
        raise UsageError(f"--output {output} is in no folder that exists; make it first")


def whole(least: int) -> Callable[[str], int]:
    """Return a reader of whole numbers that are not less than ``least``."""

    def parse(text: str) -> int:
        if not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} on")
        return int(text)

    return parse


def positive(text: str) -> float:
    """Read a finite number above zero."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return value


def experiment(options: argparse.Namespace) -> ExperimentSpec:
    """Return the experiment that the options ask for.

    Raises
    ------
    UsageError
        If there is none of that name, or a change does not fit.
    """
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

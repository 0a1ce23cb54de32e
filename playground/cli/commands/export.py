"""Train, then write weights, a model, code or tables to a file."""

from __future__ import annotations

import argparse
import sys

from playground.cli.arguments import (
    UsageError,
    add_epochs,
    add_experiment,
    add_output,
    check_folder,
)
from playground.cli.runs import trained_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the experiment, how long to train, the format with its fields, and the file."""
    add_experiment(parser)
    parser.add_argument("--format", required=True, metavar="F", help="see describe exporters")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="format_options",
        help="set a field of the format, such as separator=semicolon; may be repeated",
    )
    add_epochs(parser)
    add_output(parser, "PATH")


def run(options: argparse.Namespace) -> int:
    """Write the files, read them back, and print their names."""
    from playground.exporting.command import FormatError, made_exporter, written_and_proved
    from playground.files import FileNotWritten
    from playground.training.jobs import JobRefused, Progress

    check_folder(options.output)
    try:
        exporter = made_exporter(options.format, options.format_options)
        trained = trained_run(options)
        files, proof = written_and_proved(exporter, trained, options.output, Progress())
    except (FormatError, FileNotWritten, JobRefused) as error:
        raise UsageError(str(error)) from error
    for file in files:
        print(file)
    if proof:
        print(proof, file=sys.stderr)
    return 0

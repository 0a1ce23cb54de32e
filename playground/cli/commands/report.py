"""Train, then write one page about the run."""

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
from playground.cli.terminal import painting_problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the experiment, how long to train, and the file, whose name says which kind."""
    add_experiment(parser)
    add_epochs(parser)
    add_output(parser, "F.pdf|F.html")


def run(options: argparse.Namespace) -> int:
    """Write the page and print its name."""
    check_folder(options.output)
    if options.output.suffix.lower() not in (".pdf", ".html"):
        raise UsageError(f"--output {options.output} is neither a .pdf nor an .html file")
    problem = painting_problem()
    if problem is not None:
        print(problem, file=sys.stderr)
        return 1
    from playground.files import FileNotWritten
    from playground.gui.application import application
    from playground.gui.reports.report import write_report
    from playground.training.jobs import JobRefused, Progress

    try:
        trained = trained_run(options)
        application()
        write_report(trained, options.output, Progress())
    except (FileNotWritten, JobRefused) as error:
        raise UsageError(str(error)) from error
    print(options.output)
    return 0

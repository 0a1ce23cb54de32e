"""Open the window."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playground.cli.runs import loaded, project

DEFAULT_EXPERIMENT = "spirals"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the experiment to begin with."""
    parser.add_argument("experiment", nargs="?", metavar="FILE|PRESET")


def run(options: argparse.Namespace) -> int:
    """Open the window with an experiment, or with a project as it was left."""
    from playground.gui.preflight import check_or_explain

    problem = check_or_explain()
    if problem is not None:
        print(problem, file=sys.stderr)
        return 1
    name = options.experiment or DEFAULT_EXPERIMENT
    if options.experiment is not None:
        # What somebody asked for by name is checked before a window opens.
        loaded(name)
    saved = project(name)
    from playground.gui import application

    if saved is not None:
        return application.run(lambda: saved.spec, saved, Path(name))
    return application.run(lambda: loaded(name))

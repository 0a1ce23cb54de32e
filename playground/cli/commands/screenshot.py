"""Make a picture of the window after training."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playground.cli.arguments import (
    UsageError,
    add_epochs,
    add_experiment,
    add_output,
    epochs,
    experiment,
    whole,
)
from playground.cli.runs import new_trainer, project
from playground.cli.terminal import painting_problem

if TYPE_CHECKING:
    from playground.experiment.project_file import Project
    from playground.experiment.spec import ExperimentSpec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the experiment, how long to train, and what the picture shows."""
    add_experiment(parser)
    parser.add_argument(
        "--workspace",
        choices=("train", "inspect", "circuits"),
        default="train",
        help="what the window shows (train)",
    )
    parser.add_argument(
        "--operation",
        type=whole(1),
        default=1,
        metavar="N",
        help="in the inspector: the operation shown, counted from 1 (1)",
    )
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--size", type=_size, default=(1440, 900), metavar="WxH")
    add_epochs(parser)
    add_output(parser, "F.png")


def run(options: argparse.Namespace) -> int:
    """Train in a window that nobody sees, and save what it shows."""
    problem = painting_problem()
    if problem is not None:
        print(problem, file=sys.stderr)
        return 1
    spec = experiment(options)
    saved = _as_saved(options, spec)
    if saved is None:
        new_trainer(spec, lambda _: None)  # only to refuse bad data before a window is made
    from playground.gui.screenshot import ScreenshotError, take_screenshot

    try:
        take_screenshot(
            spec,
            options.theme,
            options.size,
            epochs(options, spec),
            options.output,
            options.workspace,
            options.operation,
            saved,
        )
    except ScreenshotError as error:
        raise UsageError(str(error)) from error
    return 0


def _as_saved(options: argparse.Namespace, spec: ExperimentSpec) -> tuple[Project, Path] | None:
    """Return a project with its weights, unless epochs or changes are asked for."""
    saved = project(options.experiment) if options.epochs is None else None
    if saved is None or saved.state is None or saved.spec != spec:
        return None
    # Which workspace is shown is said by an option.
    layout = {name: value for name, value in saved.layout.items() if name != "workspace"}
    return dataclasses.replace(saved, layout=layout), Path(options.experiment)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write it like 1440x900")
    size = int(width), int(height)
    if not (640 <= size[0] <= 7680 and 480 <= size[1] <= 4320):
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; from 640x480 to 7680x4320")
    return size

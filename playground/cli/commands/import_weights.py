"""Take weights from a file into a project, which the window and the other commands open."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playground.cli.arguments import UsageError, add_output, check_folder
from playground.cli.runs import loaded


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the weights, the experiment that they belong to, and the project to write."""
    parser.add_argument("weights", type=Path, metavar="WEIGHTS", help="safetensors or npz")
    parser.add_argument(
        "--into",
        metavar="PRESET|FILE",
        help="the network that they belong to; without it, that of the experiment in the file",
    )
    parser.add_argument(
        "--build",
        action="store_true",
        help="make dense layers of the shapes in the file, for the data of --into",
    )
    add_output(parser, "F.gplay")


def run(options: argparse.Namespace) -> int:
    """Write a project with the weights, and print its name."""
    from playground.data.dataset import DataError
    from playground.experiment.project_file import SUFFIX, Project, write_project
    from playground.exporting.weights.formats import WeightFileError, read_weights
    from playground.exporting.weights.importing import spec_for_weights, trainer_with_weights
    from playground.exporting.weights.metadata import EXPERIMENT
    from playground.exporting.weights.tensors import UnfitWeights
    from playground.files import FileNotWritten
    from playground.schema.validation import InvalidValue

    check_folder(options.output)
    if options.output.suffix.lower() != SUFFIX:
        raise UsageError(f"--output {options.output} is no {SUFFIX} file")
    if options.build and options.into is None:
        raise UsageError("--build takes its data from --into PRESET|FILE; give one")
    try:
        file = read_weights(options.weights)
        if options.into is not None and not options.build:
            spec = loaded(options.into)
        elif options.into is not None:
            spec = spec_for_weights(file.without_metadata(), loaded(options.into))
        elif EXPERIMENT in file.metadata:
            spec = spec_for_weights(file, loaded("spirals"))
        else:
            raise UsageError(
                f"{options.weights} holds no experiment; name the one that the weights belong to "
                "with --into PRESET|FILE, and add --build to make a network of their shapes"
            )
        trainer = trainer_with_weights(spec, file)
        write_project(Project(spec, trainer.state()), options.output)
    except (DataError, FileNotWritten, InvalidValue, UnfitWeights, WeightFileError) as error:
        raise UsageError(str(error)) from error
    print(options.output)
    count = trainer.architecture.parameter_count
    print(f"{count:,} parameters in {len(trainer.architecture.layers)} layers.", file=sys.stderr)
    return 0

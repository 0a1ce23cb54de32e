"""List every option, or say what is in a file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from playground.cli.arguments import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to describe, and the form of the answer."""
    parser.add_argument("topic", nargs="?", metavar="TOPIC|FILE", help="such as optimizers or elu")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Print the options of a topic, or all, or the summary of a file."""
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

"""Compare hidden layers by k-fold cross-validation."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from playground.cli.arguments import UsageError, add_experiment, experiment, whole
from playground.cli.terminal import progress_bar

if TYPE_CHECKING:
    from playground.training.jobs import Progressed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the experiment, the candidates, the folds, and the form of the result."""
    add_experiment(parser)
    parser.add_argument(
        "--layers",
        action="append",
        default=[],
        metavar="UNITS",
        help="hidden layers such as 8-8, or none; may be repeated; without it, suggestions",
    )
    parser.add_argument("--folds", type=whole(2), metavar="K", help="how many parts (5)")
    parser.add_argument("--epochs", type=whole(1), metavar="N", help="passes each (50)")
    parser.add_argument("--fold-seed", type=whole(0), metavar="N", help="seed of the folds (0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Train every candidate on every division of the data, and print a table."""
    from playground.data.dataset import DataError
    from playground.experiment.architectures import parsed_widths, suggested_widths
    from playground.schema.validation import InvalidValue
    from playground.training.cross_validation import FoldSettings, cross_validate
    from playground.training.cross_validation_table import json_tree, text_table
    from playground.training.jobs import JobRefused, Progress

    spec = experiment(options)
    given = {"folds": options.folds, "epochs": options.epochs, "seed": options.fold_seed}
    with progress_bar() as bar:

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

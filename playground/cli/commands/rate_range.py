"""Find a learning rate: train a copy with rising rates."""

from __future__ import annotations

import argparse
import json

from playground.cli.arguments import UsageError, add_experiment, experiment, positive, whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the experiment, the range, and the form of the result."""
    add_experiment(parser)
    parser.add_argument("--from", type=positive, metavar="RATE", dest="lowest", help="(1e-5)")
    parser.add_argument("--to", type=positive, metavar="RATE", dest="highest", help="(10)")
    parser.add_argument("--steps", type=whole(20), metavar="N", help="training steps (500)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Print the loss at each rate and the rate that it suggests."""
    from playground.data.dataset import DataError
    from playground.schema.validation import InvalidValue
    from playground.training.jobs import JobRefused
    from playground.training.rate_range import RangeSettings, rate_range
    from playground.training.rate_range_text import json_tree, text_table

    spec = experiment(options)
    given = {name: getattr(options, name) for name in ("lowest", "highest", "steps")}
    try:
        settings = RangeSettings(**{k: v for k, v in given.items() if v is not None})
        result = rate_range(spec, settings)
    except (DataError, InvalidValue, JobRefused) as error:
        raise UsageError(str(error)) from error
    print(json.dumps(json_tree(result)) if options.json else text_table(result))
    return 0

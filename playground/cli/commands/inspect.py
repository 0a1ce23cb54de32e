"""Print a training step, or a formula, with all its numbers."""

from __future__ import annotations

import argparse
import json

from playground.cli.arguments import UsageError, add_experiment, experiment, whole
from playground.cli.runs import continued, new_trainer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the experiment, which steps and samples, and how they are shown."""
    add_experiment(parser)
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument(
        "--sample", type=whole(0), metavar="K", help="look at one training sample alone"
    )
    scope.add_argument(
        "--batch", action="store_true", help="look at the batch that comes next (the default)"
    )
    parser.add_argument(
        "--after", type=whole(0), default=0, metavar="N", help="make so many steps before (0)"
    )
    parser.add_argument(
        "--steps", type=whole(1), default=1, metavar="N", help="print so many steps (1)"
    )
    parser.add_argument("--notation", choices=("rows", "columns"), default="rows")
    parser.add_argument(
        "--unfused", action="store_true", help="softmax and loss one operation at a time"
    )
    parser.add_argument("--check", action="store_true", help="check gradients numerically")
    parser.add_argument("--json", action="store_true", help="print one JSON object per step")


def run(options: argparse.Namespace) -> int:
    """Print each step that was asked for, or the passes through a bundled formula."""
    from playground.inspection.circuit.presets import circuit_names
    from playground.inspection.operation import Notation
    from playground.inspection.report import step_text, step_tree
    from playground.inspection.situation import NoSuchSample, situation_of
    from playground.inspection.tape import record

    if options.experiment in circuit_names():
        from playground.inspection.circuit.report import printed

        print(printed(options.experiment, options.check, options.json))
        return 0
    spec = experiment(options)
    trainer = continued(options, spec) or new_trainer(spec)
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

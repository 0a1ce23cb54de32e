"""From the arguments to a command and an exit status."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from playground import __version__
from playground.cli.arguments import Parser, UsageError, is_file
from playground.cli.commands import COMMANDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status: 0 done, 1 failed, 2 bad input."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and is_file(given[0]):
        # As file managers open files, and as people drop them on a program.
        given = ["open", *given]
    options = _parser(given).parse_args(given)
    if options.command is None:
        given = ["open", *given]
        options = _parser(given).parse_args(given)
    try:
        return int(options.run(options))
    except UsageError as error:
        print(f"gradient-playground: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away (as in `| head`): nothing is left to say.
        sys.stderr.close()
        return 0


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser that knows all commands by name, and those that are given in full."""
    parser = Parser(
        prog="gradient-playground",
        description="Build a multilayer perceptron, watch it learn, take the weights away.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        command_parser = commands.add_parser(command.name, help=command.help)
        if command.name in given:
            module = command.module()
            module.add_arguments(command_parser)
            command_parser.set_defaults(run=module.run)
    return parser

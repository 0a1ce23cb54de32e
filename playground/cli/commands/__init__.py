"""Every command, in the order of the help; a module of its own says what it takes and does.

The module of a command has ``add_arguments(parser)`` and ``run(options)``, which returns the exit
status. It is imported only when the command was given, and imports what it needs only in ``run``.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import NamedTuple

__all__ = ["COMMANDS", "Command"]


class Command(NamedTuple):
    """A command as the list of commands shows it."""

    name: str
    help: str

    def module(self) -> ModuleType:
        """Return the module that takes its arguments and carries it out."""
        return import_module(f"{__name__}.{self.name.replace('-', '_')}")


COMMANDS = (
    Command("open", "open the window (the default)"),
    Command("train", "train without a window"),
    Command("cross-validate", "compare hidden layers by k-fold cross-validation"),
    Command("rate-range", "find a learning rate: train a copy with rising rates"),
    Command("inspect", "print a training step with all its numbers"),
    Command("describe", "list every option, or what is in a file"),
    Command("screenshot", "picture of the window after training"),
    Command("export", "train, then write weights, a model, code or tables to a file"),
    Command("import-weights", "make a project of a network and weights from a file"),
    Command("report", "train, then write one page about the run"),
)

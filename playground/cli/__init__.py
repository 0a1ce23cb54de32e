"""The command ``gradient-playground``. Qt is imported only by what opens a window or paints."""

from playground.cli.program import main

__all__ = ["main"]

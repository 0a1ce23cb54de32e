"""From anything on the screen to the table of samples in a window of its own."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

__all__ = ["ask_for_samples"]


@runtime_checkable
class _OpensSamples(Protocol):
    """Who can show the table of samples in a window."""

    def open_samples(self) -> object:
        """Show it."""


def ask_for_samples(widget: QWidget) -> bool:
    """Open the table of samples; return whether there is somebody around the widget who can."""
    parent: QWidget | None = widget
    while parent is not None:
        if isinstance(parent, _OpensSamples):
            parent.open_samples()
            return True
        parent = parent.parentWidget()
    return False

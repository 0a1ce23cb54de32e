"""How the window is arranged, as plain numbers and names, and what of that may be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

__all__ = ["apply_layout", "layout_of"]

_LARGEST = 20_000
"""Pixels; no panel is wider."""


def layout_of(window: MainWindow) -> dict[str, Any]:
    """Return how a window is arranged, for a project file."""
    return {
        "workspace": window.workspaces.name,
        "panels": window.menus.panels(),
        "splitters": {name: s.sizes() for name, s in window.workspace.splitters().items()},
        "output": window.workspace.output.options(),
    }


def apply_layout(window: MainWindow, layout: dict[str, Any]) -> None:
    """Arrange a window as a file says.

    The file may come from anywhere: what is not known here, or does not fit, is passed over. The
    size of the window stays, since the screen is another one.
    """
    panels = _named(layout.get("panels"), window.menus.panels(), bool)
    window.menus.show_panels(panels)
    options = window.workspace.output.options()
    window.workspace.output.set_options(options | _named(layout.get("output"), options, bool))
    splitters = window.workspace.splitters()
    for name, sizes in _named(layout.get("splitters"), splitters, list).items():
        splitter = splitters[name]
        if len(sizes) == splitter.count() and all(
            type(size) is int and 0 <= size <= _LARGEST for size in sizes
        ):
            splitter.setSizes(sizes)
    if layout.get("workspace") in ("train", "inspect"):
        window.workspaces.choose(layout["workspace"])


def _named(found: Any, known: dict[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Return the entries that are known and of the right type."""
    if not isinstance(found, dict):
        return {}
    return {name: v for name, v in found.items() if name in known and type(v) is kind}

"""The Circuits tab of the Inspect workspace."""

from playground.gui.inspect.circuits.panel import CircuitPanel

__all__ = ["CircuitPanel"]

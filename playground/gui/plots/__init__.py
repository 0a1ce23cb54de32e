"""Live curves, drawn with pyqtgraph.

Importing pyqtgraph is the slowest part of a start, so nothing here is imported before the first
window is shown. Only :mod:`playground.gui.plots.canvas` touches the library.
"""

"""The curves of a plot as numbers."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

import numpy as np

from playground.gui.plots.series import Series

__all__ = ["csv_text"]


def csv_text(x_name: str, series: Sequence[Series]) -> str:
    """Return every value of every series as comma-separated values.

    Parameters
    ----------
    x_name
        Heading of the first column.
    series
        One column each. Where the x differ, a row has empty cells; so has a missing value.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([x_name, *(each.name for each in series)])
    if series:
        places = np.unique(np.concatenate([each.x for each in series]))
        table = np.full((len(places), len(series)), np.nan)
        for column, each in enumerate(series):
            table[np.searchsorted(places, each.x), column] = each.y
        for place, values in zip(places.tolist(), table.tolist(), strict=True):
            writer.writerow([repr(place), *("" if v != v else repr(v) for v in values)])
    return text.getvalue()

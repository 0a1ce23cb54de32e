"""The result of a learning-rate range test for a terminal, and as a tree for JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.training.rate_range import RateRange

__all__ = ["json_tree", "text_table"]

ROWS = 24
WIDTH = 40


def text_table(result: RateRange) -> str:
    """Return some of the rates with the smoothed loss at each as a bar, and the outcome below."""
    lines = [f"{'rate':>9}  {'loss':>9}"]
    # Beyond a little more than the first loss, a bar would only say that all is lost.
    top = max(1.25 * result.start_loss, float(np.min(result.smoothed, initial=np.inf)))
    step = max(1, round(len(result.rates) / ROWS))
    marks = _marks(result, step)
    for index in range(0, len(result.rates), step):
        loss = float(result.smoothed[index])
        filled = round(WIDTH * min(max(loss, 0.0) / top, 1.0)) if top > 0 else 0
        row = f"{result.rates[index]:9.2g}  {loss:9.4g}  {'█' * filled}"
        lines.append(f"{row.ljust(WIDTH + 24)}{marks.get(index, '')}".rstrip())
    if result.diverged_at is not None:
        lines.append(f"{result.diverged_at:9.2g}  the loss explodes")
    return "\n".join([*lines, "", result.sentence])


def json_tree(result: RateRange) -> dict[str, Any]:
    """Return everything as plain values."""
    return {
        "rates": result.rates.tolist(),
        "losses": result.losses.tolist(),
        "smoothed": result.smoothed.tolist(),
        "start_loss": result.start_loss,
        "diverged_at": result.diverged_at,
        "lowest_at": result.lowest_at,
        "steepest_at": result.steepest_at,
        "suggested": result.suggested,
    }


def _marks(result: RateRange, step: int) -> dict[int, str]:
    """Return words beside the rows that are nearest to what was found."""
    words: dict[int, list[str]] = {}
    for rate, word in (
        (result.suggested, "suggested"),
        (result.steepest_at, "steepest"),
        (result.lowest_at, "least"),
    ):
        if rate is not None:
            shown = np.log(result.rates[::step])
            row = int(np.argmin(np.abs(shown - np.log(rate)))) * step
            words.setdefault(row, []).append(word)
    return {row: ", ".join(found) for row, found in words.items()}

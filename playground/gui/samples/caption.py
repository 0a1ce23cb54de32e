"""What the samples of the table come to, in a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData
from playground.gui.samples.arrangement import ALL, Arrangement
from playground.gui.samples.columns import SETS, written
from playground.gui.samples.model import SamplesModel

__all__ = ["caption", "empty_text"]


def caption(model: SamplesModel, arrangement: Arrangement, progress: float, is_held: bool) -> str:
    """Return how many samples the chosen set has, how many are wrong, and their mean loss.

    Parameters
    ----------
    progress
        How far asking the network about all of them is, from 0 to 1.
    is_held
        Whether the order is not that of the newest answers.
    """
    data, scores = model.samples, model.scores
    if data is None:
        return ""
    chosen = _of_set(model, arrangement)
    count = int(np.count_nonzero(chosen))
    if not count or not scores.known[chosen].all():
        share = f" · asking the network, {progress:.0%}" if progress < 1 else ""
        return f"{count:,} samples{share}"
    with np.errstate(all="ignore"):
        loss = f"loss {written(float(scores.losses[chosen].mean()), '.3g')}"
    rest = "order held" if is_held else loss
    if not data.task.class_count:
        return f"{count:,} samples · {rest}"
    wrong = int(np.count_nonzero(scores.wrong(data.samples.labels)[chosen]))
    return f"{wrong:,} of {count:,} wrong · {rest}"


def empty_text(model: SamplesModel, arrangement: Arrangement) -> tuple[str, bool]:
    """Return what to say in place of rows, and whether showing all samples would help.

    "" if there are rows.
    """
    if model.rowCount():
        return "", False
    data: PreparedData | None = model.samples
    if data is None:
        return "The samples appear here as soon as there is data.", False
    chosen = _of_set(model, arrangement)
    if not chosen.any():
        return f"There are no {arrangement.of_set} samples.", True
    if not model.scores.known[chosen].all():
        return "Looking for mistakes…", False
    which = "" if arrangement.of_set == ALL else f"{arrangement.of_set} "
    return f"No mistakes: every {which}sample is right.", True


def _of_set(model: SamplesModel, arrangement: Arrangement) -> NDArray[np.bool_]:
    if arrangement.of_set in SETS:
        return np.asarray(model.codes == SETS.index(arrangement.of_set))
    return np.ones(len(model.codes), bool)

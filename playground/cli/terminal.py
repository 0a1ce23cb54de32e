"""How far something is, on a terminal; and whether pictures can be painted without one."""

from __future__ import annotations

import os
import sys
from typing import Any

REPORTS_PER_SECOND = 10


def progress_bar(total: int | None = 100, unit: str = "%") -> Any:
    """Return a bar that is shown on a terminal only, and leaves nothing behind."""
    from tqdm import tqdm

    return tqdm(total=total, unit=unit, disable=None, leave=False, dynamic_ncols=True)


def painting_problem() -> str | None:
    """Let Qt paint without a screen, or say what it misses."""
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from playground.gui.preflight import check_or_explain

    return check_or_explain()

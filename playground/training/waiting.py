"""Which commands to the worker have a meaning, once others came behind or before them."""

from __future__ import annotations

from collections import deque

from playground.training import messages

__all__ = ["MEANWHILE", "still_wanted"]

MEANWHILE = (
    messages.Load
    | messages.TakeState
    | messages.SkipPreparation
    | messages.SetPace
    | messages.Show
    | messages.Stop
)
"""What is carried out while initial weights are prepared; everything else waits for them."""


def still_wanted(commands: deque[messages.Command]) -> deque[messages.Command]:
    """Leave out what a later load makes pointless: a dragged slider asks for many in a row.

    What came before a request for the state is carried out: it shows in the answer.
    """
    loads = [i for i, command in enumerate(commands) if isinstance(command, messages.Load)]
    if not loads:
        return commands
    kept = 0
    for index, command in enumerate(commands):
        if isinstance(command, messages.TakeState) and index < loads[-1]:
            kept = index
    about_the_run = (
        messages.Load
        | messages.ApplyLive
        | messages.SetParameter
        | messages.Restore
        | messages.Reset
        | messages.Step
    )
    return deque(
        command
        for index, command in enumerate(commands)
        if index < kept or index >= loads[-1] or not isinstance(command, about_the_run)
    )

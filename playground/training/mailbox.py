"""The slot in which the screen finds the latest snapshot."""

from __future__ import annotations

import threading

from playground.training.snapshot import Snapshot


class Mailbox:
    """One slot: holds the latest snapshot until it is taken."""

    def __init__(self) -> None:
        self._slot: Snapshot | None = None
        self._lock = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether the last snapshot was taken."""
        return self._slot is None

    def put(self, snapshot: Snapshot) -> None:
        """Store a snapshot in place of an older one."""
        with self._lock:
            self._slot = snapshot

    def take(self) -> Snapshot | None:
        """Return the latest snapshot and empty the slot; ``None`` if there is no new one."""
        with self._lock:
            snapshot, self._slot = self._slot, None
            return snapshot

"""The other side of a worker in tests: waits for what it reports, never for time to pass."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from playground.experiment.spec import ExperimentSpec
from playground.training import messages
from playground.training.mailbox import Mailbox
from playground.training.snapshot import Snapshot, View
from playground.training.worker import Worker

TIMEOUT = 20.0
"""Seconds after which something that should have happened counts as missing."""

E = TypeVar("E")


class CountingMailbox(Mailbox):
    """A mailbox that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.delivered = 0
        self.changed = threading.Condition()

    def put(self, snapshot: Snapshot) -> None:
        super().put(snapshot)
        with self.changed:
            self.delivered += 1
            self.changed.notify_all()


class Screen:
    """A worker with the commands and waits that a test needs."""

    def __init__(self) -> None:
        self.worker = Worker()
        self.mailbox = CountingMailbox()
        self.worker.mailbox = self.mailbox
        self.worker.start()

    def send(self, *commands: messages.Command) -> None:
        for command in commands:
            self.worker.send(command)

    def load(self, spec: ExperimentSpec, run_id: int = 1) -> messages.Loaded:
        self.send(messages.Load(spec, run_id))
        return self.expect(messages.Loaded)

    def expect(self, kind: type[E]) -> E:
        """Return the next event, which must be of a kind."""
        event: Any = self.worker.events.get(timeout=TIMEOUT)
        assert isinstance(event, kind), event
        return event

    def expect_silence(self) -> None:
        """Make sure that all commands so far were carried out and caused no event."""
        self.look()
        assert self.worker.events.empty(), self.worker.events.get_nowait()

    def snapshot(self, condition: Callable[[Snapshot], bool] = lambda s: True) -> Snapshot:
        """Return the first snapshot from now on that meets a condition."""
        while True:
            with self.mailbox.changed:
                arrived = self.mailbox.changed.wait_for(lambda: not self.mailbox.is_empty, TIMEOUT)
            assert arrived, "no snapshot came"
            snapshot = self.mailbox.take()
            if snapshot is not None and condition(snapshot):
                return snapshot

    def look(self, **view: Any) -> Snapshot:
        """Return a snapshot that was made after all commands so far."""
        marker = View(**view)
        self.send(messages.Show(marker))
        return self.snapshot(lambda s: s.view is marker)

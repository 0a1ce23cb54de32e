"""Searches for garbage that pass over what stays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui import heap


class _Workspaces(QObject):
    chosen = Signal(str)


class _Window(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.workspaces = _Workspaces(self)


def test_that_the_start_and_the_first_other_workspace_are_left_out(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    stand_in = SimpleNamespace(
        collect=lambda generation: done.append(f"collect {generation}"),
        freeze=lambda: done.append("freeze"),
    )
    monkeypatch.setattr(heap, "gc", stand_in)
    monkeypatch.setattr(heap, "SETTLED_MILLISECONDS", 0)
    window = _Window()
    heap.spare_heap(cast(Any, window))
    qtbot.waitUntil(lambda: done == ["collect 1", "freeze"])
    window.workspaces.chosen.emit("inspect")
    qtbot.waitUntil(lambda: done == 2 * ["collect 1", "freeze"])
    window.workspaces.chosen.emit("train")
    QApplication.processEvents()
    assert len(done) == 4

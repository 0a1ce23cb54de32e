"""A network view with what stands behind it, for the tests of its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.data.registry import Digits, Spirals
from playground.engine.layers import AnyLayer, Dense
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.experiment.spec import ExperimentSpec, TrainingSpec, checked
from playground.gui.palette import value_lut
from playground.gui.theme import theme
from playground.gui.train.network.naming import UnitAt, WeightAt
from playground.gui.train.network.view import NetworkView
from playground.schema.validation import replaced
from playground.training.messages import Loaded
from playground.training.snapshot import ColorTables, Snapshot, SnapshotBuilder, View
from playground.training.trainer import Trainer

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def experiment(*widths: int, data: Any = None, **training: Any) -> ExperimentSpec:
    """Return an experiment with hidden layers of these widths."""
    layers = tuple(Dense(width) for width in widths)
    return ExperimentSpec(
        data=data or Spirals(points=60),
        network=NetworkSpec(layers=layers),
        training=TrainingSpec(**training),
    )


def of_layers(*layers: AnyLayer, data: Any = None, **training: Any) -> ExperimentSpec:
    """Return an experiment with these hidden layers."""
    return ExperimentSpec(
        data=data or Spirals(points=60),
        network=NetworkSpec(layers=layers),
        training=TrainingSpec(**training),
    )


def digits(*widths: int) -> ExperimentSpec:
    """Return an experiment on images."""
    return experiment(*widths, data=Digits(points=100), loss=SoftmaxCrossEntropy())


class Bench:
    """A view with what stands behind it: the current spec, and a trainer without a thread."""

    def __init__(self, qtbot: QtBot, spec: ExperimentSpec, size: tuple[int, int] = (860, 520)):
        self.spec = spec
        self.labels: list[str] = []
        self.accepts = True
        self.view = NetworkView()
        qtbot.addWidget(self.view)
        self.view.resize(*size)
        self.view.proposed.connect(self._propose)
        self.view.edited.connect(self._edit)
        self.view.show_spec(spec)
        with qtbot.waitExposed(self.view):
            self.view.show()
        self.view.activateWindow()
        qtbot.waitUntil(self.view.isActiveWindow)
        self.train()

    def _propose(self, spec: ExperimentSpec, label: str, merge_key: str) -> None:
        if self.accepts:
            self.labels.append(label)
            self.spec = checked(spec)
        self.view.show_spec(self.spec)

    def _edit(self, path: str, value: Any, label: str, merge_key: str) -> None:
        self._propose(replaced(self.spec, path, value), label, merge_key)

    def train(self) -> None:
        """Start a new run of the current spec."""
        self.trainer = Trainer(self.spec)
        self.builder = SnapshotBuilder(self.trainer, 1)
        data, architecture = self.trainer.data, self.trainer.architecture
        self.view.show_loaded(Loaded(1, self.spec, data, architecture))

    def snapshot(self, **view: Any) -> Snapshot:
        """Return a snapshot of what the view wishes to see."""
        colors = theme().current
        values = np.full((256, 4), 255, np.uint8)
        values[:, :3] = value_lut(colors)
        tables = ColorTables(values, values[:10].copy(), values[128].copy())
        wanted = View(colors=tables, surface_size=40, **{**self.view.wishes(), **view})
        return self.builder.build(wanted, running=False, steps_per_second=None)

    def feed(self, steps: int = 0) -> Snapshot:
        """Train some steps and show the result."""
        self.trainer.advance(steps)
        snapshot = self.snapshot()
        self.view.show_snapshot(snapshot)
        return snapshot

    @property
    def widths(self) -> list[int]:
        return [layer.units for layer in self.spec.network.layers]

    @property
    def cards(self) -> list[Any]:
        return self.view.board.cards

    def place_of(self, at: UnitAt | WeightAt) -> QPoint:
        """Return the middle of a unit or link on the canvas."""
        box = self.view.canvas.box_of(at)
        assert box is not None
        return box.center().toPoint()

    def choose_kind(self, title: str) -> None:
        """Choose a kind of layer in the panel that a plus opened."""
        menu = self.view.board.menus.insert
        assert menu is not None
        assert menu.isVisible()
        row = next(row for row in menu.rows if row.accessibleName() == title)
        QTest.mouseClick(row, LEFT)

    def press(self, widget: QWidget, key: Key, modifier: Any = Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(widget, key, modifier)


@pytest.fixture
def bench(qtbot: QtBot) -> Callable[..., Bench]:
    """Return a function that shows an experiment."""
    return lambda *widths, spec=None, **more: Bench(qtbot, spec or experiment(*widths), **more)


def focused() -> QWidget:
    """Return the widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget

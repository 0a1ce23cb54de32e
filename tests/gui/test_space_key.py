"""Space plays, except on a control that was reached by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.space_key import SpaceKey


class Place:
    """A window with a shortcut on Space and two buttons."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.line, self.first, self.second = QLineEdit(), QPushButton("one"), QPushButton("two")
        column = QVBoxLayout(self.window)
        for widget in (self.line, self.first, self.second):
            column.addWidget(widget)
        self.done: list[str] = []
        shortcut = QShortcut(QKeySequence("Space"), self.window)
        shortcut.activated.connect(lambda: self.done.append("play"))
        self.first.clicked.connect(lambda: self.done.append("one"))
        self.second.clicked.connect(lambda: self.done.append("two"))
        self.window.show()
        qtbot.waitActive(self.window)
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.key = SpaceKey(self.window)
        self._qtbot = qtbot

    def press(self, key: Qt.Key) -> None:
        self._qtbot.keyClick(QApplication.focusWidget() or self.window, key)


@pytest.fixture
def place(qtbot: QtBot, qapp: QApplication) -> Iterator[Place]:
    made = Place(qtbot)
    yield made
    made.key.stop()


def test_that_space_presses_what_was_reached_with_tab(place: Place) -> None:
    place.line.setFocus()
    place.press(Qt.Key.Key_Tab)
    assert place.first.hasFocus()
    place.press(Qt.Key.Key_Space)
    place.press(Qt.Key.Key_Tab)
    place.press(Qt.Key.Key_Space)
    assert place.done == ["one", "two"]


def test_that_space_plays_after_a_click_on_a_button(qtbot: QtBot, place: Place) -> None:
    place.line.setFocus()
    qtbot.mouseClick(place.second, Qt.MouseButton.LeftButton)
    place.second.setFocus(Qt.FocusReason.MouseFocusReason)
    place.press(Qt.Key.Key_Space)
    assert place.done == ["two", "play"]


def test_that_tab_counts_where_nothing_had_the_focus(place: Place) -> None:
    place.line.clearFocus()
    assert QApplication.focusWidget() is None
    place.press(Qt.Key.Key_Tab)
    focused = QApplication.focusWidget()
    while not isinstance(focused, QPushButton):
        place.press(Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
    place.press(Qt.Key.Key_Space)
    assert place.done == [focused.text()]


def test_that_a_stopped_watch_lets_space_play_everywhere(qtbot: QtBot, qapp: QApplication) -> None:
    place = Place(qtbot)
    place.line.setFocus()
    place.press(Qt.Key.Key_Tab)
    place.key.stop()
    place.press(Qt.Key.Key_Space)
    assert place.done == ["play"]

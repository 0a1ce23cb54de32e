"""The workspaces of the window, one of which is shown, and the switch between them.

Training goes on while another workspace is shown; only what is visible is drawn. A workspace is
built when it is first asked for, so that those that nobody opens cost nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from playground.gui.teaching_tip import set_tip

if TYPE_CHECKING:
    from playground.gui.inspect.workspace import InspectWorkspace
    from playground.gui.inspect_requests import Place
    from playground.gui.preferences import Preferences
    from playground.gui.samples.window import SamplesWindow
    from playground.gui.session import Session
    from playground.gui.train.workspace import TrainWorkspace

__all__ = ["WorkspaceSwitch", "Workspaces"]

TRAIN, INSPECT = "train", "inspect"
_ENTRIES = (
    (TRAIN, "Train", "Ctrl+1", "Build a network and watch it learn."),
    (
        INSPECT,
        "Inspect",
        "Ctrl+2",
        "Step through backpropagation, forwards and backwards, with the real numbers.",
    ),
)
"""Name, title, shortcut and what it is for, in the order of the switch."""


class WorkspaceSwitch(QFrame):
    """Buttons side by side, one per workspace, of which one is on.

    Parameters
    ----------
    actions
        One checkable action per workspace; every switch made of them shows the same.
    """

    def __init__(self, actions: tuple[QAction, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("segmented", True)
        self.setAccessibleName("Workspace")
        self.setFixedHeight(36)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        group = QButtonGroup(self)
        for action, (_, title, key, text) in zip(actions, _ENTRIES, strict=True):
            # Not setDefaultAction(), which would replace the card by a plain tooltip.
            button = QToolButton()
            button.setText(title)
            button.setCheckable(True)
            button.setChecked(action.isChecked())
            button.clicked.connect(action.trigger)
            action.toggled.connect(button.setChecked)
            group.addButton(button)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(f"Workspace: {title}")
            set_tip(button, title, text, shortcut=key)
            row.addWidget(button)

    def set_compact(self, is_compact: bool) -> None:
        """Take a little less room, or as much as usual."""
        if bool(self.property("compact")) == is_compact:
            return
        self.setProperty("compact", is_compact)
        for button in self.findChildren(QToolButton):
            button.style().unpolish(button)
            button.style().polish(button)
            button.updateGeometry()


class Workspaces(QStackedWidget):
    """Holds the Train workspace, and the others once they were asked for.

    Signals
    -------
    chosen(str)
        Another workspace is shown: ``train`` or ``inspect``.
    """

    chosen = Signal(str)

    def __init__(
        self,
        train: TrainWorkspace,
        session: Session,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = preferences
        self._inspect: InspectWorkspace | None = None
        self.train = train
        self.addWidget(train)
        group = QActionGroup(self)
        actions = []
        for name, title, key, text in _ENTRIES:
            action = QAction(f"&{title}", self)
            action.setCheckable(True)
            action.setChecked(name == TRAIN)
            action.setShortcut(QKeySequence(key))
            action.setStatusTip(text)
            action.triggered.connect(partial(self._choose_by_action, name))
            group.addAction(action)
            actions.append(action)
        self.actions_of_menu = tuple(actions)
        train.transport.place_switch(self.new_switch())

    @property
    def name(self) -> str:
        """Which workspace is shown: ``train`` or ``inspect``."""
        return TRAIN if self.currentWidget() is self.train else INSPECT

    @property
    def inspect(self) -> InspectWorkspace:
        """The Inspect workspace, which is built when it is first asked for."""
        if self._inspect is None:
            from playground.gui.inspect.workspace import InspectWorkspace

            self._inspect = InspectWorkspace(self._session, self._preferences, self.new_switch())
            self.addWidget(self._inspect)
        return self._inspect

    def new_switch(self) -> WorkspaceSwitch:
        """Return a switch for the topmost row of a workspace."""
        return WorkspaceSwitch(self.actions_of_menu)

    def choose(self, name: str) -> None:
        """Show a workspace by name, and remember it for the next start."""
        is_inspect = name == INSPECT
        self.actions_of_menu[is_inspect].setChecked(True)
        is_other = name != self.name
        current = self.inspect if is_inspect else self.train
        self.setCurrentWidget(current)
        # Else the focus is on a button of the row, which takes the arrow keys.
        current.setFocus(Qt.FocusReason.OtherFocusReason)
        if not is_other:
            return
        self._preferences.remember("workspace", name)
        self.chosen.emit(name)

    def inspect_place(self, place: Place) -> None:
        """Show a sample, unit or weight in the inspector."""
        self.choose(INSPECT)
        self.inspect.choose("network")
        self.inspect.step_panel.inspect(place)

    def open_samples(self) -> SamplesWindow:
        """Show the table of samples in a window, of the network that is trained or inspected."""
        from playground.gui.samples.window import SamplesWindow

        opened = self.findChild(SamplesWindow)
        # One that was closed a moment ago is about to go.
        if opened is None or not opened.isVisible():
            inspects = self.name == INSPECT and self.inspect.tab == "network"
            inspector = self.inspect.step_panel.inspector if inspects else None
            opened = SamplesWindow(self._session, self._preferences, inspector, self)
            # Elsewhere the network may be another one.
            self.chosen.connect(opened.close)
        opened.show()
        opened.raise_()
        opened.activateWindow()
        return opened

    def restore(self) -> None:
        """Show the workspace that was shown when the application was last closed."""
        if self._preferences.remembered("workspace", TRAIN) == INSPECT:
            self.choose(INSPECT)

    def _choose_by_action(self, name: str, checked: bool = True) -> None:
        self.choose(name)

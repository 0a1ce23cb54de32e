"""The Inspect workspace: one row of controls on top, one of two tabs below.

A tab is a widget with an attribute ``controls``, the widget that goes into the row while the tab is
shown. It is made when it is first looked at, as ``Tab(session, preferences)``; ``showEvent`` and
``hideEvent`` tell it when it is entered and left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.preferences import Preferences
from playground.gui.session import Session
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import theme

if TYPE_CHECKING:
    from playground.gui.inspect.circuits import CircuitPanel
    from playground.gui.inspect.step_panel import StepPanel

HEIGHT = 58
NETWORK, CIRCUITS = "network", "circuits"
_TABS = (
    (NETWORK, "Network", "One training step of the current network, operation by operation."),
    (CIRCUITS, "Circuits", "A formula of your own as a graph of gates, gate by gate."),
)


class InspectWorkspace(QWidget):
    """Switch, tabs and the controls of the tab that is shown; below them the tab itself.

    Parameters
    ----------
    switch
        The switch between the workspaces, for the left end of the row.
    """

    def __init__(
        self,
        session: Session,
        preferences: Preferences,
        switch: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = preferences
        self._step: StepPanel | None = None
        self._circuits: CircuitPanel | None = None
        self._name = ""
        row = _Row()
        self._places = QHBoxLayout(row)
        self._places.setContentsMargins(14, 7, 14, 8)
        self._places.setSpacing(14)
        self._places.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._places.addWidget(switch)
        self._places.addWidget(self._tab_buttons())
        self._controls = QStackedWidget()
        self._places.addWidget(self._controls, 1)
        self._panels = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(row)
        column.addWidget(self._panels, 1)
        self.choose(preferences.remembered("inspect.tab", NETWORK))

    @property
    def tab(self) -> str:
        """Which tab is shown: ``network`` or ``circuits``."""
        return self._name

    @property
    def step_panel(self) -> StepPanel:
        """The tab about a training step of the network."""
        if self._step is None:
            from playground.gui.inspect.step_panel import StepPanel

            self._step = StepPanel(self._session, self._preferences)
            self._add(self._step, self._step.controls)
        return self._step

    @property
    def circuits(self) -> CircuitPanel:
        """The tab about circuits."""
        if self._circuits is None:
            from playground.gui.inspect.circuits import CircuitPanel

            self._circuits = CircuitPanel(self._session, self._preferences)
            self._add(self._circuits, self._circuits.controls)
        return self._circuits

    def choose(self, name: str) -> None:
        """Show a tab by name, and remember it; an unknown name shows the first."""
        name = name if name in self._buttons else NETWORK
        self._buttons[name].setChecked(True)
        if name != self._name:
            self._show(name)
        if self.isVisible():
            # The arrow keys step; on the buttons of the tabs they would go to the other tab.
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, name: str) -> None:
        self._name = name
        panel: QWidget
        panel, controls = (
            (self.circuits, self.circuits.controls)
            if name == CIRCUITS
            else (self.step_panel, self.step_panel.controls)
        )
        self._panels.setCurrentWidget(panel)
        self._controls.setCurrentWidget(controls)
        self.setFocusProxy(panel)
        self._preferences.remember("inspect.tab", name)

    def _add(self, panel: QWidget, controls: QWidget) -> None:
        self._panels.addWidget(panel)
        self._controls.addWidget(controls)

    def _tab_buttons(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("segmented", True)
        frame.setAccessibleName("What is inspected")
        frame.setFixedHeight(36)
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        group = QButtonGroup(frame)
        self._buttons: dict[str, QToolButton] = {}
        for name, title, text in _TABS:
            button = QToolButton()
            button.setText(title)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(f"Inspect: {title}")
            button.clicked.connect(lambda _=False, name=name: self.choose(name))
            set_tip(button, title, text)
            group.addButton(button)
            row.addWidget(button)
            self._buttons[name] = button
        return frame


class _Row(QWidget):
    """The ground of the controls, with a line below, as in the Train workspace."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line below."""
        painter = QPainter(self)
        painter.setPen(theme().color("separator"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()
